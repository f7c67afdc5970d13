//! The palette: commands and runbook cards by name (screens 11). Nothing here sends: a command that could change
//! something opens its dialog.

use super::DialogStep;
use super::dialog::Field;
use crate::app::command::{COMMANDS, Command, Entry};
use crate::app::facts::{Go, Offer};
use crate::app::key::{Key, KeyCode};
use crate::domain::capability::WhyNot;
use crate::domain::runbook::Card;

/// One line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// A command of the table.
    Command(Command, &'static str),
    /// A runbook card; `true`: it is about what is on the screen.
    Card(Card, bool),
}

impl Choice {
    /// What is typed to get it: `tasks`, `runbook no-leader`.
    pub fn name(self) -> String {
        match self {
            Choice::Command(_, name) => name.to_owned(),
            Choice::Card(card, _) => format!("runbook {}", card.name()),
        }
    }
}

/// State of it.
#[derive(Debug)]
pub struct Palette {
    field: Field,
    offers: Vec<Offer>,
    here: Option<Card>,
    selected: usize,
}

impl Palette {
    /// Opens it; `here` is the card about what is on the screen, `offers` what can be done there.
    pub fn new(here: Option<Card>, offers: Vec<Offer>) -> Self {
        Self { field: Field::default(), offers, here, selected: 0 }
    }
    /// Why a line cannot be done here now, where it was offered and is not possible (H02).
    pub fn why_not(&self, choice: Choice) -> Option<&WhyNot> {
        let Choice::Command(command, _) = choice else { return None };
        self.offers.iter().find(|o| o.command == command)?.can.as_ref().err()
    }
    /// What was typed so far, and the characters before the cursor.
    pub fn text(&self) -> (&str, usize) {
        (self.field.value(), self.field.cursor())
    }
    /// Which line is selected.
    pub fn selected(&self) -> usize {
        self.selected
    }
    /// What matches: every word typed stands in the name; names that begin with the first of them come first.
    pub fn choices(&self) -> Vec<Choice> {
        let typed = self.field.value().to_lowercase();
        let words: Vec<&str> = typed.split_whitespace().collect();
        let first = words.first().copied().unwrap_or("");
        let here = self.here.map(|c| Choice::Card(c, true));
        let cards = Card::ALL.into_iter().filter(|c| Some(*c) != self.here).map(|c| Choice::Card(c, false));
        let commands = COMMANDS.iter().filter(|e| is_useful(e)).map(|e| Choice::Command(e.command, e.name));
        let mut found: Vec<Choice> = here
            .into_iter()
            .chain(commands)
            .chain(cards)
            .filter(|c| words.iter().all(|w| c.name().contains(w)))
            .collect();
        // A stable sort: what is about the screen stays first among equals.
        found.sort_by_key(|c| !c.name().starts_with(first));
        found
    }
    /// Does what a key asks.
    pub fn key(&mut self, key: Key) -> DialogStep {
        let last = self.choices().len().saturating_sub(1);
        match (key.code, key.ctrl) {
            (KeyCode::Esc, _) | (KeyCode::Char('c' | 'p'), true) => return DialogStep::Close,
            (KeyCode::Down | KeyCode::Tab, _) => self.selected = (self.selected + 1).min(last),
            (KeyCode::Up | KeyCode::BackTab, _) => self.selected = self.selected.saturating_sub(1),
            (KeyCode::Enter, _) => {
                return match self.choices().get(self.selected) {
                    Some(Choice::Command(command, _)) => DialogStep::CloseAnd(Go::Command(*command)),
                    Some(Choice::Card(card, _)) => DialogStep::CloseAnd(Go::Card(*card)),
                    None => DialogStep::Nothing,
                };
            }
            (KeyCode::Backspace, _) if self.field.value().is_empty() => return DialogStep::Close,
            _ => {
                self.field.key(key);
                self.selected = 0;
            }
        }
        DialogStep::Nothing
    }
    /// Pasted text goes into the line; it chooses nothing (X14).
    pub fn paste(&mut self, text: &str) {
        self.field.paste(text);
        self.selected = 0;
    }
}

/// Moving about by name helps nobody.
fn is_useful(entry: &Entry) -> bool {
    use crate::app::command::Group;
    entry.group != Group::Move && !matches!(entry.command, Command::Escape | Command::Palette)
}
