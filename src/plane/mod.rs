//! The port to a control plane: one vocabulary over two very different servers.
//!
//! Reads may be repeated; an action is sent once. The only value that can be sent is an [`Approved`] order,
//! taken by value.

mod answer;
mod base;
mod fault;
mod file;
mod json;
pub mod obshell;
pub mod ocp;
pub mod tape;
mod tls;
mod transport;
mod x509;

pub use base::ConnectError;
pub use file::{DecodeError, DecodedFile, FILE_PROFILE, decode_file};
pub use json::BadJson;
pub use tls::install_tls_provider;
pub use transport::{Proxy, proxy_words};

use futures_util::future::BoxFuture;

use crate::domain::action::Action;
use crate::domain::capability::{Capabilities, WhyNot};
use crate::domain::guard::Approved;
use crate::domain::id::{ClusterId, ProfileName, SubtaskId, TaskId, TraceId};
use crate::domain::incident::AuditEvent;
use crate::domain::outcome::{Outcome, ReadError};
use crate::domain::request::{Checked, Planned};
use crate::domain::shown::Text;
use crate::domain::task::{LogText, Task, TaskFilter, TaskSummary};
use crate::domain::time::{Span, Timestamp};
use crate::domain::topology::{Cluster, Parameter, PlaneInfo, Tenant, Unit, Zone};

/// What a read gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Fetched<T> {
    /// The answer.
    pub value: T,
    /// Trace ID of the (last) request.
    pub trace: Option<TraceId>,
    /// How long it took, all pages together.
    pub took: Span,
    /// The server's clock at the answer (the envelope's `timestamp`).
    pub server_time: Option<Timestamp>,
}

/// A read under way.
pub type Read<'a, T> = BoxFuture<'a, Result<Fetched<T>, ReadError>>;

/// A control plane as one profile sees it. Shared by reference between reads; holds no lock across a wait.
pub trait ControlPlane: Send + Sync {
    /// The profile it belongs to.
    fn profile(&self) -> &ProfileName;
    /// What it offers.
    fn capabilities(&self) -> Capabilities;
    /// Version and clock.
    fn info(&self) -> Read<'_, PlaneInfo>;
    /// All clusters, every page; their zones may come without servers.
    fn clusters(&self) -> Read<'_, Vec<Cluster>>;
    /// Zones of a cluster, with their servers.
    fn zones<'a>(&'a self, cluster: &'a ClusterId) -> Read<'a, Vec<Zone>>;
    /// Tenants of a cluster.
    fn tenants<'a>(&'a self, cluster: &'a ClusterId) -> Read<'a, Vec<Tenant>>;
    /// Units of a cluster.
    fn units<'a>(&'a self, cluster: &'a ClusterId) -> Read<'a, Vec<Unit>>;
    /// Cluster parameters.
    fn parameters<'a>(&'a self, cluster: &'a ClusterId) -> Read<'a, Vec<Parameter>>;
    /// Audit events of a cluster, newest first: who did what through the control plane. `None`: it keeps none, or not
    /// in this version.
    fn audit<'a>(&'a self, _cluster: &'a ClusterId) -> Read<'a, Option<Vec<AuditEvent>>> {
        Box::pin(async { Ok(Fetched { value: None, trace: None, took: Span::ZERO, server_time: None }) })
    }
    /// Tasks, newest first.
    fn tasks<'a>(&'a self, filter: &'a TaskFilter) -> Read<'a, Vec<TaskSummary>>;
    /// One task with its graph.
    fn task<'a>(&'a self, id: &'a TaskId) -> Read<'a, Task>;
    /// The same without what runs inside it, in as few requests as there can be: how it stands right before an order to it.
    fn task_alone<'a>(&'a self, id: &'a TaskId) -> Read<'a, Task> {
        self.task(id)
    }
    /// A subtask's log, whole.
    fn log<'a>(&'a self, task: &'a TaskId, subtask: &'a SubtaskId) -> Read<'a, LogText>;
    /// Asks the plane's own check of an action, where it has one; changes nothing. `None`: it has none.
    fn check<'a>(&'a self, _action: &'a Action) -> Read<'a, Option<Checked>> {
        Box::pin(async { Ok(Fetched { value: None, trace: None, took: Span::ZERO, server_time: None }) })
    }
    /// The exact request an action will be: what the dialog and `--dry-run` show, and what [`Self::submit`] sends.
    fn plan(&self, action: &Action) -> Result<Planned, WhyNot>;
    /// The name that the task of an action would have, for the lookup after a lost answer (A01); empty where there is
    /// none.
    fn task_name(&self, _action: &Action) -> &'static str {
        ""
    }
    /// Lets requests through again after a 401 stopped them: the operator acted (H01).
    fn resume(&self);
    /// What the operator should be told beside answers, each once, e.g. that an agent has another key than before.
    fn notices(&self) -> Vec<Text> {
        Vec::new()
    }
    /// Sends an approved order, once. Never fails: every way it can end is an [`Outcome`].
    fn submit(&self, order: Approved) -> BoxFuture<'_, Outcome>;
}
