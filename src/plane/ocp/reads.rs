//! Reads of OCP's API: every page, every fallback (ocp-api 3).

use std::collections::{HashMap, HashSet};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use serde::de::DeserializeOwned;

use super::answer::{No, Shape, http_date, refusal, shape};
use super::auth::Auth;
use super::convert::{self, Door, by_id};
use super::wire::{self, Body, Contents};
use super::{Ocp, calls};
use crate::domain::fold::id_order;
use crate::domain::id::{ClusterId, SubtaskId, TaskId, TenantId, TraceId, ZoneName};
use crate::domain::limits;
use crate::domain::outcome::{ReadError, ReadErrorKind};
use crate::domain::shown::Text;
use crate::domain::task::{LogText, Task, TaskFilter, TaskSummary};
use crate::domain::time::{Span, Timestamp};
use crate::domain::topology::{Cluster, Parameter, PlaneInfo, Server, Tenant, Unit, Zone};
use crate::plane::Fetched;
use crate::plane::json::decode;
use crate::plane::transport::Answer;

/// An answer whose envelope says yes.
struct Opened<T> {
    data: T,
    trace: Option<TraceId>,
    timestamp: Option<String>,
}

/// All pages of a list.
struct Listed<T> {
    items: Vec<T>,
    trace: Option<TraceId>,
    timestamp: Option<String>,
}

type Query<'a> = &'a [(&'a str, String)];

impl Ocp {
    /// Version and clock. `/info` is not documented in every version: where it is not offered the version is empty.
    pub(super) async fn read_info(&self) -> Result<Fetched<PlaneInfo>, ReadError> {
        let begun = (self.now)();
        let time = self.read_time().await;
        let skew = time.as_ref().ok().map(|(skew, _)| *skew);
        let server_time = time.as_ref().ok().map(|(_, at)| *at);
        let what = "GET /api/v2/info";
        let wire = self.wire("/api/v2/info", &[]);
        let version = match self.exchange(what, &wire).await {
            Ok(answer) => self.info_of(what, &answer),
            Err(e) => Err(e),
        };
        let version = match version {
            Ok(version) => version,
            Err(e) if time.is_ok() && is_not_offered(&e) => Text::default(),
            Err(e) => return Err(e),
        };
        Ok(self.fetched(begun, PlaneInfo { version, skew }, None, server_time))
    }

    fn info_of(&self, what: &str, answer: &Answer) -> Result<Text, ReadError> {
        let shape = shape(answer);
        if let Some(no) = refusal(answer, &shape, (self.now)()) {
            return Err(self.refused(what, answer, no));
        }
        if let Shape::Html(line) = shape {
            return Err(not_a_plane(what, answer.status, &line));
        }
        let info: wire::Info =
            decode(&answer.body).map_err(|e| bad_answer(what, answer.status, &e.to_string()))?;
        Ok(Text::new(info.build_version.as_ref().map_or("", |w| w.0.as_str())))
    }

    /// The server's clock minus ours, and its time. Kept, to be named when a signature is refused (ocp-api 1.3).
    async fn read_time(&self) -> Result<(Span, Timestamp), ReadError> {
        let what = "GET /api/v2/time";
        let wire = calls::open_read(self.transport.base(), &self.language, "/api/v2/time");
        let before = (self.now)();
        let answer = self.exchange(what, &wire).await?;
        let took = (self.now)().since(before);
        let shape = shape(&answer);
        if let Some(no) = refusal(&answer, &shape, (self.now)()) {
            return Err(self.refused(what, &answer, no));
        }
        let text = String::from_utf8_lossy(&answer.body);
        let Some(server) = Timestamp::parse(text.trim().trim_matches('"')) else {
            let start: String = text.chars().take(80).collect();
            return Err(bad_answer(what, answer.status, &format!("not a time: {start}")));
        };
        // The answer was made about half-way between question and answer.
        let skew = server.since(before.plus(Span::from_millis(took.millis() / 2)));
        *self.skew.lock().unwrap_or_else(PoisonError::into_inner) = Some(skew);
        Ok((skew, server))
    }

    /// All clusters, every page, by name and then ID.
    pub(super) async fn read_clusters(&self) -> Result<Fetched<Vec<Cluster>>, ReadError> {
        let begun = (self.now)();
        let sort = ("sort", "name,asc".to_owned());
        let listed: Listed<wire::Cluster> = self.pages("/api/v2/ob/clusters", &[sort], None).await?;
        let known = self.addresses();
        let door = self.door(&known, listed.timestamp.as_deref());
        let mut seen = HashSet::new();
        let mut clusters: Vec<Cluster> = listed
            .items
            .into_iter()
            .map(|c| door.cluster(c))
            // The list may move between two pages: what is told twice is shown once.
            .filter(|c| seen.insert(c.at.id.clone()))
            .collect();
        clusters.sort_by_cached_key(|c| (c.name.clone(), id_order(&SubtaskId::new(c.at.id.raw()))));
        self.learn(clusters.iter().flat_map(|c| c.zones.iter()).flat_map(|z| &z.servers));
        Ok(self.fetched_list(begun, clusters, listed.trace, listed.timestamp.as_deref()))
    }

    /// Zones with their servers. Some versions leave the nested lists empty (ocp-api 3.1): then the servers are
    /// read by themselves, of the whole cluster or, where that is not offered, zone by zone.
    pub(super) async fn read_zones(&self, cluster: &ClusterId) -> Result<Fetched<Vec<Zone>>, ReadError> {
        let begun = (self.now)();
        let path = self.path(&["ob", "clusters", cluster.raw(), "zones"])?;
        let listed: Listed<wire::Zone> = self.pages_of(&path, &[], None).await?;
        let known = self.addresses();
        let mut zones = self.door(&known, listed.timestamp.as_deref()).zones(listed.items);
        if zones.iter().any(|z| z.servers.is_empty() && z.server_count != Some(0)) {
            let servers = self.read_servers(cluster, &zones).await?;
            for zone in zones.iter_mut().filter(|z| z.servers.is_empty()) {
                zone.servers = servers.iter().filter(|s| s.zone == zone.name).cloned().collect();
                by_id(&mut zone.servers);
            }
        }
        self.learn(zones.iter().flat_map(|z| &z.servers));
        Ok(self.fetched_list(begun, zones, listed.trace, listed.timestamp.as_deref()))
    }

    async fn read_servers(&self, cluster: &ClusterId, zones: &[Zone]) -> Result<Vec<Server>, ReadError> {
        let path = self.path(&["ob", "clusters", cluster.raw(), "servers"])?;
        let known = self.addresses();
        match self.pages_of::<wire::Server>(&path, &[], None).await {
            Ok(listed) => {
                let door = self.door(&known, listed.timestamp.as_deref());
                return Ok(listed.items.iter().map(|s| door.server(s, &ZoneName::new(""))).collect());
            }
            Err(e) if is_not_offered(&e) => {}
            Err(e) => return Err(e),
        }
        let mut all = Vec::new();
        for zone in zones {
            let path = self.path(&["ob", "clusters", cluster.raw(), "zones", zone.name.raw(), "servers"])?;
            let listed: Listed<wire::Server> = self.pages_of(&path, &[], None).await?;
            let door = self.door(&known, listed.timestamp.as_deref());
            all.extend(listed.items.iter().map(|s| door.server(s, &zone.name)));
        }
        Ok(all)
    }

    /// Tenants of a cluster, every page.
    pub(super) async fn read_tenants(&self, cluster: &ClusterId) -> Result<Fetched<Vec<Tenant>>, ReadError> {
        let begun = (self.now)();
        let path = self.path(&["ob", "clusters", cluster.raw(), "tenants"])?;
        let listed: Listed<wire::Tenant> = self.pages_of(&path, &[], None).await?;
        let known = self.addresses();
        let door = self.door(&known, listed.timestamp.as_deref());
        let mut tenants: Vec<Tenant> = listed.items.iter().map(|t| door.tenant(t, cluster)).collect();
        tenants.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
        Ok(self.fetched_list(begun, tenants, listed.trace, listed.timestamp.as_deref()))
    }

    /// Units of a cluster: one call in new versions, else tenant by tenant (ocp-api 3.5).
    pub(super) async fn read_units(&self, cluster: &ClusterId) -> Result<Fetched<Vec<Unit>>, ReadError> {
        let begun = (self.now)();
        if !self.no_cluster_units.load(Ordering::Relaxed) {
            let path = self.path(&["ob", "clusters", cluster.raw(), "units"])?;
            match self.pages_of::<wire::Unit>(&path, &[], None).await {
                Ok(listed) => {
                    let known = self.addresses();
                    let door = self.door(&known, listed.timestamp.as_deref());
                    let units = listed.items.iter().map(|u| door.unit(u, None)).collect();
                    return Ok(self.fetched_list(begun, units, listed.trace, listed.timestamp.as_deref()));
                }
                // Asked once for each connection, not with every poll.
                Err(e) if is_not_offered(&e) => self.no_cluster_units.store(true, Ordering::Relaxed),
                Err(e) => return Err(e),
            }
        }
        let tenants = self.read_tenants(cluster).await?;
        let mut each: Vec<BoxFuture<'_, Result<Vec<Unit>, ReadError>>> = Vec::new();
        for tenant in &tenants.value {
            each.push(Box::pin(self.read_tenant_units(cluster, &tenant.id)));
        }
        let units: Vec<Vec<Unit>> =
            stream::iter(each).buffered(limits::IN_FLIGHT_PER_PROFILE).try_collect().await?;
        let value = units.into_iter().flatten().collect();
        Ok(self.fetched(begun, value, tenants.trace, tenants.server_time))
    }

    async fn read_tenant_units(
        &self,
        cluster: &ClusterId,
        tenant: &TenantId,
    ) -> Result<Vec<Unit>, ReadError> {
        let path = self.path(&["ob", "clusters", cluster.raw(), "tenants", tenant.raw(), "units"])?;
        let listed: Listed<wire::Unit> = self.pages_of(&path, &[], None).await?;
        let known = self.addresses();
        let door = self.door(&known, listed.timestamp.as_deref());
        Ok(listed.items.iter().map(|u| door.unit(u, Some(tenant))).collect())
    }

    /// Cluster parameters by name.
    pub(super) async fn read_parameters(&self, id: &ClusterId) -> Result<Fetched<Vec<Parameter>>, ReadError> {
        let begun = (self.now)();
        let path = self.path(&["ob", "clusters", id.raw(), "parameters"])?;
        let listed: Listed<wire::Parameter> = self.pages_of(&path, &[], None).await?;
        let known = self.addresses();
        let door = self.door(&known, listed.timestamp.as_deref());
        let mut parameters: Vec<Parameter> = listed.items.into_iter().map(|p| door.parameter(p)).collect();
        parameters.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(self.fetched_list(begun, parameters, listed.trace, listed.timestamp.as_deref()))
    }

    /// Tasks, newest (highest ID) first. What the server does not filter is filtered here.
    pub(super) async fn read_tasks(
        &self,
        filter: &TaskFilter,
    ) -> Result<Fetched<Vec<TaskSummary>>, ReadError> {
        let begun = (self.now)();
        let limit = filter.limit.unwrap_or(limits::TASKS_LISTED).max(1);
        let mut query = vec![("sort", "id,desc".to_owned())];
        if let Some(cluster) = &filter.cluster {
            query.push(("clusterId", cluster.raw().to_owned()));
        }
        if !filter.status.is_empty() {
            query.push(("status", filter.status.join(",")));
        } else if filter.unfinished {
            // FAILED belongs to it: such a task still locks the cluster (ocp-api 3.4).
            query.push(("status", "RUNNING,FAILED".to_owned()));
        }
        if let Some(name) = &filter.name {
            query.push(("name", name.clone()));
        }
        let listed: Listed<wire::Task> = self.pages("/api/v2/tasks/instances", &query, Some(limit)).await?;
        let known = self.addresses();
        let door = self.door(&known, listed.timestamp.as_deref());
        let mut tasks: Vec<TaskSummary> = listed.items.iter().map(|t| door.summary(t)).collect();
        tasks.retain(|t| {
            let elsewhere = match (&filter.cluster, &t.cluster) {
                (Some(want), Some(is)) => *want != is.id,
                _ => false,
            };
            !elsewhere && (!filter.unfinished || t.is_unfinished())
        });
        tasks.sort_by_cached_key(|t| std::cmp::Reverse(id_order(&SubtaskId::new(t.at.id.raw()))));
        tasks.truncate(limit as usize);
        Ok(self.fetched_list(begun, tasks, listed.trace, listed.timestamp.as_deref()))
    }

    /// One task with its graph.
    pub(super) async fn read_task(&self, id: &TaskId) -> Result<Fetched<Task>, ReadError> {
        let begun = (self.now)();
        let path = self.path(&["tasks", "instances", id.raw()])?;
        let opened: Opened<wire::Task> = self.get(&path, &[], "a task").await?;
        let known = self.addresses();
        let task = self.door(&known, opened.timestamp.as_deref()).task(opened.data);
        Ok(self.fetched_list(begun, task, opened.trace, opened.timestamp.as_deref()))
    }

    /// A subtask's log, whole.
    pub(super) async fn read_log(
        &self,
        task: &TaskId,
        subtask: &SubtaskId,
    ) -> Result<Fetched<LogText>, ReadError> {
        let begun = (self.now)();
        let path = self.path(&["tasks", "instances", task.raw(), "subtasks", subtask.raw(), "log"])?;
        let opened: Opened<wire::Log> = self.get(&path, &[], "a log").await?;
        let log = convert::log(opened.data.log.as_deref().unwrap_or(""));
        Ok(self.fetched_list(begun, log, opened.trace, opened.timestamp.as_deref()))
    }

    fn path(&self, segments: &[&str]) -> Result<String, ReadError> {
        calls::path(segments).ok_or_else(|| {
            let what = format!("GET {}", segments.join("/"));
            let why = "a name that is empty, `.` or `..` cannot stand in a path; nothing was sent";
            error(&what, ReadErrorKind::BadRequest, 0, why)
        })
    }

    /// A list that is paged.
    async fn pages<T: DeserializeOwned>(
        &self,
        path: &str,
        query: Query<'_>,
        limit: Option<u32>,
    ) -> Result<Listed<T>, ReadError> {
        let size = limit.unwrap_or(limits::PAGE_SIZE).min(limits::PAGE_SIZE);
        let mut query = query.to_vec();
        query.push(("size", size.to_string()));
        self.pages_of(path, &query, limit).await
    }

    /// A list that is paged or not: what the answer says of its pages decides.
    async fn pages_of<T: DeserializeOwned>(
        &self,
        path: &str,
        query: Query<'_>,
        limit: Option<u32>,
    ) -> Result<Listed<T>, ReadError> {
        let paged = query.iter().any(|(n, _)| *n == "size");
        let mut items = Vec::new();
        let mut page = 1;
        loop {
            let mut query = query.to_vec();
            if paged || page > 1 {
                query.push(("page", page.to_string()));
            }
            let opened: Opened<Contents<T>> = self.get(path, &query, "a list").await?;
            let Some(contents) = opened.data.contents else {
                return Err(bad_answer(&format!("GET {path}"), 200, "answered, but without a list"));
            };
            let empty = contents.is_empty();
            items.extend(contents);
            let total = opened.data.page.unwrap_or_default().total();
            let enough = limit.is_some_and(|l| items.len() >= l as usize);
            if page >= total || empty || enough {
                return Ok(Listed { items, trace: opened.trace, timestamp: opened.timestamp });
            }
            if page >= limits::PAGES {
                let why = format!("more than {} pages: {total} were told", limits::PAGES);
                return Err(error(&format!("GET {path}"), ReadErrorKind::TooLarge, 200, &why));
            }
            page += 1;
        }
    }

    /// One read whose answer is OCP's envelope with data in it.
    async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: Query<'_>,
        of: &str,
    ) -> Result<Opened<T>, ReadError> {
        let wire = self.wire(path, query);
        let what = format!("GET {}", wire.path_and_query);
        let answer = self.exchange(&what, &wire).await?;
        let shape = shape(&answer);
        if let Some(no) = refusal(&answer, &shape, (self.now)()) {
            return Err(self.refused(&what, &answer, no));
        }
        let head = match shape {
            Shape::Envelope(head) => head,
            Shape::Html(line) => return Err(not_a_plane(&what, answer.status, &line)),
            Shape::Other(why) => return Err(bad_answer(&what, answer.status, &why)),
        };
        let trace = convert::trace(head.trace_id.as_ref());
        let body = decode::<Body<T>>(&answer.body).map_err(|e| ReadError {
            trace: trace.clone(),
            ..bad_answer(&what, answer.status, &e.to_string())
        })?;
        match body.data {
            Some(data) => Ok(Opened { data, trace, timestamp: head.timestamp.map(|w| w.0) }),
            None => {
                let why = format!("answered, but without {of}");
                Err(ReadError { trace, ..bad_answer(&what, answer.status, &why) })
            }
        }
    }

    fn wire(&self, path: &str, query: Query<'_>) -> crate::plane::transport::Wire {
        calls::read(self.transport.base(), &self.auth, &self.language, path, query, (self.now)())
    }

    async fn exchange(&self, what: &str, wire: &crate::plane::transport::Wire) -> Result<Answer, ReadError> {
        let sent = self.transport.read(wire).await;
        sent.map_err(|f| error(what, f.read_kind(), f.partial.as_ref().map_or(0, |p| p.0), &f.why))
    }

    fn refused(&self, what: &str, answer: &Answer, no: No) -> ReadError {
        let why = self.with_skew(answer, &no);
        if no.kind == ReadErrorKind::Unauthenticated {
            // Also where HTTP said 200 and only the body said 401.
            self.transport.close(&why);
        }
        ReadError {
            kind: no.kind,
            http: answer.status,
            what: Text::new(what),
            why: Text::new(&why),
            code: no.code,
            trace: no.trace,
            wait: no.wait,
        }
    }

    /// The server's words; where a signature was refused, with the clock difference that may be its cause (H17).
    pub(super) fn with_skew(&self, answer: &Answer, no: &No) -> String {
        if no.kind != ReadErrorKind::Unauthenticated || !matches!(self.auth, Auth::AccessKey { .. }) {
            return no.message.clone();
        }
        let measured = *self.skew.lock().unwrap_or_else(PoisonError::into_inner);
        let told = || answer.header("date").and_then(http_date).map(|d| d.since((self.now)()));
        let Some(skew) = measured.or_else(told) else { return no.message.clone() };
        let off = Span::from_millis(skew.millis().abs());
        if off <= limits::SKEW_TOLD {
            return no.message.clone();
        }
        let side = if skew > Span::ZERO { "behind" } else { "ahead of" };
        format!(
            "{} (the clock here is {} {side} the server's; signatures are refused at {} and more)",
            no.message,
            off.short(),
            limits::SIGNATURE_SKEW.short(),
        )
    }

    fn addresses(&self) -> std::sync::Arc<HashMap<String, String>> {
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The door for one answer.
    pub(super) fn door<'a>(
        &'a self,
        known: &'a HashMap<String, String>,
        timestamp: Option<&'a str>,
    ) -> Door<'a> {
        Door { profile: &self.name, addresses: known, timestamp }
    }

    /// The addresses seen so far, for the door.
    pub(super) fn known_addresses(&self) -> std::sync::Arc<HashMap<String, String>> {
        self.addresses()
    }

    /// Keeps addresses by server ID, so that a task can name the servers it works on.
    fn learn<'a>(&self, servers: impl Iterator<Item = &'a Server>) {
        let mut known = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        for s in servers {
            let (id, address) = (s.id.raw(), s.address.raw());
            if !address.is_empty() && known.get(id).map(String::as_str) != Some(address) {
                let map = std::sync::Arc::make_mut(&mut known);
                if map.len() >= super::ADDRESSES_KEPT {
                    map.clear();
                }
                map.insert(id.to_owned(), address.to_owned());
            }
        }
    }

    fn fetched<T>(
        &self,
        begun: Timestamp,
        value: T,
        trace: Option<TraceId>,
        server_time: Option<Timestamp>,
    ) -> Fetched<T> {
        let took = (self.now)().since(begun).max(Span::ZERO);
        Fetched { value, trace, took, server_time }
    }

    fn fetched_list<T>(
        &self,
        begun: Timestamp,
        value: T,
        trace: Option<TraceId>,
        timestamp: Option<&str>,
    ) -> Fetched<T> {
        self.fetched(begun, value, trace, timestamp.and_then(Timestamp::parse))
    }
}

fn error(what: &str, kind: ReadErrorKind, http: u16, why: &str) -> ReadError {
    ReadError {
        kind,
        http,
        what: Text::new(what),
        why: Text::new(why),
        code: Text::default(),
        trace: None,
        wait: None,
    }
}

fn bad_answer(what: &str, http: u16, why: &str) -> ReadError {
    error(what, ReadErrorKind::BadAnswer, http, why)
}

fn not_a_plane(what: &str, http: u16, line: &str) -> ReadError {
    error(what, ReadErrorKind::NotAPlane, http, &format!("not a control plane: got HTML: {line}"))
}

/// Whether an error means that this version does not have the endpoint (ocp-api 2.2, 3.5).
fn is_not_offered(e: &ReadError) -> bool {
    matches!(
        e.kind,
        ReadErrorKind::NotFound
            | ReadErrorKind::BadRequest
            | ReadErrorKind::NotAPlane
            | ReadErrorKind::BadAnswer
    )
}
