//! Starting orders, and sweeps that bring each vertex to the middle of its neighbours.

use super::Orders;
use crate::graph::flow::Flow;

/// Layers filled in the order of a depth-first search: from the top for even `start`, from the bottom for odd.
pub(super) fn depth_first(orders: &Orders, flow: &Flow, start: usize) -> Vec<Vec<u32>> {
    let n = flow.vertices.len();
    let (next, before) =
        if start.is_multiple_of(2) { (&orders.down, &orders.up) } else { (&orders.up, &orders.down) };
    let mut seen = vec![false; n];
    let mut layers: Vec<Vec<u32>> = vec![Vec::new(); flow.layers.len()];
    let roots = (0..n).filter(|v| before.of(*v).is_empty());
    for root in roots.chain(0..n) {
        let mut stack = vec![root as u32];
        while let Some(v) = stack.pop() {
            if std::mem::replace(&mut seen[v as usize], true) {
                continue;
            }
            layers[flow.vertices[v as usize].layer].push(v);
            // What hangs on an upstream of the found ones belongs beside it, so both directions are followed.
            stack.extend(before.of(v as usize).iter().rev().map(|(to, _)| *to));
            stack.extend(next.of(v as usize).iter().rev().map(|(to, _)| *to));
        }
    }
    layers
}

impl Orders {
    /// One pass over all layers: downward on even turns, by median on every other pair, ties flipped on every other
    /// four.
    pub(super) fn sweep(&mut self, turn: usize) {
        let depth = self.layers.len();
        let down = turn.is_multiple_of(2);
        let median = (turn / 2).is_multiple_of(2);
        let flip = (turn / 4) % 2 == 1;
        for nth in 1..depth {
            let layer = if down { nth } else { depth - 1 - nth };
            self.sweep_layer(layer, down, median, flip);
        }
        for gap in 0..self.crossings.len() {
            self.recount(gap);
        }
    }
    fn sweep_layer(&mut self, layer: usize, down: bool, median: bool, flip: bool) {
        let adjacent = if down { &self.up } else { &self.down };
        let mut ends: Vec<(u32, u32)> = Vec::new();
        let mut wanted: Vec<(f64, u32)> = Vec::new();
        let mut slots = Vec::new();
        for (slot, v) in self.layers[layer].iter().enumerate() {
            let list = adjacent.of(*v as usize);
            if list.is_empty() {
                continue;
            }
            ends.clear();
            ends.extend(list.iter().map(|(to, w)| (self.place[*to as usize], *w)));
            wanted.push((if median { weighted_median(&mut ends) } else { barycentre(&ends) }, *v));
            slots.push(slot);
        }
        if flip {
            wanted.reverse();
        }
        wanted.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (slot, (_, v)) in slots.iter().zip(&wanted) {
            self.layers[layer][*slot] = *v;
        }
        self.renumber(layer);
    }
}

fn barycentre(ends: &[(u32, u32)]) -> f64 {
    let (sum, weight) = ends
        .iter()
        .fold((0.0, 0.0), |(s, n), (at, w)| (s + f64::from(*at) * f64::from(*w), n + f64::from(*w)));
    sum / weight
}

/// The middle end; of an even number, between the two in the middle and nearer to the denser side.
fn weighted_median(ends: &mut [(u32, u32)]) -> f64 {
    ends.sort_unstable();
    let at = |ix: usize| f64::from(ends[ix].0);
    let last = ends.len() - 1;
    let mid = ends.len() / 2;
    if ends.len() % 2 == 1 {
        return at(mid);
    }
    if ends.len() == 2 {
        return (at(0) + at(1)) / 2.0;
    }
    let (left, right) = (at(mid - 1) - at(0), at(last) - at(mid));
    if left + right == 0.0 {
        return (at(mid - 1) + at(mid)) / 2.0;
    }
    (at(mid - 1) * right + at(mid) * left) / (left + right)
}
