//! What is there: clusters, zones, OBServers, tenants and where their units live.

use super::id::{ClusterId, ClusterRef, ServerId, TaskId, TenantId, ZoneName};
use super::shown::Text;
use super::status::{Health, Worded};
use super::time::{Span, Timestamp};

/// A cluster as a control plane lists it.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// Where it is.
    pub at: ClusterRef,
    /// Its name; unique on a control plane only by habit.
    pub name: Text,
    /// The database's own cluster ID (`obClusterId`), not the one requests take.
    pub ob_cluster_id: Option<Text>,
    /// Version of the database, e.g. `4.2.1.3`.
    pub version: Text,
    /// Status with the plane's word.
    pub status: Worded<Health>,
    /// `PRIMARY` or `STANDBY`, as told.
    pub role: Text,
    /// What it copies and what copies it.
    pub relation: Relation,
    /// Servers in all, as the list tells them.
    pub server_count: Option<u32>,
    /// RootService's servers, `ip:port`, the leader first.
    pub root_servers: Vec<RootServer>,
    /// Zones as the list tells them; their servers may be missing until the zones are read.
    pub zones: Vec<Zone>,
    /// The task that works on the cluster as a whole right now, where the plane says so itself (OBShell
    /// `local_task_id`, obshell-api 8.4).
    pub task: Option<TaskId>,
    /// Why the plane could not reach the cluster (`failToQueryFromObReason`); the row may then be old.
    pub unreachable: Option<Text>,
}

/// A cluster among its primary and its standbys, as OCP lists it (ocp-api 3.1); OBShell tells nothing of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Relation {
    /// The primary that it copies, of a standby; empty where it was not told, or not by name.
    pub primary: Text,
    /// How far it is, of a standby.
    pub sync: SyncState,
    /// The standbys that copy it, in the order told.
    pub standbys: Vec<Standby>,
}

impl Relation {
    /// Compares every delay with what was read so long before.
    pub fn compare(&mut self, before: &Relation, apart: Span) {
        self.sync.compare(&before.sync, apart);
        for standby in &mut self.standbys {
            // Without a name it cannot be found again.
            let then = before.standbys.iter().find(|s| s.name == standby.name && !s.name.is_empty());
            if let Some(then) = then {
                standby.sync.compare(&then.sync, apart);
            }
        }
    }
}

/// A standby as the cluster that it copies tells of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Standby {
    /// Its name; empty where it was not told.
    pub name: Text,
    /// How far it is.
    pub sync: SyncState,
}

/// How far a standby is behind its primary.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SyncState {
    /// `VALID`, `DISABLED`, `SYNCHRONIZING`, or another word; empty where it was not told.
    pub word: Text,
    /// What it has not copied yet, in time (`delayTime`).
    pub delay: Option<Span>,
    /// Whether it fell back between two reads of this run; one read alone never tells.
    pub is_falling_back: bool,
}

/// Two reads closer together than this say nothing of a delay that is told in steps.
const COMPARABLE: Span = Span::from_secs(1);

impl SyncState {
    /// Compares with what was read so long before. A standby that copies nothing falls back by a second a second; half of
    /// that counts, since neither of the two clocks is exact.
    pub fn compare(&mut self, before: &SyncState, apart: Span) {
        if apart < COMPARABLE {
            self.is_falling_back = before.is_falling_back;
            return;
        }
        let (Some(now), Some(then)) = (self.delay, before.delay) else { return };
        self.is_falling_back = now.minus(then).millis() >= apart.millis() / 2;
    }
    /// Whether the control plane says that it keeps up: it says so with one word only, and what it does not tell is no yes.
    pub fn is_valid(&self) -> bool {
        self.word.raw().eq_ignore_ascii_case("VALID")
    }
}

/// A server that holds RootService.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootServer {
    /// `ip:port`.
    pub address: Text,
    /// `LEADER` or `FOLLOWER`.
    pub is_leader: bool,
}

/// A zone.
#[derive(Debug, Clone, PartialEq)]
pub struct Zone {
    /// Its name, the key in requests.
    pub name: ZoneName,
    /// Region it lies in.
    pub region: Text,
    /// IDC it lies in.
    pub idc: Text,
    /// Status with the plane's word.
    pub status: Worded<Health>,
    /// The database's own word (`innerStatus`): `ACTIVE`, `INACTIVE`.
    pub inner_status: Text,
    /// The task that works on the zone right now, likewise.
    pub task: Option<TaskId>,
    /// Servers in it as the list counts them.
    pub server_count: Option<u32>,
    /// Its servers.
    pub servers: Vec<Server>,
}

/// An OBServer.
#[derive(Debug, Clone, PartialEq)]
pub struct Server {
    /// The ID that requests take.
    pub id: ServerId,
    /// Zone it is in.
    pub zone: ZoneName,
    /// `ip:port` (RPC port).
    pub address: Text,
    /// Version, short.
    pub version: Text,
    /// Status with the plane's word.
    pub status: Worded<Health>,
    /// The database's own word.
    pub inner_status: Text,
    /// Whether it holds a RootService replica.
    pub with_root_server: bool,
    /// When its process started.
    pub started: Option<Timestamp>,
    /// When it was stopped by command. A SQL-stopped server still reads ACTIVE: this is what tells (operator-guide 1.1).
    pub stopped: Option<Timestamp>,
    /// When its process was last seen, by the plane's clock, while it is away. No answer tells it: it is what the answers
    /// before saw ([`super::offline::carry`]). A stop of a zone sets no stop time, and OBShell tells none of a process
    /// that ended.
    pub last_up: Option<Timestamp>,
    /// The task that works on it right now, likewise.
    pub task: Option<TaskId>,
}

impl Server {
    /// Whether it serves: its status says so and no stop time is set.
    pub fn is_up(&self) -> bool {
        self.status.is == Health::Up && self.stopped.is_none()
    }
    /// Since when it does not serve: as told, else as seen.
    pub fn away_since(&self) -> Option<Timestamp> {
        self.stopped.or(self.last_up)
    }
}

impl Zone {
    /// Servers that serve.
    pub fn up_count(&self) -> usize {
        self.servers.iter().filter(|s| s.is_up()).count()
    }
    /// Whether every server serves and the zone itself is in service.
    pub fn is_whole(&self) -> bool {
        self.status.is == Health::Up && self.servers.iter().all(Server::is_up)
    }
}

/// A tenant.
#[derive(Debug, Clone, PartialEq)]
pub struct Tenant {
    /// The control plane's ID.
    pub id: TenantId,
    /// Cluster it lives in.
    pub cluster: ClusterId,
    /// Its name.
    pub name: Text,
    /// `MYSQL` or `ORACLE`.
    pub mode: Text,
    /// `NORMAL`, `MODIFYING`, …
    pub status: Text,
    /// `zone2;zone1`: semicolon separates priorities, comma equals; `RANDOM`.
    pub primary_zone: Text,
    /// `FULL{1}@zone1, FULL{1}@zone2`.
    pub locality: Text,
    /// Zones it has replicas in.
    pub zones: Vec<ZoneName>,
}

/// A resource unit of a tenant on a server.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// Its ID.
    pub id: Text,
    /// Tenant it belongs to, when told.
    pub tenant: Option<TenantId>,
    /// Zone it is in.
    pub zone: ZoneName,
    /// Server it is on, when told by ID.
    pub server: Option<ServerId>,
    /// `ip:port` of the server.
    pub address: Text,
    /// `ACTIVE`, …
    pub status: Text,
}

/// A cluster parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: Text,
    /// Its value; several where servers differ.
    pub values: Vec<Text>,
}

/// What a control plane says of itself.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlaneInfo {
    /// Product version.
    pub version: Text,
    /// Its clock minus ours, when it could be read.
    pub skew: Option<Span>,
}
