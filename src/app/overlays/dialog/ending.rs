//! What a dialog is after the yes: sending, and how it ended. Shared by every dialog that sends.

use super::super::DialogStep;
use super::super::card::copy_sql;
use crate::app::effect::{Query, Ticket, Want};
use crate::app::facts::{Facts, Go, Notice};
use crate::app::key::{Key, KeyCode};
use crate::domain::id::{ClusterId, ProfileName, TaskRef};
use crate::domain::limits;
use crate::domain::outcome::{Held, Lookup, Outcome, ReadErrorKind, Refused};
use crate::domain::runbook::{self, Card};
use crate::domain::shown::{Shown, Text};
use crate::domain::task::{TaskFilter, TaskSummary};
use crate::domain::time::Timestamp;

/// Where a dialog is in its life.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// It asks.
    Asking,
    /// The yes was given; deaf until the outcome is known.
    Sending {
        /// Names the order, once the shell has it.
        ticket: Option<Ticket>,
        /// When the yes was given.
        since: Timestamp,
    },
    /// It ended otherwise than well.
    Ended(Ended),
}

impl Stage {
    /// The shell has the order under this ticket.
    pub fn sent(&mut self, ticket: Ticket) {
        if let Stage::Sending { ticket: slot, .. } = self {
            *slot = Some(ticket);
        }
    }
    /// Whether the yes was given and the outcome is not known yet.
    pub fn is_sending(&self) -> bool {
        matches!(self, Stage::Sending { .. })
    }
    /// Whether the order under this ticket is the one it waits for: another dialog may stand in its place by now.
    pub fn is_sending_as(&self, ticket: Ticket) -> bool {
        matches!(self, Stage::Sending { ticket: Some(t), .. } if *t == ticket)
    }
}

/// How it ended, when there is something to read.
#[derive(Debug, Clone, PartialEq)]
pub enum Ended {
    /// The server said no.
    Refused(Refused),
    /// Nobody knows.
    Unknown {
        /// What was seen instead of an answer.
        why: Text,
        /// What to look for.
        lookup: Lookup,
    },
}

/// Why a dialog asks again after a yes: nothing left here.
#[derive(Debug, Clone, PartialEq)]
pub enum Back {
    /// The control plane could not be reached.
    NotSent(Text),
    /// It was held back here.
    Held(Held),
}

/// What an outcome means for a dialog.
pub(crate) enum Settled {
    /// It closes.
    Step(DialogStep),
    /// It stays and shows this.
    Ended(Ended),
    /// Nothing left here: it asks again, and a new yes is needed.
    Back(Back),
}

/// Settles an outcome.
pub(crate) fn settle(outcome: &Outcome) -> Settled {
    match outcome {
        Outcome::Accepted { task: Some(task), .. } => {
            Settled::Step(DialogStep::CloseAnd(Go::Task(task.head.at.clone())))
        }
        Outcome::Accepted { task: None, .. } => {
            Settled::Step(DialogStep::CloseAnd(Go::Notice(Notice::Outcome(Box::new(outcome.clone())))))
        }
        Outcome::Refused(refused) => Settled::Ended(Ended::Refused(refused.clone())),
        Outcome::NotSent { why } => Settled::Back(Back::NotSent(why.clone())),
        Outcome::Held(held) => Settled::Back(Back::Held(held.clone())),
        Outcome::Unknown { why, lookup } => {
            Settled::Ended(Ended::Unknown { why: why.clone(), lookup: lookup.clone() })
        }
    }
}

/// What an ended dialog belongs to: where the tasks are that matter now.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Profile.
    pub profile: ProfileName,
    /// Cluster, when the action was on one.
    pub cluster: Option<ClusterId>,
    /// Task, when the action was on one.
    pub task: Option<TaskRef>,
}

impl Place {
    fn tasks(&self, unfinished: bool) -> Query {
        let filter = TaskFilter { cluster: self.cluster.clone(), unfinished, ..TaskFilter::default() };
        Query::Tasks(self.profile.clone(), filter)
    }
    fn listed<'a>(&self, unfinished: bool, cx: &'a Facts<'_>) -> &'a [TaskSummary] {
        let Query::Tasks(profile, filter) = self.tasks(unfinished) else { return &[] };
        cx.cache.tasks(&profile, &filter).map_or(&[], Vec::as_slice)
    }
}

/// What is to be read while the end is shown.
pub(crate) fn wants(ended: &Ended, place: &Place) -> Vec<Want> {
    let unfinished = match ended {
        Ended::Unknown { .. } => false,
        Ended::Refused(r) if r.kind == ReadErrorKind::Conflict => true,
        Ended::Refused(_) => return Vec::new(),
    };
    if place.cluster.is_none() {
        return Vec::new();
    }
    vec![Want { query: place.tasks(unfinished), max_age: limits::POLL_LIST }]
}

/// The task that holds the cluster after a conflict, when exactly one is known.
pub fn holder<'a>(place: &Place, cx: &'a Facts<'_>) -> Option<&'a TaskSummary> {
    let mut open = place.listed(true, cx).iter().filter(|t| t.is_unfinished());
    let first = open.next()?;
    open.next().is_none().then_some(first)
}

/// Tasks that could be what became of a lost order: same name, not begun before it was sent (A01). Clocks of the
/// server and of this host are compared only after the server's is moved to ours.
pub fn candidates<'a>(lookup: &Lookup, place: &Place, cx: &'a Facts<'_>) -> Vec<&'a TaskSummary> {
    let skew = cx.cache.server_now(&place.tasks(false), cx.now).since(cx.now);
    lookup.candidates(place.listed(false, cx), "", skew)
}

/// The runbook card about an end, where there is one.
pub fn card(ended: &Ended) -> Option<Card> {
    match ended {
        Ended::Refused(refused) => runbook::of_refusal(refused),
        Ended::Unknown { .. } => Some(Card::AnswerLost),
    }
}

/// A key while the end is shown. Nothing here sends.
pub(crate) fn key(ended: &Ended, place: &Place, key: Key, cx: &Facts<'_>) -> DialogStep {
    match key.code {
        KeyCode::Esc | KeyCode::Char('q') => DialogStep::Close,
        KeyCode::Char('c') if key.ctrl => DialogStep::Close,
        KeyCode::Char('c') => card(ended).map_or(DialogStep::Nothing, copy_sql),
        KeyCode::Char('y') => match ended {
            Ended::Refused(Refused { trace: Some(trace), .. }) => {
                DialogStep::Go(Go::Copy(Shown::filter(trace.raw())))
            }
            Ended::Refused(_) | Ended::Unknown { .. } => DialogStep::Nothing,
        },
        KeyCode::Enter => enter(ended, place, cx),
        _ => DialogStep::Nothing,
    }
}

fn enter(ended: &Ended, place: &Place, cx: &Facts<'_>) -> DialogStep {
    let go = match ended {
        Ended::Unknown { lookup, .. } => match (&place.task, candidates(lookup, place, cx).as_slice()) {
            (Some(task), _) => Go::Task(task.clone()),
            (None, [one]) => Go::Task(one.at.clone()),
            (None, _) => Go::Tasks,
        },
        Ended::Refused(r) if r.kind == ReadErrorKind::Conflict => match (&place.task, holder(place, cx)) {
            (Some(task), _) => Go::Task(task.clone()),
            (None, Some(one)) => Go::Task(one.at.clone()),
            (None, None) => Go::Tasks,
        },
        Ended::Refused(r) if r.kind == ReadErrorKind::Server => Go::Tasks,
        Ended::Refused(_) => return DialogStep::Nothing,
    };
    DialogStep::CloseAnd(go)
}
