//! OBShell's DAG into a [`Task`]: one node a stage, its sub tasks as members, each stage after the one before
//! (obshell-api 6.1).

use super::wire;
use crate::domain::fold;
use crate::domain::id::{ProfileName, SubtaskId, TaskId, TaskRef};
use crate::domain::shown::Text;
use crate::domain::status::{Status, operation, status};
use crate::domain::task::{Defect, Node, Progress, Stage, Subtask, Task, TaskSummary};
use crate::domain::time::Timestamp;
use crate::plane::json::Word;

fn raw(word: Option<&Word>) -> &str {
    word.map_or("", |w| w.0.as_str())
}

/// Makes a DAG into a task. `nodes: null` gives a graph without steps.
pub(in crate::plane) fn task(dag: wire::Dag, profile: &ProfileName) -> Task {
    let mut defects = Vec::new();
    let nodes: Vec<Node> = dag
        .nodes
        .unwrap_or_default()
        .into_iter()
        .enumerate()
        .map(|(ix, n)| node(n, &format!("nodes[{ix}]"), &mut defects))
        .collect();
    let status = status(&dag.state.0);
    let ended = is_ended(&status.is);
    let finished = time(dag.end_time.as_ref(), "end_time", &mut defects).filter(|_| ended);
    let head = TaskSummary {
        at: TaskRef { profile: profile.clone(), id: TaskId::new(&dag.id.0) },
        name: Text::new(&dag.name.0),
        operation: operation(raw(dag.operator.as_ref())),
        cluster: None,
        cluster_name: Text::default(),
        target: Text::default(),
        creator: Text::default(),
        started: time(dag.start_time.as_ref(), "start_time", &mut defects),
        finished,
        progress: Progress::of(nodes.iter().flat_map(|n| n.members.iter()).map(Subtask::phase)),
        status,
    };
    let count = |n: Option<i64>| n.and_then(|n| u32::try_from(n).ok());
    let stage = match (count(dag.stage), count(dag.max_stage)) {
        (Some(now), Some(max)) => Some(Stage { now, max }),
        _ => None,
    };
    let mut graph = fold::chain(nodes);
    graph.defects.extend(defects);
    Task { head, stage, prohibit_rollback: false, executor: Text::default(), kind: Text::default(), graph }
}

fn node(n: wire::Node, path: &str, defects: &mut Vec<Defect>) -> Node {
    let subs = n.sub_tasks.unwrap_or_default();
    let split = subs.len() > 1;
    let members = subs
        .into_iter()
        .enumerate()
        .map(|(ix, s)| {
            let parallel_ix = split.then(|| u32::try_from(ix).ok()).flatten();
            subtask(&s, parallel_ix, &format!("{path}.sub_tasks[{ix}]"), defects)
        })
        .collect();
    Node {
        key: SubtaskId::new(&n.id.0),
        name: Text::new(&n.name.0),
        status: Some(status(raw(n.state.as_ref()))),
        operation: Some(operation(raw(n.operator.as_ref()))),
        members,
    }
}

fn subtask(s: &wire::SubTask, parallel_ix: Option<u32>, path: &str, defects: &mut Vec<Defect>) -> Subtask {
    let status = status(raw(s.state.as_ref()));
    let ended = is_ended(&status.is);
    let agent = s.execute_agent.as_ref();
    let (ip, port) = (raw(agent.and_then(|a| a.ip.as_ref())), raw(agent.and_then(|a| a.port.as_ref())));
    let place = match (ip.is_empty(), ip.contains(':')) {
        (true, _) => String::new(),
        (false, true) => format!("[{ip}]:{port}"),
        (false, false) => format!("{ip}:{port}"),
    };
    // Before its start a sub task tells its creation as its start (obshell-api 6.2).
    let begun = !matches!(status.is, Status::Pending | Status::Ready);
    Subtask {
        id: SubtaskId::new(&s.id.0),
        name: Text::new(raw(s.name.as_ref())),
        description: Text::default(),
        operation: operation(raw(s.operator.as_ref())),
        timeout: None,
        timeout_told: None,
        runs: s.execute_times.and_then(|n| u32::try_from(n).ok()).unwrap_or(0),
        parallel_ix,
        parallel_told: None,
        target: Text::new(&place),
        executor: Text::new(&place),
        started: time(s.start_time.as_ref(), &format!("{path}.start_time"), defects).filter(|_| begun),
        finished: time(s.end_time.as_ref(), &format!("{path}.end_time"), defects).filter(|_| ended),
        prohibit_rollback: false,
        prohibit_skip: false,
        class_name: Text::default(),
        upstreams: Vec::new(),
        downstreams: Vec::new(),
        status,
    }
}

/// `end_time` counts only then (obshell-api 6.2).
fn is_ended(status: &Status) -> bool {
    matches!(status, Status::Failed | Status::Succeeded)
}

/// A point in time; the epoch and year 1 mean "none" (obshell-api 6.2).
fn time(word: Option<&Word>, path: &str, defects: &mut Vec<Defect>) -> Option<Timestamp> {
    let raw = raw(word).trim();
    if raw.is_empty() || raw.starts_with("0001-") {
        return None;
    }
    let parsed = Timestamp::parse(raw);
    if parsed.is_none() {
        defects.push(Defect::BadField { path: Text::new(path), word: Text::new(raw) });
    }
    parsed.filter(|t| !t.is_epoch())
}
