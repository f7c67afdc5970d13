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
    /// Whether it is a back edge, alone by rule.
    pub(crate) back: bool,
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
        let nets = of_gap(flow, gap, &mut out.of_segment);
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

fn of_gap(flow: &Flow, gap: &[usize], of_segment: &mut [usize]) -> Vec<Net> {
    let mut nets: Vec<Net> = Vec::new();
    let mut downs: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for s in gap {
        let segment = &flow.segments[*s];
        if segment.back {
            of_segment[*s] = nets.len();
            nets.push(Net { uppers: vec![segment.upper], lowers: vec![segment.lower], back: true });
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
        nets.push(Net { uppers: vec![v], lowers, back: false });
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
        out.push((Net { uppers, lowers, back: false }, Vec::new()));
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
    fn what_is_not_complete_is_cut_where_it_costs_less() {
        // Three targets, of which two wait for the same two: two nets, not three.
        assert_eq!(count(5, &[(0, 2), (1, 2), (0, 3), (1, 3), (1, 4)]), 2);
    }
}
