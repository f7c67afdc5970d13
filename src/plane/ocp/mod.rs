//! OceanBase Cloud Platform as a [`ControlPlane`] (source: ocp-api).
//!
//! `auth` signs, `calls` knows the paths, `reads` and `submit` use them, `exchange` sends one read,
//! `answer` judges what came back, `wire` is
//! the JSON as sent and `convert` the door into the domain.

mod answer;
pub mod auth;
mod calls;
mod convert;
mod exchange;
pub(in crate::plane) mod file;
mod reads;
mod submit;
mod wire;

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;

pub use self::auth::Auth;
pub use super::base::ConnectError;
use super::tape::Tape;
pub use super::transport::Proxy;
use super::transport::{Settings, Transport};
use super::{ControlPlane, Read};
use crate::domain::action::Action;
use crate::domain::capability::{Capabilities, PlaneKind, WhyNot};
use crate::domain::guard::Approved;
use crate::domain::id::{ClusterId, ProfileName, SubtaskId, TaskId};
use crate::domain::incident::AuditEvent;
use crate::domain::limits;
use crate::domain::outcome::Outcome;
use crate::domain::request::Planned;
use crate::domain::task::{LogText, Task, TaskFilter, TaskSummary};
use crate::domain::time::{Span, Timestamp};
use crate::domain::topology::{Cluster, Parameter, PlaneInfo, Tenant, Unit, Zone};

/// Server addresses kept by ID; some 100,000 would be ten times the largest fleet planned for.
const ADDRESSES_KEPT: usize = 100_000;

/// Contexts of tasks kept by task ID: more than one operator watches at a time.
const CONTEXTS_KEPT: usize = 1_000;

/// Where time comes from: the driver's clock, or a test's.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What a connection to one OCP is made of. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct OcpProfile {
    /// The profile's name.
    pub name: ProfileName,
    /// `http://HOST:8080`, without user information; a path before `/api` is allowed.
    pub url: String,
    /// The login.
    pub auth: Auth,
    /// CA certificates (PEM, one or many) that vouch for the server *instead of* the system's.
    pub ca_pem: Option<Vec<u8>>,
    /// Take any certificate. Shown on screen all the time.
    pub insecure: bool,
    /// Send nothing but reads.
    pub read_only: bool,
    /// Proxy.
    pub proxy: Proxy,
    /// `Accept-Language`: `en-US`, `zh-CN`; the language of names and error messages (ocp-api 1.1).
    pub language: String,
    /// One read, to its last byte, its retries included.
    pub read_timeout: Span,
    /// One action, to its last byte.
    pub action_timeout: Span,
    /// Longest pause before a read is repeated.
    pub pause_max: Span,
    /// Whether exchanges are kept, or come from a recording.
    pub tape: Tape,
}

impl OcpProfile {
    /// A profile with the usual limits and no extras.
    pub fn new(name: ProfileName, url: String, auth: Auth) -> Self {
        Self {
            name,
            url,
            auth,
            ca_pem: None,
            insecure: false,
            read_only: false,
            proxy: Proxy::System,
            language: "en-US".to_owned(),
            read_timeout: limits::READ_TIMEOUT,
            action_timeout: limits::ACTION_TIMEOUT,
            pause_max: limits::READ_PAUSE_MAX,
            tape: Tape::Off,
        }
    }
}

/// One OCP as one profile sees it.
pub struct Ocp {
    name: ProfileName,
    auth: Auth,
    read_only: bool,
    language: String,
    action_timeout: Span,
    transport: Transport,
    now: Now,
    /// The server's clock minus ours, when it was last read.
    skew: Mutex<Option<Span>>,
    /// Server addresses by ID; shared with reads under way, replaced when it grows.
    addresses: Mutex<Arc<HashMap<String, String>>>,
    /// What tasks work on, by task ID: the answer to an order tells it, the task's detail does not (ocp-api 6).
    contexts: Mutex<HashMap<String, Arc<wire::Context>>>,
    /// Whether the units of a whole cluster turned out not to be offered.
    no_cluster_units: AtomicBool,
}

impl fmt::Debug for Ocp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ocp").field("name", &self.name).field("auth", &self.auth).finish_non_exhaustive()
    }
}

impl Ocp {
    /// Prepares the connections; opens none and sends nothing.
    pub fn connect(profile: OcpProfile, now: Now) -> Result<Self, ConnectError> {
        let is_header = |s: &str| s.bytes().all(|b| (0x20..0x7f).contains(&b));
        if !is_header(&profile.language) {
            return Err(ConnectError::Header("language"));
        }
        if let Auth::AccessKey { id, .. } = &profile.auth
            && !is_header(id)
        {
            return Err(ConnectError::Header("access key"));
        }
        if profile.url.trim_start().starts_with("unix:") {
            return Err(ConnectError::Url("OCP has no socket; http:// or https://".to_owned()));
        }
        let transport = Transport::new(&Settings {
            url: profile.url,
            ca_pem: profile.ca_pem,
            insecure: profile.insecure,
            proxy: profile.proxy,
            read_timeout: profile.read_timeout,
            action_timeout: profile.action_timeout,
            pause_max: profile.pause_max,
            login_refused: |answer| answer.status == 401,
            reel: profile.tape.of(&profile.name, &profile.auth.secrets()),
        })?;
        Ok(Self {
            name: profile.name,
            auth: profile.auth,
            read_only: profile.read_only,
            language: profile.language,
            action_timeout: profile.action_timeout,
            transport,
            now,
            skew: Mutex::new(None),
            addresses: Mutex::new(Arc::default()),
            contexts: Mutex::default(),
            no_cluster_units: AtomicBool::new(false),
        })
    }

    /// Whether a 401 stopped every request of this profile.
    pub fn is_stopped(&self) -> bool {
        self.transport.is_closed()
    }

    fn may(&self) -> Capabilities {
        Capabilities { kind: PlaneKind::Ocp, read_only: self.read_only }
    }
}

impl ControlPlane for Ocp {
    fn profile(&self) -> &ProfileName {
        &self.name
    }
    fn capabilities(&self) -> Capabilities {
        self.may()
    }
    fn info(&self) -> Read<'_, PlaneInfo> {
        Box::pin(self.read_info())
    }
    fn clusters(&self) -> Read<'_, Vec<Cluster>> {
        Box::pin(self.read_clusters())
    }
    fn zones<'a>(&'a self, cluster: &'a ClusterId) -> Read<'a, Vec<Zone>> {
        Box::pin(self.read_zones(cluster))
    }
    fn tenants<'a>(&'a self, cluster: &'a ClusterId) -> Read<'a, Vec<Tenant>> {
        Box::pin(self.read_tenants(cluster))
    }
    fn units<'a>(&'a self, cluster: &'a ClusterId) -> Read<'a, Vec<Unit>> {
        Box::pin(self.read_units(cluster))
    }
    fn parameters<'a>(&'a self, cluster: &'a ClusterId) -> Read<'a, Vec<Parameter>> {
        Box::pin(self.read_parameters(cluster))
    }
    fn audit<'a>(&'a self, _cluster: &'a ClusterId) -> Read<'a, Option<Vec<AuditEvent>>> {
        Box::pin(self.read_audit())
    }
    fn tasks<'a>(&'a self, filter: &'a TaskFilter) -> Read<'a, Vec<TaskSummary>> {
        Box::pin(self.read_tasks(filter))
    }
    fn task<'a>(&'a self, id: &'a TaskId) -> Read<'a, Task> {
        Box::pin(self.read_task(id))
    }
    fn log<'a>(&'a self, task: &'a TaskId, subtask: &'a SubtaskId) -> Read<'a, LogText> {
        Box::pin(self.read_log(task, subtask))
    }
    fn plan(&self, action: &Action) -> Result<Planned, WhyNot> {
        self.planned(action).map(|(planned, _)| planned)
    }
    fn task_name(&self, action: &Action) -> &'static str {
        self.planned(action).map_or("", |(_, call)| call.task_name)
    }
    fn resume(&self) {
        self.transport.resume();
    }
    fn submit(&self, order: Approved) -> BoxFuture<'_, Outcome> {
        Box::pin(self.send(order))
    }
}
