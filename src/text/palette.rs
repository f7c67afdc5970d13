//! Words of the palette.

use super::action::{blocker, why_not};
use super::impact::are;
use super::keys::describe;
use super::runbook::{HERE, Sheet};
use super::task::phase;
use crate::app::overlays::palette::{Choice, Line, Why};
use crate::domain::action::Scope;
use crate::domain::guard::Blocker;

/// Above what cannot be done now.
pub const NOT_NOW: &str = "not possible now";
/// The key that goes into a group.
pub const INTO: &str = "tab";

const HERE_IS: &str = "under the cursor";

/// What the keys do, in the lower edge.
pub fn keys(ascii: bool) -> &'static str {
    if ascii {
        "enter opens the dialog, never sends - tab completes - up history"
    } else {
        "↵ opens the dialog, never sends · tab completes · ↑ history"
    }
}

/// `4 of 61`.
pub fn count((matched, all): (usize, usize)) -> String {
    format!("{matched} of {all}")
}

/// Below lines that there was no place for.
pub fn left_out(lines: usize) -> String {
    format!("and {lines} more: type more of a name")
}

/// What stands beside a name: what it does, or why it cannot be done.
pub fn says(line: &Line) -> String {
    match &line.why {
        Some(Why::Not(why)) => return why_not(why).into_owned(),
        Some(Why::Refused(why)) => return refused(why),
        None => {}
    }
    match &line.choice {
        Choice::Command(command) => describe(*command).to_owned(),
        Choice::Card(card, _) => Sheet::of(*card).title.to_owned(),
        Choice::Dialog { scope: Scope::Zone(zone), is_here: true, .. } => format!("{zone} is {HERE_IS}"),
        Choice::Dialog { scope: Scope::Server { address, .. }, is_here: true, .. } => {
            format!("{address} is {HERE_IS}")
        }
        Choice::Dialog { is_here: true, .. } | Choice::Act(_) => HERE_IS.to_owned(),
        Choice::Dialog { .. } => String::new(),
        Choice::Task(_, state) => state.map_or_else(String::new, |p| phase(p).to_owned()),
        Choice::Trace { .. } => "in the timeline".to_owned(),
        Choice::Group { count, .. } => format!("{count} more"),
        Choice::Look(_) => "nothing is called that; looks for it on the screen".to_owned(),
    }
}

/// Why the guard would refuse, in the room beside a name.
fn refused(why: &Blocker) -> String {
    match why {
        Blocker::OtherZones(zones) => format!("{} not whole (-4660)", are(zones)),
        Blocker::HeldBy(task) => format!("held by task {} {}", task.at.id, task.status.word),
        other => blocker(other).0,
    }
}

/// What stands at the right: the key that does the same, or where it belongs.
pub fn beside(line: &Line) -> Option<&'static str> {
    match &line.choice {
        Choice::Group { .. } => Some(INTO),
        Choice::Card(_, true) => Some(HERE),
        _ => None,
    }
}

/// What enter does to the selected line.
pub fn enter(line: Option<&Line>) -> String {
    let Some(line) = line else { return "type a name, an ID or a trace ID".to_owned() };
    match (&line.why, &line.choice) {
        (Some(Why::Not(why)), _) => format!("not possible: {}", why_not(why)),
        (Some(Why::Refused(why)), _) => format!("{}; the dialog shows the way round", blocker(why).0),
        (None, Choice::Dialog { .. } | Choice::Act(_)) => {
            "opens its dialog; nothing is sent from here".to_owned()
        }
        (None, Choice::Group { .. }) => "goes into them".to_owned(),
        (None, Choice::Task(..)) => "opens the task".to_owned(),
        (None, Choice::Trace { .. }) => "opens the timeline at this line".to_owned(),
        (None, Choice::Look(_)) => "no entry matches; enter looks for it on this screen".to_owned(),
        (None, Choice::Command(_) | Choice::Card(..)) => says(line),
    }
}
