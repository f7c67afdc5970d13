//! OBShell's DAG into a [`Task`]: one node a stage, its sub tasks as members, each stage after the one before
//! (obshell-api 6.1).

use std::fmt::Write as _;

use super::owner;
use super::wire;
use crate::domain::fold;
use crate::domain::id::{ProfileName, SubtaskId, TaskId, TaskRef};
use crate::domain::limits;
use crate::domain::shown::{Shown, Text};
use crate::domain::status::{Operation, Status, Worded, operation, status};
use crate::domain::task::{
    Defect, Inner, LogText, Node, Progress, Stage, Subtask, Task, TaskSummary, Unread,
};
use crate::domain::time::Timestamp;
use crate::plane::json::Word;

/// Name of the stage whose work the sub DAGs do (obshell-api 7.2).
const WORKING_STAGE: &str = "Wait for all agents to execute tasks successfully";

pub(super) fn raw(word: Option<&Word>) -> &str {
    word.map_or("", |w| w.0.as_str())
}

/// `ip:port`; IPv6 in brackets; empty where no address was told.
pub(super) fn address(ip: &str, port: &str) -> String {
    match (ip.is_empty(), port.is_empty()) {
        (true, _) => String::new(),
        (false, true) => ip.to_owned(),
        (false, false) if ip.contains(':') && !ip.starts_with('[') => format!("[{ip}]:{port}"),
        (false, false) => format!("{ip}:{port}"),
    }
}

/// Makes a DAG into a task. `nodes: null` gives a graph without steps.
pub(super) fn task(dag: wire::Dag, profile: &ProfileName) -> Task {
    let mut defects = Vec::new();
    let head = head(&dag, profile, &mut defects);
    let passed = head.operation.is == Operation::Pass;
    let nodes: Vec<Node> = dag
        .nodes
        .unwrap_or_default()
        .into_iter()
        .enumerate()
        .map(|(ix, n)| node(n, passed, &format!("nodes[{ix}]"), &mut defects))
        .collect();
    let count = |n: Option<i64>| n.and_then(|n| u32::try_from(n).ok());
    let stage = match (count(dag.stage), count(dag.max_stage)) {
        (Some(now), Some(max)) => Some(Stage { now, max }),
        _ => None,
    };
    let progress = Progress::of(nodes.iter().flat_map(|n| n.members.iter()).map(Subtask::phase));
    let mut graph = fold::chain(nodes);
    graph.defects.extend(defects);
    Task {
        executor: Text::new(&owner::of(head.at.id.raw()).unwrap_or_default()),
        head: TaskSummary { progress, ..head },
        stage,
        prohibit_rollback: false,
        kind: Text::new(maintenance(dag.maintenance_type)),
        graph,
    }
}

/// What a DAG locks while it is not done (obshell-api 6.1).
fn maintenance(told: Option<i64>) -> &'static str {
    match told {
        Some(2) => "holds its agent",
        Some(3) => "holds its tenant",
        Some(4) => "holds its obproxy",
        _ => "",
    }
}

/// A DAG as a list tells it.
pub(super) fn summary(dag: wire::Dag, profile: &ProfileName) -> TaskSummary {
    task(dag, profile).head
}

fn head(dag: &wire::Dag, profile: &ProfileName, defects: &mut Vec<Defect>) -> TaskSummary {
    let status = status(&dag.state.0);
    let ended = is_ended(&status.is);
    TaskSummary {
        at: TaskRef { profile: profile.clone(), id: TaskId::new(&dag.id.0) },
        name: Text::new(&dag.name.0),
        operation: operation(raw(dag.operator.as_ref())),
        cluster: None,
        cluster_name: Text::default(),
        target: Text::default(),
        creator: Text::default(),
        started: time(dag.start_time.as_ref(), "start_time", defects),
        finished: time(dag.end_time.as_ref(), "end_time", defects).filter(|_| ended),
        progress: Progress::default(),
        status,
    }
}

fn node(n: wire::Node, dag_passed: bool, path: &str, defects: &mut Vec<Defect>) -> Node {
    let subs = n.sub_tasks.unwrap_or_default();
    let split = subs.len() > 1;
    let operation = operation(raw(n.operator.as_ref()));
    let passed = dag_passed || operation.is == Operation::Pass;
    let members: Vec<Subtask> = subs
        .into_iter()
        .enumerate()
        .map(|(ix, s)| {
            let parallel_ix = split.then(|| u32::try_from(ix).ok()).flatten();
            subtask(&s, parallel_ix, passed, &format!("{path}.sub_tasks[{ix}]"), defects)
        })
        .collect();
    let nothing_done = passed && !members.is_empty() && members.iter().all(|m| m.runs == 0);
    Node {
        key: SubtaskId::new(&n.id.0),
        name: Text::new(&n.name.0),
        status: Some(status(raw(n.state.as_ref()))),
        operation: Some(declared(operation, nothing_done)),
        members,
        inner: Vec::new(),
    }
}

/// A step that reads SUCCEED without having run was declared so: its word stays, its meaning is PASS (obshell-api 7.3).
fn declared(told: Worded<Operation>, nothing_done: bool) -> Worded<Operation> {
    if nothing_done { Worded { is: Operation::Pass, ..told } } else { told }
}

fn subtask(
    s: &wire::SubTask,
    parallel_ix: Option<u32>,
    passed: bool,
    path: &str,
    defects: &mut Vec<Defect>,
) -> Subtask {
    let status = status(raw(s.state.as_ref()));
    let ended = is_ended(&status.is);
    let agent = s.execute_agent.as_ref();
    let place = address(raw(agent.and_then(|a| a.ip.as_ref())), raw(agent.and_then(|a| a.port.as_ref())));
    // Before its start a sub task tells its creation as its start (obshell-api 6.2).
    let begun = !matches!(status.is, Status::Pending | Status::Ready);
    let runs = s.execute_times.and_then(|n| u32::try_from(n).ok());
    Subtask {
        id: SubtaskId::new(&s.id.0),
        name: Text::new(raw(s.name.as_ref())),
        description: Text::default(),
        operation: declared(operation(raw(s.operator.as_ref())), passed && runs == Some(0)),
        timeout: None,
        timeout_told: None,
        runs: runs.unwrap_or(0),
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

/// Puts the sub DAGs into the stage that waits for them, in the order of its sub tasks; into the last one where no
/// stage has that name.
pub(super) fn nest(task: &mut Task, mut inner: Vec<Inner>) {
    // Its verdict is the outer task's: until that has failed, a FAILED sub DAG waits to be told to go on
    // (obshell-api 7.3).
    if task.head.status.is != Status::Failed {
        for one in inner.iter_mut().filter_map(|i| i.task.as_mut().ok()) {
            rest(one);
        }
    }
    let nodes = &mut task.graph.nodes;
    let at =
        nodes.iter().position(|n| n.name.raw() == WORKING_STAGE).unwrap_or(nodes.len().saturating_sub(1));
    if let Some(node) = nodes.get_mut(at) {
        let place = |i: &Inner| node.members.iter().position(|m| m.target == i.agent).unwrap_or(usize::MAX);
        inner.sort_by_cached_key(|i| (place(i), i.agent.clone()));
        node.inner = inner;
    }
}

/// Makes a saved DAG into a task. It holds the IDs of its sub DAGs alone.
pub(in crate::plane) fn saved(dag: wire::Dag, profile: &ProfileName) -> Task {
    let family = dag.additional_data.clone();
    let mut whole = task(dag, profile);
    if family.as_ref().is_some_and(|f| f.main_dag_id.is_some()) {
        met(&mut whole);
    }
    let of = |(agent, id): (&String, &Word)| Inner {
        agent: Text::new(agent),
        id: TaskId::new(&id.0),
        task: Err(Unread { is_away: false, why: Text::new("a saved answer holds its ID alone") }),
    };
    let subs = family.and_then(|f| f.sub_dags).unwrap_or_default();
    if !subs.is_empty() {
        nest(&mut whole, subs.iter().map(of).collect());
    }
    whole
}

/// A sub DAG that went all its way is done, though its last stage, a meeting point, is always ended by PASS. One with a
/// stage that never ran was given up: there PASS keeps its meaning (obshell-api 7.3).
pub(super) fn met(task: &mut Task) {
    let ran = |n: &Node| !n.members.is_empty() && n.members.iter().all(|m| m.runs > 0);
    let nodes = &mut task.graph.nodes;
    let is_passed = task.head.status.is == Status::Succeeded && task.head.operation.is == Operation::Pass;
    if !is_passed || nodes.is_empty() || !nodes.iter().all(ran) {
        return;
    }
    let done = |operation: &mut Worded<Operation>| {
        if operation.is == Operation::Pass {
            operation.is = Operation::Execute;
        }
    };
    done(&mut task.head.operation);
    for node in nodes {
        node.operation.as_mut().map(done);
        node.members.iter_mut().for_each(|m| done(&mut m.operation));
    }
    task.head.progress = Progress::of(task.subtasks().map(Subtask::phase));
}

/// Whether anything in it reads FAILED.
pub(super) fn has_stopped(task: &Task) -> bool {
    task.head.status.is == Status::Failed || task.subtasks().any(|s| s.status.is == Status::Failed)
}

/// A meeting point that reads FAILED is a step that waits; the word stays as it came.
pub(super) fn rest(task: &mut Task) {
    let waiting = |status: &mut Worded<Status>| {
        if status.is == Status::Failed {
            status.is = Status::Ready;
        }
    };
    waiting(&mut task.head.status);
    for node in &mut task.graph.nodes {
        node.status.as_mut().map(waiting);
        node.members.iter_mut().for_each(|m| waiting(&mut m.status));
    }
    task.head.progress = Progress::of(task.subtasks().map(Subtask::phase));
}

/// A log out of dated lines, by attempt (obshell-api 6.4).
pub(super) fn log(lines: &[wire::LogLine]) -> LogText {
    let attempts = lines.iter().filter_map(|l| l.execute_times).max().unwrap_or(0);
    let mut text = String::new();
    let mut last = None;
    for line in lines {
        if attempts > 1 && line.execute_times != last {
            last = line.execute_times;
            let _ = writeln!(text, "── run {} ──", last.unwrap_or(0));
        }
        if let Some(at) = Timestamp::parse(raw(line.create_time.as_ref())) {
            text.push_str(&at.clock());
            text.push_str("Z ");
        }
        text.push_str(raw(line.log_content.as_ref()));
        text.push('\n');
    }
    log_of(&text)
}

/// A log out of bare lines, as the task itself tells them.
pub(super) fn bare_log(lines: &[Word]) -> LogText {
    log_of(&lines.iter().map(|w| w.0.as_str()).collect::<Vec<_>>().join("\n"))
}

fn log_of(text: &str) -> LogText {
    let mut from = text.len().saturating_sub(limits::LOG_BYTES);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let kept = text.get(from..).unwrap_or("");
    LogText { lines: kept.lines().map(Shown::log_line).collect(), cut: from > 0 }
}

/// `end_time` counts only then (obshell-api 6.2).
fn is_ended(status: &Status) -> bool {
    matches!(status, Status::Failed | Status::Succeeded)
}

/// A point in time; the epoch and year 1 mean "none" (obshell-api 6.2).
pub(super) fn time(word: Option<&Word>, path: &str, defects: &mut Vec<Defect>) -> Option<Timestamp> {
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
