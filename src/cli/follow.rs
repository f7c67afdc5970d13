//! Follows a task on stdout until it ends: `--wait` and `task watch`.

use serde::Serialize;

use super::args::Format;
use super::fail::{Code, Ended, Fail};
use super::output::json::{SubtaskDoc, TaskDoc};
use super::output::{Out, put, say, tell};
use super::session::read_fail;
use super::signals::Signals;
use super::words;
use crate::domain::id::TaskId;
use crate::domain::outcome::{Exit, exit_of_task};
use crate::domain::status::Phase;
use crate::domain::task::{Task, TaskSeen};
use crate::domain::time::Span;
use crate::domain::timeline::What;
use crate::driver::clock;
use crate::driver::keeper::Keeper;
use crate::driver::watch::{Ended as TaskEnded, Event, Watch};
use crate::plane::ControlPlane;
use crate::text::cli::not_undone;
use crate::text::journal::unwritten;
use crate::text::outcome::read;

/// How a task is followed.
pub(crate) struct Follow<'a> {
    pub(crate) out: Out,
    pub(crate) plane: &'a dyn ControlPlane,
    pub(crate) id: TaskId,
    /// The answer to the action that started it.
    pub(crate) first: Option<TaskSeen>,
    pub(crate) limit: Option<Span>,
    /// Keeps the end of the task, where an order of ours began it.
    pub(crate) keeper: Option<&'a Keeper>,
}

/// The last line of a followed task.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EndDoc {
    id: super::output::json::Id,
    status: String,
    phase: &'static str,
    operation: Option<String>,
    duration_ms: Option<i64>,
    trace_ids: Vec<String>,
}

impl EndDoc {
    fn new(e: &TaskEnded) -> Self {
        let head = &e.task.head;
        Self {
            id: super::output::json::Id::new(head.at.id.raw()),
            status: head.status.word.raw().to_owned(),
            phase: e.task.phase().word(),
            operation: super::output::json::told(&head.operation.word),
            duration_ms: e.took.map(Span::millis),
            trace_ids: e.traces.iter().map(|t| t.raw().to_owned()).collect(),
        }
    }
}

/// The one document of `-o json`: the task as it ended, and how.
#[derive(Serialize)]
struct WholeDoc {
    #[serde(flatten)]
    task: TaskDoc,
    end: EndDoc,
}

/// Follows it; the exit code says how it ended.
pub(crate) async fn follow(f: Follow<'_>, signals: &mut Signals) -> Ended {
    let mut watch = Watch::new(f.plane, f.id.clone(), f.first);
    let deadline = f.limit.map(|l| tokio::time::Instant::now() + l.to_std());
    let passed = async {
        match deadline {
            Some(at) => tokio::time::sleep_until(at).await,
            None => std::future::pending().await,
        }
    };
    tokio::pin!(passed);
    loop {
        let event = tokio::select! {
            event = watch.next() => event,
            () = &mut passed => {
                say(&format!(
                    "obdeck: --wait-timeout passed, task {} runs on · obdeck task watch {}", f.id, f.id
                ));
                return Ok(Exit::WaitTimeout.into());
            }
            code = signals.next() => {
                say(&not_undone(&f.id));
                return Err(Fail::silent(code));
            }
        };
        let Some(event) = event else {
            return Ok(Exit::Failed.into());
        };
        if let (Event::End(e), Some(keeper)) = (&event, f.keeper)
            && let Err(why) = keeper.jot(task_ended(&e.task, e.took)).await
        {
            say(&format!("obdeck: {}", unwritten(&why)));
        }
        if let Some(code) = show(f.out, f.plane, &f.id, event)? {
            return Ok(code);
        }
    }
}

/// What the journal keeps of a task that was followed to its end.
fn task_ended(task: &Task, took: Option<Span>) -> What {
    What::TaskEnded {
        profile: task.head.at.profile.clone(),
        cluster: task.head.cluster.clone(),
        task: task.head.at.id.clone(),
        name: task.head.name.clone(),
        status: task.head.status.word.clone(),
        took,
        failed: task.subtasks().filter(|s| s.phase() == Phase::Failed).map(|s| s.id.clone()).collect(),
    }
}

/// Shows one event; an exit code after the last.
fn show(out: Out, plane: &dyn ControlPlane, id: &TaskId, event: Event) -> Result<Option<Code>, Fail> {
    match event {
        Event::Task(seen) => first(out, &seen)?,
        Event::Subtask { subtask, at, .. } => match out.format {
            Format::Table => put::line(&words::subtask_line(&subtask, at.unwrap_or_else(clock::now)))?,
            Format::Ndjson => put::event("subtask", &SubtaskDoc::new(&subtask, None))?,
            Format::Json => {}
        },
        Event::Trouble(e) => {
            let told = read(&format!("read task {id}"), &e);
            say(&format!("obdeck: {} · trying again", told.line()));
        }
        Event::Recovered => say(&format!("obdeck: task {id} is seen again")),
        Event::End(e) => {
            end(out, &e)?;
            return Ok(Some(exit_of_task(&e.task.head.status, &e.task.head.operation).into()));
        }
        Event::Lost(e) => {
            let mut told = read(&format!("follow task {id}"), &e);
            told.what = format!("lost sight of task {id} on {}", plane.profile());
            tell(&told);
            // A failure, never a success (A15).
            return Err(Fail::silent(Exit::Failed));
        }
        Event::Stopped(e) => return Err(read_fail(&format!("follow task {id}"), &e)),
    }
    Ok(None)
}

fn first(out: Out, seen: &TaskSeen) -> Result<(), Fail> {
    let TaskSeen { task, server_time, trace } = seen;
    match out.format {
        Format::Table => {
            let now = server_time.unwrap_or_else(clock::now);
            put::text(&(words::task_lines(task, trace.as_ref(), now).join("\n") + "\n"))
        }
        Format::Ndjson => put::event("task", &TaskDoc::new(task, trace.as_ref(), true)),
        Format::Json => Ok(()),
    }
}

fn end(out: Out, e: &TaskEnded) -> Result<(), Fail> {
    match out.format {
        Format::Table => put::line(&end_line(&e.task, e.took)),
        Format::Ndjson => put::event("end", &EndDoc::new(e)),
        Format::Json => {
            let task = TaskDoc::new(&e.task, e.traces.first(), true);
            put::document(&WholeDoc { task, end: EndDoc::new(e) })
        }
    }
}

fn end_line(t: &Task, took: Option<Span>) -> String {
    let took = took.map(|s| format!(" after {}", s.short())).unwrap_or_default();
    format!("task {} ended: {} ({}){took}", t.head.at.id, t.head.status.word, t.phase().word())
}
