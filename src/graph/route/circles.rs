//! Circles of forced orders: a port is moved, or a net split over two tracks.

use std::collections::{BTreeMap, BTreeSet};

use super::is_straight;
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
        let mut count: BTreeMap<usize, usize> = BTreeMap::new();
        for (a, b, _) in &pairs {
            *count.entry(*a).or_default() += 1;
            *count.entry(*b).or_default() += 1;
        }
        let Some((net, _)) = count.into_iter().max_by_key(|(n, times)| (*times, std::cmp::Reverse(*n)))
        else {
            return split;
        };
        let rails: BTreeSet<i32> = flow.rails.columns().map(|(stop, _)| inside[stop].0).collect();
        let riser = free_column(columns, &split, &rails, net);
        split.insert(net, riser);
    }
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

/// The column nearest to the middle of a net that no port and no riser of the gap has, and no rail, which may pass it.
fn free_column(columns: &[Columns], split: &BTreeMap<usize, i32>, rails: &BTreeSet<i32>, net: usize) -> i32 {
    let taken: BTreeSet<i32> =
        columns.iter().flat_map(|c| c.upper.iter().chain(&c.lower)).chain(split.values()).copied().collect();
    let own = || columns[net].upper.iter().chain(&columns[net].lower).copied();
    let middle = i32::midpoint(own().min().unwrap_or(0), own().max().unwrap_or(0));
    // One more than are taken is always enough to find a free one.
    let near = (0..=(taken.len() + rails.len()) as i32).flat_map(|d| [middle + d, middle - d]);
    near.into_iter().find(|c| !taken.contains(c) && !rails.contains(c)).unwrap_or(middle)
}
