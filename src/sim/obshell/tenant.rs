//! Tenants, units, resource pools, parameters as an agent tells of them (obshell-api 8.5).

use serde_json::{Value, json};

use super::refusal::Refusal;
use super::topology::GIB;
use super::world::World;
use crate::sim::time::{SECOND, utc};

/// Resources of a tenant's unit: cores, bytes of memory, bytes of log disk.
pub(super) fn unit(tenant: &str) -> (u64, u64, u64) {
    if tenant == "sys" { (2, 2 * GIB, 4 * GIB) } else { (4, 4 * GIB, 12 * GIB) }
}

impl World {
    fn names_of_zones(&self, between: &str) -> String {
        self.zones.iter().map(|z| z.name.as_str()).collect::<Vec<_>>().join(between)
    }

    fn tenant_id(&self, name: &str) -> u64 {
        let position = self.tenants.iter().position(|t| t == name).unwrap_or(0) as u64;
        if position == 0 { 1 } else { 1000 + 2 * position }
    }

    /// A row of `GET /tenants/overview`.
    fn tenant_row(&self, name: &str) -> Value {
        let locality: Vec<String> = self.zones.iter().map(|z| format!("FULL{{1}}@{}", z.name)).collect();
        let first = self.agents.first();
        let (ip, port) =
            first.map_or((String::new(), 0), |a| (a.place.ip.to_string(), a.observer.rpc_port - 1));
        json!({
            "tenant_id": self.tenant_id(name),
            "tenant_name": name,
            "mode": "MYSQL",
            "status": "NORMAL",
            "locked": "NO",
            "primary_zone": if name == "sys" { self.names_of_zones(";") } else { "RANDOM".to_owned() },
            "locality": locality.join(", "),
            "in_recyclebin": "NO",
            "created_time": utc(self.begun - 40 * 86_400 * SECOND, 0),
            "read_only": false,
            "comment": "",
            "connection_strings": [{
                "type": "DIRECT",
                "obproxy_address": "",
                "obproxy_port": 0,
                "connection_string": format!("obclient -h{ip} -P{port} -uroot@{name} -p"),
            }],
        })
    }

    pub(super) fn tenant_json(&self, name: &str) -> Value {
        let mut value = self.tenant_row(name);
        let observers: Vec<String> = (0..self.agents.len()).map(|ix| self.observer_of(ix)).collect();
        if let Some(map) = value.as_object_mut() {
            map.insert("charset".into(), json!(""));
            map.insert("collation".into(), json!(""));
            map.insert("whitelist".into(), json!("%"));
            map.insert("time_zone".into(), json!("+08:00"));
            map.insert("lower_case_table_names".into(), json!("1"));
            map.insert("dead_lock_detection_enabled".into(), json!(true));
            map.insert(
                "pools".into(),
                json!([{
                    "pool_name": format!("{name}_pool"),
                    "pool_id": self.tenant_id(name),
                    "zone_list": self.names_of_zones(";"),
                    "observer_list": observers.join(","),
                    "unit_num": 1,
                    "unit_config": self.unit_json(name),
                }]),
            );
        }
        value
    }

    fn unit_json(&self, tenant: &str) -> Value {
        let (cores, memory, log) = unit(tenant);
        let made = utc(self.begun - 40 * 86_400 * SECOND, 0);
        json!({
            "create_time": made,
            "modify_time": made,
            "unit_config_id": self.tenant_id(tenant),
            "name": if tenant == "sys" { "sys_unit_config".to_owned() } else { format!("{tenant}_u4c4g") },
            "max_cpu": cores,
            "min_cpu": cores,
            "memory_size": memory,
            "log_disk_size": log,
            "data_disk_size": 0,
            "max_iops": i64::MAX,
            "min_iops": i64::MAX,
        })
    }

    /// `GET /tenants/overview`.
    pub(super) fn tenants_overview(&self) -> Value {
        json!({ "contents": self.tenants.iter().map(|t| self.tenant_row(t)).collect::<Vec<_>>() })
    }

    /// `GET /tenant/{name}`.
    pub(super) fn tenant_info(&self, name: &str) -> Result<Value, Refusal> {
        if self.tenants.iter().any(|t| t == name) {
            return Ok(self.tenant_json(name));
        }
        Err(Refusal::new(400, "OB.Tenant.NotExist", format!("Tenant '{name}' does not exist.")).with_null())
    }

    /// `GET /units/config`.
    pub(super) fn units(&self) -> Value {
        json!({ "contents": self.tenants.iter().map(|t| self.unit_json(t)).collect::<Vec<_>>() })
    }

    /// `GET /unit/config/{name}`.
    pub(super) fn unit_named(&self, name: &str) -> Result<Value, Refusal> {
        let found =
            self.tenants.iter().map(|t| self.unit_json(t)).find(|u| u.get("name") == Some(&json!(name)));
        let missing = || format!("Resource unit config '{name}' does not exist.");
        found.ok_or_else(|| Refusal::new(400, "OB.UnitConfig.NotExist", missing()).with_null())
    }

    /// `GET /resource-pools`.
    pub(super) fn pools(&self) -> Value {
        let made = utc(self.begun - 40 * 86_400 * SECOND, 0);
        let row = |name: &String| {
            json!({
                "id": self.tenant_id(name),
                "name": format!("{name}_pool"),
                "zone_list": self.names_of_zones(";"),
                "unit_num": 1,
                "UnitCount": 0,
                "unit_config_id": self.tenant_id(name),
                "tenant_id": self.tenant_id(name),
                "replica_type": "FULL",
                "CreateTime": made,
                "ModifyTime": made,
            })
        };
        json!({ "contents": self.tenants.iter().map(row).collect::<Vec<_>>() })
    }

    /// `GET /obcluster/parameters`.
    pub(super) fn parameter_list(&self) -> Value {
        let named = [("cluster", self.name.as_str()), ("min_observer_version", "4.3.5.0")];
        let own = self.parameters.iter().map(|(n, v)| (n.as_str(), v.as_str()));
        let row = |(name, value): (&str, &str)| {
            let servers: Vec<Value> = self
                .agents
                .iter()
                .map(|a| {
                    json!({
                        "svr_ip": a.place.ip.to_string(),
                        "svr_port": a.observer.rpc_port,
                        "zone": self.zones.get(a.zone).map_or("", |z| z.name.as_str()),
                        "value": value,
                    })
                })
                .collect();
            json!({
                "name": name,
                "scope": "CLUSTER",
                "edit_level": if name == "ob_startup_mode" { "READONLY" } else { "DYNAMIC_EFFECTIVE" },
                "default_value": "",
                "section": "OBSERVER",
                "data_type": "STRING",
                "info": name,
                "ob_parameters": servers,
                "values": [value],
                "is_single_value": true,
            })
        };
        json!({ "contents": named.into_iter().chain(own).map(row).collect::<Vec<_>>() })
    }
}
