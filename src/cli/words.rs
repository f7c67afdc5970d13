//! Tasks as lines for people.

use crate::domain::task::{Inner, Subtask, Task};
use crate::domain::time::{Span, Timestamp};
use crate::graph::lanes;
use crate::graph::task::from_task;
use crate::text::task as words;
pub(crate) use crate::text::task::task_lines;

pub(crate) const SUBTASK_HEAD: &[&str] =
    &["ID", "SUBTASK", "STATUS", "PHASE", "RUN", "ELAPSED", "TIMEOUT", "TARGET"];

/// Subtasks in the order of the graph: what waits stands below what it waits for. Sub DAGs stand indented below the
/// subtasks of their stage.
pub(crate) fn subtask_rows(t: &Task, now: Timestamp) -> Vec<Vec<String>> {
    let order = lanes::order(&from_task(t));
    let nodes = order.into_iter().filter_map(|ix| t.graph.nodes.get(ix));
    let rows = nodes.flat_map(|n| {
        let inner = n.inner.iter().map(|i| inner_cells(i, now));
        n.members.iter().map(|s| subtask_cells(s, now)).chain(inner)
    });
    rows.collect()
}

/// One sub DAG's cells under [`SUBTASK_HEAD`].
fn inner_cells(inner: &Inner, now: Timestamp) -> Vec<String> {
    let none = || "-".to_owned();
    let head = inner.task.as_ref().ok().map(|t| &t.head);
    let name = head.map_or_else(|| "sub DAG".to_owned(), |h| format!("sub DAG {}", h.name));
    let step = words::inner_step(inner);
    let state = head.map_or_else(|| words::inner_state(inner), |h| h.status.word.to_string());
    let took = head.and_then(|h| Some(h.finished.unwrap_or(now).since(h.started?).clock()));
    vec![
        inner.id.to_string(),
        format!("  {name} {step}").trim_end().to_owned(),
        state,
        inner.phase().word().to_owned(),
        none(),
        took.unwrap_or_else(none),
        none(),
        inner.agent.to_string(),
    ]
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
