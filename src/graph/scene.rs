//! The finished layout: boxes and lines in cells, immutable, the same for every status.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use super::dag::{Dag, Dropped};
use super::index::Index;
use super::rails::DUMMIES;

/// Columns a name may take in a box before it is cut at the end, where no viewport asks for less.
pub const LABEL_COLUMNS: usize = 40;
/// Columns an ID may take in the border of a full box.
pub const ID_COLUMNS: usize = 24;

/// Which way the edges run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Orientation {
    /// By the viewport; top to bottom where there is none.
    #[default]
    Auto,
    /// Top to bottom.
    Tb,
    /// Left to right.
    Lr,
}

/// How much a box shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Form {
    /// By the viewport; full where there is none.
    #[default]
    Auto,
    /// Three rows: state and name, time, ID.
    Full,
    /// One row: state, name, time.
    Compact,
    /// One cell: the state.
    Dot,
}

/// What the caller wants of a layout. None of it depends on a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct LayoutOptions {
    /// Which way the edges run.
    pub orientation: Orientation,
    /// How much a box shows.
    pub form: Form,
    /// Columns and rows to choose form and orientation for; what does not fit is laid out whole all the same.
    pub viewport: Option<(u16, u16)>,
    /// Columns kept free in every box for the live part ([`super::Face`]); 0 where there are no times to show.
    pub live: u16,
}

/// A laid-out drawing. Everything in cells from the top left corner.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scene {
    /// [`Orientation::Tb`] or [`Orientation::Lr`], never `Auto`.
    pub orientation: Orientation,
    /// The form chosen, never `Auto`.
    pub form: Form,
    /// Columns.
    pub width: i32,
    /// Rows.
    pub height: i32,
    /// A box for each node of the [`Dag`], at the same index.
    pub boxes: Vec<NodeBox>,
    /// A path for each edge of the [`Dag`], at the same index.
    pub paths: Vec<Path>,
    /// Edges of the input that are not drawn.
    pub dropped: Vec<Dropped>,
    /// Hash of all that has influence on the layout: equal hash, equal scene.
    pub structure: u64,
    /// What the painter draws for the paths, each cell once a net.
    pub(crate) lines: Vec<Line>,
    /// Arrowheads.
    pub(crate) heads: Vec<Head>,
    /// What lies where.
    pub(crate) index: Index,
}

/// A straight run of one net, ends included, from the upper or left cell to the lower or right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) x0: i32,
    pub(crate) y0: i32,
    pub(crate) x1: i32,
    pub(crate) y1: i32,
    /// Lines of one net may join, all others cross.
    pub(crate) net: u32,
    pub(crate) back: bool,
}

/// An arrowhead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) x: i32,
    pub(crate) y: i32,
    /// The arm it points to.
    pub(crate) towards: u8,
    pub(crate) back: bool,
}

/// Where a node is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeBox {
    /// Exact ID, for the export and for finding.
    pub id: String,
    /// First column.
    pub x: i32,
    /// First row.
    pub y: i32,
    /// Columns, border included.
    pub w: i32,
    /// Rows, border included.
    pub h: i32,
    /// Rows of a list inside, below the row of times; 0 where there is none.
    pub rows: i32,
    /// Layer in its component, from 0.
    pub layer: usize,
    /// The name as shown in the box, cut where it was too long.
    pub label: String,
    /// The ID as shown in the border of a full box, cut likewise.
    pub(crate) foot: String,
    /// Column of the ID in the box, chosen so that no line leaves through it where that is possible.
    pub(crate) foot_at: i32,
    /// Whether it carries the mark of an edge to itself, in two columns of its own.
    pub(crate) again: bool,
}

/// The way of an edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// Index of the upstream node.
    pub from: usize,
    /// Index of the downstream node.
    pub to: usize,
    /// Corner cells (column, row); the first lies on the border of `from`, the last on that of `to`.
    pub points: Vec<(i32, i32)>,
    /// Whether it runs against the flow, because it closes a cycle.
    pub back: bool,
}

/// Lays out a graph. Costs up to a second at 10,000 nodes: never on the way of a key.
pub fn layout(dag: &Dag, options: &LayoutOptions) -> Scene {
    super::assemble::assemble(dag, options, None, DUMMIES)
}

/// Lays out a graph with all edges over more than two layers in columns beside the boxes, which is what [`layout`] does
/// by itself with a graph that has too many of them.
pub fn layout_on_rails(dag: &Dag, options: &LayoutOptions) -> Scene {
    super::assemble::assemble(dag, options, None, 0)
}

/// Where the nodes of a drawing stood, kept for the drawing of the same task once it has grown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Before {
    orientation: Orientation,
    form: Form,
    /// Twice the middle of each node across the flow, by ID.
    middles: BTreeMap<String, i32>,
}

impl Before {
    /// What is kept of a scene.
    pub fn of(scene: &Scene) -> Self {
        let lr = scene.orientation == Orientation::Lr;
        let middle = |b: &NodeBox| if lr { 2 * b.y + b.h - 1 } else { 2 * b.x + b.w - 1 };
        let middles = scene.boxes.iter().map(|b| (b.id.clone(), middle(b))).collect();
        Self { orientation: scene.orientation, form: scene.form, middles }
    }
    /// How many nodes of a graph it knows.
    pub fn known(&self, dag: &Dag) -> usize {
        dag.nodes.iter().filter(|n| self.middles.contains_key(&n.id)).count()
    }
    pub(crate) fn middle(&self, id: &str) -> Option<f64> {
        self.middles.get(id).map(|m| f64::from(*m) / 2.0)
    }
}

/// Lays out a graph that has grown since `before`: form and orientation stay, known nodes keep their order in a layer
/// and as far as possible their places; new ones go to the middle of their neighbours (graph.md 7).
pub fn layout_after(dag: &Dag, options: &LayoutOptions, before: &Before) -> Scene {
    let options = LayoutOptions { orientation: before.orientation, form: before.form, ..*options };
    super::assemble::assemble(dag, &options, Some(before), DUMMIES)
}

/// What [`Scene::structure`] will be, without laying anything out: FNV-1a over IDs, names, groups, marks, edges and options.
pub fn structure(dag: &Dag, options: &LayoutOptions) -> u64 {
    let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
    options.hash(&mut hash);
    for node in &dag.nodes {
        (&node.id, node.label.as_str(), node.members.len()).hash(&mut hash);
        (node.is_ghost, node.has_self_loop, node.parallel, node.rows).hash(&mut hash);
    }
    dag.edges.hash(&mut hash);
    hash.finish()
}

/// FNV-1a: the same on every machine and in every version, which the standard hasher does not promise.
struct Fnv(u64);

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for b in bytes {
            self.0 = (self.0 ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    fn finish(&self) -> u64 {
        self.0
    }
}
