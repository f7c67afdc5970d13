//! Tasks as control planes tell them, and a cache that knows them: built from steps and a moment.

use obdeck::app::cache::Cache;
use obdeck::app::effect::{Answer, Query, Reply};
use obdeck::app::facts::Facts;
use obdeck::app::key::Size;
use obdeck::app::settings::{ProfileFacts, Settings};
use obdeck::domain::capability::{Capabilities, PlaneKind};
use obdeck::domain::fold;
use obdeck::domain::id::{SubtaskId, TraceId};
use obdeck::domain::outcome::{ReadError, ReadErrorKind};
use obdeck::domain::shown::{Shown, Text};
use obdeck::domain::status::{health, status};
use obdeck::domain::task::{LogText, Progress, Subtask, Task, TaskSummary};
use obdeck::domain::time::{Span, Timestamp};
use obdeck::domain::topology::{Server, Zone};

use super::samples;
pub(crate) use super::samples::{protoss, task_ref};
use super::settings::{profile, settings};

/// When the tasks of these tests start.
pub(crate) const START: &str = "2026-11-21T14:01:09Z";

/// A moment, in seconds after [`START`].
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::parse(START).unwrap_or(Timestamp::from_millis(0)).plus(Span::from_secs(seconds))
}

/// A subtask that waits.
pub(crate) fn subtask(id: &str, name: &str) -> Subtask {
    Subtask { runs: 0, executor: "10.9.0.7".into(), ..samples::subtask(id, name, "PENDING") }
}

/// Head of a task.
pub(crate) fn summary(id: &str, name: &str, word: &str) -> TaskSummary {
    TaskSummary { name: name.into(), started: Some(at(0)), ..samples::summary(id, word) }
}

/// A whole task out of its subtasks, its head counted from them.
pub(crate) fn task(id: &str, name: &str, word: &str, subtasks: Vec<Subtask>) -> Task {
    let progress = Progress::of(subtasks.iter().map(Subtask::phase));
    let head = TaskSummary { progress, ..summary(id, name, word) };
    Task { executor: "10.9.0.7".into(), ..samples::task(head, fold::flat(subtasks)) }
}

/// One step of a script: name, seconds allowed, seconds it takes, whether it runs once a server.
type Step = (&'static str, i64, i64, bool);

/// What OCP does on the stop of a zone (ocp-api 4).
const ZONE_STOP: [Step; 10] = [
    ("Prepare stop OB zone", 1800, 12, false),
    ("Stop zone", 1800, 41, false),
    ("Prepare stop observer", 300, 2, true),
    ("Wait node", 30, 0, false),
    ("Stop observer process", 1200, 23, true),
    ("Wait node", 30, 0, false),
    ("Update observer status", 300, 3, true),
    ("Update zone status", 1800, 1, false),
    ("Sync cluster info", 30, 2, false),
    ("Update OB cluster status", 30, 1, false),
];

/// Task 89026504, a zone stop over `servers` OBServers, as it is `seconds` after its start. Every further server takes
/// a good minute longer to end its process.
pub(crate) fn zone_stop(servers: usize, seconds: i64) -> Task {
    let mut list = Vec::new();
    let mut ups: Vec<SubtaskId> = Vec::new();
    let mut begin = 0;
    // As with the real ones, neither IDs nor their order tell the order of the steps.
    let mut number = 0;
    for (name, allowed, takes, split) in ZONE_STOP {
        let count = if split { servers } else { 1 };
        let mut ids = Vec::new();
        let mut end = begin;
        for ix in 0..count {
            number += 1;
            let mut s = subtask(&format!("{}", 89_029_850 + number * 7 % (7 + 3 * servers)), name);
            let done = begin + takes + ix as i64 * if takes > 20 { 66 } else { 1 };
            end = end.max(done);
            s.timeout = Some(Span::from_secs(allowed));
            s.timeout_told = Some(allowed);
            if split {
                s.parallel_ix = Some(ix as u32);
                s.parallel_told = Some(ix as i64);
                s.target = format!("10.0.2.{}", 11 + ix).as_str().into();
            }
            s.upstreams.clone_from(&ups);
            if seconds >= begin {
                s.started = Some(at(begin));
                s.runs = 1;
                s.status = status("RUNNING");
            }
            if seconds >= done && s.started.is_some() {
                s.finished = Some(at(done));
                s.status = status("SUCCESSFUL");
            }
            ids.push(s.id.clone());
            list.push(s);
        }
        ups = ids;
        // The next step is seen a second later at the earliest.
        begin = end + 1;
    }
    let copy: Vec<(SubtaskId, SubtaskId)> =
        list.iter().flat_map(|s| s.upstreams.iter().map(|u| (u.clone(), s.id.clone()))).collect();
    for s in &mut list {
        s.downstreams = copy.iter().filter(|(u, _)| *u == s.id).map(|(_, d)| d.clone()).collect();
    }
    let ended = list.iter().all(|s| s.finished.is_some());
    let mut task = task("89026504", "Stop OB zone", if ended { "SUCCESSFUL" } else { "RUNNING" }, list);
    if ended {
        task.head.finished = Some(at(begin - 1));
    }
    task
}

/// A change to the subtasks with this name and index; the head is counted again.
pub(crate) fn change(task: &mut Task, name: &str, ix: Option<u32>, f: impl Fn(&mut Subtask)) {
    let all = task.graph.nodes.iter_mut().flat_map(|n| n.members.iter_mut());
    all.filter(|s| s.name.raw() == name && s.parallel_ix == ix).for_each(f);
    let phases: Vec<_> = task.subtasks().map(Subtask::phase).collect();
    task.head.progress = Progress::of(phases.into_iter());
}

/// The ID of the subtask with this name and index.
pub(crate) fn id_of(task: &Task, name: &str, ix: Option<u32>) -> SubtaskId {
    let found = task.subtasks().find(|s| s.name.raw() == name && s.parallel_ix == ix);
    found.map_or_else(|| SubtaskId::new("none"), |s| s.id.clone())
}

/// Lines of a log.
pub(crate) fn log(lines: &[&str]) -> LogText {
    LogText { lines: lines.iter().map(|l| Shown::log_line(l)).collect(), cut: false }
}

/// A zone with servers `(address, status word)`.
pub(crate) fn zone(name: &str, word: &str, servers: &[(&str, &str)]) -> Zone {
    let of = |(ix, (address, word)): (usize, &(&str, &str))| Server {
        id: format!("{ix}").as_str().into(),
        status: health(word),
        ..samples::server(name, address)
    };
    let servers = servers.iter().enumerate().map(of).collect();
    Zone { status: health(word), ..samples::zone(name, servers) }
}

/// Facts under construction.
pub(crate) struct World {
    pub(crate) cache: Cache,
    pub(crate) settings: Settings,
    pub(crate) now: Timestamp,
    pub(crate) size: Size,
}

impl World {
    /// One OCP named `prod`, at [`START`], on a screen of which the pane has this part.
    pub(crate) fn new(width: u16, height: u16) -> Self {
        Self {
            cache: Cache::default(),
            settings: settings(vec![profile("prod")]),
            now: at(0),
            size: Size { width, height },
        }
    }
    pub(crate) fn facts(&self) -> Facts<'_> {
        Facts {
            cache: &self.cache,
            settings: &self.settings,
            now: self.now,
            size: self.size,
            pane: self.size,
        }
    }
    /// An answer that came now.
    pub(crate) fn answer(&mut self, query: &Query, reply: Reply) {
        let known = self.cache.entry(query);
        let trace = Some(TraceId::new("9be1c02f77aa4410"));
        let answer = Answer { reply, trace, server_time: Some(self.now), took: Span::from_millis(12) };
        known.answer = Some((answer, self.now));
        known.error = None;
        known.failures = 0;
    }
    /// A read that failed now.
    pub(crate) fn fail(&mut self, query: &Query, kind: ReadErrorKind, why: &str) {
        let error = ReadError {
            kind,
            http: if kind == ReadErrorKind::NotFound { 404 } else { 0 },
            what: "GET /api/v2/tasks/instances/89026504".into(),
            why: why.into(),
            code: Text::default(),
            trace: Some(TraceId::new("d34db33fd34db33f")),
            wait: None,
        };
        let known = self.cache.entry(query);
        known.failures += 1;
        known.error = Some((error, self.now));
    }
    /// A task as it is told `seconds` after [`START`].
    pub(crate) fn tell(&mut self, task: Task, seconds: i64) {
        self.now = at(seconds);
        self.answer(&Query::Task(task.head.at.clone()), Reply::Task(Box::new(task)));
    }
}

/// A profile of agents.
pub(crate) fn of_agents(name: &str) -> ProfileFacts {
    let capabilities = Capabilities { kind: PlaneKind::Obshell, read_only: false };
    ProfileFacts { capabilities, ..profile(name) }
}
