//! The story's clock: real time times a speed, or moved by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::time::Ms;

/// Where a hand-moved clock starts unless told otherwise: 2026-11-21T10:00:00+08:00.
pub const STORY_START: Ms = 1_795_226_400_000;

/// The clock that a simulated world lives by. Clones share it.
///
/// There are two times: [`Clock::now`] is the story's (tasks, logs, envelopes), which runs `speed` times faster;
/// [`Clock::wall`] is the machine's own (signatures, rate limits, `/api/v2/time`), which a client's clock must match
/// however fast the story runs. A clock that is moved by hand has one time for both.
#[derive(Debug, Clone)]
pub struct Clock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    start: Ms,
    begin: Instant,
    /// 0: the clock stands still unless moved.
    speed: f64,
    moved: AtomicI64,
}

impl Clock {
    /// A clock that starts at the machine's time and runs `speed` times as fast.
    pub fn running(speed: f64) -> Clock {
        Clock::make(system_now(), speed)
    }

    /// A clock that starts at [`STORY_START`] and moves only by [`Clock::advance`].
    pub fn manual() -> Clock {
        Clock::make(STORY_START, 0.0)
    }

    /// A hand-moved clock that starts at `start`.
    pub fn manual_at(start: Ms) -> Clock {
        Clock::make(start, 0.0)
    }

    fn make(start: Ms, speed: f64) -> Clock {
        Clock(Arc::new(Inner { start, begin: Instant::now(), speed, moved: AtomicI64::new(0) }))
    }

    /// The story's time.
    pub fn now(&self) -> Ms {
        let run = self.0.begin.elapsed().as_secs_f64() * self.0.speed * 1000.0;
        // A float beyond i64 saturates in the cast, so an absurd speed cannot wrap the story around.
        self.0.start.saturating_add(run as i64).saturating_add(self.0.moved.load(Ordering::Relaxed))
    }

    /// The time of the machine that the control plane runs on.
    pub fn wall(&self) -> Ms {
        if self.is_manual() { self.now() } else { system_now() }
    }

    /// Whether only [`Clock::advance`] moves it.
    pub fn is_manual(&self) -> bool {
        self.0.speed == 0.0
    }

    /// Moves the story on by `by`, in story time. Also a running clock can be pushed forward.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX / 4);
        self.0.moved.fetch_add(by, Ordering::Relaxed);
    }

    pub(crate) fn start(&self) -> Ms {
        self.0.start
    }
}

fn system_now() -> Ms {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_it_is_moved() {
        let clock = Clock::manual();
        assert_eq!(clock.now(), STORY_START);
        clock.clone().advance(Duration::from_secs(60));
        assert_eq!(clock.now(), STORY_START + 60_000);
        assert_eq!(clock.wall(), clock.now());
    }
}
