//! All actions on one thing, the impossible ones with why (screens 1, rule 11). Choosing opens a dialog; nothing is sent here.

use crate::app::facts::{ActionOffer, Facts, Go, Notice};
use crate::app::key::{Key, KeyCode};
use crate::app::overlays::DialogStep;

/// What the list is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Actions that open a dialog.
    Actions,
    /// Files that are written at once.
    Files,
}

/// The list.
#[derive(Debug)]
pub struct Actions {
    kind: Kind,
    offers: Vec<ActionOffer>,
    selected: usize,
}

impl Actions {
    /// Opens the list with the first possible action selected.
    pub fn new(offers: Vec<ActionOffer>) -> Self {
        let selected = offers.iter().position(|o| o.can.is_ok()).unwrap_or(0);
        Self { kind: Kind::Actions, offers, selected }
    }
    /// Opens the list of what can be written into files.
    pub fn files(offers: Vec<ActionOffer>) -> Self {
        Self { kind: Kind::Files, ..Self::new(offers) }
    }
    /// What it is a list of.
    pub fn kind(&self) -> Kind {
        self.kind
    }
    /// Does what a key asks.
    pub fn key(&mut self, key: Key, _cx: &Facts<'_>) -> DialogStep {
        let last = self.offers.len().saturating_sub(1);
        match (key.code, key.ctrl) {
            (KeyCode::Esc | KeyCode::Char('q' | 'x' | 'E'), false) | (KeyCode::Char('c'), true) => {
                return DialogStep::Close;
            }
            (KeyCode::Down | KeyCode::Char('j') | KeyCode::Tab, false) => {
                self.selected = self.selected.saturating_add(1).min(last);
            }
            (KeyCode::Up | KeyCode::Char('k') | KeyCode::BackTab, false) => {
                self.selected = self.selected.saturating_sub(1);
            }
            (KeyCode::Home | KeyCode::Char('g'), false) => self.selected = 0,
            (KeyCode::End | KeyCode::Char('G'), false) => self.selected = last,
            (KeyCode::Enter, false) => return self.choose(),
            _ => {}
        }
        DialogStep::Nothing
    }
    /// Its lines.
    pub fn offers(&self) -> &[ActionOffer] {
        &self.offers
    }
    /// Which line is selected.
    pub fn selected(&self) -> usize {
        self.selected
    }

    fn choose(&self) -> DialogStep {
        match self.offers.get(self.selected) {
            Some(ActionOffer { can: Ok(()), go, .. }) => DialogStep::CloseAnd(go.clone()),
            Some(ActionOffer { can: Err(why), .. }) => {
                DialogStep::Go(Go::Notice(Notice::NotPossible(why.clone())))
            }
            None => DialogStep::Close,
        }
    }
}
