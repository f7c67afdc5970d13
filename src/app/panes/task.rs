//! One task: its graph, its selected subtask (screens 8).

pub(crate) mod actions;
mod boxes;
pub mod export;
pub(crate) mod follow;
pub mod job;
mod moves;
pub mod picture;
pub(crate) mod plan;
pub mod rows;
pub mod seen;
pub mod times;
pub mod truth;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

pub use boxes::LIVE_COLUMNS;
use job::Laid;
use moves::item_of_row;
use picture::{Item, Picture, Sort, Wish};
use plan::{Below, Plan};
use rows::{Kind, Row};
use seen::Seen;

use crate::app::command::Command;
use crate::app::effect::{Effect, Query, Want};
use crate::app::facts::{Facts, Go, Notice, Offer, Step};
use crate::domain::capability::{PlaneKind, WhyNot};
use crate::domain::id::{SubtaskId, TaskRef, TraceId};
use crate::domain::limits;
use crate::domain::shown::{Shown, Text};
use crate::domain::status::Phase;
use crate::domain::task::{Subtask, Task};
use crate::domain::time::{Span, Timestamp};
use crate::graph::collapse::{finished, is_long};
use crate::graph::{Form, from_task};

/// An answer that is never too old: it is kept, and not asked for again.
const NEVER: Span = Span::from_secs(10 * 365 * 86_400);
/// How old the proof of an end may be: an end counts when it was seen twice (A16).
const PROOF: Span = Span::from_secs(10);
/// How old the servers' state beside a task may be.
const ZONES_MAX_AGE: Span = Span::from_secs(5);
/// From this many nodes boxes are drawn only when they are asked for.
const MANY_NODES: usize = 400;

/// How the graph is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum View {
    /// One row a step, with lanes as in commit graphs.
    #[default]
    Lanes,
    /// Boxes and lines.
    Boxes,
    /// A plain table, for screen readers.
    List,
}

/// The layout beside the machine; one at a time.
#[derive(Debug, Default)]
enum Laying {
    /// None.
    #[default]
    Idle,
    /// Under way, named by its key; the next one waits until it is back.
    Out(u64),
    /// The one of this key failed: it is not tried again.
    Failed(u64),
    /// Back, until the picture is made of it.
    Back(Box<Laid>),
}

impl Laying {
    fn take(&mut self) -> Option<Laid> {
        match std::mem::take(self) {
            Laying::Back(laid) => Some(*laid),
            other => {
                *self = other;
                None
            }
        }
    }
}

/// State of the pane.
#[derive(Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own; no two of them make a state together"
)]
pub struct TaskPane {
    at: Option<TaskRef>,
    made_by: Option<TraceId>,
    /// What the operator chose; by the width where nothing was.
    view: Option<View>,
    form: Form,
    /// Groups whose members are listed, and those whose members stand apart.
    open: BTreeSet<String>,
    apart: BTreeSet<String>,
    /// Finished steps of which runs are folded; `None` until the first drawing.
    over: Option<BTreeSet<String>>,
    fits: u32,
    /// What the width chose.
    by_width: Option<View>,
    hides_map: bool,
    /// Sub DAGs of a stage that the operator folded or unfolded.
    nests: BTreeMap<String, bool>,
    selected: Option<(Sort, SubtaskId, Text)>,
    /// The operator moved: the selection stays until `f`.
    is_held: bool,
    shows_critical: bool,
    top: usize,
    camera: (i32, i32),
    picture: Option<Picture>,
    laying: Laying,
    /// State of the whole task when it was last seen, and since when, by our clock.
    phase: Option<(Phase, Timestamp)>,
    /// Whether an answer after the one that told the end told it again.
    is_end_proved: bool,
    /// What the list says of the servers it is about, and since when.
    told: Option<truth::Told>,
    /// The selected subtask, its state and since when that is known here: one more log is read after each change.
    watched: Option<(SubtaskId, Option<Phase>, Timestamp)>,
}

impl TaskPane {
    /// Opens a task; the pane forgets what it showed before.
    pub fn open(&mut self, task: TaskRef) {
        if self.at.as_ref() == Some(&task) {
            return;
        }
        let hides_map = self.hides_map;
        *self = Self { at: Some(task), view: self.view, hides_map, ..Self::default() };
    }
    /// Tells the trace ID of the request that made the open task.
    pub fn made_by(&mut self, trace: Option<TraceId>) {
        self.made_by = trace;
    }
    /// The trace ID of the request that made the task, if this console sent it.
    pub fn maker(&self) -> Option<&TraceId> {
        self.made_by.as_ref()
    }
    /// The open task.
    pub fn task(&self) -> Option<&TaskRef> {
        self.at.as_ref()
    }
    /// What is drawn; `None` before the first answer.
    pub fn picture(&self) -> Option<&Picture> {
        self.picture.as_ref()
    }
    /// First row in view, of lanes and list.
    pub fn top(&self) -> usize {
        self.top
    }
    /// First column and row in view, of boxes.
    pub fn camera(&self) -> (i32, i32) {
        self.camera
    }
    /// Whether the selection goes with the task.
    pub fn is_following(&self) -> bool {
        !self.is_held
    }
    /// Whether a drawing much larger than its place comes with a small one of the whole.
    pub fn shows_map(&self) -> bool {
        !self.hides_map
    }
    /// How the graph is shown, or will be once it is laid out.
    pub fn view(&self) -> View {
        self.view.or(self.by_width).unwrap_or_default()
    }
    /// Whether the critical path is marked.
    pub fn shows_critical(&self) -> bool {
        self.shows_critical
    }
    /// Place of the selection among the items of the picture.
    pub fn selected_ix(&self) -> Option<usize> {
        let (sort, id, name) = self.selected.as_ref()?;
        let picture = self.picture.as_ref()?;
        picture.find(*sort, id).or_else(|| by_name(picture, name))
    }
    /// The selected item.
    pub fn selected(&self) -> Option<&Item> {
        self.picture.as_ref()?.items.get(self.selected_ix()?)
    }
    /// The row of the selection.
    pub fn selected_row(&self) -> Option<usize> {
        let (picture, ix) = (self.picture.as_ref()?, self.selected_ix()?);
        let node = picture.items.get(ix)?.node;
        let own = |r: &Row| matches!(r.kind, Kind::Item(i) | Kind::Nest(i) | Kind::Inner(i) if i == ix);
        // What is folded away stands at the head of its fold.
        let is_nested = picture.items.get(ix).is_some_and(|i| i.sort != Sort::Step);
        let head = |r: &Row| {
            r.node == Some(node) && r.is_selectable() && matches!(r.kind, Kind::Nest(_)) == is_nested
        };
        picture.rows.iter().position(own).or_else(|| picture.rows.iter().position(head))
    }
    /// What is known of the task.
    pub fn seen<'a>(&self, cx: &Facts<'a>) -> Option<Seen<'a>> {
        Seen::of(self.at.as_ref()?, cx)
    }

    /// Does what a key asks.
    pub fn command(&mut self, command: Command, cx: &Facts<'_>) -> Step {
        let Some(seen) = self.seen(cx) else {
            return if matches!(command, Command::Copy) { self.copy(cx) } else { Step::none() };
        };
        match command {
            Command::Enter => self.enter(seen.task, cx),
            Command::Actions => self.actions(&seen, cx),
            Command::Copy => self.copy(cx),
            Command::CopyBlock => Step::go(Go::Copy(self.block(&seen))),
            Command::Export => Step::go(Go::Files(export::offers())),
            Command::Problems => self.next_problem(&seen, cx),
            Command::Follow => {
                self.is_held = false;
                self.refresh(cx)
            }
            Command::Layout => {
                self.view = Some(match self.view_now(seen.task, cx) {
                    View::Lanes => View::Boxes,
                    View::Boxes => View::List,
                    View::List => View::Lanes,
                });
                self.refresh(cx)
            }
            Command::CriticalPath => {
                self.shows_critical = !self.shows_critical;
                Step::none()
            }
            Command::Minimap => {
                self.hides_map = !self.hides_map;
                Step::none()
            }
            Command::FoldRuns => self.fold_runs(seen.task, cx),
            Command::Fit | Command::ZoomIn | Command::ZoomOut => {
                self.zoom(command);
                self.refresh(cx)
            }
            _ if self.picture.as_ref().is_some_and(|p| p.scene.is_some()) => {
                self.move_in_boxes(command, seen.task, cx)
            }
            Command::Left | Command::Right => {
                self.fold(command == Command::Left);
                self.refresh(cx)
            }
            _ => self.move_in_rows(command, seen.task, cx),
        }
    }
    /// A click in the pane, in cells from its top left: selects; on what is selected, opens its log.
    pub fn click(&mut self, x: u16, y: u16, cx: &Facts<'_>) -> Step {
        let Some(seen) = self.seen(cx) else { return Step::none() };
        let area = Plan::of(cx.pane).graph;
        let (Some(dx), Some(dy)) = (x.checked_sub(area.x), y.checked_sub(area.y)) else {
            return Step::none();
        };
        if dx >= area.w || dy >= area.h {
            return Step::none();
        }
        let Some(picture) = &self.picture else { return Step::none() };
        let hit = if let Some(scene) = &picture.scene {
            let (px, py) = (self.camera.0 + i32::from(dx), self.camera.1 + i32::from(dy));
            let inside = |b: &crate::graph::scene::NodeBox| {
                (b.x..b.x + b.w).contains(&px) && (b.y..b.y + b.h).contains(&py)
            };
            let node = scene.boxes.iter().position(inside);
            node.and_then(|n| {
                let row = scene.boxes.get(n).and_then(|b| usize::try_from(py - b.y - 2).ok());
                let columns = picture.dag.nodes.get(n).map_or(1, |d| usize::from(d.columns.max(1)));
                let listed = row.and_then(|row| picture.list_of(n, self.selected_ix()).nth(row * columns));
                listed.or_else(|| follow::concerned(picture, seen.task, n))
            })
        } else {
            let row = picture.rows.get(self.top + usize::from(dy));
            row.and_then(|r| item_of_row(picture, seen.task, r))
        };
        let Some(ix) = hit else { return Step::none() };
        if self.selected_ix() == Some(ix) {
            return self.enter(seen.task, cx);
        }
        self.hold(ix);
        self.settle(cx);
        Step::none()
    }
    /// What it needs to have read: the task, the log of what is selected, and after the end the servers.
    pub fn wants(&self, cx: &Facts<'_>) -> Vec<Want> {
        let Some(at) = &self.at else { return Vec::new() };
        let task = |max_age| Want { query: Query::Task(at.clone()), max_age };
        let Some(seen) = self.seen(cx) else { return vec![task(limits::POLL_TASK)] };
        let ended = !seen.task.head.is_unfinished();
        let mut wants = vec![task(match (ended, self.is_end_proved) {
            (false, _) => limits::POLL_TASK,
            (true, false) => PROOF,
            (true, true) => NEVER,
        })];
        if let Some((item, subtask)) = self.selected().and_then(|i| Some((i, i.subtask(seen.task)?)))
            && (subtask.started.is_some() || subtask.phase().is_active())
        {
            let query = Query::Log(at.clone(), item.id.clone());
            let max_age = if subtask.phase().is_active() {
                limits::POLL_TASK
            } else {
                once_after(self.watched.as_ref().map(|w| w.2), &query, NEVER, cx)
            };
            wants.push(Want { query, max_age });
        }
        let two_panes = matches!(Plan::of(cx.pane).below, Below::Panes(..));
        if let Some(cluster) = seen.task.head.cluster.as_ref().filter(|_| two_panes || seen.is_ended()) {
            let query = Query::Zones(cluster.clone());
            let since = self.phase.filter(|_| seen.is_ended()).map(|p| p.1);
            let max_age = once_after(since, &query, ZONES_MAX_AGE, cx);
            wants.push(Want { query, max_age });
        }
        wants
    }
    /// What can be done here, most used first: the help bar.
    pub fn offers(&self, cx: &Facts<'_>) -> Vec<Offer> {
        let seen = self.seen(cx);
        let sort = self.selected().map(|i| i.sort);
        let has_one = seen
            .zip(self.selected())
            .is_some_and(|(s, i)| i.subtask(s.task).is_some() || i.sort != Sort::Step);
        let needs_one = || if has_one { Ok(()) } else { Err(WhyNot::NothingSelected) };
        let acts = match seen.map(|s| s.kind) {
            Some(PlaneKind::Obshell) => "retry/pass/cancel",
            Some(PlaneKind::Ocp) | None => "retry/skip/cancel",
        };
        let (enter, copy) = match sort {
            Some(Sort::Nest) => ("fold", "trace"),
            Some(Sort::Inner) => ("open", "ID"),
            Some(Sort::Step) | None => ("log", "trace"),
        };
        let needs_task = || seen.map_or(Err(WhyNot::NothingSelected), |_| Ok(()));
        [
            (Command::Enter, enter, needs_one()),
            (Command::Copy, copy, needs_task()),
            (Command::CopyBlock, "IDs", needs_task()),
            (Command::Zoom, "zoom", Ok(())),
            (Command::Layout, "layout", needs_task()),
            (
                Command::ZoomIn,
                "unfold",
                if self.can_unfold() { Ok(()) } else { Err(WhyNot::NothingSelected) },
            ),
            (Command::Actions, acts, needs_task()),
            (Command::Handoff, "handoff", needs_task()),
            (Command::Follow, "follow", needs_task()),
            (Command::Problems, "next problem", needs_task()),
            (Command::CriticalPath, "critical path", needs_task()),
            (Command::Export, "export", needs_task()),
        ]
        .into_iter()
        .filter(|(command, _, can)| *command != Command::ZoomIn || can.is_ok())
        .map(|(command, word, can)| Offer { command, word, can })
        .collect()
    }
    /// Something it wants was read, failed to be read, or time went on: picture and selection are brought up to date.
    pub fn refresh(&mut self, cx: &Facts<'_>) -> Step {
        let Some(seen) = self.seen(cx) else { return Step::none() };
        if self.over.is_none() && !seen.task.graph.nodes.is_empty() {
            let dag = from_task(seen.task);
            self.over = Some(if is_long(&dag) { finished(&dag) } else { BTreeSet::new() });
        }
        self.by_width = Some(self.view_by_width(seen.task, cx));
        let wish = Wish {
            view: self.view_now(seen.task, cx),
            form: self.form,
            open: self.open.clone(),
            apart: self.apart.clone(),
            over: self.over.clone().unwrap_or_default(),
            fits: self.fits,
            nests: self.nests.clone(),
            area: Plan::of(cx.pane).graph,
        };
        let (key, _) = Picture::key(seen.task, &wish);
        let laid = self.laying.take().filter(|l| l.key == key);
        let is_out = matches!(self.laying, Laying::Out(_));
        let is_hopeless = matches!(self.laying, Laying::Failed(failed) if failed == key);
        let is_made = |p: &Picture| p.is_of(key) && (is_out || is_hopeless || !p.is_waiting);
        let is_new = laid.is_some() || !self.picture.as_ref().is_some_and(is_made);
        let mut step = Step::none();
        if is_new {
            let stood = self.stands();
            let (picture, job) = Picture::new(seen.task, &wish, laid, self.picture.take());
            self.picture = Some(picture);
            self.go_along(stood);
            if let Some(job) = job.filter(|_| !is_out && !is_hopeless) {
                self.laying = Laying::Out(job.key());
                step = Step::effect(Effect::Layout(Box::new(job)));
            }
        }
        let Some(picture) = &self.picture else { return Step::none() };
        let current = self.selected_ix();
        let next = match current {
            Some(ix) if self.is_held => Some(ix),
            _ => follow::followed(picture, seen.task, current),
        };
        // A poll that changes nothing must not move a view that was scrolled by itself.
        if next != current || is_new || current.is_none() {
            if let Some(ix) = next {
                self.select(ix);
            }
            self.settle(cx);
        }
        self.watch(seen.task, cx.now);
        self.told = truth::told(seen.task, self.told.as_ref(), cx).or(self.told.take());
        step.go.extend(self.note_phase(&seen).go);
        step
    }
    /// A layout came back; the next [`Self::refresh`] uses it if it is still what is wished for.
    pub fn laid(&mut self, laid: Laid) {
        self.laying = Laying::Back(Box::new(laid));
    }
    /// A layout failed: the lanes stay until the drawing is another.
    pub fn not_laid(&mut self, job: u64) {
        if matches!(self.laying, Laying::Out(out) if out == job) {
            self.laying = Laying::Failed(job);
        }
    }
    /// Looks for a text, from the selection on; `false` when nothing matches.
    pub fn find(&mut self, text: &str, forward: bool, cx: &Facts<'_>) -> bool {
        let Some(seen) = self.seen(cx) else { return false };
        let Some(picture) = &self.picture else { return false };
        let (n, from, text) = (picture.items.len(), self.selected_ix().unwrap_or(0), text.to_lowercase());
        let hit = (1..=n)
            .map(|i| if forward { (from + i) % n } else { (from + n - i) % n })
            .find(|ix| picture.items.get(*ix).is_some_and(|i| matches(i, picture, seen.task, &text)));
        let Some(ix) = hit else { return false };
        self.hold(ix);
        if self.selected().is_some_and(|i| i.sort == Sort::Inner) && picture_has_no_row(self) {
            self.fold(false);
            let _ = self.refresh(cx);
        }
        self.settle(cx);
        true
    }
    /// A graph is not thinned out: what matches is found instead ([`Self::find`]).
    pub fn filter(&mut self, _text: Option<&str>) {}
    /// What is selected, for copy: a sub DAG's ID; else the trace ID of the request that made the task, else of the
    /// last poll.
    pub fn value(&self, cx: &Facts<'_>) -> Option<Shown> {
        if let Some(inner) = self.selected().filter(|i| i.sort == Sort::Inner) {
            return Some(inner.id.shown().clone());
        }
        let polled = || self.seen(cx).and_then(|s| s.trace.cloned());
        self.made_by.clone().or_else(polled).map(|t| t.shown().clone())
    }
}

/// What goes out of the pane.
impl TaskPane {
    fn open_log(&self, task: &Task) -> Step {
        let subtask = self.selected().and_then(|i| i.subtask(task));
        match (subtask, &self.at) {
            (Some(s), Some(at)) => Step::go(Go::Log(at.clone(), s.id.clone())),
            _ => Step::go(Go::Notice(Notice::NotPossible(WhyNot::NothingSelected))),
        }
    }
    fn actions(&self, seen: &Seen<'_>, cx: &Facts<'_>) -> Step {
        let head = &seen.task.head;
        let selected = self.selected();
        let inner = selected.and_then(|i| i.inner(seen.task)?.task.as_ref().ok());
        let mut offers = inner.map_or_else(Vec::new, |t| actions::of_inner(t, cx));
        if let Some(s) = selected.and_then(|i| i.subtask(seen.task)) {
            offers.extend(actions::of_subtask(head, s, cx));
        }
        offers.extend(actions::of_task(head, seen.task.prohibit_rollback, cx));
        Step::go(Go::Actions(offers))
    }
    fn copy(&self, cx: &Facts<'_>) -> Step {
        match self.value(cx) {
            Some(value) => Step::go(Go::Copy(value)),
            None => Step::go(Go::Notice(Notice::NotPossible(WhyNot::NothingSelected))),
        }
    }
    /// Task, subtasks and traces: what a support case asks for.
    fn block(&self, seen: &Seen<'_>) -> Shown {
        let mut out = format!("task {} {}", seen.task.head.at.id, seen.task.head.name);
        if let Some(s) = self.selected().and_then(|i| i.subtask(seen.task)) {
            let _ = write!(out, " | subtask {} {}", s.id, s.name);
        }
        if let Some(t) = &self.made_by {
            let _ = write!(out, " | trace {t} (request)");
        }
        if let Some(t) = seen.trace {
            let _ = write!(out, " | trace {t} (last poll)");
        }
        out.push_str(" | subtasks");
        for s in seen.task.subtasks() {
            let _ = write!(out, " {}", s.id);
        }
        for inner in seen.task.graph.nodes.iter().flat_map(|n| &n.inner) {
            let _ = write!(out, " | sub DAG {} {}", inner.agent.shown(), inner.id);
        }
        Shown::whole(&out)
    }
    /// Remembers since when the selected subtask is in its state.
    fn watch(&mut self, task: &Task, now: Timestamp) {
        let Some(item) = self.selected() else { return };
        let (id, phase) = (item.id.clone(), item.subtask(task).map(Subtask::phase));
        if self.watched.as_ref().is_none_or(|w| w.0 != id || w.1 != phase) {
            self.watched = Some((id, phase, now));
        }
    }
    /// Since when the task is known here to be in its state, and the servers in theirs, by our clock (A19).
    pub fn known_since(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        (self.phase.map(|(_, at)| at), self.told.as_ref().map(|(_, at)| *at))
    }
    /// Remembers the task's state; says so once when it came to an end while it was looked at.
    fn note_phase(&mut self, seen: &Seen<'_>) -> Step {
        let phase = seen.task.phase();
        let before = self.phase;
        if before.map(|(p, _)| p) != Some(phase) {
            self.phase = Some((phase, seen.at));
            self.is_end_proved = false;
        } else if before.is_some_and(|(_, at)| seen.at > at) && !seen.task.head.is_unfinished() {
            self.is_end_proved = true;
        }
        let came_to_rest = before.is_some_and(|(p, _)| !p.is_resting()) && phase.is_resting();
        if came_to_rest {
            Step::go(Go::Notice(Notice::TaskEnded(Box::new(seen.task.head.clone()))))
        } else {
            Step::none()
        }
    }
}

/// A read that is due once after a moment, and then at leisure.
fn once_after(since: Option<Timestamp>, query: &Query, then: Span, cx: &Facts<'_>) -> Span {
    let read = cx.cache.answer(query).map(|(_, at)| *at);
    match (since, read) {
        // Not within the same millisecond: what is read in it would be due at once again, and again.
        (Some(since), Some(read)) if read <= since => {
            cx.now.since(read).minus(Span::from_millis(1)).max(Span::from_millis(1))
        }
        _ => then,
    }
}

fn picture_has_no_row(pane: &TaskPane) -> bool {
    let (ix, picture) = (pane.selected_ix(), pane.picture());
    picture.is_some_and(|p| p.scene.is_none() && !p.rows.iter().any(|r| ix.map(Kind::Inner) == Some(r.kind)))
}

fn by_name(picture: &Picture, name: &Text) -> Option<usize> {
    picture.items.iter().position(|i| picture.dag.nodes.get(i.node).is_some_and(|n| n.label == *name.shown()))
}

fn matches(item: &Item, picture: &Picture, task: &Task, text: &str) -> bool {
    let has = |s: &Shown| s.as_str().to_lowercase().contains(text);
    has(item.id.shown())
        || picture.dag.nodes.get(item.node).is_some_and(|n| has(&n.label))
        || item.inner(task).is_some_and(|i| has(i.agent.shown()))
        || item.subtask(task).is_some_and(|s| {
            has(s.name.shown())
                || has(s.target.shown())
                || has(s.status.word.shown())
                || s.phase().word() == text
        })
}

#[cfg(test)]
mod tests;
