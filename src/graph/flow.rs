//! One connected part of a graph, cut into layers: boxes, dummies where long edges pass a layer, and the segments
//! between neighbouring layers.
//!
//! Here and in the steps after it the flow runs downward; a drawing from left to right is turned at the end.
//! All indices are made in this file and stay in range.

use super::layer;
use super::rails::{self, Long};

/// A place in a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Vertex {
    /// The node of the graph; `None` for a dummy, where a long edge passes.
    pub(crate) node: Option<usize>,
    /// Its layer.
    pub(crate) layer: usize,
}

/// A line between two neighbouring layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Segment {
    /// The vertex in the upper layer.
    pub(crate) upper: usize,
    /// The vertex in the lower layer.
    pub(crate) lower: usize,
    /// How many edges share it.
    pub(crate) weight: u32,
    /// Whether it belongs to a back edge, which shares nothing.
    pub(crate) back: bool,
}

/// An edge as a way through the layers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chain {
    /// Index of the edge in the graph.
    pub(crate) edge: usize,
    /// Whether it was turned round.
    pub(crate) back: bool,
    /// The lane it goes down, an index into [`Flow::lanes`], and how many segments of it; 0 where it has none.
    pub(crate) lane: (usize, usize),
    /// Its last segment.
    pub(crate) last: usize,
}

/// A connected part in layers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flow {
    /// Boxes first, then dummies.
    pub(crate) vertices: Vec<Vertex>,
    /// Vertices of each layer; in the order of drawing once [`super::order`] is through.
    pub(crate) layers: Vec<Vec<usize>>,
    /// All segments.
    pub(crate) segments: Vec<Segment>,
    /// Segments of the gap below each layer; one shorter than `layers`.
    pub(crate) gaps: Vec<Vec<usize>>,
    /// One for each edge.
    pub(crate) chains: Vec<Chain>,
    /// Ways through dummies, as segments from the top. Edges of one source share theirs.
    pub(crate) lanes: Vec<Vec<usize>>,
    /// Edges that [`rails::lay`] still has to bring into the flow; empty once it has, and in all but huge graphs.
    pub(crate) long: Vec<Long>,
    /// The ways beside the boxes that those edges took.
    pub(crate) rails: rails::Rails,
}

impl Flow {
    /// Whether a vertex is a dummy.
    pub(crate) fn is_dummy(&self, v: usize) -> bool {
        self.vertices[v].node.is_none()
    }
    pub(super) fn segment(&mut self, upper: usize, lower: usize, back: bool) -> usize {
        let layer = self.vertices[upper].layer;
        self.segments.push(Segment { upper, lower, weight: 0, back });
        self.gaps[layer].push(self.segments.len() - 1);
        self.segments.len() - 1
    }
    /// Segments of a chain from the top.
    pub(crate) fn way(&self, chain: &Chain) -> impl Iterator<Item = usize> {
        let lane = self.lanes.get(chain.lane.0).map_or(&[][..], Vec::as_slice);
        lane.iter().take(chain.lane.1).copied().chain(std::iter::once(chain.last))
    }
    fn dummy(&mut self, layer: usize) -> usize {
        self.vertices.push(Vertex { node: None, layer });
        self.layers[layer].push(self.vertices.len() - 1);
        self.vertices.len() - 1
    }
}

/// The connected parts of a graph of `n` nodes, each in layers; parts in the order of their first node.
/// `edges` must have ends below `n` and no self loop. Where the long ones would need more than `dummies` dummies, they
/// are left to [`rails::lay`].
pub(crate) fn parts(n: usize, edges: &[(usize, usize)], dummies: usize) -> Vec<Flow> {
    let layering = layer::layering(n, edges);
    let by_rail = rails::dummies(edges, &layering) > dummies;
    let part = components(n, edges);
    let count = part.iter().max().map_or(0, |p| p + 1);
    let mut nodes: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut edges_of: Vec<Vec<usize>> = vec![Vec::new(); count];
    for v in 0..n {
        nodes[part[v]].push(v);
    }
    for (e, (a, _)) in edges.iter().enumerate() {
        edges_of[part[*a]].push(e);
    }
    let mut local = vec![0; n];
    (0..count)
        .map(|p| {
            for (ix, v) in nodes[p].iter().enumerate() {
                local[*v] = ix;
            }
            let ends: Vec<(usize, (usize, usize), bool)> = edges_of[p]
                .iter()
                .map(|e| (*e, (local[edges[*e].0], local[edges[*e].1]), layering.back[*e]))
                .collect();
            let layers: Vec<usize> = nodes[p].iter().map(|v| layering.layer[*v]).collect();
            flow(&nodes[p], &layers, &ends, by_rail)
        })
        .collect()
}

/// For each node the number of its connected part; parts are numbered by their first node.
fn components(n: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let both = layer::Flat::new(n, edges.iter().flat_map(|(a, b)| [(*a, *b), (*b, *a)]));
    let mut part = vec![usize::MAX; n];
    let mut count = 0;
    for root in 0..n {
        if part[root] != usize::MAX {
            continue;
        }
        part[root] = count;
        let mut stack = vec![root];
        while let Some(v) = stack.pop() {
            for to in both.of(v) {
                if part[*to as usize] == usize::MAX {
                    part[*to as usize] = count;
                    stack.push(*to as usize);
                }
            }
        }
        count += 1;
    }
    part
}

/// Builds one part. Long edges of one source share their dummies, which is truthful and saves columns.
fn flow(nodes: &[usize], layers: &[usize], edges: &[(usize, (usize, usize), bool)], by_rail: bool) -> Flow {
    let top = layers.iter().copied().min().unwrap_or(0);
    let depth = layers.iter().copied().max().map_or(0, |l| l - top + 1);
    let mut flow = Flow {
        layers: vec![Vec::new(); depth],
        gaps: vec![Vec::new(); depth.saturating_sub(1)],
        ..Flow::default()
    };
    for (ix, (node, layer)) in nodes.iter().zip(layers).enumerate() {
        flow.vertices.push(Vertex { node: Some(*node), layer: layer - top });
        flow.layers[layer - top].push(ix);
    }
    // The dummies of the lane at hand, one for each layer below its source.
    let mut dummies: Vec<usize> = Vec::new();
    let mut lane_of = usize::MAX;
    for (edge, (a, b), back) in edges {
        let (upper, lower) = if *back { (*b, *a) } else { (*a, *b) };
        if by_rail && layers[lower] - layers[upper] > rails::SHORT {
            flow.long.push(Long { edge: *edge, upper, lower, back: *back });
            continue;
        }
        if *back || lane_of != upper {
            dummies.clear();
            flow.lanes.push(Vec::new());
            lane_of = if *back { usize::MAX } else { upper };
        }
        let (lane, last) = descend(&mut flow, upper, lower, *back, &mut dummies);
        flow.chains.push(Chain { edge: *edge, back: *back, lane, last });
    }
    weigh(&mut flow);
    flow
}

/// Counts the edges that share each segment.
pub(super) fn weigh(flow: &mut Flow) {
    flow.segments.iter_mut().for_each(|s| s.weight = 0);
    // How many edges leave each lane after so many segments.
    let mut leave: Vec<Vec<u32>> = flow.lanes.iter().map(|l| vec![0; l.len() + 1]).collect();
    for chain in &flow.chains {
        leave[chain.lane.0][chain.lane.1] += 1;
        flow.segments[chain.last].weight += 1;
    }
    for (lane, leave) in flow.lanes.iter().zip(leave) {
        let mut on = 0;
        for (segment, leave) in lane.iter().zip(leave.iter().skip(1)).rev() {
            on += leave;
            flow.segments[*segment].weight += on;
        }
    }
}

/// Goes from `upper` down to `lower` on the last lane, which is made longer as needed: the part of it that is used, and
/// the segment that leaves it.
fn descend(
    flow: &mut Flow,
    upper: usize,
    lower: usize,
    back: bool,
    dummies: &mut Vec<usize>,
) -> ((usize, usize), usize) {
    let from = flow.vertices[upper].layer;
    let passed = flow.vertices[lower].layer - from - 1;
    let lane = flow.lanes.len() - 1;
    while dummies.len() < passed {
        let at = dummies.last().copied().unwrap_or(upper);
        let dummy = flow.dummy(from + 1 + dummies.len());
        let segment = flow.segment(at, dummy, back);
        flow.lanes[lane].push(segment);
        dummies.push(dummy);
    }
    let at = if passed == 0 { upper } else { dummies[passed - 1] };
    ((lane, passed), flow.segment(at, lower, back))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_edges_of_one_source_share_their_dummies() {
        let flows = parts(5, &[(0, 1), (0, 3), (0, 4), (1, 2), (2, 3), (3, 4)], rails::DUMMIES);
        assert_eq!(flows.len(), 1);
        let flow = &flows[0];
        assert_eq!(flow.layers.len(), 5);
        assert_eq!(flow.vertices.len() - 5, 3);
        assert_eq!(flow.chains.iter().map(|c| flow.way(c).count()).sum::<usize>(), 4 + 3 + 4);
    }

    #[test]
    fn a_pair_of_edges_there_and_back_is_two_chains() {
        let flows = parts(2, &[(0, 1), (1, 0)], rails::DUMMIES);
        assert_eq!(flows[0].segments.len(), 2);
        assert_eq!(flows[0].chains.iter().filter(|c| c.back).count(), 1);
    }
}
