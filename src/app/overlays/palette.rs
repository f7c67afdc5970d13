//! The palette: verbs × targets, commands, tasks, cards by name (screens 11). Nothing here sends: what could change
//! something opens its dialog.
//!
//! What it can find is gathered when it opens; a key looks through it without making a name that is not shown.

mod entries;
mod known;
mod list;
mod rank;

pub use entries::Why;
pub use known::Known;
pub(crate) use known::known;

use super::DialogStep;
use super::dialog::Field;
use crate::app::command::Command;
use crate::app::facts::{ActionOffer, Facts, Go, Notice, Offer};
use crate::app::key::{Key, KeyCode};
use crate::app::panes::topology::ask;
use crate::domain::action::{Scope, Verb};
use crate::domain::id::{ClusterRef, TaskRef, TraceId};
use crate::domain::limits;
use crate::domain::runbook::Card;
use crate::domain::status::Phase;
use entries::Entries;
use list::{Found, find};

/// Lines that page up and page down go.
const PAGE: usize = 10;

/// What choosing a line does. None of it sends anything.
#[derive(Debug, Clone, PartialEq)]
pub enum Choice {
    /// What its key would do.
    Command(Command),
    /// Shows a runbook card; `true`: it is about what is on the screen.
    Card(Card, bool),
    /// Opens the dialog for a verb on a target, at Mode.
    Dialog {
        /// What.
        verb: Verb,
        /// On which cluster, by profile and ID.
        cluster: ClusterRef,
        /// Which part of it.
        scope: Scope,
        /// Whether it is under the cursor.
        is_here: bool,
    },
    /// Something that can be done to what is under the cursor: opens its confirmation.
    Act(Box<ActionOffer>),
    /// Opens a task, with its phase where it is known.
    Task(TaskRef, Option<Phase>),
    /// Opens the timeline at the line with this trace ID.
    Trace {
        /// Of which cluster, where it is known.
        cluster: Option<ClusterRef>,
        /// The ID.
        trace: TraceId,
    },
    /// So many targets; tab goes into them.
    Group {
        /// What their names begin with.
        head: String,
        /// How many.
        count: usize,
    },
    /// Looks on the screen for what was typed, since nothing is called that.
    Look(String),
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What is typed to get it.
    pub name: String,
    /// What choosing it does.
    pub choice: Choice,
    /// Why it cannot be done now, if it cannot.
    pub why: Option<Why>,
}

/// What it is opened with.
#[derive(Debug, Default)]
pub struct Opened {
    /// The card about what is on the screen.
    pub card: Option<Card>,
    /// What the keys do here.
    pub offers: Vec<Offer>,
    /// All actions on what is selected.
    pub actions: Vec<ActionOffer>,
    /// Tasks and traces.
    pub known: Vec<Known>,
    /// Lines typed before, the newest last.
    pub typed: Vec<String>,
}

/// State of it.
#[derive(Debug)]
pub struct Palette {
    field: Field,
    entries: Entries,
    found: Found,
    selected: usize,
    typed: Vec<String>,
    /// Which line typed before stands in the field, untouched.
    recalled: Option<usize>,
}

impl Palette {
    /// Opens it over the facts of the moment.
    pub fn new(opened: Opened, cx: &Facts<'_>) -> Self {
        let mut entries = Entries::gather(opened.card, &opened.offers, opened.actions, cx);
        entries.learn(opened.known);
        let found = find(&entries, "");
        Self { field: Field::default(), entries, found, selected: 0, typed: opened.typed, recalled: None }
    }
    /// Tasks and traces, when more of them are known by now.
    pub fn learn(&mut self, known: Vec<Known>) {
        let selected = self.line().map(|l| l.choice.clone());
        self.entries.learn(known);
        self.found = find(&self.entries, self.field.value());
        let stays = self.found.lines.iter().position(|l| Some(&l.choice) == selected.as_ref());
        self.selected = stays.unwrap_or(self.found.start);
    }
    /// What was typed so far, and the characters before the cursor.
    pub fn text(&self) -> (&str, usize) {
        (self.field.value(), self.field.cursor())
    }
    /// What matches, at most [`limits::PALETTE_LINES`]: what is possible first.
    pub fn lines(&self) -> &[Line] {
        &self.found.lines
    }
    /// Index of the first line that is not possible now.
    pub fn first_not(&self) -> usize {
        self.found.first_not
    }
    /// How many entries match, of how many.
    pub fn counts(&self) -> (usize, usize) {
        (self.found.matched, self.entries.len())
    }
    /// Lines that there was no place for.
    pub fn left_out(&self) -> usize {
        self.found.left_out
    }
    /// Which line is selected.
    pub fn selected(&self) -> usize {
        self.selected
    }
    /// The selected line.
    pub fn line(&self) -> Option<&Line> {
        self.found.lines.get(self.selected)
    }
    /// Does what a key asks.
    pub fn key(&mut self, key: Key, cx: &Facts<'_>) -> DialogStep {
        let last = self.found.lines.len().saturating_sub(1);
        match (key.code, key.ctrl) {
            (KeyCode::Esc, _) | (KeyCode::Char('c' | 'p'), true) => return DialogStep::Close,
            (KeyCode::Backspace, _) if self.field.value().is_empty() => return DialogStep::Close,
            (KeyCode::Enter, _) => return self.choose(cx),
            (KeyCode::Down, _) => self.selected = (self.selected + 1).min(last),
            (KeyCode::PageDown, _) => self.selected = (self.selected + PAGE).min(last),
            (KeyCode::PageUp, _) => self.selected = self.selected.saturating_sub(PAGE),
            (KeyCode::Up, _) if self.selected == self.found.start && self.can_recall() => self.recall(),
            (KeyCode::Up | KeyCode::BackTab, _) => self.selected = self.selected.saturating_sub(1),
            (KeyCode::Tab, _) => self.complete(),
            _ => {
                let before = self.field.value().to_owned();
                self.field.key(key);
                if self.field.value() != before {
                    self.recalled = None;
                    self.changed();
                }
            }
        }
        DialogStep::Nothing
    }
    /// Pasted text goes into the line; it chooses nothing (X14).
    pub fn paste(&mut self, text: &str) {
        self.field.paste(text);
        self.recalled = None;
        self.changed();
    }

    fn changed(&mut self) {
        self.found = find(&self.entries, self.field.value());
        self.selected = self.found.start;
    }
    fn put(&mut self, text: &str) {
        self.field.clear();
        self.field.paste(text);
        self.changed();
    }
    fn can_recall(&self) -> bool {
        self.recalled.is_some() || self.field.value().is_empty()
    }
    /// Brings back what was typed before: from an empty line on, one further back with each key.
    fn recall(&mut self) {
        let Some(ix) = self.recalled.unwrap_or(self.typed.len()).checked_sub(1) else { return };
        if let Some(text) = self.typed.get(ix).cloned() {
            self.put(&text);
            self.recalled = Some(ix);
        }
    }
    /// Makes the selected name the line; of a group, what all of it begins with.
    fn complete(&mut self) {
        let name = match self.line() {
            Some(Line { choice: Choice::Group { head, .. }, .. }) => format!("{head} "),
            Some(Line { choice: Choice::Look(_), .. }) | None => return,
            Some(line) => line.name.clone(),
        };
        self.recalled = None;
        self.put(&name);
    }
    fn choose(&mut self, cx: &Facts<'_>) -> DialogStep {
        let Some(line) = self.line() else { return DialogStep::Nothing };
        let not = match &line.why {
            Some(Why::Not(why)) => Some(Go::Notice(Notice::NotPossible(why.clone()))),
            Some(Why::Refused(_)) | None => None,
        };
        let go = match &line.choice {
            Choice::Group { .. } => {
                self.complete();
                return DialogStep::Nothing;
            }
            Choice::Dialog { verb, cluster, scope, .. } => {
                // As things are now: what is not possible any more is said.
                let step = ask(Some((cluster.clone(), scope.clone())), *verb, cx);
                step.go.into_iter().next()
            }
            Choice::Act(offer) => not.or_else(|| Some(offer.go.clone())),
            // Its pane says why where it cannot be done.
            Choice::Command(command) => Some(Go::Command(*command)),
            Choice::Card(card, _) => Some(Go::Card(*card)),
            Choice::Task(task, _) => Some(Go::Task(task.clone())),
            Choice::Trace { cluster, trace } => Some(Go::Moment(cluster.clone(), trace.shown().clone())),
            Choice::Look(text) => Some(Go::Look(text.clone())),
        };
        go.map_or(DialogStep::Nothing, DialogStep::CloseAnd)
    }
}

/// Keeps a line that was typed: once, the newest last, so many.
pub(crate) fn keep_typed(typed: &mut Vec<String>, line: &str) {
    let line = line.trim();
    if line.is_empty() {
        return;
    }
    typed.retain(|t| t != line);
    typed.push(line.to_owned());
    let over = typed.len().saturating_sub(limits::PALETTE_TYPED);
    typed.drain(..over);
}

#[cfg(test)]
mod tests;
