//! A drawing from left to right cut into rows, as text is: for a console that is wider than high (screens.md 15).
//!
//! Cut only where all that passes is one net, so that one line leads from the end of a row to the beginning of the next.
//! Such a line runs against the flow, therefore this is no drawing for a file.

use std::collections::BTreeSet;

use super::dag::Dag;
use super::index::Index;
use super::scene::{Form, LayoutOptions, Line, Orientation, Scene, layout};

/// Columns left of each row for the line that comes down, and right of it for the one that goes.
const LEFT: i32 = 4;
const RIGHT: i32 = 2;

/// Columns of a layer, ends included.
type Columns = (i32, i32);

/// A row of the wrapped drawing.
struct Band {
    /// First and last layer.
    layers: (usize, usize),
    /// Columns in the long drawing.
    columns: Columns,
    /// Rows in the long drawing.
    rows: (i32, i32),
    /// First row in the wrapped one.
    at: i32,
}

/// Full boxes from left to right in as many rows as needed. `None` where that does not fit the viewport of (columns,
/// rows), or where more than one net passes everywhere: then [`layout`] has something better.
pub fn layout_wrapped(dag: &Dag, viewport: (u16, u16), live: u16) -> Option<Scene> {
    let options =
        LayoutOptions { orientation: Orientation::Lr, form: Form::Full, viewport: Some(viewport), live };
    let long = layout(dag, &options);
    let (w, h) = (i32::from(viewport.0), i32::from(viewport.1));
    if long.width <= w && long.height <= h {
        return Some(long);
    }
    if long.paths.iter().any(|p| p.back) {
        return None;
    }
    let columns = columns(&long)?;
    let bands = bands(&long, &columns, w)?;
    let last = bands.last()?;
    if last.at + last.rows.1 - last.rows.0 + 1 > h {
        return None;
    }
    Some(rebuilt(&long, &columns, &bands))
}

/// Columns of each layer; `None` unless they follow each other, as those of one connected part do.
fn columns(scene: &Scene) -> Option<Vec<Columns>> {
    let depth = scene.boxes.iter().map(|b| b.layer + 1).max()?;
    let mut out: Vec<Columns> = vec![(i32::MAX, i32::MIN); depth];
    for b in &scene.boxes {
        let c = out.get_mut(b.layer)?;
        *c = (c.0.min(b.x), c.1.max(b.x + b.w - 1));
    }
    out.windows(2).all(|w| matches!(w, [a, b] if a.1 < b.0)).then_some(out)
}

/// Whether what passes from this layer to the next is one net: edges between these two only, every pair among them.
fn is_one_net(scene: &Scene, layer: usize) -> bool {
    let layer_of = |ix: usize| scene.boxes.get(ix).map_or(0, |b| b.layer);
    let passing: Vec<_> =
        scene.paths.iter().filter(|p| layer_of(p.from) <= layer && layer_of(p.to) > layer).collect();
    let from: BTreeSet<usize> = passing.iter().map(|p| p.from).collect();
    let to: BTreeSet<usize> = passing.iter().map(|p| p.to).collect();
    !passing.is_empty()
        && passing.len() == from.len() * to.len()
        && from.iter().all(|ix| layer_of(*ix) == layer)
        && to.iter().all(|ix| layer_of(*ix) == layer + 1)
}

/// As many layers in a row as fit, cut at the last place where a cut is allowed.
fn bands(scene: &Scene, columns: &[Columns], width: i32) -> Option<Vec<Band>> {
    let mut bands: Vec<Band> = Vec::new();
    let (mut first, mut at) = (0, 0);
    while let Some(from) = columns.get(first) {
        let fits = |last: usize| columns.get(last).is_some_and(|c| LEFT + c.1 - from.0 + 1 + RIGHT <= width);
        let allowed = |last: &usize| *last + 1 == columns.len() || is_one_net(scene, *last);
        let last = (first..columns.len()).take_while(|l| fits(*l)).filter(allowed).last()?;
        let span = (from.0, columns.get(last)?.1);
        let inside = |x: i32| span.0 <= x && x <= span.1;
        let boxes = scene.boxes.iter().filter(|b| inside(b.x)).flat_map(|b| [b.y, b.y + b.h - 1]);
        let lines = scene.lines.iter().filter(|l| inside(l.x0) && inside(l.x1)).flat_map(|l| [l.y0, l.y1]);
        let all: Vec<i32> = boxes.chain(lines).collect();
        let rows = (*all.iter().min()?, *all.iter().max()?);
        bands.push(Band { layers: (first, last), columns: span, rows, at });
        at += rows.1 - rows.0 + 2;
        first = last + 1;
    }
    Some(bands)
}

impl Band {
    /// How far things of this row move.
    fn moves(&self) -> (i32, i32) {
        (LEFT - self.columns.0, self.at - self.rows.0)
    }
    /// Column of the line that leaves to the next row.
    fn right(&self) -> i32 {
        LEFT + self.columns.1 - self.columns.0 + RIGHT
    }
    /// The row between this one and the next.
    fn below(&self) -> i32 {
        self.at + self.rows.1 - self.rows.0 + 1
    }
}

fn rebuilt(long: &Scene, columns: &[Columns], bands: &[Band]) -> Scene {
    let band_of = |layer: usize| bands.iter().position(|b| layer <= b.layers.1).unwrap_or(0);
    let layer_at = |x: i32| columns.iter().position(|c| x <= c.1).unwrap_or(columns.len().saturating_sub(1));
    let moves = |band: usize| bands.get(band).map_or((0, 0), Band::moves);
    let mut out = long.clone();
    for b in &mut out.boxes {
        let (dx, dy) = moves(band_of(b.layer));
        (b.x, b.y) = (b.x + dx, b.y + dy);
    }
    for head in &mut out.heads {
        let (dx, dy) = moves(band_of(layer_at(head.x)));
        (head.x, head.y) = (head.x + dx, head.y + dy);
    }
    // What touches a gap that is cut is drawn anew; all else moves with its row.
    let cuts: Vec<Columns> =
        bands.iter().filter_map(|b| Some((b.columns.1 + 1, columns.get(b.layers.1 + 1)?.0 - 1))).collect();
    out.lines.retain(|l| !cuts.iter().any(|c| l.x0 <= c.1 && c.0 <= l.x1));
    for line in &mut out.lines {
        let (dx, dy) = moves(band_of(layer_at(line.x0)));
        (line.x0, line.x1, line.y0, line.y1) = (line.x0 + dx, line.x1 + dx, line.y0 + dy, line.y1 + dy);
    }
    let layers: Vec<usize> = long.boxes.iter().map(|b| band_of(b.layer)).collect();
    let net = out.lines.iter().map(|l| l.net + 1).max().unwrap_or(0);
    for path in &mut out.paths {
        let ends = (layers.get(path.from).copied().unwrap_or(0), layers.get(path.to).copied().unwrap_or(0));
        let (a, b) = (moves(ends.0), moves(ends.1));
        let (Some(first), Some(last)) = (path.points.first().copied(), path.points.last().copied()) else {
            continue;
        };
        if ends.0 == ends.1 {
            path.points.iter_mut().for_each(|p| *p = (p.0 + a.0, p.1 + a.1));
            continue;
        }
        let Some(band) = bands.get(ends.0) else { continue };
        let (from, to) = ((first.0 + a.0, first.1 + a.1), (last.0 + b.0, last.1 + b.1));
        let (right, below) = (band.right(), band.below());
        path.points = vec![from, (right, from.1), (right, below), (1, below), (1, to.1), to];
        out.lines.extend(runs(&path.points, net + ends.0 as u32));
    }
    // Another drawing than the long one of the same options.
    out.structure = !long.structure;
    out.width = bands.iter().map(|b| b.right() + 1).max().unwrap_or(0);
    out.height = bands.last().map_or(0, |b| b.below());
    out.index = Index::new((out.width, out.height), &out.lines, &out.heads, &out.boxes);
    out
}

/// The runs of a way from row to row; the last ends at the arrowhead.
fn runs(points: &[(i32, i32)], net: u32) -> Vec<Line> {
    let count = points.len();
    points
        .windows(2)
        .enumerate()
        .filter_map(|(nth, w)| {
            let [a, b] = w else { return None };
            let end = i32::from(nth + 2 == count);
            let (x0, x1) = (a.0.min(b.0), a.0.max(b.0) - end);
            Some(Line { x0, x1, y0: a.1.min(b.1), y1: a.1.max(b.1), net, back: false })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::shown::Shown;
    use crate::domain::status::Phase;
    use crate::graph::canvas::Face;
    use crate::graph::dag::{DagNode, from_parts};
    use crate::graph::export;

    fn dag(n: usize, edges: &[(usize, usize)]) -> Dag {
        from_parts(
            (0..n).map(|v| DagNode::new(&v.to_string(), Shown::filter("Wait node"), Phase::Pending, None)),
            edges.iter().map(|(a, b)| (a.to_string(), b.to_string())),
        )
    }

    #[test]
    fn a_chain_with_a_fan_is_wrapped_like_text() {
        let dag = dag(8, &[(0, 1), (1, 2), (2, 3), (2, 4), (3, 5), (4, 5), (5, 6), (6, 7)]);
        let scene = layout_wrapped(&dag, (60, 40), 0).unwrap();
        assert!(scene.width <= 60);
        insta::assert_snapshot!(export::text(&scene, &Face::all(&dag)));
    }

    #[test]
    fn what_cannot_be_cut_truthfully_is_not_wrapped() {
        let two_lanes = dag(8, &[(0, 1), (1, 2), (2, 3), (4, 5), (5, 6), (6, 7)]);
        assert!(layout_wrapped(&two_lanes, (40, 40), 0).is_none());
        let skip = dag(5, &[(0, 1), (1, 2), (2, 3), (3, 4), (0, 4)]);
        assert!(layout_wrapped(&skip, (40, 40), 0).is_none());
        assert!(layout_wrapped(&dag(9, &[(0, 1)]), (20, 3), 0).is_none());
    }
}
