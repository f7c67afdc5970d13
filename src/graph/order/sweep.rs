//! Starting orders, and sweeps that bring each vertex to the middle of its neighbours.

use super::Orders;
use crate::graph::flow::Flow;

/// Layers filled in the order of a depth-first search: from the top for even `start`, from the bottom for odd; from 2 on
/// neighbours are followed in the opposite order.
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
            if start < 2 {
                stack.extend(before.of(v as usize).iter().rev().map(|(to, _)| *to));
                stack.extend(next.of(v as usize).iter().rev().map(|(to, _)| *to));
            } else {
                stack.extend(next.of(v as usize).iter().map(|(to, _)| *to));
                stack.extend(before.of(v as usize).iter().map(|(to, _)| *to));
            }
        }
    }
    layers
}

/// By what a sweep orders a layer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Median,
    Mean,
    Both,
}

impl Orders {
    /// One pass over all layers, downward on even turns.
    pub(super) fn sweep(&mut self, turn: usize) {
        let depth = self.layers.len();
        let down = turn.is_multiple_of(2);
        // Median and mean shake the order up, sweeps by both sides then settle it.
        let (by, flip) = match turn / 2 % 16 {
            0 => (By::Median, false),
            4 => (By::Mean, false),
            8 => (By::Median, true),
            12 => (By::Mean, true),
            _ => (By::Both, false),
        };
        for nth in 0..depth {
            let layer = if down { nth } else { depth - 1 - nth };
            if nth > 0 || by == By::Both {
                self.sweep_layer(layer, down, by, flip);
            }
        }
        for gap in 0..self.crossings.len() {
            self.recount(gap);
        }
    }
    /// Mean of the relative places of all neighbours, those of both layers counted alike.
    fn both(&self, layer: usize, v: u32) -> Option<f64> {
        let (mut sum, mut weight) = (0.0, 0.0);
        for (adjacent, other) in [(&self.up, layer.wrapping_sub(1)), (&self.down, layer + 1)] {
            let wide = self.layers.get(other).map_or(1, Vec::len) as f64;
            for (to, w) in adjacent.of(v as usize) {
                sum += (f64::from(self.place[*to as usize]) + 0.5) / wide * f64::from(*w);
                weight += f64::from(*w);
            }
        }
        (weight > 0.0).then_some(sum / weight)
    }
    fn sweep_layer(&mut self, layer: usize, down: bool, by: By, flip: bool) {
        let adjacent = if down { &self.up } else { &self.down };
        let mut ends: Vec<(u32, u32)> = Vec::new();
        let mut wanted: Vec<(f64, u32)> = Vec::new();
        let mut slots = Vec::new();
        for (slot, v) in self.layers[layer].iter().enumerate() {
            let list = adjacent.of(*v as usize);
            ends.clear();
            ends.extend(list.iter().map(|(to, w)| (self.place[*to as usize], *w)));
            let place = match by {
                By::Both => self.both(layer, *v),
                _ if ends.is_empty() => None,
                By::Median => Some(weighted_median(&mut ends)),
                By::Mean => Some(barycentre(&ends)),
            };
            if let Some(place) = place {
                wanted.push((place, *v));
                slots.push(slot);
            }
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
        return f64::midpoint(at(0), at(1));
    }
    let (left, right) = (at(mid - 1) - at(0), at(last) - at(mid));
    if left + right == 0.0 {
        return f64::midpoint(at(mid - 1), at(mid));
    }
    (at(mid - 1) * right + at(mid) * left) / (left + right)
}
