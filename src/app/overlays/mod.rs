//! State and behaviour of what lies on top and gets the keys first. How it looks is in `tui/overlays`.

pub mod actions;
pub mod confirm;
pub mod dialog;

use super::facts::Go;
use crate::domain::guard::Approved;

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
