//! The list of tasks of all profiles (screens 10).

use std::collections::HashMap;

use super::scroll;
use super::task::actions;
use crate::app::command::Command;
use crate::app::effect::{Query, Want};
use crate::app::facts::{Facts, Go, Notice, Offer, Step};
use crate::domain::capability::WhyNot;
use crate::domain::fold::id_order;
use crate::domain::id::{ProfileName, TaskRef};
use crate::domain::outcome::ReadError;
use crate::domain::shown::{Shown, Text};
use crate::domain::status::Phase;
use crate::domain::task::{TaskFilter, TaskSummary};
use crate::domain::time::{Span, Timestamp};

/// How old the list of finished tasks may be; the unfinished ones are read at the pace of lists.
const RECENT_MAX_AGE: Span = Span::from_secs(10);

/// State of the list. Rows are made from the facts at each use; only what the operator chose is kept.
#[derive(Debug, Default)]
pub struct Tasks {
    selected: Option<TaskRef>,
    /// Place of the selection when it was last seen, for when its task is gone.
    place: usize,
    top: usize,
    filter: Option<String>,
    problems: bool,
}

/// The head counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Tasks that run.
    pub running: usize,
    /// Tasks that failed and hold their cluster.
    pub failed: usize,
    /// Tasks shown.
    pub shown: usize,
}

impl Tasks {
    /// The filter in force.
    pub fn filtered_by(&self) -> Option<&str> {
        self.filter.as_deref()
    }
    /// Whether only problems are shown.
    pub fn is_problems_only(&self) -> bool {
        self.problems
    }
    /// First row in view.
    pub fn top(&self) -> usize {
        self.top
    }
    /// The selected task, if it is in the list.
    pub fn selected(&self) -> Option<&TaskRef> {
        self.selected.as_ref()
    }
    /// Place of the selection in `rows`.
    pub fn selected_ix(&self, rows: &[&TaskSummary]) -> usize {
        self.selected
            .as_ref()
            .and_then(|at| rows.iter().position(|t| t.at == *at))
            .unwrap_or_else(|| self.place.min(rows.len().saturating_sub(1)))
    }
    /// The tasks of all profiles: those that hold their cluster first, then the newest (screens 10).
    pub fn rows<'a>(&self, cx: &Facts<'a>) -> Vec<&'a TaskSummary> {
        let mut rows: Vec<&TaskSummary> = all(cx).into_iter().filter(|t| self.is_wanted(t)).collect();
        rows.sort_by(|a, b| {
            let rank = |t: &TaskSummary| u8::from(!is_open(t));
            rank(a)
                .cmp(&rank(b))
                // A task without a start is newer than any that has one.
                .then_with(|| b.started.is_none().cmp(&a.started.is_none()))
                .then_with(|| b.started.cmp(&a.started))
                .then_with(|| id_of(b).cmp(&id_of(a)))
                .then_with(|| a.at.cmp(&b.at))
        });
        rows
    }
    /// Counts for the head, over what is shown.
    pub fn counts(rows: &[&TaskSummary]) -> Counts {
        let of = |f: &dyn Fn(Phase) -> bool| rows.iter().filter(|t| f(t.phase())).count();
        Counts {
            running: of(&|p| p.is_active() || p == Phase::Ready || p == Phase::Pending),
            failed: of(&|p| p == Phase::Failed),
            shown: rows.len(),
        }
    }
    /// Profiles whose tasks could not be read, each with its error.
    pub fn errors<'a>(cx: &Facts<'a>) -> Vec<(&'a ProfileName, &'a ReadError)> {
        let of = |p: &'a ProfileName| {
            [unfinished(p), recent(p)]
                .iter()
                .find_map(|q| cx.cache.get(q)?.error.as_ref())
                .map(|(e, _)| (p, e))
        };
        cx.settings.profiles.iter().filter_map(|p| of(&p.name)).collect()
    }
    /// Whether no profile has answered yet.
    pub fn is_unread(cx: &Facts<'_>) -> bool {
        let read = |p: &ProfileName| [unfinished(p), recent(p)].iter().any(|q| cx.cache.answer(q).is_some());
        !cx.settings.profiles.iter().any(|p| read(&p.name))
    }

    /// Does what a key asks.
    pub fn command(&mut self, command: Command, cx: &Facts<'_>) -> Step {
        let rows = self.rows(cx);
        let at = self.selected_ix(&rows);
        let page = page(cx);
        if let Some(to) = scroll::step(command, at, rows.len(), page) {
            self.select(to, &rows, page);
            return Step::none();
        }
        if command == Command::Problems {
            self.problems = !self.problems;
            let rows = self.rows(cx);
            let at = self.selected_ix(&rows);
            self.select(at, &rows, page);
            return Step::none();
        }
        let Some(task) = rows.get(at) else {
            let needs_one = matches!(
                command,
                Command::Enter | Command::Right | Command::Actions | Command::Copy | Command::CopyBlock
            );
            return if needs_one {
                Step::go(Go::Notice(Notice::NotPossible(WhyNot::NothingSelected)))
            } else {
                Step::none()
            };
        };
        match command {
            Command::Enter | Command::Right => Step::go(Go::Task(task.at.clone())),
            Command::Actions => {
                let prohibited = cx.cache.task(&task.at).is_some_and(|t| t.prohibit_rollback);
                Step::go(Go::Actions(actions::of_task(task, prohibited, cx)))
            }
            Command::Copy => Step::go(Go::Copy(task.at.id.shown().clone())),
            Command::CopyBlock => Step::go(Go::Copy(block(task, cx))),
            _ => Step::none(),
        }
    }
    /// A click in the pane, in cells from its top left: selects a row; on the selected row, opens it.
    pub fn click(&mut self, _x: u16, y: u16, cx: &Facts<'_>) -> Step {
        let rows = self.rows(cx);
        let Some(line) = usize::from(y).checked_sub(2) else { return Step::none() };
        let ix = self.top + line;
        if ix >= rows.len() || line >= page(cx) {
            return Step::none();
        }
        if self.selected.is_some() && self.selected_ix(&rows) == ix {
            return self.command(Command::Enter, cx);
        }
        self.select(ix, &rows, page(cx));
        Step::none()
    }
    /// What it needs to have read: what holds a cluster often, the rest seldom.
    pub fn wants(&self, cx: &Facts<'_>) -> Vec<Want> {
        let mut wants = Vec::new();
        for p in &cx.settings.profiles {
            let pace = cx.settings.refresh;
            // A task that left the unfinished ones has ended, and only the list of all says how.
            let max_age = if has_ended_unseen(&p.name, cx) { pace } else { RECENT_MAX_AGE.max(pace) };
            wants.push(Want { query: unfinished(&p.name), max_age: pace });
            wants.push(Want { query: recent(&p.name), max_age });
        }
        wants
    }
    /// What can be done here, most used first: the help bar.
    pub fn offers(&self, cx: &Facts<'_>) -> Vec<Offer> {
        let is_empty = self.rows(cx).is_empty();
        let can = || if is_empty { Err(WhyNot::NothingSelected) } else { Ok(()) };
        [
            (Command::Enter, "open", can()),
            (Command::Actions, "actions", can()),
            (Command::Find, "filter", Ok(())),
            (Command::Problems, "problems", Ok(())),
            (Command::Copy, "copy ID", can()),
            (Command::CopyBlock, "copy row", can()),
        ]
        .map(|(command, word, can)| Offer { command, word, can })
        .to_vec()
    }
    /// Something it wants was read, failed to be read, or time went on: the selection follows its task.
    pub fn refresh(&mut self, cx: &Facts<'_>) -> Step {
        let rows = self.rows(cx);
        let at = self.selected_ix(&rows);
        self.select(at, &rows, page(cx));
        Step::none()
    }
    /// Looks for a text, from the selection on; `false` when nothing matches.
    pub fn find(&mut self, text: &str, forward: bool, cx: &Facts<'_>) -> bool {
        let rows = self.rows(cx);
        let (n, at) = (rows.len(), self.selected_ix(&rows));
        let around = (1..=n).map(|i| if forward { (at + i) % n } else { (at + n - i) % n });
        let Some(ix) = around.into_iter().find(|ix| rows.get(*ix).is_some_and(|t| matches(t, text))) else {
            return false;
        };
        self.select(ix, &rows, page(cx));
        true
    }
    /// Shows only what matches; `None` shows all again.
    pub fn filter(&mut self, text: Option<&str>) {
        self.filter = text.filter(|t| !t.is_empty()).map(str::to_owned);
    }
    /// What is selected, for copy: the task's ID.
    pub fn value(&self, cx: &Facts<'_>) -> Option<Shown> {
        let rows = self.rows(cx);
        rows.get(self.selected_ix(&rows)).map(|t| t.at.id.shown().clone())
    }

    fn is_wanted(&self, task: &TaskSummary) -> bool {
        (!self.problems || task.phase() == Phase::Failed || task.progress.failed > 0)
            && self.filter.as_ref().is_none_or(|f| matches(task, f))
    }
    fn select(&mut self, ix: usize, rows: &[&TaskSummary], page: usize) {
        self.place = ix.min(rows.len().saturating_sub(1));
        if let Some(task) = rows.get(self.place) {
            self.selected = Some(task.at.clone());
        }
        self.top = scroll::keep(self.top, self.place, rows.len(), page);
    }
}

/// Rows of the list in a pane of this size: frame and heading take three.
fn page(cx: &Facts<'_>) -> usize {
    usize::from(cx.pane.height).saturating_sub(3).max(1)
}

/// Query for what holds a cluster.
pub(crate) fn unfinished(profile: &ProfileName) -> Query {
    Query::Tasks(profile.clone(), TaskFilter { unfinished: true, ..TaskFilter::default() })
}

/// Query for the newest tasks in any state.
pub(crate) fn recent(profile: &ProfileName) -> Query {
    Query::Tasks(profile.clone(), TaskFilter::default())
}

/// Whether a task holds its cluster: neither done, skipped nor of a state that no one knows.
fn is_open(task: &TaskSummary) -> bool {
    task.is_unfinished()
}

fn id_of(task: &TaskSummary) -> impl Ord + use<> {
    let raw = task.at.id.raw();
    id_order(&raw.into())
}

/// Every task known, each once, as the newer of the two lists tells it.
pub(crate) fn all<'a>(cx: &Facts<'a>) -> Vec<&'a TaskSummary> {
    let mut newest: HashMap<&TaskRef, (Timestamp, &TaskSummary)> = HashMap::new();
    for p in &cx.settings.profiles {
        for query in [unfinished(&p.name), recent(&p.name)] {
            let Some((answer, at)) = cx.cache.answer(&query) else { continue };
            let crate::app::effect::Reply::Tasks(tasks) = &answer.reply else { continue };
            for task in tasks {
                let entry = newest.entry(&task.at).or_insert((*at, task));
                if entry.0 < *at {
                    *entry = (*at, task);
                }
            }
        }
    }
    newest.into_values().map(|(_, t)| t).collect()
}

/// Whether the list of all still calls a task unfinished that the newer list of unfinished ones has no more.
fn has_ended_unseen(profile: &ProfileName, cx: &Facts<'_>) -> bool {
    let (Some((_, open_at)), Some((_, all_at))) =
        (cx.cache.answer(&unfinished(profile)), cx.cache.answer(&recent(profile)))
    else {
        return false;
    };
    let filter = TaskFilter { unfinished: true, ..TaskFilter::default() };
    let open = cx.cache.tasks(profile, &filter).map_or(&[][..], Vec::as_slice);
    let listed = cx.cache.tasks(profile, &TaskFilter::default()).map_or(&[][..], Vec::as_slice);
    open_at > all_at && listed.iter().any(|t| is_open(t) && !open.iter().any(|o| o.at == t.at))
}

/// Whether any word of the row holds the text, case ignored.
fn matches(task: &TaskSummary, text: &str) -> bool {
    let text = text.to_lowercase();
    let has = |t: &Text| t.shown().as_str().to_lowercase().contains(&text);
    [&task.name, &task.cluster_name, &task.target, &task.creator, &task.status.word].into_iter().any(has)
        || task.at.id.shown().as_str().contains(&text)
        || task.at.profile.shown().as_str().to_lowercase().contains(&text)
        || task.phase().word().to_lowercase().contains(&text)
}

/// Name of the cluster a task works on: told with the task, else from the list of clusters, else the ID.
pub(crate) fn cluster_name(task: &TaskSummary, cx: &Facts<'_>) -> Shown {
    if !task.cluster_name.is_empty() {
        return task.cluster_name.shown().clone();
    }
    let Some(at) = &task.cluster else { return Shown::filter("") };
    let listed = cx.cache.clusters(&at.profile).and_then(|l| l.iter().find(|c| c.at == *at));
    listed.map_or_else(|| at.id.shown().clone(), |c| c.name.shown().clone())
}

/// `protoss/zone2`.
pub(crate) fn target(task: &TaskSummary, cx: &Facts<'_>) -> Shown {
    let cluster = cluster_name(task, cx);
    match (cluster.as_str().is_empty(), task.target.is_empty()) {
        (false, false) => Shown::filter(&format!("{cluster}/{}", task.target.shown())),
        (false, true) => cluster,
        (true, _) => task.target.shown().clone(),
    }
}

/// How long it has run or ran, by the server's clock of the list it came with.
pub(crate) fn elapsed(task: &TaskSummary, cx: &Facts<'_>) -> Option<Span> {
    let from = task.started?;
    let to = match task.finished {
        Some(end) => end,
        None if task.phase().is_active() => {
            let query = unfinished(&task.at.profile);
            cx.cache.server_now(&query, cx.now)
        }
        None => return None,
    };
    Some(to.since(from).max(Span::ZERO))
}

fn block(task: &TaskSummary, cx: &Facts<'_>) -> Shown {
    Shown::whole(&format!(
        "{} {} {} {} {} {}",
        task.at.profile.shown(),
        task.at.id.shown(),
        task.name.shown(),
        target(task, cx),
        task.phase().word(),
        task.creator.shown(),
    ))
}

#[cfg(test)]
mod tests;
