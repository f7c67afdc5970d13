//! When frames are drawn: twenty a second at most, a few at once after a rest, one for what comes in groups.

use std::time::Duration;

use tokio::time::Instant;

use crate::domain::limits;

/// Frames that may follow each other at once after a rest, so that neither the first answers nor a quick second key
/// wait.
const AT_ONCE: u32 = 4;
/// How long a frame waits for a dragged window or a group of answers to settle; no longer than a frame's time in all.
const SETTLES: Duration = Duration::from_millis(4);

/// Says when a frame may be drawn. Takes the time as a value.
#[derive(Debug)]
pub(super) struct Pace {
    wanted: bool,
    /// The time at which all frames of [`AT_ONCE`] are free again.
    rested: Instant,
    /// When a series of changes began, and until when it is waited for.
    settling: Option<(Instant, Instant)>,
}

impl Pace {
    /// Rested, and a frame is wanted.
    pub(super) fn new(now: Instant) -> Self {
        Self { wanted: true, rested: now, settling: None }
    }
    /// Something changed.
    pub(super) fn want(&mut self) {
        self.wanted = true;
    }
    /// Something changed that rarely comes alone: a size while a window is dragged, an answer among others.
    pub(super) fn settle(&mut self, now: Instant) {
        self.wanted = true;
        let since = self.settling.map_or(now, |(since, _)| since);
        self.settling = Some((since, (now + SETTLES).min(since + frame_time())));
    }
    /// When the next frame is to be drawn, if one is wanted.
    pub(super) fn due(&self) -> Option<Instant> {
        let allowed = self.rested.checked_sub(frame_time() * (AT_ONCE - 1)).unwrap_or(self.rested);
        let settled = self.settling.map(|(_, until)| until);
        self.wanted.then(|| settled.map_or(allowed, |s| s.max(allowed)))
    }
    /// Whether a frame is to be drawn now; it then counts as drawn.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        if self.due().is_none_or(|due| due > now) {
            return false;
        }
        self.wanted = false;
        self.settling = None;
        self.rested = self.rested.max(now) + frame_time();
        true
    }
}

fn frame_time() -> Duration {
    Duration::from_secs(1) / limits::FRAMES_A_SECOND
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_of_changes_is_twenty_frames_and_a_few_at_its_start() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        let mut frames = 0;
        for ms in 0..1000 {
            pace.want();
            frames += u32::from(pace.take(start + Duration::from_millis(ms)));
        }
        assert!((20..=20 + AT_ONCE).contains(&frames), "{frames}");
    }

    #[test]
    fn after_a_rest_a_frame_is_due_at_once_and_nothing_wanted_is_nothing_due() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        assert!(pace.take(start));
        assert_eq!(pace.due(), None);
        pace.want();
        assert!(pace.take(start + Duration::from_millis(1)));
    }

    #[test]
    fn t02_changes_of_size_in_a_row_are_one_frame_after_they_settle() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        assert!(pace.take(start));
        let mut frames = 0;
        for tick in 0..40 {
            let now = start + Duration::from_millis(tick);
            pace.settle(now);
            frames += u32::from(pace.take(now));
        }
        assert_eq!(frames, 0);
        assert!(pace.take(start + Duration::from_millis(44)));
    }
}
