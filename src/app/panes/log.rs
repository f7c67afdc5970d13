//! A subtask's log (screens 9).

mod kept;

pub use kept::{Entry, Kept};

use super::scroll;
use crate::app::command::Command;
use crate::app::effect::{Query, Want};
use crate::app::facts::{Facts, Go, Notice, Offer, Step};
use crate::domain::capability::WhyNot;
use crate::domain::id::{SubtaskId, TaskRef};
use crate::domain::limits;
use crate::domain::outcome::ReadError;
use crate::domain::shown::Shown;
use crate::domain::status::Phase;
use crate::domain::task::Subtask;
use crate::domain::time::{Span, Timestamp};

/// How old the log of a subtask that rests may be: someone else may wake it again.
const RESTING_MAX_AGE: Span = Span::from_secs(10);

/// State of the pane.
#[derive(Debug, Default)]
pub struct Log {
    at: Option<(TaskRef, SubtaskId)>,
    kept: Kept,
    /// When the answer that was last taken in came, and how many lines it had.
    taken: Option<(Timestamp, usize)>,
    phase: Option<Phase>,
    /// First line in view, among those shown; only while not following.
    top: usize,
    /// The line the operator stands on, among those shown; only while not following.
    line: usize,
    is_paused: bool,
    /// Lines that came below since following ended.
    below: usize,
    is_wrapped: bool,
    hides_times: bool,
    looked_for: Option<String>,
    only: Option<String>,
}

impl Log {
    /// Opens a log.
    pub fn open(&mut self, task: TaskRef, subtask: SubtaskId) {
        let at = (task, subtask);
        if self.at.as_ref() == Some(&at) {
            return;
        }
        *self = Self {
            at: Some(at),
            is_wrapped: self.is_wrapped,
            hides_times: self.hides_times,
            ..Self::default()
        };
    }
    /// Task and subtask.
    pub fn subject(&self) -> Option<(&TaskRef, &SubtaskId)> {
        self.at.as_ref().map(|(t, s)| (t, s))
    }
    /// The subtask in the newest answer.
    pub fn subtask<'a>(&self, cx: &Facts<'a>) -> Option<&'a Subtask> {
        let (task, id) = self.subject()?;
        cx.cache.task(task)?.subtask(id).map(|(_, s)| s)
    }
    /// All that was kept.
    pub fn kept(&self) -> &Kept {
        &self.kept
    }
    /// Places in [`Self::kept`] of the lines that are shown: all but blank ones, or those that match.
    pub fn shown(&self) -> Vec<usize> {
        let is_shown = |e: &Entry| match &self.only {
            Some(text) => e.holds(text),
            None => !e.is_blank(),
        };
        self.kept.iter().enumerate().filter(|(_, e)| is_shown(e)).map(|(ix, _)| ix).collect()
    }
    /// First line in view, among those shown; `None` while the end is followed.
    pub fn top(&self) -> Option<usize> {
        self.is_paused.then_some(self.top)
    }
    /// The line the operator stands on, among those shown; `None` while the end is followed.
    pub fn line(&self) -> Option<usize> {
        self.is_paused.then_some(self.line)
    }
    /// Whether the end is followed.
    pub fn is_following(&self) -> bool {
        !self.is_paused
    }
    /// Lines that came below since following ended.
    pub fn new_below(&self) -> usize {
        self.below
    }
    /// Whether long lines go on in the next row.
    pub fn is_wrapped(&self) -> bool {
        self.is_wrapped
    }
    /// Whether the time at the beginning of lines is left out.
    pub fn hides_times(&self) -> bool {
        self.hides_times
    }
    /// What was looked for.
    pub fn looked_for(&self) -> Option<&str> {
        self.looked_for.as_deref()
    }
    /// What alone is shown.
    pub fn only(&self) -> Option<&str> {
        self.only.as_deref()
    }
    /// Of the matches of what was looked for: which one the operator stands on, from 1, and how many there are.
    pub fn matches(&self) -> Option<(usize, usize)> {
        let text = self.looked_for.as_ref()?;
        let shown = self.shown();
        let hits: Vec<usize> = (0..shown.len()).filter(|n| self.is_hit(&shown, *n, text)).collect();
        let here = hits.iter().position(|n| Some(*n) == self.line()).map_or(0, |n| n + 1);
        Some((here, hits.len()))
    }
    /// Why the newest read failed, if it did.
    pub fn error<'a>(&self, cx: &Facts<'a>) -> Option<&'a ReadError> {
        cx.cache.get(&self.query()?)?.error.as_ref().map(|(e, _)| e)
    }
    /// Whether any answer came yet.
    pub fn is_read(&self) -> bool {
        self.taken.is_some()
    }

    /// Does what a key asks.
    pub fn command(&mut self, command: Command, cx: &Facts<'_>) -> Step {
        let shown = self.shown();
        let page = page(cx);
        let at = self.line().unwrap_or(shown.len().saturating_sub(1));
        if let Some(to) = scroll::step(command, at, shown.len(), page) {
            self.go_to(command, at, to, shown.len(), page);
            return Step::none();
        }
        match command {
            Command::Follow => self.follow(),
            Command::Wrap => self.is_wrapped = !self.is_wrapped,
            Command::Times => self.hides_times = !self.hides_times,
            Command::FindNext | Command::FindPrevious => {
                let Some(text) = self.looked_for.clone() else { return Step::none() };
                if !self.find(&text, command == Command::FindNext, cx) {
                    return Step::go(Go::Notice(Notice::NoMatch(Shown::filter(&text))));
                }
            }
            Command::OnlyMatches => {
                let next = if self.only.is_some() { None } else { self.looked_for.clone() };
                self.filter(next.as_deref());
            }
            Command::Problems if !self.seek(true, cx, &Entry::is_problem) => {
                return Step::go(Go::Notice(Notice::NoProblem));
            }
            Command::Copy | Command::CopyBlock => return self.copy(command == Command::CopyBlock, cx),
            _ => {}
        }
        Step::none()
    }
    /// A click in the pane, in cells from its top left: the operator stands on that line.
    pub fn click(&mut self, _x: u16, y: u16, cx: &Facts<'_>) -> Step {
        let (count, page) = (self.shown().len(), page(cx));
        let Some(row) = usize::from(y).checked_sub(1).filter(|r| *r < page) else { return Step::none() };
        let top = self.top().unwrap_or_else(|| count.saturating_sub(page));
        // With wrapped lines a row is not a line; the click then only stops following.
        let line = if self.is_wrapped { self.line().unwrap_or(top) } else { top + row };
        if line < count {
            self.pause(count, page);
            self.line = line;
        }
        Step::none()
    }
    /// What it needs to have read: the log, and the task for the subtask's state.
    pub fn wants(&self, cx: &Facts<'_>) -> Vec<Want> {
        let (Some((task, _)), Some(query)) = (self.subject(), self.query()) else { return Vec::new() };
        let is_active = self.subtask(cx).is_none_or(|s| s.phase().is_active());
        let max_age = if is_active { limits::POLL_TASK } else { RESTING_MAX_AGE };
        vec![Want { query, max_age }, Want { query: Query::Task(task.clone()), max_age }]
    }
    /// What can be done here, most used first: the help bar.
    pub fn offers(&self, _cx: &Facts<'_>) -> Vec<Offer> {
        let find = if self.looked_for.is_some() { Ok(()) } else { Err(WhyNot::NothingSelected) };
        let line = if self.kept.is_empty() { Err(WhyNot::NothingSelected) } else { Ok(()) };
        [
            (Command::Follow, "follow", Ok(())),
            (Command::Find, "find", Ok(())),
            (Command::OnlyMatches, "only matches", find),
            (Command::Wrap, "wrap", Ok(())),
            (Command::Times, "time", Ok(())),
            (Command::Copy, "copy line", line),
            (Command::CopyBlock, "copy IDs", Ok(())),
        ]
        .map(|(command, word, can)| Offer { command, word, can })
        .to_vec()
    }
    /// Something it wants was read, failed to be read, or time went on: new lines are appended, changes of state marked.
    pub fn refresh(&mut self, cx: &Facts<'_>) -> Step {
        let Some(query) = self.query() else { return Step::none() };
        let before = self.kept.len();
        let mut lost = 0;
        let log = self.at.as_ref().and_then(|(t, s)| cx.cache.log(t, s));
        if let (Some(log), Some((_, at))) = (log, cx.cache.answer(&query))
            && self.taken != Some((*at, log.lines.len()))
        {
            self.taken = Some((*at, log.lines.len()));
            lost = self.kept.take(log);
        }
        let phase = self.subtask(cx).map(Subtask::phase);
        if let (Some(from), Some(to)) = (self.phase, phase)
            && from != to
        {
            lost += self.kept.mark(from, to, cx.now);
        }
        self.phase = phase.or(self.phase);
        if self.is_paused {
            let fresh = (self.kept.len() + lost).saturating_sub(before);
            self.below = self.below.saturating_add(fresh);
            // Lines dropped at the top pull everything up; with a filter the place is found anew by the clamp below.
            if self.only.is_none() {
                self.top = self.top.saturating_sub(lost);
                self.line = self.line.saturating_sub(lost);
            }
            let end = self.shown().len().saturating_sub(1);
            self.line = self.line.min(end);
            self.top = self.top.min(end);
        }
        Step::none()
    }
    /// Looks for a text, from where the operator stands; `false` when nothing matches.
    pub fn find(&mut self, text: &str, forward: bool, cx: &Facts<'_>) -> bool {
        if text.is_empty() {
            return false;
        }
        self.looked_for = Some(text.to_lowercase());
        let text = text.to_lowercase();
        self.seek(forward, cx, &|e| e.holds(&text))
    }
    /// Shows only what matches; `None` shows all again.
    pub fn filter(&mut self, text: Option<&str>) {
        let here = self.line().and_then(|l| self.shown().get(l).copied());
        self.only = text.filter(|t| !t.is_empty()).map(str::to_lowercase);
        if let Some(here) = here {
            let shown = self.shown();
            self.line = shown.partition_point(|ix| *ix < here).min(shown.len().saturating_sub(1));
            self.top = self.top.min(self.line);
        }
    }
    /// What is selected, for copy: the line the operator stands on, or the last.
    pub fn value(&self, _cx: &Facts<'_>) -> Option<Shown> {
        let shown = self.shown();
        let at = self.line().unwrap_or(shown.len().saturating_sub(1));
        shown.get(at).and_then(|ix| self.kept.get(*ix)).and_then(Entry::text).cloned()
    }

    fn query(&self) -> Option<Query> {
        self.at.as_ref().map(|(t, s)| Query::Log(t.clone(), s.clone()))
    }
    fn is_hit(&self, shown: &[usize], n: usize, text: &str) -> bool {
        shown.get(n).and_then(|ix| self.kept.get(*ix)).is_some_and(|e| e.holds(text))
    }
    fn go_to(&mut self, command: Command, at: usize, to: usize, count: usize, page: usize) {
        let goes_down =
            matches!(command, Command::Down | Command::HalfPageDown | Command::PageDown | Command::Last);
        if !self.is_paused && goes_down {
            return;
        }
        self.pause(count, page);
        self.line = if command == Command::Last { count.saturating_sub(1) } else { to };
        self.top = scroll::keep(self.top, self.line, count, page);
        // Going down at the end means to go with it.
        if goes_down && (at == to || command == Command::Last) {
            self.follow();
        }
    }
    /// From now on the view stands still; where it stood at the end, it stays there.
    fn pause(&mut self, count: usize, page: usize) {
        if !self.is_paused {
            self.is_paused = true;
            self.below = 0;
            self.line = count.saturating_sub(1);
            self.top = count.saturating_sub(page);
        }
    }
    fn follow(&mut self) {
        self.is_paused = false;
        self.below = 0;
    }
    fn seek(&mut self, forward: bool, cx: &Facts<'_>, wanted: &dyn Fn(&Entry) -> bool) -> bool {
        let shown = self.shown();
        let n = shown.len();
        // Following, the newest match is of most interest: the way starts at the end.
        let from = self.line().unwrap_or(if forward { n.saturating_sub(1) } else { 0 });
        let is_hit = |i: &usize| shown.get(*i).and_then(|ix| self.kept.get(*ix)).is_some_and(wanted);
        let hit = (1..=n).map(|i| if forward { (from + i) % n } else { (from + n - i) % n }).find(is_hit);
        let Some(line) = hit else { return false };
        let page = page(cx);
        self.pause(n, page);
        self.line = line;
        self.top = scroll::keep(self.top, line, n, page);
        true
    }
    fn copy(&self, block: bool, cx: &Facts<'_>) -> Step {
        let value = if block {
            self.at.as_ref().map(|(t, s)| Shown::whole(&format!("task {} | subtask {s}", t.id)))
        } else {
            self.value(cx)
        };
        match value {
            Some(v) => Step::go(Go::Copy(v)),
            None => Step::go(Go::Notice(Notice::NotPossible(WhyNot::NothingSelected))),
        }
    }
}

/// Rows for lines in a pane of this size.
fn page(cx: &Facts<'_>) -> usize {
    let edges = if scroll::has_frame(cx.pane) { 2 } else { 1 };
    usize::from(cx.pane.height).saturating_sub(edges).max(1)
}

#[cfg(test)]
mod tests;
