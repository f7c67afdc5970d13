//! What is drawn of a task, made once for one structure: rows for lanes and list, a scene for boxes.
//!
//! States and times have no part in it: they are looked up in the newest answer at each drawing, by place.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{Hash, Hasher};
use std::ops::Range;

use super::View;
use super::boxes::{self, Kept, boxes};
use super::job::{AT_ONCE, Job, Laid};
use super::plan::Area;
use super::rows::{self, Row};
use crate::domain::id::SubtaskId;
use crate::domain::task::{Inner, NodeIx, Subtask, Task};
use crate::graph::{Dag, Form, Scene, from_task, lanes};

/// What a picture is made for; equal wishes and equal structure give the same picture.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Wish {
    pub(crate) view: View,
    pub(crate) form: Form,
    /// IDs of groups whose members are listed.
    pub(crate) open: BTreeSet<String>,
    /// IDs of groups whose members are boxes of their own.
    pub(crate) apart: BTreeSet<String>,
    /// IDs of the finished steps of which runs are folded.
    pub(crate) over: BTreeSet<String>,
    /// How often a fit was asked for: then nothing of the drawing before is kept.
    pub(crate) fits: u32,
    /// Stages whose sub DAGs the operator folded or unfolded, by ID.
    pub(crate) nests: BTreeMap<String, bool>,
    pub(crate) area: Area,
}

/// Where a subtask stands in the answer: node, and member of the node.
pub(crate) type Place = (NodeIx, usize);

/// What an item is. OBShell counts DAGs and sub tasks apart: their IDs may be equal (obshell-api 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sort {
    /// A subtask, or a node without any (a ghost, a stage not begun).
    Step,
    /// The head of a stage's sub DAGs.
    Nest,
    /// One of them.
    Inner,
}

/// Something that can be selected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its ID; of a node without subtasks, and of the head of its sub DAGs, the node's.
    pub id: SubtaskId,
    /// Node of the drawing that holds it.
    pub node: usize,
    /// What it is.
    pub sort: Sort,
    place: Option<Place>,
}

impl Item {
    /// The subtask in the newest answer.
    pub fn subtask<'t>(&self, task: &'t Task) -> Option<&'t Subtask> {
        let (node, member) = self.place.filter(|_| self.sort == Sort::Step)?;
        task.graph.nodes.get(node)?.members.get(member)
    }
    /// The sub DAG in the newest answer.
    pub fn inner<'t>(&self, task: &'t Task) -> Option<&'t Inner> {
        let (_, at) = self.place.filter(|_| self.sort == Sort::Inner)?;
        self.nest(task).get(at)
    }
    /// The sub DAGs of its stage in the newest answer.
    pub fn nest<'t>(&self, task: &'t Task) -> &'t [Inner] {
        let node = self.place.and_then(|(node, _)| task.graph.nodes.get(node));
        node.map_or(&[], |n| n.inner.as_slice())
    }
}

/// From here sub DAGs are folded until they are asked for.
const MANY_INNER: usize = 5;

/// The finished picture.
#[derive(Debug)]
pub struct Picture {
    key: u64,
    /// Hash of the part of the task that places point into.
    structure: u64,
    /// Whether its boxes are still being laid out; until then lanes, or the boxes of before, are shown.
    pub(crate) is_waiting: bool,
    wish: Wish,
    /// How the boxes were made, for the drawing of the task once it has grown.
    kept: Option<Kept>,
    /// Which form it has.
    pub view: View,
    /// Nodes as drawn, folded.
    pub dag: Dag,
    /// Rows of lanes or list.
    pub rows: Vec<Row>,
    /// Boxes and lines, for the view of boxes.
    pub scene: Option<Scene>,
    /// All that can be selected, in the order of the rows.
    pub items: Vec<Item>,
    of_node: Vec<Range<usize>>,
    nests: Vec<Range<usize>>,
    by_id: HashMap<(Sort, SubtaskId), usize>,
}

impl Picture {
    /// The hash of what has influence on a picture, and that of the task's part in it.
    pub(crate) fn key(task: &Task, wish: &Wish) -> (u64, u64) {
        let mut h = DefaultHasher::new();
        for node in &task.graph.nodes {
            node.key.hash(&mut h);
            node.name.hash(&mut h);
            node.status.is_some().hash(&mut h);
            for s in &node.members {
                (&s.id, s.parallel_ix).hash(&mut h);
            }
            for inner in &node.inner {
                inner.id.hash(&mut h);
            }
        }
        task.graph.edges.hash(&mut h);
        task.graph.defects.len().hash(&mut h);
        let structure = h.finish();
        wish.hash(&mut h);
        (h.finish(), structure)
    }
    /// The place it was made for.
    pub(crate) fn area(&self) -> Area {
        self.wish.area
    }
    /// Whether it is still the picture of this task.
    pub(crate) fn is_of(&self, key: u64) -> bool {
        self.key == key
    }
    /// Makes it from `laid`, or at once where that is quick. Else a job comes back, and the picture is the one of
    /// before where that still holds, or lanes.
    pub(crate) fn new(
        task: &Task,
        wish: &Wish,
        laid: Option<Laid>,
        before: Option<Self>,
    ) -> (Self, Option<Job>) {
        let keys = Self::key(task, wish);
        let whole = from_task(task);
        let kept = before.as_ref().and_then(|p| p.kept.clone()).filter(|_| {
            before.as_ref().is_some_and(|p| p.wish.fits == wish.fits && p.wish.form == wish.form)
        });
        let lanes = || (boxes::lanes(&whole, &wish.over), None);
        let ((dag, scene), kept) = match (wish.view, laid) {
            (View::List, _) => ((whole, None), None),
            (View::Lanes, _) => (lanes(), None),
            (View::Boxes, Some(laid)) => ((laid.dag, Some(laid.scene)), Some(laid.kept)),
            (View::Boxes, None) => {
                let size = size(&whole, wish);
                if size <= AT_ONCE {
                    let (dag, scene, kept) = boxes(&whole, wish, kept.as_ref());
                    return (
                        Self { kept: Some(kept), ..Self::made(task, wish, keys, dag, Some(scene)) },
                        None,
                    );
                }
                let still = before.filter(|p| p.structure == keys.1 && p.scene.is_some());
                let picture = still.map_or_else(
                    || {
                        let (dag, scene) = lanes();
                        let lanes = Wish { view: View::Lanes, ..wish.clone() };
                        Self { kept: kept.clone(), ..Self::made(task, &lanes, keys, dag, scene) }
                    },
                    |p| Self { key: keys.0, ..p },
                );
                let job = Job { key: keys.0, whole, wish: wish.clone(), kept, size };
                return (Self { is_waiting: true, ..picture }, Some(job));
            }
        };
        (Self { kept, ..Self::made(task, wish, keys, dag, scene) }, None)
    }
    fn made(task: &Task, wish: &Wish, (key, structure): (u64, u64), dag: Dag, scene: Option<Scene>) -> Self {
        let Choices { items, of_node, nests } = Choices::of(task, &dag);
        let by_id = items.iter().enumerate().map(|(ix, i)| ((i.sort, i.id.clone()), ix)).collect();
        let mut picture = Self {
            key,
            structure,
            is_waiting: false,
            wish: wish.clone(),
            kept: None,
            view: wish.view,
            dag,
            rows: Vec::new(),
            scene,
            items,
            of_node,
            nests,
            by_id,
        };
        picture.rows = match wish.view {
            View::Lanes => rows::lanes(&picture, &wish.open, usize::from(wish.area.h)),
            View::List => rows::list(&picture, task.graph.defects.len()),
            View::Boxes => Vec::new(),
        };
        picture
    }
    /// Places of the items that a node of the drawing stands for.
    pub fn items_of(&self, node: usize) -> Range<usize> {
        self.of_node.get(node).cloned().unwrap_or(0..0)
    }
    /// Places of the items that the list inside of a node's box shows: the page that holds the selected one.
    pub fn list_of(&self, node: usize, selected: Option<usize>) -> Range<usize> {
        let items = self.items_of(node);
        let shape = self.dag.nodes.get(node).map_or((0, 1), |n| (n.rows, n.columns.max(1)));
        let cells = usize::from(shape.0) * usize::from(shape.1);
        let at = selected.filter(|ix| items.contains(ix)).map_or(0, |ix| ix - items.start);
        let page = at.checked_div(cells).unwrap_or(0) * cells;
        // The last page is a whole one.
        let first = items.start + page.min(items.len().saturating_sub(cells));
        first..(first + cells).min(items.end)
    }
    /// Places of the sub DAGs of a node of the drawing: their head, then each; empty where it has none.
    pub fn nest_of(&self, node: usize) -> Range<usize> {
        self.nests.get(node).cloned().unwrap_or(0..0)
    }
    /// Whether a node's sub DAGs are shown one by one: as was asked for, else few ones where there is room.
    pub(crate) fn is_nest_open(&self, node: usize, has_room: bool) -> bool {
        let asked = self.dag.nodes.get(node).and_then(|n| self.wish.nests.get(&n.id));
        asked.copied().unwrap_or(has_room && self.nest_of(node).len() <= MANY_INNER)
    }
    /// An item by what it is and its ID.
    pub fn find(&self, sort: Sort, id: &SubtaskId) -> Option<usize> {
        self.by_id.get(&(sort, id.clone())).copied()
    }
    /// The subtasks that a node of the drawing stands for.
    pub fn subtasks<'t>(&'t self, task: &'t Task, node: usize) -> impl Iterator<Item = &'t Subtask> {
        self.items.get(self.items_of(node)).into_iter().flatten().filter_map(|i| i.subtask(task))
    }
}

/// Nodes and edges to be laid out as boxes; where these are few as they are, nothing is folded for that.
fn size(whole: &Dag, wish: &Wish) -> usize {
    let unfolded = whole.nodes.len() + whole.edges.len();
    if unfolded <= AT_ONCE { unfolded } else { boxes::size(whole, wish) }
}

/// What can be selected, and where a node of the drawing has its own.
struct Choices {
    items: Vec<Item>,
    of_node: Vec<Range<usize>>,
    nests: Vec<Range<usize>>,
}

impl Choices {
    /// Every subtask, node by node in the order of the lane view, after them the node's sub DAGs behind a head of
    /// their own; a node without any subtask stands for itself.
    fn of(task: &Task, dag: &Dag) -> Self {
        let by_key: HashMap<&str, NodeIx> =
            task.graph.nodes.iter().enumerate().map(|(ix, n)| (n.key.raw(), ix)).collect();
        let none = vec![0..0; dag.nodes.len()];
        let mut all = Self { items: Vec::new(), of_node: none.clone(), nests: none };
        for node in lanes::order(dag) {
            let Some(drawn) = dag.nodes.get(node) else { continue };
            let own = std::iter::once(drawn.id.as_str()).filter(|_| drawn.members.is_empty());
            let keys = own.chain(drawn.members.iter().map(|m| m.id.as_str()));
            let nodes: Vec<NodeIx> = keys.filter_map(|key| by_key.get(key).copied()).collect();
            let from = all.items.len();
            for ix in &nodes {
                let members = task.graph.nodes.get(*ix).map_or(&[][..], |n| n.members.as_slice());
                all.items.extend(members.iter().enumerate().map(|(m, s)| Item {
                    id: s.id.clone(),
                    node,
                    sort: Sort::Step,
                    place: Some((*ix, m)),
                }));
            }
            if all.items.len() == from {
                let id = SubtaskId::new(&drawn.id);
                // No member has this number: the stage alone is meant.
                let place = nodes.first().map(|ix| (*ix, usize::MAX));
                all.items.push(Item { id, node, sort: Sort::Step, place });
            }
            if let Some(r) = all.of_node.get_mut(node) {
                *r = from..all.items.len();
            }
            all.nest(task, node, &nodes);
        }
        all
    }
    fn nest(&mut self, task: &Task, node: usize, of: &[NodeIx]) {
        let from = self.items.len();
        for (ix, told) in of.iter().filter_map(|ix| Some((*ix, task.graph.nodes.get(*ix)?))) {
            if told.inner.is_empty() {
                continue;
            }
            let item = |id: SubtaskId, sort, at| Item { id, node, sort, place: Some((ix, at)) };
            self.items.push(item(told.key.clone(), Sort::Nest, 0));
            let each = told.inner.iter().enumerate();
            self.items.extend(each.map(|(at, i)| item(SubtaskId::new(i.id.raw()), Sort::Inner, at)));
        }
        if let Some(r) = self.nests.get_mut(node) {
            *r = from..self.items.len();
        }
    }
}
