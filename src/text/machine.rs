//! Machine output: camelCase, OCP's field names, for both control planes (cli.md, "Output").
//!
//! Values are exact (unfiltered, JSON-escaped): the filter is for screens.

use serde::{Serialize, Serializer};

use crate::domain::id::{SubtaskId, TraceId};
use crate::domain::shown::Text;
use crate::domain::status::{Health, Phase};
use crate::domain::task::{Defect, Inner, Node, Progress, Subtask, Task, TaskSummary};
use crate::domain::time::Timestamp;

/// An ID: a JSON number where it is one that fits exactly into 64 bits, else a string (H14).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Id(pub(crate) String);

impl Id {
    pub(crate) fn new(raw: &str) -> Self {
        Self(raw.to_owned())
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        // Only what a number would print as again: `007` and `+7` are other spellings, and stay strings.
        match (self.0.parse::<u64>(), self.0.parse::<i64>()) {
            (Ok(n), _) if n.to_string() == self.0 => s.serialize_u64(n),
            (_, Ok(n)) if n.to_string() == self.0 => s.serialize_i64(n),
            _ => s.serialize_str(&self.0),
        }
    }
}

/// A text, left out when empty.
pub(crate) fn told(t: &Text) -> Option<String> {
    (!t.is_empty()).then(|| t.raw().to_owned())
}

/// A time, left out when unknown.
pub(crate) fn time(t: Option<Timestamp>) -> Option<String> {
    t.map(Timestamp::rfc3339)
}

/// A trace ID as a string, whatever it looks like.
pub(crate) fn trace(t: Option<&TraceId>) -> Option<String> {
    t.map(|t| t.raw().to_owned())
}

/// One word for the state of a cluster, zone or server, the same for both planes.
pub(crate) fn health(h: Health) -> &'static str {
    match h {
        Health::Up => "up",
        Health::Changing => "changing",
        Health::Stopped => "stopped",
        Health::Down => "down",
        Health::Unknown => "unknown",
    }
}

/// A list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct List<T> {
    pub(crate) contents: Vec<T>,
}

/// Subtasks by phase.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProgressDoc {
    done: u32,
    skipped: u32,
    failed: u32,
    active: u32,
    all: u32,
}

impl From<Progress> for ProgressDoc {
    fn from(p: Progress) -> Self {
        Self { done: p.done, skipped: p.skipped, failed: p.failed, active: p.active, all: p.all }
    }
}

/// What a list and a whole task tell alike.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Head {
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<String>,
    id: Id,
    name: String,
    status: String,
    phase: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster_id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    creator: Option<String>,
    start_time: Option<String>,
    finish_time: Option<String>,
    progress: ProgressDoc,
}

impl Head {
    /// `profile`: not for a task that came from a file.
    pub(crate) fn new(t: &TaskSummary, profile: bool) -> Self {
        Self {
            profile: profile.then(|| t.at.profile.raw().to_owned()),
            id: Id::new(t.at.id.raw()),
            name: t.name.raw().to_owned(),
            status: t.status.word.raw().to_owned(),
            phase: t.phase().word(),
            operation: told(&t.operation.word),
            cluster_id: t.cluster.as_ref().filter(|c| !c.id.text().is_empty()).map(|c| Id::new(c.id.raw())),
            cluster_name: told(&t.cluster_name),
            target: told(&t.target),
            creator: told(&t.creator),
            start_time: time(t.started),
            finish_time: time(t.finished),
            progress: t.progress.into(),
        }
    }
}

/// A whole task: the document of `get task` and of `graph --format json`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TaskDoc {
    #[serde(flatten)]
    head: Head,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    executor: Option<String>,
    prohibit_rollback: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_stage: Option<u32>,
    trace_id: Option<String>,
    subtasks: Vec<SubtaskDoc>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sub_dags: Vec<SubDagDoc>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    defects: Vec<String>,
}

impl TaskDoc {
    /// `profile`: not for a task that came from a file.
    pub(crate) fn new(t: &Task, trace_id: Option<&TraceId>, profile: bool) -> Self {
        Self {
            head: Head::new(&t.head, profile),
            kind: told(&t.kind),
            executor: told(&t.executor),
            prohibit_rollback: t.prohibit_rollback,
            stage: t.stage.map(|s| s.now),
            max_stage: t.stage.map(|s| s.max),
            trace_id: trace(trace_id),
            subtasks: t
                .graph
                .nodes
                .iter()
                .flat_map(|n| n.members.iter().map(|s| SubtaskDoc::new(s, Some(n))))
                .collect(),
            sub_dags: t
                .graph
                .nodes
                .iter()
                .flat_map(|n| n.inner.iter().map(|i| SubDagDoc::new(i, n)))
                .collect(),
            defects: t.graph.defects.iter().map(defect).collect(),
        }
    }
}

/// A task inside a stage: OBShell's sub DAG on one agent. Of one that could not be read only agent, ID, stage and why.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SubDagDoc {
    agent: String,
    id: Id,
    /// Name of the stage it works for.
    node: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    /// What FAILED means while the main task runs: `ready`, it waits to be told to go on.
    phase: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<StageDoc>,
    /// Whether its agent did not answer.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    agent_away: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    unread: Option<String>,
    start_time: Option<String>,
    finish_time: Option<String>,
    subtasks: Vec<SubtaskDoc>,
}

/// Which stage of how many, from 1.
#[derive(Debug, Serialize)]
pub(crate) struct StageDoc {
    now: u32,
    max: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

impl SubDagDoc {
    fn new(inner: &Inner, node: &Node) -> Self {
        let task = inner.task.as_ref().ok();
        let head = task.map(|t| &t.head);
        let nodes = task.map_or(&[][..], |t| t.graph.nodes.as_slice());
        Self {
            agent: inner.agent.raw().to_owned(),
            id: Id::new(inner.id.raw()),
            node: node.name.raw().to_owned(),
            name: head.map(|h| h.name.raw().to_owned()),
            status: head.map(|h| h.status.word.raw().to_owned()),
            phase: inner.phase().word(),
            operation: head.and_then(|h| told(&h.operation.word)),
            stage: inner.stage().map(|s| StageDoc {
                now: s.now,
                max: s.max,
                name: inner.step().and_then(|n| told(&n.name)),
            }),
            agent_away: inner.is_away(),
            unread: inner.task.as_ref().err().map(|e| e.why.raw().to_owned()),
            start_time: time(head.and_then(|h| h.started)),
            finish_time: time(head.and_then(|h| h.finished)),
            subtasks: nodes
                .iter()
                .flat_map(|n| n.members.iter().map(|s| SubtaskDoc::new(s, Some(n))))
                .collect(),
        }
    }
}

/// One subtask.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SubtaskDoc {
    id: Id,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    status: String,
    phase: &'static str,
    operation: String,
    /// Name of the stage it belongs to, where that is not its own (OBShell).
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<String>,
    /// In seconds, as told.
    #[serde(skip_serializing_if = "Option::is_none")]
    timeout: Option<i64>,
    run_time: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    parallel_idx: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    executor: Option<String>,
    start_time: Option<String>,
    finish_time: Option<String>,
    prohibit_rollback: bool,
    prohibit_skip: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    class_name: Option<String>,
    upstreams: Vec<Id>,
    downstreams: Vec<Id>,
}

impl SubtaskDoc {
    pub(crate) fn new(s: &Subtask, node: Option<&Node>) -> Self {
        let ids = |list: &[SubtaskId]| list.iter().map(|i| Id::new(i.raw())).collect();
        Self {
            id: Id::new(s.id.raw()),
            name: s.name.raw().to_owned(),
            description: told(&s.description),
            status: s.status.word.raw().to_owned(),
            phase: s.phase().word(),
            operation: s.operation.word.raw().to_owned(),
            node: node.filter(|n| n.status.is_some() || n.key != s.id).map(|n| n.name.raw().to_owned()),
            timeout: s.timeout_told,
            run_time: s.runs,
            parallel_idx: s.parallel_told,
            target: told(&s.target),
            executor: told(&s.executor),
            start_time: time(s.started),
            finish_time: time(s.finished),
            prohibit_rollback: s.prohibit_rollback,
            prohibit_skip: s.prohibit_skip,
            class_name: told(&s.class_name),
            upstreams: ids(&s.upstreams),
            downstreams: ids(&s.downstreams),
        }
    }
}

/// A step of a graph that no control plane told.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct BareNode {
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) status: String,
    pub(crate) phase: Phase,
    pub(crate) parallel: Option<u32>,
}

/// A bare graph in the form of a task.
#[derive(Debug, Serialize)]
pub(crate) struct BareDoc {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    pub(crate) subtasks: Vec<BareSubtask>,
}

/// A bare node in the form of a subtask.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BareSubtask {
    id: Id,
    name: String,
    status: String,
    phase: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    parallel_idx: Option<u32>,
    upstreams: Vec<Id>,
    downstreams: Vec<Id>,
}

impl BareNode {
    pub(crate) fn doc(&self, upstreams: Vec<Id>, downstreams: Vec<Id>) -> BareSubtask {
        BareSubtask {
            id: Id::new(&self.id),
            name: self.label.clone(),
            status: self.status.clone(),
            phase: self.phase.word(),
            parallel_idx: self.parallel,
            upstreams,
            downstreams,
        }
    }
}

/// A defect in words.
pub(crate) fn defect(d: &Defect) -> String {
    match d {
        Defect::Dangling { from, to } => format!("{} names {}, which is not there", from.raw(), to.raw()),
        Defect::OneSided { from, to } => {
            format!("the edge from {} to {} is told at one end only", from.raw(), to.raw())
        }
        Defect::DuplicateId(id) => format!("the ID {} occurs twice; the first counts", id.raw()),
        Defect::SelfLoop(id) => format!("{} waits for itself", id.raw()),
        Defect::Cycle(id) => format!("a cycle leads through {}", id.raw()),
        Defect::BadField { path, word } => format!("{} could not be read: {}", path.raw(), word.raw()),
        Defect::TooMany { told } => format!("{told} subtasks were told, more than are kept"),
    }
}

#[cfg(test)]
mod tests {
    use super::Id;

    fn json(raw: &str) -> String {
        serde_json::to_string(&Id::new(raw)).unwrap()
    }

    #[test]
    fn h14_ids_stay_exact() {
        assert_eq!(json("9007199254740993"), "9007199254740993");
        assert_eq!(json("18446744073709551615"), "18446744073709551615");
        assert_eq!(json("-9223372036854775808"), "-9223372036854775808");
        assert_eq!(json("18446744073709551616"), "\"18446744073709551616\"");
        assert_eq!(json("007"), "\"007\"");
        assert_eq!(json("10.0.0.1:2886"), "\"10.0.0.1:2886\"");
        assert_eq!(json(""), "\"\"");
    }
}
