//! A clock that only goes forward: where the wall clock stood at the start, and what has passed since (N17).

use std::time::Duration;

use crate::domain::time::{Span, Timestamp};

/// Counts from a start. Sleep of the machine counts too, so that after it everything shown is known to be old.
#[derive(Debug, Clone, Copy)]
pub struct SteadyClock {
    start: Timestamp,
    base: Duration,
}

impl SteadyClock {
    /// Begins to count at this wall time.
    pub fn from(start: Timestamp) -> Self {
        Self { start, base: ticks() }
    }
    /// The time now.
    pub fn now(&self) -> Timestamp {
        let passed = ticks().saturating_sub(self.base);
        self.start.plus(Span::from_millis(i64::try_from(passed.as_millis()).unwrap_or(i64::MAX)))
    }
}

/// A clock that counts, sleep of the machine included.
pub(super) fn ticks() -> Duration {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    const CLOCK: rustix::time::ClockId = rustix::time::ClockId::Boottime;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    const CLOCK: rustix::time::ClockId = rustix::time::ClockId::Monotonic;
    let t = rustix::time::clock_gettime(CLOCK);
    let (s, ns) = (u64::try_from(t.tv_sec).unwrap_or(0), u32::try_from(t.tv_nsec).unwrap_or(0));
    Duration::new(s, ns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n17_time_goes_on_from_the_start_and_never_back() {
        let start = Timestamp::from_millis(1_000);
        let clock = SteadyClock::from(start);
        let (a, b) = (clock.now(), clock.now());
        assert!(start <= a && a <= b);
    }
}
