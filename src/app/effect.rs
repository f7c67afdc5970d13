//! What the machine asks of the shell around it, and what can be read. Closed lists.

use super::keepsake::Keepsake;
use super::key::Key;
use super::panes::replay::Turn;
use super::panes::task::export::Export;
use super::panes::task::job::Job;
use super::paper::{Paper, To};
use crate::domain::action::Action;
use crate::domain::capability::WhyNot;
use crate::domain::guard::Approved;
use crate::domain::id::{ClusterRef, ProfileName, SubtaskId, TaskRef, TraceId};
use crate::domain::incident::AuditEvent;
use crate::domain::request::{Checked, Planned};
use crate::domain::task::{LogText, Task, TaskFilter, TaskSummary};
use crate::domain::time::{Span, Timestamp};
use crate::domain::timeline::What;
use crate::domain::topology::{Cluster, Parameter, PlaneInfo, Tenant, Unit, Zone};

/// Something that can be read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Query {
    /// Version and clock of a control plane.
    Info(ProfileName),
    /// All clusters of a profile.
    Clusters(ProfileName),
    /// Zones of a cluster with their servers.
    Zones(ClusterRef),
    /// Tenants of a cluster.
    Tenants(ClusterRef),
    /// Units of a cluster.
    Units(ClusterRef),
    /// Parameters of a cluster.
    Parameters(ClusterRef),
    /// Audit events of a cluster.
    Audit(ClusterRef),
    /// Tasks of a profile.
    Tasks(ProfileName, TaskFilter),
    /// One task, whole.
    Task(TaskRef),
    /// A subtask's log.
    Log(TaskRef, SubtaskId),
    /// The request an action will be; answered without the network.
    Plan(Box<Action>),
    /// What the plane's own check says of an action; it changes nothing.
    Check(Box<Action>),
}

impl Query {
    /// The profile it goes through.
    pub fn profile(&self) -> &ProfileName {
        match self {
            Query::Info(p) | Query::Clusters(p) | Query::Tasks(p, _) => p,
            Query::Zones(c)
            | Query::Tenants(c)
            | Query::Units(c)
            | Query::Parameters(c)
            | Query::Audit(c) => &c.profile,
            Query::Task(t) | Query::Log(t, _) => &t.profile,
            Query::Plan(a) | Query::Check(a) => a.profile(),
        }
    }
}

/// The answer to the [`Query`] of the same name.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// Version and clock.
    Info(PlaneInfo),
    /// Clusters.
    Clusters(Vec<Cluster>),
    /// Zones.
    Zones(Vec<Zone>),
    /// Tenants.
    Tenants(Vec<Tenant>),
    /// Units.
    Units(Vec<Unit>),
    /// Parameters.
    Parameters(Vec<Parameter>),
    /// Audit events, newest first; `None` where the plane keeps none.
    Audit(Option<Vec<AuditEvent>>),
    /// Tasks.
    Tasks(Vec<TaskSummary>),
    /// A task.
    Task(Box<Task>),
    /// A log.
    Log(LogText),
    /// A request, or why the plane does not offer it.
    Plan(Result<Planned, WhyNot>),
    /// What a check says; `None` where the plane has none.
    Check(Option<Checked>),
}

/// A reply with where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The reply.
    pub reply: Reply,
    /// Trace ID of the request.
    pub trace: Option<TraceId>,
    /// The server's clock at the answer.
    pub server_time: Option<Timestamp>,
    /// How long it took.
    pub took: Span,
}

/// Names one fetch or submit; a reply whose ticket is no longer current is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// A read that a visible pane needs, and how old its answer may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Want {
    /// What.
    pub query: Query,
    /// How old the answer may be.
    pub max_age: Span,
}

/// What the machine asks of the shell. The shell does it and posts a message with what came of it.
#[derive(Debug, PartialEq)]
pub enum Effect {
    /// Read something; answered by [`super::msg::Msg::Reply`].
    Fetch {
        /// Names it.
        ticket: Ticket,
        /// What.
        query: Query,
    },
    /// Nobody wants that read any more.
    Forget(Ticket),
    /// Send a [`super::msg::Msg::Wake`] at this time; replaces an earlier one.
    WakeAt(Timestamp),
    /// Send an order, once; answered by [`super::msg::Msg::Outcome`].
    Submit {
        /// Names it.
        ticket: Ticket,
        /// The order.
        order: Approved,
    },
    /// Write a line of the journal; answered by [`super::msg::Msg::Jotted`].
    Jot(Box<What>),
    /// Read the journal's newest records; answered by [`super::msg::Msg::History`].
    History,
    /// Put a text into the clipboard by OSC 52.
    Copy(String),
    /// Make words of a paper and put them into the clipboard, or into files as `Save` does.
    Paper(Box<Paper>, To),
    /// A 401 stopped the profile and the operator asks to try again.
    Resume(ProfileName),
    /// Capture the mouse, or give it back to the terminal.
    Mouse(bool),
    /// Make a layout, not on the thread of the screen; answered by [`super::msg::Msg::Laid`].
    Layout(Box<Job>),
    /// Write files the operator asked for; answered by [`super::msg::Msg::Saved`].
    Save(Box<Keepsake>),
    /// Move the clock of the recording that is played; a seek is answered by [`super::msg::Msg::Rewound`].
    Tape(Turn),
    /// Draw a task and write it into files; answered as `Save` is.
    Export(Box<Export>),
    /// The tour pressed a key: a recording keeps it as it keeps an operator's.
    Pressed(Key),
    /// Draw every cell again.
    Redraw,
    /// Give the terminal back and stop, as ctrl-z does.
    Suspend,
    /// End the console.
    Quit,
}
