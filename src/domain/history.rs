//! The journal as rows: an order with its end and what became of it is one row, everything else its own.

use std::collections::HashMap;

use super::id::{ClusterRef, ProfileName, TaskId};
use super::outcome::Exit;
use super::shown::Text;
use super::time::Timestamp;
use super::timeline::{Ended, OrderId, Record, Settled, What};

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The line it began with.
    pub record: Record,
    /// How the order ended, and when that was written.
    pub ended: Option<(Timestamp, Ended)>,
    /// What became of an unknown outcome, and when.
    pub settled: Option<(Timestamp, Settled)>,
}

/// Rows as their lines come, in one pass.
#[derive(Debug, Default)]
pub struct Rows {
    rows: Vec<Row>,
    orders: HashMap<OrderId, usize>,
}

impl Rows {
    /// Takes the next line.
    pub fn add(&mut self, record: Record) {
        let known = record.what.order().and_then(|o| self.orders.get(o)).copied();
        if let Some(row) = known.and_then(|at| self.rows.get_mut(at)) {
            match &record.what {
                What::Ended(e) => row.ended = Some((record.at, (**e).clone())),
                What::Settled { how, .. } => row.settled = Some((record.at, how.clone())),
                What::Intent(_) | What::Held { .. } | What::TaskEnded { .. } | What::Note { .. } => {}
            }
            return;
        }
        match &record.what {
            What::Intent(i) => {
                self.orders.insert(i.order.clone(), self.rows.len());
            }
            // The end of an order whose beginning was lost says too little to stand alone.
            What::Ended(_) | What::Settled { .. } => return,
            What::Held { .. } | What::TaskEnded { .. } | What::Note { .. } => {}
        }
        self.rows.push(Row { record, ended: None, settled: None });
    }
    /// All of them, in the order of their beginning.
    pub fn done(self) -> Vec<Row> {
        self.rows
    }
}

/// Which rows are wanted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Begun no earlier.
    pub since: Option<Timestamp>,
    /// Of this profile.
    pub profile: Option<String>,
    /// Of this cluster: its name or ID, or profile and either of them with a slash between.
    pub cluster: Option<String>,
    /// About this task.
    pub task: Option<String>,
}

impl Filter {
    /// Whether a row is wanted. Names are compared byte for byte.
    pub fn wants(&self, row: &Row) -> bool {
        let profile = row.profile().map_or("", ProfileName::raw);
        self.since.is_none_or(|since| row.record.at >= since)
            && self.profile.as_ref().is_none_or(|p| p == profile)
            && self.task.as_ref().is_none_or(|t| row.tasks().iter().any(|id| id.raw() == t))
            && self.cluster.as_ref().is_none_or(|c| {
                let name = row.cluster_name();
                let names = [name.raw(), row.cluster().map_or("", |c| c.id.raw())];
                let of = |c: &str| !c.is_empty() && names.contains(&c);
                of(c) || c.split_once('/').is_some_and(|(p, c)| p == profile && of(c))
            })
    }
}

impl Row {
    /// The profile it went through; `None` for a note about nothing in particular.
    pub fn profile(&self) -> Option<&ProfileName> {
        match &self.record.what {
            What::Intent(i) => Some(&i.subject.profile),
            What::Held { subject, .. } => Some(&subject.profile),
            What::TaskEnded { profile, .. } => Some(profile),
            What::Note { cluster, .. } => cluster.as_ref().map(|c| &c.profile),
            What::Ended(_) | What::Settled { .. } => None,
        }
    }
    /// The cluster it is about, where it names one.
    pub fn cluster(&self) -> Option<&ClusterRef> {
        match &self.record.what {
            What::Intent(i) => i.subject.cluster.as_ref(),
            What::Held { subject, .. } => subject.cluster.as_ref(),
            What::TaskEnded { cluster, .. } | What::Note { cluster, .. } => cluster.as_ref(),
            What::Ended(_) | What::Settled { .. } => None,
        }
    }
    /// That cluster's name, as it was then; empty where it is not known.
    pub fn cluster_name(&self) -> Text {
        match &self.record.what {
            What::Intent(i) => i.subject.cluster_name.clone(),
            What::Held { subject, .. } => subject.cluster_name.clone(),
            What::TaskEnded { .. } | What::Note { .. } | What::Ended(_) | What::Settled { .. } => {
                Text::default()
            }
        }
    }
    /// The task it is about or that came of it.
    pub fn task(&self) -> Option<&TaskId> {
        self.tasks().into_iter().next()
    }
    fn tasks(&self) -> Vec<&TaskId> {
        let own = match &self.record.what {
            What::Intent(i) => i.subject.task.as_ref(),
            What::Held { subject, .. } => subject.task.as_ref(),
            What::TaskEnded { task, .. } => Some(task),
            What::Note { .. } | What::Ended(_) | What::Settled { .. } => None,
        };
        let ended = self.ended.as_ref().and_then(|(_, e)| e.task.as_ref());
        let settled = match &self.settled {
            Some((_, Settled::Task(id))) => Some(id),
            Some((_, Settled::LetBe)) | None => None,
        };
        settled.into_iter().chain(ended).chain(own).collect()
    }
    /// How the order ended, in one machine word; `None` for what is no order.
    pub fn outcome(&self) -> Option<&'static str> {
        let What::Intent(_) = &self.record.what else { return None };
        Some(match self.ended.as_ref().map(|(_, e)| e.exit) {
            Some(Exit::Done) => "accepted",
            Some(Exit::Unreachable) => "notSent",
            Some(Exit::RefusedHere) => "held",
            // An intent without an end is one that nobody knows the outcome of.
            None | Some(Exit::Unknown) => "unknown",
            Some(_) => "refused",
        })
    }
    /// Whether nobody knows its outcome and nobody settled it.
    pub fn is_unsettled(&self) -> bool {
        self.outcome() == Some("unknown") && self.settled.is_none()
    }
}
