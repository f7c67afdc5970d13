//! Kicks: a place with crossings is disturbed and sifted anew; what is not worse is kept.

use super::Orders;

/// Kicks of a part with so many vertices, and how many of them may bring nothing before the rest is left out: small
/// drawings are looked at most and cost least.
pub(super) fn budget(vertices: usize) -> (usize, usize) {
    let most = match vertices {
        0..300 => 1_600,
        300..1_000 => 1_200,
        1_000..4_000 => 600,
        _ => 0,
    };
    (most.min(16 * vertices), (3 * vertices).clamp(60, 400))
}

/// A small generator with a fixed seed (splitmix64): the same numbers on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    /// Below `n`, which is at least 1.
    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
}

/// Up to `count` kicks, fewer when `patience` of them in a row bring nothing.
pub(super) fn kicks(orders: &mut Orders, (count, patience): (usize, usize)) {
    let mut random = Random(0x0b5e_11ed);
    let mut idle = 0;
    for _ in 0..count {
        let total = orders.total();
        if total == 0 || idle >= patience || orders.work == 0 {
            break;
        }
        let gap = pick(orders, random.next() % total);
        let layer = gap + random.below(2);
        // What a kick can change: the layers around the gap, and the crossings of the gaps at these.
        let first = gap.saturating_sub(1);
        let last = (gap + 2).min(orders.layers.len() - 1);
        let old: Vec<Vec<u32>> = orders.layers[first..=last].to_vec();
        disturb(orders, layer, &mut random);
        if random.below(3) == 0 {
            disturb(orders, gap + 1 - (layer - gap), &mut random);
        }
        settle(orders, gap, &mut random);
        let after = orders.total();
        if after > total {
            for (l, order) in (first..=last).zip(old) {
                orders.layers[l] = order;
                orders.renumber(l);
            }
            for l in first..=last {
                orders.recount_at(l);
            }
        }
        idle = if after < total { 0 } else { idle + 1 };
    }
}

/// The gap in which the crossing with this number lies.
fn pick(orders: &Orders, mut nth: u64) -> usize {
    for (gap, crossings) in orders.crossings.iter().enumerate() {
        if nth < *crossings {
            return gap;
        }
        nth -= crossings;
    }
    0
}

fn disturb(orders: &mut Orders, layer: usize, random: &mut Random) {
    let wide = orders.layers[layer].len();
    if wide < 2 {
        return;
    }
    let order = &mut orders.layers[layer];
    match random.below(3) {
        0 => {
            let (from, to) = (random.below(wide), random.below(wide));
            let v = order.remove(from);
            order.insert(to, v);
        }
        turn => {
            let run = (2 + random.below(5)).min(wide);
            let at = random.below(wide - run + 1);
            let run = &mut order[at..at + run];
            if turn == 1 {
                run.reverse();
            } else {
                for ix in (1..run.len()).rev() {
                    run.swap(ix, random.below(ix + 1));
                }
            }
        }
    }
    orders.renumber(layer);
    orders.recount_at(layer);
}

/// Sifts the layers around a gap until nothing improves, at most three rounds.
fn settle(orders: &mut Orders, gap: usize, random: &mut Random) {
    let last = (gap + 2).min(orders.layers.len() - 1);
    let first = gap.saturating_sub(1);
    let upward = random.below(2) == 0;
    for _ in 0..2 {
        let mut better = false;
        for nth in 0..=last - first {
            better |= orders.sift_layer(if upward { last - nth } else { first + nth });
        }
        if !better {
            break;
        }
    }
}
