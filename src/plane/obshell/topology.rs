//! OBShell's clusters, zones, OBServers, tenants into the domain (obshell-api 8.3–8.5).

use std::collections::BTreeMap;

use super::convert::{address, raw, time};
use super::wire;
use crate::domain::id::{ClusterId, ClusterRef, ProfileName, ServerId, TaskId, TenantId, ZoneName};
use crate::domain::shown::Text;
use crate::domain::status::{Health, Worded, health};
use crate::domain::topology::{Cluster, Parameter, Relation, RootServer, Server, Tenant, Unit, Zone};
use crate::plane::json::Word;

/// An agent's port where none is told (obshell-api 1).
const AGENT_PORT: &str = "2886";

fn text(word: Option<&Word>) -> Text {
    Text::new(raw(word))
}

/// `4.3.5.0_1000…(Dec 31 2024 …)` and `4.3.5.0-1000…` are `4.3.5.0`.
fn version(word: Option<&Word>) -> Text {
    Text::new(raw(word).split(['_', '-', '(', ' ']).next().unwrap_or(""))
}

/// A cluster's status: how far its observers can be reached, not whether an order is under way (obshell-api 8.4).
fn cluster_health(word: &str) -> Worded<Health> {
    let is = match word.to_ascii_uppercase().as_str() {
        "AVAILABLE" => Health::Up,
        // Processes run, but nobody can log in yet or any more.
        "RUNNING" | "RESTRICTED" => Health::Changing,
        "NOT RUNNING" => Health::Down,
        _ => Health::Unknown,
    };
    Worded { is, word: Text::new(word) }
}

/// `CREATING` and `DELETED` of zones, `…ING` and `…STOPPED` of servers: one family for both.
fn status(word: Option<&Word>) -> Worded<Health> {
    health(raw(word))
}

/// The cluster as the richest call tells it.
pub(super) fn cluster(c: &wire::Cluster, profile: &ProfileName) -> Cluster {
    let zones = zones(c.zones.as_deref().unwrap_or_default());
    let mut root_servers: Vec<RootServer> = c
        .zones
        .iter()
        .flatten()
        .filter_map(|z| z.root_server.as_ref())
        .filter(|r| !raw(r.ip.as_ref()).is_empty())
        .map(|r| RootServer {
            address: Text::new(&address(raw(r.ip.as_ref()), raw(r.svr_port.as_ref()))),
            is_leader: raw(r.role.as_ref()).eq_ignore_ascii_case("LEADER"),
        })
        .collect();
    root_servers.sort_by_key(|r| !r.is_leader);
    let degraded = c.tenants.is_none();
    Cluster {
        at: at(profile, raw(c.cluster_id.as_ref())),
        name: text(c.cluster_name.as_ref()),
        ob_cluster_id: c.cluster_id.as_ref().map(|w| Text::new(&w.0)),
        version: version(c.ob_version.as_ref()),
        status: cluster_health(raw(c.status.as_ref())),
        role: Text::default(),
        relation: Relation::default(),
        server_count: u32::try_from(zones.iter().map(|z| z.servers.len()).sum::<usize>()).ok(),
        root_servers,
        zones,
        task: task(c.local_task_id.as_ref()),
        unreachable: degraded.then(|| Text::new("no database answers: states are the agents' own")),
    }
}

/// The main DAG of an order under way: told only while one is, by the agent that holds its sub DAG (obshell-api 8.4).
fn task(word: Option<&Word>) -> Option<TaskId> {
    Some(raw(word)).filter(|id| !id.is_empty()).map(TaskId::new)
}

/// The one cluster of a profile.
pub(super) fn at(profile: &ProfileName, id: &str) -> ClusterRef {
    ClusterRef { profile: profile.clone(), id: ClusterId::new(id) }
}

/// Zones in order of their names; without a database they come in random order (obshell-api 7.5).
fn zones(told: &[wire::Zone]) -> Vec<Zone> {
    let mut zones: Vec<Zone> = told.iter().map(zone).collect();
    zones.sort_by(|a, b| a.name.cmp(&b.name));
    zones
}

fn zone(z: &wire::Zone) -> Zone {
    let name = ZoneName::new(&z.name.0);
    let mut servers: Vec<Server> = z.servers.iter().flatten().map(|s| server(s, &name)).collect();
    servers.sort_by(|a, b| a.address.cmp(&b.address));
    // `with_rootserver` is true of the leader alone; who holds another replica is told beside the zone's servers.
    if let Some(root) = z.root_server.as_ref().filter(|r| !raw(r.ip.as_ref()).is_empty()) {
        let at = address(raw(root.ip.as_ref()), raw(root.svr_port.as_ref()));
        for s in servers.iter_mut().filter(|s| s.address.raw() == at) {
            s.with_root_server = true;
        }
    }
    let zone_status = status(z.status.as_ref());
    if zone_status.is == Health::Stopped {
        // After STOP ZONE the processes stay and read RUNNING; they serve nobody all the same.
        for s in servers.iter_mut().filter(|s| s.status.is == Health::Up) {
            s.status.is = Health::Stopped;
        }
    }
    Zone {
        region: text(z.region_name.as_ref()),
        idc: text(z.idc_name.as_ref()),
        status: zone_status,
        inner_status: text(z.inner_status.as_ref()),
        task: task(z.local_task_id.as_ref()),
        server_count: u32::try_from(servers.len()).ok(),
        servers,
        name,
    }
}

fn server(s: &wire::Server, zone: &ZoneName) -> Server {
    let ip = raw(s.ip.as_ref());
    let none = &mut Vec::new();
    Server {
        id: ServerId::new(&address(ip, agent_port(s.obshell_port.as_ref()))),
        zone: zone.clone(),
        address: Text::new(&address(ip, raw(s.svr_port.as_ref()))),
        version: version(s.version.as_ref()),
        status: status(s.status.as_ref()),
        inner_status: text(s.inner_status.as_ref()),
        with_root_server: s.with_rootserver.unwrap_or(false),
        started: time(s.start_time.as_ref(), "", none),
        stopped: time(s.stop_time.as_ref(), "", none),
        last_up: None,
        task: task(s.local_task_id.as_ref()),
    }
}

fn agent_port(told: Option<&Word>) -> &str {
    match raw(told) {
        "" | "0" => AGENT_PORT,
        port => port,
    }
}

/// What one agent says of its observer (obshell-api 8.1, `obState`), by `ip:port` of the agent.
pub(super) type Observers = BTreeMap<String, Option<i64>>;

/// A state word for a server whose agent tells a number only; the reference's own names for the numbers.
fn observer_word(state: Option<i64>) -> Worded<Health> {
    let (is, word) = match state {
        Some(0) => (Health::Down, "NOT RUNNING"),
        Some(1) => (Health::Changing, "RUNNING"),
        Some(2) => (Health::Changing, "RESTRICTED"),
        Some(3) => (Health::Up, "AVAILABLE"),
        _ => (Health::Unknown, "UNKNOWN"),
    };
    Worded { is, word: Text::new(word) }
}

/// The cluster as older agents tell it: `/ob/info` for who is there, `/agents/status` for how they are. An agent
/// that does not answer is missing from the second (obshell-api 8).
pub(super) fn old_cluster(info: &wire::ObInfo, observers: &Observers, profile: &ProfileName) -> Cluster {
    let c = info.obcluster_info.as_ref();
    let topology = c.and_then(|c| c.topology.as_ref());
    let mut zones: BTreeMap<String, Vec<Server>> = BTreeMap::new();
    // The leader alone is told, not who holds the other replicas: nobody may count them by it.
    let leader = topology
        .into_iter()
        .flat_map(|t| t.values().flatten())
        .find(|s| raw(s.with_rootserver.as_ref()).eq_ignore_ascii_case("YES"))
        .map(|s| address(raw(s.svr_ip.as_ref()), raw(s.svr_port.as_ref())));
    for (zone, servers) in topology.into_iter().flatten() {
        zones.entry(zone.clone()).or_default().extend(servers.iter().map(|s| old_server(s, zone, observers)));
    }
    if topology.is_none() {
        for agent in info.agent_info.iter().flatten() {
            let zone = raw(agent.zone.as_ref());
            let id = address(raw(agent.ip.as_ref()), agent_port(agent.port.as_ref()));
            zones.entry(zone.to_owned()).or_default().push(bare_server(&id, zone, observers));
        }
    }
    let zones: Vec<Zone> = zones.into_iter().map(|(name, servers)| old_zone(&name, servers)).collect();
    let up = zones.iter().flat_map(|z| &z.servers).any(Server::is_up);
    Cluster {
        at: at(profile, c.and_then(|c| c.id.as_ref()).map_or("", |w| w.0.as_str())),
        name: text(c.and_then(|c| c.name.as_ref())),
        ob_cluster_id: c.and_then(|c| c.id.as_ref()).map(|w| Text::new(&w.0)),
        version: version(c.and_then(|c| c.version.as_ref())),
        status: Worded { is: if up { Health::Up } else { Health::Unknown }, word: Text::default() },
        role: Text::default(),
        relation: Relation::default(),
        server_count: u32::try_from(zones.iter().map(|z| z.servers.len()).sum::<usize>()).ok(),
        root_servers: leader
            .map(|at| RootServer { address: Text::new(&at), is_leader: true })
            .into_iter()
            .collect(),
        zones,
        task: None,
        unreachable: topology.is_none().then(|| Text::new("no database answers: states are the agents' own")),
    }
}

fn old_zone(name: &str, mut servers: Vec<Server>) -> Zone {
    servers.sort_by(|a, b| a.address.cmp(&b.address));
    let is = if servers.iter().all(Server::is_up) { Health::Up } else { Health::Unknown };
    Zone {
        name: ZoneName::new(name),
        region: Text::default(),
        idc: Text::default(),
        // Older agents tell no status of a zone: whole as long as its servers are.
        status: Worded { is, word: Text::default() },
        inner_status: Text::default(),
        task: None,
        server_count: u32::try_from(servers.len()).ok(),
        servers,
    }
}

fn old_server(s: &wire::ObServer, zone: &str, observers: &Observers) -> Server {
    let ip = raw(s.svr_ip.as_ref());
    let id = address(ip, agent_port(s.agent_port.as_ref()));
    let told = status(s.status.as_ref());
    let seen = observers.get(&id).copied().flatten();
    // The database may still say ACTIVE of one whose process is gone.
    let status = if told.is == Health::Up && seen != Some(3) { observer_word(seen) } else { told };
    Server {
        address: Text::new(&address(ip, raw(s.svr_port.as_ref()))),
        version: version(s.build_version.as_ref()),
        inner_status: text(s.status.as_ref()),
        status,
        ..bare_server(&id, zone, observers)
    }
}

/// A server of which only its agent is known.
pub(super) fn bare_server(id: &str, zone: &str, observers: &Observers) -> Server {
    Server {
        id: ServerId::new(id),
        zone: ZoneName::new(zone),
        address: Text::new(id),
        version: Text::default(),
        status: observer_word(observers.get(id).copied().flatten()),
        inner_status: Text::default(),
        with_root_server: false,
        started: None,
        stopped: None,
        last_up: None,
        task: None,
    }
}

/// A tenant. Its zones are those its locality names.
pub(super) fn tenant(t: &wire::Tenant, cluster: &ClusterId) -> Tenant {
    let locality = raw(t.locality.as_ref());
    Tenant {
        id: TenantId::new(&t.tenant_id.0),
        cluster: cluster.clone(),
        name: Text::new(&t.tenant_name.0),
        mode: text(t.mode.as_ref()),
        status: text(t.status.as_ref()),
        primary_zone: text(t.primary_zone.as_ref()),
        locality: Text::new(locality),
        zones: zones_of(locality),
    }
}

/// `FULL{1}@zone1, FULL{1}@[zone2,zone3]`: the names behind the signs.
fn zones_of(locality: &str) -> Vec<ZoneName> {
    let mut zones: Vec<ZoneName> = Vec::new();
    for part in locality.split('@').skip(1) {
        let names = match part.strip_prefix('[') {
            Some(list) => list.split(']').next().unwrap_or(""),
            None => part.split(',').next().unwrap_or(""),
        };
        zones.extend(names.split(',').map(str::trim).filter(|n| !n.is_empty()).map(ZoneName::new));
    }
    zones.sort();
    zones.dedup();
    zones
}

/// Where a tenant's units live: its pools tell their servers, not the units' IDs (obshell-api 8.5).
pub(super) fn units(tenants: &[wire::Tenant], zones: &[Zone]) -> Vec<Unit> {
    let mut units = Vec::new();
    for tenant in tenants {
        for pool in tenant.pools.iter().flatten() {
            let servers = raw(pool.observer_list.as_ref()).split([',', ';']).map(str::trim);
            for told in servers.filter(|s| !s.is_empty()) {
                let server = zones.iter().flat_map(|z| &z.servers).find(|s| s.address.raw() == told);
                units.push(Unit {
                    id: text(pool.pool_name.as_ref()),
                    tenant: Some(TenantId::new(&tenant.tenant_id.0)),
                    zone: server.map_or_else(|| ZoneName::new(""), |s| s.zone.clone()),
                    server: server.map(|s| s.id.clone()),
                    address: Text::new(told),
                    status: Text::default(),
                });
            }
        }
    }
    units
}

/// The same of older agents: pools tell zones only.
pub(super) fn pool_units(pools: &[wire::ResourcePool]) -> Vec<Unit> {
    let mut units = Vec::new();
    for pool in pools {
        for zone in raw(pool.zone_list.as_ref()).split([';', ',']).map(str::trim).filter(|z| !z.is_empty()) {
            units.push(Unit {
                id: text(pool.name.as_ref()),
                tenant: pool.tenant_id.as_ref().map(|t| TenantId::new(&t.0)),
                zone: ZoneName::new(zone),
                server: None,
                address: Text::default(),
                status: Text::default(),
            });
        }
    }
    units
}

/// A parameter.
pub(super) fn parameter(p: &wire::Parameter) -> Parameter {
    let mut values: Vec<Text> = p.values.iter().flatten().map(|v| Text::new(&v.0)).collect();
    if values.is_empty() {
        values = p.ob_parameters.iter().flatten().map(|v| text(v.value.as_ref())).collect();
        values.sort();
        values.dedup();
    }
    Parameter { name: Text::new(&p.name.0), values }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locality_names_its_zones_in_either_spelling() {
        let names = |l: &str| zones_of(l).iter().map(|z| z.raw().to_owned()).collect::<Vec<_>>();
        assert_eq!(names("FULL{1}@zone1, READONLY{1}@zone3, FULL{1}@zone2"), ["zone1", "zone2", "zone3"]);
        assert_eq!(names("F,R{ALL}@[z2, z1],F@z3"), ["z1", "z2", "z3"]);
        assert_eq!(names(""), Vec::<String>::new());
    }

    #[test]
    fn not_running_does_not_read_as_changing() {
        assert_eq!(cluster_health("NOT RUNNING").is, Health::Down);
        assert_eq!(cluster_health("AVAILABLE").is, Health::Up);
        assert_eq!(cluster_health("RUNNING").is, Health::Changing);
    }
}
