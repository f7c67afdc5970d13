//! Tracks: the row of each net's horizontal run in a gap.
//!
//! An upper port and a lower port of different nets in one column force an order of their tracks. A port is moved, or a
//! net split over two tracks, where these orders go round in a circle; then tracks are ordered for few crossings.

use std::collections::{BTreeMap, BTreeSet};

use super::flow::Flow;
use super::nets::Net;
use super::ports::{Columns, Inside};

/// The way of one net through its gap.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Way {
    /// Columns of its ports.
    pub(crate) columns: Columns,
    /// Row of its horizontal run, from 0; `None` for a straight line.
    pub(crate) track: Option<i32>,
    /// Column of the riser and row of the second run, where the net had to be split.
    pub(crate) split: Option<(i32, i32)>,
}

/// All ways of a gap.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Gap {
    /// In the order of the nets.
    pub(crate) ways: Vec<Way>,
    /// Rows the tracks take.
    pub(crate) tracks: i32,
}

/// A horizontal run with what hangs on it: a net, or half of a split one.
struct Run {
    net: usize,
    lower_half: bool,
    upper: Vec<i32>,
    lower: Vec<i32>,
    span: (i32, i32),
}

impl Run {
    fn new(net: usize, lower_half: bool, mut upper: Vec<i32>, mut lower: Vec<i32>) -> Self {
        upper.sort_unstable();
        lower.sort_unstable();
        let all = || upper.iter().chain(&lower).copied();
        let span = (all().min().unwrap_or(0), all().max().unwrap_or(0));
        Self { net, lower_half, upper, lower, span }
    }
}

/// Gives every net of a gap its tracks. `columns` are the ports as [`super::ports::ports`] put them, `inside` is where
/// vertices may have ports, `pairs` of runs may be compared.
pub(crate) fn route(
    flow: &Flow,
    nets: &[Net],
    columns: Vec<Columns>,
    inside: &[Inside],
    pairs: usize,
) -> Gap {
    let mut columns = columns;
    let split = break_circles(flow, nets, &mut columns, inside);
    let mut runs = Vec::new();
    for (n, c) in columns.iter().enumerate() {
        match split.get(&n) {
            Some(riser) => {
                runs.push(Run::new(n, false, c.upper.clone(), vec![*riser]));
                runs.push(Run::new(n, true, vec![*riser], c.lower.clone()));
            }
            None if is_straight(c) => {}
            None => runs.push(Run::new(n, false, c.upper.clone(), c.lower.clone())),
        }
    }
    let before = forced(&runs);
    let order = arrange(&runs, &before, pairs);
    let rows = pack(&runs, &order);
    let mut out = Gap {
        ways: columns.into_iter().map(|columns| Way { columns, ..Way::default() }).collect(),
        tracks: rows.iter().max().map_or(0, |r| r + 1),
    };
    for (run, row) in runs.iter().zip(rows) {
        let way = &mut out.ways[run.net];
        if run.lower_half {
            way.split = split.get(&run.net).map(|riser| (*riser, row));
        } else {
            way.track = Some(row);
        }
    }
    out
}

fn is_straight(c: &Columns) -> bool {
    c.upper.len() == 1 && c.upper == c.lower
}

/// Pairs (upper run, lower run) that a shared column forces.
fn forced(runs: &[Run]) -> Vec<(usize, usize)> {
    let mut by_column: BTreeMap<i32, usize> = BTreeMap::new();
    for (ix, run) in runs.iter().enumerate().filter(|(_, r)| !r.lower_half) {
        run.upper.iter().for_each(|c| {
            by_column.insert(*c, ix);
        });
    }
    let mut out = BTreeSet::new();
    for (ix, run) in runs.iter().enumerate() {
        if run.lower_half && ix > 0 {
            out.insert((ix - 1, ix));
        }
        for c in &run.lower {
            if let Some(above) = by_column.get(c).filter(|a| **a != ix) {
                out.insert((*above, ix));
            }
        }
    }
    out.into_iter().collect()
}

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
fn break_circles(
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

/// How many of `columns` (sorted) lie in `span`.
fn within(columns: &[i32], span: (i32, i32)) -> i32 {
    let from = columns.partition_point(|c| *c < span.0);
    let to = columns.partition_point(|c| *c <= span.1);
    (to - from) as i32
}

/// Crossings with `a` above `b`.
fn cost(a: &Run, b: &Run) -> i32 {
    within(&a.lower, b.span) + within(&b.upper, a.span)
}

/// Pairs of runs that may be compared in one drawing: a count and not a time, so that the drawing is the same on a slow
/// machine. Only graphs that nobody could read reach it.
pub(crate) const PAIRS: u64 = 8_000_000;

/// An order of the runs that keeps what is forced and has few crossings: the better of two starts, each improved by
/// putting every run to its best place; the start alone where there are more than `pairs` of them.
fn arrange(runs: &[Run], before: &[(usize, usize)], pairs: usize) -> Vec<usize> {
    let n = runs.len();
    let mut starts = [false, true].map(|mirrored| topological(runs, before, mirrored));
    if n < 2 || n * n > pairs.min(PAIRS as usize / 4) {
        return std::mem::take(&mut starts[0]);
    }
    let mut table = vec![0_i32; n * n];
    for a in 0..n {
        for b in a + 1..n {
            if runs[a].span.0 <= runs[b].span.1 && runs[b].span.0 <= runs[a].span.1 {
                table[a * n + b] = cost(&runs[a], &runs[b]);
                table[b * n + a] = cost(&runs[b], &runs[a]);
            }
        }
    }
    let mut above: Vec<Vec<usize>> = vec![Vec::new(); n];
    let mut below: Vec<Vec<usize>> = vec![Vec::new(); n];
    for (a, b) in before {
        above[*b].push(*a);
        below[*a].push(*b);
    }
    let total = |order: &[usize]| -> i64 {
        let pairs = order.iter().enumerate().flat_map(|(ix, a)| order[ix + 1..].iter().map(move |b| (a, b)));
        pairs.map(|(a, b)| i64::from(table[a * n + b])).sum()
    };
    for order in &mut starts {
        improve(order, &table, &above, &below);
    }
    let [first, second] = starts;
    if total(&second) < total(&first) { second } else { first }
}

/// Puts each run to its best place between those it must stay below and above, until nothing improves.
fn improve(order: &mut [usize], table: &[i32], above: &[Vec<usize>], below: &[Vec<usize>]) {
    const ROUNDS: usize = 12;
    let n = order.len();
    let mut place = vec![0; n];
    for (ix, run) in order.iter().enumerate() {
        place[*run] = ix;
    }
    for _ in 0..ROUNDS {
        let mut better = false;
        for run in 0..n {
            let at = place[run];
            let low = above[run].iter().map(|a| place[*a] + 1).max().unwrap_or(0);
            let high = below[run].iter().map(|b| place[*b]).min().unwrap_or(n);
            let (mut best, mut to, mut sum) = (0, at, 0);
            for ix in (low..at).rev() {
                sum += table[run * n + order[ix]] - table[order[ix] * n + run];
                if sum < best {
                    (best, to) = (sum, ix);
                }
            }
            sum = 0;
            for (ix, other) in order.iter().enumerate().take(high).skip(at + 1) {
                sum += table[other * n + run] - table[run * n + other];
                if sum < best {
                    (best, to) = (sum, ix);
                }
            }
            if to != at {
                better = true;
                let (from, upto) = (at.min(to), at.max(to));
                if to < at {
                    order[from..=upto].rotate_right(1);
                } else {
                    order[from..=upto].rotate_left(1);
                }
                for ix in from..=upto {
                    place[order[ix]] = ix;
                }
            }
        }
        if !better {
            break;
        }
    }
}

/// An order that keeps what is forced; free ones by their first column from the left, or mirrored.
fn topological(runs: &[Run], before: &[(usize, usize)], mirrored: bool) -> Vec<usize> {
    let n = runs.len();
    let mut open = vec![0_usize; n];
    let mut below: Vec<Vec<usize>> = vec![Vec::new(); n];
    for (a, b) in before {
        open[*b] += 1;
        below[*a].push(*b);
    }
    let key = |r: usize| if mirrored { (-runs[r].span.1, r) } else { (runs[r].span.0, r) };
    let mut ready: BTreeSet<(i32, usize)> = (0..n).filter(|r| open[*r] == 0).map(key).collect();
    let mut order = Vec::with_capacity(n);
    while let Some((_, run)) = ready.pop_first() {
        order.push(run);
        for b in &below[run] {
            open[*b] -= 1;
            if open[*b] == 0 {
                ready.insert(key(*b));
            }
        }
    }
    order
}

/// The row of each run: below the lowest of the earlier ones whose span touches its own, one blank column apart.
fn pack(runs: &[Run], order: &[usize]) -> Vec<i32> {
    let mut rows = vec![0; runs.len()];
    for (ix, run) in order.iter().enumerate() {
        let (low, high) = runs[*run].span;
        let lowest = order[..ix]
            .iter()
            .filter(|r| runs[**r].span.0 <= high + 1 && low <= runs[**r].span.1 + 1)
            .map(|r| rows[*r] + 1)
            .max();
        rows[*run] = lowest.unwrap_or(0);
    }
    rows
}
