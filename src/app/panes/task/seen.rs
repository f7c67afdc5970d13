//! What is known of the open task right now: the newest answer, how old it is, and what is wrong with it.

use crate::app::cache::Known;
use crate::app::effect::{Answer, Query, Reply};
use crate::app::facts::Facts;
use crate::domain::capability::PlaneKind;
use crate::domain::id::{TaskRef, TraceId};
use crate::domain::outcome::{ReadError, ReadErrorKind};
use crate::domain::task::Task;
use crate::domain::time::{Span, Timestamp};

/// What is known of a task.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// As it was last told.
    pub task: &'a Task,
    /// The server's clock now (H17).
    pub now: Timestamp,
    /// When it was told, by our clock.
    pub at: Timestamp,
    /// Age of that answer.
    pub age: Span,
    /// Trace ID of the newest exchange, good or not.
    pub trace: Option<&'a TraceId>,
    /// Why it is old: two polls in a row were missed (screens 8).
    pub stale: Option<&'a ReadError>,
    /// Since when the plane says there is no such task (A15); it stays as last seen.
    pub gone_since: Option<Timestamp>,
    /// Which kind of control plane told it.
    pub kind: PlaneKind,
}

impl<'a> Seen<'a> {
    /// The newest answer; `None` while there is none.
    pub fn of(at: &TaskRef, cx: &Facts<'a>) -> Option<Self> {
        let query = Query::Task(at.clone());
        let known = cx.cache.get(&query)?;
        let (Answer { reply: Reply::Task(task), trace, .. }, seen_at) = known.answer.as_ref()? else {
            return None;
        };
        let gone = known.error.as_ref().filter(|(e, _)| e.kind == ReadErrorKind::NotFound);
        Some(Self {
            task,
            now: cx.cache.server_now(&query, cx.now),
            at: *seen_at,
            age: known.age(cx.now).unwrap_or_default().max(Span::ZERO),
            trace: error(known).and_then(|e| e.trace.as_ref()).or(trace.as_ref()),
            stale: error(known).filter(|_| known.is_stale() && gone.is_none()),
            gone_since: gone.map(|(_, at)| *at),
            kind: cx.settings.profile(&at.profile).map_or(PlaneKind::Ocp, |p| p.capabilities.kind),
        })
    }
    /// Whether the task came to an end of any kind and nothing more happens by itself.
    pub fn is_ended(&self) -> bool {
        self.task.phase().is_resting()
    }
}

/// Why there is no answer yet.
pub(crate) fn unread<'a>(at: &TaskRef, cx: &Facts<'a>) -> Option<&'a ReadError> {
    error(cx.cache.get(&Query::Task(at.clone()))?)
}

fn error(known: &Known) -> Option<&ReadError> {
    known.error.as_ref().map(|(e, _)| e)
}
