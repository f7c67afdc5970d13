//! Tenants and units as JSON (ocp-api 3.5).

use serde_json::{Value, json};

use crate::sim::time::iso_seconds;
use crate::sim::world::{Cluster, Place, RPC_PORT, Tenant};

/// An item of the tenant lists.
pub(super) fn tenant(cluster: &Cluster, tenant: &Tenant) -> Value {
    let names = zone_names(cluster, tenant);
    let locality: Vec<String> = names.iter().map(|name| format!("FULL{{1}}@{name}")).collect();
    json!({
        "clusterId": cluster.id,
        "clusterName": cluster.name,
        "clusterType": "PRIMARY",
        "createTime": iso_seconds(tenant.created_at),
        "id": tenant.id,
        "locality": locality.join(", "),
        "locked": tenant.is_locked,
        "mode": tenant.mode,
        "name": tenant.name,
        "obClusterId": cluster.ob_id,
        "obTenantId": tenant.ob_id,
        "obVersion": cluster.version,
        "primaryZone": tenant.primary_zone,
        "readonly": false,
        "status": "NORMAL",
        "zoneList": names.join(";"),
    })
}

/// One tenant with its zones, pools and units.
pub(super) fn detail(cluster: &Cluster, one: &Tenant) -> Value {
    let zones: Vec<Value> = one.zones.iter().filter_map(|zone| zone_of(cluster, one, *zone)).collect();
    let mut value = tenant(cluster, one);
    if let Some(map) = value.as_object_mut() {
        map.insert("charset".into(), json!("utf8mb4"));
        map.insert("clusterStatus".into(), json!(cluster.status.word()));
        map.insert("collation".into(), json!("utf8mb4_general_ci"));
        map.insert("sqlAuditEnabled".into(), json!(true));
        map.insert("whitelist".into(), json!("%"));
        map.insert("zones".into(), json!(zones));
    }
    value
}

fn zone_names(cluster: &Cluster, tenant: &Tenant) -> Vec<String> {
    tenant.zones.iter().filter_map(|zone| cluster.zones.get(*zone)).map(|z| z.name.clone()).collect()
}

fn zone_of(cluster: &Cluster, tenant: &Tenant, zone_ix: usize) -> Option<Value> {
    let zone = cluster.zones.get(zone_ix)?;
    let units = units(cluster, tenant, Some(&zone.name));
    Some(json!({
        "name": zone.name,
        "replicaType": "FULL",
        "resourcePool": {
            "id": tenant.pool_id,
            "name": format!("{}_pool", tenant.name),
            "unitConfig": unit_config(tenant),
            "unitCount": units.len(),
        },
        "units": units,
    }))
}

fn unit_config(tenant: &Tenant) -> Value {
    json!({
        "maxCpuCoreCount": tenant.config.cpu,
        "maxMemorySize": tenant.config.memory_gb,
        "minCpuCoreCount": tenant.config.cpu / 2.0,
        "minMemorySize": tenant.config.memory_gb,
    })
}

/// Units of one tenant, of one zone if named.
pub(super) fn units(cluster: &Cluster, tenant: &Tenant, zone_name: Option<&str>) -> Vec<Value> {
    let shown = |unit: &crate::sim::world::Unit| {
        let zone = cluster.zones.get(unit.zone).filter(|z| zone_name.is_none_or(|name| name == z.name))?;
        let server = cluster.server(Place { zone: Some(unit.zone), server: Some(unit.server) })?;
        Some(json!({
            "id": unit.id,
            "resourcePoolId": tenant.pool_id,
            "serverId": server.id,
            "serverIp": server.ip,
            "serverPort": RPC_PORT,
            "status": "ACTIVE",
            "zoneName": zone.name,
        }))
    };
    tenant.units.iter().filter_map(shown).collect()
}

/// Units of all tenants of a cluster, in the newer form.
pub(super) fn cluster_units(cluster: &Cluster) -> Vec<Value> {
    let of = |tenant: &Tenant| {
        let shown = |unit: &crate::sim::world::Unit| {
            let zone = cluster.zones.get(unit.zone)?;
            let server = cluster.server(Place { zone: Some(unit.zone), server: Some(unit.server) })?;
            Some(json!({
                "logDiskUsedByte": 3_221_225_472_i64,
                "manualMigrate": false,
                "migrateType": "NOT_IN_MIGRATE",
                "obTenantId": tenant.ob_id,
                "obUnitId": unit.id,
                "status": "ACTIVE",
                "svrIp": server.ip,
                "svrPort": RPC_PORT,
                "tenantId": tenant.id,
                "tenantName": tenant.name,
                "unitConfig": unit_config(tenant),
                "zone": zone.name,
            }))
        };
        tenant.units.iter().filter_map(shown).collect::<Vec<_>>()
    };
    cluster.tenants.iter().flat_map(of).collect()
}
