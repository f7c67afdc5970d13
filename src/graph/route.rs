//! Tracks: the row of each net's horizontal run in a gap.
//!
//! An upper port and a lower port of different nets in one column force an order of their tracks. A port is moved, or a
//! net split over two tracks, where these orders go round in a circle; then tracks are ordered for few crossings, and a
//! fan to both sides takes two of them where that saves some.

use std::collections::{BTreeMap, BTreeSet};

use super::flow::Flow;
use super::nets::Net;
use super::ports::{Columns, Inside};

mod arrange;
mod branch;
mod circles;

pub(crate) use arrange::PAIRS;

/// The way of one net through its gap.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Way {
    /// Columns of its ports.
    pub(crate) columns: Columns,
    /// Row of its horizontal run, from 0; `None` for a straight line.
    pub(crate) track: Option<i32>,
    /// Its second run, where it has two.
    pub(crate) second: Option<Second>,
}

/// The second horizontal run of a net.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Second {
    /// The lowers hang on this row, the uppers on the first; a riser in `column` joins the two.
    Riser { column: i32, row: i32 },
    /// Of a fan: what lies to the right of its single port.
    Right { row: i32 },
}

impl Way {
    /// Rows at which the lines of an upper and of a lower port end, and the column of the riser between them where there
    /// is one; `None` for a straight line.
    pub(crate) fn rows(&self, upper: i32, lower: i32) -> Option<(i32, i32, Option<i32>)> {
        let track = self.track?;
        Some(match self.second {
            None => (track, track, None),
            Some(Second::Riser { column, row }) => (track, row, Some(column)),
            Some(Second::Right { row }) => {
                let at = if upper.max(lower) > self.stem() { row } else { track };
                (at, at, None)
            }
        })
    }
    /// Column of the single port of a fan.
    fn stem(&self) -> i32 {
        let list = if self.is_fan_out() { &self.columns.upper } else { &self.columns.lower };
        list.first().copied().unwrap_or(0)
    }
    fn is_fan_out(&self) -> bool {
        self.columns.upper.len() == 1
    }
    /// The row down to which the line of an upper port runs: a stem goes to the lower of its two.
    pub(crate) fn down_to(&self, column: i32) -> Option<i32> {
        match (self.track, self.second) {
            (Some(track), Some(Second::Right { row })) if self.is_fan_out() => Some(track.max(row)),
            _ => self.rows(column, self.stem()).map(|r| r.0),
        }
    }
    /// The row up to which the line of a lower port runs.
    pub(crate) fn up_to(&self, column: i32) -> Option<i32> {
        match (self.track, self.second) {
            (Some(track), Some(Second::Right { row })) if !self.is_fan_out() => Some(track.min(row)),
            _ => self.rows(self.stem(), column).map(|r| r.1),
        }
    }
    /// The horizontal runs: row, first and last column.
    pub(crate) fn runs(&self) -> Vec<(i32, i32, i32)> {
        let Columns { upper, lower } = &self.columns;
        let span = |track: i32, columns: &mut dyn Iterator<Item = i32>| {
            let (low, high) = columns.fold((i32::MAX, i32::MIN), |(a, b), c| (a.min(c), b.max(c)));
            (track, low, high)
        };
        let all = || upper.iter().chain(lower).copied();
        match (self.track, self.second) {
            (None, _) => Vec::new(),
            (Some(track), None) => vec![span(track, &mut all())],
            (Some(track), Some(Second::Riser { column, row })) => vec![
                span(track, &mut upper.iter().copied().chain([column])),
                span(row, &mut lower.iter().copied().chain([column])),
            ],
            (Some(track), Some(Second::Right { row })) => {
                let stem = self.stem();
                vec![
                    span(track, &mut all().filter(|c| *c <= stem)),
                    span(row, &mut all().filter(|c| *c >= stem)),
                ]
            }
        }
    }
}

/// All ways of a gap.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Gap {
    /// In the order of the nets.
    pub(crate) ways: Vec<Way>,
    /// Rows the tracks take.
    pub(crate) tracks: i32,
}

/// A port on a run: its column, its edges, and those of all ports before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Port {
    column: i32,
    edges: i64,
    before: i64,
}

/// Which run of its net a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The only one.
    Whole,
    /// The one with the uppers of a net that was split.
    Upper,
    /// The one with the lowers of a net that was split, after its other half in the list.
    Lower,
    /// Of a fan on two tracks: to the left of its single port and in line with it.
    Left,
    /// Of a fan on two tracks: to the right.
    Right,
}

/// A horizontal run with what hangs on it, ports from the left.
struct Run {
    net: usize,
    part: Part,
    upper: Vec<Port>,
    lower: Vec<Port>,
    span: (i32, i32),
}

impl Run {
    /// Ends are (column, edges).
    fn new(
        net: usize,
        part: Part,
        upper: impl Iterator<Item = (i32, u32)>,
        lower: impl Iterator<Item = (i32, u32)>,
    ) -> Self {
        let (upper, lower) = (ports(upper), ports(lower));
        let all = || upper.iter().chain(&lower).map(|p| p.column);
        let span = (all().min().unwrap_or(0), all().max().unwrap_or(0));
        Self { net, part, upper, lower, span }
    }
    /// The one run of a net.
    fn whole(n: usize, c: &Columns, net: &Net) -> Self {
        Self::new(n, Part::Whole, ends(&c.upper, &net.edges.0), ends(&c.lower, &net.edges.1))
    }
    /// The two runs of a net with a riser between them.
    fn split(n: usize, c: &Columns, net: &Net, riser: i32) -> [Self; 2] {
        let riser = || std::iter::once((riser, net.edges.0.iter().sum()));
        [
            Self::new(n, Part::Upper, ends(&c.upper, &net.edges.0), riser()),
            Self::new(n, Part::Lower, riser(), ends(&c.lower, &net.edges.1)),
        ]
    }
    /// Whether the two pass under each other somewhere.
    fn meets(&self, other: &Run) -> bool {
        self.span.0 <= other.span.1 && other.span.0 <= self.span.1
    }
    /// How many edges run through a column without turning there.
    fn through(&self, column: i32) -> i64 {
        let (above, below) = (sides(&self.upper, column), sides(&self.lower, column));
        // Every upper is joined to every lower: the edges of an upper go to the lowers in proportion to theirs.
        (above.0 * below.1 + above.1 * below.0) / total(&self.upper).max(1)
    }
}

fn ends(columns: &[i32], edges: &[u32]) -> impl Iterator<Item = (i32, u32)> {
    columns.iter().copied().zip(edges.iter().copied())
}

fn ports(ends: impl Iterator<Item = (i32, u32)>) -> Vec<Port> {
    let mut out: Vec<Port> =
        ends.map(|(column, edges)| Port { column, edges: i64::from(edges), before: 0 }).collect();
    out.sort_unstable();
    let mut before = 0;
    for port in &mut out {
        port.before = before;
        before += port.edges;
    }
    out
}

/// Edges of all ports.
fn total(ports: &[Port]) -> i64 {
    ports.last().map_or(0, |p| p.before + p.edges)
}

/// Edges of the ports to the left of a column, and to the right.
fn sides(ports: &[Port], column: i32) -> (i64, i64) {
    let all = total(ports);
    let before = |ix: usize| ports.get(ix).map_or(all, |p| p.before);
    let left = before(ports.partition_point(|p| p.column < column));
    (left, all - before(ports.partition_point(|p| p.column <= column)))
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
    let split = circles::break_circles(flow, nets, &mut columns, inside);
    let mut runs = Vec::new();
    for (n, (c, net)) in columns.iter().zip(nets).enumerate() {
        match split.get(&n) {
            Some(riser) => runs.extend(Run::split(n, c, net, *riser)),
            None if is_straight(c) => {}
            None => runs.push(Run::whole(n, c, net)),
        }
    }
    let mut order = arrange::arrange(&runs, &forced(&runs), pairs);
    // Every fan is held against every run anew: a gap that is one tangle stays as it is.
    let ports: usize = runs.iter().map(|r| r.upper.len() + r.lower.len()).sum();
    if arrange::is_few(runs.len() * ports, pairs) && branch::branch(&mut runs, &mut order) {
        arrange::again(&runs, &forced(&runs), &mut order);
    }
    let rows = pack(&runs, &order);
    let mut out = Gap {
        ways: columns.into_iter().map(|columns| Way { columns, ..Way::default() }).collect(),
        tracks: rows.iter().max().map_or(0, |r| r + 1),
    };
    for (run, row) in runs.iter().zip(rows) {
        let way = &mut out.ways[run.net];
        match run.part {
            Part::Whole | Part::Upper | Part::Left => way.track = Some(row),
            Part::Lower => {
                way.second = split.get(&run.net).map(|column| Second::Riser { column: *column, row });
            }
            Part::Right => way.second = Some(Second::Right { row }),
        }
    }
    out
}

fn is_straight(c: &Columns) -> bool {
    c.upper.len() == 1 && c.upper == c.lower
}

/// Pairs (upper run, lower run) that a shared column forces.
fn forced(runs: &[Run]) -> Vec<(usize, usize)> {
    let mut by_column: BTreeMap<i32, Vec<usize>> = BTreeMap::new();
    for (ix, run) in runs.iter().enumerate().filter(|(_, r)| r.part != Part::Lower) {
        run.upper.iter().for_each(|p| by_column.entry(p.column).or_default().push(ix));
    }
    let mut out = BTreeSet::new();
    for (ix, run) in runs.iter().enumerate() {
        if run.part == Part::Lower && ix > 0 {
            out.insert((ix - 1, ix));
        }
        let above = run.lower.iter().filter_map(|p| by_column.get(&p.column)).flatten();
        // The runs of one net may touch anywhere.
        out.extend(above.filter(|a| runs[**a].net != run.net).map(|a| (*a, ix)));
    }
    out.into_iter().collect()
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
