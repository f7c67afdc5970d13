//! A runbook card by itself.

use super::DialogStep;
use crate::app::facts::Go;
use crate::app::key::{Key, KeyCode};
use crate::domain::runbook::Card;
use crate::domain::shown::Shown;

/// The overlay.
#[derive(Debug)]
pub struct CardSheet {
    card: Card,
    scroll: usize,
    is_copied: bool,
}

impl CardSheet {
    /// Opens a card.
    pub fn new(card: Card) -> Self {
        Self { card, scroll: 0, is_copied: false }
    }
    /// Which.
    pub fn card(&self) -> Card {
        self.card
    }
    /// Rows it is scrolled by, where it does not fit.
    pub fn scroll(&self) -> usize {
        self.scroll
    }
    /// Whether its SQL was handed to the clipboard.
    pub fn is_copied(&self) -> bool {
        self.is_copied
    }
    /// Does what a key asks.
    pub fn key(&mut self, key: Key) -> DialogStep {
        match key.code {
            KeyCode::Esc | KeyCode::Enter | KeyCode::Char('q') => DialogStep::Close,
            KeyCode::Char('c') if key.ctrl => DialogStep::Close,
            KeyCode::Char('y' | 'c') => {
                self.is_copied = self.card.sql().is_some();
                copy_sql(self.card)
            }
            _ => {
                self.scroll = super::dialog::rolled(self.scroll, key);
                DialogStep::Nothing
            }
        }
    }
}

/// Copies the SQL of a card, where it has some.
pub(crate) fn copy_sql(card: Card) -> DialogStep {
    match card.sql() {
        Some(sql) => DialogStep::Go(Go::Copy(Shown::whole(&sql.replace('\n', " ")))),
        None => DialogStep::Nothing,
    }
}
