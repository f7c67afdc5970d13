//! The order of the tracks of a gap: few crossings, and nothing that is forced is broken.

use std::collections::BTreeSet;

use super::{Port, Run};

/// What it costs that lines from `ports` cross `run`: each pair of edges that cross, and each cell where they do. Pairs
/// alone would make the drawing's crossings as few as the order allows, but on a tenth more cells; cells alone are blind
/// to how many edges a line carries.
fn over(ports: &[Port], run: &Run) -> i64 {
    let from = ports.partition_point(|p| p.column < run.span.0);
    let under = ports[from..].iter().take_while(|p| p.column <= run.span.1);
    under.map(|p| (p, run.through(p.column))).filter(|(_, t)| *t > 0).map(|(p, t)| p.edges * t + 1).sum()
}

/// Crossings with `a` above `b`.
pub(super) fn cost(a: &Run, b: &Run) -> i32 {
    i32::try_from(over(&a.lower, b) + over(&b.upper, a)).unwrap_or(i32::MAX)
}

/// Pairs of runs that may be compared in one drawing: a count and not a time, so that the drawing is the same on a slow
/// machine. Only graphs that nobody could read reach it.
pub(crate) const PAIRS: u64 = 8_000_000;

/// What every pair of runs costs, and what is forced, for runs that may be compared pair by pair.
struct Table {
    runs: usize,
    /// Crossings with the first above the second, at `first * runs + second`.
    cost: Vec<i32>,
    /// Runs that each must stay below, and above.
    above: Vec<Vec<usize>>,
    below: Vec<Vec<usize>>,
}

impl Table {
    fn new(runs: &[Run], before: &[(usize, usize)]) -> Self {
        let n = runs.len();
        let mut out =
            Self { runs: n, cost: vec![0; n * n], above: vec![Vec::new(); n], below: vec![Vec::new(); n] };
        for a in 0..n {
            for b in (a + 1..n).filter(|b| runs[a].meets(&runs[*b])) {
                out.cost[a * n + b] = cost(&runs[a], &runs[b]);
                out.cost[b * n + a] = cost(&runs[b], &runs[a]);
            }
        }
        for (a, b) in before {
            out.above[*b].push(*a);
            out.below[*a].push(*b);
        }
        out
    }
    fn of(&self, above: usize, below: usize) -> i64 {
        i64::from(self.cost[above * self.runs + below])
    }
    fn total(&self, order: &[usize]) -> i64 {
        let pairs = order.iter().enumerate().flat_map(|(ix, a)| order[ix + 1..].iter().map(move |b| (a, b)));
        pairs.map(|(a, b)| self.of(*a, *b)).sum()
    }
}

/// Whether so many pairs may be compared.
pub(super) fn is_few(count: usize, pairs: usize) -> bool {
    count <= pairs.min(PAIRS as usize / 4)
}

/// An order of the runs that keeps what is forced and has few crossings: the better of two starts, each improved by
/// putting every run to its best place; the start alone where there are more than `pairs` of them.
pub(super) fn arrange(runs: &[Run], before: &[(usize, usize)], pairs: usize) -> Vec<usize> {
    let mut starts = [false, true].map(|mirrored| topological(runs, before, mirrored));
    if runs.len() < 2 || !is_few(runs.len() * runs.len(), pairs) {
        return std::mem::take(&mut starts[0]);
    }
    let table = Table::new(runs, before);
    for order in &mut starts {
        improve(order, &table);
    }
    let [first, second] = starts;
    if table.total(&second) < table.total(&first) { second } else { first }
}

/// Improves an order once more, after runs were parted.
pub(super) fn again(runs: &[Run], before: &[(usize, usize)], order: &mut [usize]) {
    improve(order, &Table::new(runs, before));
}

/// Puts each run to its best place between those it must stay below and above, until nothing improves.
fn improve(order: &mut [usize], table: &Table) {
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
            let low = table.above[run].iter().map(|a| place[*a] + 1).max().unwrap_or(0);
            let high = table.below[run].iter().map(|b| place[*b]).min().unwrap_or(n);
            let (mut best, mut to, mut sum) = (0, at, 0);
            let worse = |a: usize, b: usize| table.of(a, b) - table.of(b, a);
            for ix in (low..at).rev() {
                sum += worse(run, order[ix]);
                if sum < best {
                    (best, to) = (sum, ix);
                }
            }
            sum = 0;
            for (ix, other) in order.iter().enumerate().take(high).skip(at + 1) {
                sum += worse(*other, run);
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
