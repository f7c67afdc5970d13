//! A line that is typed into: never more than its limit, never a control character.

use tui_input::{Input, InputRequest};

use crate::app::key::{Key, KeyCode};
use crate::domain::limits;

/// A text field.
#[derive(Debug, Default)]
pub(crate) struct Field {
    input: Input,
}

impl Field {
    /// What stands in it.
    pub(crate) fn value(&self) -> &str {
        self.input.value()
    }
    /// Characters before the cursor.
    pub(crate) fn cursor(&self) -> usize {
        self.input.cursor()
    }
    /// Whether nothing but spaces stands in it.
    pub(crate) fn is_blank(&self) -> bool {
        self.value().trim().is_empty()
    }
    /// Empties it.
    pub(crate) fn clear(&mut self) {
        self.input.reset();
    }
    /// Edits by a key. Keys that mean nothing here are swallowed.
    pub(crate) fn key(&mut self, key: Key) {
        let request = match (key.code, key.ctrl) {
            (KeyCode::Char('u'), true) => {
                self.clear();
                return;
            }
            (KeyCode::Char('w'), true) => InputRequest::DeletePrevWord,
            (KeyCode::Char(c), false) => return self.insert(c),
            (KeyCode::Backspace, _) => InputRequest::DeletePrevChar,
            (KeyCode::Delete, _) => InputRequest::DeleteNextChar,
            (KeyCode::Left, false) => InputRequest::GoToPrevChar,
            (KeyCode::Right, false) => InputRequest::GoToNextChar,
            (KeyCode::Left, true) => InputRequest::GoToPrevWord,
            (KeyCode::Right, true) => InputRequest::GoToNextWord,
            (KeyCode::Home, _) => InputRequest::GoToStart,
            (KeyCode::End, _) => InputRequest::GoToEnd,
            _ => return,
        };
        self.input.handle(request);
    }
    /// Takes pasted text: control characters are left out, and a line's end becomes a space (X14).
    pub(crate) fn paste(&mut self, text: &str) {
        let room = limits::TEXT_BYTES.saturating_sub(self.value().len());
        for c in text.trim_end_matches(['\r', '\n']).chars().take(room) {
            self.insert(if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c });
        }
    }

    fn insert(&mut self, c: char) {
        if !c.is_control() && self.value().len() + c.len_utf8() <= limits::TEXT_BYTES {
            self.input.handle(InputRequest::InsertChar(c));
        }
    }
}
