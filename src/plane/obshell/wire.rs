//! OBShell's objects as they come (obshell-api 6.1, 8). Documents up to 4.3.3 lack several members.
//!
//! Everything but an ID, a name and a state may be missing; null is missing; unknown members are ignored.

use std::collections::BTreeMap;

use serde::Deserialize;

pub(super) use crate::plane::answer::{Body, Head};
use crate::plane::json::{Id, Word};

/// A list; `contents` may be null for an empty one (obshell-api 4).
#[derive(Debug, Deserialize)]
pub(super) struct Contents<T> {
    pub(super) contents: Option<Vec<T>>,
}

/// A DAG; `nodes` is null where details were not asked for.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::plane) struct Dag {
    pub(super) id: Id,
    pub(super) name: Word,
    pub(super) stage: Option<i64>,
    pub(super) max_stage: Option<i64>,
    pub(super) maintenance_type: Option<i64>,
    pub(super) state: Word,
    pub(super) operator: Option<Word>,
    pub(super) start_time: Option<Word>,
    pub(super) end_time: Option<Word>,
    pub(super) additional_data: Option<Additional>,
    pub(super) nodes: Option<Vec<Node>>,
}

/// What a DAG tells of its relatives (obshell-api 6.5).
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Additional {
    /// `ip:port` of the agent to the ID of its sub DAG.
    pub(super) sub_dags: Option<BTreeMap<String, Word>>,
    pub(super) main_dag_id: Option<Word>,
}

/// A node: one stage.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Node {
    pub(super) id: Id,
    pub(super) name: Word,
    pub(super) state: Option<Word>,
    pub(super) operator: Option<Word>,
    pub(super) sub_tasks: Option<Vec<SubTask>>,
}

/// A sub task: the stage's work on one agent.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct SubTask {
    pub(super) id: Id,
    pub(super) name: Option<Word>,
    pub(super) state: Option<Word>,
    pub(super) operator: Option<Word>,
    pub(super) start_time: Option<Word>,
    pub(super) end_time: Option<Word>,
    pub(super) execute_times: Option<i64>,
    pub(super) execute_agent: Option<Agent>,
    pub(super) task_logs: Option<Vec<Word>>,
}

/// An agent's address.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Agent {
    pub(super) ip: Option<Word>,
    pub(super) port: Option<Word>,
}

/// A line of a sub task's log (obshell-api 6.4).
#[derive(Debug, Deserialize)]
pub(super) struct LogLine {
    pub(super) execute_times: Option<i64>,
    pub(super) log_content: Option<Word>,
    pub(super) create_time: Option<Word>,
}

/// `GET /secret`.
#[derive(Debug, Deserialize)]
pub(super) struct Secret {
    pub(super) public_key: Option<Word>,
}

/// `GET /info` (obshell-api 8.2).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Info {
    pub(super) version: Option<Word>,
    pub(super) supported_auth: Option<Vec<Word>>,
}

/// `GET /status` (obshell-api 8.1).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Status {
    pub(super) agent: Option<Agent>,
    pub(super) ob_state: Option<i64>,
}

/// `GET /ob/info` (obshell-api 8.3).
#[derive(Debug, Deserialize)]
pub(super) struct ObInfo {
    pub(super) agent_info: Option<Vec<AgentInfo>>,
    pub(super) obcluster_info: Option<ObCluster>,
}

#[derive(Debug, Deserialize)]
pub(super) struct AgentInfo {
    pub(super) ip: Option<Word>,
    pub(super) port: Option<Word>,
    pub(super) zone: Option<Word>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ObCluster {
    pub(super) id: Option<Word>,
    pub(super) name: Option<Word>,
    pub(super) version: Option<Word>,
    /// Zone to its servers; null without a database.
    pub(super) topology: Option<BTreeMap<String, Vec<ObServer>>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ObServer {
    pub(super) svr_ip: Option<Word>,
    pub(super) svr_port: Option<Word>,
    pub(super) agent_port: Option<Word>,
    pub(super) with_rootserver: Option<Word>,
    pub(super) status: Option<Word>,
    pub(super) build_version: Option<Word>,
}

/// `GET /obcluster/info` (obshell-api 8.4).
#[derive(Debug, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names on the wire")]
pub(super) struct Cluster {
    pub(super) cluster_name: Option<Word>,
    pub(super) cluster_id: Option<Word>,
    pub(super) status: Option<Word>,
    pub(super) ob_version: Option<Word>,
    pub(super) zones: Option<Vec<Zone>>,
    /// Null without a database.
    pub(super) tenants: Option<Vec<Tenant>>,
    /// The main DAG of an order for the whole cluster under way.
    pub(super) local_task_id: Option<Word>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Zone {
    pub(super) name: Word,
    pub(super) idc_name: Option<Word>,
    pub(super) region_name: Option<Word>,
    pub(super) status: Option<Word>,
    pub(super) inner_status: Option<Word>,
    pub(super) root_server: Option<RootServer>,
    pub(super) servers: Option<Vec<Server>>,
    pub(super) local_task_id: Option<Word>,
}

#[derive(Debug, Deserialize)]
pub(super) struct RootServer {
    pub(super) ip: Option<Word>,
    pub(super) role: Option<Word>,
    pub(super) svr_port: Option<Word>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Server {
    pub(super) ip: Option<Word>,
    pub(super) svr_port: Option<Word>,
    pub(super) obshell_port: Option<Word>,
    pub(super) version: Option<Word>,
    pub(super) with_rootserver: Option<bool>,
    pub(super) status: Option<Word>,
    pub(super) inner_status: Option<Word>,
    pub(super) start_time: Option<Word>,
    pub(super) stop_time: Option<Word>,
    pub(super) local_task_id: Option<Word>,
}

/// A tenant, of the overview or with its pools (obshell-api 8.5).
#[derive(Debug, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names on the wire")]
pub(super) struct Tenant {
    pub(super) tenant_id: Word,
    pub(super) tenant_name: Word,
    pub(super) mode: Option<Word>,
    pub(super) status: Option<Word>,
    pub(super) primary_zone: Option<Word>,
    pub(super) locality: Option<Word>,
    pub(super) pools: Option<Vec<Pool>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Pool {
    pub(super) pool_name: Option<Word>,
    pub(super) observer_list: Option<Word>,
}

/// An item of `GET /resource-pools`.
#[derive(Debug, Deserialize)]
pub(super) struct ResourcePool {
    pub(super) name: Option<Word>,
    pub(super) zone_list: Option<Word>,
    pub(super) tenant_id: Option<Word>,
}

/// An item of `GET /obcluster/parameters`.
#[derive(Debug, Deserialize)]
pub(super) struct Parameter {
    pub(super) name: Word,
    pub(super) values: Option<Vec<Word>>,
    pub(super) ob_parameters: Option<Vec<ParameterAt>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ParameterAt {
    pub(super) value: Option<Word>,
}
