//! A task made into a [`Dag`], and the facts of time that a box shows. The one file here that knows tasks.

use super::dag::{Dag, DagNode, Dropped, Member, Why};
use crate::domain::shown::Shown;
use crate::domain::status::Phase;
use crate::domain::task::{Defect, Node, Subtask, Task};
use crate::domain::time::{Span, Timestamp};

/// What is drawn of a task. OCP: a box a subtask. OBShell: a box a stage, its sub tasks as parts.
pub fn from_task(task: &Task) -> Dag {
    let mut nodes: Vec<DagNode> = task.graph.nodes.iter().map(of_node).collect();
    let mut dropped = Vec::new();
    for defect in &task.graph.defects {
        if let Defect::SelfLoop(id) = defect {
            let raw = id.raw();
            if let Some(n) = nodes.iter_mut().find(|n| n.id == raw) {
                n.has_self_loop = true;
            }
            dropped.push(Dropped { from: raw.to_owned(), to: raw.to_owned(), why: Why::SelfLoop });
        }
    }
    let known = |ix: usize| ix < nodes.len();
    let mut edges: Vec<(usize, usize)> =
        task.graph.edges.iter().copied().filter(|(a, b)| a != b && known(*a) && known(*b)).collect();
    edges.sort_unstable();
    edges.dedup();
    Dag { nodes, edges, dropped }
}

fn of_node(node: &Node) -> DagNode {
    let only = match node.members.as_slice() {
        [one] if node.status.is_none() => Some(one),
        _ => None,
    };
    let mut out =
        DagNode::new(node.key.raw(), whole(&node.name), node.phase(), only.and_then(|s| s.parallel_ix));
    if only.is_none() {
        out.parts = node.members.iter().map(of_subtask).collect();
    }
    out.is_ghost = node.is_ghost();
    out
}

fn whole(name: &crate::domain::shown::Text) -> Shown {
    name.shown().clone()
}

fn of_subtask(s: &Subtask) -> Member {
    Member { id: s.id.raw().to_owned(), label: whole(&s.name), phase: s.phase(), parallel: s.parallel_ix }
}

/// The facts of time of one box: of the one that runs and has least left, else of the last that ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Times {
    /// How long it has run, or ran.
    pub elapsed: Option<Span>,
    /// What one run is allowed; of a group the longest.
    pub allowed: Option<Span>,
    /// `allowed` minus `elapsed` while it runs; negative when overdue.
    pub left: Option<Span>,
    /// Executions so far, the most of a group.
    pub runs: u32,
}

impl Times {
    /// The part of the allowed time that is used, from 0 to 1, while it runs.
    pub fn used(&self) -> Option<f32> {
        let (left, allowed) = (self.left?, self.allowed?);
        if allowed.millis() <= 0 {
            return None;
        }
        Some((1.0 - left.millis() as f32 / allowed.millis() as f32).clamp(0.0, 1.0))
    }
}

/// The subtasks that a node of a drawing stands for: its own, those folded into it, or a stage's parts.
pub fn subtasks<'a>(task: &'a Task, node: &'a DagNode) -> impl Iterator<Item = &'a Subtask> {
    task.graph.nodes.iter().filter(|n| node.holds(n.key.raw())).flat_map(|n| n.members.iter())
}

/// Times of every node of a drawing of `task` (see [`from_task`] and [`super::collapse()`]). `now` is the server's.
pub fn times(task: &Task, dag: &Dag, now: Timestamp) -> Vec<Times> {
    let by_key: std::collections::BTreeMap<&str, &Node> =
        task.graph.nodes.iter().map(|n| (n.key.raw(), n)).collect();
    dag.nodes
        .iter()
        .map(|node| {
            let own = node.members.iter().all(|m| m.id != node.id).then_some(node.id.as_str());
            let ids = own.into_iter().chain(node.members.iter().map(|m| m.id.as_str()));
            let subtasks: Vec<&Subtask> =
                ids.filter_map(|id| by_key.get(id)).flat_map(|n| &n.members).collect();
            times_of(&subtasks, now)
        })
        .collect()
}

/// Of several: the slowest of those that run, or of all when none does; the least time left; the most runs.
fn times_of(subtasks: &[&Subtask], now: Timestamp) -> Times {
    let runs = |s: &&&Subtask| s.phase().is_active();
    let running = subtasks.iter().any(|s| runs(&s));
    Times {
        elapsed: subtasks.iter().filter(|s| !running || runs(s)).filter_map(|s| s.elapsed(now)).max(),
        allowed: subtasks.iter().filter_map(|s| s.timeout).max(),
        left: subtasks.iter().filter_map(|s| s.left(now)).min(),
        runs: subtasks.iter().map(|s| s.runs).max().unwrap_or(0),
    }
}

/// The nodes to keep in view: running or failed, in order; empty when nothing is.
pub fn frontier(dag: &Dag) -> Vec<usize> {
    let wanted = |p: Phase| p.is_active() || p == Phase::Failed;
    (0..dag.nodes.len()).filter(|ix| dag.nodes.get(*ix).is_some_and(|n| wanted(n.phase))).collect()
}

#[cfg(test)]
mod tests;
