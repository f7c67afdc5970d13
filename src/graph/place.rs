//! Columns: each vertex as near as its order allows to the middle of its neighbours.
//!
//! Per layer the order is fixed; wishes are met by isotonic regression (pool adjacent violators after subtracting the
//! cumulative least distances), which is optimal for one layer and costs O(k).

use super::flow::{Flow, Segment};

/// Sizes across the flow, and how far apart things stand.
pub(crate) struct Sizes {
    /// Cells across the flow of each vertex; 1 for a dummy.
    pub(crate) across: Vec<i32>,
    /// Blank cells between two boxes.
    pub(crate) between_boxes: i32,
    /// Blank cells beside a dummy.
    pub(crate) beside_line: i32,
}

/// First cell across the flow of each vertex; may be negative. `anchors` are the middles that vertices had before, and
/// weigh more than any neighbours; none where there was no drawing before.
pub(crate) fn columns(flow: &Flow, sizes: &Sizes, anchors: &[Option<f64>]) -> Vec<i32> {
    const SWEEPS: usize = 9;
    const CENTRING: usize = 3;
    let mut place = Placing::new(flow, sizes, anchors);
    for turn in 0..SWEEPS {
        place.sweep(turn.is_multiple_of(2), false);
    }
    for turn in 0..CENTRING {
        place.sweep(turn % 2 == 1, true);
    }
    place.beside();
    place.first
}

/// Cells from a rail to the next.
pub(crate) const RAIL: i32 = 2;
/// What a line from dummy to dummy weighs, beside 1 or 2 of a line at a box: as much as keeps a long line from being
/// pushed aside by box after box.
const STRAIGHT: f64 = 64.0;
/// The same in a part of [`MANY`] vertices, which would become a third wider.
const STRAIGHT_OF_MANY: f64 = 8.0;
/// Vertices from which on a part is too large to be looked at as a whole.
const MANY: usize = 1_000;
/// What a place of before weighs.
const ANCHOR: f64 = 200.0;

struct Placing<'a> {
    flow: &'a Flow,
    sizes: &'a Sizes,
    anchors: &'a [Option<f64>],
    /// Segments by their lower and by their upper vertex: (other end, weight).
    ups: Vec<Vec<(usize, f64)>>,
    downs: Vec<Vec<(usize, f64)>>,
    first: Vec<i32>,
}

/// A run of vertices that stand as near to each other as they may.
struct Block {
    sum: f64,
    weight: f64,
    count: usize,
}

impl<'a> Placing<'a> {
    fn new(flow: &'a Flow, sizes: &'a Sizes, anchors: &'a [Option<f64>]) -> Self {
        let n = flow.vertices.len();
        let (mut ups, mut downs) = (vec![Vec::new(); n], vec![Vec::new(); n]);
        let straight = if n < MANY { STRAIGHT } else { STRAIGHT_OF_MANY };
        let at_stop = |s: &&Segment| flow.rails.is_stop(s.upper) || flow.rails.is_stop(s.lower);
        for s in flow.segments.iter().filter(|s| !at_stop(s)) {
            // A straight long line is worth more than a centred box.
            let weight = match (flow.is_dummy(s.upper), flow.is_dummy(s.lower)) {
                (true, true) => straight,
                (false, false) => 1.0,
                _ => 2.0,
            };
            downs[s.upper].push((s.lower, weight));
            ups[s.lower].push((s.upper, weight));
        }
        let mut place = Self { flow, sizes, anchors, ups, downs, first: vec![0; n] };
        for layer in &flow.layers {
            let mut at = 0;
            for (ix, v) in layer.iter().enumerate() {
                if ix > 0 {
                    at += place.distance(layer[ix - 1], *v);
                }
                place.first[*v] = at;
            }
        }
        place
    }
    /// Puts the rails to the right of everything else.
    fn beside(&mut self) {
        let others = self.flow.layers.iter().flatten();
        let right = others.map(|v| self.first[*v] + self.sizes.across[*v]).max().unwrap_or(0);
        for (stop, column) in self.flow.rails.columns() {
            self.first[stop] = right + self.sizes.between_boxes + RAIL * column as i32;
        }
    }
    /// Least distance of the first cells of two neighbours.
    fn distance(&self, a: usize, b: usize) -> i32 {
        let blank = if self.flow.is_dummy(a) || self.flow.is_dummy(b) {
            self.sizes.beside_line
        } else {
            self.sizes.between_boxes
        };
        self.sizes.across[a] + blank
    }
    fn sweep(&mut self, down: bool, both: bool) {
        let depth = self.flow.layers.len();
        for nth in 0..depth {
            let layer = if down { nth } else { depth - 1 - nth };
            self.sweep_layer(layer, down || both, !down || both);
        }
    }
    fn sweep_layer(&mut self, layer: usize, by_ups: bool, by_downs: bool) {
        let order = &self.flow.layers[layer];
        let mut blocks: Vec<Block> = Vec::with_capacity(order.len());
        let mut offset = 0;
        let mut offsets = Vec::with_capacity(order.len());
        for (ix, v) in order.iter().enumerate() {
            if ix > 0 {
                offset += self.distance(order[ix - 1], *v);
            }
            offsets.push(offset);
            let (wish, weight) = self.wish(*v, by_ups, by_downs);
            blocks.push(Block { sum: (wish - f64::from(offset)) * weight, weight, count: 1 });
            while let [.., a, b] = blocks.as_mut_slice()
                && a.sum * b.weight >= b.sum * a.weight
            {
                a.sum += b.sum;
                a.weight += b.weight;
                a.count += b.count;
                blocks.pop();
            }
        }
        let mut at = 0;
        for block in blocks {
            // Halves go down for even widths and up for odd ones: a chain of both kinds would drift otherwise.
            let even = order.get(at).is_some_and(|v| self.sizes.across[*v] % 2 == 0);
            let wish = block.sum / block.weight;
            let start = if even { (wish - 0.5).ceil() } else { (wish + 0.5).floor() } as i32;
            for _ in 0..block.count {
                self.first[order[at]] = start + offsets[at];
                at += 1;
            }
        }
    }
    /// Where a vertex wants its first cell, and how much.
    fn wish(&self, v: usize, by_ups: bool, by_downs: bool) -> (f64, f64) {
        let centre = |v: usize| f64::from(2 * self.first[v] + self.sizes.across[v] - 1) / 2.0;
        let (mut sum, mut weight) = (0.0, 0.0);
        for (on, ends) in [(by_ups, &self.ups[v]), (by_downs, &self.downs[v])] {
            if on {
                for (to, w) in ends {
                    sum += centre(*to) * w;
                    weight += w;
                }
            }
        }
        if let Some(anchor) = self.anchors.get(v).copied().flatten() {
            sum += anchor * ANCHOR;
            weight += ANCHOR;
        }
        if weight == 0.0 {
            return (f64::from(self.first[v]), 0.1);
        }
        (sum / weight - f64::from(self.sizes.across[v] - 1) / 2.0, weight)
    }
}
