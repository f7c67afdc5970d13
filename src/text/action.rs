//! Words for actions: what each does, what a force means on which control plane, why one is not offered, and why a
//! yes does not count. The meaning is shown, not the word (operator-guide 1.2).

use std::borrow::Cow;

use super::{console, impact};
use crate::app::overlays::dialog::Hint;
use crate::app::overlays::dialog::situation::{Lock, Moved, Typed};
use crate::domain::action::{Scope, SubtaskVerb, TaskVerb, Verb};
use crate::domain::capability::{Mode, PlaneKind, WhyNot};
use crate::domain::guard::{Blocker, Cause, Refusal};
use crate::domain::id::{TaskId, TraceId};
use crate::domain::request::Checked;
use crate::domain::shown::Text;

/// `STOP zone2 of protoss`.
pub fn title(verb: Verb, scope: &Scope, cluster: &Text) -> String {
    let verb = verb.word().to_ascii_uppercase();
    let name = if cluster.is_empty() { "?".to_owned() } else { quoted(cluster) };
    match scope {
        Scope::Cluster => format!("{verb} cluster {name}"),
        Scope::Zone(zone) => format!("{verb} {} of {name}", quoted(zone.text())),
        Scope::Server { address, zone, .. } => {
            format!("{verb} {} in {} of {name}", quoted(address), quoted(zone.text()))
        }
    }
}

/// A name as it may be shown; in quotes when it could be taken for another (X11, X12).
pub fn quoted(name: &Text) -> String {
    if name.is_suspicious() { format!("\"{name}\"") } else { name.to_string() }
}

/// What is odd about a name: letters beyond ASCII by code, spaces at its edges, characters that cannot be seen.
/// `None` for a plain one.
pub fn oddity(name: &Text) -> Option<String> {
    if !name.is_suspicious() {
        return None;
    }
    let raw = name.raw();
    let mut told = Vec::new();
    if raw.is_empty() {
        told.push("the name is empty".to_owned());
    }
    let odd: Vec<(usize, char)> = raw.chars().enumerate().filter(|(_, c)| !(' '..='~').contains(c)).collect();
    for (at, c) in odd.iter().take(2) {
        let shown = Text::new(&c.to_string());
        told.push(format!("letter {} is {} U+{:04X}", at + 1, shown, u32::from(*c)));
    }
    if odd.len() > 2 {
        told.push(format!("{} more", odd.len() - 2));
    }
    if raw.starts_with(' ') {
        told.push("space at its start".to_owned());
    }
    if raw.ends_with(' ') {
        told.push("space at its end".to_owned());
    }
    Some(told.join(", "))
}

/// Whether a name holds what no keyboard types: it cannot be confirmed here, only by `--confirm`.
pub fn cannot_be_typed(name: &Text) -> bool {
    name.raw() != name.shown().as_str()
}

/// Name and meaning of the plain mode.
pub fn plain_mode(kind: PlaneKind, verb: Verb, scope: &Scope) -> (&'static str, &'static str) {
    match (kind, verb, scope) {
        (PlaneKind::Ocp, Verb::Stop, Scope::Cluster) => {
            ("stop processes", "ends every process, no SQL stop before it")
        }
        (PlaneKind::Ocp, Verb::Stop, Scope::Zone(_)) => {
            ("stop zone + process", "SQL STOP ZONE with its checks, then stop")
        }
        (PlaneKind::Ocp, Verb::Stop, Scope::Server { .. }) => {
            ("stop server + process", "SQL STOP SERVER with its checks, then stop")
        }
        (PlaneKind::Ocp | PlaneKind::Obshell, Verb::Start, Scope::Cluster) => {
            ("start process + zones", "starts every process, then every zone")
        }
        (PlaneKind::Ocp | PlaneKind::Obshell, Verb::Start, Scope::Zone(_)) => {
            ("start process + zone", "starts the processes, then SQL START ZONE")
        }
        (PlaneKind::Ocp | PlaneKind::Obshell, Verb::Start, Scope::Server { .. }) => {
            ("start process + server", "starts the process, then SQL START SERVER")
        }
        (PlaneKind::Ocp, Verb::Restart, Scope::Cluster) => {
            ("restart processes", "zone by zone or all at once: OCP decides")
        }
        (PlaneKind::Ocp, Verb::Restart, Scope::Zone(_)) => {
            ("restart zone", "SQL STOP ZONE with checks, stop, start again")
        }
        (PlaneKind::Ocp, Verb::Restart, Scope::Server { .. }) => {
            ("restart server", "pre-check, SQL STOP SERVER, stop, start again")
        }
        (PlaneKind::Obshell, Verb::Stop, Scope::Cluster) => ("stop", "not offered by OBShell without a kill"),
        (PlaneKind::Obshell, Verb::Stop, Scope::Zone(_)) => {
            ("stop service only", "SQL STOP ZONE, checked; the process stays")
        }
        (PlaneKind::Obshell, Verb::Stop, Scope::Server { .. }) => {
            ("stop service only", "SQL STOP SERVER, checked; process stays")
        }
        (PlaneKind::Obshell, Verb::Restart, _) => ("restart", "not offered by OBShell"),
    }
}

/// Name and meaning of a mode: what the server really does. The kills say that nobody checks a majority.
pub fn mode(kind: PlaneKind, verb: Verb, scope: &Scope, mode: Mode) -> (&'static str, &'static str) {
    match mode {
        Mode::Plain => plain_mode(kind, verb, scope),
        Mode::Process => ("stop zone + process", "SQL STOP ZONE, checked, then kill -9"),
        Mode::ProcessFreeze => ("stop, freeze, process", "the same, minor freeze before the kill -9"),
        Mode::Freeze => ("freeze, then kill", "minor freeze, kill -9; no majority check"),
        Mode::Force if kind == PlaneKind::Obshell => ("force", "kill -9 at once; nobody checks a majority"),
        Mode::Force => ("force", "skips the control plane's pre-check"),
    }
}

/// What the plane's own check said, in a line.
pub fn checked(checked: Result<&Checked, &Text>) -> String {
    match checked {
        Ok(c) if c.passed => "passed: a plain stop would be taken now".to_owned(),
        Ok(c) => format!("refused: {}", c.words),
        Err(why) => format!("not known: {why}"),
    }
}

/// The toggle that passes over what holds the cluster, naming it.
pub fn pass(tasks: &[TaskId]) -> String {
    let ids = tasks.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    format!("forcePassDag {ids}: marked SUCCEED as it stands")
}

/// What a force would do, or why there is none.
pub fn force_mode(kind: PlaneKind, verb: Verb, scope: &Scope, offered: bool) -> String {
    let of = match scope {
        Scope::Cluster => "clusters",
        Scope::Zone(_) => "zones",
        Scope::Server { .. } => "servers",
    };
    match (kind, verb) {
        (PlaneKind::Ocp, Verb::Stop) if offered => "stops it directly; skipped checks not told".to_owned(),
        (PlaneKind::Ocp, _) if offered => "skips the pre-check, interrupts business".to_owned(),
        (PlaneKind::Obshell, _) if offered => mode(kind, verb, scope, Mode::Force).1.to_owned(),
        (PlaneKind::Ocp, Verb::Start) => "not offered by OCP for a start".to_owned(),
        (PlaneKind::Ocp, Verb::Stop | Verb::Restart) => format!("not offered by OCP for {of}"),
        (PlaneKind::Obshell, _) => format!("not offered by OBShell for a {}", verb.word()),
    }
}

/// What a verb on a task really does (operator-guide 4.2).
pub fn task_meaning(verb: TaskVerb) -> &'static str {
    match verb {
        TaskVerb::Retry => "Rolls every failed subtask back first, then runs it again, then goes on.",
        TaskVerb::Rollback => {
            "Undoes from the failed subtask back to the first. It frees resources and sets states back; it does not undo a kill."
        }
        TaskVerb::Cancel => {
            "Makes it FAILED where its current node allows that; refused for a finished one. What was done stays done, and a process that is ending may go on."
        }
        TaskVerb::Pass => {
            "Writes every open node as SUCCEED and releases the cluster's lock. Nothing of it is done: look at the servers afterwards."
        }
    }
}

/// What a verb on a subtask really does (operator-guide 4.2).
pub fn subtask_meaning(verb: SubtaskVerb) -> &'static str {
    match verb {
        SubtaskVerb::Retry => "Rolls this subtask back first, then runs it again, then the task goes on.",
        SubtaskVerb::Skip => {
            "Marks it successful without doing it; the rest runs on. What is recorded may then differ from what is true: a process may live though it reads stopped."
        }
        SubtaskVerb::Cancel => "Interrupts it; it becomes FAILED, and the work it began may go on.",
    }
}

/// Why something is not offered.
pub fn why_not(why: &WhyNot) -> Cow<'static, str> {
    Cow::Borrowed(match why {
        WhyNot::OcpForceIsForServers => "OCP offers force for stop and restart of an OBServer only",
        WhyNot::OcpHasNoFreeze => "OCP's API has no minor freeze",
        WhyNot::OnlyObshellZoneHasProcess => "only OBShell's zone stop ends processes with checks",
        WhyNot::OnlyObshellPassesDags => "only OBShell can pass over a task that holds the cluster",
        WhyNot::OcpCannotCancelTasks => "OCP cannot cancel a whole task; cancel its running subtask",
        WhyNot::OnlyObshellPasses => "pass is OBShell's; OCP skips a subtask",
        WhyNot::ObshellHasNoRestart => "OBShell has no restart: stop, then start",
        WhyNot::ObshellClusterNeedsKill => "OBShell stops a cluster only by force, or by freeze and kill",
        WhyNot::ObshellForceOrFreeze => "OBShell takes force or freeze, not both",
        WhyNot::ObshellStartHasNoModes => "OBShell starts in one way only",
        WhyNot::ObshellOperatesOnTasks => {
            "OBShell retries and cancels whole tasks; of a step it can only pass"
        }
        WhyNot::ReadOnly => "this profile is read-only",
        WhyNot::OnlyWhileRunning => "only while it runs",
        WhyNot::OnlyAfterFailure => "only after it has failed",
        WhyNot::Prohibited => "the control plane forbids it for this one",
        WhyNot::NothingSelected => "select a cluster, zone or OBServer first",
        WhyNot::Forbidden(trace) => return Cow::Owned(forbidden(trace.as_ref())),
    })
}

/// What a 403 left behind (H02): what is so, by which answer, and what asks again.
pub(super) fn forbidden(trace: Option<&TraceId>) -> String {
    let trace = trace.map(|t| format!(" · trace {t}")).unwrap_or_default();
    format!("your role may not do this (403){trace} · ctrl-r asks again")
}

/// Why the guard refuses, and the way out.
pub fn blocker(blocker: &Blocker) -> (String, &'static str) {
    match blocker {
        Blocker::ReadOnly => ("this profile is read-only".to_owned(), "set read_only = false to change that"),
        Blocker::HeldBy(t) => {
            (format!("task {} {} {} holds the cluster", t.at.id, t.name, t.status.word), "enter opens it")
        }
        Blocker::OtherZones(zones) => (
            format!("{} not whole: the server would refuse (-4660)", impact::are(zones)),
            "start it first: U on it, or obdeck start zone",
        ),
        Blocker::MajorityLost(tenants) => {
            let stop = if tenants.len() == 1 { "STOPS" } else { "STOP" };
            (
                format!("{} {stop}: no majority is left", impact::tenant::names(tenants)),
                "another replica must be up",
            )
        }
        Blocker::NoRootService => {
            ("no RootService would be left".to_owned(), "start another of its OBServers first")
        }
        Blocker::WholeCluster => ("the whole cluster goes".to_owned(), "no way to do it without an outage"),
        Blocker::Unread(input, why) => (
            format!("{} not known: {}", impact::input_word(*input), impact::missing(why)),
            "wait for the next read",
        ),
        Blocker::Target(_) => {
            ("what was chosen is gone, or another now".to_owned(), "close this and choose again")
        }
        Blocker::Insecure => (
            "the certificate is not judged (tls.insecure), danger is high".to_owned(),
            "set tls.ca_file of the profile",
        ),
    }
}

/// The deed on its button.
pub fn deed(verb: Verb, refused: bool) -> &'static str {
    match (verb, refused) {
        (Verb::Stop, false) => "Stop",
        (Verb::Stop, true) => "Stop anyway",
        (Verb::Start, false) => "Start",
        (Verb::Start, true) => "Start anyway",
        (Verb::Restart, false) => "Restart",
        (Verb::Restart, true) => "Restart anyway",
    }
}

/// Why a yes would not count, in a sentence.
pub fn lock(lock: &Lock) -> String {
    match lock {
        Lock::NoProfile => "locked: the profile is no longer configured".to_owned(),
        Lock::Moved(Moved::Gone) => "locked: it is no longer listed by the control plane".to_owned(),
        Lock::Moved(Moved::Renamed(now)) => format!("locked: the same ID is now {}", quoted(now)),
        Lock::Moved(Moved::Elsewhere(zone)) => format!("locked: it is now in {}", quoted(zone.text())),
        Lock::NotOffered(why) => format!("locked: {}", why_not(why)),
        Lock::NoWayRound => "locked: refused here, and nothing goes round it".to_owned(),
        Lock::Reading => "locked: reading what it would take away".to_owned(),
        Lock::Old(age) => format!("locked: data {} old, being read again", age.short()),
        Lock::Planning => "locked: the request is being made".to_owned(),
        Lock::PlanFailed(why) => format!("locked: the request could not be made: {why}"),
        Lock::Reason => "locked: a reason is required".to_owned(),
        Lock::Name(Typed::Empty) => "locked: the name must be typed".to_owned(),
        Lock::Name(Typed::Short(1)) => "locked: right so far, 1 letter to come".to_owned(),
        Lock::Name(Typed::Short(n)) => format!("locked: right so far, {n} letters to come"),
        Lock::Name(Typed::Differs { at, want, got }) => {
            let letter = |c: char| Text::new(&c.to_string()).shown().to_string();
            let got = letter(*got);
            match want {
                Some(want) => {
                    format!("wrong name: letter {} is \"{got}\", not \"{}\"", at + 1, letter(*want))
                }
                None => format!("wrong name: letter {} \"{got}\" is too much", at + 1),
            }
        }
        Lock::Settling => "locked: just changed, read it first".to_owned(),
    }
}

/// The same in a word or two, for the button.
pub fn lock_word(lock: &Lock) -> &'static str {
    match lock {
        Lock::NoProfile => "no profile",
        Lock::Moved(_) => "target changed",
        Lock::NotOffered(_) => "not offered",
        Lock::NoWayRound => "refused",
        Lock::Reading => "reading",
        Lock::Old(_) => "data old",
        Lock::Planning | Lock::PlanFailed(_) => "no request",
        Lock::Reason => "reason missing",
        Lock::Name(Typed::Differs { .. }) => "wrong name",
        Lock::Name(Typed::Empty | Typed::Short(_)) => "name missing",
        Lock::Settling => "read it first",
    }
}

/// Why the last key did not do what it may have been meant to.
pub fn hint(hint: &Hint, yes: char) -> String {
    match hint {
        Hint::Locked(why) => lock(why),
        Hint::EnterIsNoYes => format!("enter is never yes: press {yes}"),
        Hint::PasteRefused => "paste is refused here: the name must be typed".to_owned(),
        Hint::Refused(refusal) => self::refusal(refusal),
        Hint::Copied(value) => format!("copied: {value}"),
        Hint::Saved(saved) => console::saved(saved),
    }
}

/// What makes a reason necessary, in a clause.
pub fn cause(cause: &Cause) -> String {
    match cause {
        Cause::Unchecked => "nothing is checked by the server".to_owned(),
        Cause::Unread(input, why) => {
            format!("{} were not read ({})", impact::input_word(*input), impact::missing(why))
        }
        Cause::Unsure(tenant) => format!("tenant {tenant} cannot be judged"),
        Cause::MayStop(tenant) => format!("some log streams of {tenant} may stop"),
        Cause::Pauses(tenant) => format!("{tenant} pauses until it is downgraded"),
    }
}

/// Why an answer does not approve.
pub fn refusal(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Blocked(blockers) => match blockers.first() {
            Some(first) => {
                let (what, out) = blocker(first);
                format!("refused here: {what}; {out}")
            }
            None => "refused here".to_owned(),
        },
        Refusal::NotConfirmed => "not confirmed".to_owned(),
        Refusal::NameMissing(want) => format!("not confirmed: {} must be typed", Text::new(want)),
        Refusal::NameWrong { want, at } => {
            format!("wrong name: letter {} differs from {}", at + 1, Text::new(want))
        }
        Refusal::ReasonMissing(causes) => match causes.first() {
            Some(first) => format!("not confirmed: a reason is required, since {}", cause(first)),
            None => "not confirmed: a reason is required".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x11_a_look_alike_letter_and_an_edge_space_are_told() {
        let odd = oddity(&Text::new("zon\u{435}1 ")).unwrap_or_default();
        assert_eq!(odd, "letter 4 is \u{435} U+0435, space at its end");
        assert_eq!(oddity(&Text::new("zone1")), None);
    }

    #[test]
    fn x06_a_name_with_a_bidi_control_cannot_be_typed() {
        let name = Text::new("zone1\u{202e}2enoz");
        assert!(cannot_be_typed(&name));
        assert!(!cannot_be_typed(&Text::new("集群1")));
        assert_eq!(oddity(&name).unwrap_or_default(), "letter 6 is ‹bidi› U+202E");
    }
}
