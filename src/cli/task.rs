//! `obdeck task …` and `obdeck subtask …`.

use serde::Serialize;
use tokio::time::sleep;

use super::args::{Format, How, SubtaskDo, TaskDo};
use super::fail::{Code, Ended, Fail};
use super::follow::{Follow, follow};
use super::order::{self, Case};
use super::output::json::Id;
use super::output::{Out, put, say};
use super::refs::{self, FoundTask};
use super::session::{Session, read_fail};
use super::signals::Signals;
use crate::domain::action::{Action, SubtaskVerb, TaskVerb};
use crate::domain::capability::{Capabilities, PlaneKind, WhyNot};
use crate::domain::guard;
use crate::domain::id::SubtaskId;
use crate::domain::impact::standing;
use crate::domain::limits;
use crate::domain::outcome::{Exit, ReadErrorKind};
use crate::domain::shown::Shown;
use crate::domain::task::LogText;
use crate::text::outcome as text;

/// `obdeck task …`.
pub(crate) async fn task(session: &Session, what: &TaskDo, how: &How, signals: &mut Signals) -> Ended {
    let (id, verb) = match what {
        TaskDo::Watch { id } => return watch(session, id, how, signals).await,
        TaskDo::Retry { id } => (id, TaskVerb::Retry),
        TaskDo::Rollback { id } => (id, TaskVerb::Rollback),
        TaskDo::Cancel { id } => (id, TaskVerb::Cancel),
        TaskDo::Pass { id } => (id, TaskVerb::Pass),
    };
    let found = signals.or(refs::task(session, id)).await??;
    let action = Action::Task { task: found.at.clone(), verb };
    let case = signals.or(case(session, found, action)).await??;
    order::run(session, case, how, signals).await
}

async fn watch(session: &Session, id: &str, how: &How, signals: &mut Signals) -> Ended {
    let found = signals.or(refs::task(session, id)).await??;
    let f = Follow {
        out: session.out,
        plane: found.plane.as_ref(),
        id: found.at.id.clone(),
        first: None,
        limit: how.wait_timeout,
        keeper: None,
    };
    follow(f, signals).await
}

/// `obdeck subtask …`.
pub(crate) async fn subtask(session: &Session, what: &SubtaskDo, how: &How, signals: &mut Signals) -> Ended {
    let (task, subtask, verb) = match what {
        SubtaskDo::Log { task, subtask, follow } => {
            let found = signals.or(refs::task(session, task)).await??;
            let subtask = SubtaskId::new(subtask);
            return signals.or(log(session.out, &found, &subtask, *follow)).await?;
        }
        SubtaskDo::Retry { task, subtask } => (task, subtask, SubtaskVerb::Retry),
        SubtaskDo::Skip { task, subtask } => (task, subtask, SubtaskVerb::Skip),
        SubtaskDo::Cancel { task, subtask } => (task, subtask, SubtaskVerb::Cancel),
    };
    let found = signals.or(refs::task(session, task)).await??;
    let action = |subtask| Action::Subtask { task: found.at.clone(), subtask, verb };
    offered(&found, &action(SubtaskId::new(subtask)))?;
    let action = action(signals.or(named(&found, subtask)).await??);
    let case = signals.or(case(session, found, action)).await??;
    order::run(session, case, how, signals).await
}

/// The subtask that is meant: an ID, or on OBShell the name of a stage. OBShell's orders are for stages, and which stage
/// a sub task stands in is known only from its DAG (obshell-api 6.6), so that one is read first.
async fn named(found: &FoundTask, given: &str) -> Result<SubtaskId, Fail> {
    let id = SubtaskId::new(given);
    if found.plane.capabilities().kind != PlaneKind::Obshell {
        return Ok(id);
    }
    let what = format!("read task {}", found.at.id);
    let seen = found.plane.task(&found.at.id).await.map_err(|e| read_fail(&what, &e))?;
    if seen.value.subtask(&id).is_some() {
        return Ok(id);
    }
    let stage = seen.value.graph.nodes.iter().find(|n| n.name.raw() == given);
    match stage.and_then(|n| n.members.first()) {
        Some(member) => Ok(member.id.clone()),
        None => Err(no_subtask(found, &id)),
    }
}

fn no_subtask(found: &FoundTask, subtask: &SubtaskId) -> Fail {
    Fail::of(
        Exit::NotFound,
        &format!("task {} has no subtask {subtask}", found.at.id),
        "",
        &format!("obdeck get task {} lists them", found.at.id),
    )
}

/// Orders to tasks have no impact of their own: what they undo or run again was judged when it was started. A yes rests on
/// how the task stands. One that cannot be read may still be ordered about: the server judges its state.
async fn case(session: &Session, found: FoundTask, action: Action) -> Result<Case, Fail> {
    offered(&found, &action)?;
    let rules = session.rules(&found.profile);
    let seen = found.plane.task_alone(&found.at.id).await;
    let impact = standing(&action, seen.as_ref().map(|t| &t.value).map_err(|e| e.why.clone()));
    let verdict = guard::judge(&action, &impact, &rules);
    Ok(Case {
        profile: found.profile,
        plane: found.plane,
        action,
        impact,
        inputs: Vec::new(),
        now: crate::driver::clock::now(),
        verdict,
        checked: None,
    })
}

/// What the plane cannot be asked at all is a usage error; read-only is the guard's.
fn offered(found: &FoundTask, action: &Action) -> Result<(), Fail> {
    let can = Capabilities { read_only: false, ..found.plane.capabilities() };
    match can.can(action) {
        Ok(()) | Err(WhyNot::ReadOnly) => Ok(()),
        Err(why) => {
            let what = format!("cannot {}", text::action(action));
            Err(Fail::of(Exit::Usage, &what, text::why_not(&why), ""))
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogDoc<'a> {
    task_id: Id,
    subtask_id: Id,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lines: Option<Vec<&'a str>>,
    /// Older lines were left out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    cut: bool,
}

/// Prints a log; with `follow`, what is new of it each second until the subtask rests.
async fn log(out: Out, found: &FoundTask, subtask: &SubtaskId, follow: bool) -> Ended {
    let task = &found.at.id;
    let mut before: Vec<Shown> = Vec::new();
    loop {
        // Asked before the log, so that the last lines of one that just ended are not missed.
        let resting = if follow { is_resting(found, subtask).await? } else { true };
        let log = match found.plane.log(task, subtask).await {
            Ok(log) => log.value,
            Err(e) if follow && is_transient(e.kind) => {
                say(&format!("obdeck: {} · trying again", text::read("read the log", &e).line()));
                sleep(e.wait.unwrap_or(limits::POLL_TASK).min(limits::WAIT_TOLD_MAX).to_std()).await;
                continue;
            }
            Err(e) => {
                return Err(read_fail(&format!("read the log of subtask {subtask} of task {task}"), &e));
            }
        };
        if log.cut && before.is_empty() {
            say("obdeck: older lines of this log are left out");
        }
        print_log(out, found, subtask, &log, new_from(&before, &log.lines), follow)?;
        before = log.lines;
        if resting {
            return Ok(Code::DONE);
        }
        sleep(limits::POLL_TASK.to_std()).await;
    }
}

fn is_transient(kind: ReadErrorKind) -> bool {
    matches!(
        kind,
        ReadErrorKind::Unreachable
            | ReadErrorKind::Timeout
            | ReadErrorKind::CutOff
            | ReadErrorKind::RateLimited
            | ReadErrorKind::Server
    )
}

async fn is_resting(found: &FoundTask, subtask: &SubtaskId) -> Result<bool, Fail> {
    match found.plane.task(&found.at.id).await {
        Ok(seen) => match seen.value.subtask(subtask) {
            Some((_, s)) => Ok(s.phase().is_resting() || seen.value.phase().is_resting()),
            None => Err(no_subtask(found, subtask)),
        },
        Err(e) if is_transient(e.kind) => Ok(false),
        Err(e) => Err(read_fail(&format!("read task {}", found.at.id), &e)),
    }
}

/// Index of the first new line. The plane gives the whole log each time; when its beginning was cut away, the last
/// known line is looked for from the end.
fn new_from(before: &[Shown], now: &[Shown]) -> usize {
    if now.starts_with(before) {
        return before.len();
    }
    // A line can repeat; three in a row are taken as the place.
    let tail = before.get(before.len().saturating_sub(3)..).unwrap_or_default();
    let at = now.windows(tail.len().max(1)).rposition(|w| w == tail);
    at.map_or(0, |ix| ix + tail.len())
}

fn print_log(
    out: Out,
    found: &FoundTask,
    subtask: &SubtaskId,
    log: &LogText,
    from: usize,
    follow: bool,
) -> Result<(), Fail> {
    let doc = |line, lines| LogDoc {
        task_id: Id::new(found.at.id.raw()),
        subtask_id: Id::new(subtask.raw()),
        line,
        lines,
        cut: log.cut,
    };
    let new = log.lines.get(from..).unwrap_or_default();
    match out.format {
        Format::Json if !follow => put::document(&doc(None, Some(new.iter().map(Shown::as_str).collect()))),
        // A log that grows has no end to close a document with: it comes in lines.
        Format::Json | Format::Ndjson => {
            new.iter().try_for_each(|l| put::event("log", &doc(Some(l.as_str()), None)))
        }
        Format::Table => new.iter().try_for_each(|l| put::line(l.as_str())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<Shown> {
        text.split_whitespace().map(Shown::filter).collect()
    }

    #[test]
    fn only_new_lines_of_a_log_are_printed() {
        assert_eq!(new_from(&[], &lines("a b")), 0);
        assert_eq!(new_from(&lines("a b"), &lines("a b")), 2);
        assert_eq!(new_from(&lines("a b"), &lines("a b c")), 2);
        assert_eq!(new_from(&lines("a b c d"), &lines("b c d e f")), 3);
        assert_eq!(new_from(&lines("a b c"), &lines("x y")), 0);
    }
}
