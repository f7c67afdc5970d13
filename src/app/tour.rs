//! The demo that plays itself: keys and captions on a time line (cli.md: `demo --tour`).
//!
//! Its keys go the way of an operator's, through [`super::update`], so that nothing in it is faked and every gate of a
//! dialog holds for it too. No key is pressed blindly: each waits until what it is meant for is there ([`Sight`]), for a
//! bounded time; when that does not come, the tour ends and says so. The first key of an operator ends it.

mod scenes;
mod sight;

pub use scenes::Caption;
use scenes::Scene;
pub use sight::Sight;

use super::key::Key;
use super::model::Model;
use crate::domain::time::{Span, Timestamp};

/// Between two keys: slow enough to be followed.
const STROKE: Span = Span::from_millis(120);
/// What is waited for longer than this is named on the screen.
const LATE: Span = Span::from_secs(2);
/// How long anything but the cluster's own work is waited for.
const PATIENCE: Span = Span::from_secs(20);
/// What a cluster may take for its part at the speed of life: a stop of a zone takes some six minutes.
const LIFE: f64 = 600.0;
/// Presses of one key that goes on until something is seen.
const PRESSES: usize = 8;

/// The tour: where it stands, and what it waits for.
#[derive(Debug)]
pub struct Tour {
    scenes: Vec<Scene>,
    at: usize,
    /// Strokes of the scene that are done.
    done: usize,
    /// How often the key of the stroke after them was pressed.
    presses: usize,
    /// Keys pressed in the scene.
    pressed: Vec<Key>,
    /// Whether the scene is on the screen, to be read until `due`.
    is_seen: bool,
    /// Nothing is done before; `None`: not begun.
    due: Option<Timestamp>,
    waiting: Option<Waiting>,
    /// What a cluster may take for its part.
    life: Span,
    ended: Option<End>,
}

/// Something is waited for.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    what: Sight,
    since: Timestamp,
    /// Whether it takes so long that it is named on the screen.
    is_late: bool,
}

/// How a tour ended that nobody took over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// All of it was shown.
    Whole,
    /// This did not come within this time.
    Missing(Sight, Span),
}

/// What is to be done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing.
    Rest,
    /// Press a key.
    Press(Key),
    /// The stroke has done what it was for.
    Done,
    /// The scene is on the screen: time to read.
    Seen,
    /// It was read: the next one.
    Turn,
    /// Something is not there yet.
    Wait(Sight),
    /// And takes long.
    Late,
    /// The end.
    End(End),
}

impl Tour {
    /// From the beginning, over simulators that run so many times as fast as life.
    pub fn new(speed: f64) -> Self {
        let seconds = if speed > 0.0 { (LIFE / speed).min(LIFE) } else { LIFE };
        Self {
            scenes: scenes::all(),
            at: 0,
            done: 0,
            presses: 0,
            pressed: Vec::new(),
            is_seen: false,
            due: None,
            waiting: None,
            life: Span::from_millis((seconds * 1000.0) as i64).max(PATIENCE),
            ended: None,
        }
    }
    /// What is said of what is on the screen; `None` while it is not there yet: nothing is claimed before it is seen.
    pub fn caption(&self) -> Option<Caption> {
        self.scenes.get(self.at).filter(|_| self.is_seen).map(|s| s.caption)
    }
    /// What the scene is to show.
    pub fn next_sight(&self) -> Option<Sight> {
        self.scenes.get(self.at).map(|s| s.seen)
    }
    /// Which scene it is, from 1, and how many there are.
    pub fn place(&self) -> (usize, usize) {
        (self.at + 1, self.scenes.len())
    }
    /// Keys pressed in this scene, oldest first.
    pub fn pressed(&self) -> &[Key] {
        &self.pressed
    }
    /// What it has been waiting for so long that it is to be told.
    pub fn late(&self) -> Option<Sight> {
        self.waiting.filter(|w| w.is_late).map(|w| w.what)
    }
    /// How it ended; `None` while it plays.
    pub fn ended(&self) -> Option<End> {
        self.ended
    }

    /// Every caption, and how long it stays.
    #[cfg(test)]
    pub(crate) fn readings() -> impl Iterator<Item = (Caption, Span)> {
        scenes::all().into_iter().map(|s| (s.caption, s.reads))
    }
    /// All that is ever waited for.
    #[cfg(test)]
    pub(crate) fn sights() -> impl Iterator<Item = Sight> {
        scenes::all().into_iter().flat_map(|s| {
            let strokes = s.strokes.into_iter().flat_map(|s| [Some(s.on), s.until]);
            strokes.flatten().chain([s.seen])
        })
    }

    /// What is to be done at the model's time.
    pub(super) fn next(&self, model: &Model) -> Next {
        if self.ended.is_some() || self.due.is_some_and(|due| model.now < due) {
            return Next::Rest;
        }
        let Some(scene) = self.scenes.get(self.at) else { return Next::End(End::Whole) };
        let Some(stroke) = scene.strokes.get(self.done) else {
            return match (scene.seen.is_met(model), self.is_seen) {
                (_, true) if self.at + 1 == self.scenes.len() => Next::End(End::Whole),
                (_, true) => Next::Turn,
                (true, false) => Next::Seen,
                (false, false) => self.wait(scene.seen, model.now),
            };
        };
        match stroke.until {
            Some(until) if until.is_met(model) => Next::Done,
            Some(until) if self.presses == PRESSES => self.wait(until, model.now),
            _ if stroke.on.is_met(model) => Next::Press(stroke.key),
            _ => self.wait(stroke.on, model.now),
        }
    }
    fn wait(&self, what: Sight, now: Timestamp) -> Next {
        let Some(waiting) = self.waiting.filter(|w| w.what == what) else { return Next::Wait(what) };
        let limit = self.limit(what);
        if now.since(waiting.since) >= limit {
            return Next::End(End::Missing(what, limit));
        }
        if !waiting.is_late && now.since(waiting.since) >= LATE {
            return Next::Late;
        }
        Next::Rest
    }
    fn limit(&self, what: Sight) -> Span {
        if what.is_of_the_cluster() { self.life } else { PATIENCE }
    }
    /// Takes note of what was done, at a time; gives whether the screen shows something else now.
    pub(super) fn did(&mut self, next: Next, now: Timestamp) -> bool {
        match next {
            Next::Rest => return false,
            Next::Wait(what) => {
                self.waiting = Some(Waiting { what, since: now, is_late: false });
                return false;
            }
            Next::Late => {
                if let Some(waiting) = &mut self.waiting {
                    waiting.is_late = true;
                }
                return true;
            }
            Next::Press(key) => {
                self.pressed.push(key);
                self.presses += 1;
                self.due = Some(now.plus(STROKE));
                let is_done = |s: &Scene| s.strokes.get(self.done).is_some_and(|s| s.until.is_none());
                if self.scenes.get(self.at).is_some_and(is_done) {
                    (self.done, self.presses) = (self.done + 1, 0);
                }
            }
            Next::Done => (self.done, self.presses) = (self.done + 1, 0),
            Next::Seen => {
                self.is_seen = true;
                self.due = self.scenes.get(self.at).map(|s| now.plus(s.reads));
            }
            Next::Turn => {
                self.at += 1;
                (self.done, self.presses, self.is_seen) = (0, 0, false);
                self.pressed.clear();
            }
            Next::End(end) => self.ended = Some(end),
        }
        let was_late = self.waiting.take().is_some_and(|w| w.is_late);
        was_late || matches!(next, Next::Press(_) | Next::Seen | Next::Turn | Next::End(_))
    }
    /// When it is to be asked again though nothing happens.
    pub(super) fn wakes_at(&self, now: Timestamp) -> Option<Timestamp> {
        if self.ended.is_some() {
            return None;
        }
        let waiting = self.waiting.map(|w| w.since.plus(if w.is_late { self.limit(w.what) } else { LATE }));
        self.due.into_iter().chain(waiting).filter(|at| *at > now).min()
    }
}

#[cfg(test)]
mod tests;
