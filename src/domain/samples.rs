//! Clusters, tasks and lines of the journal, whole and in good order: a test writes only what it is about, the rest
//! comes from here by struct update.
//!
//! `tests/support` takes in this same file, so that a new field is filled in once for every test there is. What is
//! here is used on both sides; what only one test needs stands beside it.

use crate::domain::action::{Action, ClusterAction, Force, Scope, Verb};
use crate::domain::guard::Basis;
use crate::domain::id::{ClusterRef, TaskRef};
use crate::domain::outcome::Exit;
use crate::domain::shown::Text;
use crate::domain::status::{health, operation, status};
use crate::domain::task::{Progress, Subtask, Task, TaskGraph, TaskSummary};
use crate::domain::time::{Span, Timestamp};
use crate::domain::timeline::{Ended, Intent, OrderId, Record, Subject, What};
use crate::domain::topology::{Cluster, Relation, RootServer, Server, Tenant, Unit, Zone};

/// The cluster that everything here belongs to.
pub(crate) fn protoss() -> ClusterRef {
    ClusterRef { profile: "prod".into(), id: "12000001".into() }
}

/// A task of the same profile.
pub(crate) fn task_ref(id: &str) -> TaskRef {
    TaskRef { profile: protoss().profile, id: id.into() }
}

/// The cluster with these zones; its first OBServer leads RootService.
pub(crate) fn cluster(zones: Vec<Zone>) -> Cluster {
    let leader = zones.iter().find_map(|z| z.servers.first()).map(|s| s.address.clone());
    Cluster {
        at: protoss(),
        name: "protoss".into(),
        ob_cluster_id: None,
        version: "4.2.1.3".into(),
        status: health("RUNNING"),
        role: "PRIMARY".into(),
        relation: Relation::default(),
        server_count: None,
        root_servers: leader.into_iter().map(|address| RootServer { address, is_leader: true }).collect(),
        zones,
        task: None,
        unreachable: None,
    }
}

/// A zone in service.
pub(crate) fn zone(name: &str, servers: Vec<Server>) -> Zone {
    Zone {
        name: name.into(),
        region: "hangzhou".into(),
        idc: "hz-a".into(),
        status: health("RUNNING"),
        inner_status: "ACTIVE".into(),
        task: None,
        server_count: None,
        servers,
    }
}

/// An OBServer that serves; its ID is its address.
pub(crate) fn server(zone: &str, address: &str) -> Server {
    Server {
        id: address.into(),
        zone: zone.into(),
        address: address.into(),
        version: "4.2.1.3".into(),
        status: health("RUNNING"),
        inner_status: "ACTIVE".into(),
        with_root_server: false,
        started: None,
        stopped: None,
        last_up: None,
        task: None,
    }
}

/// A tenant with one full replica in each of these zones; its ID is its name.
pub(crate) fn tenant(name: &str, zones: &[&str]) -> Tenant {
    let locality: Vec<String> = zones.iter().map(|z| format!("F@{z}")).collect();
    Tenant {
        id: name.into(),
        cluster: protoss().id,
        name: name.into(),
        mode: "MYSQL".into(),
        status: "NORMAL".into(),
        primary_zone: "RANDOM".into(),
        locality: Text::new(&locality.join(",")),
        zones: zones.iter().map(|z| (*z).into()).collect(),
    }
}

/// A unit of a tenant, its OBServer not told.
pub(crate) fn unit(tenant: &str, zone: &str) -> Unit {
    Unit {
        id: tenant.into(),
        tenant: Some(tenant.into()),
        zone: zone.into(),
        server: None,
        address: Text::default(),
        status: "ACTIVE".into(),
    }
}

/// A step that waits for none, without times.
pub(crate) fn subtask(id: &str, name: &str, word: &str) -> Subtask {
    Subtask {
        id: id.into(),
        name: name.into(),
        description: Text::default(),
        status: status(word),
        operation: operation("EXECUTE"),
        timeout: None,
        timeout_told: None,
        runs: 1,
        parallel_ix: None,
        parallel_told: None,
        target: Text::default(),
        executor: Text::default(),
        started: None,
        finished: None,
        prohibit_rollback: false,
        prohibit_skip: false,
        class_name: Text::default(),
        upstreams: Vec::new(),
        downstreams: Vec::new(),
    }
}

/// Head of a task that stops `zone2`, without times.
pub(crate) fn summary(id: &str, word: &str) -> TaskSummary {
    TaskSummary {
        at: task_ref(id),
        name: "Stop OB zone".into(),
        status: status(word),
        operation: operation("EXECUTE"),
        cluster: Some(protoss()),
        cluster_name: "protoss".into(),
        target: "zone2".into(),
        creator: "oncall".into(),
        started: None,
        finished: None,
        progress: Progress::default(),
    }
}

/// A whole task.
pub(crate) fn task(head: TaskSummary, graph: TaskGraph) -> Task {
    Task {
        head,
        stage: None,
        prohibit_rollback: false,
        executor: Text::default(),
        kind: "MANUAL".into(),
        graph,
    }
}

/// The stop of a zone.
pub(crate) fn stop(zone: &str) -> ClusterAction {
    ClusterAction {
        verb: Verb::Stop,
        cluster: protoss(),
        cluster_name: "protoss".into(),
        scope: Scope::Zone(zone.into()),
        force: Force::default(),
    }
}

/// The order to stop `zone2`, confirmed without a reason.
pub(crate) fn intent(order: &str, at: Timestamp) -> Intent {
    Intent {
        order: OrderId::new(order),
        subject: Subject::of(&Action::Cluster(stop("zone2"))),
        task_name: "Stop OB zone".into(),
        method: "POST".into(),
        origin: "https://ocp.example.com:8443".into(),
        path: "/api/v2/ob/clusters/12000001/zones/zone2/stop".into(),
        body: None,
        user: "oncall".into(),
        basis: Basis {
            codes: Vec::new(),
            refused: Vec::new(),
            typed: Some("protoss/zone2".to_owned()),
            reason: None,
            overriding: None,
            at,
        },
    }
}

/// That it was accepted.
pub(crate) fn ended(order: &str) -> Ended {
    Ended {
        order: OrderId::new(order),
        exit: Exit::Done,
        http: 200,
        code: Text::default(),
        words: Text::default(),
        trace: Some("71e073145dba4fc8".into()),
        task: Some("89026504".into()),
        task_name: "Stop OB zone".into(),
        took: Some(Span::from_millis(141)),
    }
}

/// A line of the journal.
pub(crate) fn record(seq: u64, at: Timestamp, what: What) -> Record {
    Record { seq, at, offset_minutes: 480, operator: "oncall".into(), host: "laptop".into(), pid: 7, what }
}
