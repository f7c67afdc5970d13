//! What a cluster is made of, as the simulated world knows it.

use crate::sim::time::Ms;

/// Age of the product a cluster is managed by: it decides the form of an action's reply (ocp-api 6) and the
/// family of status words (ocp-api 5.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Generation {
    /// Form T (`tasks`, creator an object, context a text), samples of 2021-03.
    Old,
    /// Form A (`subtasks`, creator a text, context an object), samples of 2021-09.
    Middle,
    /// Form A2 (as A, without context and class names), samples of 2022.
    New,
}

/// Status of a cluster, zone or OBServer; the words differ by kind and generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Running,
    Unavailable,
    ServiceStopped,
    Stopped,
    Stopping,
    Starting,
    Restarting,
    Operating,
}

impl Status {
    /// The word for a cluster or zone (ocp-api 5.1, 5.2).
    pub(crate) fn word(self) -> &'static str {
        match self {
            Status::Running => "RUNNING",
            Status::Unavailable => "UNAVAILABLE",
            Status::ServiceStopped => "SERVICE_STOPPED",
            Status::Stopped => "STOPPED",
            Status::Stopping => "STOPPING",
            Status::Starting => "STARTING",
            Status::Restarting => "RESTARTING",
            Status::Operating => "OPERATING",
        }
    }

    /// The word for an OBServer: two families (ocp-api 5.3), the older one by old generations.
    pub(crate) fn server_word(self, generation: Generation) -> &'static str {
        match (self, generation) {
            (Status::Stopped | Status::ServiceStopped, Generation::Old) => "STOPPED",
            (Status::Stopped, _) => "PROCESS_STOPPED",
            (Status::Stopping, Generation::Middle | Generation::New) => "PROCESS_STOPPING",
            _ => self.word(),
        }
    }
}

/// One OBServer and the machine below it.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    pub(crate) id: i64,
    pub(crate) host_id: i64,
    pub(crate) ip: String,
    pub(crate) status: Status,
    /// Whether the observer process lives.
    pub(crate) is_alive: bool,
    /// When it was stopped by SQL; `None` is told as the epoch (ocp-api 3.3).
    pub(crate) stopped_at: Option<Ms>,
    pub(crate) started_at: Ms,
    pub(crate) updated_at: Ms,
    /// Whether the host's agent answers; stop and start of the process go through it (ocp-api 3.7).
    pub(crate) has_agent: bool,
}

/// RPC port of every simulated OBServer.
pub(crate) const RPC_PORT: u16 = 2882;
/// SQL port of every simulated OBServer.
pub(crate) const SQL_PORT: u16 = 2881;

impl Server {
    pub(crate) fn address(&self) -> String {
        format!("{}:{RPC_PORT}", self.ip)
    }

    /// Whether its replicas vote: the process lives and it was not taken out of service.
    pub(crate) fn serves(&self) -> bool {
        self.is_alive && self.stopped_at.is_none()
    }

    /// What OCP finds when it looks: the resting status that belongs to the facts.
    pub(crate) fn seen(&self) -> Status {
        match (self.is_alive, self.stopped_at) {
            (true, None) => Status::Running,
            (true, Some(_)) => Status::ServiceStopped,
            (false, _) => Status::Stopped,
        }
    }
}

/// One zone.
#[derive(Debug, Clone)]
pub(crate) struct Zone {
    pub(crate) name: String,
    pub(crate) idc_id: i64,
    pub(crate) idc: String,
    pub(crate) region: String,
    pub(crate) status: Status,
    /// The database's word: ACTIVE, or INACTIVE after `STOP ZONE`.
    pub(crate) is_active: bool,
    pub(crate) created_at: Ms,
    pub(crate) updated_at: Ms,
    pub(crate) servers: Vec<Server>,
}

impl Zone {
    /// What OCP finds when it looks.
    pub(crate) fn seen(&self) -> Status {
        let alive = self.servers.iter().filter(|s| s.is_alive).count();
        match (self.is_active, alive) {
            (true, 1..) => Status::Running,
            (true, 0) => Status::Unavailable,
            (false, 1..) => Status::ServiceStopped,
            (false, 0) => Status::Stopped,
        }
    }
}

/// CPU and memory of one unit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UnitConfig {
    pub(crate) cpu: f64,
    pub(crate) memory_gb: i64,
}

/// A tenant's share of one OBServer.
#[derive(Debug, Clone)]
pub(crate) struct Unit {
    pub(crate) id: i64,
    pub(crate) zone: usize,
    pub(crate) server: usize,
}

/// One tenant; a full replica in each of its zones.
#[derive(Debug, Clone)]
pub(crate) struct Tenant {
    pub(crate) id: i64,
    pub(crate) ob_id: i64,
    pub(crate) name: String,
    pub(crate) mode: &'static str,
    pub(crate) is_locked: bool,
    pub(crate) primary_zone: String,
    pub(crate) zones: Vec<usize>,
    pub(crate) pool_id: i64,
    pub(crate) config: UnitConfig,
    pub(crate) units: Vec<Unit>,
    pub(crate) created_at: Ms,
}

/// One cluster.
#[derive(Debug, Clone)]
pub(crate) struct Cluster {
    pub(crate) id: i64,
    pub(crate) ob_id: i64,
    pub(crate) name: String,
    pub(crate) generation: Generation,
    pub(crate) version: String,
    /// Version with build hash and date, as an OBServer tells it.
    pub(crate) build: String,
    pub(crate) status: Status,
    pub(crate) created_at: Ms,
    pub(crate) updated_at: Ms,
    pub(crate) zones: Vec<Zone>,
    pub(crate) tenants: Vec<Tenant>,
    /// What it copies, of a standby.
    pub(crate) copies: Option<Copies>,
}

/// The primary that a standby copies, and how far it is.
#[derive(Debug, Clone)]
pub(crate) struct Copies {
    pub(crate) primary: i64,
    pub(crate) sync: String,
    pub(crate) delay_s: f64,
    /// When it was so far behind.
    pub(crate) since: Ms,
}

impl Copies {
    /// Seconds it is behind: where nothing is copied, a second more each second.
    pub(crate) fn delay_s(&self, now: Ms) -> f64 {
        let lost = if self.sync == "VALID" { 0 } else { (now - self.since).max(0) };
        self.delay_s + lost as f64 / 1000.0
    }
}

impl Cluster {
    pub(crate) fn servers(&self) -> impl Iterator<Item = (&Zone, &Server)> {
        self.zones.iter().flat_map(|zone| zone.servers.iter().map(move |server| (zone, server)))
    }

    pub(crate) fn server(&self, place: Place) -> Option<&Server> {
        self.zones.get(place.zone?)?.servers.get(place.server?)
    }

    pub(crate) fn server_mut(&mut self, place: Place) -> Option<&mut Server> {
        self.zones.get_mut(place.zone?)?.servers.get_mut(place.server?)
    }

    /// Zone and position of the server with this ID.
    pub(crate) fn find_server(&self, id: i64) -> Option<Place> {
        self.zones.iter().enumerate().find_map(|(zone, z)| {
            let server = z.servers.iter().position(|s| s.id == id)?;
            Some(Place { zone: Some(zone), server: Some(server) })
        })
    }

    pub(crate) fn find_zone(&self, name: &str) -> Option<usize> {
        self.zones.iter().position(|z| z.name == name)
    }

    /// Whether `tenant` keeps more than half of its full replicas when `without` is gone. Units on servers that do
    /// not serve, and zones that the database has stopped, do not count.
    pub(crate) fn keeps_majority(&self, tenant: &Tenant, without: Place) -> bool {
        let votes = tenant.zones.iter().filter(|zone| self.zone_votes(tenant, **zone, without)).count();
        votes * 2 > tenant.zones.len()
    }

    fn zone_votes(&self, tenant: &Tenant, zone_ix: usize, without: Place) -> bool {
        let Some(zone) = self.zones.get(zone_ix) else { return false };
        if !zone.is_active || (without.zone == Some(zone_ix) && without.server.is_none()) {
            return false;
        }
        // A zone's replica set is whole only when each unit's server votes: partitions are spread over the units.
        tenant.units.iter().filter(|u| u.zone == zone_ix).all(|unit| {
            let place = Place { zone: Some(unit.zone), server: Some(unit.server) };
            place != without && self.server(place).is_some_and(Server::serves)
        })
    }

    /// The first tenant that would lose its majority without `without`.
    pub(crate) fn first_lost(&self, without: Place) -> Option<&Tenant> {
        self.tenants.iter().find(|tenant| !self.keeps_majority(tenant, without))
    }

    /// What OCP finds when it looks.
    pub(crate) fn seen(&self) -> Status {
        if self.zones.iter().all(|z| z.status == Status::Stopped) {
            return Status::Stopped;
        }
        let nowhere = Place::default();
        let sys = self.tenants.first();
        if sys.is_none_or(|sys| self.keeps_majority(sys, nowhere)) {
            Status::Running
        } else {
            Status::Unavailable
        }
    }
}

/// A place inside one cluster: all of it, a zone, or a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Place {
    pub(crate) zone: Option<usize>,
    pub(crate) server: Option<usize>,
}
