//! Words for what happened: one line for a screen, more for an export (screens 13).

use crate::app::panes::timeline::Back;
use crate::domain::guard::Basis;
use crate::domain::incident::{Aside, By, Change, Happened, Moment, StepSeen};
use crate::domain::outcome::{Exit, ReadError, ReadErrorKind};
use crate::domain::shown::Text;
use crate::domain::status::Phase;
use crate::domain::time::{Span, Timestamp};
use crate::domain::timeline::{Ended, Settled, Subject};

/// `14:01:09Z`; a day before today is told with it.
pub fn time(at: Timestamp, now: Timestamp) -> String {
    let day = |t: Timestamp| t.millis().div_euclid(86_400_000);
    if day(at) == day(now) { format!("{}Z", at.clock()) } else { format!("{}Z", at.day_clock()) }
}

/// By whose clock the sources tell their times, for the lower edge of the pane.
pub const CLOCKS: &str = "task, ocp: the server's clock · the rest: this machine's";
/// In place of a cluster's name.
pub const ALL_CLUSTERS: &str = "all clusters";
/// Nothing happened, as far as is known here.
pub const NOTHING: &str = "nothing in this time; the left arrow goes further back";
/// Nothing that matches.
pub const NO_MATCH: &str = "nothing matches the filter";

/// `last 2 h`.
pub fn back(back: Back) -> &'static str {
    match back {
        Back::TwoHours => "last 2 h",
        Back::Day => "last 24 h",
        Back::All => "all",
    }
}

/// How far the server's clock is off; to the second, so that it does not move with every poll.
pub fn skew(skew: Option<Span>) -> String {
    match skew {
        None => "clock skew not known".to_owned(),
        Some(s) if s.secs() == 0 => "clock skew under 1s".to_owned(),
        Some(s) => {
            let sign = if s.secs() < 0 { '-' } else { '+' };
            format!("clock skew server {sign}{}", Span::from_secs(s.secs().abs()).short())
        }
    }
}

/// Why audit events are not among the lines.
pub fn no_audit(error: &ReadError) -> String {
    let trace = error.trace.as_ref().map(|t| format!(" · trace {t}")).unwrap_or_default();
    match error.kind {
        ReadErrorKind::Forbidden => format!("ocp: your role may not read audit events (403){trace}"),
        _ => format!("ocp: audit events not read: {}{trace}", super::console::error_kind(error.kind)),
    }
}

/// By whose clock, for an export: `server` or `here`.
pub fn clock(by: By) -> &'static str {
    match by {
        By::Here => "here",
        By::Server => "server",
    }
}

/// What happened, in a line: what, and behind it what came of it (kept apart, for columns).
///
/// `is_narrow` leaves the beginning of a path out, which every request shares.
pub fn line(m: &Moment, is_narrow: bool) -> (String, String) {
    match &m.what {
        Happened::Sent { intent, ended, settled } => {
            let end = ended.as_ref().map(|e| &e.1);
            let path = intent.path.shown().as_str();
            let path = if is_narrow { short_path(path) } else { path.to_owned() };
            (format!("{} {path}", intent.method), answer(end, settled.as_ref()))
        }
        Happened::Held { subject, why, .. } => {
            let why = why.iter().map(|w| Text::new(w).to_string()).collect::<Vec<_>>().join(", ");
            (format!("{} held back: {why}", about(subject)), String::new())
        }
        Happened::TaskBegan { name, target } => {
            let target = if target.is_empty() { String::new() } else { format!(" · {target}") };
            (format!("task {} {name}{target} begun", id_of(m)), String::new())
        }
        Happened::TaskEnded { name, phase, status, took, failed } => {
            let end = phase.map_or_else(|| status.to_string(), |p| super::task::phase(p).to_owned());
            let took = took.map(|t| format!(" in {}", t.short())).unwrap_or_default();
            let failed = match failed.as_slice() {
                [] => String::new(),
                [one] => format!("subtask {one}"),
                many => format!("{} subtasks", many.len()),
            };
            (format!("task {} {name}  {end}{took}", id_of(m)), failed)
        }
        Happened::Step(step) => (self::step(step), String::new()),
        Happened::Changed(change) => changed(change, is_narrow),
        Happened::Audit(e) => {
            let target = if e.target.is_empty() { String::new() } else { format!(" {}", e.target) };
            (format!("{}{target}", e.event), e.status.to_string())
        }
        Happened::Note(text) => (text.to_string(), String::new()),
    }
}

/// What is to be known beside it: reason, typed name, trace ID, length.
pub fn aside(a: Aside<'_>) -> String {
    match a {
        Aside::Asked(basis) => asked(basis),
        Aside::Answer(e) => {
            let trace = e.trace.as_ref().map(|t| format!("trace {t}"));
            let took = e.took.map(|t| format!("{} ms", t.millis()));
            trace.into_iter().chain(took).collect::<Vec<_>>().join("  ")
        }
        Aside::Words(words) => format!("\"{words}\""),
        Aside::Settled(Settled::Task(id)) => format!("settled: task {id} is taken as what came of it"),
        Aside::Settled(Settled::LetBe) => "settled: no such task was seen, let be".to_owned(),
        Aside::Reason(reason) => format!("reason: {}", Text::new(reason)),
    }
}

/// `STOP zone2 of protoss`, `RETRY task 5`.
pub fn about(s: &Subject) -> String {
    let verb = s.verb.shown().as_str().to_uppercase();
    match (s.subtask.as_ref(), s.task.as_ref(), s.cluster.as_ref()) {
        (Some(subtask), ..) => format!("{verb} subtask {subtask}"),
        (None, Some(task), None) => format!("{verb} task {task}"),
        _ if s.target.is_empty() => format!("{verb} cluster {}", s.cluster_name),
        _ => format!("{verb} {} of {}", s.target, s.cluster_name),
    }
}

/// `200  task 89026504`, `409 refused`, `OUTCOME UNKNOWN`.
pub fn answer(ended: Option<&Ended>, settled: Option<&Settled>) -> String {
    let Some(e) = ended else {
        return match settled {
            Some(Settled::Task(id)) => format!("task {id} (found)"),
            Some(Settled::LetBe) => "unknown, let be".to_owned(),
            None => "NO OUTCOME KNOWN".to_owned(),
        };
    };
    match (e.exit, settled) {
        (Exit::Done, _) => {
            let task = e.task.as_ref().map(|t| format!("  task {t}")).unwrap_or_default();
            format!("{}{task}", e.http)
        }
        (Exit::Unknown, Some(Settled::Task(id))) => format!("was unknown: task {id}"),
        (Exit::Unknown, Some(Settled::LetBe)) => "unknown, let be".to_owned(),
        (Exit::Unknown, None) => "OUTCOME UNKNOWN".to_owned(),
        (Exit::Unreachable, _) => "not sent".to_owned(),
        (Exit::RefusedHere, _) => "held back".to_owned(),
        (
            Exit::Failed
            | Exit::Usage
            | Exit::NotPermitted
            | Exit::WaitTimeout
            | Exit::NotFound
            | Exit::Conflict
            | Exit::Panic,
            _,
        ) => {
            let http = if e.http > 0 { format!("{} ", e.http) } else { String::new() };
            let code = if e.code.is_empty() { String::new() } else { format!(" {}", e.code) };
            format!("{http}refused{code}")
        }
    }
}

/// `reason: disk swap  typed: protoss/zone2  guard overridden`.
fn asked(b: &Basis) -> String {
    let mut parts = Vec::new();
    let reason = b.reason.as_ref().or(b.overriding.as_ref()).filter(|r| !r.trim().is_empty());
    parts.extend(reason.map(|r| format!("reason: {}", Text::new(r))));
    parts.extend(b.typed.as_ref().map(|t| format!("typed: {}", Text::new(t))));
    if b.overriding.is_some() {
        parts.push("guard overridden".to_owned());
    }
    parts.join("  ")
}

/// `…/zones/zone2/stop`.
fn short_path(path: &str) -> String {
    let parts: Vec<&str> = path.rsplitn(4, '/').collect();
    match parts.as_slice() {
        [c, b, a, rest] if !rest.is_empty() => format!("…/{a}/{b}/{c}"),
        _ => path.to_owned(),
    }
}

fn id_of(m: &Moment) -> String {
    m.task.as_ref().map(|t| t.id.to_string()).unwrap_or_default()
}

fn step(s: &StepSeen) -> String {
    let target = if s.target.is_empty() { String::new() } else { format!(" {}", s.target) };
    let took = match (s.started, s.finished) {
        (Some(from), Some(to)) if s.phase.is_resting() => {
            format!(" {}", to.since(from).max(Span::ZERO).clock())
        }
        _ => String::new(),
    };
    let word = if s.phase == Phase::Running { "begun" } else { super::task::phase(s.phase) };
    format!("{}{target}  {word}{took}", s.name)
}

/// Between which two polls a change happened: `(poll ±2s)`.
pub fn within(c: &Change) -> String {
    format!("(poll ±{})", c.within.short())
}

fn changed(c: &Change, is_narrow: bool) -> (String, String) {
    let who = c.server.as_ref().unwrap_or(c.zone.text()).shown().as_str();
    let who = if is_narrow { who.rsplit_once(':').map_or(who, |(host, _)| host) } else { who };
    let word = |t: &Text| if t.is_empty() { "not listed".to_owned() } else { t.to_string() };
    let ends = c.limit_ends.map(|t| format!("limit ends {}Z", t.clock())).unwrap_or_default();
    let within = within(c);
    let right = match (ends.is_empty(), is_narrow) {
        (true, _) => within,
        (false, true) => ends,
        (false, false) => format!("{within}  {ends}"),
    };
    (format!("{who} {} → {}", word(&c.from), word(&c.to)), right)
}
