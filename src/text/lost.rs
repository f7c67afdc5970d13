//! Words for orders whose outcome nobody knows.

use super::timeline::about;
use crate::app::lost::{Lost, Sight};
use crate::domain::limits;

/// Title of the page.
pub const TITLE: &str = "OUTCOME UNKNOWN";

/// `STOP zone2 of protoss · sent 14:01:09Z as oncall through prod`.
pub fn head(lost: &Lost) -> String {
    let user = if lost.user.is_empty() { String::new() } else { format!(" as {}", lost.user) };
    format!(
        "{} · sent {}Z{user} through {}",
        about(&lost.subject),
        lost.lookup.sent.day_clock(),
        lost.lookup.profile
    )
}

/// What is left open at the end.
pub fn left_open(lost: &Lost) -> String {
    format!("outcome unknown: {}; the next start shows it first", head(lost))
}

/// What is known of it.
pub fn known(lost: &Lost) -> &'static str {
    if lost.here {
        "It is not known whether this was done. It was sent once and is not sent again."
    } else {
        "An earlier run ended before it knew whether this was done. It is not sent again."
    }
}

/// How far the look for it is.
pub fn sight(lost: &Lost) -> String {
    let what = match &lost.lookup.task {
        Some(task) => format!("the state of task {task}"),
        None if lost.lookup.name.is_empty() => "its task".to_owned(),
        None => format!("a task \"{}\"", lost.lookup.name),
    };
    match lost.sight() {
        Sight::Looking => format!("Looking for {what} by reading; the list is read again and again."),
        Sight::Blind => {
            format!("Cannot look for {what} now: profile {} cannot be read.", lost.lookup.profile)
        }
        Sight::NotSeen => format!(
            "No such task seen in {} and at least {} clean lists. It may still come: look before you act again.",
            limits::LOOKUP.short(),
            limits::LOOKUP_LISTS
        ),
        Sight::Found if lost.lookup.task.is_some() => "The task it was about:".to_owned(),
        Sight::Found if lost.found.len() == 1 => "Probably yours:".to_owned(),
        Sight::Found => format!("{} tasks could be it; pick the one that is:", lost.found.len()),
    }
}

/// What enter, `l` and `q` do here.
pub const TAKE: &str = "take this task";
/// See [`TAKE`].
pub const LET_BE: &str = "let it be";
/// See [`TAKE`].
pub const LEAVE: &str = "leave all the same";
/// Why it stands in the way of leaving.
pub const ASKS: &str = "an outcome is unknown; the next start shows it first";
/// What the page does.
pub const READS_ONLY: &str = "found out by reading; nothing is sent here";

/// A task was taken as what came of a lost order.
pub fn attached(task: &crate::domain::task::TaskSummary) -> String {
    format!("the outcome was unknown: task {} {} is probably yours, attached to it", task.at.id, task.name)
}

/// For the top line.
pub fn count(n: usize) -> String {
    format!("{n} UNKNOWN")
}
