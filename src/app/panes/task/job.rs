//! A layout too large for the moment between a key and its frame: made by the shell, beside the machine.

use super::boxes::{Kept, boxes};
use super::picture::Wish;
use crate::domain::limits;
use crate::domain::shown::Shown;
use crate::graph::{Dag, Scene};

/// Nodes and edges up to which a layout is made at once: about two milliseconds.
pub(super) const AT_ONCE: usize = 120;

/// A layout to be made; [`Self::run`] costs up to a second.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    pub(super) key: u64,
    pub(super) whole: Dag,
    pub(super) wish: Wish,
    pub(super) kept: Option<Kept>,
    /// Nodes and edges of the drawing, folded.
    pub(super) size: usize,
}

impl Job {
    /// Names it.
    pub fn key(&self) -> u64 {
        self.key
    }
    /// Makes it. Pure: the same on any thread. Refused where nobody could read it and it would take the memory of the
    /// machine the console runs on.
    pub fn run(self) -> Result<Laid, NotLaid> {
        if self.size > limits::DRAWN_IN_BOXES {
            return Err(NotLaid::TooMany(self.size));
        }
        let (dag, scene, kept) = boxes(&self.whole, &self.wish, self.kept.as_ref());
        Ok(Laid { key: self.key, dag, scene, kept })
    }
}

/// Why there are no boxes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotLaid {
    /// So many steps and links, folded as far as they fold: more than [`limits::DRAWN_IN_BOXES`].
    TooMany(usize),
    /// The program's own fault, in its words.
    Fault(Shown),
}

/// What came of a [`Job`]. Counts only while it is still what is wished for.
#[derive(Debug, Clone, PartialEq)]
pub struct Laid {
    pub(super) key: u64,
    pub(super) dag: Dag,
    pub(super) scene: Scene,
    pub(super) kept: Kept,
}
