//! Which lines of a gap may run together without saying anything false (graph.md 5).
//!
//! A net is a set of uppers and a set of lowers with every pair an edge. Only lines of one net share cells.

use std::collections::BTreeMap;

use super::flow::Flow;

/// Lines that run together in one gap.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Net {
    /// Vertices above, in order of index.
    pub(crate) uppers: Vec<usize>,
    /// Vertices below, in order of index.
    pub(crate) lowers: Vec<usize>,
    /// How many edges leave each of the uppers, and arrive at each of the lowers: a line may carry several, where long
    /// edges share a lane.
    pub(crate) edges: (Vec<u32>, Vec<u32>),
    /// Whether it is a back edge, alone by rule.
    pub(crate) back: bool,
}

impl Net {
    /// Forward, its edges not yet counted.
    fn new(uppers: Vec<usize>, lowers: Vec<usize>) -> Self {
        Self { uppers, lowers, ..Self::default() }
    }
}

/// The nets of all gaps.
#[derive(Debug, Clone, Default)]
pub(crate) struct Nets {
    /// Nets of each gap.
    pub(crate) gaps: Vec<Vec<Net>>,
    /// For each segment the index of its net in its gap.
    pub(crate) of_segment: Vec<usize>,
}

/// Finds the nets of a flow. They depend on the edges alone, not on any order.
pub(crate) fn nets(flow: &Flow) -> Nets {
    let mut out = Nets { gaps: Vec::new(), of_segment: vec![0; flow.segments.len()] };
    for gap in &flow.gaps {
        let mut nets = of_gap(flow, gap, &mut out.of_segment);
        count(flow, gap, &out.of_segment, &mut nets);
        out.gaps.push(nets);
    }
    out
}

/// How many ports each vertex needs on its upper and on its lower side.
pub(crate) fn ports(flow: &Flow, nets: &Nets) -> Vec<(usize, usize)> {
    let mut count = vec![(0, 0); flow.vertices.len()];
    for net in nets.gaps.iter().flatten() {
        net.uppers.iter().for_each(|v| count[*v].1 += 1);
        net.lowers.iter().for_each(|v| count[*v].0 += 1);
    }
    count
}

/// Counts the edges at each end of each net.
fn count(flow: &Flow, gap: &[usize], of_segment: &[usize], nets: &mut [Net]) {
    for net in nets.iter_mut() {
        net.edges = (vec![0; net.uppers.len()], vec![0; net.lowers.len()]);
    }
    for s in gap {
        let segment = &flow.segments[*s];
        let net = &mut nets[of_segment[*s]];
        if let (Ok(upper), Ok(lower)) =
            (net.uppers.binary_search(&segment.upper), net.lowers.binary_search(&segment.lower))
        {
            net.edges.0[upper] += segment.weight;
            net.edges.1[lower] += segment.weight;
        }
    }
}

fn of_gap(flow: &Flow, gap: &[usize], of_segment: &mut [usize]) -> Vec<Net> {
    let mut nets: Vec<Net> = Vec::new();
    let mut downs: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for s in gap {
        let segment = &flow.segments[*s];
        if segment.back {
            of_segment[*s] = nets.len();
            nets.push(Net { back: true, ..Net::new(vec![segment.upper], vec![segment.lower]) });
        } else {
            downs.entry(segment.upper).or_default().push(*s);
        }
    }
    // A dummy is one column wide and can have one port only: its lines are a net of their own.
    let parting: Vec<usize> =
        downs.iter().filter(|(v, list)| flow.is_dummy(**v) && list.len() > 1).map(|(v, _)| *v).collect();
    for v in parting {
        let list = downs.remove(&v).unwrap_or_default();
        let mut lowers: Vec<usize> = list.iter().map(|s| flow.segments[*s].lower).collect();
        lowers.sort_unstable();
        for s in &list {
            of_segment[*s] = nets.len();
        }
        nets.push(Net::new(vec![v], lowers));
    }
    for part in joined(flow, downs) {
        let by_upper = grouped(flow, &part, true);
        let by_lower = grouped(flow, &part, false);
        let best = if by_upper.len() < by_lower.len() { by_upper } else { by_lower };
        for (net, segments) in best {
            for s in segments {
                of_segment[s] = nets.len();
            }
            nets.push(net);
        }
    }
    nets
}

/// Segments that hang together, each list sorted.
fn joined(flow: &Flow, downs: BTreeMap<usize, Vec<usize>>) -> Vec<Vec<usize>> {
    let mut ups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for s in downs.values().flatten() {
        ups.entry(flow.segments[*s].lower).or_default().push(*s);
    }
    let mut left = downs;
    let mut parts = Vec::new();
    while let Some((_, first)) = left.pop_first() {
        let mut part = Vec::new();
        let mut stack = first;
        while let Some(s) = stack.pop() {
            part.push(s);
            for other in ups.remove(&flow.segments[s].lower).unwrap_or_default() {
                if let Some(more) = left.remove(&flow.segments[other].upper) {
                    stack.extend(more);
                }
            }
        }
        part.sort_unstable();
        parts.push(part);
    }
    parts
}

/// One part cut into nets: uppers with equal sets of lowers, or lowers with equal sets of uppers, together.
fn grouped(flow: &Flow, part: &[usize], by_upper: bool) -> Vec<(Net, Vec<usize>)> {
    let mut sets: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for s in part {
        let segment = &flow.segments[*s];
        let (own, other) =
            if by_upper { (segment.upper, segment.lower) } else { (segment.lower, segment.upper) };
        sets.entry(own).or_default().push(other);
    }
    let mut groups: BTreeMap<Vec<usize>, Vec<usize>> = BTreeMap::new();
    for (own, mut others) in sets {
        others.sort_unstable();
        groups.entry(others).or_default().push(own);
    }
    let mut group_of: BTreeMap<usize, usize> = BTreeMap::new();
    let mut out: Vec<(Net, Vec<usize>)> = Vec::new();
    for (others, own) in groups {
        for v in &own {
            group_of.insert(*v, out.len());
        }
        let (uppers, lowers) = if by_upper { (own, others) } else { (others, own) };
        out.push((Net::new(uppers, lowers), Vec::new()));
    }
    for s in part {
        let segment = &flow.segments[*s];
        let own = if by_upper { segment.upper } else { segment.lower };
        if let Some(group) = group_of.get(&own).and_then(|g| out.get_mut(*g)) {
            group.1.push(*s);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::flow::parts;

    fn count(n: usize, edges: &[(usize, usize)]) -> usize {
        parts(n, edges, usize::MAX).iter().map(|f| nets(f).gaps.iter().map(Vec::len).sum::<usize>()).sum()
    }

    #[test]
    fn a_complete_join_is_one_net() {
        let edges: Vec<_> = (0..20).flat_map(|a| (20..40).map(move |b| (a, b))).collect();
        assert_eq!(count(40, &edges), 1);
    }

    #[test]
    fn a_net_knows_how_many_edges_its_lines_carry() {
        // Two long edges of 0 share a lane as far as 3: its line is two edges, the one to 1 is one.
        let flows = parts(5, &[(0, 1), (0, 3), (0, 4), (1, 2), (2, 3), (3, 4)], usize::MAX);
        let nets = nets(&flows[0]);
        let first = &nets.gaps[0][0];
        assert_eq!((&first.edges.0, &first.edges.1), (&vec![3], &vec![1, 2]));
    }

    #[test]
    fn what_is_not_complete_is_cut_where_it_costs_less() {
        // Three targets, of which two wait for the same two: two nets, not three.
        assert_eq!(count(5, &[(0, 2), (1, 2), (0, 3), (1, 3), (1, 4)]), 2);
    }
}
