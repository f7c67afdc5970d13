//! What an agent tells of itself, its cluster, its tenants (obshell-api 8).

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::order::{Order, Scope, Verb};
use super::task::{Names, Part, State};
use super::tenant::unit;
use super::world::World;
use super::{Identity, Protection};
use crate::sim::time::{Ms, utc};

const AGENT_VERSION: &str = "4.5.0.0-0";
const OB_VERSION: &str = "4.3.5.0-100000202024123117";
const BUILD: &str = "4.3.5.0_100000202024123117";
const FULL_BUILD: &str =
    "4.3.5.0_100000202024123117-5d6cb5cbc3f7c1ab6eb22e40abec8e160c8764d5(Dec 31 2024 17:34:08)";
const NEVER: &str = "0001-01-01T00:00:00Z";
pub(super) const GIB: u64 = 1 << 30;
/// Resources of one observer.
const CORES: u64 = 16;
const MEMORY: u64 = 12 * GIB;
const DISK: u64 = 120 * GIB;

/// An order that is under way as the asked agent sees it.
struct UnderWay {
    order: Arc<Order>,
    id: String,
}

impl World {
    pub(super) fn identity_word(&self) -> &'static str {
        match self.identity {
            Identity::Cluster => "CLUSTER AGENT",
            Identity::Single => "SINGLE",
        }
    }

    /// `GET /status`.
    pub(super) fn status(&self, agent: usize) -> Value {
        let Some(a) = self.agents.get(agent) else { return Value::Null };
        let state = self.observer_state(agent, self.now);
        let mut value = json!({
            "agent": {
                "ip": a.place.ip.to_string(),
                "port": a.place.port,
                "identity": self.identity_word(),
            },
            "state": 2,
            "version": AGENT_VERSION,
            "pid": a.pid,
            "startAt": nanos(a.started),
            "port": a.place.port,
            "obState": state,
            "underMaintenance": a.dags.iter().any(super::task::Dag::locks),
        });
        if let (true, Some(value)) = (self.identity == Identity::Cluster, value.as_object_mut()) {
            value.insert("sqlPort".into(), json!(a.observer.rpc_port - 1));
        }
        value
    }

    /// `GET /info`.
    pub(super) fn info(&self, agent: usize, protection: Protection) -> Value {
        let Some(a) = self.agents.get(agent) else { return Value::Null };
        let is_cluster = self.identity == Identity::Cluster;
        let zone = self.zones.get(a.zone).filter(|_| is_cluster).map_or("", |z| z.name.as_str());
        let mut value = json!({
            "pid": a.pid,
            "state": 2,
            "startAt": nanos(a.started),
            "homePath": format!("/home/admin/ob{}", agent + 1),
            "obVersion": if is_cluster { OB_VERSION } else { "" },
            "architecture": "x86_64",
            "ip": a.place.ip.to_string(),
            "port": a.place.port,
            "zone": zone,
            "identity": self.identity_word(),
            "version": AGENT_VERSION,
            "isObproxyAgent": false,
            "security": a.password.is_some(),
        });
        if let (Protection::V2, Some(value)) = (protection, value.as_object_mut()) {
            value.insert("supportedAuth".into(), json!(["v2"]));
        }
        value
    }

    /// `GET /agents/status`: those that do not answer are missing.
    pub(super) fn agents_status(&self, asked: usize) -> Value {
        let all: Map<String, Value> = self
            .peers(asked)
            .filter(|ix| self.agents.get(*ix).is_some_and(|a| a.up))
            .map(|ix| (self.place_of(ix), self.status(ix)))
            .collect();
        Value::Object(all)
    }

    /// The agents that this one knows: all of a cluster, itself alone otherwise.
    pub(super) fn peers(&self, asked: usize) -> std::ops::Range<usize> {
        if self.identity == Identity::Cluster { 0..self.agents.len() } else { asked..asked + 1 }
    }

    /// `GET /ob/agents`.
    pub(super) fn agent_list(&self, asked: usize) -> Value {
        let all: Vec<Value> = self.peers(asked).map(|ix| self.place(ix).json()).collect();
        json!({ "contents": all })
    }

    /// `GET /ob/info`.
    pub(super) fn ob_info(&self, asked: usize) -> Value {
        let is_cluster = self.identity == Identity::Cluster;
        let agents: Vec<Value> = self
            .peers(asked)
            .filter_map(|ix| self.agents.get(ix))
            .map(|a| {
                let zone = self.zones.get(a.zone).filter(|_| is_cluster).map_or("", |z| z.name.as_str());
                json!({
                    "ip": a.place.ip.to_string(),
                    "port": a.place.port,
                    "zone": zone,
                    "identity": self.identity_word(),
                    "version": if is_cluster { "4.5.0.0" } else { AGENT_VERSION },
                })
            })
            .collect();
        let connected = is_cluster && self.connected(asked, self.now);
        let topology = connected.then(|| {
            let zones = self.zones.iter().enumerate().map(|(ix, zone)| {
                let servers: Vec<Value> = (0..self.agents.len())
                    .filter_map(|a| {
                        self.agents.get(a).filter(|agent| agent.zone == ix).map(|agent| (a, agent))
                    })
                    .map(|(at, a)| {
                        let status = match (a.observer.stopped, a.observer.running) {
                            (Some(_), _) => "STOPPED",
                            (None, true) => "ACTIVE",
                            (None, false) => "INACTIVE",
                        };
                        json!({
                            "svr_ip": a.place.ip.to_string(),
                            "svr_port": a.observer.rpc_port,
                            "sql_port": a.observer.rpc_port - 1,
                            "agent_port": a.place.port,
                            "with_rootserver": if self.root() == Some(at) { "YES" } else { "NO" },
                            "status": status,
                            "build_version": BUILD,
                        })
                    })
                    .collect();
                (zone.name.clone(), Value::Array(servers))
            });
            Value::Object(zones.collect())
        });
        json!({
            "agent_info": agents,
            "obcluster_info": {
                "id": if is_cluster { self.cluster_id } else { 0 },
                "name": if is_cluster { self.name.as_str() } else { "" },
                "version": if connected { OB_VERSION } else { "" },
                "topology": topology,
                "is_shared_storage": false,
            },
        })
    }

    /// The agent beside which the root service leads: the first that is connected.
    fn root(&self) -> Option<usize> {
        (0..self.agents.len()).find(|ix| self.connected(*ix, self.now))
    }

    /// `GET /obcluster/info`: from the database if this agent or another has a connection, else a degraded picture.
    pub(super) fn cluster_info(&self, asked: usize) -> Value {
        let is_able =
            |ix: &usize| self.connected(*ix, self.now) && self.agents.get(*ix).is_some_and(|a| a.up);
        let teller = std::iter::once(asked).chain(0..self.agents.len()).find(is_able);
        let (speaker, rich) = teller.map_or((asked, false), |t| (t, true));
        let zones: Vec<Value> = (0..self.zones.len()).map(|z| self.zone_json(speaker, z, rich)).collect();
        let status = match self.observer_state(speaker, self.now) {
            0 => "NOT RUNNING",
            1 => "RUNNING",
            2 => "RESTRICTED",
            _ => "AVAILABLE",
        };
        let tenants: Option<Vec<Value>> =
            rich.then(|| self.tenants.iter().map(|t| self.tenant_json(t)).collect());
        json!({
            "cluster_name": self.name,
            "cluster_id": self.cluster_id,
            "status": status,
            "is_community_edition": rich,
            "is_standalone": false,
            "ob_version": if rich { OB_VERSION } else { "" },
            "dead_lock_detection_enabled": rich,
            "startup_mode": if rich { "NORMAL" } else { "" },
            "is_shared_storage": false,
            "stats": self.stats(if rich { self.agents.len() as u64 } else { 0 }),
            "zones": zones,
            "tenants": tenants,
            "tenant_stats": null,
        })
    }

    /// `GET /obcluster/topology/info`.
    pub(super) fn topology(&self, asked: usize) -> Value {
        let mut all = self.cluster_info(asked);
        json!({ "zones": all.get_mut("zones").map(Value::take) })
    }

    /// The unfinished order whose sub DAG this agent holds.
    fn under_way(&self, agent: usize) -> Option<UnderWay> {
        let dags = &self.agents.get(agent)?.dags;
        dags.iter().rev().find_map(|dag| match &dag.part {
            Part::Sub(order, owner, main) if dag.state != State::Succeed => {
                Some(UnderWay { order: Arc::clone(order), id: self.generic(*owner, *main) })
            }
            _ => None,
        })
    }

    fn zone_json(&self, speaker: usize, zone: usize, rich: bool) -> Value {
        let Some(z) = self.zones.get(zone) else { return Value::Null };
        let work = self.under_way(speaker);
        let in_work =
            work.as_ref().filter(|w| w.order.scope != Scope::Server && w.order.zones.contains(&zone));
        let servers: Vec<Value> = (0..self.agents.len())
            .filter(|ix| self.agents.get(*ix).is_some_and(|a| a.zone == zone))
            .map(|ix| self.server_json(speaker, ix, rich))
            .collect();
        let status = match in_work.map(|w| w.order.verb) {
            Some(Verb::Stop) => "STOPPING",
            Some(Verb::Start) => "STARTING",
            None if !rich => "UNKNOWN",
            None if z.active => "RUNNING",
            None => "STOPPED",
        };
        let lead = (0..self.agents.len()).find(|ix| self.agents.get(*ix).is_some_and(|a| a.zone == zone));
        let root = match (rich, lead.and_then(|l| self.agents.get(l))) {
            (true, Some(a)) => json!({
                "ip": a.place.ip.to_string(),
                "role": if self.root() == lead { "LEADER" } else { "FOLLOWER" },
                "zone": z.name,
                "svr_port": a.observer.rpc_port,
            }),
            _ => json!({ "ip": "", "role": "", "zone": "", "svr_port": 0 }),
        };
        let mut value = json!({
            "name": z.name,
            "idc_name": if rich { z.idc.as_str() } else { "" },
            "region_name": if rich { "sys_region" } else { "" },
            "status": status,
            "inner_status": match (rich, z.active) { (false, _) => "", (_, true) => "ACTIVE", _ => "INACTIVE" },
            "root_server": root,
            "servers": servers,
        });
        // Only a ZONE order is linked here; a GLOBAL one is linked nowhere, as recorded.
        let link = in_work.filter(|w| w.order.scope == Scope::Zone).map(|w| w.id.clone());
        if let (Some(id), Some(value)) = (link, value.as_object_mut()) {
            value.insert("local_task_id".into(), json!(id));
        }
        value
    }

    fn server_json(&self, speaker: usize, agent: usize, rich: bool) -> Value {
        let Some(a) = self.agents.get(agent) else { return Value::Null };
        let o = &a.observer;
        let work = self.under_way(speaker).filter(|w| {
            w.order.targets.contains(&agent)
                || (w.order.scope != Scope::Server && w.order.zones.contains(&a.zone))
        });
        let state = self.observer_state(agent, self.now);
        let status = match &work {
            Some(w) if w.order.verb == Verb::Start => "STARTING",
            Some(w) if w.order.kills() => "PROCESS_STOPPING",
            Some(_) => "SERVICE_STOPPING",
            None if !o.running => "PROCESS_STOPPED",
            None if o.stopped.is_some() => "SERVICE_STOPPED",
            None if state != 3 => "UNAVAILABLE",
            None => "RUNNING",
        };
        let mut value = self.observer_json(agent, rich);
        if let Some(map) = value.as_object_mut() {
            map.insert("status".into(), json!(status));
            map.insert("ob_status".into(), json!(state));
            map.insert("architecture".into(), json!("x86_64"));
            map.insert("obshell_port".into(), json!(a.place.port));
            let used = if rich { self.server_stats(agent) } else { no_server_stats() };
            map.insert("stats".into(), used);
            if let Some(w) = work.filter(|w| w.order.scope == Scope::Server) {
                map.insert("local_task_id".into(), json!(w.id));
            }
        }
        value
    }

    /// What `GET /observer/info` tells, and the rest of a server's row builds on.
    fn observer_json(&self, agent: usize, rich: bool) -> Value {
        let Some(a) = self.agents.get(agent) else { return Value::Null };
        let o = &a.observer;
        let home = agent + 1;
        json!({
            "id": if rich { home } else { 0 },
            "ip": a.place.ip.to_string(),
            "svr_port": o.rpc_port,
            "sql_port": o.rpc_port - 1,
            "version": if rich { FULL_BUILD } else { "" },
            "with_rootserver": rich && self.root() == Some(agent),
            "ob_status": self.observer_state(agent, self.now),
            "inner_status": match (rich, o.running) { (false, _) => "", (_, true) => "ACTIVE", _ => "INACTIVE" },
            "start_time": if rich { utc(o.started, 0) } else { NEVER.to_owned() },
            "stop_time": o.stopped.filter(|_| rich).map_or_else(|| NEVER.to_owned(), |at| utc(at, 0)),
            "stats": no_server_stats(),
            "architecture": "",
            "data_dir": format!("/home/admin/ob{home}/store"),
            "redo_dir": "",
            "log_dir": format!("/home/admin/ob{home}/log"),
            "obshell_port": 0,
        })
    }

    /// `GET /observer/info`.
    pub(super) fn observer_info(&self, agent: usize) -> Value {
        self.observer_json(agent, self.connected(agent, self.now))
    }

    fn used(&self) -> (u64, u64, u64) {
        self.tenants.iter().map(|t| unit(t)).fold((0, 0, 0), |sum, u| (sum.0 + u.0, sum.1 + u.1, sum.2 + GIB))
    }

    fn stats(&self, servers: u64) -> Value {
        let (cores, memory, disk) = self.used();
        let part = |of: u64, all: u64| if all == 0 { 0.0 } else { of as f64 * 100.0 / all as f64 };
        json!({
            "cpu_core_total": CORES * servers,
            "cpu_core_assigned": cores * servers,
            "cpu_core_assigned_percent": part(cores * servers, CORES * servers),
            "memory_total": size(MEMORY * servers),
            "memory_assigned": size(memory * servers),
            "memory_in_bytes_total": MEMORY * servers,
            "memory_in_bytes_assigned": memory * servers,
            "memory_assigned_percent": part(memory * servers, MEMORY * servers),
            "disk_total": size(DISK * servers),
            "disk_assigned": size(disk * servers),
            "disk_in_bytes_total": DISK * servers,
            "disk_in_bytes_assigned": disk * servers,
            "disk_assigned_percent": part(disk * servers, DISK * servers),
        })
    }

    fn server_stats(&self, agent: usize) -> Value {
        let Some(a) = self.agents.get(agent) else { return Value::Null };
        let used = self.used().2;
        let mut value = self.stats(1);
        if let Some(map) = value.as_object_mut() {
            map.insert("disk_used".into(), json!(size(used)));
            map.insert("disk_free".into(), json!(size(DISK - used)));
            map.insert("disk_in_bytes_used".into(), json!(used));
            map.insert("disk_in_bytes_free".into(), json!(DISK - used));
            map.insert("disk_used_percent".into(), json!(used as f64 * 100.0 / DISK as f64));
            map.insert("ip".into(), json!(a.place.ip.to_string()));
            map.insert("port".into(), json!(a.observer.rpc_port));
            map.insert("zone".into(), json!(self.zones.get(a.zone).map_or("", |z| z.name.as_str())));
        }
        value
    }
}

/// `GET /agent/host-info`.
pub(super) fn host_info(agent: usize) -> Value {
    let hash = format!("{:040x}", agent + 1);
    json!({
        "os": { "os": "debian", "version": "12" },
        "cpuInfo": {
            "frequency": "2300.000",
            "modelName": "Intel(R) Xeon(R) Processor",
            "logicalCores": CORES,
            "physicalCores": CORES / 2,
        },
        "basic": { "hostHash": hash, "hostType": "docker" },
        "disks": [{ "used": "18G", "total": "120G", "mountHash": hash, "deviceName": "/dev/vda" }],
        "memoryInfo": { "free": "9320696 kB", "total": "12582912 kB", "available": "11497712 kB" },
        "ulimit": {
            "nofileHard": "655350",
            "nofileSoft": "655350",
            "maxUserProcessesHard": "96365",
            "maxUserProcessesSoft": "96365",
        },
    })
}

fn nanos(at: Ms) -> i64 {
    at.saturating_mul(1_000_000).saturating_add(at % 1_000_000)
}

fn no_server_stats() -> Value {
    json!({
        "cpu_core_total": 0, "cpu_core_assigned": 0, "cpu_core_assigned_percent": 0,
        "memory_total": "", "memory_assigned": "", "memory_in_bytes_total": 0, "memory_in_bytes_assigned": 0,
        "memory_assigned_percent": 0,
        "disk_total": "", "disk_assigned": "", "disk_in_bytes_total": 0, "disk_in_bytes_assigned": 0,
        "disk_assigned_percent": 0,
        "disk_used": "", "disk_free": "", "disk_in_bytes_used": 0, "disk_in_bytes_free": 0,
        "disk_used_percent": 0,
        "ip": "", "port": 0, "zone": "",
    })
}

fn size(bytes: u64) -> String {
    if bytes == 0 { String::new() } else { format!("{:.2} GB", bytes as f64 / GIB as f64) }
}
