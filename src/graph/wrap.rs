//! A chain from left to right in full boxes, wrapped into rows like text (graph.md 10, screens 8).
//!
//! For the console only: where a row ends the line runs back against the flow, which `obdeck graph` must not do.

use super::assemble::Look;
use super::dag::Dag;
use super::glyph::RIGHT;
use super::index::Index;
use super::scene::{Form, Head, LayoutOptions, Line, NodeBox, Orientation, Path, Scene, structure};

/// Columns before the first box: a corner, a line, the arrowhead.
const MARGIN: i32 = 3;
/// Columns between two boxes: two of line, the arrowhead.
const BETWEEN: i32 = 3;
/// Columns behind the last box of a row: the line leaves and turns.
const TURN: i32 = 2;
/// Rows of a box, and of the line between two rows of boxes.
const ROWS: (i32, i32) = (3, 1);
/// Columns a name may take.
const LABEL: usize = 32;

/// The drawing of a chain for a window of `columns`; `None` where the graph is no chain or a row would hold less than
/// two boxes. `live` columns are kept free in each box.
pub fn chain(dag: &Dag, columns: u16, live: u16) -> Option<Scene> {
    let order = in_order(dag)?;
    let look = Look { form: Form::Full, lr: true, label: LABEL, live: usize::from(live) };
    let contents: Vec<_> = dag.nodes.iter().map(|n| look.content(n)).collect();
    let width = contents.iter().map(|c| c.width).max()?;
    let a_row = (i32::from(columns) - MARGIN - TURN + BETWEEN) / (width + BETWEEN);
    if a_row < 2 && order.len() > 1 {
        return None;
    }
    let a_row = a_row.max(1) as usize;
    let mut scene = Scene { orientation: Orientation::Lr, form: Form::Full, ..Scene::default() };
    let mut boxes: Vec<Option<NodeBox>> = vec![None; dag.nodes.len()];
    for ((nth, node), layer) in order.iter().enumerate().zip(0..) {
        let (row, column) = ((nth / a_row) as i32, (nth % a_row) as i32);
        let (content, n) = (contents.get(*node)?, dag.nodes.get(*node)?);
        *boxes.get_mut(*node)? = Some(NodeBox {
            id: n.id.clone(),
            x: MARGIN + column * (width + BETWEEN),
            y: row * (ROWS.0 + ROWS.1),
            w: width,
            h: ROWS.0,
            layer,
            label: content.label.clone(),
            foot: content.foot.clone(),
            foot_at: 2,
        });
    }
    scene.boxes = boxes.into_iter().collect::<Option<_>>()?;
    for (net, (from, to)) in dag.edges.iter().enumerate() {
        let (a, b) = (scene.boxes.get(*from)?, scene.boxes.get(*to)?);
        let points = way(a, b);
        let (_, target) = (points.first()?, points.last()?);
        scene.heads.push(Head { x: target.0 - 1, y: target.1, towards: RIGHT, back: false });
        scene.lines.extend(runs(&points, net as u32));
        scene.paths.push(Path { from: *from, to: *to, points, back: false });
    }
    let held = order.len().min(a_row) as i32;
    let wraps = order.len() > a_row;
    scene.width = MARGIN + held * (width + BETWEEN) - BETWEEN + if wraps { TURN } else { 0 };
    scene.height = order.len().div_ceil(a_row) as i32 * (ROWS.0 + ROWS.1) - ROWS.1;
    scene.dropped.clone_from(&dag.dropped);
    scene.structure = structure(dag, &LayoutOptions { live, ..LayoutOptions::default() });
    scene.index = Index::new((scene.width, scene.height), &scene.lines, &scene.heads, &scene.boxes);
    Some(scene)
}

/// The nodes from the first to the last, if each has one before and one behind it at most and all hang together.
fn in_order(dag: &Dag) -> Option<Vec<usize>> {
    let (ups, downs) = dag.neighbours();
    if ups.iter().chain(&downs).any(|l| l.len() > 1) {
        return None;
    }
    let mut at = ups.iter().position(Vec::is_empty);
    let mut order = Vec::with_capacity(dag.nodes.len());
    while let Some(node) = at {
        order.push(node);
        at = downs.get(node)?.first().copied();
    }
    (order.len() == dag.nodes.len()).then_some(order)
}

/// Corner cells of the line from a box to the next: straight, or round the end of the row to the next one.
fn way(a: &NodeBox, b: &NodeBox) -> Vec<(i32, i32)> {
    let (from, to) = ((a.x + a.w - 1, a.y + 1), (b.x, b.y + 1));
    if a.y == b.y {
        return vec![from, to];
    }
    let (turn, under) = (from.0 + TURN, a.y + a.h);
    vec![from, (turn, from.1), (turn, under), (0, under), (0, to.1), to]
}

/// The runs between the corners; the last ends at the arrowhead, before the box.
fn runs(points: &[(i32, i32)], net: u32) -> Vec<Line> {
    let last = points.len().saturating_sub(2);
    points
        .windows(2)
        .enumerate()
        .filter_map(|(nth, pair)| {
            let [a, b] = pair else { return None };
            let b = if nth == last { (b.0 - 1, b.1) } else { *b };
            Some(Line {
                x0: a.0.min(b.0),
                y0: a.1.min(b.1),
                x1: a.0.max(b.0),
                y1: a.1.max(b.1),
                net,
                back: false,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::shown::Shown;
    use crate::domain::status::Phase;
    use crate::graph::dag::{DagNode, from_parts};
    use crate::graph::{Face, Glyphs, Window, paint};

    fn of(edges: &[(&str, &str)]) -> Dag {
        let ids: std::collections::BTreeSet<_> = edges.iter().flat_map(|(a, b)| [*a, *b]).collect();
        from_parts(
            ids.into_iter().map(|id| DagNode::new(id, Shown::filter(id), Phase::Done, None)),
            edges.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())),
        )
    }

    #[test]
    fn a_chain_turns_at_the_end_of_a_row() {
        let dag = of(&[("a", "b"), ("b", "c"), ("c", "d")]);
        let scene = chain(&dag, 24, 0).unwrap();
        let window = Window { x: 0, y: 0, w: scene.width as u16, h: scene.height as u16 };
        let canvas = paint(&scene, &Face::all(&dag), window, Glyphs::Unicode);
        let rows: Vec<String> = (0..canvas.h)
            .map(|y| {
                let mut row = String::new();
                (0..canvas.w).filter_map(|x| canvas.at(x, y)).for_each(|c| c.push_to(&mut row));
                row.trim_end().to_owned()
            })
            .collect();
        let want = [
            "   ┌ ✓ a ┐   ┌ ✓ b ┐",
            "   │     ├──▶│     ├─┐",
            "   └ a ──┘   └ b ──┘ │",
            "┌────────────────────┘",
            "│  ┌ ✓ c ┐   ┌ ✓ d ┐",
            "└─▶│     ├──▶│     │",
            "   └ c ──┘   └ d ──┘",
        ];
        assert_eq!(rows, want);
    }

    #[test]
    fn what_is_no_chain_is_not_drawn_as_one() {
        assert!(chain(&of(&[("a", "b"), ("a", "c")]), 80, 0).is_none());
        assert!(chain(&of(&[("a", "b"), ("b", "a")]), 80, 0).is_none());
        assert!(chain(&of(&[("a", "b"), ("c", "d")]), 80, 0).is_none());
        assert!(chain(&of(&[("a", "b")]), 10, 0).is_none());
    }
}
