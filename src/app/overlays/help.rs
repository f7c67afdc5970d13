//! Help for where the operator is; typing searches it.

use crate::app::facts::Offer;
use crate::app::key::{Key, KeyCode};
use crate::app::keymap::types;
use crate::domain::limits;

/// What is looked for and where the help was opened.
#[derive(Debug)]
pub struct Help {
    /// What could be done where it was opened.
    pub here: Vec<Offer>,
    search: String,
    /// First line shown; the drawing stops at the end by itself.
    pub scroll: u16,
    /// The key that opened it, which closes it while nothing is searched.
    opened_with: Key,
}

/// What came of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HelpStep {
    /// Nothing.
    Stay,
    /// Close it.
    Close,
}

impl Help {
    /// Opens it over what can be done here.
    pub fn new(here: Vec<Offer>, opened_with: Key) -> Self {
        Self { here, search: String::new(), scroll: 0, opened_with }
    }
    /// What is looked for.
    pub fn search(&self) -> &str {
        &self.search
    }
    /// A key.
    pub fn key(&mut self, key: Key) -> HelpStep {
        let empty = self.search.is_empty();
        if empty && key == self.opened_with {
            return HelpStep::Close;
        }
        if let Some(c) = types(key) {
            self.push(c);
            return HelpStep::Stay;
        }
        match key.code {
            KeyCode::Esc | KeyCode::Enter if empty => return HelpStep::Close,
            KeyCode::Esc => self.set(String::new()),
            KeyCode::Backspace => {
                self.search.pop();
                self.scroll = 0;
            }
            KeyCode::Char('u') if key.ctrl => self.set(String::new()),
            KeyCode::Up => self.scroll = self.scroll.saturating_sub(1),
            KeyCode::Down => self.scroll = self.scroll.saturating_add(1).min(LINES),
            KeyCode::PageUp => self.scroll = self.scroll.saturating_sub(10),
            KeyCode::PageDown => self.scroll = self.scroll.saturating_add(10).min(LINES),
            KeyCode::Home => self.scroll = 0,
            KeyCode::End => self.scroll = LINES,
            KeyCode::Char(_)
            | KeyCode::Enter
            | KeyCode::Tab
            | KeyCode::BackTab
            | KeyCode::Delete
            | KeyCode::Left
            | KeyCode::Right
            | KeyCode::Other => {}
        }
        HelpStep::Stay
    }
    /// Pasted text is searched for.
    pub fn paste(&mut self, text: &str) {
        text.chars().for_each(|c| self.push(c));
    }
    /// Keeps the first line within what there is: told by whoever knows the number of lines.
    pub fn keep_within(&mut self, lines: usize, page: usize) {
        self.scroll = self.scroll.min(lines.saturating_sub(page) as u16);
    }
    fn set(&mut self, text: String) {
        self.search = text;
        self.scroll = 0;
    }
    fn push(&mut self, c: char) {
        if !c.is_control() && self.search.chars().count() < limits::TEXT_COLUMNS {
            self.search.push(c);
            self.scroll = 0;
        }
    }
}

/// More lines than help ever has.
const LINES: u16 = 200;
