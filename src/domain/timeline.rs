//! What happened, in one order: what the journal keeps, and what a timeline, a history and a handoff note are made of.
//!
//! The journal is written by `store`, its lines are read back into [`Record`]s. Operator-guide 5.3 lists what a line
//! must answer: who stopped what, when, how, with what in front of their eyes, and what came of it.

use super::action::{Action, Scope};
use super::guard::{Approved, Basis};
use super::id::{ClusterRef, ProfileName, SubtaskId, TaskId, TraceId, ZoneName};
use super::outcome::{Exit, Lookup, Outcome};
use super::request::Planned;
use super::shown::Text;
use super::time::{Span, Timestamp};

/// Names one order in every line of the journal about it. Made before anything is sent, unique on this machine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderId(Text);

impl OrderId {
    /// Takes it as the journal spells it.
    pub fn new(raw: &str) -> Self {
        Self(Text::new(raw))
    }
    /// The exact spelling.
    pub fn raw(&self) -> &str {
        self.0.raw()
    }
    /// Both spellings.
    pub fn text(&self) -> &Text {
        &self.0
    }
}

/// What something was about: profile, cluster and target by ID and by name, as they were then.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Subject {
    /// The profile it went through.
    pub profile: ProfileName,
    /// The cluster; `None` for an order to a task.
    pub cluster: Option<ClusterRef>,
    /// Name of the cluster, empty where it is not known.
    pub cluster_name: Text,
    /// What was asked: `stop`, `retry`.
    pub verb: Text,
    /// `cluster`, `zone`, `server`, `task` or `subtask`.
    pub scope: Text,
    /// The zone's name, the OBServer's address, empty for a whole cluster.
    pub target: Text,
    /// Zone of the target, where it has one.
    pub zone: Option<ZoneName>,
    /// The task an order is to, or that came of it.
    pub task: Option<TaskId>,
    /// The subtask an order is to.
    pub subtask: Option<SubtaskId>,
    /// How hard: `plain`, `force`, `freeze`, `process`, `process+freeze`; empty for orders to tasks.
    pub mode: Text,
}

impl Subject {
    /// What an action is about.
    pub fn of(action: &Action) -> Self {
        let bare = |profile: &ProfileName, verb: &str, scope: &str| Self {
            profile: profile.clone(),
            cluster: None,
            cluster_name: Text::default(),
            verb: Text::new(verb),
            scope: Text::new(scope),
            target: Text::default(),
            zone: None,
            task: None,
            subtask: None,
            mode: Text::default(),
        };
        match action {
            Action::Cluster(a) => {
                let (target, zone) = match &a.scope {
                    Scope::Cluster => (Text::default(), None),
                    Scope::Zone(z) => (z.text().clone(), Some(z.clone())),
                    Scope::Server { address, zone, .. } => (address.clone(), Some(zone.clone())),
                };
                Self {
                    cluster: Some(a.cluster.clone()),
                    cluster_name: a.cluster_name.clone(),
                    target,
                    zone,
                    mode: Text::new(a.force.word()),
                    ..bare(&a.cluster.profile, a.verb.word(), a.scope.word())
                }
            }
            Action::Task { task, verb } => {
                Self { task: Some(task.id.clone()), ..bare(&task.profile, verb.word(), "task") }
            }
            Action::Subtask { task, subtask, verb } => Self {
                task: Some(task.id.clone()),
                subtask: Some(subtask.clone()),
                ..bare(&task.profile, verb.word(), "subtask")
            },
        }
    }
}

impl Subject {
    /// Whether an order to this and one to that meet: the same cluster, zone, server or task, whatever is asked of it.
    pub fn same_target(&self, other: &Subject) -> bool {
        self.cluster == other.cluster
            && self.profile == other.profile
            && self.scope == other.scope
            && self.target == other.target
            && self.task == other.task
            && self.subtask == other.subtask
    }
}

/// An order about to be sent: on disk before the first byte of it leaves (reliability P3).
#[derive(Debug, Clone, PartialEq)]
pub struct Intent {
    /// Names it.
    pub order: OrderId,
    /// What it is about.
    pub subject: Subject,
    /// Name its task would have, for the lookup after a lost answer; empty where it is not known.
    pub task_name: Text,
    /// `POST`.
    pub method: Text,
    /// Scheme, host and port.
    pub origin: Text,
    /// Path and query.
    pub path: Text,
    /// Body without secrets, before sealing; `None`: none is sent.
    pub body: Option<Text>,
    /// User or access key it is sent as.
    pub user: Text,
    /// What was in front of the operator's eyes, and what was answered.
    pub basis: Basis,
}

impl Intent {
    /// The intent of an approved order, before it is sent.
    pub fn of(order: OrderId, approved: &Approved, planned: &Planned, task_name: &str) -> Self {
        Self {
            order,
            subject: Subject::of(approved.action()),
            task_name: Text::new(task_name),
            method: Text::new(planned.method),
            origin: Text::new(&planned.origin),
            path: Text::new(&planned.path_and_query),
            body: planned.body.as_deref().map(Text::new),
            user: Text::new(&planned.user),
            basis: approved.basis().clone(),
        }
    }
    /// What to look for if its outcome is not known, sent at a time.
    pub fn lookup(&self, sent: Timestamp) -> Lookup {
        Lookup {
            profile: self.subject.profile.clone(),
            cluster: self.subject.cluster.as_ref().map(|c| c.id.clone()),
            task: self.subject.task.clone(),
            name: self.task_name.clone(),
            sent,
        }
    }
}

/// How an order ended, as the journal keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct Ended {
    /// Which order.
    pub order: OrderId,
    /// How: 0 accepted, 6 unknown, 5 never sent, the rest refused (cli.md).
    pub exit: Exit,
    /// HTTP status of a refusal; 0 where none came.
    pub http: u16,
    /// The server's code, empty when none.
    pub code: Text,
    /// The server's words, or why it was lost or not sent; empty when accepted.
    pub words: Text,
    /// Trace ID of the answer.
    pub trace: Option<TraceId>,
    /// The task that came of it.
    pub task: Option<TaskId>,
    /// Name of that task.
    pub task_name: Text,
    /// How long the answer took; `None` where none came.
    pub took: Option<Span>,
}

impl Ended {
    /// What the journal keeps of an outcome.
    pub fn of(order: OrderId, outcome: &Outcome) -> Self {
        let bare = Self {
            order,
            exit: outcome.exit(),
            http: 0,
            code: Text::default(),
            words: Text::default(),
            trace: None,
            task: None,
            task_name: Text::default(),
            took: None,
        };
        match outcome {
            Outcome::Accepted { task, trace, took } => Self {
                http: 200,
                trace: trace.clone(),
                task: task.as_ref().map(|t| t.head.at.id.clone()),
                task_name: task.as_ref().map(|t| t.head.name.clone()).unwrap_or_default(),
                took: Some(*took),
                ..bare
            },
            Outcome::Refused(r) => Self {
                http: r.http,
                code: r.code.clone(),
                words: r.message.clone(),
                trace: r.trace.clone(),
                ..bare
            },
            Outcome::NotSent { why } | Outcome::Unknown { why, .. } => Self { words: why.clone(), ..bare },
            Outcome::Held(held) => Self { words: Text::new(held.word()), ..bare },
        }
    }
}

/// What a person or a lookup found out about an order whose outcome was not known.
#[derive(Debug, Clone, PartialEq)]
pub enum Settled {
    /// This task is taken as what came of it.
    Task(TaskId),
    /// No such task was seen in two clean lists, and a person let it be.
    LetBe,
}

/// One thing the journal keeps.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// An order is about to be sent.
    Intent(Box<Intent>),
    /// An order ended.
    Ended(Box<Ended>),
    /// What became of an order whose outcome was not known.
    Settled {
        /// Which order.
        order: OrderId,
        /// What was found.
        how: Settled,
    },
    /// The guard refused, or what was confirmed was no longer so: nothing was sent.
    Held {
        /// What it is about.
        subject: Box<Subject>,
        /// Why, in the guard's machine words.
        why: Vec<String>,
        /// The reason given, if any.
        reason: Option<String>,
    },
    /// A task that was followed ended.
    TaskEnded {
        /// Through which profile it was seen.
        profile: ProfileName,
        /// Of which cluster, where it is known.
        cluster: Option<ClusterRef>,
        /// Which.
        task: TaskId,
        /// Its name.
        name: Text,
        /// The plane's own status word.
        status: Text,
        /// From start to end, by the server's clock.
        took: Option<Span>,
        /// IDs of the subtasks that failed.
        failed: Vec<SubtaskId>,
    },
    /// A note of the operator.
    Note {
        /// Which cluster it is about, if any.
        cluster: Option<ClusterRef>,
        /// What was typed.
        text: Text,
    },
}

impl What {
    /// The order it is about.
    pub fn order(&self) -> Option<&OrderId> {
        match self {
            What::Intent(i) => Some(&i.order),
            What::Ended(e) => Some(&e.order),
            What::Settled { order, .. } => Some(order),
            What::Held { .. } | What::TaskEnded { .. } | What::Note { .. } => None,
        }
    }
}

/// One line of the journal.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Its number in the journal, from 1.
    pub seq: u64,
    /// When, by the clock of this machine.
    pub at: Timestamp,
    /// Minutes that local time was east of UTC then.
    pub offset_minutes: i32,
    /// The operating system's user.
    pub operator: Text,
    /// The machine's name.
    pub host: Text,
    /// The process that wrote it.
    pub pid: u32,
    /// What happened.
    pub what: What,
}

/// Intents without an outcome, or with an unknown one that nobody settled: what the next start shows first
/// (reliability A07, A08). Oldest first.
pub fn unsettled(records: &[Record]) -> Vec<(Timestamp, &Intent)> {
    let open = |i: &Intent| {
        records.iter().filter(|r| r.what.order() == Some(&i.order)).all(|r| match &r.what {
            What::Ended(e) => e.exit == Exit::Unknown,
            What::Settled { .. } => false,
            What::Intent(_) | What::Held { .. } | What::TaskEnded { .. } | What::Note { .. } => true,
        })
    };
    records
        .iter()
        .filter_map(|r| match &r.what {
            What::Intent(i) if open(i) => Some((r.at, i.as_ref())),
            _ => None,
        })
        .collect()
}
