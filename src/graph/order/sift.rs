//! Sifting: each vertex is tried at every place of its layer while all others stay.

use super::{Adjacent, Orders};

/// Places tried to each side: in a layer of thousands, trying all would take minutes.
const REACH: usize = 400;

/// Buffers kept between calls.
#[derive(Default)]
pub(super) struct Room {
    up: Ends,
    down: Ends,
    order: Vec<u32>,
    place: Vec<u32>,
}

/// Sorted ends of each vertex of the layer at hand: (place in the other layer, weight).
#[derive(Default)]
struct Ends {
    start: Vec<u32>,
    list: Vec<(u32, u32)>,
    weight: Vec<i64>,
}

impl Ends {
    fn fill(&mut self, layer: &[u32], adjacent: &Adjacent, place: &[u32]) {
        self.start.clear();
        self.list.clear();
        self.weight.clear();
        self.start.push(0);
        for v in layer {
            let from = self.list.len();
            self.list.extend(adjacent.of(*v as usize).iter().map(|(to, w)| (place[*to as usize], *w)));
            self.list[from..].sort_unstable();
            self.weight.push(self.list[from..].iter().map(|(_, w)| i64::from(*w)).sum());
            self.start.push(self.list.len() as u32);
        }
    }
    #[inline]
    fn of(&self, v: usize) -> &[(u32, u32)] {
        &self.list[self.start[v] as usize..self.start[v + 1] as usize]
    }
    #[inline]
    /// Crossings with `a` before `b`, less those with `b` before `a`.
    fn difference(&self, a: usize, b: usize) -> i64 {
        let (ends_a, ends_b) = (self.of(a), self.of(b));
        let (Some(first_a), Some(first_b)) = (ends_a.first(), ends_b.first()) else { return 0 };
        let (last_a, last_b) = (ends_a[ends_a.len() - 1], ends_b[ends_b.len() - 1]);
        if last_a.0 < first_b.0 {
            return -self.weight[a] * self.weight[b];
        }
        if last_b.0 < first_a.0 {
            return self.weight[a] * self.weight[b];
        }
        let all = self.weight[b];
        let (mut less, mut upto, mut i, mut j) = (0_i64, 0_i64, 0, 0);
        let mut sum = 0;
        for (at, w) in ends_a {
            while i < ends_b.len() && ends_b[i].0 < *at {
                less += i64::from(ends_b[i].1);
                i += 1;
            }
            while j < ends_b.len() && ends_b[j].0 <= *at {
                upto += i64::from(ends_b[j].1);
                j += 1;
            }
            sum += i64::from(*w) * (less - (all - upto));
        }
        sum
    }
}

impl Orders {
    /// Sifts one layer. Says whether anything became better.
    pub(super) fn sift_layer(&mut self, layer: usize) -> bool {
        let wide = self.layers[layer].len();
        let touching = |gap: usize| self.crossings.get(gap).is_some_and(|c| *c > 0);
        if wide < 2 || !(touching(layer) || (layer > 0 && touching(layer - 1))) {
            return false;
        }
        if self.work == 0 {
            return false;
        }
        let room = &mut self.sift;
        room.up.fill(&self.layers[layer], &self.up, &self.place);
        room.down.fill(&self.layers[layer], &self.down, &self.place);
        // Every pair in reach is compared end by end.
        let ends = room.up.list.len() + room.down.list.len();
        self.work = self.work.saturating_sub(((wide + ends) * wide.min(2 * REACH)) as u64);
        room.order.clear();
        room.order.extend(0..wide as u32);
        room.place.clear();
        room.place.extend(0..wide as u32);
        let mut better = false;
        for v in 0..wide {
            let is_fixed = self.fixed.get(self.layers[layer][v] as usize).is_some_and(|f| *f);
            better |= !is_fixed && room.sift_one(v);
        }
        if better {
            let old = self.layers[layer].clone();
            for (to, from) in self.sift.order.iter().enumerate() {
                self.layers[layer][to] = old[*from as usize];
            }
            self.renumber(layer);
            self.recount_at(layer);
        }
        better
    }
}

impl Room {
    fn difference(&self, a: usize, b: usize) -> i64 {
        self.up.difference(a, b) + self.down.difference(a, b)
    }
    fn sift_one(&mut self, v: usize) -> bool {
        let at = self.place[v] as usize;
        let (mut best, mut to) = (0_i64, at);
        let mut cost = 0;
        for place in (at.saturating_sub(REACH)..at).rev() {
            cost += self.difference(v, self.order[place] as usize);
            if cost < best {
                (best, to) = (cost, place);
            }
        }
        cost = 0;
        for place in at + 1..self.order.len().min(at + REACH) {
            cost -= self.difference(v, self.order[place] as usize);
            if cost < best {
                (best, to) = (cost, place);
            }
        }
        if to == at {
            return false;
        }
        let (low, high) = (at.min(to), at.max(to));
        if to < at {
            self.order[low..=high].rotate_right(1);
        } else {
            self.order[low..=high].rotate_left(1);
        }
        for place in low..=high {
            self.place[self.order[place] as usize] = place as u32;
        }
        true
    }
}
