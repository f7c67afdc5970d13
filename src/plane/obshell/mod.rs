//! OBShell's agents as a [`ControlPlane`] (source: obshell-api).
//!
//! `seal` protects, `calls` knows paths and bodies, `exchange` sends one read to an agent that answers, `reads` and
//! `submit` use them, `answer` judges what came back, `wire` is the JSON as sent, `convert` and `topology` are the
//! doors into the domain, `owner` reads IDs.
//!
//! There is no central server: any agent takes any request, and keeps the DAG that comes of it. Reads go on with
//! another agent of the profile while one is away. An action goes to one agent, once.

mod answer;
mod calls;
mod convert;
mod exchange;
mod owner;
mod reads;
mod seal;
mod submit;
mod tasks;
mod topology;
mod wire;

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;

pub(in crate::plane) use convert::saved;
pub(in crate::plane) use wire::Dag;

use self::seal::PublicKey;
use super::base::ConnectError;
use super::tape::Tape;
use super::transport::{Proxy, Settings, Transport};
use super::{ControlPlane, Read};
use crate::domain::action::Action;
use crate::domain::capability::{Capabilities, PlaneKind, WhyNot};
use crate::domain::guard::Approved;
use crate::domain::id::{ClusterId, ClusterRef, ProfileName, SubtaskId, TaskId};
use crate::domain::limits;
use crate::domain::outcome::Outcome;
use crate::domain::request::{Checked, Planned};
use crate::domain::secret::Secret;
use crate::domain::shown::Text;
use crate::domain::task::{LogText, Task, TaskFilter, TaskSummary};
use crate::domain::time::{Span, Timestamp};
use crate::domain::topology::{Cluster, Parameter, PlaneInfo, Tenant, Unit, Zone};

/// Where time comes from: the driver's clock, or a test's.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Whose password it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Login {
    /// root of the sys tenant: what a cluster's agents take.
    #[default]
    Root,
    /// The agent's own (`security` in its info).
    Agent,
}

/// How requests to an agent are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protection {
    /// 4.2.2: the password in one RSA block, the body in clear.
    V1,
    /// 4.2.3 and later.
    V2,
    /// The unix socket of the agent on this machine: neither header nor sealed body; the agent looks at who runs the
    /// program (obshell-api 2).
    Socket,
}

/// What a connection to the agents of one cluster is made of. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct ObshellProfile {
    /// The profile's name.
    pub name: ProfileName,
    /// `http://HOST:2886`, without user information; or `unix:///PATH` for the agent of this machine.
    pub url: String,
    /// Further agents of the same cluster, for reads while one is away.
    pub peers: Vec<String>,
    /// The password; not used for sockets.
    pub password: Secret,
    /// Whose it is.
    pub login: Login,
    /// CA certificates (PEM, one or many) that vouch for the agents instead of the system's.
    pub ca_pem: Option<Vec<u8>>,
    /// Take any certificate. Shown on screen all the time.
    pub insecure: bool,
    /// Send nothing but reads.
    pub read_only: bool,
    /// One read, to its last byte, its retries included.
    pub read_timeout: Span,
    /// One action, to its last byte.
    pub action_timeout: Span,
    /// Longest pause before a read is repeated.
    pub pause_max: Span,
    /// Whether exchanges are kept, or come from a recording.
    pub tape: Tape,
}

impl ObshellProfile {
    /// A profile with the usual limits and no extras.
    pub fn new(name: ProfileName, url: String, password: Secret) -> Self {
        Self {
            name,
            url,
            peers: Vec::new(),
            password,
            login: Login::Root,
            ca_pem: None,
            insecure: false,
            read_only: false,
            read_timeout: limits::READ_TIMEOUT,
            action_timeout: limits::ACTION_TIMEOUT,
            pause_max: limits::READ_PAUSE_MAX,
            tape: Tape::Off,
        }
    }
}

/// What is known of an agent's side of the protection.
#[derive(Debug, Clone)]
enum Known {
    /// An old one, with its key.
    V1(Arc<PublicKey>),
    /// A newer one, with its key.
    V2(Arc<PublicKey>),
    /// One behind its socket, which needs none.
    Socket,
}

impl Known {
    fn protection(&self) -> Protection {
        match self {
            Known::V1(_) => Protection::V1,
            Known::V2(_) => Protection::V2,
            Known::Socket => Protection::Socket,
        }
    }
}

/// One agent.
struct Agent {
    transport: Transport,
    known: Mutex<Option<Known>>,
}

/// What is remembered of the cluster, to name it in tasks.
#[derive(Debug, Clone, PartialEq)]
struct Identity {
    at: ClusterRef,
    name: Text,
}

/// Sub tasks, plans and targets remembered at most of each; more than an operator works with at a time.
const REMEMBERED: usize = 10_000;

/// The agents of one cluster as one profile sees them.
pub struct Obshell {
    name: ProfileName,
    password: Secret,
    login: Login,
    read_only: bool,
    action_timeout: Span,
    /// The profile's own agent first.
    agents: Vec<Agent>,
    /// Which of them answered last.
    in_use: AtomicUsize,
    now: Now,
    identity: Mutex<Option<Identity>>,
    /// `/obcluster/info` is not offered by these agents.
    is_old: AtomicBool,
    /// The agent's clock minus ours, when it was last read.
    skew: Mutex<Option<Span>>,
    /// Which agent each plan was made for: what was shown is what is sent.
    planned: Mutex<HashMap<Action, usize>>,
    /// Stages by DAG and sub task: PASS is for stages, and the three kinds count their IDs apart.
    stages: Mutex<HashMap<(String, String), String>>,
    /// What the tasks ordered here work on: no DAG tells it.
    targets: Mutex<HashMap<String, Text>>,
    /// Sub DAGs that have ended for good.
    ended: Mutex<HashMap<String, Box<Task>>>,
    /// What the operator should be told.
    notices: Mutex<Vec<Text>>,
}

impl fmt::Debug for Obshell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Obshell").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Obshell {
    /// Prepares the connections; opens none and sends nothing. No proxy is ever used: agents stand beside the
    /// database, and a proxy would see the sealed password (obshell-api 2).
    pub fn connect(profile: ObshellProfile, now: Now) -> Result<Self, ConnectError> {
        let agent = |url: &String| {
            let settings = Settings {
                url: url.clone(),
                ca_pem: profile.ca_pem.clone(),
                insecure: profile.insecure,
                proxy: Proxy::None,
                read_timeout: profile.read_timeout,
                action_timeout: profile.action_timeout,
                pause_max: profile.pause_max,
                login_refused: answer::is_login_refused,
                reel: profile.tape.of(&profile.name, std::slice::from_ref(&profile.password)),
            };
            Transport::new(&settings).map(|transport| {
                let known = transport.base().socket.is_some().then_some(Known::Socket);
                Agent { transport, known: Mutex::new(known) }
            })
        };
        let agents =
            std::iter::once(&profile.url).chain(&profile.peers).map(agent).collect::<Result<_, _>>()?;
        Ok(Self {
            name: profile.name,
            password: profile.password,
            login: profile.login,
            read_only: profile.read_only,
            action_timeout: profile.action_timeout,
            agents,
            in_use: AtomicUsize::new(0),
            now,
            identity: Mutex::default(),
            is_old: AtomicBool::new(false),
            skew: Mutex::default(),
            planned: Mutex::default(),
            stages: Mutex::default(),
            targets: Mutex::default(),
            ended: Mutex::default(),
            notices: Mutex::default(),
        })
    }

    /// Whether a refused login stopped every request of this profile.
    pub fn is_stopped(&self) -> bool {
        self.agents.iter().any(|a| a.transport.is_closed())
    }

    fn may(&self) -> Capabilities {
        Capabilities { kind: PlaneKind::Obshell, read_only: self.read_only }
    }
}

impl ControlPlane for Obshell {
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
    fn units<'a>(&'a self, _cluster: &'a ClusterId) -> Read<'a, Vec<Unit>> {
        Box::pin(self.read_units())
    }
    fn parameters<'a>(&'a self, _cluster: &'a ClusterId) -> Read<'a, Vec<Parameter>> {
        Box::pin(self.read_parameters())
    }
    fn tasks<'a>(&'a self, filter: &'a TaskFilter) -> Read<'a, Vec<TaskSummary>> {
        Box::pin(self.read_tasks(filter))
    }
    fn task<'a>(&'a self, id: &'a TaskId) -> Read<'a, Task> {
        Box::pin(self.read_task(id))
    }
    fn task_alone<'a>(&'a self, id: &'a TaskId) -> Read<'a, Task> {
        Box::pin(self.read_task_alone(id))
    }
    fn log<'a>(&'a self, _task: &'a TaskId, subtask: &'a SubtaskId) -> Read<'a, LogText> {
        Box::pin(self.read_log(subtask))
    }
    fn check<'a>(&'a self, action: &'a Action) -> Read<'a, Option<Checked>> {
        Box::pin(self.read_check(action))
    }
    fn plan(&self, action: &Action) -> Result<Planned, WhyNot> {
        self.planned(action).map(|plan| plan.request)
    }
    fn task_name(&self, action: &Action) -> &'static str {
        self.dag_name(action)
    }
    fn resume(&self) {
        self.agents.iter().for_each(|a| a.transport.resume());
    }
    fn submit(&self, order: Approved) -> BoxFuture<'_, Outcome> {
        Box::pin(self.send(order))
    }
    fn notices(&self) -> Vec<Text> {
        self.take_notices()
    }
}
