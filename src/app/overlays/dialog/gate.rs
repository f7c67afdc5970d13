//! When a dialog listens: what was typed before it could be read never counts (screens 1, rule 3; A06).

use crate::app::key::Key;
use crate::domain::limits;
use crate::domain::time::{Span, Timestamp};

/// Longest pause inside a key's auto-repeat: terminals wait up to 660 ms before the first one.
const REPEAT_PAUSE: Span = Span::from_millis(1000);

/// Ears of a dialog.
#[derive(Debug)]
pub(crate) struct Gate {
    opened_with: Key,
    /// The key that opened the dialog or said yes, and its last press, while nothing else was pressed since: as
    /// long as it repeats by being held down, it is the same press.
    held: Option<(Key, Timestamp)>,
    painted: Option<Timestamp>,
    /// First painting of what a yes would confirm.
    content: Option<Timestamp>,
}

impl Gate {
    /// For a dialog opened by a key at a time.
    pub(crate) fn new(opened_with: Key, now: Timestamp) -> Self {
        Self { opened_with, held: Some((opened_with, now)), painted: None, content: None }
    }
    /// A frame with the dialog in it was drawn.
    pub(crate) fn painted(&mut self, now: Timestamp) {
        self.painted.get_or_insert(now);
        self.content.get_or_insert(now);
    }
    /// What a yes would confirm is another than before: it must be painted, and time must pass, before one counts.
    pub(crate) fn content_changed(&mut self) {
        self.content = None;
    }
    /// The dialog shows something else altogether: every key waits again.
    pub(crate) fn page_changed(&mut self) {
        self.painted = None;
        self.content = None;
    }
    /// Somebody else is at the keys from now on, and pressed this one for that: every key waits again, and that one
    /// held down does not come after it.
    pub(crate) fn handed_over(&mut self, key: Key, now: Timestamp) {
        self.page_changed();
        self.held = Some((key, now));
    }
    /// Whether a key is to be dropped: it came too early, or is the opening key still held down.
    pub(crate) fn drops(&mut self, key: Key, now: Timestamp) -> bool {
        if self.is_held(key, now) {
            return true;
        }
        !self.hears(now)
    }
    /// This key did what it can do once: held down, it is not pressed anew.
    pub(crate) fn used(&mut self, key: Key, now: Timestamp) {
        self.held = Some((key, now));
    }
    /// Whether the dialog has been on the screen long enough for input to be meant for it.
    pub(crate) fn hears(&self, now: Timestamp) -> bool {
        self.painted.is_some_and(|at| now.since(at) >= limits::DIALOG_DEAF)
    }
    /// Whether what a yes would confirm has been on the screen long enough to be read.
    pub(crate) fn is_settled(&self, now: Timestamp) -> bool {
        self.content.is_some_and(|at| now.since(at) >= limits::DIALOG_DEAF)
    }
    /// When the later of the two waiting times ends.
    pub(crate) fn opens_at(&self) -> Option<Timestamp> {
        self.painted.into_iter().chain(self.content).max().map(|at| at.plus(limits::DIALOG_DEAF))
    }
    /// The key that means yes: `y`, unless that very key opened the dialog.
    pub(crate) fn yes(&self) -> Key {
        if self.opened_with == Key::char('y') { Key::char('Y') } else { Key::char('y') }
    }

    fn is_held(&mut self, key: Key, now: Timestamp) -> bool {
        let held = self.held.is_some_and(|(k, at)| k == key && now.since(at) < REPEAT_PAUSE);
        self.held = held.then_some((key, now));
        held
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn what_is_handed_over_is_deaf_until_it_was_seen_again_and_to_the_key_that_is_still_down() {
        let (y, j) = (Key::char('y'), Key::char('j'));
        let mut gate = Gate::new(Key::char('S'), at(0));
        gate.painted(at(0));
        assert!(gate.is_settled(at(5_000)) && !gate.drops(j, at(5_000)));
        gate.handed_over(y, at(5_000));
        assert!(gate.drops(j, at(5_100)) && !gate.is_settled(at(5_100)));
        gate.handed_over(y, at(5_200));
        gate.painted(at(5_210));
        // Held down, past the deaf time.
        assert!((0..10).all(|n| gate.drops(y, at(5_300 + 100 * n))));
        assert!(!gate.drops(y, at(8_000)) && gate.is_settled(at(8_000)));
    }
}
