//! The order of each layer: few crossings.
//!
//! Starts from depth-first orders, sweeps by median and barycentre, sifts, then kicks: disturbs a place with crossings,
//! sifts around it and keeps what is not worse. All limits are counts and the generator has a fixed seed: one structure,
//! one drawing, on every machine.

use super::flow::Flow;

mod keep;
mod kick;
mod siblings;
mod sift;
mod sweep;

pub(crate) use keep::keep;

/// Neighbours with weights in one array.
struct Adjacent {
    start: Vec<u32>,
    list: Vec<(u32, u32)>,
}

impl Adjacent {
    fn new(n: usize, pairs: impl Iterator<Item = (usize, usize, u32)> + Clone) -> Self {
        let mut start = vec![0_u32; n + 1];
        for (a, _, _) in pairs.clone() {
            start[a + 1] += 1;
        }
        for v in 0..n {
            start[v + 1] += start[v];
        }
        let mut next = start.clone();
        let mut list = vec![(0_u32, 0_u32); start[n] as usize];
        for (a, b, w) in pairs {
            list[next[a] as usize] = (b as u32, w);
            next[a] += 1;
        }
        Self { start, list }
    }
    fn of(&self, v: usize) -> &[(u32, u32)] {
        &self.list[self.start[v] as usize..self.start[v + 1] as usize]
    }
}

/// What the steps work on: the current order with its crossings.
struct Orders {
    up: Adjacent,
    down: Adjacent,
    layers: Vec<Vec<u32>>,
    /// Place of each vertex in its layer.
    place: Vec<u32>,
    /// Crossings in the gap below each layer.
    crossings: Vec<u64>,
    tree: Vec<u64>,
    sift: sift::Room,
    /// Vertices that sifting leaves where they are; empty: none.
    fixed: Vec<bool>,
    /// Pairs of ends that may still be compared.
    work: u64,
}

/// Which of several equal steps a vertex is: a number of its name, and its own index.
pub(crate) type Kin = Option<(usize, u32)>;

/// Puts the layers of `flow` in order, `work` pairs of ends being compared at most; equal steps by their index where that
/// costs no crossing. `kin` is told for each vertex, and missing for all where nobody told.
pub(crate) fn order(flow: &mut Flow, work: u64, kin: &[Kin]) {
    if flow.layers.iter().all(|l| l.len() < 2) {
        return;
    }
    let mut orders = Orders::new(flow);
    orders.work = work;
    let mut best: Option<(u64, Vec<Vec<u32>>)> = None;
    let starts = if flow.vertices.len() < SMALL { STARTS_OF_SMALL } else { STARTS };
    for start in 0..starts {
        orders.set(sweep::depth_first(&orders, flow, start));
        orders.improve();
        let total = orders.total();
        if best.as_ref().is_none_or(|(least, _)| total < *least) {
            best = Some((total, orders.layers.clone()));
        }
        if total == 0 {
            break;
        }
    }
    if let Some((_, layers)) = best {
        orders.set(layers);
    }
    kick::kicks(&mut orders, kick::budget(flow.vertices.len()));
    orders.by_id(flow);
    orders.by_index(kin);
    flow.layers = orders.layers.iter().map(|l| l.iter().map(|v| *v as usize).collect()).collect();
}

/// Pairs of ends that may be compared for one drawing; a count and not a time, so that the drawing is the same on a
/// slow machine. Only graphs that nobody could read reach it.
pub(crate) const WORK: u64 = 250_000_000;
/// Starts that are tried.
const STARTS: usize = 2;
/// The same for parts with fewer than [`SMALL`] vertices.
const STARTS_OF_SMALL: usize = 4;
/// Vertices, dummies included, from which a start is too dear to try four.
const SMALL: usize = 1_000;
/// Sweeps of one start at most, and how many may bring nothing before the rest is left out.
const SWEEPS: (usize, usize) = (32, 17);
/// The same for sweeps with sifting.
const SIFTED_SWEEPS: (usize, usize) = (8, 4);
/// Rounds of sifting after a sweep, and after the best one.
const SIFTS: usize = 3;
const SIFTS_AT_THE_END: usize = 12;

impl Orders {
    fn new(flow: &Flow) -> Self {
        let n = flow.vertices.len();
        let segments = flow.segments.iter();
        let layers: Vec<Vec<u32>> =
            flow.layers.iter().map(|l| l.iter().map(|v| *v as u32).collect()).collect();
        let mut orders = Self {
            up: Adjacent::new(n, segments.clone().map(|s| (s.lower, s.upper, s.weight))),
            down: Adjacent::new(n, segments.map(|s| (s.upper, s.lower, s.weight))),
            crossings: vec![0; flow.gaps.len()],
            place: vec![0; n],
            layers: Vec::new(),
            tree: Vec::new(),
            sift: sift::Room::default(),
            fixed: Vec::new(),
            work: WORK,
        };
        orders.set(layers);
        orders
    }
    fn total(&self) -> u64 {
        self.crossings.iter().sum()
    }
    fn set(&mut self, layers: Vec<Vec<u32>>) {
        self.layers = layers;
        for l in 0..self.layers.len() {
            self.renumber(l);
        }
        for gap in 0..self.crossings.len() {
            self.recount(gap);
        }
    }
    fn renumber(&mut self, layer: usize) {
        for (ix, v) in self.layers[layer].iter().enumerate() {
            self.place[*v as usize] = ix as u32;
        }
    }
    /// Counts the crossings of a gap with a Fenwick tree.
    fn recount(&mut self, gap: usize) {
        let wide = self.layers[gap + 1].len();
        self.tree.clear();
        self.tree.resize(wide + 1, 0);
        let (mut all, mut crossings) = (0_u64, 0_u64);
        for v in &self.layers[gap] {
            let ends = self.down.of(*v as usize);
            for (to, weight) in ends {
                let mut at = self.place[*to as usize] as usize + 1;
                let mut upto = 0;
                while at > 0 {
                    upto += self.tree[at];
                    at &= at - 1;
                }
                crossings += u64::from(*weight) * (all - upto);
            }
            for (to, weight) in ends {
                let mut at = self.place[*to as usize] as usize + 1;
                while at <= wide {
                    self.tree[at] += u64::from(*weight);
                    at += at & at.wrapping_neg();
                }
                all += u64::from(*weight);
            }
        }
        self.crossings[gap] = crossings;
    }
    /// Recounts both gaps at a layer.
    fn recount_at(&mut self, layer: usize) {
        if layer > 0 {
            self.recount(layer - 1);
        }
        if layer < self.crossings.len() {
            self.recount(layer);
        }
    }
    /// Sweeps alone, which order the whole; then sifting; then sweeps that are each followed by sifting. The best order
    /// seen is kept.
    fn improve(&mut self) {
        self.sweeps(0, SWEEPS.0, SWEEPS.1, 0);
        self.sift_all(SIFTS_AT_THE_END);
        self.sweeps(8, SIFTED_SWEEPS.0, SIFTED_SWEEPS.1, SIFTS);
        self.sift_all(SIFTS_AT_THE_END);
    }
    /// Up to `count` sweeps, each with `sifts` rounds after it, until `patience` of them in a row brought nothing.
    fn sweeps(&mut self, first: usize, count: usize, patience: usize, sifts: usize) {
        let mut best = (self.total(), self.layers.clone());
        let mut idle = 0;
        for turn in first..first + count {
            if best.0 == 0 || idle >= patience || self.work == 0 {
                break;
            }
            self.sweep(turn);
            self.work = self.work.saturating_sub(32 * self.down.list.len() as u64);
            self.sift_all(sifts);
            let total = self.total();
            if total < best.0 {
                best = (total, self.layers.clone());
                idle = 0;
            } else {
                idle += 1;
            }
        }
        self.set(best.1);
    }
    /// Sifts all layers, downward and upward in turn, until nothing improves.
    fn sift_all(&mut self, rounds: usize) {
        for turn in 0..rounds {
            let before = self.total();
            if before == 0 {
                break;
            }
            for nth in 0..self.layers.len() {
                let layer = if turn % 2 == 0 { nth } else { self.layers.len() - 1 - nth };
                self.sift_layer(layer);
            }
            if self.total() == before {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::flow::parts;

    fn crossings(n: usize, edges: &[(usize, usize)]) -> u64 {
        let mut flows = parts(n, edges, usize::MAX);
        flows
            .iter_mut()
            .map(|f| {
                order(f, WORK, &[]);
                Orders::new(f).total()
            })
            .sum()
    }

    #[test]
    fn a_twisted_ladder_is_untwisted() {
        assert_eq!(crossings(8, &[(0, 3), (1, 2), (2, 5), (3, 4), (4, 7), (5, 6), (0, 2)]), 0);
    }

    #[test]
    fn a_complete_pair_of_layers_has_the_crossings_it_must_have() {
        let edges: Vec<_> = (0..3).flat_map(|a| (3..6).map(move |b| (a, b))).collect();
        assert_eq!(crossings(6, &edges), 9);
    }
}
