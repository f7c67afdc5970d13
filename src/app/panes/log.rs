//! A subtask's log (screens 9).

use crate::app::command::Command;
use crate::app::effect::Want;
use crate::app::facts::{Facts, Offer, Step};
use crate::domain::shown::Shown;

/// State of the pane.
#[derive(Debug, Default)]
pub struct Log {}

impl Log {
    /// Opens a log.
    pub fn open(&mut self, _task: crate::domain::id::TaskRef, _subtask: crate::domain::id::SubtaskId) {}
    /// Does what a key asks.
    pub fn command(&mut self, _command: Command, _cx: &Facts<'_>) -> Step {
        Step::none()
    }
    /// A click in the pane, in cells from its top left.
    pub fn click(&mut self, _x: u16, _y: u16, _cx: &Facts<'_>) -> Step {
        Step::none()
    }
    /// What it needs to have read.
    pub fn wants(&self, _cx: &Facts<'_>) -> Vec<Want> {
        Vec::new()
    }
    /// What can be done here, most used first: the help bar.
    pub fn offers(&self, _cx: &Facts<'_>) -> Vec<Offer> {
        Vec::new()
    }
    /// Something it wants was read, failed to be read, or time went on: derived state (selection, follow) is brought up to date.
    pub fn refresh(&mut self, _cx: &Facts<'_>) -> Step {
        Step::none()
    }
    /// Looks for a text, from the selection on; `false` when nothing matches.
    pub fn find(&mut self, _text: &str, _forward: bool, _cx: &Facts<'_>) -> bool {
        false
    }
    /// Shows only what matches; `None` shows all again.
    pub fn filter(&mut self, _text: Option<&str>) {}
    /// Title words for the frame of the pane, made from facts by `tui`; here only what is selected, for copy.
    pub fn value(&self, _cx: &Facts<'_>) -> Option<Shown> {
        None
    }
}
