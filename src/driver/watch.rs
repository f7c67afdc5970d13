//! Follows a task until it ends: reads turned into events.
//!
//! A state counts as the end only when two polls in a row saw it, since tasks have been seen to go backward (A16).
//! Reads that fail are told and tried again; a task that is gone for a minute is lost sight of (A15).

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use crate::domain::id::{SubtaskId, TaskId, TraceId};
use crate::domain::limits;
use crate::domain::outcome::{ReadError, ReadErrorKind};
use crate::domain::shown::Text;
use crate::domain::task::{Subtask, Task, TaskSeen};
use crate::domain::time::{Span, Timestamp};
use crate::plane::{ControlPlane, Fetched};

/// How long a task may be gone before it counts as lost (A15).
pub const GONE_LIMIT: Duration = Duration::from_secs(60);
/// Pause after each of the first polls: what is short should not take a second longer than it does.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const FIRST_POLLS: u32 = 10;
/// Trace IDs kept: the first, and the newest of those that showed a change.
const TRACES: usize = 1000;

/// What was seen.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The whole task, first.
    Task(Box<TaskSeen>),
    /// A subtask changed its status, its operation or its run, or is new.
    Subtask {
        /// As it is now.
        subtask: Box<Subtask>,
        /// The server's clock at the answer.
        at: Option<Timestamp>,
        /// Trace ID of the poll.
        trace: Option<TraceId>,
    },
    /// A read gave nothing; it is tried again.
    Trouble(ReadError),
    /// Reads work again after trouble.
    Recovered,
    /// It ended; always last.
    End(Box<Ended>),
    /// It was seen and has been gone for a minute; always last.
    Lost(ReadError),
    /// It must not be asked for any more (401, 403), or was never there (404): always last.
    Stopped(ReadError),
}

/// How it ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Ended {
    /// As last seen.
    pub task: Task,
    /// From its start to its end, by the server's times.
    pub took: Option<Span>,
    /// Trace IDs: the first, and those of the polls that showed a change, at most 1,000.
    pub traces: Vec<TraceId>,
}

/// What of a subtask is compared between two polls.
type Mark = (Text, Text, u32);

/// A task being followed.
pub struct Watch<'a> {
    plane: &'a dyn ControlPlane,
    id: TaskId,
    queue: VecDeque<Event>,
    marks: BTreeMap<SubtaskId, Mark>,
    last: Option<Task>,
    /// Status word of an ended task and how often in a row it was seen.
    resting: Option<(Text, u32)>,
    traces: Vec<TraceId>,
    polls: u32,
    failed: u32,
    gone_since: Option<Instant>,
    /// When the next read is due; `None`: at once.
    due: Option<Instant>,
    over: bool,
}

impl<'a> Watch<'a> {
    /// Follows a task. `first` is what is known of it already: the answer to the action that started it.
    pub fn new(plane: &'a dyn ControlPlane, id: TaskId, first: Option<TaskSeen>) -> Self {
        let mut watch = Self {
            plane,
            id,
            queue: VecDeque::new(),
            marks: BTreeMap::new(),
            last: None,
            resting: None,
            traces: Vec::new(),
            polls: 0,
            failed: 0,
            gone_since: None,
            due: None,
            over: false,
        };
        if let Some(seen) = first {
            watch.see(seen);
        }
        watch
    }

    /// The next event; `None` after the last one. Dropping the future loses nothing: a read that was cut off is
    /// made again.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.queue.pop_front() {
                return Some(event);
            }
            if self.over {
                return None;
            }
            if let Some(due) = self.due {
                tokio::time::sleep_until(due).await;
            }
            match self.plane.task(&self.id).await {
                Ok(answer) => self.answered(answer),
                Err(e) => self.failed(e),
            }
        }
    }

    /// The task as last seen.
    pub fn last(&self) -> Option<&Task> {
        self.last.as_ref()
    }

    fn answered(&mut self, answer: Fetched<Task>) {
        if self.failed > 0 {
            self.queue.push_back(Event::Recovered);
        }
        self.failed = 0;
        self.gone_since = None;
        self.polls = self.polls.saturating_add(1);
        let seen = TaskSeen { task: answer.value, server_time: answer.server_time, trace: answer.trace };
        let phase = seen.task.phase();
        let word = seen.task.head.status.word.clone();
        let ended = phase.is_resting();
        self.resting = match self.resting.take() {
            Some((before, times)) if ended && before == word => Some((word, times.saturating_add(1))),
            _ if ended => Some((word, 1)),
            _ => None,
        };
        let (trace, server_time) = (seen.trace.clone(), seen.server_time);
        self.see(seen);
        let pause = if self.polls < FIRST_POLLS { FIRST_PAUSE } else { limits::POLL_TASK.to_std() };
        self.due = Some(Instant::now() + pause);
        if self.resting.as_ref().is_some_and(|(_, times)| *times >= 2) {
            self.end(trace, server_time);
        }
    }

    /// Tells what is new in an answer.
    fn see(&mut self, seen: TaskSeen) {
        let first = self.last.is_none();
        let mut new: Vec<&Subtask> = Vec::new();
        for s in seen.task.subtasks() {
            let mark = (s.status.word.clone(), s.operation.word.clone(), s.runs);
            let before = self.marks.insert(s.id.clone(), mark.clone());
            if !first && before.as_ref() != Some(&mark) {
                new.push(s);
            }
        }
        if first || !new.is_empty() {
            self.keep(seen.trace.clone());
        }
        // Several changes in one poll are told in the order they happened, as far as the times tell.
        new.sort_by_key(|s| s.finished.or(s.started).map_or((true, None), |t| (false, Some(t))));
        for s in new {
            self.queue.push_back(Event::Subtask {
                subtask: Box::new(s.clone()),
                at: seen.server_time,
                trace: seen.trace.clone(),
            });
        }
        self.last = Some(seen.task.clone());
        if first {
            self.queue.push_back(Event::Task(Box::new(seen)));
        }
    }

    fn keep(&mut self, trace: Option<TraceId>) {
        let Some(trace) = trace.filter(|t| self.traces.last() != Some(t)) else {
            return;
        };
        if self.traces.len() >= TRACES {
            // The first is the action's own: it is what support asks for.
            self.traces.remove(1);
        }
        self.traces.push(trace);
    }

    fn end(&mut self, trace: Option<TraceId>, server_time: Option<Timestamp>) {
        self.over = true;
        self.keep(trace);
        let Some(task) = self.last.clone() else { return };
        let until = task.head.finished.or(server_time);
        let took = task.head.started.zip(until).map(|(from, to)| to.since(from));
        let traces = std::mem::take(&mut self.traces);
        self.queue.push_back(Event::End(Box::new(Ended { task, took, traces })));
    }

    fn failed(&mut self, e: ReadError) {
        self.failed = self.failed.saturating_add(1);
        let mut pause = backoff(self.failed);
        match e.kind {
            ReadErrorKind::Unauthenticated | ReadErrorKind::Forbidden | ReadErrorKind::PollingStopped => {
                self.over = true;
                self.queue.push_back(Event::Stopped(e));
                return;
            }
            ReadErrorKind::NotFound => {
                // Never seen at all: it is simply not there, and waiting would not make it appear.
                let since = *self.gone_since.get_or_insert_with(Instant::now);
                if self.last.is_none() || since.elapsed() >= GONE_LIMIT {
                    self.over = true;
                    let event = if self.last.is_none() { Event::Stopped(e) } else { Event::Lost(e) };
                    self.queue.push_back(event);
                    return;
                }
                pause = limits::POLL_TASK.to_std();
            }
            ReadErrorKind::RateLimited => {
                let told = e.wait.unwrap_or(limits::POLL_TASK).to_std();
                pause = told.min(limits::WAIT_TOLD_MAX.to_std()).max(limits::POLL_TASK.to_std());
            }
            ReadErrorKind::Unreachable
            | ReadErrorKind::Timeout
            | ReadErrorKind::CutOff
            | ReadErrorKind::Conflict
            | ReadErrorKind::BadRequest
            | ReadErrorKind::Redirected
            | ReadErrorKind::NotAPlane
            | ReadErrorKind::BadAnswer
            | ReadErrorKind::TooLarge
            | ReadErrorKind::Server => {}
        }
        self.due = Some(Instant::now() + pause);
        self.queue.push_back(Event::Trouble(e));
    }
}

/// Pause after the n-th failure in a row: 1 s doubled up to 30 s. No jitter: one process follows one task.
fn backoff(failed: u32) -> Duration {
    let doubled = limits::POLL_TASK.to_std().saturating_mul(1 << failed.saturating_sub(1).min(8));
    doubled.min(limits::POLL_BACKOFF_MAX.to_std())
}

#[cfg(test)]
mod tests;
