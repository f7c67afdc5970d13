//! The stop, start and restart dialog (screens 7).

use crate::app::effect::{Ticket, Want};
use crate::app::facts::{Facts, Go};
use crate::app::key::Key;
use crate::domain::action::{Scope, Verb};
use crate::domain::guard::Approved;
use crate::domain::id::ClusterRef;
use crate::domain::outcome::Outcome;
use crate::domain::time::Timestamp;

/// State of the dialog.
#[derive(Debug)]
pub struct Dialog {}

/// What came of a key.
#[derive(Debug)]
pub enum DialogStep {
    /// Nothing.
    Nothing,
    /// Close it; nothing was sent.
    Close,
    /// Send this.
    Submit(Approved),
    /// Go somewhere, the dialog stays.
    Go(Go),
    /// Close it and go somewhere.
    CloseAnd(Go),
}

impl Dialog {
    /// Opens it.
    pub fn new(_verb: Verb, _cluster: ClusterRef, _scope: Scope, _opened_with: Key, _now: Timestamp) -> Self {
        Self {}
    }
    /// A key.
    pub fn key(&mut self, _key: Key, _cx: &Facts<'_>) -> DialogStep {
        DialogStep::Close
    }
    /// Pasted text.
    pub fn paste(&mut self, _text: &str, _cx: &Facts<'_>) {}
    /// It was painted.
    pub fn painted(&mut self, _now: Timestamp) {}
    /// What it needs to have read.
    pub fn wants(&self, _cx: &Facts<'_>) -> Vec<Want> {
        Vec::new()
    }
    /// Something was read, or time went on.
    pub fn refresh(&mut self, _cx: &Facts<'_>) {}
    /// Its order was sent.
    pub fn sent(&mut self, _ticket: Ticket) {}
    /// Its order ended.
    pub fn outcome(&mut self, _outcome: &Outcome, _cx: &Facts<'_>) -> DialogStep {
        DialogStep::Close
    }
    /// Whether an order is on its way.
    pub fn is_sending(&self) -> bool {
        false
    }
}
