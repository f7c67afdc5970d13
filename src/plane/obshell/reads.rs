//! Reads of OBShell's API but tasks: the richest call first, older ones where it is not offered (obshell-api 8, 11).

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use super::exchange::{Ask, Opened, is_away, is_not_known, lock};
use super::topology::{self, Observers};
use super::{Identity, Obshell, calls, convert, wire};
use crate::domain::action::Action;
use crate::domain::id::{ClusterId, SubtaskId, TraceId};
use crate::domain::outcome::{ReadError, ReadErrorKind};
use crate::domain::request::Checked;
use crate::domain::shown::Text;
use crate::domain::task::LogText;
use crate::domain::time::{Span, Timestamp};
use crate::domain::topology::{Cluster, Parameter, PlaneInfo, Tenant, Unit, Zone};
use crate::plane::Fetched;
use crate::plane::answer::error;
use crate::plane::json::Word;

impl Obshell {
    /// Version and clock, from the first agent that answers. Neither needs a login.
    pub(super) async fn read_info(&self) -> Result<Fetched<PlaneInfo>, ReadError> {
        let begun = (self.now)();
        let first = self.in_use.load(Ordering::Relaxed);
        let mut failed = None;
        for step in 0..self.agents.len() {
            let Some(agent) = self.agents.get((first + step) % self.agents.len()) else { continue };
            match self.open_get::<wire::Info>(agent, "/api/v1/info", "what it is").await {
                Ok(info) => {
                    let before = (self.now)();
                    let time = self.open_get::<Word>(agent, "/api/v1/time", "a time").await;
                    let skew = time.ok().and_then(|t| Timestamp::parse(&t.data.0)).map(|server| {
                        let took = (self.now)().since(before);
                        server.since(before.plus(Span::from_millis(took.millis() / 2)))
                    });
                    // The answers of a recording are of other times than the one they are asked at.
                    let skew = skew.filter(|_| !agent.transport.is_replay());
                    if skew.is_some() {
                        *lock(&self.skew) = skew;
                    }
                    let version = Text::new(convert::raw(info.data.version.as_ref()));
                    return Ok(self.fetched(begun, PlaneInfo { version, skew }, &info));
                }
                Err(e) if is_away(&e) => {
                    failed.get_or_insert(e);
                }
                Err(e) => return Err(e),
            }
        }
        Err(failed.unwrap_or_else(|| no_agent("GET /api/v1/info")))
    }

    /// The one cluster, with its zones and servers.
    pub(super) async fn read_clusters(&self) -> Result<Fetched<Vec<Cluster>>, ReadError> {
        let begun = (self.now)();
        let seen = self.read_cluster().await?;
        let opened = Opened { data: (), trace: seen.trace, timestamp: seen.timestamp };
        Ok(self.fetched(begun, vec![seen.cluster], &opened))
    }

    /// Its zones.
    pub(super) async fn read_zones(&self, cluster: &ClusterId) -> Result<Fetched<Vec<Zone>>, ReadError> {
        let begun = (self.now)();
        let seen = self.read_cluster().await?;
        if seen.cluster.at.id != *cluster {
            let why = format!("these agents are of cluster {}, not of {cluster}", seen.cluster.at.id);
            return Err(error("GET /api/v1/obcluster/info", ReadErrorKind::NotFound, 200, &why));
        }
        let opened = Opened { data: (), trace: seen.trace, timestamp: seen.timestamp };
        Ok(self.fetched(begun, seen.cluster.zones, &opened))
    }

    /// The cluster as richly as these agents tell it.
    pub(super) async fn read_cluster(&self) -> Result<Seen, ReadError> {
        let mut seen = match self.read_new_cluster().await? {
            Some(seen) => seen,
            None => self.read_old_cluster().await?,
        };
        if seen.cluster.name.is_empty() {
            // Not a cluster yet, or one that only `/status` tells of.
            seen.cluster.name = self.name.text().clone();
        }
        let cluster = &seen.cluster;
        *lock(&self.identity) = Some(Identity { at: cluster.at.clone(), name: cluster.name.clone() });
        Ok(seen)
    }

    /// `None`: not offered, or not told right now.
    async fn read_new_cluster(&self) -> Result<Option<Seen>, ReadError> {
        if self.is_old.load(Ordering::Relaxed) {
            return Ok(None);
        }
        match self.get::<wire::Cluster>("/api/v1/obcluster/info", "a cluster").await {
            Ok(opened) => Ok(Some(Seen {
                cluster: topology::cluster(&opened.data, &self.name),
                tenants: opened.data.tenants,
                trace: opened.trace,
                timestamp: opened.timestamp,
            })),
            Err(e) if is_not_known(&e) => {
                // Asked once, not with every poll; a crash says nothing about what is offered.
                self.is_old.store(e.kind == ReadErrorKind::NotFound, Ordering::Relaxed);
                Ok(None)
            }
            Err(e) => Err(e),
        }
    }

    async fn read_old_cluster(&self) -> Result<Seen, ReadError> {
        let info = self.get::<wire::ObInfo>("/api/v1/ob/info", "a cluster").await;
        let observers = match &info {
            Ok(_) => self.read_observers().await?,
            Err(e) if is_not_known(e) => self.read_observers().await?,
            Err(_) => Observers::new(),
        };
        let (info, trace, timestamp) = match info {
            Ok(opened) => (opened.data, opened.trace, opened.timestamp),
            Err(e) if is_not_known(&e) => {
                let agents = observers.keys().map(|id| agent_info(id)).collect();
                (wire::ObInfo { agent_info: Some(agents), obcluster_info: None }, None, None)
            }
            Err(e) => return Err(e),
        };
        let cluster = topology::old_cluster(&info, &observers, &self.name);
        Ok(Seen { cluster, tenants: None, trace, timestamp })
    }

    /// How each agent's observer is: all of them in one call, else agent by agent.
    async fn read_observers(&self) -> Result<Observers, ReadError> {
        match self.get::<BTreeMap<String, wire::Status>>("/api/v1/agents/status", "states").await {
            Ok(opened) => return Ok(opened.data.into_iter().map(|(id, s)| (id, s.ob_state)).collect()),
            Err(e) if is_not_known(&e) => {}
            Err(e) => return Err(e),
        }
        let mut observers = Observers::new();
        let mut failed = None;
        for agent in &self.agents {
            match self.open_get::<wire::Status>(agent, "/api/v1/status", "a state").await {
                Ok(opened) => {
                    let a = opened.data.agent.as_ref();
                    let (ip, port) = (a.and_then(|a| a.ip.as_ref()), a.and_then(|a| a.port.as_ref()));
                    let id = convert::address(convert::raw(ip), convert::raw(port));
                    observers.insert(id, opened.data.ob_state);
                }
                Err(e) => {
                    failed.get_or_insert(e);
                }
            }
        }
        match failed {
            Some(e) if observers.is_empty() => Err(e),
            _ => Ok(observers),
        }
    }

    /// Tenants by name.
    pub(super) async fn read_tenants(&self, cluster: &ClusterId) -> Result<Fetched<Vec<Tenant>>, ReadError> {
        let begun = (self.now)();
        let list = self.list::<wire::Tenant>("/api/v1/tenants/overview").await?;
        let mut tenants: Vec<Tenant> = list.data.iter().map(|t| topology::tenant(t, cluster)).collect();
        tenants.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
        Ok(self.fetched(begun, tenants, &list))
    }

    /// Where units live, as far as pools tell it: their servers, in older versions their zones.
    pub(super) async fn read_units(&self) -> Result<Fetched<Vec<Unit>>, ReadError> {
        let begun = (self.now)();
        let seen = self.read_cluster().await?;
        if let Some(tenants) = &seen.tenants {
            let units = topology::units(tenants, &seen.cluster.zones);
            let opened = Opened { data: (), trace: seen.trace, timestamp: seen.timestamp };
            return Ok(self.fetched(begun, units, &opened));
        }
        let pools = self.list::<wire::ResourcePool>("/api/v1/resource-pools").await?;
        let units = topology::pool_units(&pools.data);
        Ok(self.fetched(begun, units, &pools))
    }

    /// Parameters by name.
    pub(super) async fn read_parameters(&self) -> Result<Fetched<Vec<Parameter>>, ReadError> {
        let begun = (self.now)();
        let list = self.list::<wire::Parameter>("/api/v1/obcluster/parameters").await?;
        let mut parameters: Vec<Parameter> = list.data.iter().map(topology::parameter).collect();
        parameters.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(self.fetched(begun, parameters, &list))
    }

    /// A sub task's log: dated and by attempt where it is kept so, else the task's own lines (obshell-api 6.4).
    pub(super) async fn read_log(&self, subtask: &SubtaskId) -> Result<Fetched<LogText>, ReadError> {
        let begun = (self.now)();
        let no_path = || {
            let why = "an ID that is empty, `.` or `..` cannot stand in a path; nothing was sent";
            error("GET a log", ReadErrorKind::BadRequest, 0, why)
        };
        let bare = calls::path(&["task", "sub_task", subtask.raw()]).ok_or_else(no_path)?;
        match self.list::<wire::LogLine>(&format!("{bare}/logs")).await {
            Ok(list) if !list.data.is_empty() => {
                let log = convert::log(&list.data);
                return Ok(self.fetched(begun, log, &list));
            }
            Err(e) if !is_not_known(&e) => return Err(e),
            Ok(_) | Err(_) => {}
        }
        let opened: Opened<wire::SubTask> = self.get(&bare, "a sub task").await?;
        let log = convert::bare_log(opened.data.task_logs.as_deref().unwrap_or_default());
        Ok(self.fetched(begun, log, &opened))
    }

    /// The check of the zone route; nothing else has one. It creates no DAG, though it is a POST.
    #[expect(clippy::result_large_err, reason = "the port's own error; it is not made in a loop")]
    pub(super) async fn read_check(&self, action: &Action) -> Result<Fetched<Option<Checked>>, ReadError> {
        let begun = (self.now)();
        let nothing = Opened { data: (), trace: None, timestamp: None };
        let call = match action {
            Action::Cluster(a) => calls::check(a),
            Action::Task { .. } | Action::Subtask { .. } => None,
        };
        let Some((path, body)) = call else { return Ok(self.fetched(begun, None, &nothing)) };
        let ask = Ask { path: &path, body: Some(&body) };
        // What it answers where it passes has no data.
        let checked = self.any_agent(ask, |what, answer| {
            match self.opened::<serde::de::IgnoredAny>(what, answer, "data") {
                Ok(_) => Ok(Checked { passed: true, words: Text::default(), code: Text::default() }),
                Err(e)
                    if e.kind == ReadErrorKind::BadAnswer && e.why.raw() == "answered, but without data" =>
                {
                    Ok(Checked { passed: true, words: Text::default(), code: Text::default() })
                }
                Err(e) => Err(e),
            }
        });
        match checked.await {
            Ok(checked) => Ok(self.fetched(begun, Some(checked), &nothing)),
            Err(e) if e.code.raw() == "Common.NotFound" => Ok(self.fetched(begun, None, &nothing)),
            Err(e) if matches!(e.kind, ReadErrorKind::Conflict | ReadErrorKind::BadRequest) => {
                let checked = Checked { passed: false, words: e.why, code: e.code };
                Ok(self.fetched(begun, Some(checked), &Opened { data: (), trace: e.trace, timestamp: None }))
            }
            Err(e) => Err(e),
        }
    }
}

/// The cluster, and what else came with it.
pub(super) struct Seen {
    pub(super) cluster: Cluster,
    /// With their pools; `None` without a database, or where the call does not tell them.
    tenants: Option<Vec<wire::Tenant>>,
    trace: Option<TraceId>,
    timestamp: Option<Timestamp>,
}

fn no_agent(what: &str) -> ReadError {
    error(what, ReadErrorKind::Unreachable, 0, "no agent is configured")
}

/// An agent of which only its address is known.
fn agent_info(id: &str) -> wire::AgentInfo {
    let (ip, port) = id.rsplit_once(':').unwrap_or((id, ""));
    wire::AgentInfo { ip: Some(Word(ip.to_owned())), port: Some(Word(port.to_owned())), zone: None }
}
