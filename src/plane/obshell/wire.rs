//! OBShell's task objects as they come (obshell-api 6.1). Documents up to 4.3.3 lack the maintenance members.

use serde::Deserialize;

use crate::plane::json::{Id, Word};

/// A DAG; `nodes` is null where details were not asked for.
#[derive(Debug, Deserialize)]
pub(in crate::plane) struct Dag {
    pub(super) id: Id,
    pub(super) name: Word,
    pub(super) stage: Option<i64>,
    pub(super) max_stage: Option<i64>,
    pub(super) state: Word,
    pub(super) operator: Option<Word>,
    pub(super) start_time: Option<Word>,
    pub(super) end_time: Option<Word>,
    pub(super) nodes: Option<Vec<Node>>,
}

/// A node: one stage.
#[derive(Debug, Deserialize)]
pub(super) struct Node {
    pub(super) id: Id,
    pub(super) name: Word,
    pub(super) state: Option<Word>,
    pub(super) operator: Option<Word>,
    pub(super) sub_tasks: Option<Vec<SubTask>>,
}

/// A sub task: the stage's work on one agent.
#[derive(Debug, Deserialize)]
pub(super) struct SubTask {
    pub(super) id: Id,
    pub(super) name: Option<Word>,
    pub(super) state: Option<Word>,
    pub(super) operator: Option<Word>,
    pub(super) start_time: Option<Word>,
    pub(super) end_time: Option<Word>,
    pub(super) execute_times: Option<i64>,
    pub(super) execute_agent: Option<Agent>,
}

/// An agent's address.
#[derive(Debug, Deserialize)]
pub(super) struct Agent {
    pub(super) ip: Option<Word>,
    pub(super) port: Option<Word>,
}
