//! What a dialog knows at a moment, computed anew at each use from the facts: impact, verdict, request, and why a
//! yes would not count. Nothing of it is stored, so it cannot be older than the cache.

use crate::app::effect::{Query, Reply};
use crate::app::facts::Facts;
use crate::domain::action::{Action, ClusterAction, Scope};
use crate::domain::capability::WhyNot;
use crate::domain::guard::{self, Question, Verdict, first_difference};
use crate::domain::id::ZoneName;
use crate::domain::impact::{self, Fact, Impact, Inputs};
use crate::domain::limits;
use crate::domain::request::Planned;
use crate::domain::shown::Text;
use crate::domain::task::TaskFilter;
use crate::domain::time::{Span, Timestamp};
use crate::domain::topology::Cluster;

/// The request as far as it is known.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// Not made yet.
    Reading,
    /// Exactly what will be sent.
    Ready(Planned),
    /// The control plane does not offer it.
    NotOffered(WhyNot),
    /// It could not be made: why.
    Failed(Text),
}

/// What became of the thing the dialog was opened on (A11).
#[derive(Debug, Clone, PartialEq)]
pub enum Moved {
    /// It is no longer listed.
    Gone,
    /// The same ID has another name now.
    Renamed(Text),
    /// The OBServer is in another zone now.
    Elsewhere(ZoneName),
}

/// Why a yes would not count now.
#[derive(Debug, Clone, PartialEq)]
pub enum Lock {
    /// The profile is no longer configured.
    NoProfile,
    /// The target is another or gone.
    Moved(Moved),
    /// The control plane does not offer this.
    NotOffered(WhyNot),
    /// The guard refuses, and nothing goes round it.
    NoWayRound,
    /// What must be known is being read for the first time.
    Reading,
    /// What was read is too old; it is being read again.
    Old(Span),
    /// The request is not made yet.
    Planning,
    /// The request could not be made: why.
    PlanFailed(Text),
    /// A reason is required.
    Reason,
    /// The typed name is not right yet.
    Name(Typed),
    /// What would be confirmed has not been on the screen for long enough.
    Settling,
}

/// How far a typed name is from the right one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// Nothing is typed.
    Empty,
    /// Right so far; so many letters to come.
    Short(usize),
    /// A letter is wrong.
    Differs {
        /// Which, from 0.
        at: usize,
        /// What it must be; `None` where the name should have ended.
        want: Option<char>,
        /// What it is.
        got: char,
    },
}

/// Compares letter by letter; `None` when equal, byte for byte.
pub fn typed(want: &str, typed: &str) -> Option<Typed> {
    if want == typed {
        return None;
    }
    if typed.is_empty() {
        return Some(Typed::Empty);
    }
    let at = first_difference(want, typed);
    let want_char = want.chars().nth(at);
    Some(match typed.chars().nth(at) {
        Some(got) => Typed::Differs { at, want: want_char, got },
        None => Typed::Short(want.chars().count().saturating_sub(at)),
    })
}

/// What is known at a moment.
#[derive(Debug, Clone)]
pub struct Situation {
    /// What would be sent.
    pub action: ClusterAction,
    /// What it would take away; `None` while it is being read.
    pub impact: Option<Impact>,
    /// What the guard says to it.
    pub verdict: Option<Verdict>,
    /// The request.
    pub request: Request,
    /// When the oldest of the inputs was read.
    pub read_at: Option<Timestamp>,
    /// How old the oldest input is, when too old.
    pub old: Option<Span>,
    /// Whether the target is another or gone.
    pub moved: Option<Moved>,
}

impl Situation {
    /// What must be answered, be it for "Stop" or for "Stop anyway".
    pub fn question(&self) -> Option<&Question> {
        match self.verdict.as_ref()? {
            Verdict::Ask(q) => Some(q),
            Verdict::Refuse { way_round, .. } => way_round.as_ref(),
        }
    }
    /// Whether going on means going against a refusal.
    pub fn is_refused(&self) -> bool {
        matches!(self.verdict, Some(Verdict::Refuse { .. }))
    }
    /// Whether a yes would confirm the same as then.
    pub(crate) fn is_same(&self, then: &Situation) -> bool {
        self.action == then.action
            && self.request == then.request
            && self.moved == then.moved
            && self.has_same_impact(then)
    }
    /// Whether the impact is the same as then. Progress of another task is no change; its end is.
    pub(crate) fn has_same_impact(&self, then: &Situation) -> bool {
        match (&self.impact, &then.impact) {
            (Some(a), Some(b)) => {
                a.findings.len() == b.findings.len()
                    && a.findings
                        .iter()
                        .zip(&b.findings)
                        .all(|(a, b)| a.level == b.level && same_fact(&a.fact, &b.fact))
            }
            (a, b) => a.is_none() && b.is_none(),
        }
    }
}

fn same_fact(a: &Fact, b: &Fact) -> bool {
    match (a, b) {
        (Fact::OtherTask(a), Fact::OtherTask(b)) => a.at == b.at && a.phase() == b.phase(),
        (a, b) => a == b,
    }
}

/// The tasks a dialog wants to know of: those that still hold the cluster.
pub(crate) fn unfinished_of(action: &ClusterAction) -> Query {
    let filter =
        TaskFilter { cluster: Some(action.cluster.id.clone()), unfinished: true, ..TaskFilter::default() };
    Query::Tasks(action.cluster.profile.clone(), filter)
}

/// Looks at the facts. `None` when the profile is no longer configured.
pub(crate) fn look(action: ClusterAction, cx: &Facts<'_>) -> Option<Situation> {
    let profile = cx.settings.profile(&action.cluster.profile)?;
    let clusters = read(cx, &Query::Clusters(action.cluster.profile.clone()));
    let zones = read(cx, &Query::Zones(action.cluster.clone()));
    let tasks_query = unfinished_of(&action);
    let tasks = read(cx, &tasks_query);
    let cluster = cx.cache.cluster(&action.cluster);
    let topology = clusters.and(zones);
    let request = request(cx, &action);
    let mut situation = Situation {
        moved: topology.is_known().then(|| moved(&action, cluster.as_ref())).flatten(),
        impact: None,
        verdict: None,
        request,
        read_at: None,
        old: None,
        action,
    };
    if matches!(topology, Read::Waiting) || matches!(tasks, Read::Waiting) {
        return Some(situation);
    }
    let listed = match cx.cache.answer(&tasks_query).map(|(a, _)| &a.reply) {
        Some(Reply::Tasks(list)) => list.as_slice(),
        _ => &[],
    };
    let inputs = Inputs {
        kind: profile.capabilities.kind,
        cluster: match (&topology, &cluster) {
            (Read::Failed(why), _) => Err(why.clone()),
            (_, Some(c)) => Ok(c),
            (_, None) => Err(Text::default()),
        },
        tasks: if let Read::Failed(why) = &tasks { Err(why.clone()) } else { Ok(listed) },
    };
    let action = Action::Cluster(situation.action.clone());
    let impact = impact::assess(&action, &inputs);
    situation.verdict = Some(guard::judge(&action, &impact, &profile.rules));
    situation.impact = Some(impact);
    situation.read_at = topology.at().into_iter().chain(tasks.at()).min();
    let old = matches!(topology, Read::Old(_)) || matches!(tasks, Read::Old(_));
    situation.old = situation.read_at.filter(|_| old).map(|at| cx.now.since(at));
    Some(situation)
}

/// Why a yes would not count, as far as the answers of the operator have no part in it.
pub(crate) fn lock(situation: &Situation, cx: &Facts<'_>) -> Option<Lock> {
    let s = situation;
    let Some(profile) = cx.settings.profile(&s.action.cluster.profile) else {
        return Some(Lock::NoProfile);
    };
    if let Some(moved) = &s.moved {
        return Some(Lock::Moved(moved.clone()));
    }
    if let Err(why) = profile.capabilities.can(&Action::Cluster(s.action.clone())) {
        return Some(Lock::NotOffered(why));
    }
    if s.action.cluster_name.is_empty() || s.verdict.is_none() {
        return Some(Lock::Reading);
    }
    if s.question().is_none() {
        return Some(Lock::NoWayRound);
    }
    if let Some(age) = s.old {
        return Some(Lock::Old(age));
    }
    match &s.request {
        Request::Ready(_) => None,
        Request::Reading => Some(Lock::Planning),
        Request::NotOffered(why) => Some(Lock::NotOffered(*why)),
        Request::Failed(why) => Some(Lock::PlanFailed(why.clone())),
    }
}

/// The request of an action, as far as it is known.
pub(crate) fn planned(cx: &Facts<'_>, action: Action) -> Request {
    let query = Query::Plan(Box::new(action));
    match cx.cache.get(&query) {
        None => Request::Reading,
        Some(known) => match (&known.answer, &known.error) {
            (Some((answer, _)), _) => match &answer.reply {
                Reply::Plan(Ok(planned)) => Request::Ready(planned.clone()),
                Reply::Plan(Err(why)) => Request::NotOffered(*why),
                _ => Request::Reading,
            },
            (None, Some((error, _))) => Request::Failed(error.why.clone()),
            (None, None) => Request::Reading,
        },
    }
}

fn request(cx: &Facts<'_>, action: &ClusterAction) -> Request {
    // Without the name there is nothing to confirm, so there is nothing to plan either.
    if action.cluster_name.is_empty() {
        return Request::Reading;
    }
    planned(cx, Action::Cluster(action.clone()))
}

fn moved(action: &ClusterAction, cluster: Option<&Cluster>) -> Option<Moved> {
    let Some(cluster) = cluster else { return Some(Moved::Gone) };
    if cluster.name != action.cluster_name && !action.cluster_name.is_empty() {
        return Some(Moved::Renamed(cluster.name.clone()));
    }
    match &action.scope {
        Scope::Cluster => None,
        Scope::Zone(name) => (!cluster.zones.iter().any(|z| z.name == *name)).then_some(Moved::Gone),
        Scope::Server { id, address, zone } => {
            match cluster.zones.iter().flat_map(|z| &z.servers).find(|s| s.id == *id) {
                None => Some(Moved::Gone),
                Some(s) if s.address != *address => Some(Moved::Renamed(s.address.clone())),
                Some(s) if s.zone != *zone => Some(Moved::Elsewhere(s.zone.clone())),
                Some(_) => None,
            }
        }
    }
}

/// How well something was read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Read {
    /// No answer yet, and no error.
    Waiting,
    /// Read within the limit, then.
    Fresh(Timestamp),
    /// Read, but too long ago.
    Old(Timestamp),
    /// Not read within the limit, since: why. What is not known is treated as not alive (A12).
    Failed(Text),
}

impl Read {
    fn at(&self) -> Option<Timestamp> {
        match self {
            Read::Fresh(at) | Read::Old(at) => Some(*at),
            Read::Waiting | Read::Failed(_) => None,
        }
    }
    fn is_known(&self) -> bool {
        self.at().is_some()
    }
    /// Both are needed: the worse of the two, and the older.
    fn and(self, other: Read) -> Read {
        match (self, other) {
            (Read::Failed(why), _) | (_, Read::Failed(why)) => Read::Failed(why),
            (Read::Waiting, _) | (_, Read::Waiting) => Read::Waiting,
            (Read::Fresh(a), Read::Fresh(b)) => Read::Fresh(a.min(b)),
            (Read::Old(a) | Read::Fresh(a), Read::Old(b) | Read::Fresh(b)) => Read::Old(a.min(b)),
        }
    }
}

/// How well a query was answered.
pub(crate) fn read(cx: &Facts<'_>, query: &Query) -> Read {
    let Some(known) = cx.cache.get(query) else { return Read::Waiting };
    match (&known.answer, &known.error) {
        (Some((_, at)), _) if cx.now.since(*at) <= limits::IMPACT_MAX_AGE => Read::Fresh(*at),
        (Some((_, at)), Some((error, failed))) if failed > at => Read::Failed(error.why.clone()),
        (None, Some((error, _))) => Read::Failed(error.why.clone()),
        (Some((_, at)), _) => Read::Old(*at),
        (None, None) => Read::Waiting,
    }
}
