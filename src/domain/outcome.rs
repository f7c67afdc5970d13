//! How a request ended: an action's [`Outcome`], a read's [`ReadError`], and the exit code of each (cli.md).

use super::action::Action;
use super::id::{TaskId, TraceId};
use super::shown::Text;
use super::status::{Operation, Status, Worded};
use super::task::{Task, TaskSummary};
use super::time::{Span, Timestamp};

/// Exit codes: a public contract (cli.md, "Exit codes").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// The task ended in failure, or another failure.
    Failed = 1,
    /// Command line, config or input file is wrong, or there is no terminal.
    Usage = 2,
    /// Refused here, before anything was sent.
    RefusedHere = 3,
    /// Not authenticated or not permitted.
    NotPermitted = 4,
    /// Could not be reached; nothing was sent.
    Unreachable = 5,
    /// The action may have been taken.
    Unknown = 6,
    /// `--wait-timeout` passed.
    WaitTimeout = 7,
    /// Not found, or ambiguous.
    NotFound = 8,
    /// Refused there for its state.
    Conflict = 9,
    /// A defect of obdeck.
    Panic = 101,
}

/// How an action ended. There is no fifth way.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The server took it.
    Accepted {
        /// What it answered with; `None` where the plane answers without data (skip, cancel; ocp-api 2.1).
        task: Option<Box<Task>>,
        /// Trace ID of the answer.
        trace: Option<TraceId>,
        /// How long the exchange took.
        took: Span,
    },
    /// The server said no; nothing was done.
    Refused(Refused),
    /// It never left here: refused connection, DNS, TLS (dependencies, trap 9).
    NotSent {
        /// The cause, in the words of the error chain.
        why: Text,
    },
    /// It left, and no answer that counts came back. Never success, never failure, never sent again.
    Unknown {
        /// What was seen instead of an answer.
        why: Text,
        /// What to look for.
        lookup: Lookup,
    },
    /// Held back here after the yes, before anything was sent.
    Held(Held),
}

/// Why an approved order was not sent after all.
#[derive(Debug, Clone, PartialEq)]
pub enum Held {
    /// The intent could not be written and synced: no journal, no action (reliability P3). Why, and how to set it.
    NoJournal(Text),
    /// What was confirmed is no longer so: a fresh read differs (A10). Machine words that are new, and that are gone.
    Changed {
        /// True now, not true when it was confirmed.
        now: Vec<String>,
        /// True when it was confirmed, not true now.
        gone: Vec<String>,
    },
    /// The profile is read-only where requests are built (P11).
    ReadOnly,
}

impl Held {
    /// One machine word for the journal.
    pub fn word(&self) -> &'static str {
        match self {
            Held::NoJournal(_) => "no-journal",
            Held::Changed { .. } => "changed",
            Held::ReadOnly => "read-only",
        }
    }
}

/// A refusal with the server's own words.
#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    /// What kind.
    pub kind: ReadErrorKind,
    /// HTTP status, 0 when refused before HTTP.
    pub http: u16,
    /// The server's code (`11020`, `OBE11020`), empty when none.
    pub code: Text,
    /// The server's own words, quoted, never replaced.
    pub message: Text,
    /// Trace ID of the answer.
    pub trace: Option<TraceId>,
}

/// How to find out what became of an action: look for a task of this cluster with this name started no earlier.
#[derive(Debug, Clone, PartialEq)]
pub struct Lookup {
    /// Where.
    pub profile: super::id::ProfileName,
    /// Cluster, when the action was on one.
    pub cluster: Option<super::id::ClusterId>,
    /// Task, when the action was on one.
    pub task: Option<TaskId>,
    /// Name the control plane gives such a task, e.g. `Stop OB zone`.
    pub name: Text,
    /// When it was sent, by our clock.
    pub sent: Timestamp,
}

impl Lookup {
    /// What to look for if the outcome of an action stays unknown (A01): `name` is what the plane calls such a task.
    pub fn of(action: &Action, name: &str, sent: Timestamp) -> Self {
        let (cluster, task) = match action {
            Action::Cluster(a) => (Some(a.cluster.id.clone()), None),
            Action::Task { task, .. } | Action::Subtask { task, .. } => (None, Some(task.id.clone())),
        };
        Self { profile: action.profile().clone(), cluster, task, name: Text::new(name), sent }
    }
    /// The tasks that may be what became of it (A01): same cluster, same name, begun no earlier than it was sent by
    /// the server's clock, which is `skew` ahead of ours. Those of the same creator stand for all, where there are
    /// some; an access key is not a creator's name, so none of them is no proof.
    pub fn candidates<'t>(&self, tasks: &'t [TaskSummary], user: &str, skew: Span) -> Vec<&'t TaskSummary> {
        let earliest = self.sent.plus(skew).plus(Span::ZERO.minus(super::limits::SKEW_TOLD));
        let could_be = |t: &&TaskSummary| {
            let same_cluster = match (&self.cluster, &t.cluster) {
                (Some(want), Some(at)) => *want == at.id,
                // The list was asked for one cluster; a row that does not tell is kept.
                (_, None) | (None, _) => true,
            };
            same_cluster
                && t.started.map_or_else(|| t.is_unfinished(), |s| s >= earliest)
                && (self.name.is_empty() || t.name.raw().eq_ignore_ascii_case(self.name.raw()))
        };
        let all: Vec<&TaskSummary> = tasks.iter().filter(could_be).collect();
        let own: Vec<&TaskSummary> =
            all.iter().copied().filter(|t| !user.is_empty() && t.creator.raw() == user).collect();
        if own.is_empty() { all } else { own }
    }
}

impl Outcome {
    /// The exit code without `--wait`.
    pub fn exit(&self) -> Exit {
        match self {
            Outcome::Accepted { .. } => Exit::Done,
            Outcome::Refused(r) => r.kind.exit(),
            Outcome::NotSent { .. } => Exit::Unreachable,
            Outcome::Unknown { .. } => Exit::Unknown,
            Outcome::Held(_) => Exit::RefusedHere,
        }
    }
}

/// Why a read gave nothing, by what can be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReadErrorKind {
    /// DNS, connect, TLS: nothing was sent.
    Unreachable,
    /// No whole answer within the limit.
    Timeout,
    /// The connection ended inside the answer.
    CutOff,
    /// 401; polling of the profile stops (ocp-api 1.2).
    Unauthenticated,
    /// 403.
    Forbidden,
    /// 404, or the object is gone.
    NotFound,
    /// 409, or 400 with a state code.
    Conflict,
    /// 400: the request is wrong.
    BadRequest,
    /// 429 or 503 with a wait.
    RateLimited,
    /// 3xx: the server points elsewhere; never followed.
    Redirected,
    /// HTML or something else that is no control plane.
    NotAPlane,
    /// JSON that does not read; the message holds path and offset.
    BadAnswer,
    /// Larger than the limit.
    TooLarge,
    /// 5xx.
    Server,
    /// Not asked at all, because an earlier 401 stopped this profile.
    PollingStopped,
}

impl ReadErrorKind {
    /// Its exit code.
    pub fn exit(self) -> Exit {
        match self {
            ReadErrorKind::Unreachable => Exit::Unreachable,
            ReadErrorKind::Unauthenticated | ReadErrorKind::Forbidden | ReadErrorKind::PollingStopped => {
                Exit::NotPermitted
            }
            ReadErrorKind::NotFound => Exit::NotFound,
            ReadErrorKind::Conflict => Exit::Conflict,
            ReadErrorKind::Timeout
            | ReadErrorKind::CutOff
            | ReadErrorKind::BadRequest
            | ReadErrorKind::RateLimited
            | ReadErrorKind::Redirected
            | ReadErrorKind::NotAPlane
            | ReadErrorKind::BadAnswer
            | ReadErrorKind::TooLarge
            | ReadErrorKind::Server => Exit::Failed,
        }
    }
}

/// Why a read gave nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadError {
    /// By what can be done about it.
    pub kind: ReadErrorKind,
    /// HTTP status, 0 when there was none.
    pub http: u16,
    /// What failed: method and path, without secrets.
    pub what: Text,
    /// The cause: the server's own words or the error chain, host and port named.
    pub why: Text,
    /// The server's code, empty when none.
    pub code: Text,
    /// Trace ID of the answer.
    pub trace: Option<TraceId>,
    /// How long the server asked to wait.
    pub wait: Option<Span>,
}

/// What the end of a task means for an exit code.
pub fn exit_of_task(status: &Worded<Status>, operation: &Worded<Operation>) -> Exit {
    match (&status.is, &operation.is) {
        // Rolled back: it ended, but what was asked for was not done (ocp-api 5.4).
        (Status::Succeeded, Operation::Rollback | Operation::RollbackSkip | Operation::Cancel) => {
            Exit::Failed
        }
        (Status::Succeeded, _) => Exit::Done,
        _ => Exit::Failed,
    }
}
