//! Circles of forced orders: a port is moved, or a net split over two tracks.

use std::collections::{BTreeMap, BTreeSet};

use super::arrange::cost;
use super::{Run, is_straight};
use crate::graph::flow::Flow;
use crate::graph::nets::Net;
use crate::graph::ports::{Columns, Inside};

/// Nets that still force each other in a circle.
fn circle(columns: &[Columns], split: &BTreeMap<usize, i32>) -> Vec<(usize, usize, i32)> {
    let mut by_column: BTreeMap<i32, usize> = BTreeMap::new();
    let whole = |n: usize| !split.contains_key(&n);
    for (n, c) in columns.iter().enumerate().filter(|(n, c)| whole(*n) && !is_straight(c)) {
        c.upper.iter().for_each(|col| {
            by_column.insert(*col, n);
        });
    }
    let mut pairs: Vec<(usize, usize, i32)> = Vec::new();
    for (n, c) in columns.iter().enumerate().filter(|(n, c)| whole(*n) && !is_straight(c)) {
        pairs.extend(c.lower.iter().filter_map(|col| {
            by_column.get(col).filter(|above| **above != n).map(|above| (*above, n, *col))
        }));
    }
    loop {
        let above: BTreeSet<usize> = pairs.iter().map(|p| p.0).collect();
        let below: BTreeSet<usize> = pairs.iter().map(|p| p.1).collect();
        let count = pairs.len();
        pairs.retain(|(a, b, _)| below.contains(a) && above.contains(b));
        if pairs.len() == count {
            return pairs;
        }
    }
}

/// Moves ports until no circle is left; what cannot be moved is split, with the column of its riser.
pub(super) fn break_circles(
    flow: &Flow,
    nets: &[Net],
    columns: &mut [Columns],
    inside: &[Inside],
) -> BTreeMap<usize, i32> {
    let mut split = BTreeMap::new();
    loop {
        let pairs = circle(columns, &split);
        if pairs.is_empty() {
            return split;
        }
        let moved = pairs.iter().any(|(above, below, column)| {
            move_port(flow, nets, columns, &split, inside, (*above, true), *column)
                || move_port(flow, nets, columns, &split, inside, (*below, false), *column)
        });
        if moved {
            continue;
        }
        let rails: BTreeSet<i32> = flow.rails.columns().map(|(stop, _)| inside[stop].0).collect();
        let Some((net, riser)) = cheapest(nets, columns, &split, &rails, &pairs) else { return split };
        split.insert(net, riser);
    }
}

/// Nets in circles up to which the cheapest to split is looked for; of more the one that most others touch is taken.
const FEW: usize = 16;

/// Which net is split, and the column of its riser.
fn cheapest(
    nets: &[Net],
    columns: &[Columns],
    split: &BTreeMap<usize, i32>,
    rails: &BTreeSet<i32>,
    pairs: &[(usize, usize, i32)],
) -> Option<(usize, i32)> {
    let mut count: BTreeMap<usize, usize> = BTreeMap::new();
    for net in pairs.iter().flat_map(|(a, b, _)| [*a, *b]) {
        *count.entry(net).or_default() += 1;
    }
    let taken: BTreeSet<i32> =
        columns.iter().flat_map(|c| c.upper.iter().chain(&c.lower)).chain(split.values()).copied().collect();
    let free = |near: i32| free_column(&taken, rails, near);
    let middle = |n: usize| {
        let own = || columns[n].upper.iter().chain(&columns[n].lower).copied();
        i32::midpoint(own().min().unwrap_or(0), own().max().unwrap_or(0))
    };
    if count.len() > FEW {
        let most = count.into_iter().max_by_key(|(n, times)| (*times, std::cmp::Reverse(*n)))?;
        return Some((most.0, free(middle(most.0))));
    }
    let runs: Vec<Run> =
        columns.iter().zip(nets).enumerate().map(|(n, (c, net))| Run::whole(n, c, net)).collect();
    let ends = |n: usize| columns[n].upper.first().into_iter().chain(columns[n].lower.first()).copied();
    let all =
        count.keys().flat_map(|n| std::iter::once(middle(*n)).chain(ends(*n)).map(|near| (*n, free(near))));
    all.min_by_key(|(n, riser)| price(&runs, &Run::split(*n, &columns[*n], &nets[*n], *riser)))
}

/// What it costs to split a net: nothing is above its upper half, nothing below its lower one.
fn price(runs: &[Run], [upper, lower]: &[Run; 2]) -> i64 {
    let others = runs.iter().filter(|r| r.net != upper.net);
    others.map(|o| i64::from(cost(upper, o)) + i64::from(cost(o, lower))).sum()
}

/// Moves the port of a net at `column` by up to three cells to where no other port of the gap is or would be near on
/// the same border.
fn move_port(
    flow: &Flow,
    nets: &[Net],
    columns: &mut [Columns],
    split: &BTreeMap<usize, i32>,
    inside: &[Inside],
    (net, above): (usize, bool),
    column: i32,
) -> bool {
    let list = if above { &columns[net].upper } else { &columns[net].lower };
    let Some(end) = list.iter().position(|c| *c == column) else { return false };
    let v = if above { nets[net].uppers[end] } else { nets[net].lowers[end] };
    if flow.is_dummy(v) {
        return false;
    }
    let (low, high) = inside[v];
    let same: BTreeSet<i32> =
        columns.iter().flat_map(|c| if above { &c.upper } else { &c.lower }).copied().collect();
    let other: BTreeSet<i32> = columns
        .iter()
        .flat_map(|c| if above { &c.lower } else { &c.upper })
        .chain(split.values())
        .copied()
        .collect();
    let left = same.range(..column).next_back().map_or(i32::MIN, |c| c + 2);
    let right = same.range(column + 1..).next().map_or(i32::MAX, |c| c - 2);
    let found = [-1, 1, -2, 2, -3, 3]
        .iter()
        .map(|d| column + d)
        .find(|c| (low..=high).contains(c) && (left..=right).contains(c) && !other.contains(c));
    let Some(to) = found else { return false };
    let list = if above { &mut columns[net].upper } else { &mut columns[net].lower };
    list[end] = to;
    true
}

/// The column nearest to `near` that no port and no riser of the gap has, and no rail, which may pass it.
fn free_column(taken: &BTreeSet<i32>, rails: &BTreeSet<i32>, near: i32) -> i32 {
    // One more than are taken is always enough to find a free one.
    let all = (0..=(taken.len() + rails.len()) as i32).flat_map(|d| [near + d, near - d]);
    all.into_iter().find(|c| !taken.contains(c) && !rails.contains(c)).unwrap_or(near)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_nets_in_a_circle_the_cheaper_one_is_split() {
        // A fan of four and a fan of three, each with an end in the column of the other's port.
        let columns = [
            Columns { upper: vec![31], lower: vec![17, 23, 36, 39] },
            Columns { upper: vec![23], lower: vec![11, 31, 34] },
        ];
        let net = |c: &Columns| Net {
            uppers: vec![0],
            lowers: (1..=c.lower.len()).collect(),
            edges: (vec![c.lower.len() as u32], vec![1; c.lower.len()]),
            back: false,
        };
        let nets: Vec<Net> = columns.iter().map(net).collect();
        let pairs = [(0, 1, 31), (1, 0, 23)];
        let nothing = (BTreeMap::new(), BTreeSet::new());
        let found = cheapest(&nets, &columns, &nothing.0, &nothing.1, &pairs);
        assert_eq!(found.map(|f| f.0), Some(1), "{found:?}");
        let riser = found.map_or(0, |f| f.1);
        assert!(columns.iter().all(|c| !c.upper.contains(&riser) && !c.lower.contains(&riser)));
    }
}
