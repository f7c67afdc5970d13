//! Reads of OCP's API: every page, every fallback (ocp-api 3).

use std::collections::HashSet;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use super::answer::{Shape, refusal, shape};
use super::convert::{self, by_id};
use super::exchange::{Listed, Opened, bad_answer, is_not_offered, not_a_plane, path_of};
use super::{Ocp, calls, wire};
use crate::domain::fold::id_order;
use crate::domain::id::{ClusterId, SubtaskId, TaskId, TenantId, ZoneName};
use crate::domain::incident::AuditEvent;
use crate::domain::limits;
use crate::domain::outcome::{ReadError, ReadErrorKind};
use crate::domain::shown::Text;
use crate::domain::task::{LogText, Task, TaskFilter, TaskSummary};
use crate::domain::time::{Span, Timestamp};
use crate::domain::topology::{Cluster, Parameter, PlaneInfo, Server, Tenant, Unit, Zone};
use crate::plane::Fetched;
use crate::plane::json::decode;
use crate::plane::transport::Answer;

/// How far back audit events are asked for: a shift, and what was done before it.
const AUDIT_BACK_SECS: i64 = 86_400;

impl Ocp {
    /// Version and clock. `/info` is not documented in every version: where it is not offered the version is empty.
    pub(super) async fn read_info(&self) -> Result<Fetched<PlaneInfo>, ReadError> {
        let begun = (self.now)();
        let what = "GET /api/v2/info";
        let wire = self.wire("/api/v2/info", &[]);
        // Together: where the host is gone the wait is one connect timeout, not two.
        let (time, info) = tokio::join!(self.read_time(), self.exchange(what, &wire));
        // The answers of a recording are of other times than the one they are asked at.
        let skew = time.as_ref().ok().map(|(skew, _)| *skew).filter(|_| !self.transport.is_replay());
        let server_time = time.as_ref().ok().map(|(_, at)| *at);
        let version = match info {
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

    #[expect(clippy::result_large_err, reason = "the port's own error; it is not made in a loop")]
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
        let path = path_of(&["ob", "clusters", cluster.raw(), "zones"])?;
        let listed: Listed<wire::Zone> = self.pages_of(&path, &[], None).await?;
        let mut zones = convert::zones(listed.items);
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
        let path = path_of(&["ob", "clusters", cluster.raw(), "servers"])?;
        match self.pages_of::<wire::Server>(&path, &[], None).await {
            Ok(listed) => {
                return Ok(listed.items.iter().map(|s| convert::server(s, &ZoneName::new(""))).collect());
            }
            Err(e) if is_not_offered(&e) => {}
            Err(e) => return Err(e),
        }
        let mut all = Vec::new();
        for zone in zones {
            let path = path_of(&["ob", "clusters", cluster.raw(), "zones", zone.name.raw(), "servers"])?;
            let listed: Listed<wire::Server> = self.pages_of(&path, &[], None).await?;
            all.extend(listed.items.iter().map(|s| convert::server(s, &zone.name)));
        }
        Ok(all)
    }

    /// Tenants of a cluster, every page.
    pub(super) async fn read_tenants(&self, cluster: &ClusterId) -> Result<Fetched<Vec<Tenant>>, ReadError> {
        let begun = (self.now)();
        let path = path_of(&["ob", "clusters", cluster.raw(), "tenants"])?;
        let listed: Listed<wire::Tenant> = self.pages(&path, &[], None).await?;
        let mut tenants: Vec<Tenant> = listed.items.iter().map(|t| convert::tenant(t, cluster)).collect();
        tenants.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
        Ok(self.fetched_list(begun, tenants, listed.trace, listed.timestamp.as_deref()))
    }

    /// Units of a cluster: one call in new versions, else tenant by tenant (ocp-api 3.5).
    pub(super) async fn read_units(&self, cluster: &ClusterId) -> Result<Fetched<Vec<Unit>>, ReadError> {
        let begun = (self.now)();
        if !self.no_cluster_units.load(Ordering::Relaxed) {
            let path = path_of(&["ob", "clusters", cluster.raw(), "units"])?;
            match self.pages_of::<wire::Unit>(&path, &[], None).await {
                Ok(listed) => {
                    let units = listed.items.iter().map(|u| convert::unit(u, None)).collect();
                    return Ok(self.fetched_list(begun, units, listed.trace, listed.timestamp.as_deref()));
                }
                Err(e) if is_not_offered(&e) => {
                    // Asked once, not with every poll; an answer that was only broken says nothing about that.
                    let broken = e.kind == ReadErrorKind::BadAnswer;
                    self.no_cluster_units.store(!broken, Ordering::Relaxed);
                }
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
        let path = path_of(&["ob", "clusters", cluster.raw(), "tenants", tenant.raw(), "units"])?;
        let listed: Listed<wire::Unit> = self.pages_of(&path, &[], None).await?;
        Ok(listed.items.iter().map(|u| convert::unit(u, Some(tenant))).collect())
    }

    /// Cluster parameters by name.
    pub(super) async fn read_parameters(&self, id: &ClusterId) -> Result<Fetched<Vec<Parameter>>, ReadError> {
        let begun = (self.now)();
        let path = path_of(&["ob", "clusters", id.raw(), "parameters"])?;
        let listed: Listed<wire::Parameter> = self.pages_of(&path, &[], None).await?;
        let mut parameters: Vec<Parameter> = listed.items.into_iter().map(convert::parameter).collect();
        parameters.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(self.fetched_list(begun, parameters, listed.trace, listed.timestamp.as_deref()))
    }

    /// Audit events of the last day, newest first. OCP filters by no cluster: events of all of them are given. `None` where
    /// the version has none (ocp-api 3.7: from V4.2.1 on).
    pub(super) async fn read_audit(&self) -> Result<Fetched<Option<Vec<AuditEvent>>>, ReadError> {
        let begun = (self.now)();
        let since = begun.plus(Span::from_secs(-AUDIT_BACK_SECS));
        let query = [("startTime", since.rfc3339())];
        let limit = Some(limits::AUDIT_EVENTS);
        let listed = self.pages::<wire::AuditEvent>("/api/v2/audit/events", &query, limit).await;
        let listed = match listed {
            Ok(listed) => listed,
            Err(e) if is_not_offered(&e) => return Ok(self.fetched(begun, None, e.trace, None)),
            Err(e) => return Err(e),
        };
        let mut events: Vec<AuditEvent> = listed.items.iter().filter_map(convert::audit).collect();
        events.sort_by_key(|e| std::cmp::Reverse(e.at));
        events.truncate(limits::AUDIT_EVENTS as usize);
        Ok(self.fetched_list(begun, Some(events), listed.trace, listed.timestamp.as_deref()))
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
        let path = path_of(&["tasks", "instances", id.raw()])?;
        let opened: Opened<wire::Task> = self.get(&path, &[], "a task").await?;
        let task = self.task_of(&opened.data, opened.timestamp.as_deref());
        Ok(self.fetched_list(begun, task, opened.trace, opened.timestamp.as_deref()))
    }

    /// A subtask's log, whole.
    pub(super) async fn read_log(
        &self,
        task: &TaskId,
        subtask: &SubtaskId,
    ) -> Result<Fetched<LogText>, ReadError> {
        let begun = (self.now)();
        let path = path_of(&["tasks", "instances", task.raw(), "subtasks", subtask.raw(), "log"])?;
        let opened: Opened<wire::Log> = self.get(&path, &[], "a log").await?;
        let log = convert::log(opened.data.log.as_deref().unwrap_or(""));
        Ok(self.fetched_list(begun, log, opened.trace, opened.timestamp.as_deref()))
    }
}
