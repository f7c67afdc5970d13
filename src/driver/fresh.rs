//! The last look before an order is sent: what its impact rested on is read again, and compared with what was
//! confirmed (reliability A10). Also what the command line reads for an impact: the same reads, the same judge.

use futures_util::future::join_all;

use super::{clock, reads};
use crate::app::effect::{Query, Reply};
use crate::app::overlays::dialog::situation;
use crate::domain::action::{Action, ClusterAction};
use crate::domain::capability::PlaneKind;
use crate::domain::guard::Approved;
use crate::domain::impact::{self, Impact, Input, Inputs, Missing, Seen};
use crate::domain::limits;
use crate::domain::outcome::{Held, Outcome, ReadError, ReadErrorKind};
use crate::domain::shown::Text;
use crate::domain::time::{Span, Timestamp};
use crate::domain::topology::Cluster;
use crate::plane::ControlPlane;

/// One answer, or why there is none, and when it came.
struct Answered {
    query: Query,
    came: Timestamp,
    reply: Result<Reply, ReadError>,
}

impl Answered {
    /// Whether it came longer ago than that.
    fn is_older(&self, limit: Span, now: Timestamp) -> bool {
        now.since(self.came) > limit
    }
}

/// What was read for the impact of an action.
pub struct Gathered {
    kind: PlaneKind,
    action: ClusterAction,
    answers: Vec<Answered>,
}

impl Gathered {
    /// Reads what the impact of an action needs, all at once, but for what is known already with the time it came.
    pub async fn read(
        plane: &dyn ControlPlane,
        action: &ClusterAction,
        known: Vec<(Query, Timestamp, Result<Reply, ReadError>)>,
    ) -> Self {
        let known = known.into_iter().map(|(query, came, reply)| Answered { query, came, reply });
        let kind = plane.capabilities().kind;
        let mut gathered = Self { kind, action: action.clone(), answers: known.collect() };
        let missing = situation::queries(action);
        let missing = missing.into_iter().filter(|q| !gathered.answers.iter().any(|a| a.query == *q));
        let missing: Vec<Query> = missing.collect();
        gathered.ask(plane, missing).await;
        gathered
    }

    async fn ask(&mut self, plane: &dyn ControlPlane, queries: Vec<Query>) {
        let each = queries.into_iter().map(|query| async move {
            let reply = reads::read(plane, &query).await.map(|answer| answer.reply);
            Answered { query, came: clock::now(), reply }
        });
        let answers = join_all(each).await;
        self.answers.retain(|old| !answers.iter().any(|new| new.query == old.query));
        self.answers.extend(answers);
    }

    /// The impact, for a moment.
    pub fn impact(&self, now: Timestamp) -> Impact {
        let action = Action::Cluster(self.action.clone());
        self.with_inputs(now, |inputs| impact::assess(&action, inputs))
    }

    /// When each input was read, or why it is not known.
    pub fn ages(&self, now: Timestamp) -> Vec<(Input, Result<Timestamp, Missing>)> {
        let action = Action::Cluster(self.action.clone());
        self.with_inputs(now, |inputs| inputs.ages(&action))
    }

    fn with_inputs<T>(&self, now: Timestamp, f: impl FnOnce(&Inputs<'_>) -> T) -> T {
        fn seen<'g, T: ?Sized>(
            gathered: &'g Gathered,
            query: &Query,
            of: impl Fn(&'g Reply) -> Option<&'g T>,
        ) -> impact::Read<'g, T> {
            let found = gathered.answers.iter().find(|a| a.query == *query);
            let Some(Answered { came, reply, .. }) = found else { return Err(Text::new("not read")) };
            let reply = reply.as_ref().map_err(|e| e.why.clone())?;
            of(reply).map(|value| Seen { value, at: *came }).ok_or_else(|| Text::new("not read"))
        }
        let at = &self.action.cluster;
        let cluster = self.cluster();
        f(&Inputs {
            now,
            kind: self.kind,
            cluster: cluster.as_ref().map(|(value, at)| Seen { value, at: *at }).map_err(Clone::clone),
            tasks: seen(self, &situation::unfinished_of(&self.action), |r| match r {
                Reply::Tasks(list) => Some(list.as_slice()),
                _ => None,
            }),
            tenants: seen(self, &Query::Tenants(at.clone()), |r| match r {
                Reply::Tenants(list) => Some(list.as_slice()),
                _ => None,
            }),
            units: seen(self, &Query::Units(at.clone()), |r| match r {
                Reply::Units(list) => Some(list.as_slice()),
                _ => None,
            }),
            parameters: seen(self, &Query::Parameters(at.clone()), |r| match r {
                Reply::Parameters(list) => Some(list.as_slice()),
                _ => None,
            }),
            arbitration: false,
        })
    }

    /// The cluster out of both answers that tell of it.
    fn cluster(&self) -> Result<(Cluster, Timestamp), Text> {
        let mut cluster = None;
        let mut zones = None;
        for a in &self.answers {
            match (&a.query, &a.reply) {
                (Query::Clusters(_) | Query::Zones(_), Err(e)) => return Err(e.why.clone()),
                (Query::Clusters(_), Ok(Reply::Clusters(list))) => {
                    let found = list.iter().find(|c| c.at == self.action.cluster);
                    let found = found.ok_or_else(|| Text::new("the cluster is no longer listed"))?;
                    cluster = Some((found.clone(), a.came));
                }
                (Query::Zones(_), Ok(Reply::Zones(list))) => zones = Some((list.clone(), a.came)),
                _ => {}
            }
        }
        let (Some((cluster, listed)), Some((zones, read))) = (cluster, zones) else {
            return Err(Text::new("not read"));
        };
        Ok((Cluster { zones, ..cluster }, listed.min(read)))
    }

    /// Reads again what has grown too old while the rest was awaited; what is still too old after the last round
    /// counts as not known.
    async fn renew(&mut self, plane: &dyn ControlPlane, limit: Span) {
        for _ in 0..limits::SENDING_ROUNDS {
            let now = clock::now();
            let old: Vec<Query> =
                self.answers.iter().filter(|a| a.is_older(limit, now)).map(|a| a.query.clone()).collect();
            if old.is_empty() {
                return;
            }
            self.ask(plane, old).await;
        }
        let now = clock::now();
        for a in self.answers.iter_mut().filter(|a| a.is_older(limit, now)) {
            a.reply = Err(too_old(&a.query));
        }
    }

    /// Why the control plane cannot be reached, if that is why the topology was not read.
    fn unreachable(&self) -> Option<Text> {
        self.answers.iter().find_map(|a| match &a.reply {
            Err(e) if e.kind == ReadErrorKind::Unreachable => Some(e.why.clone()),
            Ok(_) | Err(_) => None,
        })
    }
}

/// Looks again right before an order is sent. `None`: everything it was confirmed on is still so; else how it ends,
/// with nothing sent.
///
/// For an order to a task that is how the task stands: one read. Whether the order fits its state is for the server to
/// judge (A14), but not for a state that nobody has seen.
pub async fn held(plane: &dyn ControlPlane, order: &Approved) -> Option<Outcome> {
    if plane.capabilities().read_only {
        return Some(Outcome::Held(Held::ReadOnly));
    }
    let action = match order.action() {
        Action::Cluster(action) => action,
        Action::Task { task, .. } | Action::Subtask { task, .. } => {
            let read = plane.task_alone(&task.id).await;
            let task = read.as_ref().map(|seen| &seen.value).map_err(|e| e.why.clone());
            let gone = read.as_ref().err().filter(|e| e.kind == ReadErrorKind::Unreachable);
            return differing(order, &impact::standing(order.action(), task), gone.map(|e| e.why.clone()));
        }
    };
    // How long a server may be away is told, but nothing rests on it: it is not worth a request here.
    let spared = Query::Parameters(action.cluster.clone());
    let nothing = (spared, clock::now(), Ok(Reply::Parameters(Vec::new())));
    let mut gathered = Gathered::read(plane, action, vec![nothing]).await;
    gathered.answers.retain(|a| !matches!(a.query, Query::Parameters(_)));
    gathered.renew(plane, limits::SENDING_MAX_AGE).await;
    let fresh = gathered.impact(clock::now());
    differing(order, &fresh, gathered.unreachable())
}

/// How an order ends that was confirmed on something else than what is so now; `unreachable`: why nothing could be read.
fn differing(order: &Approved, fresh: &Impact, unreachable: Option<Text>) -> Option<Outcome> {
    let (now, gone) = impact::differences(&order.basis().codes, &fresh.codes());
    if now.is_empty() && gone.is_empty() {
        return None;
    }
    tracing::info!(?now, ?gone, "held back: not as confirmed");
    Some(match unreachable {
        Some(why) => Outcome::NotSent { why },
        None => Outcome::Held(Held::Changed { now, gone }),
    })
}

fn too_old(query: &Query) -> ReadError {
    ReadError {
        kind: ReadErrorKind::Timeout,
        http: 0,
        what: query.profile().text().clone(),
        why: Text::new("answers come too slowly to be compared"),
        code: Text::default(),
        trace: None,
        wait: None,
    }
}

#[cfg(test)]
mod tests;
