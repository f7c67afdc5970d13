//! The handoff note in Markdown (operator-guide 5.3): under twelve lines, in the guide's order, ready for a ticket.

use super::markdown::{code, escape};
use super::offline;
use super::task as words;
use super::timeline::{about, answer};
use crate::domain::handoff::{Down, Handoff, Over, Risk, Running, Sent};
use crate::domain::status::Phase;
use crate::domain::time::Timestamp;

/// Above the note.
pub const TITLE: &str = "Handoff note";
/// What `y` does.
pub const COPIES: &str = "y copies it; blanks are for what no API knows";
/// It was copied.
pub const COPIED: &str = "copied as Markdown; a terminal may refuse it: then m, and select";
/// The clipboard may not be written.
pub const NO_CLIPBOARD: &str = "ui.clipboard is off: m gives the mouse back, then select it";

/// Things named in a line before the rest is counted.
const NAMED: usize = 3;
/// Where a person has to write.
const BLANK: &str = "\\_\\_\\_\\_";

/// The note. At most eleven lines, whatever it is made of; what does not fit is counted, never left out silently.
pub fn note(h: &Handoff) -> String {
    let name = if h.name.is_empty() { escape(h.cluster.id.raw()) } else { escape(h.name.raw()) };
    let mut lines = vec![format!(
        "## Handoff: {name} · {} {} · {}",
        escape(h.cluster.profile.raw()),
        escape(h.cluster.id.raw()),
        minutes(h.now)
    )];
    let mut line = |head: &str, text: String| lines.push(format!("- **{head}:** {text}"));
    line("Now", now(h));
    line("Sent", listed(&h.sent, "nothing from this console", sent));
    line("Ended", listed(&h.over, "nothing", over));
    line("Running", listed(&h.running, "nothing", running));
    line("Offline clock", clocks(h));
    line("Next, and by when", next(h));
    line("Open risks", risks(h));
    line("Impact on customers", BLANK.to_owned());
    line("Hypothesis", format!("{BLANK} · **Owner:** {BLANK}"));
    lines.join("\n") + "\n"
}

fn minutes(at: Timestamp) -> String {
    // `2026-11-21T14:03:22.000Z` to the minute.
    let full = at.rfc3339();
    let (day, _) = full.split_once('T').unwrap_or((&full, ""));
    format!("{day} {}Z", at.clock_minutes())
}

fn listed<T>(all: &[T], none: &str, show: impl Fn(&T) -> String) -> String {
    if all.is_empty() {
        return none.to_owned();
    }
    let mut out: Vec<String> = all.iter().take(NAMED).map(show).collect();
    if all.len() > NAMED {
        out.push(format!("and {} more", all.len() - NAMED));
    }
    out.join("; ")
}

fn now(h: &Handoff) -> String {
    let read = h.read_at.map(|t| format!(" (read {}Z)", t.clock())).unwrap_or_default();
    let Some((up, all)) = h.up else { return format!("OBServers not read{read}") };
    let down = if h.down.is_empty() {
        String::new()
    } else {
        format!("; not in service: {}", listed(&h.down, "", self::down))
    };
    format!("{up} of {all} OBServers in service{down}{read}")
}

fn down(d: &Down) -> String {
    let since = match (d.since, d.seen) {
        (Some(t), _) => format!(" since {}Z", t.clock()),
        (None, Some(t)) => format!(", seen so {}Z", t.clock()),
        (None, None) => ", since when is not told".to_owned(),
    };
    format!("{} ({}) {}{since}", escape(d.address.raw()), escape(d.zone.raw()), escape(d.word.raw()))
}

fn sent(s: &Sent) -> String {
    let i = &s.intent;
    let end = if s.is_settled { " (settled)" } else { "" };
    let trace = s.ended.as_ref().and_then(|e| e.trace.as_ref());
    let trace = trace.map(|t| format!(", trace {}", code(t.raw()))).unwrap_or_default();
    let reason = i.basis.reason.as_ref().or(i.basis.overriding.as_ref());
    let reason = reason.map(|r| format!(", reason: {}", escape(r))).unwrap_or_default();
    let told = s.ended.as_ref().and_then(|e| e.task.as_ref());
    // An answer that named no task, but one was found.
    let task = s.task.as_ref().filter(|t| told.is_none() && Some(*t) != i.subject.task.as_ref());
    let task = task.map(|t| format!(", task {}", escape(t.raw()))).unwrap_or_default();
    format!(
        "{}Z {} {}: {} → {}{end}{task}{trace}{reason}",
        s.at.clock(),
        escape(s.who.raw()),
        escape(&about(&i.subject)),
        code(&format!("{} {}", i.method.raw(), i.path.raw())),
        escape(&answer(s.ended.as_ref(), None).replace("  ", ", ")),
    )
}

fn over(o: &Over) -> String {
    let word = o.phase.map_or_else(|| o.status.raw().to_owned(), |p| words::phase(p).to_owned());
    let took = o.took.map(|t| format!(" in {}", t.short())).unwrap_or_default();
    format!("task {} {} {}{took}", escape(o.task.raw()), escape(o.name.raw()), escape(&word))
}

fn running(r: &Running) -> String {
    let h = &r.head;
    let steps = words::steps(h);
    let left = match r.left {
        Some(left) if h.phase() != Phase::Failed => format!(", at most {} left", left.short()),
        _ => String::new(),
    };
    let state = format!("{} {steps}", words::task_state(h));
    format!("task {} {} {}{left}", escape(h.at.id.raw()), escape(h.name.raw()), escape(state.trim()))
}

fn clocks(h: &Handoff) -> String {
    let of = |d: &&Down| d.clock.map(|c| format!("{} {}", escape(d.address.raw()), clock(&c, h.now)));
    let mut known: Vec<&Down> = h.down.iter().filter(|d| d.clock.is_some()).collect();
    known.sort_by_key(|d| d.clock.map(|c| c.ends()));
    if known.is_empty() {
        let none = if h.down.is_empty() { "none runs" } else { "not known (no stop time, or no limit read)" };
        return none.to_owned();
    }
    listed(&known, "", |d| of(d).unwrap_or_default())
}

fn clock(c: &crate::domain::offline::Clock, now: Timestamp) -> String {
    format!("{} left, until {}", offline::coarse(c, now), offline::until(c))
}

/// What follows from the facts; the rest is the operator's.
fn next(h: &Handoff) -> String {
    let mut parts = Vec::new();
    if let Some((d, c)) = h.first_clock() {
        parts.push(format!("start {} before {}", escape(d.address.raw()), offline::until(&c)));
    }
    let runs = h.running.iter().filter(|r| r.head.phase() != Phase::Failed);
    if let Some((r, left)) = runs.filter_map(|r| Some((r, r.left?))).max_by_key(|(_, left)| *left) {
        let by = h.now.plus(left).clock_minutes();
        parts.push(format!("task {} ends, by {by}Z at the latest", escape(r.head.at.id.raw())));
    }
    if let Some(r) = h.running.iter().find(|r| r.head.phase() == Phase::Failed) {
        parts.push(format!("decide about failed task {}", escape(r.head.at.id.raw())));
    }
    parts.push(BLANK.to_owned());
    parts.join("; ")
}

fn risks(h: &Handoff) -> String {
    listed(&h.risks, "none that can be told from here", |r| match r {
        Risk::OutcomeUnknown(verb) => {
            format!("OUTCOME UNKNOWN of a {}: do not send it again", escape(verb.raw()))
        }
        Risk::Overridden(why) => format!("sent against the guard: {}", escape(&why.join(", "))),
        Risk::TaskFailed(id) => format!("failed task {} holds the cluster", escape(id.raw())),
        Risk::Skipped(id, n) => format!("task {}: {n} skipped, not done", escape(id.raw())),
        Risk::OfflineClock(a) => format!("offline limit of {} nearly used up or out", escape(a.raw())),
        Risk::DownUnasked(a) => format!("{} is down without an order", escape(a.raw())),
        Risk::Unread => "the servers' state is not fresh".to_owned(),
    })
}

#[cfg(test)]
mod tests;
