//! What lies on top of the panes and gets the keys first.

pub mod actions;
pub mod confirm;
pub mod dialog;
pub mod find;
pub mod help;

use actions::Actions;
use confirm::Confirm;
use dialog::Dialog;
use find::Find;
use help::Help;

/// One of them.
#[derive(Debug)]
pub enum Overlay {
    /// Stop, start, restart.
    Dialog(Box<Dialog>),
    /// An action on a task or subtask.
    Confirm(Box<Confirm>),
    /// All actions on a thing.
    Actions(Actions),
    /// Help.
    Help(Help),
    /// The line that asks what to look for.
    Find(Find),
}
