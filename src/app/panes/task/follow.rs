//! Which subtask the selection goes to by itself, and where the next problem is.

use super::picture::{Item, Picture};
use super::times::Clock;
use crate::domain::capability::PlaneKind;
use crate::domain::status::Phase;
use crate::domain::task::{Subtask, Task};
use crate::domain::time::Timestamp;

/// The item to follow: what runs, else what failed, else what is next, else what ended last.
///
/// An item that is selected and runs keeps the selection: of twelve that run side by side, a poll must not pick another.
/// Between two steps, when nothing runs, the selection stays too.
pub(crate) fn followed(picture: &Picture, task: &Task, current: Option<usize>) -> Option<usize> {
    let phase = |ix: usize| picture.items.get(ix).and_then(|i| i.subtask(task)).map(Subtask::phase);
    let first =
        |wanted: &dyn Fn(Phase) -> bool| (0..picture.items.len()).find(|ix| phase(*ix).is_some_and(wanted));
    let is_wanted = |f: fn(Phase) -> bool| current.filter(|ix| phase(*ix).is_some_and(f));
    is_wanted(Phase::is_active)
        .or_else(|| first(&Phase::is_active))
        .or_else(|| is_wanted(|p| p == Phase::Failed))
        .or_else(|| first(&|p| p == Phase::Failed))
        .or_else(|| first(&|p| p == Phase::Ready))
        .or_else(|| current.filter(|ix| phase(*ix).is_some_and(Phase::is_resting)))
        .or_else(|| last_ended(picture, task))
        .or_else(|| first(&|p| matches!(p, Phase::Pending | Phase::Unknown)))
        .or((!picture.items.is_empty()).then_some(0))
}

fn last_ended(picture: &Picture, task: &Task) -> Option<usize> {
    let end = |ix: usize| picture.items.get(ix).and_then(|i| i.subtask(task)).and_then(|s| s.finished);
    (0..picture.items.len()).filter(|ix| end(*ix).is_some()).max_by_key(|ix| (end(*ix), *ix))
}

/// The item that a folded group's row stands for: the one of most concern.
pub(crate) fn concerned(picture: &Picture, task: &Task, node: usize) -> Option<usize> {
    picture.items_of(node).min_by_key(|ix| {
        let item = picture.items.get(*ix);
        item.and_then(|i| i.subtask(task)).map_or(u8::MAX, |s| s.phase().concern())
    })
}

/// The next item after `from` that failed or ran longer than it may; goes round once.
pub(crate) fn next_problem(
    picture: &Picture,
    task: &Task,
    from: usize,
    now: Timestamp,
    kind: PlaneKind,
) -> Option<usize> {
    let n = picture.items.len();
    let is_problem = |item: &Item| {
        item.subtask(task).is_some_and(|s| s.phase() == Phase::Failed || Clock::of(s, now, kind).is_overdue())
    };
    (1..=n).map(|i| (from + i) % n).find(|ix| picture.items.get(*ix).is_some_and(is_problem))
}
