//! The simulator's own randomness: small, seeded, the same on every machine.
//!
//! A running sequence ([`Rng`]) is only for building a world. Whatever may be asked for in any order (how long a
//! step takes, a trace ID) is a [`mix`] of names, so that the order of requests cannot change the story.

/// One step of splitmix64 (Steele, Lea, Flood 2014): a good mixing of 64 bits in three lines.
const fn scramble(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

/// One number that stands for all of `parts` in their order.
pub(crate) fn mix(parts: &[u64]) -> u64 {
    parts
        .iter()
        .fold(GAMMA, |acc, part| scramble(acc.wrapping_add(GAMMA) ^ scramble(part.wrapping_add(GAMMA))))
}

/// A number for a text, for use in [`mix`].
pub(crate) fn word(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |acc, b| (acc ^ u64::from(b)).wrapping_mul(0x0100_0000_01B3))
}

/// A sequence of numbers that depends on its seed only.
#[derive(Debug, Clone)]
pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) fn new(seed: u64) -> Rng {
        Rng(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GAMMA);
        scramble(self.0)
    }

    /// A number from `low` to `high`, both included; `low` when the range is empty.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high.saturating_sub(low)).unwrap_or(0).saturating_add(1);
        low.saturating_add((self.next() % width) as i64)
    }

    /// Lower-case hex digits.
    pub(crate) fn hex(&mut self, digits: usize) -> String {
        self.letters(digits, b"0123456789abcdef")
    }

    /// Letters drawn from `alphabet`; empty when the alphabet is.
    pub(crate) fn letters(&mut self, count: usize, alphabet: &[u8]) -> String {
        let size = alphabet.len().max(1) as u64;
        (0..count)
            .filter_map(|_| alphabet.get((self.next() % size) as usize))
            .map(|b| char::from(*b))
            .collect()
    }

    /// Puts `items` into another order.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = (self.next() % (last as u64 + 1)) as usize;
            items.swap(last, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_sequence() {
        let draw = |seed| {
            let mut rng = Rng::new(seed);
            (rng.next(), rng.between(5, 9), rng.hex(16))
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }

    #[test]
    fn between_keeps_to_its_bounds_and_an_empty_range_is_its_low_end() {
        let mut rng = Rng::new(1);
        assert!((0..1000).all(|_| (3..=5).contains(&rng.between(3, 5))));
        assert_eq!(rng.between(9, 2), 9);
    }

    #[test]
    fn a_mix_depends_on_the_order_of_its_parts() {
        assert_ne!(mix(&[1, 2]), mix(&[2, 1]));
        assert_ne!(mix(&[1]), mix(&[1, 0]));
    }
}
