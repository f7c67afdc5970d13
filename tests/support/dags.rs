//! A stop through OBShell agents as they tell it: stages, a sub task for each agent, sub DAGs inside (obshell-api 7).

use obdeck::domain::fold;
use obdeck::domain::id::TaskId;
use obdeck::domain::shown::Text;
use obdeck::domain::status::{Operation, Phase, Status, Worded, operation, status};
use obdeck::domain::task::{Inner, Node, Progress, Stage, Subtask, Task, TaskSummary, Unread};

use super::samples;
use super::tasks::{World, at, of_agents, subtask, summary};

/// ID of the main DAG.
pub(crate) const MAIN: &str = "2016777222502886101";

/// Stages of a zone stop that ends the process: name, and whether every agent has a sub task in it.
const STAGES: [(&str, bool); 6] = [
    ("Inform all agents to prepare to stop observer", true),
    ("Make sure all agents are ready", false),
    ("Execute stop sql", false),
    ("Advance agents to execute the task", false),
    ("Wait for all agents to execute tasks successfully", true),
    ("Inform all agents to end the task", false),
];

/// Seconds that a stage takes here.
const TICK: i64 = 2;

/// A world with one OBShell named `prod`, on a screen of which the pane has this part.
pub(crate) fn world(width: u16, height: u16) -> World {
    let mut world = World::new(width, height);
    world.settings.profiles = vec![of_agents("prod")];
    world
}

/// `ip:port` of an agent, from 0.
pub(crate) fn agent(ix: usize) -> String {
    format!("10.0.{}.11:2886", ix + 1)
}

/// ID of an agent's sub DAG.
pub(crate) fn sub_id(ix: usize) -> String {
    format!("20167772{:02}02886{}", 20 + ix, 300 + ix)
}

/// The stop of `zone2`, whose one server is that of agent 1, in stage `now` of six; 7 when it has ended.
pub(crate) fn stop(agents: usize, now: usize) -> Task {
    let word = if now > STAGES.len() { "SUCCEED" } else { "RUNNING" };
    let mut number = 100;
    let nodes = STAGES.iter().enumerate().map(|(ix, (name, is_parallel))| {
        number += 1;
        let key = format!("20167772220288{number}");
        let count = if *is_parallel { agents } else { 1 };
        stage(&key, name, ix + 1, now, count)
    });
    let nodes: Vec<Node> = nodes.collect();
    let progress = Progress::of(nodes.iter().flat_map(|n| &n.members).map(Subtask::phase));
    let head = TaskSummary {
        progress,
        operation: operation("RUN"),
        creator: Text::default(),
        cluster_name: "edge".into(),
        finished: (now > STAGES.len()).then(|| at(TICK * STAGES.len() as i64)),
        ..summary(MAIN, "Stop OB", word)
    };
    let mut task = Task {
        stage: Some(Stage { now: now.min(STAGES.len()) as u32, max: STAGES.len() as u32 }),
        executor: agent(0).as_str().into(),
        kind: Text::default(),
        ..samples::task(head, fold::chain(nodes))
    };
    if let Some(node) = task.graph.nodes.iter_mut().find(|n| n.name.raw() == STAGES[4].0) {
        node.inner = (0..agents).map(|ix| inner(ix, now)).collect();
    }
    task
}

fn stage(key: &str, name: &str, ix: usize, now: usize, count: usize) -> Node {
    let word = match ix.cmp(&now) {
        std::cmp::Ordering::Less => "SUCCEED",
        std::cmp::Ordering::Equal => "RUNNING",
        std::cmp::Ordering::Greater => "PENDING",
    };
    let members = (0..count).map(|m| {
        let mut s = subtask(&format!("{key}{m}"), name);
        s.status = status(word);
        s.operation = operation("RUN");
        s.parallel_ix = (count > 1).then_some(m as u32);
        s.target = agent(m).as_str().into();
        s.executor = agent(m).as_str().into();
        s.started = (ix <= now).then(|| at(TICK * (ix as i64 - 1)));
        s.finished = (ix < now).then(|| at(TICK * ix as i64 - 1));
        s.runs = u32::from(ix <= now);
        s
    });
    Node {
        key: key.into(),
        name: name.into(),
        status: Some(status(word)),
        operation: Some(operation("RUN")),
        members: members.collect(),
        inner: Vec::new(),
    }
}

/// What an agent keeps: it waits in its first stage until the main DAG is in its fifth, then works, then waits again.
fn inner(ix: usize, now: usize) -> Inner {
    let is_target = ix == 1;
    let names: &[&str] = if is_target {
        &["Start preparations", "Stop observer", "Wait for task to end"]
    } else {
        &["Start preparations", "Wait for task to end"]
    };
    // It meets the main DAG: told as FAILED, meant as waiting.
    let meets = Worded { is: Status::Ready, word: "FAILED".into() };
    let (stage_now, mine) = match now {
        0..=4 => (1, meets),
        5 if is_target => (2, status("RUNNING")),
        5 | 6 => (names.len(), meets),
        _ => (names.len() + 1, status("SUCCEED")),
    };
    let id = sub_id(ix);
    let nodes = names.iter().enumerate().map(|(n, name)| {
        let mut node = stage(&format!("{id}{n}"), name, n + 1, stage_now, 1);
        if n + 1 == stage_now {
            node.status = Some(mine.clone());
            node.members.iter_mut().for_each(|m| m.status = mine.clone());
        }
        node
    });
    let max = names.len() as u32;
    let head = TaskSummary {
        operation: operation("RUN"),
        status: mine.clone(),
        started: Some(at(1)),
        finished: (now > STAGES.len()).then(|| at(12)),
        ..summary(&id, "Stop observer", "RUNNING")
    };
    let task = Task {
        stage: Some(Stage { now: (stage_now as u32).min(max), max }),
        executor: agent(ix).as_str().into(),
        kind: "holds its agent".into(),
        ..samples::task(head, fold::chain(nodes.collect()))
    };
    Inner { agent: agent(ix).as_str().into(), id: TaskId::new(&id), task: Ok(Box::new(task)) }
}

/// An agent that does not answer for its sub DAG.
pub(crate) fn away(task: &mut Task, ix: usize) {
    let inner = task.graph.nodes.iter_mut().flat_map(|n| n.inner.iter_mut()).nth(ix);
    if let Some(inner) = inner {
        inner.task = Err(Unread { is_away: true, why: "connection refused".into() });
    }
}

/// The main DAG has failed: what waits in its sub DAGs waits in vain.
pub(crate) fn fail(task: &mut Task) {
    task.head.status = status("FAILED");
    for inner in task.graph.nodes.iter_mut().flat_map(|n| n.inner.iter_mut()) {
        if let Ok(sub) = &mut inner.task
            && sub.phase() == Phase::Ready
        {
            sub.head.status = status("FAILED");
            sub.head.operation = Worded { is: Operation::Execute, word: "RUN".into() };
        }
    }
}
