//! Clusters, zones and OBServers as JSON (ocp-api 3.1 to 3.3).

use serde_json::{Value, json};

use crate::sim::time::{iso, iso_seconds};
use crate::sim::world::{Cluster, RPC_PORT, SQL_PORT, Server, World, Zone};

/// An item of the cluster list. Its zones come without their OBServers, as in the sample.
pub(super) fn cluster(world: &World, cluster: &Cluster) -> Value {
    let zones: Vec<Value> = cluster
        .zones
        .iter()
        .map(|zone| {
            json!({
                "idcId": zone.idc_id,
                "idcName": zone.idc,
                "innerStatus": inner(zone.is_active),
                "name": zone.name,
                "operateStatus": "NORMAL",
                "regionName": zone.region,
                "serverCount": zone.servers.len(),
                "servers": [],
                "status": zone.status.word(),
            })
        })
        .collect();
    let roots: Vec<Value> = (0..cluster.zones.len()).filter_map(|zone| root_server(cluster, zone)).collect();
    let mut value = json!({
        "createTime": iso_seconds(cluster.created_at),
        "creator": "admin",
        "id": cluster.id,
        "name": cluster.name,
        "obClusterId": cluster.ob_id,
        "obVersion": cluster.version,
        "regionCount": 1,
        "rootServers": roots,
        "serverCount": cluster.servers().count(),
        "standbyClusters": standbys(world, cluster),
        "status": cluster.status.word(),
        "tenantCount": cluster.tenants.len(),
        "type": role(cluster),
        "updateTime": iso_seconds(cluster.updated_at),
        "zones": zones,
    });
    if let (Some(copies), Some(map)) = (&cluster.copies, value.as_object_mut()) {
        map.insert("delayTime".into(), json!(copies.delay_s(world.now())));
        map.insert("primaryCluster".into(), world.cluster(copies.primary).map_or(Value::Null, named));
        map.insert("syncStatus".into(), json!(copies.sync));
    }
    let reason =
        (!cluster.servers().any(|(_, s)| s.is_alive)).then_some("no OBServer of the cluster answers");
    if let (Some(reason), Some(map)) = (reason, value.as_object_mut()) {
        map.insert("failToQueryFromObReason".into(), json!(reason));
    }
    value
}

fn role(cluster: &Cluster) -> &'static str {
    if cluster.copies.is_some() { "STANDBY" } else { "PRIMARY" }
}

/// A cluster as another one names it. No sample holds one (ocp-api 3.1): the head of a list's item is taken.
fn named(cluster: &Cluster) -> Value {
    json!({
        "id": cluster.id,
        "name": cluster.name,
        "obClusterId": cluster.ob_id,
        "status": cluster.status.word(),
        "type": role(cluster),
    })
}

fn standbys(world: &World, primary: &Cluster) -> Vec<Value> {
    let each = world.clusters().filter_map(|c| {
        let copies = c.copies.as_ref().filter(|copies| copies.primary == primary.id)?;
        let mut value = named(c);
        let map = value.as_object_mut()?;
        map.insert("delayTime".into(), json!(copies.delay_s(world.now())));
        map.insert("syncStatus".into(), json!(copies.sync));
        Some(value)
    });
    each.collect()
}

fn inner(is_active: bool) -> &'static str {
    if is_active { "ACTIVE" } else { "INACTIVE" }
}

/// Zone whose first OBServer leads the root service: the first that still serves.
fn leading_zone(cluster: &Cluster) -> Option<usize> {
    cluster.zones.iter().position(|z| z.is_active && z.servers.first().is_some_and(Server::serves))
}

fn root_server(cluster: &Cluster, zone: usize) -> Option<Value> {
    let server = cluster.zones.get(zone)?.servers.first()?;
    let role = if leading_zone(cluster) == Some(zone) { "LEADER" } else { "FOLLOWER" };
    Some(json!({ "address": server.address(), "role": role, "sql_port": SQL_PORT }))
}

/// An item of the zone list.
pub(super) fn zone(cluster: &Cluster, ix: usize, zone: &Zone) -> Value {
    let servers: Vec<Value> = zone.servers.iter().map(|s| full_server(cluster, zone, s)).collect();
    let mut value = json!({
        "clusterId": cluster.id,
        "compactionStatus": "IDLE",
        "createTime": iso_seconds(zone.created_at),
        "hostCount": zone.servers.len(),
        "idcId": zone.idc_id,
        "idcName": zone.idc,
        "innerStatus": inner(zone.is_active),
        "name": zone.name,
        "obClusterId": cluster.ob_id,
        "regionName": zone.region,
        "serverCount": zone.servers.len(),
        "servers": servers,
        "status": zone.status.word(),
        "updateTime": iso_seconds(zone.updated_at),
    });
    if let (Some(root), Some(map)) = (root_server(cluster, ix), value.as_object_mut()) {
        map.insert("rootServer".into(), root);
    }
    value
}

/// An item of the server lists.
pub(super) fn server(cluster: &Cluster, zone: &Zone, server: &Server) -> Value {
    let holds_root = zone.servers.first().is_some_and(|first| first.id == server.id);
    json!({
        "clusterId": cluster.id,
        "hostId": server.host_id,
        "id": server.id,
        "innerStatus": inner(server.is_alive),
        "ip": server.ip,
        "port": RPC_PORT,
        "sqlPort": SQL_PORT,
        "startTime": iso(server.started_at),
        "status": server.status.server_word(cluster.generation),
        // The epoch means "not stopped" (ocp-api 3.3).
        "stopTime": iso(server.stopped_at.unwrap_or(0)),
        "updateTime": iso_seconds(server.updated_at),
        "version": cluster.build,
        "withRootserver": holds_root,
        "zoneName": zone.name,
    })
}

/// An OBServer inside a zone, with three members more.
fn full_server(cluster: &Cluster, zone: &Zone, one: &Server) -> Value {
    let mut value = server(cluster, zone, one);
    if let Some(map) = value.as_object_mut() {
        map.insert("hostTypeName".into(), json!("observer.std"));
        map.insert("idcName".into(), json!(zone.idc));
        map.insert("regionName".into(), json!(zone.region));
    }
    value
}
