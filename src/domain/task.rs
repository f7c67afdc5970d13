//! Tasks and their graphs: what a control plane does step by step.

use super::id::{ClusterId, ClusterRef, SubtaskId, TaskId, TaskRef, TraceId};
use super::shown::Text;
use super::status::{Operation, Phase, Status, Worded, phase};
use super::time::{Span, Timestamp};

/// Which node of a [`TaskGraph`]: an index into `nodes`.
pub type NodeIx = usize;

/// A task as a list tells it, or the head of a whole one.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskSummary {
    /// Where it is.
    pub at: TaskRef,
    /// Its name in the plane's language, e.g. `Stop OB zone`.
    pub name: Text,
    /// Status with the plane's word.
    pub status: Worded<Status>,
    /// What is being done; a list item of OCP does not tell.
    pub operation: Worded<Operation>,
    /// Cluster it works on.
    pub cluster: Option<ClusterRef>,
    /// Name of the cluster, when told.
    pub cluster_name: Text,
    /// What it works on inside the cluster, when told: a zone's name or a server (OCP `context`).
    pub target: Text,
    /// Who asked for it.
    pub creator: Text,
    /// First start.
    pub started: Option<Timestamp>,
    /// End; only of an ended task (OBShell tells `end_time` of a running one too).
    pub finished: Option<Timestamp>,
    /// Subtasks by phase: (done, skipped, failed, all).
    pub progress: Progress,
}

/// How far a task is, counted in subtasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Really done.
    pub done: u32,
    /// Declared done.
    pub skipped: u32,
    /// Failed.
    pub failed: u32,
    /// Running, rolling back or being cancelled.
    pub active: u32,
    /// All.
    pub all: u32,
}

impl Progress {
    /// Counts phases.
    pub fn of(phases: impl Iterator<Item = Phase>) -> Self {
        let mut p = Progress::default();
        for phase in phases {
            p.all += 1;
            match phase {
                Phase::Done => p.done += 1,
                Phase::Skipped => p.skipped += 1,
                Phase::Failed => p.failed += 1,
                Phase::Running | Phase::RollingBack | Phase::Canceling => p.active += 1,
                Phase::Pending | Phase::Ready | Phase::Unknown => {}
            }
        }
        p
    }
}

/// A whole task.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// What a list tells too.
    pub head: TaskSummary,
    /// Which stage of how many: OBShell only.
    pub stage: Option<Stage>,
    /// Whether the plane forbids a rollback of the whole task.
    pub prohibit_rollback: bool,
    /// Address of the control plane's node that runs it.
    pub executor: Text,
    /// `MANUAL`, `SCHEDULED`, …
    pub kind: Text,
    /// Its steps.
    pub graph: TaskGraph,
}

/// OBShell's `stage` of `max_stage`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage {
    /// Current one, from 1.
    pub now: u32,
    /// How many.
    pub max: u32,
}

impl Task {
    /// Phase of the task as a whole.
    pub fn phase(&self) -> Phase {
        self.head.phase()
    }
    /// A subtask by ID, with its node.
    pub fn subtask(&self, id: &SubtaskId) -> Option<(NodeIx, &Subtask)> {
        self.graph
            .nodes
            .iter()
            .enumerate()
            .find_map(|(ix, n)| n.members.iter().find(|s| s.id == *id).map(|s| (ix, s)))
    }
    /// All subtasks, in the order of the nodes.
    pub fn subtasks(&self) -> impl Iterator<Item = &Subtask> {
        self.graph.nodes.iter().flat_map(|n| n.members.iter())
    }
}

impl TaskSummary {
    /// Phase of the task as a whole.
    pub fn phase(&self) -> Phase {
        phase(&self.status.is, &self.operation.is)
    }
    /// Whether it still holds its cluster: running, or failed and not yet retried or rolled back (ocp-api 3.4).
    pub fn is_unfinished(&self) -> bool {
        !matches!(self.status.is, Status::Succeeded)
    }
}

/// The steps and what waits for what.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TaskGraph {
    /// Steps in order of ID, so that the answer's list order has no influence.
    pub nodes: Vec<Node>,
    /// (upstream, downstream), each pair once, sorted.
    pub edges: Vec<(NodeIx, NodeIx)>,
    /// What is wrong with the answer; never dropped silently (architecture, rule 6).
    pub defects: Vec<Defect>,
}

impl TaskGraph {
    /// Nodes that `ix` waits for.
    pub fn upstreams(&self, ix: NodeIx) -> impl Iterator<Item = NodeIx> + '_ {
        self.edges.iter().filter(move |e| e.1 == ix).map(|e| e.0)
    }
    /// Nodes that wait for `ix`.
    pub fn downstreams(&self, ix: NodeIx) -> impl Iterator<Item = NodeIx> + '_ {
        self.edges.iter().filter(move |e| e.0 == ix).map(|e| e.1)
    }
}

/// What is drawn and joined by edges.
///
/// OCP: one subtask. OBShell: one stage, with a sub task for each agent. Parallel siblings are folded by
/// `graph::collapse` for drawing only, so that one mechanism folds in every form and export.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Unique in the graph: the subtask's ID (OCP) or the node's (OBShell).
    pub key: SubtaskId,
    /// Name of the step; names repeat ("Wait node").
    pub name: Text,
    /// Its own status, when the plane tells one for the node itself (OBShell).
    pub status: Option<Worded<Status>>,
    /// Its own operation, likewise.
    pub operation: Option<Worded<Operation>>,
    /// The work in it; empty for a ghost: an ID that edges name but no subtask has (D02).
    pub members: Vec<Subtask>,
    /// Tasks that do this step's work on other machines (OBShell's sub DAGs); empty on OCP.
    pub inner: Vec<Inner>,
}

/// A task inside a step: OBShell's sub DAG on one agent (obshell-api 7.3).
#[derive(Debug, Clone, PartialEq)]
pub struct Inner {
    /// `ip:port` of the agent it runs on.
    pub agent: Text,
    /// Its ID, by which it can be opened like any other task.
    pub id: TaskId,
    /// The task, or why it could not be read. Its resting points are not failures while the outer task runs.
    pub task: Result<Box<Task>, Unread>,
}

/// Why a task inside a step is not known; never a failure of the task itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Whether the agent that keeps it could not be reached: expected while observers and hosts go down (A17).
    pub is_away: bool,
    /// What came instead of an answer.
    pub why: Text,
}

impl Inner {
    /// Its phase; unknown where it could not be read.
    pub fn phase(&self) -> Phase {
        self.task.as_ref().map_or(Phase::Unknown, |t| t.phase())
    }
    /// Which stage of how many it is in.
    pub fn stage(&self) -> Option<Stage> {
        self.task.as_ref().ok()?.stage
    }
    /// The step that it is in, or stopped at.
    pub fn step(&self) -> Option<&Node> {
        let now = self.stage()?.now.checked_sub(1)?;
        self.task.as_ref().ok()?.graph.nodes.get(usize::try_from(now).ok()?)
    }
    /// Whether the agent that keeps it could not be reached.
    pub fn is_away(&self) -> bool {
        self.task.as_ref().is_err_and(|e| e.is_away)
    }
}

impl Node {
    /// Whether edges name it but the answer does not hold it.
    pub fn is_ghost(&self) -> bool {
        self.members.is_empty() && self.status.is_none()
    }
    /// The plane's own phase of the node, else that of the member of most concern.
    pub fn phase(&self) -> Phase {
        if let (Some(s), Some(o)) = (&self.status, &self.operation) {
            return phase(&s.is, &o.is);
        }
        self.members.iter().map(Subtask::phase).min_by_key(|p| p.concern()).unwrap_or(Phase::Unknown)
    }
}

/// One piece of work.
#[derive(Debug, Clone, PartialEq)]
pub struct Subtask {
    /// Its ID; the only thing that identifies it.
    pub id: SubtaskId,
    /// Its name.
    pub name: Text,
    /// What it is about, as told.
    pub description: Text,
    /// Status with the plane's word.
    pub status: Worded<Status>,
    /// Operation with the plane's word.
    pub operation: Worded<Operation>,
    /// Seconds allowed for one run; `None` where none was told (missing, 0 or negative: H15).
    pub timeout: Option<Span>,
    /// `timeout` as the answer spells it, for machine output.
    pub timeout_told: Option<i64>,
    /// Executions so far, from 1 (`runTime`: a count, not a duration; ocp-api 6).
    pub runs: u32,
    /// Index into the split list; `None` where the step is not split (`parallelIdx` -1 or absent).
    pub parallel_ix: Option<u32>,
    /// `parallelIdx` as told, for machine output.
    pub parallel_told: Option<i64>,
    /// What it works on (a server's address), when that could be learnt from the task's context.
    pub target: Text,
    /// Address of the control plane's node that runs it.
    pub executor: Text,
    /// First start; after a retry the latest start is only in the log (ocp-api 6).
    pub started: Option<Timestamp>,
    /// End of the latest run.
    pub finished: Option<Timestamp>,
    /// Whether a rollback cannot undo it.
    pub prohibit_rollback: bool,
    /// Whether skip is refused.
    pub prohibit_skip: bool,
    /// Java class or the like, when told.
    pub class_name: Text,
    /// Upstreams exactly as told, known or not.
    pub upstreams: Vec<SubtaskId>,
    /// Downstreams exactly as told, known or not.
    pub downstreams: Vec<SubtaskId>,
}

impl Subtask {
    /// Phase of the subtask.
    pub fn phase(&self) -> Phase {
        phase(&self.status.is, &self.operation.is)
    }
    /// How long it has run, or ran. Server times only with each other (H17): `now` is the server's.
    pub fn elapsed(&self, now: Timestamp) -> Option<Span> {
        let from = self.started?;
        let phase = self.phase();
        let to = if phase.is_active() { now } else { self.finished? };
        let took = to.since(from);
        Some(if took < Span::ZERO { Span::ZERO } else { took })
    }
    /// Whether the run under way is not the first: the times told count from the first start (ocp-api 6), and the retry of
    /// a single subtask does not even raise the count of runs, so the operation tells too.
    pub fn is_later_run(&self) -> bool {
        self.runs > 1
            || matches!(self.operation.is, Operation::Retry | Operation::Rollback | Operation::RollbackSkip)
    }
    /// Timeout minus elapsed of a running one; `None` where no timeout was told or nothing runs.
    pub fn left(&self, now: Timestamp) -> Option<Span> {
        if !self.phase().is_active() {
            return None;
        }
        Some(self.timeout?.minus(self.elapsed(now)?))
    }
}

/// Something wrong with an answer, kept and told beside what could be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Defect {
    /// `from` names `to`, and no subtask has that ID.
    Dangling {
        /// The one that names it.
        from: SubtaskId,
        /// The missing one.
        to: SubtaskId,
    },
    /// Only one end of an edge names the other.
    OneSided {
        /// Upstream end.
        from: SubtaskId,
        /// Downstream end.
        to: SubtaskId,
    },
    /// A second subtask with the same ID; the first counts.
    DuplicateId(SubtaskId),
    /// A subtask that waits for itself.
    SelfLoop(SubtaskId),
    /// A cycle through this subtask.
    Cycle(SubtaskId),
    /// A field that could not be read: where, and what stood there.
    BadField {
        /// JSON path.
        path: Text,
        /// The raw word.
        word: Text,
    },
    /// More subtasks than are kept.
    TooMany {
        /// How many were told.
        told: usize,
    },
}

/// A page of a subtask's log; the plane gives the whole text each time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LogText {
    /// Lines, filtered, oldest first.
    pub lines: Vec<super::shown::Shown>,
    /// Whether older lines were left out for the limit.
    pub cut: bool,
}

/// What a poll of a task came with.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskSeen {
    /// The task.
    pub task: Task,
    /// The server's clock at the answer.
    pub server_time: Option<Timestamp>,
    /// Trace ID of the poll.
    pub trace: Option<TraceId>,
}

/// Which tasks are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct TaskFilter {
    /// Of this cluster only.
    pub cluster: Option<ClusterId>,
    /// Only those that still hold their cluster: running or failed.
    pub unfinished: bool,
    /// The plane's own status words; empty: any.
    pub status: Vec<String>,
    /// Part of the name.
    pub name: Option<String>,
    /// At most so many; `None`: [`super::limits::TASKS_LISTED`].
    pub limit: Option<u32>,
}
