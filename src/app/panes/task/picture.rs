//! What is drawn of a task, made once for one structure: rows for lanes and list, a scene for boxes.
//!
//! States and times have no part in it: they are looked up in the newest answer at each drawing, by place.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeSet, HashMap};
use std::hash::{Hash, Hasher};
use std::ops::Range;

use super::View;
use super::job::{AT_ONCE, Job, Laid};
use super::plan::Area;
use super::rows::{self, Row};
use crate::domain::id::SubtaskId;
use crate::domain::task::{NodeIx, Subtask, Task};
use crate::graph::collapse::collapse_except;
use crate::graph::{
    Before, Collapse, Dag, Form, LayoutOptions, Orientation, Scene, from_task, lanes, layout, layout_after,
    wrap,
};

/// Columns kept free in a box for times, e.g. `10.0.2.12 1:14 of 20:00`.
const LIVE_COLUMNS: u16 = 24;
/// From here a chain is drawn from left to right and wrapped.
const WRAP_FROM: u16 = 100;

/// What a picture is made for; equal wishes and equal structure give the same picture.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Wish {
    pub(crate) view: View,
    pub(crate) form: Form,
    /// IDs of groups that are unfolded.
    pub(crate) open: BTreeSet<String>,
    pub(crate) area: Area,
}

/// Where a subtask stands in the answer: node, and member of the node.
pub(crate) type Place = (NodeIx, usize);

/// Something that can be selected: a subtask, or a node without any (a ghost, a stage not begun).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its ID; of a node without subtasks the node's.
    pub id: SubtaskId,
    /// Node of the drawing that holds it.
    pub node: usize,
    place: Option<Place>,
}

impl Item {
    /// The subtask in the newest answer.
    pub fn subtask<'t>(&self, task: &'t Task) -> Option<&'t Subtask> {
        let (node, member) = self.place?;
        task.graph.nodes.get(node)?.members.get(member)
    }
}

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
    by_id: HashMap<SubtaskId, usize>,
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
            before.as_ref().is_some_and(|p| p.wish.area == wish.area && p.wish.form == wish.form)
        });
        let lanes = || (collapse_except(&whole, Collapse::Pairs, &BTreeSet::new()), None);
        let ((dag, scene), kept) = match (wish.view, laid) {
            (View::List, _) => ((whole, None), None),
            (View::Lanes, _) => (lanes(), None),
            (View::Boxes, Some(laid)) => ((laid.dag, Some(laid.scene)), laid.kept),
            (View::Boxes, None) if is_quick(&whole, wish) => {
                let (dag, scene, kept) = boxes(&whole, wish, kept.as_ref());
                ((dag, Some(scene)), kept)
            }
            (View::Boxes, None) => {
                let still = before.filter(|p| p.structure == keys.1 && p.scene.is_some());
                let picture = still.map_or_else(
                    || {
                        let (dag, scene) = lanes();
                        let lanes = Wish { view: View::Lanes, ..wish.clone() };
                        Self { kept: kept.clone(), ..Self::made(task, &lanes, keys, dag, scene) }
                    },
                    |p| Self { key: keys.0, ..p },
                );
                let job = Job { key: keys.0, whole, wish: wish.clone(), kept };
                return (Self { is_waiting: true, ..picture }, Some(job));
            }
        };
        (Self { kept, ..Self::made(task, wish, keys, dag, scene) }, None)
    }
    fn made(task: &Task, wish: &Wish, (key, structure): (u64, u64), dag: Dag, scene: Option<Scene>) -> Self {
        let (items, of_node) = items(task, &dag);
        let by_id = items.iter().enumerate().map(|(ix, i)| (i.id.clone(), ix)).collect();
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
    /// An item by ID.
    pub fn find(&self, id: &SubtaskId) -> Option<usize> {
        self.by_id.get(id).copied()
    }
    /// The subtasks that a node of the drawing stands for.
    pub fn subtasks<'t>(&'t self, task: &'t Task, node: usize) -> impl Iterator<Item = &'t Subtask> {
        self.items.get(self.items_of(node)).into_iter().flatten().filter_map(|i| i.subtask(task))
    }
}

/// How boxes were made: what a grown task is drawn by.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Kept {
    policy: Collapse,
    places: Before,
}

/// Nodes, their drawing, and what to keep of it; nothing of a wrapped one, which grows at its end by itself.
pub(super) type Boxes = (Dag, Scene, Option<Kept>);

/// Boxes of a task that has grown as they were (graph.md 7). Else in the form that fits its place best, tried in this
/// order: small groups apart in full boxes, wrapped into rows (screens 15) with small groups apart or folded, small
/// groups apart in any form, pairs folded too. What fits in no form scrolls.
pub(super) fn boxes(whole: &Dag, wish: &Wish, kept: Option<&Kept>) -> Boxes {
    let fits = |s: &Scene| s.width <= i32::from(wish.area.w) && s.height <= i32::from(wish.area.h);
    let fold = |policy| collapse_except(whole, policy, &wish.open);
    let made = |dag: Dag, scene: Scene, policy: Collapse| {
        let places = Before::of(&scene);
        (dag, scene, Some(Kept { policy, places }))
    };
    if let Some(kept) = kept {
        let dag = fold(kept.policy);
        // A task of which little was known is a new one.
        if 2 * kept.places.known(&dag) >= dag.nodes.len() {
            let scene = layout_after(&dag, &options(wish), &kept.places);
            return made(dag, scene, kept.policy);
        }
    }
    let auto = Collapse::Auto { width: Some(wish.area.w) };
    let dag = fold(auto);
    let scene = layout(&dag, &options(wish));
    if wish.form != Form::Auto || (fits(&scene) && scene.form == Form::Full) {
        return made(dag, scene, auto);
    }
    let folded = fold(Collapse::Pairs);
    let small = wish.area.w >= WRAP_FROM && dag.nodes.len() <= super::MANY_NODES;
    for candidate in [&dag, &folded].into_iter().filter(|_| small) {
        let viewport = (wish.area.w, wish.area.h);
        if let Some(wrapped) = wrap::layout_wrapped(candidate, viewport, LIVE_COLUMNS).filter(fits) {
            return (candidate.clone(), wrapped, None);
        }
    }
    if !fits(&scene) && dag.nodes.len() <= super::MANY_NODES {
        let smaller = layout(&folded, &options(wish));
        if fits(&smaller) {
            return made(folded, smaller, Collapse::Pairs);
        }
    }
    made(dag, scene, auto)
}

/// Whether boxes are laid out within the moment between a key and its frame.
fn is_quick(whole: &Dag, wish: &Wish) -> bool {
    let size = |dag: &Dag| dag.nodes.len() + dag.edges.len();
    size(whole) <= AT_ONCE
        || size(&collapse_except(whole, Collapse::Auto { width: Some(wish.area.w) }, &wish.open)) <= AT_ONCE
}

fn options(wish: &Wish) -> LayoutOptions {
    LayoutOptions {
        orientation: Orientation::Auto,
        form: wish.form,
        viewport: Some((wish.area.w, wish.area.h)),
        live: LIVE_COLUMNS,
    }
}

/// Every subtask, node by node in the order of the lane view; a node without any stands for itself.
fn items(task: &Task, dag: &Dag) -> (Vec<Item>, Vec<Range<usize>>) {
    let by_key: HashMap<&str, NodeIx> =
        task.graph.nodes.iter().enumerate().map(|(ix, n)| (n.key.raw(), ix)).collect();
    let mut items = Vec::new();
    let mut of_node = vec![0..0; dag.nodes.len()];
    for node in lanes::order(dag) {
        let Some(drawn) = dag.nodes.get(node) else { continue };
        let from = items.len();
        let own = std::iter::once(drawn.id.as_str()).filter(|_| drawn.members.is_empty());
        for key in own.chain(drawn.members.iter().map(|m| m.id.as_str())) {
            let Some(ix) = by_key.get(key) else { continue };
            let members = task.graph.nodes.get(*ix).map_or(&[][..], |n| n.members.as_slice());
            items.extend(members.iter().enumerate().map(|(m, s)| Item {
                id: s.id.clone(),
                node,
                place: Some((*ix, m)),
            }));
        }
        if items.len() == from {
            items.push(Item { id: SubtaskId::new(&drawn.id), node, place: None });
        }
        if let Some(r) = of_node.get_mut(node) {
            *r = from..items.len();
        }
    }
    (items, of_node)
}
