//! One connected part: from an ordered flow to cells.

use super::size::{Content, Look};
use crate::graph::dag::Dag;
use crate::graph::flow::{Chain, Flow};
use crate::graph::glyph::{DOWN, LEFT, RIGHT, UP};
use crate::graph::nets::{self, Nets};
use crate::graph::place::{self, Sizes};
use crate::graph::ports::{self, Inside};
use crate::graph::route::{self, Gap, Second, Way};
use crate::graph::scene::{Head, Line, NodeBox};

/// A part of the drawing with its own origin.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) width: i32,
    pub(super) height: i32,
    /// Node and its box.
    pub(super) boxes: Vec<(usize, NodeBox)>,
    /// Ways of the edges.
    pub(super) paths: Vec<Drawn>,
    pub(super) lines: Vec<Line>,
    pub(super) heads: Vec<Head>,
    /// How many numbers of nets the lines use.
    pub(super) nets: u32,
}

/// An edge, whether it is a back edge, its corner cells from source to target.
pub(super) type Drawn = (usize, bool, Vec<(i32, i32)>);

/// Cells in the directions of the flow: across it and along it.
struct Frame<'a> {
    flow: &'a Flow,
    nets: &'a Nets,
    gaps: Vec<Gap>,
    /// First cell across, cells across, cells along of each vertex.
    first: Vec<i32>,
    across: Vec<i32>,
    along: Vec<i32>,
    /// First row along the flow of each layer and of the tracks below it.
    layer_at: Vec<i32>,
    track_at: Vec<i32>,
    lr: bool,
}

/// Lays out one part whose layers are in order, near to `anchors` where there are any. `pairs` of runs may be compared.
pub(super) fn part(
    dag: &Dag,
    flow: &Flow,
    nets: &Nets,
    look: &Look,
    anchors: &[Option<f64>],
    pairs: usize,
) -> Part {
    let contents: Vec<Option<Content>> = flow
        .vertices
        .iter()
        .map(|v| v.node.and_then(|n| dag.nodes.get(n)).map(|n| look.content(n)))
        .collect();
    let frame = frame(flow, nets, look, &contents, anchors, pairs);
    let in_gaps: usize = nets.gaps.iter().map(Vec::len).sum();
    let mut out = Part { nets: (in_gaps + flow.rails.stretches.len()) as u32, ..Part::default() };
    frame.lines(&mut out);
    for chain in &flow.chains {
        let mut points = frame.points(chain);
        if chain.back {
            points.reverse();
        }
        out.paths.push((chain.edge, chain.back, points));
    }
    for (v, content) in contents.into_iter().enumerate() {
        if let (Some(node), Some(content)) = (flow.vertices[v].node, content) {
            let (x, y) = frame.turn(frame.first[v], frame.layer_at[flow.vertices[v].layer]);
            let (w, h) = frame.turn(frame.across[v], frame.along[v]);
            let of = dag.nodes.get(node);
            let id = of.map_or(String::new(), |n| n.id.clone());
            let again = of.is_some_and(|n| n.has_self_loop);
            let layer = flow.vertices[v].layer;
            let (label, foot, rows) = (content.label, content.foot, content.rows);
            out.boxes.push((node, NodeBox { id, x, y, w, h, rows, layer, label, foot, foot_at: 2, again }));
        }
    }
    settle(&mut out);
    out.boxes.iter_mut().for_each(|(_, b)| b.foot_at = 2);
    place_feet(&mut out, look);
    out
}

fn frame<'a>(
    flow: &'a Flow,
    nets: &'a Nets,
    look: &Look,
    contents: &[Option<Content>],
    anchors: &[Option<f64>],
    pairs: usize,
) -> Frame<'a> {
    let needed = nets::ports(flow, nets);
    let n = flow.vertices.len();
    let (mut across, mut along) = (vec![1; n], vec![1; n]);
    for (v, content) in contents.iter().enumerate() {
        if let Some(c) = content {
            let (a, f) = if look.lr { (c.height, c.width) } else { (c.width, c.height) };
            let ports = needed[v].0.max(needed[v].1) as i32;
            across[v] = a.max(2 * ports - 1 + 2 * c.corner);
            along[v] = f;
        }
    }
    let (between_boxes, beside_line) = if look.lr { (1, 1) } else { (2, 1) };
    let sizes = Sizes { across, between_boxes, beside_line };
    let first = place::columns(flow, &sizes, anchors);
    let across = sizes.across;
    let centre2: Vec<i32> = (0..n).map(|v| 2 * first[v] + across[v] - 1).collect();
    let inside: Vec<Inside> = (0..n)
        .map(|v| {
            let corner = contents.get(v).and_then(Option::as_ref).map_or(0, |c| c.corner);
            (first[v] + corner, first[v] + across[v] - 1 - corner)
        })
        .collect();
    let gaps: Vec<Gap> = nets
        .gaps
        .iter()
        .enumerate()
        .map(|(g, nets)| {
            let columns = ports::ports(flow, g, nets, &centre2, &inside);
            route::route(flow, nets, columns, &inside, pairs / flow.gaps.len().max(1))
        })
        .collect();
    let mut frame = Frame {
        flow,
        nets,
        gaps,
        first,
        across,
        along,
        layer_at: Vec::new(),
        track_at: Vec::new(),
        lr: look.lr,
    };
    frame.rows();
    frame
}

impl Frame<'_> {
    /// Gives layers and gaps their rows: tracks, a row for arrowheads, and one above for those of back edges.
    fn rows(&mut self) {
        let mut at = 0;
        for (l, layer) in self.flow.layers.iter().enumerate() {
            self.layer_at.push(at);
            at += layer.iter().map(|v| self.along[*v]).max().unwrap_or(1);
            if let (Some(gap), Some(nets)) = (self.gaps.get(l), self.nets.gaps.get(l)) {
                let heads_up =
                    nets.iter().any(|n| n.back && n.uppers.iter().any(|v| !self.flow.is_dummy(*v)));
                // From left to right a line of one cell, all arrowhead, would be hard to see.
                at += i32::from(heads_up) + i32::from(self.lr);
                self.track_at.push(at);
                at += gap.tracks + 1;
            }
        }
    }
    /// From cells across and along the flow to column and row.
    fn turn(&self, across: i32, along: i32) -> (i32, i32) {
        if self.lr { (along, across) } else { (across, along) }
    }
    /// Last row of a vertex: where its lines leave.
    fn end(&self, v: usize) -> i32 {
        self.layer_at[self.flow.vertices[v].layer] + self.along[v] - 1
    }
    fn start(&self, v: usize) -> i32 {
        self.layer_at[self.flow.vertices[v].layer]
    }
    /// Row from which the line of a vertex hangs: a dummy's begins with its layer, so that it passes it.
    fn leaves(&self, v: usize) -> i32 {
        if self.flow.is_dummy(v) { self.start(v) } else { self.end(v) }
    }
    fn way(&self, segment: usize) -> (&Way, usize, usize, usize) {
        let s = &self.flow.segments[segment];
        let gap = self.flow.vertices[s.upper].layer;
        let net = self.nets.of_segment[segment];
        let nets = &self.nets.gaps[gap][net];
        let upper = nets.uppers.iter().position(|v| *v == s.upper).unwrap_or(0);
        let lower = nets.lowers.iter().position(|v| *v == s.lower).unwrap_or(0);
        (&self.gaps[gap].ways[net], gap, upper, lower)
    }
    /// Corner cells of an edge from the top.
    fn points(&self, chain: &Chain) -> Vec<(i32, i32)> {
        let mut out: Vec<(i32, i32)> = Vec::new();
        for segment in self.flow.way(chain) {
            let s = &self.flow.segments[segment];
            let (way, gap, upper, lower) = self.way(segment);
            let (from, to) = (way.columns.upper[upper], way.columns.lower[lower]);
            push(&mut out, (from, self.leaves(s.upper)));
            if let Some((above, below, riser)) = way.rows(from, to) {
                let (above, below) = (self.track_at[gap] + above, self.track_at[gap] + below);
                push(&mut out, (from, above));
                if let Some(riser) = riser {
                    push(&mut out, (riser, above));
                    push(&mut out, (riser, below));
                }
                push(&mut out, (to, below));
            }
            push(&mut out, (to, self.start(s.lower)));
        }
        out.into_iter().map(|(a, f)| self.turn(a, f)).collect()
    }
    /// The runs and arrowheads of all nets.
    fn lines(&self, out: &mut Part) {
        let mut number = 0;
        for (g, (gap, nets)) in self.gaps.iter().zip(&self.nets.gaps).enumerate() {
            for (way, net) in gap.ways.iter().zip(nets) {
                let row = |track: i32| self.track_at[g] + track;
                let mut run = |a0: i32, f0: i32, a1: i32, f1: i32| {
                    let ((x0, y0), (x1, y1)) =
                        (self.turn(a0.min(a1), f0.min(f1)), self.turn(a0.max(a1), f0.max(f1)));
                    out.lines.push(Line { x0, y0, x1, y1, net: number, back: net.back });
                };
                for (v, c) in net.uppers.iter().zip(&way.columns.upper) {
                    // An arriving line ends at its arrowhead, so that a border shows only where lines leave.
                    let arrives = net.back && !self.flow.is_dummy(*v);
                    let from = self.leaves(*v) + i32::from(arrives);
                    let straight = || self.arrival(net.lowers.first().copied(), net.back);
                    run(*c, from, *c, way.down_to(*c).map_or_else(straight, row));
                }
                for (v, c) in net.lowers.iter().zip(&way.columns.lower) {
                    if let Some(from) = way.up_to(*c) {
                        run(*c, row(from), *c, self.arrival(Some(*v), net.back));
                    }
                }
                for (track, a, b) in way.runs() {
                    run(a, row(track), b, row(track));
                }
                if let Some((track, Second::Riser { column, row: lower })) = way.track.zip(way.second) {
                    run(column, row(track), column, row(lower));
                }
                self.heads(net, way, out);
                number += 1;
            }
        }
        for stretch in &self.flow.rails.stretches {
            let column = self.first[stretch.upper];
            let (x0, y0) = self.turn(column, self.start(stretch.upper));
            let (x1, y1) = self.turn(column, self.start(stretch.lower));
            out.lines.push(Line { x0, y0, x1, y1, net: number, back: stretch.back });
            number += 1;
        }
    }
    /// Last row of a line towards a vertex below.
    fn arrival(&self, v: Option<usize>, back: bool) -> i32 {
        v.map_or(0, |v| self.start(v) - i32::from(!back && !self.flow.is_dummy(v)))
    }
    fn heads(&self, net: &nets::Net, way: &Way, out: &mut Part) {
        let (list, columns) =
            if net.back { (&net.uppers, &way.columns.upper) } else { (&net.lowers, &way.columns.lower) };
        for (v, c) in list.iter().zip(columns).filter(|(v, _)| !self.flow.is_dummy(**v)) {
            let row = if net.back { self.end(*v) + 1 } else { self.start(*v) - 1 };
            let (x, y) = self.turn(*c, row);
            let towards = match (self.lr, net.back) {
                (false, false) => DOWN,
                (false, true) => UP,
                (true, false) => RIGHT,
                (true, true) => LEFT,
            };
            out.heads.push(Head { x, y, towards, back: net.back });
        }
    }
}

/// Adds a corner cell; cells on a straight way and repeated ones are left out.
fn push(points: &mut Vec<(i32, i32)>, p: (i32, i32)) {
    if points.last() == Some(&p) {
        return;
    }
    if let [.., a, b] = points.as_slice()
        && ((a.0 == b.0 && b.0 == p.0) || (a.1 == b.1 && b.1 == p.1))
    {
        points.pop();
    }
    points.push(p);
}

/// Moves the part so that its first column and row are 0, and measures it.
fn settle(part: &mut Part) {
    let points = || part.paths.iter().flat_map(|p| p.2.iter().copied());
    let corners = || part.boxes.iter().map(|(_, b)| (b.x, b.y));
    let ends = || part.boxes.iter().map(|(_, b)| (b.x + b.w, b.y + b.h));
    let dx = points().chain(corners()).map(|p| p.0).min().unwrap_or(0);
    let dy = points().chain(corners()).map(|p| p.1).min().unwrap_or(0);
    part.width = points().map(|p| p.0 + 1).chain(ends().map(|p| p.0)).max().unwrap_or(0) - dx;
    part.height = points().map(|p| p.1 + 1).chain(ends().map(|p| p.1)).max().unwrap_or(0) - dy;
    for (_, b) in &mut part.boxes {
        (b.x, b.y) = (b.x - dx, b.y - dy);
    }
    for p in part.paths.iter_mut().flat_map(|p| p.2.iter_mut()) {
        *p = (p.0 - dx, p.1 - dy);
    }
    for l in &mut part.lines {
        (l.x0, l.x1, l.y0, l.y1) = (l.x0 - dx, l.x1 - dx, l.y0 - dy, l.y1 - dy);
    }
    for h in &mut part.heads {
        (h.x, h.y) = (h.x - dx, h.y - dy);
    }
}

/// Puts the ID into the lower border where no line leaves through it: left if that is free, else right, else left.
fn place_feet(part: &mut Part, look: &Look) {
    if !look.is_full() || look.lr {
        return;
    }
    let mut leaving: std::collections::BTreeSet<(i32, i32)> = std::collections::BTreeSet::new();
    leaving.extend(part.lines.iter().filter(|l| l.x0 == l.x1).map(|l| (l.y0, l.x0)));
    for (_, b) in &mut part.boxes {
        let wide = unicode_width::UnicodeWidthStr::width(b.foot.as_str()) as i32;
        let row = b.y + b.h - 1;
        let free = |at: i32| leaving.range((row, b.x + at - 1)..=(row, b.x + at + wide)).next().is_none();
        let right = b.w - 2 - wide;
        b.foot_at = if free(2) || !free(right) { 2 } else { right };
    }
}
