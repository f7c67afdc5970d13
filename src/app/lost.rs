//! Orders whose outcome nobody knows, and the look for what became of each: by reading, never by sending again (A01).
//!
//! One task that can be it is taken by itself if this run sent the order; of several a person picks (A05); none after
//! a while and two clean lists is said, and the choice is left to a person (A04).

use super::effect::{Query, Want};
use super::facts::Facts;
use crate::domain::id::TaskRef;
use crate::domain::limits;
use crate::domain::outcome::Lookup;
use crate::domain::shown::Text;
use crate::domain::task::{TaskFilter, TaskSummary};
use crate::domain::time::{Span, Timestamp};
use crate::domain::timeline::{Intent, OrderId, Subject};

/// An order whose outcome nobody knows.
#[derive(Debug, Clone, PartialEq)]
pub struct Lost {
    /// Names it in the journal.
    pub order: OrderId,
    /// What it is about.
    pub subject: Subject,
    /// What to look for.
    pub lookup: Lookup,
    /// Whom it was sent as.
    pub user: Text,
    /// Whether this run sent it; else it was left by an earlier one.
    pub here: bool,
    /// What could be it, newest first.
    pub found: Vec<TaskSummary>,
    since: Option<Timestamp>,
    last: Option<Timestamp>,
    clean: u32,
    seen: Sight,
}

/// How far the look for an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// Tasks are being read.
    Looking,
    /// The profile is not set up in this run, or its last read failed: nothing can be looked for now.
    Blind,
    /// Something was found.
    Found,
    /// Nothing like it in two clean lists and long enough (A04).
    NotSeen,
}

impl Lost {
    /// One that is known by its intent.
    pub fn new(intent: &Intent, sent: Timestamp, here: bool) -> Self {
        Self {
            order: intent.order.clone(),
            subject: intent.subject.clone(),
            lookup: intent.lookup(sent),
            user: intent.user.clone(),
            here,
            found: Vec::new(),
            since: None,
            last: None,
            clean: 0,
            seen: Sight::Looking,
        }
    }
    /// How far the look for it is.
    pub fn sight(&self) -> Sight {
        self.seen
    }
    /// The one task to attach to without asking: the order was sent by this run, and nothing else could be it.
    pub fn sure(&self) -> Option<&TaskSummary> {
        match self.found.as_slice() {
            [one] if self.here && self.lookup.task.is_none() => Some(one),
            _ => None,
        }
    }
    /// Whether a person may let it be: not while it is still being looked for.
    pub fn may_be_let(&self) -> bool {
        self.seen != Sight::Looking
    }
    fn query(&self) -> Query {
        let profile = self.lookup.profile.clone();
        if let Some(id) = &self.lookup.task {
            return Query::Task(TaskRef { profile, id: id.clone() });
        }
        Query::Tasks(profile, TaskFilter { cluster: self.lookup.cluster.clone(), ..TaskFilter::default() })
    }
    /// Takes in what was read. Whether it shows anything else now.
    fn refresh(&mut self, cx: &Facts<'_>) -> bool {
        let since = *self.since.get_or_insert(cx.now);
        let before = (self.seen, self.found.clone());
        let query = self.query();
        let known = cx.cache.get(&query);
        let answered = known.and_then(|k| k.answer.as_ref()).map(|(_, at)| *at);
        // A list from before the send says nothing, and each one counts once.
        if let Some(at) = answered.filter(|at| *at >= since && self.last.is_none_or(|l| *at > l)) {
            self.last = Some(at);
            self.clean += 1;
            self.found = self.candidates(&query, cx);
        }
        let broken = cx.settings.profile(&self.lookup.profile).is_none_or(|p| p.broken.is_some());
        let failed = known.is_some_and(|k| k.error.is_some());
        let long = cx.now.since(since) >= limits::LOOKUP && self.clean >= limits::LOOKUP_LISTS;
        self.seen = if !self.found.is_empty() {
            Sight::Found
        } else if broken || failed {
            Sight::Blind
        } else if long {
            Sight::NotSeen
        } else {
            Sight::Looking
        };
        before != (self.seen, self.found.clone())
    }
    fn candidates(&self, query: &Query, cx: &Facts<'_>) -> Vec<TaskSummary> {
        match query {
            Query::Task(at) => cx.cache.task(at).map(|t| t.head.clone()).into_iter().collect(),
            Query::Tasks(profile, filter) => {
                let skew = cx.cache.server_now(query, cx.now).since(cx.now);
                let list = cx.cache.tasks(profile, filter).map_or(&[][..], Vec::as_slice);
                let found = self.lookup.candidates(list, self.user.raw(), skew);
                found.into_iter().take(limits::LOOKUP_SHOWN).cloned().collect()
            }
            _ => Vec::new(),
        }
    }
}

/// All of them, oldest first.
#[derive(Debug, Default)]
pub struct LostOrders {
    orders: Vec<Lost>,
}

impl LostOrders {
    /// Those that earlier runs left (A07, A08).
    pub fn left(unsettled: &[(Timestamp, Intent)]) -> Self {
        Self { orders: unsettled.iter().map(|(at, i)| Lost::new(i, *at, false)).collect() }
    }
    /// All of them.
    pub fn all(&self) -> &[Lost] {
        &self.orders
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.orders.is_empty()
    }
    /// One more. One that is known already is not taken twice.
    pub fn add(&mut self, lost: Lost) {
        if self.orders.iter().all(|l| l.order != lost.order) {
            self.orders.push(lost);
        }
    }
    /// It is settled.
    pub fn remove(&mut self, order: &OrderId) {
        self.orders.retain(|l| l.order != *order);
    }
    /// What is to be read.
    pub fn wants(&self) -> Vec<Want> {
        self.orders.iter().map(|l| Want { query: l.query(), max_age: limits::POLL_LIST }).collect()
    }
    /// Takes in what was read. Whether anything looks otherwise now.
    pub fn refresh(&mut self, cx: &Facts<'_>) -> bool {
        // Every one of them, whatever the first says.
        self.orders.iter_mut().map(|lost| lost.refresh(cx)).filter(|changed| *changed).count() > 0
    }
    /// When the look for one has lasted long enough though nothing is read any more.
    pub fn wakes_at(&self, now: Timestamp) -> Option<Timestamp> {
        let long = self.orders.iter().filter(|l| l.seen == Sight::Looking).filter_map(|l| l.since);
        long.map(|since| since.plus(limits::LOOKUP).plus(Span::from_millis(1))).filter(|at| *at > now).min()
    }
}

#[cfg(test)]
mod tests;
