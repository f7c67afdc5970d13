//! A recording being played: where it begins and ends, how fast it runs, and the keys that move it.
//!
//! The model's time is the recording's. What the keys ask for is done by the shell, which owns the clock.

use crate::app::key::{Key, KeyCode};
use crate::domain::shown::Shown;
use crate::domain::time::{Span, Timestamp};

/// How far one press of an arrow moves.
const STEP: Span = Span::from_secs(10);
/// How fast it can run.
const SPEEDS: [u32; 7] = [1, 2, 5, 10, 20, 60, 300];
/// How long a recorded key is shown.
const KEY_SHOWN: Span = Span::from_secs(3);
/// Recorded keys shown at most.
const KEYS_SHOWN: usize = 8;

/// A recording on the screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Replay {
    /// What it is called.
    pub name: Shown,
    /// When it begins.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// Whether it stands still.
    pub paused: bool,
    /// Place in [`SPEEDS`].
    speed: usize,
    /// Keys that were pressed, with their times.
    keys: Vec<(Timestamp, Shown)>,
}

/// What the clock of a recording is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Stand still, or go on.
    Pause(bool),
    /// Go there.
    Seek(Timestamp),
    /// Run so many times as fast as life.
    Speed(u32),
}

impl Replay {
    /// A recording that begins to play.
    pub fn new(name: &str, start: Timestamp, end: Timestamp, mut keys: Vec<(Timestamp, Shown)>) -> Self {
        keys.sort_by_key(|(at, _)| *at);
        Self { name: Shown::filter(name), start, end: end.max(start), paused: false, speed: 0, keys }
    }

    /// What a key asks of it; `None`: the key is not one of its own.
    pub fn key(&mut self, key: Key, now: Timestamp) -> Option<Turn> {
        if key.ctrl {
            return None;
        }
        Some(match key.code {
            KeyCode::Char(' ') if now >= self.end => {
                // At the end there is nothing to go on with.
                Turn::Seek(self.start)
            }
            KeyCode::Char(' ') => {
                self.paused = !self.paused;
                Turn::Pause(self.paused)
            }
            KeyCode::Left => Turn::Seek(now.plus(Span::ZERO.minus(STEP)).max(self.start)),
            KeyCode::Right => Turn::Seek(now.plus(STEP).min(self.end)),
            KeyCode::Home => Turn::Seek(self.start),
            KeyCode::End => Turn::Seek(self.end),
            KeyCode::Char('+') => self.at_speed(self.speed.saturating_add(1)),
            KeyCode::Char('-') => self.at_speed(self.speed.saturating_sub(1)),
            _ => return None,
        })
    }

    fn at_speed(&mut self, speed: usize) -> Turn {
        self.speed = speed.min(SPEEDS.len() - 1);
        Turn::Speed(self.speed())
    }

    /// How many times as fast as life it runs.
    pub fn speed(&self) -> u32 {
        SPEEDS.get(self.speed).copied().unwrap_or(1)
    }

    /// Whether its time goes on.
    pub fn runs(&self, now: Timestamp) -> bool {
        !self.paused && now < self.end
    }

    /// What was pressed just before, the newest last.
    pub fn pressed(&self, now: Timestamp) -> &[(Timestamp, Shown)] {
        let end = self.keys.partition_point(|(at, _)| *at <= now);
        let recent = now.plus(Span::ZERO.minus(KEY_SHOWN));
        let begin = self.keys.partition_point(|(at, _)| *at <= recent).max(end.saturating_sub(KEYS_SHOWN));
        self.keys.get(begin..end).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: i64) -> Timestamp {
        Timestamp::from_millis(s * 1000)
    }

    #[test]
    fn keys_pause_seek_and_hasten_within_the_recording() {
        let mut r = Replay::new("tape", at(100), at(160), Vec::new());
        let key = |r: &mut Replay, code, now| r.key(Key::plain(code), at(now));
        assert_eq!(key(&mut r, KeyCode::Right, 120), Some(Turn::Seek(at(130))));
        assert_eq!(key(&mut r, KeyCode::Right, 155), Some(Turn::Seek(at(160))));
        assert_eq!(key(&mut r, KeyCode::Left, 105), Some(Turn::Seek(at(100))));
        assert_eq!(key(&mut r, KeyCode::Home, 105), Some(Turn::Seek(at(100))));
        assert_eq!(key(&mut r, KeyCode::End, 105), Some(Turn::Seek(at(160))));
        assert_eq!(key(&mut r, KeyCode::Char(' '), 105), Some(Turn::Pause(true)));
        assert!(!r.runs(at(105)));
        assert_eq!(key(&mut r, KeyCode::Char(' '), 105), Some(Turn::Pause(false)));
        assert!(r.runs(at(105)) && !r.runs(at(160)));
        assert_eq!(key(&mut r, KeyCode::Char(' '), 160), Some(Turn::Seek(at(100))), "from the start again");
        let faster: Vec<Option<Turn>> = (0..9).map(|_| key(&mut r, KeyCode::Char('+'), 105)).collect();
        assert_eq!(faster.first(), Some(&Some(Turn::Speed(2))));
        assert_eq!(faster.last(), Some(&Some(Turn::Speed(300))));
        for _ in 0..9 {
            key(&mut r, KeyCode::Char('-'), 105);
        }
        assert_eq!(r.speed(), 1);
        for code in [KeyCode::Char('S'), KeyCode::Enter, KeyCode::Up, KeyCode::Char('l')] {
            assert_eq!(key(&mut r, code, 105), None);
        }
        assert_eq!(r.key(Key::ctrl('c'), at(105)), None);
    }

    #[test]
    fn the_keys_of_the_last_seconds_are_shown() {
        let keys: Vec<_> = (0..20).map(|n| (at(100 + n / 4), Shown::filter(&n.to_string()))).collect();
        let r = Replay::new("tape", at(100), at(160), keys);
        let pressed = |now| r.pressed(at(now)).iter().map(|(_, k)| k.to_string()).collect::<Vec<_>>();
        assert_eq!(pressed(100), ["0", "1", "2", "3"]);
        assert_eq!(pressed(104).len(), KEYS_SHOWN);
        assert!(pressed(108).is_empty() && pressed(99).is_empty());
    }
}
