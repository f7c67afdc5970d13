//! OBShell: for now the reading of its saved answers; the adapter itself comes with its own issue.

mod convert;
mod wire;

pub(in crate::plane) use convert::task;
pub(in crate::plane) use wire::Dag;
