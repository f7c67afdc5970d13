//! Which reads are due: from what the screen wants and how old the answers are; backoff, pause, the stop after a 401.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::cache::{Cache, Known};
use super::effect::{Answer, Effect, Query, Reply, Ticket, Want};
use super::settings::Settings;
use crate::domain::id::ProfileName;
use crate::domain::limits;
use crate::domain::outcome::{ReadError, ReadErrorKind};
use crate::domain::time::{Span, Timestamp};

/// Reads due within this of one that is due go out with it: fewer wake-ups, and polls fall into step.
const TOGETHER: Span = Span::from_millis(250);
/// Pause after a failure while a recording is played: nobody is spared by waiting longer.
const TAPE_PAUSE: Span = Span::from_millis(500);
/// How often answers nobody wants are looked for.
const SWEEP: Span = Span::from_secs(10);
/// How long an answer nobody wants is kept, so that going back shows something at once.
const KEEP: Span = Span::from_secs(300);
/// The same for a task or a log, which can be large.
const KEEP_LARGE: Span = Span::from_secs(60);

/// State of the polling. What was read is in the [`Cache`].
#[derive(Debug, Default)]
pub struct Poll {
    last_ticket: u64,
    tickets: HashMap<Ticket, Query>,
    stopped: BTreeSet<ProfileName>,
    hurry: HashSet<Query>,
    /// Answers of another time of a recording, until they are read again.
    rewound: HashSet<Query>,
    swept: Option<Timestamp>,
    /// Whether a recording answers: what it does not hold yet, it may hold a moment later.
    pub on_tape: bool,
    /// Whether lists are left alone until the operator asks.
    pub paused: bool,
}

/// What a reply brought.
#[derive(Debug)]
pub struct Came {
    /// The query it answers.
    pub query: Query,
    /// Whether anything that can be seen differs from before.
    pub changed: bool,
    /// The error, where it is the first of its kind for this query.
    pub error: Option<ReadError>,
}

/// What is to be done now and when to look again.
#[derive(Debug, Default)]
pub struct Due {
    /// Fetch and Forget.
    pub effects: Vec<Effect>,
    /// When the next read is due.
    pub next: Option<Timestamp>,
}

impl Poll {
    /// A ticket nobody had before.
    pub fn ticket(&mut self) -> Ticket {
        self.last_ticket += 1;
        Ticket(self.last_ticket)
    }
    /// What a ticket was for, while it is current.
    pub fn asked(&self, ticket: Ticket) -> Option<&Query> {
        self.tickets.get(&ticket)
    }
    /// Profiles that are not asked any more since a 401 (H01).
    pub fn is_stopped(&self, profile: &ProfileName) -> bool {
        self.stopped.contains(profile)
    }
    /// Every stopped profile.
    pub fn stopped(&self) -> impl Iterator<Item = &ProfileName> {
        self.stopped.iter()
    }
    /// The operator asks to read this now, whatever its age.
    pub fn hurry(&mut self, query: Query) {
        self.hurry.insert(query);
    }
    /// The world may be another now: whatever was read of it is read again as soon as it is looked at.
    pub fn hurry_all(&mut self, cache: &Cache) {
        self.hurry.extend(cache.iter().map(|(q, _)| q).filter(|q| goes_out(q)).cloned());
    }
    /// The operator has acted on a 401: the profile may be asked again.
    pub fn resume(&mut self, profile: &ProfileName, cache: &mut Cache) {
        self.stopped.remove(profile);
        for (query, known) in cache.iter_mut().filter(|(q, _)| q.profile() == profile) {
            known.not_before = None;
            if known.answer.is_some() {
                self.hurry.insert(query.clone());
            }
        }
    }
    /// The recording that is played stands elsewhere: what is wanted is read again, the rest is forgotten. Until then
    /// what was read stays on the screen, so that it does not go blank for the moment.
    pub fn rewind(&mut self, cache: &mut Cache, wants: &[Want], now: Timestamp) {
        self.tickets.clear();
        self.stopped.clear();
        cache.retain(|query, _| wants.iter().any(|w| w.query == *query));
        for (query, known) in cache.iter_mut() {
            known.in_flight = None;
            known.not_before = None;
            known.error = None;
            known.failures = 0;
            if let Some((_, at)) = &mut known.answer {
                *at = now;
            }
            self.rewound.insert(query.clone());
        }
        self.hurry = self.rewound.clone();
    }
    /// Puts a reply into the cache. `None`: its ticket is no longer current, and it is dropped.
    pub fn reply(
        &mut self,
        cache: &mut Cache,
        ticket: Ticket,
        result: Result<Answer, ReadError>,
        now: Timestamp,
    ) -> Option<Came> {
        let query = self.tickets.remove(&ticket)?;
        let known = cache.entry(&query);
        known.in_flight = None;
        if self.rewound.remove(&query) && result.is_err() {
            // It is of a time that the recording has left, and of this time there is nothing.
            known.answer = None;
        }
        match result {
            Ok(answer) => {
                let same = known.failures == 0
                    && known.answer.as_ref().is_some_and(|(a, _)| a.reply == answer.reply);
                known.answer = Some((answer, now));
                known.error = None;
                known.failures = 0;
                known.not_before = None;
                Some(Came { query, changed: !same, error: None })
            }
            Err(error) => {
                let first = known.error.as_ref().is_none_or(|(e, _)| e.kind != error.kind);
                known.failures = known.failures.saturating_add(1);
                let pause = if self.on_tape { TAPE_PAUSE } else { pause(&query, known.failures, &error) };
                known.not_before = Some(now.plus(pause));
                known.error = Some((error.clone(), now));
                if matches!(error.kind, ReadErrorKind::Unauthenticated | ReadErrorKind::PollingStopped) {
                    self.stopped.insert(query.profile().clone());
                }
                Some(Came { query, changed: true, error: first.then_some(error) })
            }
        }
    }
    /// The reads that are due, in the order wanted; those in flight that nobody wants are given up.
    /// `urgent`: how many of the first wants are an overlay's, which a pause does not hold back.
    pub fn run(
        &mut self,
        cache: &mut Cache,
        settings: &Settings,
        wants: &[Want],
        urgent: usize,
        now: Timestamp,
    ) -> Due {
        let merged = merge(wants);
        let mut due = Due::default();
        self.forget(cache, &merged, &mut due.effects);
        let mut in_flight: HashMap<ProfileName, usize> = HashMap::new();
        for query in self.tickets.values().filter(|q| goes_out(q)) {
            *in_flight.entry(query.profile().clone()).or_default() += 1;
        }
        let mut all: usize = in_flight.values().sum();
        let any_due = wants.iter().enumerate().any(|(ix, w)| {
            let age = merged.get(&w.query).copied().unwrap_or(w.max_age);
            self.due_at(cache, settings, &w.query, age, ix < urgent, now).is_some_and(|t| t <= now)
        });
        let horizon = if any_due { now.plus(TOGETHER) } else { now };
        for (ix, want) in wants.iter().enumerate() {
            let max_age = merged.get(&want.query).copied().unwrap_or(want.max_age);
            let Some(at) = self.due_at(cache, settings, &want.query, max_age, ix < urgent, now) else {
                continue;
            };
            if at > horizon {
                due.next = Some(due.next.map_or(at, |n| n.min(at)));
                continue;
            }
            if goes_out(&want.query) {
                let mine = in_flight.entry(want.query.profile().clone()).or_default();
                // The reply that makes room calls this again: no timer is needed.
                if *mine >= limits::IN_FLIGHT_PER_PROFILE || all >= limits::IN_FLIGHT {
                    continue;
                }
                *mine += 1;
                all += 1;
            }
            let ticket = self.ticket();
            self.hurry.remove(&want.query);
            self.tickets.insert(ticket, want.query.clone());
            cache.entry(&want.query).in_flight = Some(ticket);
            due.effects.push(Effect::Fetch { ticket, query: want.query.clone() });
        }
        self.sweep(cache, &merged, now);
        due
    }
    /// When a read is due; `None`: not until something else happens.
    fn due_at(
        &self,
        cache: &Cache,
        settings: &Settings,
        query: &Query,
        max_age: Span,
        urgent: bool,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let profile = query.profile();
        if settings.profile(profile).is_none_or(|p| p.broken.is_some()) || self.stopped.contains(profile) {
            return None;
        }
        let Some(known) = cache.get(query) else { return Some(now) };
        if known.in_flight.is_some() {
            return None;
        }
        let hurried = self.hurry.contains(query);
        if self.paused && !urgent && !hurried && (known.answer.is_some() || known.error.is_some()) {
            return None;
        }
        let by_age = match &known.answer {
            Some((_, at)) if !hurried => at.plus(max_age),
            _ => now,
        };
        // A wait the server asked for is obeyed even when the operator is in a hurry.
        let told = known.error.as_ref().is_some_and(|(e, _)| e.wait.is_some());
        let not_before = known.not_before.filter(|_| told || !hurried);
        Some(not_before.map_or(by_age, |t| t.max(by_age)))
    }
    fn forget(&mut self, cache: &mut Cache, wanted: &HashMap<Query, Span>, effects: &mut Vec<Effect>) {
        let mut gone: Vec<Ticket> =
            self.tickets.iter().filter(|(_, q)| !wanted.contains_key(q)).map(|(t, _)| *t).collect();
        gone.sort_unstable();
        for ticket in gone {
            if let Some(query) = self.tickets.remove(&ticket) {
                cache.entry(&query).in_flight = None;
                effects.push(Effect::Forget(ticket));
            }
        }
        self.hurry.retain(|q| wanted.contains_key(q) || cache.get(q).is_some());
    }
    /// Memory is bounded by what is looked at.
    fn sweep(&mut self, cache: &mut Cache, wanted: &HashMap<Query, Span>, now: Timestamp) {
        if self.swept.is_some_and(|t| now.since(t) < SWEEP && now >= t) {
            return;
        }
        self.swept = Some(now);
        cache.retain(|query, known| {
            wanted.contains_key(query) || known.in_flight.is_some() || is_young(query, known, now)
        });
    }
}

fn is_young(query: &Query, known: &Known, now: Timestamp) -> bool {
    let keep = match query {
        Query::Task(_) | Query::Log(..) | Query::Plan(_) => KEEP_LARGE,
        Query::Info(_)
        | Query::Check(_)
        | Query::Clusters(_)
        | Query::Zones(_)
        | Query::Tenants(_)
        | Query::Units(_)
        | Query::Parameters(_)
        | Query::Audit(_)
        | Query::Tasks(..) => KEEP,
    };
    let last = [known.answer.as_ref().map(|a| a.1), known.error.as_ref().map(|e| e.1)];
    last.into_iter().flatten().max().is_some_and(|t| now.since(t) < keep)
}

/// A plan is made without the network and does not count as a request.
fn goes_out(query: &Query) -> bool {
    !matches!(query, Query::Plan(_))
}

fn merge(wants: &[Want]) -> HashMap<Query, Span> {
    let mut merged: HashMap<Query, Span> = HashMap::with_capacity(wants.len());
    for want in wants {
        merged
            .entry(want.query.clone())
            .and_modify(|age| *age = (*age).min(want.max_age))
            .or_insert(want.max_age);
    }
    merged
}

/// Pause after the n-th failure in a row: doubled to 30 s, with a fifth of jitter that depends on the query alone,
/// so that the same messages give the same effects (architecture, promise 3).
fn pause(query: &Query, failures: u32, error: &ReadError) -> Span {
    if let Some(wait) = error.wait {
        return wait.max(Span::from_secs(1)).min(limits::WAIT_TOLD_MAX);
    }
    let max = limits::POLL_BACKOFF_MAX.millis();
    let base = match error.kind {
        // Asking again soon does not change a permission, a path or an object that is gone.
        ReadErrorKind::Forbidden | ReadErrorKind::NotFound | ReadErrorKind::BadRequest => max,
        ReadErrorKind::Unreachable
        | ReadErrorKind::Timeout
        | ReadErrorKind::CutOff
        | ReadErrorKind::Unauthenticated
        | ReadErrorKind::Conflict
        | ReadErrorKind::RateLimited
        | ReadErrorKind::Redirected
        | ReadErrorKind::NotAPlane
        | ReadErrorKind::BadAnswer
        | ReadErrorKind::TooLarge
        | ReadErrorKind::Server
        | ReadErrorKind::PollingStopped => {
            (limits::POLL_LIST.millis() << failures.saturating_sub(1).min(8)).min(max)
        }
    };
    let mut hasher = DefaultHasher::new();
    (query, failures).hash(&mut hasher);
    let percent = 80 + (hasher.finish() % 41) as i64;
    Span::from_millis(base * percent / 100)
}

/// Whether a reply holds something whose clock runs.
pub fn is_running(reply: &Reply) -> bool {
    match reply {
        Reply::Task(t) => t.phase().is_active() || t.subtasks().any(|s| s.phase().is_active()),
        Reply::Tasks(list) => list.iter().any(|t| t.phase().is_active()),
        Reply::Info(_)
        | Reply::Clusters(_)
        | Reply::Zones(_)
        | Reply::Tenants(_)
        | Reply::Units(_)
        | Reply::Parameters(_)
        | Reply::Audit(_)
        | Reply::Log(_)
        | Reply::Check(_)
        | Reply::Plan(_) => false,
    }
}

#[cfg(test)]
mod tests;
