//! Words for how an action ended: what failed, why, what now. The server's own words are quoted, never replaced, and
//! an unknown outcome is called that.

use crate::app::overlays::dialog::ending::Back;
use crate::domain::outcome::{Held, Lookup, Outcome, ReadErrorKind, Refused};
use crate::domain::task::TaskSummary;

/// An outcome in one line, for the message line.
pub fn line(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Accepted { task, trace, took } => {
            let task = task.as_ref().map_or_else(
                || "accepted".to_owned(),
                |t| format!("accepted: task {} {}", t.head.at.id, t.head.name),
            );
            let trace = trace.as_ref().map_or_else(String::new, |t| format!(" · trace {t}"));
            format!("{task}{trace} · {} ms", took.millis())
        }
        Outcome::Refused(refused) => format!("refused: {} · {}", quote(refused), trace(refused)),
        Outcome::NotSent { why } => format!("not sent: {why} · nothing left here"),
        Outcome::Held(h) => format!("held back: {} · nothing was sent", held(h)),
        Outcome::Unknown { why, .. } => {
            format!("outcome unknown: {why} · look at the task list, do not send again")
        }
    }
}

/// Why an order was held back here after the yes.
pub fn held(held: &Held) -> String {
    match held {
        Held::NoJournal(why) => {
            format!("the journal cannot be written, and without it nothing is sent: {why}")
        }
        Held::Changed { now, gone } => {
            let told = now.first().map(|c| format!("now {}", code(c)));
            let told = told.or_else(|| gone.first().map(|c| format!("no longer {}", code(c))));
            let more = (now.len() + gone.len()).saturating_sub(1);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let what = if is_of_task(now, gone) { "task" } else { "cluster" };
            format!("the {what} changed since it was confirmed: {}{more}", told.unwrap_or_default())
        }
        Held::ReadOnly => "the profile is read-only".to_owned(),
    }
}

/// Whether an order to a task was held back: how that stands is all that is compared.
fn is_of_task(now: &[String], gone: &[String]) -> bool {
    now.iter().chain(gone).any(|code| code.starts_with("task ") || code.starts_with("subtask "))
}

/// A machine word as it may be shown: names in it come from outside.
fn code(code: &str) -> String {
    crate::domain::shown::Shown::filter(code).to_string()
}

/// Why a dialog asks again.
pub fn back(back: &Back) -> String {
    match back {
        Back::NotSent(why) => format!("not sent, nothing left here: {why} · a new yes is needed"),
        Back::Held(Held::Changed { now, gone }) if !is_of_task(now, gone) => {
            "not sent: the cluster changed since it was confirmed (new: *) · a new yes is needed".to_owned()
        }
        Back::Held(h) => format!("not sent: {} · a new yes is needed", held(h)),
    }
}

/// `OCP answered 409, code 11020: "…"`, without the control plane's name.
pub fn quote(refused: &Refused) -> String {
    let status = match refused.http {
        0 => String::new(),
        http => format!("answered {http}"),
    };
    let code = if refused.code.is_empty() { String::new() } else { format!("code {}", refused.code) };
    let message = if refused.message.is_empty() {
        "without a word".to_owned()
    } else {
        format!("\"{}\"", refused.message)
    };
    let head: Vec<String> = [status, code].into_iter().filter(|s| !s.is_empty()).collect();
    if head.is_empty() { message } else { format!("{}: {message}", head.join(", ")) }
}

/// `trace 71e0…`, or that none was given (H08).
pub fn trace(refused: &Refused) -> String {
    refused.trace.as_ref().map_or_else(|| "no trace ID given".to_owned(), |t| format!("trace {t}"))
}

/// What to do after a refusal.
pub fn what_now(kind: ReadErrorKind) -> &'static str {
    match kind {
        ReadErrorKind::Conflict => {
            "Its state forbids it now, or another task holds the cluster: see the tasks."
        }
        ReadErrorKind::Unauthenticated | ReadErrorKind::PollingStopped => {
            "The login was not accepted. Nothing more is asked with it, since accounts get locked: check user and secret of the profile."
        }
        ReadErrorKind::Forbidden => {
            "The role of this user does not permit it: ask for it, with the trace ID."
        }
        ReadErrorKind::NotFound => "It is gone, or has another ID now: read the topology again.",
        ReadErrorKind::BadRequest => {
            "The control plane does not take the request in this form: see its words."
        }
        ReadErrorKind::RateLimited => "Too many requests for it now: wait, then open the dialog again.",
        ReadErrorKind::Redirected => {
            "The server points elsewhere, and that is never followed: check the profile's url."
        }
        ReadErrorKind::NotAPlane => {
            "What answered is no control plane: check the profile's url and the proxy."
        }
        ReadErrorKind::Server => {
            "An error inside the control plane: look at the task list before anything else."
        }
        ReadErrorKind::Unreachable
        | ReadErrorKind::Timeout
        | ReadErrorKind::CutOff
        | ReadErrorKind::BadAnswer
        | ReadErrorKind::TooLarge => "Look at the task list before anything else.",
    }
}

/// How to find out what became of a lost order.
pub fn find_out(lookup: &Lookup) -> String {
    let whose = match (&lookup.task, &lookup.cluster) {
        (Some(task), _) => format!("the state of task {task}"),
        (None, Some(cluster)) => format!("a task \"{}\" of cluster {cluster}", lookup.name),
        (None, None) => format!("a task \"{}\"", lookup.name),
    };
    format!("Look for {whose}, begun since {}Z. Do not send it again before you know.", lookup.sent.clock())
}

/// A task that may be what became of a lost order.
pub fn candidate(task: &TaskSummary) -> String {
    let at = task.started.map_or_else(|| "not begun".to_owned(), |t| format!("{}Z", t.clock()));
    let by = if task.creator.is_empty() { String::new() } else { format!(" by {}", task.creator) };
    format!("task {} {} {} {at}{by}", task.at.id, task.name, task.status.word)
}
