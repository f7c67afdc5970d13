//! The plain way of long edges in a graph that has too many of them: a column beside the boxes, as in a list of commits.
//!
//! A dummy in every layer that an edge passes lets it run between the boxes, but a graph that is all one cycle, or a long
//! chain with edges across it, would have millions of them: hundreds of megabytes, and a drawing of 100,000 rows. A rail
//! needs a stop only where something gets on or off. The drawing stays as truthful, only more lines cross.
//! All indices are made here and in `flow`, and stay in range.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use super::flow::{self, Chain, Flow, Vertex};
use super::layer::Layering;

/// Dummies of a graph from which its long edges run on rails. The largest graph that anybody has drawn with this
/// (10,000 steps in random layers) has a third of it.
pub(crate) const DUMMIES: usize = 40_000;
/// Layers that an edge may go down and still be no long one.
pub(crate) const SHORT: usize = 2;

/// An edge that waits for its rail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Long {
    /// Index of the edge in the graph.
    pub(crate) edge: usize,
    /// Its vertex in the upper layer.
    pub(crate) upper: usize,
    /// Its vertex in the lower layer.
    pub(crate) lower: usize,
    /// Whether it was turned round.
    pub(crate) back: bool,
}

/// All rails of a part.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rails {
    /// The first vertex that is a stop; all after it are stops too.
    first: Option<usize>,
    /// Number of the rail's column for each stop, from 0.
    column: Vec<usize>,
    /// Stops of each layer, in no order.
    stops: Vec<Vec<usize>>,
    /// Stretches without a stop: from the stop above to the one below.
    pub(crate) stretches: Vec<Stretch>,
}

/// A straight line past at least one layer without a stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// The stop above.
    pub(crate) upper: usize,
    /// The stop below.
    pub(crate) lower: usize,
    /// Whether it belongs to a back edge.
    pub(crate) back: bool,
}

impl Rails {
    /// Stops in a layer; they stand after all its other vertices.
    pub(crate) fn stops(&self, layer: usize) -> &[usize] {
        self.stops.get(layer).map_or(&[], Vec::as_slice)
    }
    /// Whether a vertex is a stop.
    pub(crate) fn is_stop(&self, v: usize) -> bool {
        self.first.is_some_and(|first| v >= first)
    }
    /// Every stop with the number of its column.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (usize, usize)> {
        let first = self.first.unwrap_or(0);
        self.column.iter().enumerate().map(move |(ix, column)| (first + ix, *column))
    }
}

/// How many dummies the long edges of a graph would need.
pub(crate) fn dummies(edges: &[(usize, usize)], layering: &Layering) -> usize {
    let mut lane: BTreeMap<usize, usize> = BTreeMap::new();
    let mut sum = 0_usize;
    for ((a, b), back) in edges.iter().zip(&layering.back) {
        let passed = layering.layer[*a].abs_diff(layering.layer[*b]).saturating_sub(1);
        if *back {
            sum += passed;
        } else {
            let longest = lane.entry(*a).or_default();
            sum += passed.saturating_sub(*longest);
            *longest = passed.max(*longest);
        }
    }
    sum
}

/// Brings the long edges of a flow whose layers are in order into it. Those of one source share a rail, which is
/// truthful and saves columns; a back edge shares nothing.
pub(crate) fn lay(flow: &mut Flow) {
    let long = std::mem::take(&mut flow.long);
    if long.is_empty() {
        return;
    }
    flow.rails.first = Some(flow.vertices.len());
    flow.rails.stops = vec![Vec::new(); flow.layers.len()];
    let mut rails: Vec<Vec<Long>> = Vec::new();
    for edge in long {
        match rails.last_mut() {
            Some(rail) if !edge.back && rail[0].upper == edge.upper && !rail[0].back => rail.push(edge),
            _ => rails.push(vec![edge]),
        }
    }
    // From the top, so that columns are free again as soon as possible; the longest first, outermost last.
    let ends = |flow: &Flow, rail: &[Long]| {
        let last = rail.iter().map(|e| flow.vertices[e.lower].layer).max().unwrap_or(0);
        (flow.vertices[rail[0].upper].layer + 1, last - 1)
    };
    rails.sort_by_cached_key(|rail| (ends(flow, rail), rail[0].edge));
    let mut free: BinaryHeap<std::cmp::Reverse<usize>> = BinaryHeap::new();
    let mut busy: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut made = 0;
    for rail in rails {
        let (from, to) = ends(flow, &rail);
        while let Some(over) = busy.first().copied().filter(|(end, _)| end + 1 < from) {
            busy.remove(&over);
            free.push(std::cmp::Reverse(over.1));
        }
        let column = free.pop().map_or(made, |c| c.0);
        made = made.max(column + 1);
        busy.insert((to, column));
        lay_one(flow, &rail, column);
    }
    flow::weigh(flow);
}

/// One rail with its stops, segments and chains.
fn lay_one(flow: &mut Flow, rail: &[Long], column: usize) {
    let (source, back) = (rail[0].upper, rail[0].back);
    let top = flow.vertices[source].layer + 1;
    let last = rail.iter().map(|e| flow.vertices[e.lower].layer).max().unwrap_or(top);
    let mut at: BTreeMap<usize, usize> = BTreeMap::from([(top, 0)]);
    for edge in rail {
        let layer = flow.vertices[edge.lower].layer;
        at.insert(layer - 1, 0);
        if layer < last {
            at.insert(layer, 0);
        }
    }
    for (layer, stop) in &mut at {
        *stop = flow.vertices.len();
        flow.vertices.push(Vertex { node: None, layer: *layer });
        flow.rails.stops[*layer].push(*stop);
        flow.rails.column.push(column);
    }
    let mut way = vec![flow.segment(source, at[&top], back)];
    // For each stop how many segments lead to it.
    let mut upto: BTreeMap<usize, usize> = BTreeMap::from([(top, 1)]);
    for (upper, lower) in at.iter().zip(at.iter().skip(1)) {
        if upper.0 + 1 == *lower.0 {
            way.push(flow.segment(*upper.1, *lower.1, back));
        } else {
            flow.rails.stretches.push(Stretch { upper: *upper.1, lower: *lower.1, back });
        }
        upto.insert(*lower.0, way.len());
    }
    let lane = flow.lanes.len();
    flow.lanes.push(way);
    for edge in rail {
        let layer = flow.vertices[edge.lower].layer - 1;
        let last = flow.segment(at[&layer], edge.lower, back);
        flow.chains.push(Chain { edge: edge.edge, back, lane: (lane, upto[&layer]), last });
    }
}
