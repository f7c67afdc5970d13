//! Words about the journal: what it lacks, what it found, who else is at work.

use crate::domain::shown::Text;
use crate::domain::time::Timestamp;
use crate::domain::timeline::Intent;

/// A line could not be written.
pub fn unwritten(why: &Text) -> String {
    format!("the journal lacks this: {why}")
}

/// Why nothing is sent, for the top of the screen.
pub fn broken(why: &Text) -> String {
    format!("NO JOURNAL: no action is sent until it can be written. {why}")
}

/// Another process has an order to the same target on its way.
pub fn also_sending(pid: u32, since: Timestamp) -> String {
    format!(
        "process {pid} has an order to the same target on its way since {}Z: each is sent once, the server decides",
        since.clock()
    )
}

/// Other instances on the same state directory: `also running, pid 4711`.
pub fn also_running(pids: &[u32]) -> String {
    format!("also running, pid {}", pids.iter().map(u32::to_string).collect::<Vec<_>>().join(", "))
}

/// Lines near the end were edited, removed or put in.
pub const CHAIN_BROKEN: &str =
    "journal: lines near its end are not as they were written · obdeck history --verify tells more";

/// An order of an earlier run whose outcome nobody knows.
pub fn unsettled(at: Timestamp, intent: &Intent) -> String {
    format!("outcome unknown: {}, sent {}", super::timeline::about(&intent.subject), at.rfc3339())
}

/// How to find out, on the command line.
pub fn find_out(at: Timestamp, intent: &Intent) -> String {
    let s = &intent.subject;
    if let Some(task) = &s.task {
        return format!("see what became of it: obdeck get task {task} --profile {}", s.profile);
    }
    let name = if intent.task_name.is_empty() {
        "a task".to_owned()
    } else {
        format!("a task named \"{}\"", intent.task_name)
    };
    format!(
        "see what became of it: obdeck get tasks --profile {} --cluster {} — {name} started at or after {} is probably it",
        s.profile,
        s.cluster_name,
        at.rfc3339()
    )
}
