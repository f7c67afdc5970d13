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

/// An order was still without an answer when the console was left (A07): its outcome is unknown.
pub fn console_unsettled(action: &crate::domain::action::Action) -> super::outcome::Told {
    super::outcome::Told {
        what: format!("outcome unknown: {}", super::outcome::action(action)),
        why: "the console was left before an answer came; the order may have been taken".to_owned(),
        now: "do not send it again before you have looked: obdeck get tasks --unfinished".to_owned(),
        trace: None,
    }
}
