//! The page of orders whose outcome nobody knows: what is looked for, what was found, and what a person may decide.
//! Nothing here sends.

use super::dialog::Gate;
use crate::app::key::{Key, KeyCode};
use crate::app::lost::{Lost, LostOrders};
use crate::domain::id::TaskRef;
use crate::domain::time::Timestamp;
use crate::domain::timeline::OrderId;

/// The page.
#[derive(Debug)]
pub struct LostPage {
    /// Row of the choice: every candidate is one, an order without any has one of its own.
    at: usize,
    gate: Gate,
    /// Whether it was opened by leaving: a second `q` leaves.
    pub leaving: bool,
}

/// What came of a key.
#[derive(Debug, PartialEq)]
pub enum LostStep {
    /// Nothing.
    Stay,
    /// Close it; all stays as open as it was.
    Close,
    /// This task is what came of that order.
    Take(OrderId, TaskRef),
    /// That order is let be.
    LetBe(OrderId),
    /// End the console.
    Leave,
}

/// A row that can be chosen: an order and, if anything was found, which of it.
type Choice<'a> = (&'a Lost, Option<usize>);

impl LostPage {
    /// Opens it. Keys that were typed before it was seen do not count.
    pub fn new(opened_with: Key, now: Timestamp, leaving: bool) -> Self {
        Self { at: 0, gate: Gate::new(opened_with, now), leaving }
    }
    /// A frame with it was drawn.
    pub fn painted(&mut self, now: Timestamp) {
        self.gate.painted(now);
    }
    /// An operator takes over from the tour by this key.
    pub(crate) fn handed_over(&mut self, key: Key, now: Timestamp) {
        self.gate.handed_over(key, now);
    }
    /// The order and candidate that keys are about.
    pub fn chosen<'a>(&self, lost: &'a LostOrders) -> Option<Choice<'a>> {
        let rows = choices(lost);
        rows.get(self.at.min(rows.len().saturating_sub(1))).copied()
    }
    /// A key.
    pub fn key(&mut self, key: Key, lost: &LostOrders, now: Timestamp) -> LostStep {
        if key == Key::plain(KeyCode::Esc) || key == Key::ctrl('c') {
            return LostStep::Close;
        }
        if self.gate.drops(key, now) || key.ctrl {
            return LostStep::Stay;
        }
        let last = choices(lost).len().saturating_sub(1);
        self.at = self.at.min(last);
        match key.code {
            KeyCode::Down | KeyCode::Char('j') => self.at = (self.at + 1).min(last),
            KeyCode::Up | KeyCode::Char('k') => self.at = self.at.saturating_sub(1),
            KeyCode::Enter => return self.take(lost),
            KeyCode::Char('l') => {
                if let Some((order, _)) = self.chosen(lost)
                    && order.may_be_let()
                {
                    return LostStep::LetBe(order.order.clone());
                }
            }
            KeyCode::Char('q') if self.leaving => return LostStep::Leave,
            KeyCode::Char('q') => return LostStep::Close,
            _ => {}
        }
        LostStep::Stay
    }
    fn take(&self, lost: &LostOrders) -> LostStep {
        let Some((order, Some(which))) = self.chosen(lost) else { return LostStep::Stay };
        match order.found.get(which) {
            Some(task) => LostStep::Take(order.order.clone(), task.at.clone()),
            None => LostStep::Stay,
        }
    }
}

fn choices(lost: &LostOrders) -> Vec<Choice<'_>> {
    lost.all()
        .iter()
        .flat_map(|l| {
            let none = l.found.is_empty().then_some((l, None));
            none.into_iter().chain((0..l.found.len()).map(move |n| (l, Some(n))))
        })
        .collect()
}
