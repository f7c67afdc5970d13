//! What lies on top of the panes and gets the keys first.

pub mod actions;
pub mod card;
pub mod confirm;
pub mod dialog;
pub mod find;
pub mod handoff;
pub mod help;
pub mod lost;
pub mod note;
pub mod palette;

use super::facts::Go;
use crate::domain::guard::Approved;
use actions::Actions;
use card::CardSheet;
use confirm::Confirm;
use dialog::Dialog;
use find::Find;
use handoff::HandoffSheet;
use help::Help;
use lost::LostPage;
use note::Note;
use palette::Palette;

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
    /// Orders whose outcome nobody knows.
    Lost(LostPage),
    /// The line that takes a note.
    Note(Note),
    /// The handoff note.
    Handoff(Box<HandoffSheet>),
    /// A runbook card.
    Card(CardSheet),
    /// Verbs and targets, commands, tasks and cards by name.
    Palette(Box<Palette>),
}

/// What came of a key in a dialog.
#[derive(Debug, PartialEq)]
pub enum DialogStep {
    /// Nothing leaves the dialog.
    Nothing,
    /// It is to be closed; nothing was sent by this key.
    Close,
    /// The operator said yes: send this, once, and tell the dialog the ticket by `sent`.
    Submit(Approved),
    /// Go there or show that, with the dialog left open.
    Go(Go),
    /// Close, then go there or show that.
    CloseAnd(Go),
}
