//! The line that takes a note for the timeline.

use super::DialogStep;
use super::dialog::Field;
use crate::app::facts::Go;
use crate::app::key::{Key, KeyCode};
use crate::domain::id::ClusterRef;
use crate::domain::shown::Text;
use crate::domain::timeline::What;

/// What is being typed, bound to the cluster it was opened on.
#[derive(Debug)]
pub struct Note {
    field: Field,
    cluster: Option<ClusterRef>,
    name: Text,
}

impl Note {
    /// Opens it about a cluster, with its name; `None`: about none in particular.
    pub fn new(cluster: Option<(ClusterRef, Text)>) -> Self {
        let (cluster, name) = cluster.map_or((None, Text::default()), |(c, n)| (Some(c), n));
        Self { field: Field::default(), cluster, name }
    }
    /// The name of the cluster it is about; empty for none.
    pub fn about(&self) -> &Text {
        &self.name
    }
    /// What was typed so far, and the characters before the cursor.
    pub fn text(&self) -> (&str, usize) {
        (self.field.value(), self.field.cursor())
    }
    /// Does what a key asks; enter writes it into the journal.
    pub fn key(&mut self, key: Key) -> DialogStep {
        match key.code {
            KeyCode::Esc => DialogStep::Close,
            KeyCode::Char('c') if key.ctrl => DialogStep::Close,
            KeyCode::Enter if self.field.is_blank() => DialogStep::Close,
            KeyCode::Enter => {
                let text = Text::new(self.field.value().trim());
                let what = What::Note { cluster: self.cluster.clone(), text };
                DialogStep::CloseAnd(Go::Jot(Box::new(what)))
            }
            _ => {
                self.field.key(key);
                DialogStep::Nothing
            }
        }
    }
    /// Pasted text goes into the line; it is never a key (X14).
    pub fn paste(&mut self, text: &str) {
        self.field.paste(text);
    }
}
