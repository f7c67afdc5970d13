//! What a dialog knows at a moment, computed anew at each use from the facts: impact, verdict, request, and why a
//! yes would not count. Nothing of it is stored, so it cannot be older than the cache.

use crate::app::effect::{Query, Reply};
use crate::app::facts::Facts;
use crate::domain::action::{Action, ClusterAction};
use crate::domain::capability::{PlaneKind, WhyNot};
use crate::domain::guard::{self, Question, Verdict, first_difference};
pub use crate::domain::impact::Moved;
use crate::domain::impact::{self, Impact, Input, Inputs, Missing, Seen};
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

impl Request {
    /// The request, or why there is none to be sent.
    pub fn ready(&self) -> Result<&Planned, Lock> {
        match self {
            Request::Ready(planned) => Ok(planned),
            Request::Reading => Err(Lock::Planning),
            Request::NotOffered(why) => Err(Lock::NotOffered(why.clone())),
            Request::Failed(why) => Err(Lock::PlanFailed(why.clone())),
        }
    }
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
    /// When each input was read, or why it is not known.
    pub inputs: Vec<(Input, Result<Timestamp, Missing>)>,
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
            (Some(a), Some(b)) => a.codes() == b.codes(),
            (a, b) => a.is_none() && b.is_none(),
        }
    }
}

/// The tasks a dialog wants to know of: those that still hold the cluster.
pub(crate) fn unfinished_of(action: &ClusterAction) -> Query {
    let filter =
        TaskFilter { cluster: Some(action.cluster.id.clone()), unfinished: true, ..TaskFilter::default() };
    Query::Tasks(action.cluster.profile.clone(), filter)
}

/// What has to be read for the impact of an action. `driver::fresh` reads the same before it is sent.
pub fn queries(action: &ClusterAction) -> Vec<Query> {
    let mut queries = Vec::new();
    for input in impact::needs(&Action::Cluster(action.clone())) {
        match input {
            Input::Topology => {
                queries.push(Query::Clusters(action.cluster.profile.clone()));
                queries.push(Query::Zones(action.cluster.clone()));
            }
            Input::Tasks => queries.push(unfinished_of(action)),
            Input::Tenants => queries.push(Query::Tenants(action.cluster.clone())),
            Input::Units => queries.push(Query::Units(action.cluster.clone())),
            Input::Parameters => queries.push(Query::Parameters(action.cluster.clone())),
        }
    }
    queries
}

/// Looks at the facts. `None` when the profile is no longer configured.
pub(crate) fn look(action: ClusterAction, cx: &Facts<'_>) -> Option<Situation> {
    let profile = cx.settings.profile(&action.cluster.profile)?;
    let reads: Vec<(Query, Read)> = queries(&action).into_iter().map(|q| (q.clone(), read(cx, &q))).collect();
    let clusters = read(cx, &Query::Clusters(action.cluster.profile.clone()));
    let topology = clusters.and(read(cx, &Query::Zones(action.cluster.clone())));
    let cluster = cx.cache.cluster(&action.cluster);
    let request = request(cx, &action);
    let moved = topology.is_known().then(|| impact::moved(&action, cluster.as_ref())).flatten();
    let mut situation = Situation {
        moved,
        impact: None,
        verdict: None,
        request,
        read_at: None,
        inputs: Vec::new(),
        old: None,
        action,
    };
    if reads.iter().any(|(_, r)| matches!(r, Read::Waiting)) {
        return Some(situation);
    }
    let oldest = reads.iter().filter_map(|(_, r)| r.at()).min();
    let inputs = inputs(&situation.action, topology, cluster.as_ref(), oldest, cx);
    let action = Action::Cluster(situation.action.clone());
    let impact = impact::assess(&action, &inputs);
    situation.verdict = Some(guard::judge(&action, &impact, &profile.rules));
    situation.inputs = inputs.ages(&action);
    situation.impact = Some(impact);
    situation.read_at = oldest;
    let old = reads.iter().any(|(_, r)| matches!(r, Read::Old(_)));
    situation.old = oldest.filter(|_| old).map(|at| cx.now.since(at));
    Some(situation)
}

/// What is known, as the impact takes it. Judged for the moment the oldest of it was read: what is only old is on
/// its way again, the button is locked meanwhile, and before sending everything is read anew.
fn inputs<'c>(
    action: &ClusterAction,
    topology: Read,
    cluster: Option<&'c Cluster>,
    oldest: Option<Timestamp>,
    cx: &Facts<'c>,
) -> Inputs<'c> {
    fn seen<'c, T: ?Sized>(
        cx: &Facts<'c>,
        query: &Query,
        of: impl Fn(&'c Reply) -> Option<&'c T>,
    ) -> impact::Read<'c, T> {
        match read(cx, query) {
            Read::Fresh(at) | Read::Old(at) => {
                let value = cx.cache.answer(query).and_then(|(a, _)| of(&a.reply));
                value.map(|value| Seen { value, at }).ok_or_else(Text::default)
            }
            Read::Failed(why) => Err(why),
            Read::Waiting => Err(Text::new("not read yet")),
        }
    }
    let at = &action.cluster;
    let profile = cx.settings.profile(&at.profile);
    Inputs {
        // Without a profile nothing is judged by it.
        kind: profile.map_or(PlaneKind::Ocp, |p| p.capabilities.kind),
        now: oldest.map_or(cx.now, |at| at.plus(limits::IMPACT_MAX_AGE).min(cx.now)),
        cluster: match (topology, cluster) {
            (Read::Fresh(at) | Read::Old(at), Some(value)) => Ok(Seen { value, at }),
            (Read::Failed(why), _) => Err(why),
            (Read::Waiting, _) => Err(Text::new("not read yet")),
            (_, None) => Err(Text::new("the cluster is no longer listed")),
        },
        tasks: seen(cx, &unfinished_of(action), |r| match r {
            Reply::Tasks(list) => Some(list.as_slice()),
            _ => None,
        }),
        tenants: seen(cx, &Query::Tenants(at.clone()), |r| match r {
            Reply::Tenants(list) => Some(list.as_slice()),
            _ => None,
        }),
        units: seen(cx, &Query::Units(at.clone()), |r| match r {
            Reply::Units(list) => Some(list.as_slice()),
            _ => None,
        }),
        parameters: seen(cx, &Query::Parameters(at.clone()), |r| match r {
            Reply::Parameters(list) => Some(list.as_slice()),
            _ => None,
        }),
        arbitration: false,
    }
}

/// What a plain stop of something would take away, from what is known already and without asking for more: what the
/// tree says of the selection. `None` until zones and tenants were read once.
pub fn glance(action: &ClusterAction, cx: &Facts<'_>) -> Option<Impact> {
    let cluster = cx.cache.cluster(&action.cluster)?;
    cx.cache.tenants(&action.cluster)?;
    let (_, at) = cx.cache.answer(&Query::Zones(action.cluster.clone()))?;
    let mut inputs = inputs(action, Read::Fresh(*at), Some(&cluster), None, cx);
    // Whatever its age: this is no confirmation, and the top line says how fresh the screen is.
    inputs.now = Timestamp::from_millis(i64::MIN);
    let action = Action::Cluster(action.clone());
    Some(impact::assess(&action, &inputs))
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
    let action = Action::Cluster(s.action.clone());
    if let Err(why) = profile.capabilities.can(&action).and_then(|()| cx.cache.forbidden.may(&action)) {
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
    s.request.ready().err()
}

/// The request of an action, as far as it is known.
pub(crate) fn planned(cx: &Facts<'_>, action: Action) -> Request {
    let query = Query::Plan(Box::new(action));
    match cx.cache.get(&query) {
        None => Request::Reading,
        Some(known) => match (&known.answer, &known.error) {
            (Some((answer, _)), _) => match &answer.reply {
                Reply::Plan(Ok(planned)) => Request::Ready(planned.clone()),
                Reply::Plan(Err(why)) => Request::NotOffered(why.clone()),
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
