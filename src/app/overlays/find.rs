//! The line that asks what to look for.

use crate::app::key::{Key, KeyCode};
use crate::app::keymap::types;
use crate::domain::limits;

/// What is being typed.
#[derive(Debug, Default)]
pub struct Find {
    text: String,
    /// Whether only matches are to be shown.
    pub only: bool,
}

/// What came of a key.
#[derive(Debug, PartialEq, Eq)]
pub enum FindStep {
    /// Nothing.
    Stay,
    /// Close it.
    Close,
    /// Look for this.
    Look(String),
}

impl Find {
    /// Asks for a text to go to, or (`only`) to show only matches of.
    pub fn new(only: bool) -> Self {
        Self { text: String::new(), only }
    }
    /// What was typed so far.
    pub fn text(&self) -> &str {
        &self.text
    }
    /// A key.
    pub fn key(&mut self, key: Key) -> FindStep {
        if let Some(c) = types(key) {
            self.push(c);
            return FindStep::Stay;
        }
        match key.code {
            KeyCode::Esc => FindStep::Close,
            KeyCode::Enter | KeyCode::Backspace if self.text.is_empty() => FindStep::Close,
            KeyCode::Enter => FindStep::Look(std::mem::take(&mut self.text)),
            KeyCode::Backspace => {
                self.text.pop();
                FindStep::Stay
            }
            KeyCode::Char('u') => {
                self.text.clear();
                FindStep::Stay
            }
            KeyCode::Char(_)
            | KeyCode::Tab
            | KeyCode::BackTab
            | KeyCode::Delete
            | KeyCode::Up
            | KeyCode::Down
            | KeyCode::Left
            | KeyCode::Right
            | KeyCode::PageUp
            | KeyCode::PageDown
            | KeyCode::Home
            | KeyCode::End
            | KeyCode::Other => FindStep::Stay,
        }
    }
    /// Pasted text goes into the line.
    pub fn paste(&mut self, text: &str) {
        text.chars().for_each(|c| self.push(c));
    }
    fn push(&mut self, c: char) {
        if !c.is_control() && self.text.chars().count() < limits::TEXT_COLUMNS {
            self.text.push(c);
        }
    }
}
