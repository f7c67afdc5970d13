//! The longest way through a task: which steps decide when it ends, and how long that can take at most.

use super::dag::Dag;
use super::layer;
use super::task;
use crate::domain::status::Phase;
use crate::domain::task::{Node, Subtask, Task};
use crate::domain::time::{Span, Timestamp};

/// The allowed time along the longest way through what is not finished: timeouts, less what the running steps have
/// used of theirs. `None` when nothing is open, or when an open step tells no timeout, since then nothing bounds it.
/// `now` is the server's clock.
pub fn longest_left(task: &Task, now: Timestamp) -> Option<Span> {
    let nodes = &task.graph.nodes;
    let mut own = Vec::with_capacity(nodes.len());
    for node in nodes {
        own.push(if is_over(node) { 0 } else { left_of(node, now)?.millis().max(0) });
    }
    if nodes.iter().all(is_over) {
        return None;
    }
    let (longest, _) = longest(own.len(), &task.graph.edges, &own);
    longest.iter().max().map(|ms| Span::from_millis(*ms))
}

fn is_over(node: &Node) -> bool {
    matches!(node.phase(), Phase::Done | Phase::Skipped) || node.is_ghost()
}

/// The longest of the members, which run side by side.
fn left_of(node: &Node, now: Timestamp) -> Option<Span> {
    let open = |s: &&Subtask| !matches!(s.phase(), Phase::Done | Phase::Skipped);
    // A later run has its time anew, and when it began is not told: its whole limit bounds it.
    let left = |s: &Subtask| if s.is_later_run() { s.timeout } else { s.left(now).or(s.timeout) };
    let all: Option<Vec<Span>> = node.members.iter().filter(open).map(left).collect();
    all?.into_iter().max()
}

/// The nodes that decide when the task ends, upstream first: the longest way by time run, else by time allowed, else by
/// number of steps. `dag` is a drawing of `task`; `now` is the server's clock.
pub fn critical(task: &Task, dag: &Dag, now: Timestamp) -> Vec<usize> {
    let times = task::times(task, dag, now);
    let by = |f: &dyn Fn(&task::Times) -> Option<Span>| -> Vec<i64> {
        times.iter().map(|t| f(t).map_or(0, |s| s.millis().max(0))).collect()
    };
    let mut weight = by(&|t| t.elapsed);
    if weight.iter().all(|w| *w == 0) {
        weight = by(&|t| t.allowed);
    }
    if weight.iter().all(|w| *w == 0) {
        weight = vec![1; times.len()];
    }
    let (length, before) = longest(weight.len(), &dag.edges, &weight);
    let mut at = (0..length.len()).max_by_key(|ix| (length.get(*ix).copied(), std::cmp::Reverse(*ix)));
    let mut path = Vec::new();
    while let Some(ix) = at {
        path.push(ix);
        at = before.get(ix).copied().flatten();
    }
    path.reverse();
    path
}

/// Longest way that ends in each node, its own weight included, and the node before it. Back edges do not count.
fn longest(n: usize, edges: &[(usize, usize)], own: &[i64]) -> (Vec<i64>, Vec<Option<usize>>) {
    let (edges, order) = layer::acyclic(n, edges);
    let down = layer::Flat::new(n, edges.into_iter());
    let mut length = own.to_vec();
    let mut before: Vec<Option<usize>> = vec![None; n];
    for v in order {
        let so_far = length.get(v).copied().unwrap_or(0);
        for to in down.of(v) {
            let to = *to as usize;
            let through = so_far.saturating_add(own.get(to).copied().unwrap_or(0));
            let better =
                before.get(to).is_some_and(Option::is_none) || length.get(to).is_some_and(|l| through > *l);
            if better && let (Some(l), Some(b)) = (length.get_mut(to), before.get_mut(to)) {
                (*l, *b) = (through, Some(v));
            }
        }
    }
    (length, before)
}
