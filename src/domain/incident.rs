//! What happened around an incident, from every source, in one order (operator-guide 5.3, screens 13).
//!
//! The journal, notes and what was seen to change carry this machine's time; tasks and audit events the control
//! plane's. Both are kept as they were told and told apart; only their order is made with the server's clock moved to
//! ours, so that an answer never stands before its question.

use std::collections::{BTreeMap, BTreeSet};

use super::guard::Basis;
use super::id::{ClusterRef, ProfileName, SubtaskId, TaskRef, TraceId, ZoneName};
use super::limits;
use super::offline;
use super::shown::Text;
use super::status::{Health, Phase};
use super::task::{Task, TaskSummary};
use super::time::{Span, Timestamp};
use super::timeline::{Ended, Intent, OrderId, Record, Settled, Subject, What};
use super::topology::{Parameter, Server, Zone};

/// By whose clock a time was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum By {
    /// This machine.
    Here,
    /// The control plane.
    Server,
}

/// Where a moment comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// An audit event of OCP.
    Ocp,
    /// The guard here.
    Guard,
    /// An order sent from here.
    Sent,
    /// A task or one of its steps.
    Task,
    /// A status that differed between two polls.
    Seen,
    /// Typed by a person.
    Note,
}

impl Source {
    /// The word of the screen and of machine output (screens 13).
    pub fn word(self) -> &'static str {
        match self {
            Source::Ocp => "ocp",
            Source::Guard => "guard",
            Source::Sent => "SENT",
            Source::Task => "task",
            Source::Seen => "seen",
            Source::Note => "note",
        }
    }
}

/// What a zone, an OBServer or a cluster was seen to change.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// When the poll that told it came, by our clock.
    pub at: Timestamp,
    /// How long before that it may have been: the time since the poll before.
    pub within: Span,
    /// Of which cluster.
    pub cluster: ClusterRef,
    /// Which zone.
    pub zone: ZoneName,
    /// Which OBServer; `None`: the zone itself.
    pub server: Option<Text>,
    /// Its word before; empty: it was not listed.
    pub from: Text,
    /// Its word now; empty: it is listed no more.
    pub to: Text,
    /// What that means.
    pub is: Health,
    /// When its offline clock runs out, where one began.
    pub limit_ends: Option<Timestamp>,
}

/// An audit event as OCP tells it (ocp-api 3.7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    /// When, by OCP's clock.
    pub at: Timestamp,
    /// Who.
    pub operator: Text,
    /// `STOP_OB_SERVER`, …
    pub event: Text,
    /// What it was done to, as told.
    pub target: Text,
    /// `SUCCESS`, `FAILED`.
    pub status: Text,
    /// Trace ID of that request, when told.
    pub trace: Option<TraceId>,
}

/// One step of a followed task, as far as a timeline needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct StepSeen {
    /// Its ID.
    pub id: SubtaskId,
    /// Its name.
    pub name: Text,
    /// What it works on.
    pub target: Text,
    /// Its phase when last told.
    pub phase: Phase,
    /// When it began, by the server's clock.
    pub started: Option<Timestamp>,
    /// When it ended.
    pub finished: Option<Timestamp>,
}

/// A task that was looked at here, without what only a drawing needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Followed {
    /// As last told.
    pub head: TaskSummary,
    /// Its begun steps, in order of their start, the newest [`limits::TIMELINE_STEPS`] of them.
    pub steps: Vec<StepSeen>,
}

impl Followed {
    /// What a timeline keeps of a task.
    pub fn of(task: &Task) -> Self {
        let mut steps: Vec<StepSeen> = task
            .subtasks()
            .filter(|s| s.started.is_some())
            .map(|s| StepSeen {
                id: s.id.clone(),
                name: s.name.clone(),
                target: s.target.clone(),
                phase: s.phase(),
                started: s.started,
                finished: s.finished,
            })
            .collect();
        steps.sort_by(|a, b| a.started.cmp(&b.started).then_with(|| a.id.cmp(&b.id)));
        let over = steps.len().saturating_sub(limits::TIMELINE_STEPS);
        steps.drain(..over);
        Self { head: task.head.clone(), steps }
    }
}

/// What happened at a moment.
#[derive(Debug, Clone, PartialEq)]
pub enum Happened {
    /// An order was sent; how it ended, as far as that is known.
    Sent {
        /// The order.
        intent: Box<Intent>,
        /// Its end, and when.
        ended: Option<Box<(Timestamp, Ended)>>,
        /// What became of an unknown outcome.
        settled: Option<Settled>,
    },
    /// The guard, or a fresh read before sending, held an order back.
    Held {
        /// What it was about.
        subject: Box<Subject>,
        /// Why, in machine words.
        why: Vec<String>,
        /// The reason given.
        reason: Option<String>,
    },
    /// A task began.
    TaskBegan {
        /// Its name.
        name: Text,
        /// What it works on.
        target: Text,
    },
    /// A task came to rest.
    TaskEnded {
        /// Its name.
        name: Text,
        /// How: its phase, where this program saw it.
        phase: Option<Phase>,
        /// The plane's own word.
        status: Text,
        /// How long it took.
        took: Option<Span>,
        /// Its failed subtasks.
        failed: Vec<SubtaskId>,
    },
    /// A step of a task began or ended.
    Step(StepSeen),
    /// A zone or OBServer has another word.
    Changed(Change),
    /// Somebody did something through the control plane.
    Audit(AuditEvent),
    /// A note.
    Note(Text),
}

/// A line of the timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// When, as told.
    pub at: Timestamp,
    /// By whose clock.
    pub by: By,
    /// Where from.
    pub source: Source,
    /// Who: operating system user, creator of the task, operator of the audit event; empty where nobody is told.
    pub who: Text,
    /// The cluster it belongs to, where it is known.
    pub cluster: Option<ClusterRef>,
    /// The task it belongs to.
    pub task: Option<TaskRef>,
    /// What.
    pub what: Happened,
}

/// Something to be known beside a moment, a line of its own where there is room for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Aside<'a> {
    /// What was answered before an order was sent: reason, typed name, override.
    Asked(&'a Basis),
    /// What the answer to an order came with.
    Answer(&'a Ended),
    /// The server's words, or why an order was lost.
    Words(&'a Text),
    /// What became of an unknown outcome.
    Settled(&'a Settled),
    /// The reason given for an order that was held back.
    Reason(&'a str),
}

impl Moment {
    /// What is to be known beside it, in order.
    pub fn asides(&self) -> Vec<Aside<'_>> {
        let mut out = Vec::new();
        match &self.what {
            Happened::Sent { intent, ended, settled } => {
                let b = &intent.basis;
                let filled = |t: &Option<String>| t.as_ref().is_some_and(|t| !t.trim().is_empty());
                if filled(&b.reason) || filled(&b.typed) || filled(&b.overriding) {
                    out.push(Aside::Asked(b));
                }
                if let Some(end) = ended.as_ref().map(|e| &e.1) {
                    if end.trace.is_some() || end.took.is_some() {
                        out.push(Aside::Answer(end));
                    }
                    if !end.words.is_empty() {
                        out.push(Aside::Words(&end.words));
                    }
                }
                out.extend(settled.as_ref().map(Aside::Settled));
            }
            Happened::Held { reason: Some(reason), .. } => out.push(Aside::Reason(reason)),
            Happened::Held { reason: None, .. }
            | Happened::TaskBegan { .. }
            | Happened::TaskEnded { .. }
            | Happened::Step(_)
            | Happened::Changed(_)
            | Happened::Audit(_)
            | Happened::Note(_) => {}
        }
        out
    }
    /// Whether any of its words holds the text, case ignored.
    pub fn matches(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let has = |t: &Text| t.shown().as_str().to_lowercase().contains(&text);
        let of_task = self.task.as_ref().is_some_and(|t| has(t.id.text()));
        if of_task || has(&self.who) || self.source.word().to_lowercase().contains(&text) {
            return true;
        }
        match &self.what {
            Happened::Sent { intent: i, ended, .. } => {
                let given = [&i.basis.reason, &i.basis.overriding];
                let end = ended.as_ref().map(|e| &e.1);
                [&i.path, &i.subject.target, &i.subject.verb, &i.subject.cluster_name].into_iter().any(has)
                    || given.into_iter().flatten().any(|r| r.to_lowercase().contains(&text))
                    || end.is_some_and(|e| {
                        has(&e.words) || has(&e.code) || e.trace.as_ref().is_some_and(|t| has(t.text()))
                    })
            }
            Happened::Held { subject, why, .. } => {
                [&subject.target, &subject.verb].into_iter().any(has)
                    || why.iter().any(|w| w.to_lowercase().contains(&text))
            }
            Happened::TaskBegan { name, target } => has(name) || has(target),
            Happened::TaskEnded { name, status, phase, .. } => {
                has(name) || has(status) || phase.is_some_and(|p| p.word().contains(&text))
            }
            Happened::Step(s) => has(&s.name) || has(&s.target) || s.phase.word().contains(&text),
            Happened::Changed(c) => [&c.from, &c.to, c.zone.text()].into_iter().chain(&c.server).any(has),
            Happened::Audit(e) => {
                let trace = e.trace.as_ref().map(TraceId::text);
                [&e.event, &e.target, &e.status].into_iter().chain(trace).any(has)
            }
            Happened::Note(note) => has(note),
        }
    }
    /// The trace ID it came with.
    pub fn trace(&self) -> Option<&TraceId> {
        match &self.what {
            Happened::Sent { ended, .. } => ended.as_ref()?.1.trace.as_ref(),
            Happened::Audit(e) => e.trace.as_ref(),
            Happened::Held { .. }
            | Happened::TaskBegan { .. }
            | Happened::TaskEnded { .. }
            | Happened::Step(_)
            | Happened::Changed(_)
            | Happened::Note(_) => None,
        }
    }
    /// Its time moved to this machine's clock.
    fn here(&self, skews: &Skews) -> Timestamp {
        match self.by {
            By::Here => self.at,
            By::Server => self.at.plus(Span::ZERO.minus(skews.of(self.profile()))),
        }
    }
    /// The profile it was seen through.
    pub fn profile(&self) -> Option<&ProfileName> {
        self.cluster.as_ref().map(|c| &c.profile).or(self.task.as_ref().map(|t| &t.profile))
    }
}

/// How far each control plane's clock is ahead of ours.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Skews(BTreeMap<ProfileName, Span>);

impl Skews {
    /// Tells one.
    pub fn set(&mut self, profile: ProfileName, skew: Span) {
        self.0.insert(profile, skew);
    }
    /// That of a profile; nothing where it is not known.
    pub fn of(&self, profile: Option<&ProfileName>) -> Span {
        profile.and_then(|p| self.0.get(p)).copied().unwrap_or_default()
    }
}

/// Everything a timeline is made of.
#[derive(Debug, Clone, Default)]
pub struct Sources<'a> {
    /// The journal, oldest first.
    pub journal: Vec<&'a Record>,
    /// Tasks that were looked at, step by step.
    pub followed: &'a [Followed],
    /// Tasks as lists tell them.
    pub listed: Vec<&'a TaskSummary>,
    /// What was seen to change.
    pub changes: &'a [Change],
    /// Audit events, each with the cluster it was read for.
    pub audit: Vec<(&'a ClusterRef, &'a AuditEvent)>,
    /// Clocks.
    pub skews: Skews,
}

/// Which part of it is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Of this cluster, and what belongs to none; `None`: everything.
    pub cluster: Option<ClusterRef>,
    /// Not before this, by our clock.
    pub since: Option<Timestamp>,
}

/// All of it in one order, oldest first; at most the newest [`limits::TIMELINE_MOMENTS`].
pub fn merge(sources: &Sources<'_>, wanted: &Wanted) -> Vec<Moment> {
    let mut tasks = of_tasks(sources);
    let ended: BTreeSet<TaskRef> = tasks
        .iter()
        .filter(|m| matches!(m.what, Happened::TaskEnded { .. }))
        .filter_map(|m| m.task.clone())
        .collect();
    let mut all = of_journal(&sources.journal, &ended);
    all.append(&mut tasks);
    all.extend(sources.changes.iter().map(|c| Moment {
        at: c.at,
        by: By::Here,
        source: Source::Seen,
        who: Text::default(),
        cluster: Some(c.cluster.clone()),
        task: None,
        what: Happened::Changed(c.clone()),
    }));
    all.extend(sources.audit.iter().map(|(cluster, e)| Moment {
        at: e.at,
        by: By::Server,
        source: Source::Ocp,
        who: e.operator.clone(),
        cluster: Some((*cluster).clone()),
        task: None,
        what: Happened::Audit((*e).clone()),
    }));
    let clusters = cluster_of_tasks(sources);
    all.retain(|m| is_wanted(m, wanted, sources, &clusters));
    // By their time here; what is told of the same instant, in the order in which it comes about.
    all.sort_by_cached_key(|m| (m.here(&sources.skews), m.source));
    let over = all.len().saturating_sub(limits::TIMELINE_MOMENTS);
    all.drain(..over);
    all
}

/// Orders to tasks name no cluster: the task does.
fn cluster_of_tasks(sources: &Sources<'_>) -> BTreeMap<TaskRef, ClusterRef> {
    let heads = sources.followed.iter().map(|f| &f.head).chain(sources.listed.iter().copied());
    heads.filter_map(|h| Some((h.at.clone(), h.cluster.clone()?))).collect()
}

fn is_wanted(
    m: &Moment,
    wanted: &Wanted,
    sources: &Sources<'_>,
    clusters: &BTreeMap<TaskRef, ClusterRef>,
) -> bool {
    if wanted.since.is_some_and(|since| m.here(&sources.skews) < since) {
        return false;
    }
    let Some(want) = &wanted.cluster else { return true };
    let of = m.cluster.as_ref().or_else(|| m.task.as_ref().and_then(|t| clusters.get(t)));
    // What belongs to no cluster is shown with each: a note may be about all of them.
    of.is_none_or(|c| c == want)
}

fn of_journal(records: &[&Record], ended_elsewhere: &BTreeSet<TaskRef>) -> Vec<Moment> {
    let mut ends: BTreeMap<&OrderId, (Timestamp, &Ended)> = BTreeMap::new();
    let mut settled: BTreeMap<&OrderId, &Settled> = BTreeMap::new();
    for r in records {
        match &r.what {
            What::Ended(e) => {
                ends.insert(&e.order, (r.at, e));
            }
            What::Settled { order, how } => {
                settled.insert(order, how);
            }
            What::Intent(_) | What::Held { .. } | What::TaskEnded { .. } | What::Note { .. } => {}
        }
    }
    records.iter().filter_map(|r| of_record(r, &ends, &settled, ended_elsewhere)).collect()
}

fn of_record(
    r: &Record,
    ends: &BTreeMap<&OrderId, (Timestamp, &Ended)>,
    settled: &BTreeMap<&OrderId, &Settled>,
    ended_elsewhere: &BTreeSet<TaskRef>,
) -> Option<Moment> {
    let moment = |source, cluster: Option<ClusterRef>, task, what| {
        Some(Moment { at: r.at, by: By::Here, source, who: r.operator.clone(), cluster, task, what })
    };
    match &r.what {
        What::Intent(i) => {
            let ended = ends.get(&i.order).map(|(at, e)| Box::new((*at, (*e).clone())));
            let found = settled.get(&i.order).copied().cloned();
            let id = match (&found, &ended) {
                (Some(Settled::Task(id)), _) => Some(id.clone()),
                (_, Some(e)) if e.1.task.is_some() => e.1.task.clone(),
                _ => i.subject.task.clone(),
            };
            let task = id.map(|id| TaskRef { profile: i.subject.profile.clone(), id });
            let what = Happened::Sent { intent: i.clone(), ended, settled: found };
            moment(Source::Sent, i.subject.cluster.clone(), task, what)
        }
        What::Held { subject, why, reason } => {
            let task = subject.task.clone().map(|id| TaskRef { profile: subject.profile.clone(), id });
            let what = Happened::Held { subject: subject.clone(), why: why.clone(), reason: reason.clone() };
            moment(Source::Guard, subject.cluster.clone(), task, what)
        }
        What::TaskEnded { profile, cluster, task, name, status, took, failed } => {
            let at = TaskRef { profile: profile.clone(), id: task.clone() };
            if ended_elsewhere.contains(&at) {
                return None;
            }
            let what = Happened::TaskEnded {
                name: name.clone(),
                phase: None,
                status: status.clone(),
                took: *took,
                failed: failed.clone(),
            };
            moment(Source::Task, cluster.clone(), Some(at), what)
        }
        What::Note { cluster, text } => {
            moment(Source::Note, cluster.clone(), None, Happened::Note(text.clone()))
        }
        // Told with the intent.
        What::Ended(_) | What::Settled { .. } => None,
    }
}

fn of_tasks(sources: &Sources<'_>) -> Vec<Moment> {
    let mut out = Vec::new();
    let followed: BTreeSet<&TaskRef> = sources.followed.iter().map(|f| &f.head.at).collect();
    for f in sources.followed {
        // A list may know of an end that nobody looked at the task for.
        let newer = sources.listed.iter().find(|t| t.at == f.head.at && t.finished > f.head.finished);
        of_head(newer.copied().unwrap_or(&f.head), failed_of(f), &mut out);
        for step in &f.steps {
            let at = if step.phase.is_resting() { step.finished.or(step.started) } else { step.started };
            let Some(at) = at else { continue };
            out.push(of_task(&f.head, at, Text::default(), Happened::Step(step.clone())));
        }
    }
    for head in sources.listed.iter().filter(|t| !followed.contains(&t.at)) {
        of_head(head, Vec::new(), &mut out);
    }
    out
}

fn failed_of(f: &Followed) -> Vec<SubtaskId> {
    f.steps.iter().filter(|s| s.phase == Phase::Failed).map(|s| s.id.clone()).collect()
}

fn of_head(head: &TaskSummary, failed: Vec<SubtaskId>, out: &mut Vec<Moment>) {
    if let Some(at) = head.started {
        let what = Happened::TaskBegan { name: head.name.clone(), target: head.target.clone() };
        out.push(of_task(head, at, head.creator.clone(), what));
    }
    if let Some(at) = head.finished.filter(|_| head.phase().is_resting()) {
        let what = Happened::TaskEnded {
            name: head.name.clone(),
            phase: Some(head.phase()),
            status: head.status.word.clone(),
            took: head.started.map(|from| at.since(from).max(Span::ZERO)),
            failed,
        };
        out.push(of_task(head, at, Text::default(), what));
    }
}

fn of_task(head: &TaskSummary, at: Timestamp, who: Text, what: Happened) -> Moment {
    let (cluster, task) = (head.cluster.clone(), Some(head.at.clone()));
    Moment { at, by: By::Server, source: Source::Task, who, cluster, task, what }
}

/// The word of an OBServer: the plane's, and that its service is stopped where the word hides it (operator-guide 1.1).
pub fn word_of(server: &Server) -> Text {
    if server.stopped.is_some() && server.status.is == Health::Up {
        return Text::new(&format!("{} (service stopped)", server.status.word.raw()));
    }
    server.status.word.clone()
}

/// What differs between two polls of a cluster's zones; `within` is the time between them.
pub fn changes(
    cluster: &ClusterRef,
    (before, now): (&[Zone], &[Zone]),
    parameters: &[Parameter],
    at: Timestamp,
    within: Span,
) -> Vec<Change> {
    if before == now {
        return Vec::new();
    }
    let mut out = Vec::new();
    let servers: BTreeMap<_, _> = before.iter().flat_map(|z| &z.servers).map(|s| (&s.id, s)).collect();
    let mut push = |zone: &ZoneName, server: Option<&Server>, from: Text, to: Text, is: Health| {
        if from != to {
            let limit_ends = server
                .filter(|s| !s.is_up())
                .and_then(|s| offline::Clock::of(s, parameters))
                .map(|c| c.ends());
            let server = server.map(|s| s.address.clone());
            let (cluster, zone) = (cluster.clone(), zone.clone());
            out.push(Change { at, within, cluster, zone, server, from, to, is, limit_ends });
        }
    };
    for zone in now {
        let old = before.iter().find(|z| z.name == zone.name);
        let from = old.map(|z| z.status.word.clone()).unwrap_or_default();
        push(&zone.name, None, from, zone.status.word.clone(), zone.status.is);
        for s in &zone.servers {
            let was = servers.get(&s.id).copied();
            push(&zone.name, Some(s), was.map(word_of).unwrap_or_default(), word_of(s), s.status.is);
        }
    }
    let listed: BTreeSet<_> = now.iter().flat_map(|z| &z.servers).map(|s| &s.id).collect();
    for zone in before {
        if !now.iter().any(|z| z.name == zone.name) {
            push(&zone.name, None, zone.status.word.clone(), Text::default(), Health::Unknown);
        }
        for s in zone.servers.iter().filter(|s| !listed.contains(&s.id)) {
            push(&zone.name, Some(s), word_of(s), Text::default(), Health::Unknown);
        }
    }
    out
}

#[cfg(test)]
mod tests;
