//! What a handoff note is made of (operator-guide 5.3), gathered from the facts of the moment.

use super::id::{ClusterRef, TaskId};
use super::incident::{Happened, Moment};
use super::offline::{self, Clock, Level};
use super::outcome::Exit;
use super::runbook::Card;
use super::shown::Text;
use super::status::{Health, Phase};
use super::task::TaskSummary;
use super::time::{Span, Timestamp};
use super::timeline::{Ended, Intent};
use super::topology::{Cluster, Parameter};

/// An OBServer that is not in service.
#[derive(Debug, Clone, PartialEq)]
pub struct Down {
    /// `ip:port`.
    pub address: Text,
    /// Its zone.
    pub zone: Text,
    /// Its word.
    pub word: Text,
    /// Since when, where a stop time is told.
    pub since: Option<Timestamp>,
    /// When this console first saw it so, where it did.
    pub seen: Option<Timestamp>,
    /// Its offline clock.
    pub clock: Option<Clock>,
}

/// An order that was sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Sent {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub who: Text,
    /// The order.
    pub intent: Intent,
    /// How it ended; `None`: not known yet.
    pub ended: Option<Ended>,
    /// Whether an unknown outcome was settled since.
    pub is_settled: bool,
    /// The task that came of it, as far as it is known.
    pub task: Option<TaskId>,
}

/// A task that came to rest.
#[derive(Debug, Clone, PartialEq)]
pub struct Over {
    /// Which.
    pub task: TaskId,
    /// Its name.
    pub name: Text,
    /// How.
    pub phase: Option<Phase>,
    /// The plane's word.
    pub status: Text,
    /// How long it took.
    pub took: Option<Span>,
}

/// A task that holds the cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct Running {
    /// As last told.
    pub head: TaskSummary,
    /// Allowed time along the longest remaining path, where it is known.
    pub left: Option<Span>,
}

/// What could go wrong next, as far as it can be told from here.
#[derive(Debug, Clone, PartialEq)]
pub enum Risk {
    /// The outcome of an order is not known.
    OutcomeUnknown(Text),
    /// An order went out against a refusal of the guard: its machine words.
    Overridden(Vec<String>),
    /// A failed task still holds the cluster.
    TaskFailed(TaskId),
    /// A step was declared done without doing it.
    Skipped(TaskId, u32),
    /// Less than a fifth of an offline limit is left, or nothing.
    OfflineClock(Text),
    /// Down without an order.
    DownUnasked(Text),
    /// The servers could not be read, or are old.
    Unread,
}

impl Risk {
    /// The card that says what to do.
    pub fn card(&self) -> Option<Card> {
        match self {
            Risk::OutcomeUnknown(_) => Some(Card::AnswerLost),
            Risk::OfflineClock(_) => Some(Card::OfflineClock),
            Risk::Overridden(_)
            | Risk::TaskFailed(_)
            | Risk::Skipped(..)
            | Risk::DownUnasked(_)
            | Risk::Unread => None,
        }
    }
}

/// The facts of a handoff note.
#[derive(Debug, Clone, PartialEq)]
pub struct Handoff {
    /// When it was made.
    pub now: Timestamp,
    /// Which cluster.
    pub cluster: ClusterRef,
    /// Its name.
    pub name: Text,
    /// OBServers in service, and all; `None` where they were not read.
    pub up: Option<(usize, usize)>,
    /// When they were read.
    pub read_at: Option<Timestamp>,
    /// Those that are not in service.
    pub down: Vec<Down>,
    /// Orders sent, newest first.
    pub sent: Vec<Sent>,
    /// Tasks that ended, newest first.
    pub over: Vec<Over>,
    /// Tasks that hold the cluster.
    pub running: Vec<Running>,
    /// What could go wrong next.
    pub risks: Vec<Risk>,
}

/// What the note is gathered from.
#[derive(Debug, Clone)]
pub struct Seen<'a> {
    /// Which cluster.
    pub at: &'a ClusterRef,
    /// As last read with its zones, and when.
    pub cluster: Option<(&'a Cluster, Timestamp)>,
    /// Its parameters.
    pub parameters: &'a [Parameter],
    /// Its unfinished tasks, each with the allowed time left.
    pub running: Vec<Running>,
    /// The timeline, oldest first.
    pub moments: &'a [Moment],
}

impl Handoff {
    /// Gathers them.
    pub fn of(seen: &Seen<'_>, now: Timestamp) -> Self {
        let servers: Vec<_> =
            seen.cluster.iter().flat_map(|(c, _)| c.zones.iter().flat_map(|z| &z.servers)).collect();
        let up = servers.iter().filter(|s| s.is_up()).count();
        let down: Vec<Down> = servers
            .iter()
            .filter(|s| !s.is_up())
            .map(|s| Down {
                address: s.address.clone(),
                zone: s.zone.text().clone(),
                word: super::incident::word_of(s),
                since: s.stopped,
                seen: seen_at(&s.address, seen.moments),
                clock: offline::Clock::of(s, seen.parameters),
            })
            .collect();
        let sent = sent(seen.moments);
        let mut note = Self {
            now,
            cluster: seen.at.clone(),
            name: seen.cluster.map(|(c, _)| c.name.clone()).unwrap_or_default(),
            up: (!servers.is_empty()).then_some((up, servers.len())),
            read_at: seen.cluster.map(|(_, at)| at),
            down,
            sent,
            over: over(seen.moments),
            running: seen.running.clone(),
            risks: Vec::new(),
        };
        note.risks = note.find_risks(seen, now);
        note
    }
    fn find_risks(&self, seen: &Seen<'_>, now: Timestamp) -> Vec<Risk> {
        let mut risks: Vec<Risk> = Vec::new();
        for s in &self.sent {
            let unknown = s.ended.as_ref().is_none_or(|e| e.exit == Exit::Unknown);
            if unknown && !s.is_settled {
                risks.push(Risk::OutcomeUnknown(s.intent.subject.verb.clone()));
            }
            if s.intent.basis.overriding.is_some() && !s.intent.basis.refused.is_empty() {
                risks.push(Risk::Overridden(s.intent.basis.refused.clone()));
            }
        }
        for r in &self.running {
            if r.head.phase() == Phase::Failed {
                risks.push(Risk::TaskFailed(r.head.at.id.clone()));
            }
            if r.head.progress.skipped > 0 {
                risks.push(Risk::Skipped(r.head.at.id.clone(), r.head.progress.skipped));
            }
        }
        for d in &self.down {
            if d.clock.is_some_and(|c| c.level(now) >= Level::Late) {
                risks.push(Risk::OfflineClock(d.address.clone()));
            }
        }
        let unasked = seen.cluster.iter().flat_map(|(c, _)| c.zones.iter().flat_map(|z| &z.servers));
        for s in unasked.filter(|s| s.status.is == Health::Down && s.stopped.is_none()) {
            risks.push(Risk::DownUnasked(s.address.clone()));
        }
        let is_old = self.read_at.is_none_or(|at| now.since(at) > super::limits::IMPACT_MAX_AGE);
        if self.up.is_none() || is_old {
            risks.push(Risk::Unread);
        }
        // Twenty orders with the same open question are one question.
        let mut told: Vec<Risk> = Vec::new();
        for r in risks {
            if !told.contains(&r) {
                told.push(r);
            }
        }
        told
    }
    /// The offline clock that runs out first.
    pub fn first_clock(&self) -> Option<(&Down, Clock)> {
        self.down.iter().filter_map(|d| Some((d, d.clock?))).min_by_key(|(_, c)| c.ends())
    }
}

/// When this console saw the server go into the state it is in.
fn seen_at(address: &Text, moments: &[Moment]) -> Option<Timestamp> {
    moments.iter().rev().find_map(|m| match &m.what {
        Happened::Changed(c) if c.server.as_ref() == Some(address) => Some(c.at),
        _ => None,
    })
}

fn sent(moments: &[Moment]) -> Vec<Sent> {
    let of = |m: &Moment| match &m.what {
        Happened::Sent { intent, ended, settled } => Some(Sent {
            at: m.at,
            who: m.who.clone(),
            intent: intent.as_ref().clone(),
            ended: ended.as_ref().map(|e| e.1.clone()),
            is_settled: settled.is_some(),
            task: m.task.as_ref().map(|t| t.id.clone()),
        }),
        _ => None,
    };
    moments.iter().rev().filter_map(of).collect()
}

fn over(moments: &[Moment]) -> Vec<Over> {
    let of = |m: &Moment| match (&m.what, &m.task) {
        (Happened::TaskEnded { name, phase, status, took, .. }, Some(task)) => Some(Over {
            task: task.id.clone(),
            name: name.clone(),
            phase: *phase,
            status: status.clone(),
            took: *took,
        }),
        _ => None,
    };
    moments.iter().rev().filter_map(of).collect()
}
