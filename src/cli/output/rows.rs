//! Rows of lists: each as columns for people and as an object for programs.

use serde::Serialize;

use super::json::{Head, Id, List, health, time, told};
use super::{Out, put, table};
use crate::cli::args::Format;
use crate::cli::fail::Fail;
use crate::domain::status::Health;
use crate::domain::task::TaskSummary;
use crate::domain::topology::{Cluster, Server, Standby, SyncState, Tenant, Zone};

/// One row in both forms. The cells are filtered, the document is exact.
pub(crate) struct Row<T> {
    pub(crate) doc: T,
    pub(crate) cells: Vec<String>,
}

/// A list's names: its type in ndjson and the head of its table.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) head: &'static [&'static str],
}

/// Prints a list in the form chosen.
pub(crate) fn print<T: Serialize>(out: Out, kind: &Kind, rows: Vec<Row<T>>) -> Result<(), Fail> {
    match out.format {
        Format::Table => {
            let cells: Vec<Vec<String>> = rows.into_iter().map(|r| r.cells).collect();
            put::text(&(table::lines(kind.head, &cells).join("\n") + "\n"))
        }
        Format::Json => put::document(&List { contents: rows.into_iter().map(|r| r.doc).collect() }),
        Format::Ndjson => rows.iter().try_for_each(|r| put::event(kind.name, &r.doc)),
    }
}

/// The plane's word, else ours.
fn word(w: &crate::domain::status::Worded<Health>) -> String {
    if w.word.is_empty() { health(w.is).to_owned() } else { w.word.to_string() }
}

fn count(n: Option<u32>) -> String {
    n.map_or_else(|| "-".to_owned(), |n| n.to_string())
}

/// A cluster.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ClusterDoc {
    profile: String,
    id: Id,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ob_cluster_id: Option<Id>,
    ob_version: Option<String>,
    status: String,
    health: &'static str,
    /// `PRIMARY` or `STANDBY`. OCP calls it `type`, which names the line in ndjson.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    /// The primary's name; of a standby.
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_cluster: Option<String>,
    #[serde(flatten)]
    sync: SyncDoc,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    standby_clusters: Vec<StandbyDoc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zone_count: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    server_count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fail_to_query_from_ob_reason: Option<String>,
    /// The task that works on it right now, where the plane names it itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    task_id: Option<Id>,
}

/// How far a standby is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SyncDoc {
    #[serde(skip_serializing_if = "Option::is_none")]
    sync_status: Option<String>,
    /// In seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    delay_time: Option<f64>,
}

impl SyncDoc {
    fn new(s: &SyncState) -> Self {
        Self { sync_status: told(&s.word), delay_time: s.delay.map(|d| d.millis() as f64 / 1000.0) }
    }
}

/// A standby as its primary tells of it.
#[derive(Debug, Serialize)]
struct StandbyDoc {
    name: Option<String>,
    #[serde(flatten)]
    sync: SyncDoc,
}

impl StandbyDoc {
    fn new(s: &Standby) -> Self {
        Self { name: told(&s.name), sync: SyncDoc::new(&s.sync) }
    }
}

pub(crate) const CLUSTERS: Kind =
    Kind { name: "cluster", head: &["PROFILE", "NAME", "ID", "VERSION", "STATUS", "ZONES", "OBSERVERS"] };

pub(crate) fn cluster(c: &Cluster) -> Row<ClusterDoc> {
    let zones = (!c.zones.is_empty()).then_some(c.zones.len());
    Row {
        cells: vec![
            c.at.profile.to_string(),
            c.name.to_string(),
            c.at.id.to_string(),
            c.version.to_string(),
            word(&c.status),
            zones.map_or_else(|| "-".to_owned(), |z| z.to_string()),
            count(c.server_count),
        ],
        doc: ClusterDoc {
            profile: c.at.profile.raw().to_owned(),
            id: Id::new(c.at.id.raw()),
            name: c.name.raw().to_owned(),
            ob_cluster_id: c.ob_cluster_id.as_ref().map(|i| Id::new(i.raw())),
            ob_version: told(&c.version),
            status: c.status.word.raw().to_owned(),
            health: health(c.status.is),
            role: told(&c.role),
            primary_cluster: told(&c.relation.primary),
            sync: SyncDoc::new(&c.relation.sync),
            standby_clusters: c.relation.standbys.iter().map(StandbyDoc::new).collect(),
            zone_count: zones,
            server_count: c.server_count,
            fail_to_query_from_ob_reason: c.unreachable.as_ref().and_then(told),
            task_id: c.task.as_ref().map(|t| Id::new(t.raw())),
        },
    }
}

/// A zone.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ZoneDoc {
    profile: String,
    cluster_id: Id,
    cluster_name: String,
    name: String,
    region_name: Option<String>,
    idc_name: Option<String>,
    status: String,
    health: &'static str,
    inner_status: Option<String>,
    server_count: usize,
    up_count: usize,
    /// The task that works on it right now, where the plane names it itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    task_id: Option<Id>,
}

pub(crate) const ZONES: Kind =
    Kind { name: "zone", head: &["PROFILE", "CLUSTER", "ZONE", "REGION", "IDC", "STATUS", "OBSERVERS UP"] };

pub(crate) fn zone(c: &Cluster, z: &Zone) -> Row<ZoneDoc> {
    let servers = z.servers.len().max(z.server_count.unwrap_or(0) as usize);
    Row {
        cells: vec![
            c.at.profile.to_string(),
            c.name.to_string(),
            z.name.to_string(),
            z.region.to_string(),
            z.idc.to_string(),
            word(&z.status),
            format!("{} of {servers}", z.up_count()),
        ],
        doc: ZoneDoc {
            profile: c.at.profile.raw().to_owned(),
            cluster_id: Id::new(c.at.id.raw()),
            cluster_name: c.name.raw().to_owned(),
            name: z.name.raw().to_owned(),
            region_name: told(&z.region),
            idc_name: told(&z.idc),
            status: z.status.word.raw().to_owned(),
            health: health(z.status.is),
            inner_status: told(&z.inner_status),
            server_count: servers,
            up_count: z.up_count(),
            task_id: z.task.as_ref().map(|t| Id::new(t.raw())),
        },
    }
}

/// An OBServer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServerDoc {
    profile: String,
    cluster_id: Id,
    cluster_name: String,
    zone_name: String,
    id: Id,
    address: String,
    version: Option<String>,
    status: String,
    health: &'static str,
    inner_status: Option<String>,
    with_root_server: bool,
    start_time: Option<String>,
    stop_time: Option<String>,
    /// The task that works on it right now, where the plane names it itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    task_id: Option<Id>,
}

pub(crate) const SERVERS: Kind = Kind {
    name: "server",
    head: &["PROFILE", "CLUSTER", "ZONE", "OBSERVER", "ID", "VERSION", "STATUS", "ROOTSERVICE"],
};

pub(crate) fn server(c: &Cluster, s: &Server) -> Row<ServerDoc> {
    Row {
        cells: vec![
            c.at.profile.to_string(),
            c.name.to_string(),
            s.zone.to_string(),
            s.address.to_string(),
            s.id.to_string(),
            s.version.to_string(),
            word(&s.status),
            if s.with_root_server { "yes" } else { "-" }.to_owned(),
        ],
        doc: ServerDoc {
            profile: c.at.profile.raw().to_owned(),
            cluster_id: Id::new(c.at.id.raw()),
            cluster_name: c.name.raw().to_owned(),
            zone_name: s.zone.raw().to_owned(),
            id: Id::new(s.id.raw()),
            address: s.address.raw().to_owned(),
            version: told(&s.version),
            status: s.status.word.raw().to_owned(),
            health: health(s.status.is),
            inner_status: told(&s.inner_status),
            with_root_server: s.with_root_server,
            start_time: time(s.started),
            stop_time: time(s.stopped),
            task_id: s.task.as_ref().map(|t| Id::new(t.raw())),
        },
    }
}

/// A tenant.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TenantDoc {
    profile: String,
    cluster_id: Id,
    cluster_name: String,
    id: Id,
    name: String,
    mode: Option<String>,
    status: Option<String>,
    primary_zone: Option<String>,
    locality: Option<String>,
    zones: Vec<String>,
}

pub(crate) const TENANTS: Kind = Kind {
    name: "tenant",
    head: &["PROFILE", "CLUSTER", "TENANT", "ID", "MODE", "STATUS", "PRIMARY ZONE", "LOCALITY"],
};

pub(crate) fn tenant(c: &Cluster, t: &Tenant) -> Row<TenantDoc> {
    Row {
        cells: vec![
            c.at.profile.to_string(),
            c.name.to_string(),
            t.name.to_string(),
            t.id.to_string(),
            t.mode.to_string(),
            t.status.to_string(),
            t.primary_zone.to_string(),
            t.locality.to_string(),
        ],
        doc: TenantDoc {
            profile: c.at.profile.raw().to_owned(),
            cluster_id: Id::new(c.at.id.raw()),
            cluster_name: c.name.raw().to_owned(),
            id: Id::new(t.id.raw()),
            name: t.name.raw().to_owned(),
            mode: told(&t.mode),
            status: told(&t.status),
            primary_zone: told(&t.primary_zone),
            locality: told(&t.locality),
            zones: t.zones.iter().map(|z| z.raw().to_owned()).collect(),
        },
    }
}

pub(crate) const TASKS: Kind = Kind {
    name: "task",
    head: &["PROFILE", "ID", "NAME", "CLUSTER", "TARGET", "STATUS", "PHASE", "STEPS", "STARTED", "CREATOR"],
};

pub(crate) fn task(t: &TaskSummary) -> Row<Head> {
    let p = t.progress;
    let steps = if p.all == 0 { "-".to_owned() } else { format!("{}/{}", p.done + p.skipped, p.all) };
    Row {
        cells: vec![
            t.at.profile.to_string(),
            t.at.id.to_string(),
            t.name.to_string(),
            t.cluster_name.to_string(),
            t.target.to_string(),
            t.status.word.to_string(),
            t.phase().word().to_owned(),
            steps,
            t.started.map_or_else(|| "-".to_owned(), |s| format!("{}Z", s.day_clock())),
            t.creator.to_string(),
        ],
        doc: Head::new(t, true),
    }
}
