//! What can be asked of a control plane, and what each means in words of the trade.

use super::id::{ClusterRef, ServerId, SubtaskId, TaskRef, ZoneName};
use super::shown::Text;

/// What is done to a cluster, zone or server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// Take it out of service and end its processes.
    Stop,
    /// Bring it back.
    Start,
    /// Stop, then start.
    Restart,
}

impl Verb {
    /// Lower-case word, as in URLs and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Verb::Stop => "stop",
            Verb::Start => "start",
            Verb::Restart => "restart",
        }
    }
    /// Whether it takes service away, if only for a while.
    pub fn takes_away(self) -> bool {
        matches!(self, Verb::Stop | Verb::Restart)
    }
}

/// What of the cluster is meant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scope {
    /// All of it.
    Cluster,
    /// One zone.
    Zone(ZoneName),
    /// One OBServer.
    Server {
        /// The ID that the request takes.
        id: ServerId,
        /// `ip:port`, what the operator reads and types.
        address: Text,
        /// Zone it is in.
        zone: ZoneName,
    },
}

impl Scope {
    /// `cluster`, `zone` or `server`.
    pub fn word(&self) -> &'static str {
        match self {
            Scope::Cluster => "cluster",
            Scope::Zone(_) => "zone",
            Scope::Server { .. } => "server",
        }
    }
    /// Whether it lies in a zone, is it, or holds it.
    pub fn touches(&self, zone: &ZoneName) -> bool {
        match self {
            Scope::Cluster => true,
            Scope::Zone(z) | Scope::Server { zone: z, .. } => z == zone,
        }
    }
}

/// How hard: what a plane offers for a scope is told by its [`super::capability::Capabilities`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Force {
    /// The plane's own force (OCP server stop and restart: skip the pre-check; OBShell: `kill -9`).
    pub force: bool,
    /// Minor freeze first (OBShell `terminate`, or `freeze_server` with `process`).
    pub freeze: bool,
    /// OBShell zone: the checked stop that also ends the processes.
    pub process: bool,
    /// OBShell: tasks whose hold on the cluster is to be passed over, by ID.
    pub pass_dags: Vec<String>,
}

impl Force {
    /// Whether the plane's own checks are skipped: a plain force, or OBShell's freeze and kill. Nobody then looks
    /// whether a majority is left (obshell-api 7.1).
    pub fn is_unchecked(&self) -> bool {
        self.force || (self.freeze && !self.process)
    }
    /// One word for the journal: `plain`, `force`, `freeze`, `process`, `process+freeze`.
    pub fn word(&self) -> &'static str {
        match (self.force, self.process, self.freeze) {
            (true, ..) => "force",
            (false, true, true) => "process+freeze",
            (false, true, false) => "process",
            (false, false, true) => "freeze",
            (false, false, false) => "plain",
        }
    }
}

/// An action on a cluster, zone or server. Bound to IDs and names, never to a row on a screen (A11).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClusterAction {
    /// What.
    pub verb: Verb,
    /// On which control plane and cluster.
    pub cluster: ClusterRef,
    /// The cluster's name as the operator sees it; what is typed to confirm.
    pub cluster_name: Text,
    /// Which part of it.
    pub scope: Scope,
    /// How hard.
    pub force: Force,
}

impl ClusterAction {
    /// The name that confirms it: `CLUSTER/TARGET`, for a whole cluster `CLUSTER` (cli.md, `--confirm`).
    /// Exact bytes: a look-alike letter does not pass (X11).
    pub fn confirm_name(&self) -> String {
        match &self.scope {
            Scope::Cluster => self.cluster_name.raw().to_owned(),
            Scope::Zone(z) => format!("{}/{}", self.cluster_name.raw(), z.raw()),
            Scope::Server { address, .. } => format!("{}/{}", self.cluster_name.raw(), address.raw()),
        }
    }
}

/// What can be asked of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaskVerb {
    /// Run every failed subtask again; each is undone first.
    Retry,
    /// Undo from the failed subtask back to the first.
    Rollback,
    /// OBShell: stop it.
    Cancel,
    /// OBShell: declare it successful; nothing is done.
    Pass,
}

/// What can be asked of a subtask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SubtaskVerb {
    /// Undo it, then run it again.
    Retry,
    /// Declare it successful without doing it.
    Skip,
    /// Interrupt it; it becomes failed, and the work may go on.
    Cancel,
}

impl TaskVerb {
    /// Lower-case word.
    pub fn word(self) -> &'static str {
        match self {
            TaskVerb::Retry => "retry",
            TaskVerb::Rollback => "rollback",
            TaskVerb::Cancel => "cancel",
            TaskVerb::Pass => "pass",
        }
    }
}

impl SubtaskVerb {
    /// Lower-case word.
    pub fn word(self) -> &'static str {
        match self {
            SubtaskVerb::Retry => "retry",
            SubtaskVerb::Skip => "skip",
            SubtaskVerb::Cancel => "cancel",
        }
    }
}

/// Anything that changes something on a control plane. There is no other.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Action {
    /// On a cluster, zone or server.
    Cluster(ClusterAction),
    /// On a task.
    Task {
        /// Which.
        task: TaskRef,
        /// What.
        verb: TaskVerb,
    },
    /// On a subtask.
    Subtask {
        /// Its task.
        task: TaskRef,
        /// Which.
        subtask: SubtaskId,
        /// What.
        verb: SubtaskVerb,
    },
}

impl Action {
    /// The profile it goes through.
    pub fn profile(&self) -> &super::id::ProfileName {
        match self {
            Action::Cluster(a) => &a.cluster.profile,
            Action::Task { task, .. } | Action::Subtask { task, .. } => &task.profile,
        }
    }
}
