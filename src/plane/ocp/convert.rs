//! OCP's words into ours: the door that every text passes through the filter at.

use std::collections::HashMap;

use super::wire;
use crate::domain::fold;
use crate::domain::id::ZoneName;
use crate::domain::id::{ClusterId, ClusterRef, ProfileName, ServerId, SubtaskId, TaskId, TaskRef, TenantId};
use crate::domain::incident::AuditEvent;
use crate::domain::limits;
use crate::domain::shown::{Shown, Text};
use crate::domain::status::{Operation, Phase, Status, Worded, health, operation, status};
use crate::domain::task::{Defect, LogText, Progress, Subtask, Task, TaskSummary};
use crate::domain::time::{Span, Timestamp};
use crate::domain::topology::{
    Cluster, Parameter, Relation, RootServer, Server, Standby, SyncState, Tenant, Unit, Zone,
};
pub(super) use crate::plane::answer::trace;
use crate::plane::json::{Id, Word};

/// What the door knows beside the answer itself.
pub(super) struct Door<'a> {
    /// Through which profile the answer came.
    pub(super) profile: &'a ProfileName,
    /// `ip:port` of servers by ID, as far as they were seen.
    pub(super) addresses: &'a HashMap<String, String>,
    /// The envelope's timestamp: its offset is the server's zone (H16).
    pub(super) timestamp: Option<&'a str>,
    /// The task's context as an earlier answer told it: details come without one (ocp-api 6).
    pub(super) context: Option<&'a wire::Context>,
}

fn text(word: Option<&Word>) -> Text {
    Text::new(word.map_or("", |w| w.0.as_str()))
}

fn raw(word: Option<&Word>) -> &str {
    word.map_or("", |w| w.0.as_str())
}

/// `ip:port`; IPv6 in brackets. Only the IP where no port was told.
fn address(ip: Option<&Word>, port: Option<&Word>) -> String {
    let (ip, port) = (raw(ip), raw(port));
    match (ip.is_empty(), port.is_empty()) {
        (true, _) => String::new(),
        (false, true) => ip.to_owned(),
        (false, false) if ip.contains(':') && !ip.starts_with('[') => format!("[{ip}]:{port}"),
        (false, false) => format!("{ip}:{port}"),
    }
}

/// `3.1.0_20210412122703-1c10…(Apr 12 2021 …)` is `3.1.0`.
fn version(word: Option<&Word>) -> Text {
    Text::new(raw(word).split(['_', '-', '(', ' ']).next().unwrap_or(""))
}

fn count(told: Option<i64>) -> Option<u32> {
    told.and_then(|n| u32::try_from(n).ok())
}

/// A point in time; `Err` holds what could not be read exactly (H16).
fn time(word: Option<&Word>) -> Result<Option<Timestamp>, String> {
    let raw = raw(word).trim();
    // Year 1 is Go's way to say "none".
    if raw.is_empty() || raw.starts_with("0001-") {
        return Ok(None);
    }
    Timestamp::parse(raw).map(Some).ok_or_else(|| raw.to_owned())
}

/// Seconds, with a fraction or without; `None` for what is no span: negative, not a number, beyond what a span holds.
fn seconds(word: Option<&Word>) -> Option<Span> {
    // A delay of more than this is a word for "none known", as 0 and i64's end are elsewhere.
    const MOST_MS: f64 = 1e15;
    let told: f64 = raw(word).trim().parse().ok()?;
    let ms = (told * 1000.0).round();
    (0.0..MOST_MS).contains(&ms).then(|| Span::from_millis(ms as i64))
}

fn sync(status: Option<&Word>, delay: Option<&Word>) -> SyncState {
    SyncState { word: text(status), delay: seconds(delay), is_falling_back: false }
}

fn standby(peer: &wire::Peer) -> Standby {
    Standby {
        name: text(peer.name.as_ref()),
        sync: sync(peer.sync_status.as_ref(), peer.delay_time.as_ref()),
    }
}

/// A tenant of the asked cluster.
pub(super) fn tenant(t: &wire::Tenant, asked: &ClusterId) -> Tenant {
    let zones = raw(t.zone_list.as_ref())
        .split([';', ','])
        .map(str::trim)
        .filter(|z| !z.is_empty())
        .map(ZoneName::new)
        .collect();
    Tenant {
        id: TenantId::new(&t.id.0),
        cluster: t.cluster_id.as_ref().map_or_else(|| asked.clone(), |id| ClusterId::new(&id.0)),
        name: Text::new(&t.name.0),
        mode: text(t.mode.as_ref()),
        status: text(t.status.as_ref()),
        primary_zone: text(t.primary_zone.as_ref()),
        locality: text(t.locality.as_ref()),
        zones,
    }
}

/// A unit; `tenant` is the one that was asked for, where the answer does not say.
pub(super) fn unit(u: &wire::Unit, tenant: Option<&TenantId>) -> Unit {
    let id = u.ob_unit_id.as_ref().or(u.id.as_ref());
    Unit {
        id: Text::new(id.map_or("", |i| i.0.as_str())),
        tenant: u.tenant_id.as_ref().map(|i| TenantId::new(&i.0)).or_else(|| tenant.cloned()),
        zone: ZoneName::new(raw(u.zone_name.as_ref().or(u.zone.as_ref()))),
        server: u.server_id.as_ref().map(|i| ServerId::new(&i.0)),
        address: Text::new(&address(
            u.server_ip.as_ref().or(u.svr_ip.as_ref()),
            u.server_port.as_ref().or(u.svr_port.as_ref()),
        )),
        status: text(u.status.as_ref()),
    }
}

/// A parameter.
pub(super) fn parameter(p: wire::Parameter) -> Parameter {
    let values = p.current_value.and_then(|c| c.values).unwrap_or_default();
    Parameter {
        name: Text::new(&p.name.0),
        values: values.iter().flatten().map(|v| Text::new(&v.0)).collect(),
    }
}

/// An audit event; `None` without a time, since it could stand nowhere in a timeline.
pub(super) fn audit(e: &wire::AuditEvent) -> Option<AuditEvent> {
    let told = [&e.operation_time, &e.start_time, &e.request_time, &e.create_time];
    let at = told.into_iter().find_map(|w| time(w.as_ref()).ok().flatten())?;
    let first = |words: &[&Option<Word>]| {
        words.iter().map(|w| text(w.as_ref())).find(|t| !t.is_empty()).unwrap_or_default()
    };
    Some(AuditEvent {
        at,
        operator: first(&[&e.operator_name, &e.operator, &e.user_name, &e.username, &e.operator_id]),
        event: first(&[&e.operation_event, &e.event_type]),
        target: text(e.resource_name.as_ref()),
        status: text(e.status.as_ref()),
        trace: trace(e.trace_id.as_ref()),
    })
}

/// Zones in order of their names.
pub(super) fn zones(zones: Vec<wire::Zone>) -> Vec<Zone> {
    let mut zones: Vec<Zone> = zones.into_iter().map(zone).collect();
    zones.sort_by(|a, b| a.name.cmp(&b.name));
    zones
}

fn zone(z: wire::Zone) -> Zone {
    let name = ZoneName::new(&z.name.0);
    let mut servers: Vec<Server> = z.servers.unwrap_or_default().iter().map(|s| server(s, &name)).collect();
    by_id(&mut servers);
    Zone {
        region: text(z.region_name.as_ref()),
        idc: text(z.idc_name.as_ref()),
        status: health(raw(z.status.as_ref())),
        inner_status: text(z.inner_status.as_ref()),
        task: None,
        server_count: count(z.server_count),
        servers,
        name,
    }
}

/// A server; `zone` is where it was listed, its own word counts more.
pub(super) fn server(s: &wire::Server, zone: &ZoneName) -> Server {
    let stopped = time(s.stop_time.as_ref()).ok().flatten();
    Server {
        id: ServerId::new(&s.id.0),
        zone: s.zone_name.as_ref().map_or_else(|| zone.clone(), |z| ZoneName::new(&z.0)),
        address: Text::new(&address(s.ip.as_ref(), s.port.as_ref())),
        version: version(s.version.as_ref()),
        status: health(raw(s.status.as_ref())),
        inner_status: text(s.inner_status.as_ref()),
        with_root_server: s.rootserver_in_samples.or(s.rootserver_in_tables).unwrap_or(false),
        started: time(s.start_time.as_ref()).ok().flatten().filter(|t| !t.is_epoch()),
        // The epoch means "not stopped" (ocp-api 3.3).
        stopped: stopped.filter(|t| !t.is_epoch()),
        last_up: None,
        task: None,
    }
}

impl Door<'_> {
    /// The same, with a time without zone taken as the server's, and what was not exact listed.
    fn time_or_defect(
        &self,
        word: Option<&Word>,
        path: &str,
        defects: &mut Vec<Defect>,
    ) -> Option<Timestamp> {
        match time(word) {
            Ok(t) => t,
            Err(raw) => {
                defects.push(Defect::BadField { path: Text::new(path), word: Text::new(&raw) });
                Timestamp::parse(&format!("{raw}{}", zone_of(self.timestamp?)?))
            }
        }
    }

    fn cluster_ref(&self, id: &str) -> ClusterRef {
        ClusterRef { profile: self.profile.clone(), id: ClusterId::new(id) }
    }

    /// A cluster of the list.
    pub(super) fn cluster(&self, c: wire::Cluster) -> Cluster {
        let mut root_servers: Vec<RootServer> = c
            .root_servers
            .unwrap_or_default()
            .iter()
            .map(|r| RootServer {
                address: text(r.address.as_ref()),
                is_leader: raw(r.role.as_ref()).eq_ignore_ascii_case("LEADER"),
            })
            .collect();
        root_servers.sort_by_key(|r| !r.is_leader);
        Cluster {
            at: self.cluster_ref(&c.id.0),
            name: Text::new(&c.name.0),
            ob_cluster_id: c.ob_cluster_id.as_ref().map(|w| Text::new(&w.0)),
            version: version(c.ob_version.as_ref()),
            status: health(&c.status.0),
            role: text(c.role.as_ref()),
            relation: Relation {
                primary: text(c.primary.as_ref().and_then(|p| p.name.as_ref())),
                sync: sync(c.sync_status.as_ref(), c.delay_time.as_ref()),
                standbys: c.standbys.unwrap_or_default().iter().flatten().map(standby).collect(),
            },
            server_count: count(c.server_count),
            root_servers,
            zones: zones(c.zones.unwrap_or_default()),
            task: None,
            unreachable: c.fail_to_query_from_ob_reason.as_ref().map(|w| Text::new(&w.0)),
        }
    }

    /// A list item, or the head of a whole task.
    pub(super) fn summary(&self, t: &wire::Task) -> TaskSummary {
        let mut ignored = Vec::new();
        self.head(t, &mut ignored)
    }

    fn head(&self, t: &wire::Task, defects: &mut Vec<Defect>) -> TaskSummary {
        let context = t.context.as_ref().or(self.context);
        let from_context = context.and_then(|c| c.strings.get("cluster_id")).map(String::as_str);
        let cluster = t
            .cluster
            .as_ref()
            .and_then(|c| c.id.as_ref())
            .or(t.cluster_id.as_ref())
            .map(|i| i.0.as_str())
            .or(from_context);
        let told_name = t.cluster.as_ref().and_then(|c| c.name.as_ref()).map(|w| w.0.as_str());
        let context_name = context.and_then(|c| c.strings.get("cluster_name")).map(String::as_str);
        let steps = steps(t);
        let status = status(&t.status.0);
        TaskSummary {
            at: TaskRef { profile: self.profile.clone(), id: TaskId::new(&t.id.0) },
            name: Text::new(&t.name.0),
            operation: task_operation(t, &status, steps),
            cluster: cluster.map(|id| self.cluster_ref(id)),
            cluster_name: Text::new(told_name.or(context_name).unwrap_or("")),
            target: Text::new(&self.target(context)),
            creator: Text::new(t.creator.as_ref().map_or("", |c| c.0.as_str())),
            started: self.time_or_defect(t.start_time.as_ref(), "startTime", defects),
            finished: self.time_or_defect(t.finish_time.as_ref(), "finishTime", defects),
            progress: Progress::of(steps.iter().map(phase_of)),
            status,
        }
    }

    /// What a task works on inside its cluster: a server, else a zone, else nothing told.
    fn target(&self, context: Option<&wire::Context>) -> String {
        let Some(c) = context else { return String::new() };
        if let Some(id) = c.strings.get("server_id") {
            return self.server_words(id);
        }
        c.strings.get("zone_name").cloned().unwrap_or_default()
    }

    /// A server's address, or its ID where the address is not known.
    fn server_words(&self, id: &str) -> String {
        self.addresses.get(id).cloned().unwrap_or_else(|| id.to_owned())
    }

    /// A whole task with its graph.
    pub(super) fn task(&self, t: &wire::Task) -> Task {
        let mut defects = Vec::new();
        let head = self.head(t, &mut defects);
        let context = t.context.as_ref().or(self.context);
        let list = if t.subtasks.is_some() { "subtasks" } else { "tasks" };
        let subtasks: Vec<Subtask> = steps(t)
            .iter()
            .enumerate()
            .map(|(ix, s)| self.subtask(s, context, &format!("{list}[{ix}]"), &mut defects))
            .collect();
        let mut graph = fold::flat(subtasks);
        graph.defects.extend(defects);
        Task {
            head,
            stage: None,
            prohibit_rollback: t.prohibit_rollback.unwrap_or(false),
            executor: text(t.executor.as_ref()),
            kind: text(t.kind.as_ref()),
            graph,
        }
    }

    fn subtask(
        &self,
        s: &wire::Subtask,
        context: Option<&wire::Context>,
        path: &str,
        defects: &mut Vec<Defect>,
    ) -> Subtask {
        let ids = |list: &Option<Vec<Id>>| {
            list.iter().flatten().map(|i| SubtaskId::new(&i.0)).collect::<Vec<SubtaskId>>()
        };
        let parallel_ix = s.parallel_idx.and_then(|i| u32::try_from(i).ok());
        Subtask {
            id: SubtaskId::new(&s.id.0),
            name: text(s.name.as_ref()),
            description: text(s.description.as_ref()),
            status: status(raw(s.status.as_ref())),
            operation: operation(raw(s.operation.as_ref())),
            timeout: s.timeout.filter(|t| *t > 0).map(Span::from_secs),
            timeout_told: s.timeout,
            runs: count(s.run_time).unwrap_or(1),
            parallel_ix,
            parallel_told: s.parallel_idx,
            target: Text::new(&self.split_target(raw(s.name.as_ref()), parallel_ix, context)),
            executor: text(s.executor.as_ref()),
            started: self.time_or_defect(s.start_time.as_ref(), &format!("{path}.startTime"), defects),
            finished: self.time_or_defect(s.finish_time.as_ref(), &format!("{path}.finishTime"), defects),
            prohibit_rollback: s.prohibit_rollback.unwrap_or(false),
            prohibit_skip: s.prohibit_skip.unwrap_or(false),
            class_name: text(s.class_name.as_ref()),
            upstreams: ids(&s.upstreams),
            downstreams: ids(&s.downstreams),
        }
    }

    /// What a split step works on: its index into the list the task was split by (ocp-api 4). A step named after
    /// a zone was split by zones where the context lists them, any other by servers.
    fn split_target(&self, name: &str, ix: Option<u32>, context: Option<&wire::Context>) -> String {
        let (Some(ix), Some(c)) = (ix, context) else { return String::new() };
        let zones = c.lists.get("zone_names").filter(|_| name.to_ascii_lowercase().contains("zone"));
        let nth = |list: &Vec<String>| list.get(ix as usize).cloned();
        if let Some(zone) = zones.and_then(nth) {
            return zone;
        }
        c.lists.get("server_ids").and_then(nth).map(|id| self.server_words(&id)).unwrap_or_default()
    }
}

/// The offset at the end of a time, e.g. `+08:00`.
fn zone_of(time: &str) -> Option<&str> {
    if time.ends_with('Z') {
        return Some("Z");
    }
    let tail = time.get(time.len().checked_sub(6)?..)?;
    tail.starts_with(['+', '-']).then_some(tail)
}

fn steps(t: &wire::Task) -> &[wire::Subtask] {
    t.subtasks.as_deref().or(t.tasks.as_deref()).unwrap_or_default()
}

fn phase_of(s: &wire::Subtask) -> Phase {
    crate::domain::status::phase(&status(raw(s.status.as_ref())).is, &operation(raw(s.operation.as_ref())).is)
}

/// The operation as told. A list item does not tell one; that a task has ended well while every step of it is
/// pending again can only mean that it was rolled back, and must not read as done (ocp-api 5.4).
fn task_operation(t: &wire::Task, status: &Worded<Status>, steps: &[wire::Subtask]) -> Worded<Operation> {
    let told = operation(raw(t.operation.as_ref()));
    let undone =
        !steps.is_empty() && steps.iter().all(|s| raw(s.status.as_ref()).eq_ignore_ascii_case("PENDING"));
    if told.word.is_empty() && status.is == Status::Succeeded && undone {
        return Worded { is: Operation::Rollback, word: told.word };
    }
    told
}

/// Servers in order of their IDs, by number: an answer's order has no influence.
pub(super) fn by_id(servers: &mut [Server]) {
    servers.sort_by_cached_key(|s| fold::id_order(&SubtaskId::new(s.id.raw())));
}

/// A log's newest part, line by line through the filter.
pub(super) fn log(text: &str) -> LogText {
    let mut from = text.len().saturating_sub(limits::LOG_BYTES);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let kept = text.get(from..).unwrap_or("");
    let cut = from > 0;
    // The first line of a cut text is half a line: it would pretend to be whole.
    let kept = if cut { kept.split_once('\n').map_or(kept, |(_, rest)| rest) } else { kept };
    let lines = kept.strip_suffix('\n').unwrap_or(kept);
    let lines = if lines.is_empty() { Vec::new() } else { lines.split('\n').map(log_line).collect() };
    LogText { lines, cut }
}

fn log_line(line: &str) -> Shown {
    Shown::log_line(line.strip_suffix('\r').unwrap_or(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_addresses_are_shown_short_and_whole() {
        let word = |w: &str| Some(Word(w.to_owned()));
        let long = "3.1.0_20210412122703-1c10f0b3ad39(Apr 12 2021 12:57:39)";
        for (told, shown) in [(long, "3.1.0"), ("4.2.1.3-100010012024", "4.2.1.3"), ("4.3", "4.3"), ("", "")]
        {
            assert_eq!(version(word(told).as_ref()).raw(), shown);
        }
        assert_eq!(address(word("10.0.0.1").as_ref(), word("2882").as_ref()), "10.0.0.1:2882");
        assert_eq!(address(word("fe80::1").as_ref(), word("2882").as_ref()), "[fe80::1]:2882");
        assert_eq!(address(word("10.0.0.1").as_ref(), None), "10.0.0.1");
        assert_eq!(address(None, word("2882").as_ref()), "");
    }

    #[test]
    fn of_a_log_over_the_limit_the_newest_whole_lines_are_kept() {
        let line = "集".repeat(100);
        let text = format!("{line}\n").repeat(limits::LOG_BYTES / 300 + 10);
        let cut = log(&text);
        assert!(cut.cut);
        assert!(cut.lines.iter().all(|l| l.as_str() == line));
        assert!(cut.lines.len() > 3_000);
        assert_eq!(log(""), LogText::default());
        assert_eq!(log("\n").lines.len(), 0);
        assert_eq!(log("a\r\n\nb").lines.iter().map(Shown::as_str).collect::<Vec<_>>(), ["a", "", "b"]);
    }
}
