//! Sentences of the command line only.

use crate::domain::id::TaskId;

/// A signal ended the following of a task.
pub fn not_undone(id: &TaskId) -> String {
    format!("obdeck: ended by a signal; task {id} is not undone and runs on · obdeck task watch {id}")
}

/// The console was asked for where it cannot be.
pub const NO_TERMINAL: &str = "the console needs a terminal on stdin and stdout";
/// What to use instead.
pub const NO_TERMINAL_NOW: &str =
    "in scripts use the verbs: obdeck get clusters, obdeck stop zone …, obdeck task watch … (obdeck --help)";
