//! A graph through all steps to a [`Scene`]: sizes of boxes, each part laid out by itself, parts packed on shelves.

use std::collections::BTreeMap;

use super::dag::Dag;
use super::flow::{self, Flow};
use super::index::Index;
use super::scene::{Before, Form, LayoutOptions, NodeBox, Orientation, Path, Scene, structure};
use super::{nets, order, rails, route};

mod choose;
mod part;
mod size;

use part::Part;
pub(super) use size::Look;

/// Blank cells between two parts.
const BETWEEN_PARTS: (i32, i32) = (3, 1);
/// Columns that parts are packed into where no viewport says otherwise and none is wider by itself.
const SHELF: i32 = 100;

/// Lays out a graph; what stood in a drawing before stays where it was, as far as it can. Long edges run on rails where
/// they would need more than `dummies` dummies.
pub(super) fn assemble(dag: &Dag, options: &LayoutOptions, before: Option<&Before>, dummies: usize) -> Scene {
    let n = dag.nodes.len();
    let kept: Vec<usize> = (0..dag.edges.len())
        .filter(|e| {
            let (a, b) = dag.edges[*e];
            a != b && a < n && b < n
        })
        .collect();
    let edges: Vec<(usize, usize)> = kept.iter().map(|e| dag.edges[*e]).collect();
    let flows = flow::parts(n, &edges, dummies);
    let look = choose::choose(dag, &flows, options);
    let kin = kin(dag);
    // What may be spent on one drawing is shared by its parts.
    let all = flows.iter().map(|f| f.segments.len()).sum::<usize>().max(1) as u64;
    let parts: Vec<Part> = flows
        .into_iter()
        .map(|mut flow: Flow| {
            let anchors: Vec<Option<f64>> = before.map_or_else(Vec::new, |b| {
                let node = |v: &flow::Vertex| dag.nodes.get(v.node?).and_then(|n| b.middle(&n.id));
                flow.vertices.iter().map(node).collect()
            });
            let share = |of: u64| of * flow.segments.len() as u64 / all;
            let (work, pairs) = (share(order::WORK), share(route::PAIRS) as usize);
            if anchors.iter().any(Option::is_some) {
                order::keep(&mut flow, &anchors);
            } else {
                let of_node = |v: &flow::Vertex| v.node.and_then(|n| kin.get(n).copied().flatten());
                let kin: Vec<order::Kin> = flow.vertices.iter().map(of_node).collect();
                order::order(&mut flow, work, &kin);
            }
            rails::lay(&mut flow);
            let nets = nets::nets(&flow);
            part::part(dag, &flow, &nets, &look, &anchors, pairs)
        })
        .collect();
    let mut scene = Scene {
        orientation: if look.lr { Orientation::Lr } else { Orientation::Tb },
        form: look.form,
        dropped: dag.dropped.clone(),
        structure: structure(dag, options),
        ..Scene::default()
    };
    let shelf = options.viewport.map_or(SHELF, |(w, _)| i32::from(w));
    let at = pack(&parts, shelf);
    join(dag, &parts, &at, &edges, &mut scene);
    let size = (scene.width, scene.height);
    scene.index = Index::new(size, &scene.lines, &scene.heads, &scene.boxes);
    scene
}

/// Which of several equal steps each node is, where the answer tells.
fn kin(dag: &Dag) -> Vec<order::Kin> {
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    dag.nodes
        .iter()
        .map(|node| {
            let next = names.len();
            node.parallel.map(|index| (*names.entry(node.label.as_str()).or_insert(next), index))
        })
        .collect()
}

/// Where each part goes: shelves from the top, tallest part first; single nodes together at the end.
fn pack(parts: &[Part], shelf: i32) -> Vec<(i32, i32)> {
    let widest = parts.iter().map(|p| p.width).max().unwrap_or(0);
    let shelf = shelf.max(widest);
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|p| (parts[*p].boxes.len() == 1, -parts[*p].height, *p));
    let mut at = vec![(0, 0); parts.len()];
    let (mut x, mut y, mut tall, mut single) = (0, 0, 0, false);
    for p in order {
        let part = &parts[p];
        let is_single = part.boxes.len() == 1;
        if x > 0 && (x + part.width > shelf || is_single != single) {
            (x, y, tall) = (0, y + tall + BETWEEN_PARTS.1, 0);
        }
        single = is_single;
        at[p] = (x, y);
        x += part.width + BETWEEN_PARTS.0;
        tall = tall.max(part.height);
    }
    at
}

/// Puts the parts into one scene.
fn join(dag: &Dag, parts: &[Part], at: &[(i32, i32)], edges: &[(usize, usize)], scene: &mut Scene) {
    let mut boxes: Vec<Option<NodeBox>> = vec![None; dag.nodes.len()];
    let mut paths: Vec<Option<Path>> = vec![None; edges.len()];
    let mut net = 0;
    for (part, (dx, dy)) in parts.iter().zip(at) {
        scene.width = scene.width.max(dx + part.width);
        scene.height = scene.height.max(dy + part.height);
        for (node, b) in &part.boxes {
            boxes[*node] = Some(NodeBox { x: b.x + dx, y: b.y + dy, ..b.clone() });
        }
        for (edge, back, points) in &part.paths {
            paths[*edge] = Some(Path {
                from: edges[*edge].0,
                to: edges[*edge].1,
                points: points.iter().map(|(x, y)| (x + dx, y + dy)).collect(),
                back: *back,
            });
        }
        let moved = |l: &super::scene::Line| super::scene::Line {
            x0: l.x0 + dx,
            x1: l.x1 + dx,
            y0: l.y0 + dy,
            y1: l.y1 + dy,
            net: l.net + net,
            ..*l
        };
        scene.lines.extend(part.lines.iter().map(moved));
        scene.heads.extend(part.heads.iter().map(|h| super::scene::Head { x: h.x + dx, y: h.y + dy, ..*h }));
        net += part.nets;
    }
    scene.boxes = boxes.into_iter().flatten().collect();
    scene.paths = paths.into_iter().flatten().collect();
}

impl Look {
    /// Whether boxes have a border of their own row.
    fn is_full(&self) -> bool {
        self.form == Form::Full
    }
}
