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

/// A profile points elsewhere than when its secret was last used (K07): the question on a terminal.
pub fn moved_question(profile: &str, now: &str, was: &str) -> String {
    format!("profile {profile} now points to {now}, was {was}: send its password there? [y/N] ")
}

/// The same where it was answered with no, or there is nobody to ask. `file` remembers where secrets were used.
pub fn moved_refused(profile: &str, now: &str, was: &str, file: &str) -> super::outcome::Told {
    super::outcome::Told {
        what: format!("profile {profile} now points to {now}, was {was}"),
        why: "its password was not sent there".to_owned(),
        now: format!(
            "if that is right, run it once on a terminal and say y, or remove the line of profile {profile} from {file}"
        ),
        trace: None,
    }
}

/// Where secrets were used cannot be looked up or kept.
pub fn not_bound(why: &str) -> String {
    format!("obdeck: a change of a profile's host would not be noticed: {why}")
}
