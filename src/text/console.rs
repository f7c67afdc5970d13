//! Sentences of the console: notices, reasons, freshness.

use std::fmt::Write as _;

use super::action::why_not;
use super::keys::{describe, key_name};
use crate::app::facts::Notice;
use crate::app::keepsake::{Kept, NotKept, Saved};
use crate::app::model::Freshness;
use crate::app::panes::task::job::NotLaid;
use crate::domain::limits;
use crate::domain::outcome::{Outcome, ReadError, ReadErrorKind, Refused};
use crate::domain::shown::Shown;
use crate::domain::time::Span;

/// The kind of a read error in a few words, for places of one line.
pub fn error_kind(kind: ReadErrorKind) -> &'static str {
    match kind {
        ReadErrorKind::Unreachable => "cannot be reached",
        ReadErrorKind::Timeout => "no answer in time",
        ReadErrorKind::CutOff => "answer cut off",
        ReadErrorKind::Unauthenticated => "login refused (401)",
        ReadErrorKind::Forbidden => "not permitted (403)",
        ReadErrorKind::NotFound => "not found (404)",
        ReadErrorKind::Conflict => "state conflict (409)",
        ReadErrorKind::BadRequest => "request refused (400)",
        ReadErrorKind::RateLimited => "asked to wait (429)",
        ReadErrorKind::Redirected => "points elsewhere (3xx)",
        ReadErrorKind::NotAPlane => "not a control plane",
        ReadErrorKind::BadAnswer => "answer not understood",
        ReadErrorKind::TooLarge => "answer too large",
        ReadErrorKind::Server => "server error (5xx)",
        ReadErrorKind::PollingStopped => "not asked since the 401",
    }
}

/// A read that failed: what, why, what now.
pub fn read_error(e: &ReadError) -> String {
    let mut s = format!("could not read {}: {}", e.what, error_kind(e.kind));
    if !e.why.is_empty() {
        let _ = write!(s, ": {}", e.why);
    }
    if let Some(trace) = &e.trace {
        let _ = write!(s, " · trace {trace}");
    }
    match e.kind {
        ReadErrorKind::Unauthenticated => s.push_str(" · polling stopped, ctrl-r tries once more"),
        _ if e.wait.is_some() => {
            let _ = write!(s, " · waits {}", e.wait.unwrap_or_default().short());
        }
        _ => {}
    }
    s
}

fn refused(r: &Refused) -> String {
    let mut s = String::from("refused");
    if r.http > 0 {
        let _ = write!(s, " with HTTP {}", r.http);
    }
    if !r.code.is_empty() {
        let _ = write!(s, " code {}", r.code);
    }
    let _ = write!(s, ", nothing was done: {}", r.message);
    if let Some(trace) = &r.trace {
        let _ = write!(s, " · trace {trace}");
    }
    s
}

/// How an order ended.
pub fn outcome(o: &Outcome) -> String {
    match o {
        Outcome::Accepted { task, trace, took } => {
            let mut s = match task {
                Some(t) => format!("accepted: task {} {}", t.head.at.id, t.head.name),
                None => String::from("accepted"),
            };
            if let Some(trace) = trace {
                let _ = write!(s, " · trace {trace}");
            }
            let _ = write!(s, " · {} ms", took.millis());
            s
        }
        Outcome::Refused(r) => refused(r),
        Outcome::NotSent { why } => format!("not sent: {why} · nothing left this machine"),
        Outcome::Held(h) => format!("not sent: {}", super::ending::held(h)),
        Outcome::Unknown { why, lookup } => {
            format!("OUTCOME UNKNOWN: {why} · look for a task \"{}\" before trying again", lookup.name)
        }
    }
}

/// Before the line of a note.
pub fn note_about(cluster: &crate::domain::shown::Text) -> String {
    if cluster.is_empty() {
        "note: ".to_owned()
    } else {
        format!("note on {}: ", cluster.shown().cut_end(24))
    }
}
/// Keys of the line of a note.
pub const NOTE_KEYS: &str = "↵ into the journal  esc";

/// What the message line says.
pub fn notice(n: &Notice, ascii: bool) -> String {
    match n {
        Notice::Copied(v) => format!("copied: {v}"),
        Notice::Saved(kept) => kept_as(kept),
        Notice::NotSaved(why) => not_kept(why),
        Notice::NoteCopied(true) => "handoff note copied, as Markdown".to_owned(),
        Notice::NoteCopied(false) => "ui.clipboard is off: m gives the mouse back, then select it".to_owned(),
        Notice::Jotted => "note is in the journal".to_owned(),
        Notice::NotJotted(why) => format!("the note is not written: {why}"),
        Notice::NotPossible(w) => format!("not possible: {}", why_not(w)),
        Notice::Outcome(o) => outcome(o),
        Notice::ReadFailed(e) => read_error(e),
        Notice::Paused(true) => "paused: nothing is read until p; ctrl-r reads once".to_owned(),
        Notice::Paused(false) => "polling again".to_owned(),
        Notice::RefreshRate(s) => format!("reads every {}", s.short()),
        Notice::Mouse(true) => "mouse: clicks go to obdeck".to_owned(),
        Notice::Mouse(false) => "mouse: the terminal's own selection works".to_owned(),
        Notice::NoMatch(t) => format!("no match for {t}"),
        Notice::NothingFolds => "no three finished steps follow each other alone".to_owned(),
        Notice::NoProblem => "no problem here".to_owned(),
        Notice::NothingThere => "nothing to show there".to_owned(),
        Notice::NotLaid(NotLaid::Fault(why)) => {
            format!("the boxes could not be laid out, the lanes stay: {why}")
        }
        Notice::NotLaid(NotLaid::TooMany(n)) => format!(
            "{n} steps and links are too many for boxes ({} at most): the lanes stay",
            limits::DRAWN_IN_BOXES
        ),
        Notice::Fault(t) => format!("a part of obdeck failed: {t} · the console goes on"),
        Notice::Told(profile, words) => format!("{profile}: {words}"),
        Notice::AlsoSending(pid, since) => super::journal::also_sending(*pid, *since),
        Notice::AlsoRunning(pids) => super::journal::also_running(pids),
        Notice::ChainBroken => super::journal::CHAIN_BROKEN.to_owned(),
        Notice::NoJournal(why) => super::journal::broken(why),
        Notice::Attached(task) => super::lost::attached(task),
        Notice::NoHistory(why) => format!("the journal could not be read: {why}"),
        Notice::KeyClash(c) => format!(
            "[keys]: {} is wanted by \"{}\" and \"{}\"; the first has it",
            key_name(c.key, ascii),
            describe(c.kept),
            describe(c.lost)
        ),
        Notice::TakenOver => super::tour::TAKEN_OVER.to_owned(),
        Notice::QuitWaits => "an order is on its way: quits when it is answered, 5 s at most".to_owned(),
        Notice::TaskEnded(t) => {
            let end = match t.phase() {
                crate::domain::status::Phase::Done => "is done",
                crate::domain::status::Phase::Failed => "FAILED",
                crate::domain::status::Phase::Skipped => "ended, not done",
                crate::domain::status::Phase::Pending
                | crate::domain::status::Phase::Ready
                | crate::domain::status::Phase::Running
                | crate::domain::status::Phase::RollingBack
                | crate::domain::status::Phase::Canceling
                | crate::domain::status::Phase::Unknown => "changed",
            };
            format!("task {} {} {end}", t.at.id, t.name)
        }
    }
}

/// Title of the list of what can be written into files.
pub const FILES: &str = "Save the task as";
/// Where files go.
pub const FILES_GO: &str =
    "written for you alone (0600) into obdeck/exports of the state folder; nothing is replaced";

/// `saved ~/.local/state/obdeck/exports/task-1-20261121T140322Z.{svg,txt}`: a shell takes the path as it is.
fn kept_as(kept: &Kept) -> String {
    let split = |n: &Shown| n.as_str().rsplit_once('.').map(|(stem, end)| (stem.to_owned(), end.to_owned()));
    let names: Vec<(String, String)> = kept.names.iter().filter_map(split).collect();
    match names.as_slice() {
        [] => format!("saved in {}", kept.folder),
        [(stem, end)] => format!("saved {}/{stem}.{end}", kept.folder),
        [(stem, _), ..] => {
            let ends: Vec<&str> = names.iter().map(|(_, end)| end.as_str()).collect();
            format!("saved {}/{stem}.{{{}}}", kept.folder, ends.join(","))
        }
    }
}

fn not_kept(why: &NotKept) -> String {
    match why {
        NotKept::NoFolder => {
            "not saved: no home directory is known; set XDG_STATE_HOME to an absolute path".to_owned()
        }
        NotKept::Failed(why) => format!("not saved: {why}"),
        NotKept::Refused { what, why } => format!("not saved: {why}: {what}"),
    }
}

/// What came of files that were asked for.
pub fn saved(saved: &Saved) -> String {
    match saved {
        Ok(kept) => kept_as(kept),
        Err(why) => not_kept(why),
    }
}

/// How fresh the screen is, for the top line.
pub fn freshness(f: &Freshness) -> String {
    match f {
        Freshness::Nothing => String::new(),
        Freshness::Reading => "reading".to_owned(),
        Freshness::Live => "live".to_owned(),
        Freshness::Old(age) => format!("data {}", age.short()),
        Freshness::Stale(Some(age), e) => format!("STALE {} {}", age.short(), error_kind(e.kind)),
        Freshness::Stale(None, e) => format!("NO DATA {}", error_kind(e.kind)),
        Freshness::Stopped(_) => "STOPPED 401, ctrl-r".to_owned(),
        Freshness::Paused(Some(at)) => format!("PAUSED {}Z", at.clock()),
        Freshness::Paused(None) => "PAUSED".to_owned(),
    }
}

/// A length in one unit, for columns: `41d`, `7h`, `12m`, `51s`.
pub fn coarse(span: Span) -> String {
    let s = span.secs().max(0);
    match s {
        0..60 => format!("{s}s"),
        60..3600 => format!("{}m", s / 60),
        3600..86_400 => format!("{}h", s / 3600),
        _ => format!("{}d", s / 86_400),
    }
}

/// For how long a server has been up, in four columns: hours at the finest, so that an idle screen does not change
/// every minute.
pub fn uptime(span: Span) -> String {
    match span.secs() {
        ..3600 => "<1h".to_owned(),
        secs if secs >= 1000 * 86_400 => format!("{}y", secs / (365 * 86_400)),
        _ => coarse(span),
    }
}
