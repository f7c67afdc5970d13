//! Parameters, hosts, and what the product tells of itself (ocp-api 3.7).

use serde_json::{Value, json};

use crate::sim::scenario::Product;
use crate::sim::time::{Ms, iso, iso_seconds};
use crate::sim::world::{Cluster, RPC_PORT, Server, Zone};

/// Name, value, default, lowest value, type, section, words.
type Parameter =
    (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

const PARAMETERS: [Parameter; 12] = [
    ("lease_time", "10s", "10s", "1s", "TIME", "ROOT_SERVICE", "Lease of an OBServer's heartbeat."),
    (
        "server_permanent_offline_time",
        "3600s",
        "3600s",
        "20s",
        "TIME",
        "ROOT_SERVICE",
        "Time without heartbeat after which an OBServer's replicas are made up for elsewhere.",
    ),
    (
        "replica_safe_remove_time",
        "2h",
        "2h",
        "1m",
        "TIME",
        "ROOT_SERVICE",
        "Time for which a deleted replica is kept.",
    ),
    (
        "enable_rebalance",
        "True",
        "True",
        "",
        "BOOL",
        "LOAD_BALANCE",
        "Whether load is balanced automatically.",
    ),
    (
        "enable_auto_leader_switchover",
        "True",
        "True",
        "",
        "BOOL",
        "ROOT_SERVICE",
        "Whether leaders move by themselves.",
    ),
    (
        "major_freeze_duty_time",
        "02:00",
        "02:00",
        "",
        "MOMENT",
        "ROOT_SERVICE",
        "Time of the daily major compaction.",
    ),
    (
        "enable_major_freeze",
        "True",
        "True",
        "",
        "BOOL",
        "ROOT_SERVICE",
        "Whether major compaction runs daily.",
    ),
    (
        "memory_limit_percentage",
        "80",
        "80",
        "10",
        "INT",
        "OBSERVER",
        "Part of the machine's memory for the OBServer.",
    ),
    ("cpu_count", "32", "0", "0", "INT", "OBSERVER", "Number of CPUs that are used."),
    ("rpc_timeout", "2s", "2s", "1ms", "TIME", "RPC", "Time limit of an RPC inside the cluster."),
    ("syslog_level", "INFO", "INFO", "", "STRING", "OBSERVER", "Level of the system log."),
    ("tcp_keepcnt", "10", "10", "1", "INT", "OBSERVER", "Probes before an idle connection is given up."),
];

/// Parameters of a cluster.
pub(super) fn parameters(cluster: &Cluster) -> Vec<Value> {
    PARAMETERS.iter().map(|p| parameter(cluster, p)).collect()
}

fn parameter(cluster: &Cluster, one: &Parameter) -> Value {
    let (name, value, default, min, kind, section, description) = *one;
    let shown = |(zone, server): (&Zone, &Server)| {
        json!({
            "name": name, "svrIp": server.ip, "svrPort": RPC_PORT, "svrType": "observer", "value": value,
            "zone": zone.name,
        })
    };
    let rows: Vec<Value> = cluster.servers().map(shown).collect();
    let addresses: Vec<String> = cluster.servers().map(|(_, s)| s.address()).collect();
    json!({
        "currentValue": {
            "obParameters": rows,
            "singleValueInCluster": true,
            "valueToServers": { value: addresses },
            "values": [value],
        },
        "defaultValue": default,
        "description": description,
        "name": name,
        "needRestart": name == "memory_limit_percentage",
        "readonly": false,
        "section": section,
        // Absent values are null here, unlike elsewhere.
        "valueRange": {
            "allowedValues": (kind == "BOOL").then_some("TRUE,FALSE"),
            "maxValue": (name == "memory_limit_percentage").then_some("95"),
            "minValue": (!min.is_empty()).then_some(min),
            "type": kind,
        },
    })
}

/// A host; absent values are null (ocp-api 3.7).
pub(super) fn host(cluster: &Cluster, zone: &Zone, server: &Server) -> Value {
    json!({
        "alias": null,
        "architecture": "x86_64",
        "createTime": iso_seconds(cluster.created_at),
        "description": null,
        "hostAgentId": server.host_id + 5_000_000,
        "hostAgentStatus": if server.has_agent { "AVAILABLE" } else { "UNAVAILABLE" },
        "hostAgentVersion": "4.2.1-20240312165140",
        "id": server.host_id,
        "idcDescription": null,
        "idcId": zone.idc_id,
        "idcName": zone.idc,
        "innerIpAddress": server.ip,
        "kind": "DEDICATED_PHYSICAL_MACHINE",
        "name": format!("ob-{}", server.ip.replace('.', "-")),
        "operatingSystem": "5.10.134-16.al8.x86_64",
        "operatingSystemRelease": "alios8",
        "publishPorts": null,
        "regionDescription": null,
        "regionId": 1,
        "regionName": zone.region,
        "serialNumber": null,
        "services": [{
            "name": format!("{}:{}", cluster.name, cluster.ob_id), "softwarePackageId": null, "type": "OB_CLUSTER",
            "version": cluster.version,
        }],
        "sshPort": 22,
        "status": "ONLINE",
        "typeDescription": null,
        "typeId": 1,
        "typeName": "observer.std",
        "updateTime": iso_seconds(server.updated_at),
    })
}

/// `/api/v2/info`: bare, no envelope.
pub(super) fn info(product: &Product, start: Ms) -> Value {
    const BUILT_BEFORE: Ms = 180 * 86_400_000;
    json!({
        "artifact": "ocp-server",
        "buildJavaVersion": "1.8",
        "buildTime": iso(start - BUILT_BEFORE),
        "buildVersion": product.version,
        "group": "com.oceanbase",
        "name": "ocp-server",
        "springBootVersion": "2.7.9",
    })
}
