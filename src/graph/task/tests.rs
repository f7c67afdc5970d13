//! Nodes of a task as they are drawn, folded and unfolded.

use super::*;
use crate::domain::fold;
use crate::domain::id::SubtaskId;
use crate::domain::samples;
use crate::domain::shown::Text;
use crate::domain::status::{operation, status};
use crate::domain::task::TaskGraph;
use crate::graph::collapse::{Collapse, collapse};
use crate::graph::path;

/// A subtask with what these tests look at; everything else empty.
pub(in crate::graph) fn subtask(id: &str, name: &str, word: &str, ups: &[&str]) -> Subtask {
    Subtask {
        timeout: Some(Span::from_secs(60)),
        timeout_told: Some(60),
        upstreams: ups.iter().map(|u| SubtaskId::new(u)).collect(),
        ..samples::subtask(id, name, word)
    }
}

/// A task that consists of `graph`.
pub(in crate::graph) fn task(graph: TaskGraph) -> Task {
    samples::task(samples::summary("1", "RUNNING"), graph)
}

fn at(secs: i64) -> Timestamp {
    Timestamp::from_millis(secs * 1000)
}

/// A fan of two under a finished step; one runs since second 10, the other since second 20.
fn fan() -> Task {
    let mut list = vec![
        subtask("1", "Stop zone", "SUCCESSFUL", &[]),
        subtask("2", "Stop process", "RUNNING", &["1"]),
        subtask("3", "Stop process", "RUNNING", &["1"]),
        subtask("4", "Wait node", "PENDING", &["2", "3"]),
    ];
    for (s, secs) in list.iter_mut().skip(1).take(2).zip([10, 20]) {
        s.started = Some(at(secs));
    }
    for (s, ix) in list.iter_mut().skip(1).take(2).zip(0..) {
        s.parallel_ix = Some(ix);
    }
    task(fold::flat(list))
}

#[test]
fn a_task_of_ocp_has_a_box_for_each_subtask() {
    let dag = from_task(&fan());
    assert_eq!(dag.nodes.len(), 4);
    assert_eq!(dag.edges, [(0, 1), (0, 2), (1, 3), (2, 3)]);
    assert_eq!(dag.nodes[2].parallel, Some(1));
    assert_eq!(frontier(&dag), [1, 2]);
}

#[test]
fn a_group_shows_the_slowest_member_and_the_least_time_left() {
    let task = fan();
    let dag = collapse(&from_task(&task), Collapse::Pairs);
    assert_eq!(dag.nodes.len(), 3);
    let times = times(&task, &dag, at(30));
    assert_eq!(times[1].elapsed, Some(Span::from_secs(20)));
    assert_eq!(times[1].left, Some(Span::from_secs(40)));
    assert_eq!(times[0].left, None);
}

#[test]
fn what_is_left_is_the_longest_way_through_what_is_not_finished() {
    // 40 s left of the slower one, 50 s of the other, then 60 s allowed for the wait.
    assert_eq!(path::longest_left(&fan(), at(30)), Some(Span::from_secs(110)));
}

#[test]
fn a_stage_of_obshell_is_one_box_with_parts() {
    let mut graph = TaskGraph::default();
    graph.nodes.push(Node {
        key: SubtaskId::new("n1"),
        name: Text::new("Stop observers"),
        status: Some(status("RUNNING")),
        operation: Some(operation("RUN")),
        members: vec![subtask("a", "Stop", "RUNNING", &[]), subtask("b", "Stop", "SUCCEED", &[])],
        inner: Vec::new(),
    });
    let dag = from_task(&task(graph));
    assert_eq!(dag.nodes.len(), 1);
    assert_eq!(dag.nodes[0].histogram(), [(Phase::Running, 1), (Phase::Done, 1)]);
}
