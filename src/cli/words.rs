//! Tasks as lines for people.

use crate::domain::task::{Subtask, Task};
use crate::domain::time::{Span, Timestamp};
use crate::graph::lanes;
use crate::graph::task::from_task;
pub(crate) use crate::text::task::task_lines;

pub(crate) const SUBTASK_HEAD: &[&str] =
    &["ID", "SUBTASK", "STATUS", "PHASE", "RUN", "ELAPSED", "TIMEOUT", "TARGET"];

/// Subtasks in the order of the graph: what waits stands below what it waits for.
pub(crate) fn subtask_rows(t: &Task, now: Timestamp) -> Vec<Vec<String>> {
    let order = lanes::order(&from_task(t));
    let nodes = order.into_iter().filter_map(|ix| t.graph.nodes.get(ix));
    nodes.flat_map(|n| &n.members).map(|s| subtask_cells(s, now)).collect()
}

/// One subtask's cells under [`SUBTASK_HEAD`].
fn subtask_cells(s: &Subtask, now: Timestamp) -> Vec<String> {
    vec![
        s.id.to_string(),
        s.name.to_string(),
        s.status.word.to_string(),
        s.phase().word().to_owned(),
        s.runs.to_string(),
        s.elapsed(now).map_or_else(|| "-".to_owned(), Span::clock),
        s.timeout.map_or_else(|| "-".to_owned(), Span::clock),
        s.target.to_string(),
    ]
}

/// One line about a subtask that changed.
pub(crate) fn subtask_line(s: &Subtask, at: Timestamp) -> String {
    let took = s.elapsed(at).map(|e| format!("  {}", e.clock())).unwrap_or_default();
    let target = if s.target.is_empty() { String::new() } else { format!("  {}", s.target) };
    format!("{}  {:<12} {}{target}{took}", at.clock(), s.phase().word(), s.name)
}
