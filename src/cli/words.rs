//! Tasks as lines for people.

use crate::domain::id::TraceId;
use crate::domain::task::{Subtask, Task};
use crate::domain::time::{Span, Timestamp};
use crate::graph::lanes;
use crate::graph::task::from_task;

pub(crate) const SUBTASK_HEAD: &[&str] =
    &["ID", "SUBTASK", "STATUS", "PHASE", "RUN", "ELAPSED", "TIMEOUT", "TARGET"];

/// The head of a task: name, cluster, status, times, trace ID.
pub(crate) fn task_lines(t: &Task, trace: Option<&TraceId>, now: Timestamp) -> Vec<String> {
    let h = &t.head;
    let mut lines = vec![format!("task {}  {}", h.at.id, h.name)];
    let mut about = Vec::new();
    if !h.cluster_name.is_empty() {
        about.push(format!("cluster {}", h.cluster_name));
    }
    if !h.target.is_empty() {
        about.push(h.target.to_string());
    }
    if !h.creator.is_empty() {
        about.push(format!("by {}", h.creator));
    }
    if !about.is_empty() {
        lines.push(about.join("  "));
    }
    let p = h.progress;
    let mut state = vec![format!("{}  ({})", h.status.word, t.phase().word())];
    if p.all > 0 {
        let skipped = if p.skipped > 0 { format!(", {} of them skipped", p.skipped) } else { String::new() };
        state.push(format!("{} of {} steps{skipped}", p.done + p.skipped, p.all));
    }
    if let Some(s) = h.started {
        let to = h.finished.unwrap_or(now);
        state.push(format!("started {}Z, {}", s.day_clock(), to.since(s).short()));
    }
    lines.push(state.join("  "));
    if let Some(t) = trace {
        lines.push(format!("trace {t}"));
    }
    lines
}

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
