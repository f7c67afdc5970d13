//! A task out of a saved answer of OCP.

use std::collections::HashMap;

use super::convert::Door;
use super::wire;
use crate::domain::id::ProfileName;
use crate::domain::task::Task;

/// Makes a decoded task of no profile's into a domain one.
pub(in crate::plane) fn task(data: &FileTask, profile: &ProfileName, timestamp: Option<&str>) -> Task {
    Door { profile, addresses: &HashMap::new(), timestamp, context: None }.task(&data.0)
}

/// OCP's task object, as decoded from a file.
#[derive(Debug, serde::Deserialize)]
#[serde(transparent)]
pub(in crate::plane) struct FileTask(wire::Task);
