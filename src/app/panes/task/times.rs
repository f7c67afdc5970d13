//! Times of subtasks as they may be told: never negative, and exact only where they are.

use crate::domain::capability::PlaneKind;
use crate::domain::task::{Subtask, Task};
use crate::domain::time::{Span, Timestamp};

/// What any sub task of OBShell is allowed, though no answer tells it (obshell-api 6.3).
const OBSHELL_LIMIT: Span = Span::from_secs(3600);

/// What one run may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// How long.
    pub span: Span,
    /// Known from the plane's source, not told by it.
    pub is_assumed: bool,
}

/// What is left of the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// So much; negative when overdue.
    Exactly(Span),
    /// At least so much: the times told count from the first start, and a later run has the limit anew (ocp-api 6).
    AtLeast(Span),
}

/// Times of a subtask, or of several side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Clock {
    /// How long it runs or ran, from its first start.
    pub elapsed: Option<Span>,
    /// What one run may take.
    pub limit: Option<Limit>,
    /// What is left of it while it runs.
    pub left: Option<Left>,
}

impl Clock {
    /// Of one. `now` is the server's clock.
    pub fn of(subtask: &Subtask, now: Timestamp, kind: PlaneKind) -> Self {
        let limit = limit(subtask, kind);
        let elapsed = subtask.elapsed(now);
        let left = limit.zip(elapsed).filter(|_| subtask.phase().is_active()).map(|(limit, elapsed)| {
            let left = limit.span.minus(elapsed);
            if subtask.is_later_run() { Left::AtLeast(left.max(Span::ZERO)) } else { Left::Exactly(left) }
        });
        Self { elapsed, limit, left }
    }
    /// Of several: the slowest of those that run, or of all when none does; the longest limit; the least left.
    pub fn of_all<'t>(subtasks: impl Iterator<Item = &'t Subtask>, now: Timestamp, kind: PlaneKind) -> Self {
        let mut any_runs = false;
        let mut all = Self::default();
        for s in subtasks {
            let one = Self::of(s, now, kind);
            let runs = s.phase().is_active();
            if runs && !any_runs {
                any_runs = true;
                all.elapsed = None;
            }
            if runs == any_runs {
                all.elapsed = all.elapsed.max(one.elapsed);
            }
            if one.limit.map(|l| l.span) > all.limit.map(|l| l.span) {
                all.limit = one.limit;
            }
            let least = |l: Left| match l {
                Left::Exactly(s) | Left::AtLeast(s) => s,
            };
            if let Some(left) = one.left
                && all.left.is_none_or(|l| least(left) < least(l))
            {
                all.left = Some(left);
            }
        }
        all
    }
    /// Whether it ran longer than it may; never said where it is not known.
    pub fn is_overdue(&self) -> bool {
        matches!(self.left, Some(Left::Exactly(left)) if left < Span::ZERO)
    }
    /// Part of the limit that is used, 0 to 1, while it runs and where that is known exactly.
    pub fn used(&self) -> Option<f32> {
        let (Some(Left::Exactly(left)), Some(limit)) = (self.left, self.limit) else { return None };
        if limit.span.millis() <= 0 {
            return None;
        }
        Some((1.0 - left.millis() as f32 / limit.span.millis() as f32).clamp(0.0, 1.0))
    }
}

fn limit(subtask: &Subtask, kind: PlaneKind) -> Option<Limit> {
    if let Some(span) = subtask.timeout.filter(|t| *t > Span::ZERO) {
        return Some(Limit { span, is_assumed: false });
    }
    (kind == PlaneKind::Obshell).then_some(Limit { span: OBSHELL_LIMIT, is_assumed: true })
}

/// How long the task has run or ran. One that failed stands still since its last subtask ended.
pub(crate) fn elapsed(task: &Task, now: Timestamp) -> Option<Span> {
    let first = task.subtasks().filter_map(|s| s.started).min();
    let from = task.head.started.or(first)?;
    let to = match task.head.finished {
        Some(end) => end,
        None if task.phase().is_resting() => task.subtasks().filter_map(|s| s.finished).max()?,
        None => now,
    };
    Some(to.since(from).max(Span::ZERO))
}

/// The slowest steps of a task that ended, slowest first.
pub(crate) fn slowest(task: &Task, now: Timestamp, count: usize) -> Vec<(&Subtask, Span)> {
    let mut all: Vec<_> = task.subtasks().filter_map(|s| Some((s, s.elapsed(now)?))).collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.id.cmp(&b.0.id)));
    all.truncate(count);
    all
}
