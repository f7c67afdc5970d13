//! The list of all actions on a thing, the impossible ones with their reason.

use super::dialog::DialogStep;
use crate::app::facts::{ActionOffer, Facts};
use crate::app::key::Key;

/// State of the list.
#[derive(Debug)]
pub struct Actions {}

impl Actions {
    /// Opens it.
    pub fn new(_offers: Vec<ActionOffer>) -> Self {
        Self {}
    }
    /// A key.
    pub fn key(&mut self, _key: Key, _cx: &Facts<'_>) -> DialogStep {
        DialogStep::Close
    }
}
