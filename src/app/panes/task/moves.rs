//! Movement and selection in the task view: rows by rows, boxes along edges, and what is in view.

use std::collections::BTreeSet;

use super::picture::{Picture, Sort};
use super::plan::{Area, BOXES_FROM, Plan};
use super::rows::{Kind, Row};
use super::seen::Seen;
use super::{MANY_NODES, TaskPane, View, boxes, follow};
use crate::app::command::Command;
use crate::app::facts::{Facts, Go, Notice, Step};
use crate::app::panes::scroll;
use crate::domain::id::TaskRef;
use crate::domain::shown::Text;
use crate::domain::task::Task;
use crate::graph::collapse::finished;
use crate::graph::walk::{self, Direction};
use crate::graph::{Form, Scene, from_task};

impl TaskPane {
    pub(super) fn view_now(&self, task: &Task, cx: &Facts<'_>) -> View {
        self.view.unwrap_or_else(|| self.view_by_width(task, cx))
    }
    /// Boxes where there is room for them; a few columns less than that do not turn boxes into lanes again.
    pub(super) fn view_by_width(&self, task: &Task, cx: &Facts<'_>) -> View {
        let slack = if self.by_width == Some(View::Boxes) { 4 } else { 0 };
        if cx.pane.width + slack >= BOXES_FROM && task.graph.nodes.len() <= MANY_NODES {
            View::Boxes
        } else {
            View::Lanes
        }
    }
    pub(super) fn select(&mut self, ix: usize) {
        let Some(picture) = &self.picture else { return };
        let Some(item) = picture.items.get(ix) else { return };
        let label = picture.dag.nodes.get(item.node).map_or("", |n| n.label.as_str());
        self.selected = Some((item.sort, item.id.clone(), Text::new(label)));
    }
    /// The operator chose: the selection stays.
    pub(super) fn hold(&mut self, ix: usize) {
        self.select(ix);
        self.is_held = true;
    }
    /// The selected box and where it stands, with the place the graph has: what the camera goes along with.
    pub(super) fn stands(&self) -> Option<Stood> {
        let node = self.selected()?.node;
        let picture = self.picture.as_ref()?;
        let b = picture.scene.as_ref()?.boxes.get(node)?;
        Some(Stood { id: b.id.clone(), at: (b.x, b.y), area: picture.area() })
    }
    /// A new drawing at the same place: the selected box stays at its cell of the screen. Else the camera is set anew.
    pub(super) fn go_along(&mut self, stood: Option<Stood>) {
        let Some(picture) = &self.picture else { return };
        let Some(scene) = &picture.scene else { return };
        let moved = stood.filter(|s| s.area == picture.area()).and_then(|s| {
            let b = scene.boxes.iter().find(|b| b.id == s.id)?;
            Some((b.x - s.at.0, b.y - s.at.1))
        });
        self.camera = match moved {
            Some((dx, dy)) => (self.camera.0.saturating_add(dx), self.camera.1.saturating_add(dy)),
            None => UNSET,
        };
    }
    /// Brings the selection into view.
    pub(super) fn settle(&mut self, cx: &Facts<'_>) {
        let area = Plan::of(cx.pane).graph;
        let (row, node) = (self.selected_row(), self.selected().map(|i| i.node));
        let Some(picture) = &self.picture else { return };
        if let Some(scene) = &picture.scene {
            self.camera = aim(self.camera, scene, node, (i32::from(area.w), i32::from(area.h)));
            return;
        }
        let (count, page) = (picture.rows.len(), usize::from(area.h));
        let Some(row) = row else {
            self.top = self.top.min(count.saturating_sub(page));
            return;
        };
        // What hangs under a group's head, and the lanes that lead to it, are shown with it.
        let last = (row + 1..count).take_while(|r| {
            let of = picture.rows.get(*r);
            of.is_some_and(|r| matches!(r.kind, Kind::Members | Kind::PairMembers | Kind::PairEnd))
        });
        let last = last.last().unwrap_or(row);
        self.top = scroll::keep(self.top, last, count, page);
        self.top = scroll::keep(self.top, row, count, page);
    }
    pub(super) fn move_in_rows(&mut self, command: Command, task: &Task, cx: &Facts<'_>) -> Step {
        let Some(picture) = &self.picture else { return Step::none() };
        let stops: Vec<usize> =
            picture.rows.iter().enumerate().filter(|(_, r)| r.is_selectable()).map(|(ix, _)| ix).collect();
        let row = self.selected_row();
        let at = row.and_then(|r| stops.iter().position(|s| *s == r)).unwrap_or(0);
        let page = usize::from(Plan::of(cx.pane).graph.h);
        let Some(to) = scroll::step(command, at, stops.len(), page) else { return Step::none() };
        let hit = stops.get(to).and_then(|r| picture.rows.get(*r));
        // In a folded group a step that leads nowhere keeps the member that was chosen.
        let is_same = to == at && row.is_some();
        if let Some(ix) = hit.filter(|_| !is_same).and_then(|r| item_of_row(picture, task, r)) {
            self.hold(ix);
        } else {
            self.is_held = true;
        }
        self.settle(cx);
        Step::none()
    }
    pub(super) fn move_in_boxes(&mut self, command: Command, task: &Task, cx: &Facts<'_>) -> Step {
        let Some(picture) = &self.picture else { return Step::none() };
        let Some(scene) = &picture.scene else { return Step::none() };
        if let Some(ix) = self.next_in_list(picture, command) {
            self.hold(ix);
            self.settle(cx);
            return Step::none();
        }
        let here = self.selected().map(|i| i.node);
        let step = |d| here.and_then(|n| walk::step(scene, n, d));
        let node = match command {
            Command::Up => step(Direction::Up),
            Command::Down => step(Direction::Down),
            Command::Left => step(Direction::Left),
            Command::Right => step(Direction::Right),
            Command::First => walk::end(scene, false),
            Command::Last => walk::end(scene, true),
            Command::PageUp | Command::PageDown | Command::HalfPageUp | Command::HalfPageDown => {
                let up = matches!(command, Command::PageUp | Command::HalfPageUp);
                leap(scene, here, up, i32::from(Plan::of(cx.pane).graph.h))
            }
            _ => return Step::none(),
        };
        match node.and_then(|n| follow::concerned(picture, task, n)) {
            Some(ix) => self.hold(ix),
            None => self.is_held = true,
        }
        self.settle(cx);
        Step::none()
    }
    /// The member above or below in the list of the selected box; at its ends the way leads out along an edge.
    fn next_in_list(&self, picture: &Picture, command: Command) -> Option<usize> {
        let ix = self.selected_ix()?;
        let node = picture.items.get(ix)?.node;
        let columns =
            picture.dag.nodes.get(node).filter(|n| n.rows > 0).map(|n| usize::from(n.columns.max(1)))?;
        let items = picture.items_of(node);
        let column = (ix - items.start) % columns;
        let to = match command {
            Command::Up => ix.checked_sub(columns)?,
            Command::Down => ix + columns,
            Command::Left if column > 0 => ix - 1,
            Command::Right if column + 1 < columns => ix + 1,
            _ => return None,
        };
        items.contains(&to).then_some(to)
    }
    pub(super) fn next_problem(&mut self, seen: &Seen<'_>, cx: &Facts<'_>) -> Step {
        let Some(picture) = &self.picture else { return Step::none() };
        // Before the first one, so that the first problem is found from the first item too.
        let from = self.selected_ix().unwrap_or(picture.items.len().saturating_sub(1));
        match follow::next_problem(picture, seen.task, from, seen.now, seen.kind) {
            Some(ix) => {
                self.hold(ix);
                self.settle(cx);
                Step::none()
            }
            None => Step::go(Go::Notice(Notice::NoProblem)),
        }
    }
    /// `l` unfolds the selected group or the selected sub DAGs, `h` folds them.
    pub(super) fn fold(&mut self, close: bool) {
        let Some(picture) = &self.picture else { return };
        let Some((node, sort)) = self.selected().map(|i| (i.node, i.sort)) else { return };
        if sort != Sort::Step {
            self.fold_nest(node, close);
            return;
        }
        if picture.items_of(node).len() < 2 {
            return;
        }
        let Some(id) = picture.dag.nodes.get(node).map(|n| n.id.clone()) else { return };
        self.is_held = true;
        if close {
            self.open.remove(&id);
        } else {
            self.open.insert(id);
        }
    }
    /// Shows the sub DAGs of a node one by one, or their head alone; it has the selection then.
    fn fold_nest(&mut self, node: usize, close: bool) {
        let Some(picture) = &self.picture else { return };
        let Some(id) = picture.dag.nodes.get(node).map(|n| n.id.clone()) else { return };
        self.is_held = true;
        if close {
            let head = picture.nest_of(node).start;
            self.select(head);
        }
        self.nests.insert(id, !close);
    }
    /// Whether the sub DAGs of the selected head are shown one by one.
    fn is_nest_open(&self) -> bool {
        let node = self.selected().map(|i| i.node);
        let shown = |r: &Row| r.node == node && matches!(r.kind, Kind::Inner(_));
        self.picture.as_ref().is_some_and(|p| p.rows.iter().any(shown))
    }
    /// Enter on the head of sub DAGs folds or unfolds; on one of them it opens it, and on a subtask its log.
    pub(super) fn enter(&mut self, task: &Task, cx: &Facts<'_>) -> Step {
        let Some(item) = self.selected() else { return self.open_log(task) };
        match item.sort {
            Sort::Step => self.open_log(task),
            Sort::Nest => {
                let close = self.is_nest_open();
                self.fold(close);
                self.refresh(cx)
            }
            Sort::Inner => {
                let inner = item.inner(task).zip(self.at.as_ref());
                let at = inner.map(|(i, at)| TaskRef { profile: at.profile.clone(), id: i.id.clone() });
                at.map_or_else(Step::none, |at| Step::go(Go::Task(at)))
            }
        }
    }
    /// Folds the runs of steps that are over by now, or unfolds them.
    pub(super) fn fold_runs(&mut self, task: &Task, cx: &Facts<'_>) -> Step {
        if self.over.as_ref().is_some_and(|over| !over.is_empty()) {
            self.over = Some(BTreeSet::new());
            return self.refresh(cx);
        }
        let dag = from_task(task);
        let over = finished(&dag);
        if boxes::lanes(&dag, &over).nodes.len() == boxes::lanes(&dag, &BTreeSet::new()).nodes.len() {
            return Step::go(Go::Notice(Notice::NothingFolds));
        }
        self.over = Some(over);
        self.refresh(cx)
    }
    /// Whether the selected box stands for several steps that could be seen one by one.
    pub(super) fn can_unfold(&self) -> bool {
        let node = self.picture.as_ref().filter(|p| p.scene.is_some()).zip(self.selected());
        node.is_some_and(|(p, i)| p.items_of(i.node).len() > 1)
    }
    /// The selected group as a list inside its box; a list as boxes of their own.
    fn unfold(&mut self) {
        let Some(picture) = &self.picture else { return };
        let Some(node) = self.selected().and_then(|i| picture.dag.nodes.get(i.node)) else { return };
        let (id, is_list, is_group) = (node.id.clone(), node.rows > 0, !node.members.is_empty());
        if !is_list {
            self.fold(false);
        } else if is_group {
            self.is_held = true;
            self.open.remove(&id);
            self.apart.insert(id);
        }
    }
    /// Larger and smaller forms of the boxes; beyond the largest, the selected group is listed, then comes apart.
    pub(super) fn zoom(&mut self, command: Command) {
        let shown = self.picture.as_ref().and_then(|p| p.scene.as_ref()).map(|s| s.form);
        let Some(shown) = shown else { return };
        match (command, shown) {
            (Command::ZoomIn, Form::Compact) => self.form = Form::Full,
            (Command::ZoomIn, Form::Full | Form::Auto) => self.unfold(),
            (Command::ZoomOut, _) if !self.apart.is_empty() => self.apart.clear(),
            (Command::ZoomOut, _) if !self.open.is_empty() => self.open.clear(),
            (Command::ZoomIn, Form::Dot) | (Command::ZoomOut, Form::Full | Form::Auto) => {
                self.form = Form::Compact;
            }
            (Command::ZoomOut, Form::Compact | Form::Dot) => self.form = Form::Dot,
            _ => {
                self.form = Form::Auto;
                self.open.clear();
                self.apart.clear();
                self.fits = self.fits.wrapping_add(1);
            }
        }
    }
}

/// Where a box stood in the drawing before.
pub(super) struct Stood {
    id: String,
    at: (i32, i32),
    area: Area,
}

/// A camera that was never set: a drawing that fits is centred, a larger one begins at its top left.
pub(super) const UNSET: (i32, i32) = (i32::MIN, i32::MIN);

/// The item that a row stands for.
pub(super) fn item_of_row(picture: &Picture, task: &Task, row: &Row) -> Option<usize> {
    match row.kind {
        Kind::Item(ix) | Kind::Nest(ix) | Kind::Inner(ix) => Some(ix),
        Kind::Defect(_) | Kind::Join | Kind::Gap => None,
        Kind::Step | Kind::Pair | Kind::PairMembers | Kind::PairEnd | Kind::Members | Kind::Open => {
            follow::concerned(picture, task, row.node?)
        }
    }
}

/// The camera moved no further than it must for the selected box to be in view. A drawing that fits and is not whole
/// in view is centred across and stands at the top.
fn aim(camera: (i32, i32), scene: &Scene, node: Option<usize>, view: (i32, i32)) -> (i32, i32) {
    let boxed = node.and_then(|n| scene.boxes.get(n));
    let axis = |at: i32, size: i32, whole: i32, from: i32, len: i32, most: i32| {
        if whole <= size {
            // What grew stays where it is as long as all of it is in view.
            if at != i32::MIN {
                return at.clamp(whole - size, 0);
            }
            return -((size - whole) / 2).min(most);
        }
        // A free row or column before a drawing that grew beyond its place stays, or all of it would jump.
        let free = if at == i32::MIN { 0 } else { at.clamp(-(size / 2), 0) };
        let at = at.clamp(free, whole - size);
        let margin = ((size - len) / 2).clamp(0, 2);
        if from - margin < at {
            (from - margin).max(free)
        } else if from + len + margin > at + size {
            (from + len + margin - size).min(whole - size)
        } else {
            at
        }
    };
    let (x, y, w, h) = boxed.map_or((0, 0, 1, 1), |b| (b.x, b.y, b.w, b.h));
    (axis(camera.0, view.0, scene.width, x, w, i32::MAX), axis(camera.1, view.1, scene.height, y, h, 1))
}

/// The box nearest to a page above or below.
fn leap(scene: &Scene, from: Option<usize>, up: bool, rows: i32) -> Option<usize> {
    let here = scene.boxes.get(from?)?;
    let wanted = if up { here.y - rows } else { here.y + rows };
    let side = |b: &crate::graph::scene::NodeBox| if up { b.y < here.y } else { b.y > here.y };
    (0..scene.boxes.len())
        .filter(|ix| scene.boxes.get(*ix).is_some_and(side))
        .min_by_key(|ix| scene.boxes.get(*ix).map(|b| ((b.y - wanted).abs(), (b.x - here.x).abs())))
}
