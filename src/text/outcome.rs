//! Outcomes, refusals and impacts in words: what failed, why, what now (style, "Errors").
//!
//! The server's own words are quoted, never replaced; the trace ID is always there. Outside text comes in filtered.

use crate::domain::action::{Action, ClusterAction, Scope};
use crate::domain::capability::WhyNot;
use crate::domain::guard::{Blocker, Refusal};
use crate::domain::id::TraceId;
use crate::domain::impact::Finding;
use crate::domain::outcome::{Held, Lookup, ReadError, ReadErrorKind, Refused};
use crate::domain::runbook::of_refusal;
use crate::domain::shown::Text;
use crate::domain::task::TaskSummary;

/// A failure in three parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// What failed, with the object's name.
    pub what: String,
    /// Why; the server's words in quotes.
    pub why: String,
    /// What can be done now; empty when nothing sensible can be said.
    pub now: String,
    /// Trace ID of the answer.
    pub trace: Option<TraceId>,
}

impl Told {
    /// The first line: what, why and the trace ID.
    pub fn line(&self) -> String {
        let mut line = self.what.clone();
        if !self.why.is_empty() {
            line.push_str(": ");
            line.push_str(&self.why);
        }
        if let Some(trace) = &self.trace {
            line.push_str(" · trace ");
            line.push_str(trace.shown().as_str());
        }
        line
    }
}

/// `zone zone2 of protoss`, `cluster protoss`, `OBServer 10.0.0.1:2882 of protoss`.
pub fn target(a: &ClusterAction) -> String {
    let cluster = a.cluster_name.shown();
    match &a.scope {
        Scope::Cluster => format!("cluster {cluster}"),
        Scope::Zone(z) => format!("zone {z} of {cluster}"),
        Scope::Server { address, .. } => format!("OBServer {address} of {cluster}"),
    }
}

/// What an action does, in words: `stop zone zone2 of protoss`.
pub fn action(action: &Action) -> String {
    match action {
        Action::Cluster(a) => format!("{} {}", a.verb.word(), target(a)),
        Action::Task { task, verb } => format!("{} task {}", verb.word(), task.id),
        Action::Subtask { task, subtask, verb } => {
            format!("{} subtask {subtask} of task {}", verb.word(), task.id)
        }
    }
}

/// The server said no. Where a runbook card is about it, its first step is what can be done now.
pub fn refused(of: &Action, r: &Refused) -> Told {
    let now = match r.kind {
        ReadErrorKind::Unauthenticated | ReadErrorKind::PollingStopped => {
            "check the login of this profile; nothing was done, and nothing more is sent: accounts get locked"
        }
        ReadErrorKind::Forbidden => "nothing was done; this login lacks the right for it",
        ReadErrorKind::NotFound => "nothing was done; it is not there any more: list again with `obdeck get`",
        ReadErrorKind::Conflict => {
            "nothing was done; its state forbids it, or another task holds it: `obdeck get tasks --unfinished` lists those"
        }
        ReadErrorKind::RateLimited => "nothing was done; the server asks to wait, so it was not sent again",
        ReadErrorKind::Redirected => {
            "nothing was followed; correct `url` of the profile if that place is meant"
        }
        ReadErrorKind::Server => "look at the task list before trying again: `obdeck get tasks --unfinished`",
        ReadErrorKind::Unreachable
        | ReadErrorKind::Timeout
        | ReadErrorKind::CutOff
        | ReadErrorKind::BadRequest
        | ReadErrorKind::NotAPlane
        | ReadErrorKind::BadAnswer
        | ReadErrorKind::TooLarge => "nothing was done",
    };
    Told {
        what: format!("could not {}", action(of)),
        why: answered(r.http, &r.code, &r.message),
        now: of_refusal(r).map_or_else(|| now.to_owned(), super::runbook::short),
        trace: r.trace.clone(),
    }
}

/// `the control plane answered 409 (11020): "…"`.
fn answered(http: u16, code: &Text, message: &Text) -> String {
    let who = if http == 0 {
        "refused before it was sent".to_owned()
    } else {
        format!("the control plane answered {http}")
    };
    let code =
        if code.is_empty() || code.raw() == "0" { String::new() } else { format!(" ({})", code.shown()) };
    let words = if message.is_empty() { String::new() } else { format!(": \"{}\"", message.shown()) };
    who + &code + &words
}

/// It never left here.
pub fn not_sent(of: &Action, why: &Text) -> Told {
    Told {
        what: format!("could not {}", action(of)),
        why: why.shown().to_string(),
        now: "nothing was sent; it can be tried again".to_owned(),
        trace: None,
    }
}

/// It was held back here.
pub fn held(of: &Action, held: &Held) -> Told {
    let now = match held {
        Held::NoJournal(_) => "make the state directory writable, or name another by XDG_STATE_HOME",
        Held::Changed { .. } => "look again and decide anew",
        Held::ReadOnly => "use a profile that may send actions",
    };
    Told {
        what: format!("refused here, nothing was sent: {}", action(of)),
        why: super::ending::held(held),
        now: now.to_owned(),
        trace: None,
    }
}

/// It may have been done.
pub fn unknown(of: &Action, why: &Text, lookup: &Lookup) -> Told {
    let now = match (&lookup.task, &lookup.cluster, of) {
        (Some(task), _, _) => {
            format!("see what became of it: obdeck get task {task} --profile {}", lookup.profile)
        }
        (None, _, Action::Cluster(a)) => format!(
            "see what became of it: obdeck get tasks --profile {} --cluster {} — a task named \"{}\" started at or after {} is probably yours",
            lookup.profile,
            a.cluster_name,
            lookup.name,
            lookup.sent.rfc3339()
        ),
        (None, _, _) => format!("see what became of it: obdeck get tasks --profile {}", lookup.profile),
    };
    Told {
        what: format!(
            "outcome unknown: {} was sent and may have been done; it is not sent again",
            action(of)
        ),
        why: why.shown().to_string(),
        now,
        trace: None,
    }
}

/// A candidate the lookup found.
pub fn probably(t: &TaskSummary) -> String {
    let started =
        t.started.map_or_else(|| "not started yet".to_owned(), crate::domain::time::Timestamp::rfc3339);
    let by = if t.creator.is_empty() { String::new() } else { format!(", by {}", t.creator) };
    format!("probably yours: task {} \"{}\", {}{by}, {started}", t.at.id, t.name, t.status.word)
}

/// A read gave nothing.
pub fn read(what: &str, e: &ReadError) -> Told {
    let now = match e.kind {
        ReadErrorKind::Unreachable => "check `url` of the profile, the network and the proxy variables",
        ReadErrorKind::Timeout => "try again, or allow more with --timeout",
        ReadErrorKind::CutOff => "try again",
        ReadErrorKind::Unauthenticated => {
            "check user and secret of the profile; not tried again: accounts get locked"
        }
        ReadErrorKind::Forbidden => "this login lacks the right for it",
        ReadErrorKind::NotFound => "it is not there, or not visible to this login",
        ReadErrorKind::Redirected => "redirects are never followed; correct `url` of the profile",
        ReadErrorKind::NotAPlane => "check `url` of the profile: something else answers there",
        ReadErrorKind::RateLimited => "try again later",
        ReadErrorKind::PollingStopped => "check user and secret of the profile; an earlier 401 stopped it",
        ReadErrorKind::Conflict
        | ReadErrorKind::BadRequest
        | ReadErrorKind::BadAnswer
        | ReadErrorKind::TooLarge
        | ReadErrorKind::Server => "give the trace ID to who runs the control plane",
    };
    let why = e.why.shown().as_str();
    let http = if e.http == 0 || why.contains(&e.http.to_string()) {
        String::new()
    } else {
        format!("answered {}: ", e.http)
    };
    let what_sent = if e.what.is_empty() { String::new() } else { format!(" ({})", e.what.shown()) };
    let wait = e.wait.map(|w| format!(", asked to wait {}", w.short())).unwrap_or_default();
    let why = format!("{http}{why}{what_sent}{wait}");
    Told { what: format!("could not {what}"), why, now: now.to_owned(), trace: e.trace.clone() }
}

/// Waiting does not help where service itself would be lost.
fn is_loss(blocker: &Blocker) -> bool {
    matches!(blocker, Blocker::MajorityLost(_) | Blocker::NoRootService | Blocker::WholeCluster)
}

/// Refused here.
pub fn refusal(of: &Action, r: &Refusal) -> Told {
    let (why, now) = match r {
        Refusal::Blocked(blockers) => {
            let why = blockers.iter().map(|b| super::action::blocker(b).0).collect::<Vec<_>>().join("; ");
            let now = if blockers.contains(&Blocker::ReadOnly) {
                "use a profile that may write"
            } else if blockers.iter().any(|b| matches!(b, Blocker::Target(_))) {
                "list what is there with `obdeck get`"
            } else if blockers.contains(&Blocker::Insecure) {
                "set tls.ca_file, or go on all the same with --override REASON"
            } else if blockers.iter().any(|b| matches!(b, Blocker::OtherZones(_))) {
                "start it first with `obdeck start zone`, or go on all the same with --override REASON"
            } else if blockers.iter().any(is_loss) {
                "see what it takes away with `obdeck impact`, or go on all the same with --override REASON"
            } else {
                "wait until this is settled, or go on all the same with --override REASON"
            };
            (why, now.to_owned())
        }
        Refusal::NotConfirmed => {
            ("it was not confirmed".to_owned(), "confirm with --yes, or look first with --dry-run".to_owned())
        }
        Refusal::NameMissing(want) => (
            "the name of the target must be given in addition".to_owned(),
            format!("add --confirm '{}'", Text::new(want).shown()),
        ),
        Refusal::NameWrong { want, at } => (
            format!(
                "the name given is not \"{}\": it differs from letter {} on",
                Text::new(want).shown(),
                at + 1
            ),
            "check that this is the target you mean".to_owned(),
        ),
        Refusal::ReasonMissing(causes) => {
            let since = causes.iter().map(super::action::cause).collect::<Vec<_>>().join("; ");
            let why = if since.is_empty() { String::new() } else { format!(", since {since}") };
            (format!("a reason is required{why}"), "add --reason TEXT (it is journalled)".to_owned())
        }
    };
    Told { what: format!("refused here, nothing was sent: {}", action(of)), why, now, trace: None }
}

/// One line of the impact, in the same words as the dialog's.
pub fn finding(f: &Finding) -> String {
    let line = super::impact::line(f, false);
    format!("{}  {:<30}  {}", line.mark, line.label, line.value).trim_end().to_owned()
}

/// The same without its mark, for machine output that tells the level apart.
pub fn bare(f: &Finding) -> String {
    super::impact::sentence(f, true)
}

/// Why something is not offered, and what is.
pub fn why_not(w: WhyNot) -> &'static str {
    match w {
        WhyNot::OcpForceIsForServers => {
            "--force is offered for stop and restart of a server (OCP), and for stop (OBShell)"
        }
        WhyNot::OcpHasNoFreeze => "--freeze is not offered here: OCP's documented API has no minor freeze",
        WhyNot::OnlyObshellZoneHasProcess => {
            "--process is offered for the stop of a zone through OBShell only"
        }
        WhyNot::OnlyObshellPassesDags => "--force-pass-dag is offered through OBShell only",
        WhyNot::OcpCannotCancelTasks => {
            "OCP cannot cancel a whole task; offered are task retry, task rollback and subtask cancel"
        }
        WhyNot::OnlyObshellPasses => "pass is offered through OBShell only; OCP offers subtask skip",
        WhyNot::ObshellHasNoRestart => "OBShell has no restart: stop, then start",
        WhyNot::ObshellClusterNeedsKill => {
            "OBShell stops a whole cluster only with --force (kill -9) or --freeze (minor freeze, then kill -9)"
        }
        WhyNot::ObshellForceOrFreeze => {
            "OBShell takes one of them: --force, --freeze, or for a zone --process with or without --freeze"
        }
        WhyNot::ObshellStartHasNoModes => {
            "OBShell starts in one way only; of the options --force-pass-dag alone is offered"
        }
        WhyNot::ObshellOperatesOnTasks => {
            "OBShell retries, rolls back and cancels whole tasks (`obdeck task retry`); a step can only be passed with `subtask skip`"
        }
        WhyNot::ReadOnly => "the profile is read-only",
        WhyNot::OnlyWhileRunning => "possible only while it runs",
        WhyNot::OnlyAfterFailure => "possible only after it has failed",
        WhyNot::Prohibited => "the control plane forbids it for this one",
        WhyNot::NothingSelected => "nothing is selected",
    }
}
