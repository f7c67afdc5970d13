//! What a control plane has refused with a 403: the command stays shown, disabled with that reason, until the profile
//! is read again by the operator's key (H02). A role is not asked over and over whether it may.

use crate::domain::action::{Action, SubtaskVerb, TaskVerb, Verb};
use crate::domain::capability::WhyNot;
use crate::domain::id::{ClusterId, ProfileName, TraceId};
use crate::domain::limits;
use crate::domain::outcome::{Outcome, ReadErrorKind};

/// What a role may not do. Rights on tasks are given for all of a control plane, those on clusters for each.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Cluster(ClusterId, Verb),
    Task(TaskVerb),
    Subtask(SubtaskVerb),
}

impl Kind {
    fn of(action: &Action) -> Kind {
        match action {
            Action::Cluster(a) => Kind::Cluster(a.cluster.id.clone(), a.verb),
            Action::Task { verb, .. } => Kind::Task(*verb),
            Action::Subtask { verb, .. } => Kind::Subtask(*verb),
        }
    }
}

#[derive(Debug)]
struct Refusal {
    profile: ProfileName,
    kind: Kind,
    trace: Option<TraceId>,
}

/// The refusals of this run, the newest last.
#[derive(Debug, Default)]
pub struct Forbidden {
    refusals: Vec<Refusal>,
}

impl Forbidden {
    /// What came of an action: only a 403 is kept, and what was taken forgets it.
    pub fn saw(&mut self, action: &Action, outcome: &Outcome) {
        let trace = match outcome {
            Outcome::Refused(r) if r.kind == ReadErrorKind::Forbidden => Some(r.trace.clone()),
            Outcome::Accepted { .. } => None,
            Outcome::Refused(_) | Outcome::NotSent { .. } | Outcome::Unknown { .. } | Outcome::Held(_) => {
                return;
            }
        };
        let (profile, kind) = (action.profile().clone(), Kind::of(action));
        self.refusals.retain(|r| r.profile != profile || r.kind != kind);
        if let Some(trace) = trace {
            if self.refusals.len() >= limits::REFUSALS {
                self.refusals.remove(0);
            }
            self.refusals.push(Refusal { profile, kind, trace });
        }
    }
    /// Whether nothing speaks against asking for an action.
    pub fn may(&self, action: &Action) -> Result<(), WhyNot> {
        let kind = Kind::of(action);
        match self.refusals.iter().find(|r| r.kind == kind && r.profile == *action.profile()) {
            Some(r) => Err(WhyNot::Forbidden(r.trace.clone())),
            None => Ok(()),
        }
    }
    /// The operator has a profile read again (`None`: all of them): its role may be another by now.
    pub fn forget(&mut self, profile: Option<&ProfileName>) {
        self.refusals.retain(|r| profile.is_some_and(|p| r.profile != *p));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::action::{ClusterAction, Scope};
    use crate::domain::id::{ClusterRef, TaskId, TaskRef};
    use crate::domain::outcome::Refused;
    use crate::domain::samples;
    use crate::domain::shown::Text;

    fn stop(profile: &str, cluster: &str, verb: Verb) -> Action {
        let cluster = ClusterRef { profile: profile.into(), id: cluster.into() };
        Action::Cluster(ClusterAction { verb, cluster, scope: Scope::Cluster, ..samples::stop("") })
    }
    fn refused(kind: ReadErrorKind) -> Outcome {
        Outcome::Refused(Refused {
            kind,
            http: 403,
            code: Text::default(),
            message: Text::new("no"),
            trace: Some(TraceId::new("4f1c")),
        })
    }

    #[test]
    fn h02_a_403_disables_that_verb_of_that_cluster_until_the_profile_is_read_again() {
        let mut forbidden = Forbidden::default();
        let action = stop("p", "1", Verb::Stop);
        forbidden.saw(&action, &refused(ReadErrorKind::Conflict));
        assert_eq!(forbidden.may(&action), Ok(()), "only a 403 tells of a right");
        forbidden.saw(&action, &refused(ReadErrorKind::Forbidden));
        assert_eq!(forbidden.may(&action), Err(WhyNot::Forbidden(Some(TraceId::new("4f1c")))));
        for other in [stop("p", "1", Verb::Start), stop("p", "2", Verb::Stop), stop("q", "1", Verb::Stop)] {
            assert_eq!(forbidden.may(&other), Ok(()));
        }
        let retry = |id: &str| {
            let task = TaskRef { profile: ProfileName::new("p"), id: TaskId::new(id) };
            Action::Task { task, verb: TaskVerb::Retry }
        };
        forbidden.saw(&retry("7"), &refused(ReadErrorKind::Forbidden));
        assert!(forbidden.may(&retry("8")).is_err(), "rights on tasks are not given task by task");
        forbidden.forget(Some(&ProfileName::new("q")));
        assert!(forbidden.may(&action).is_err());
        forbidden.forget(Some(&ProfileName::new("p")));
        assert_eq!(forbidden.may(&action), Ok(()));
    }

    #[test]
    fn h02_the_refusals_are_bounded_and_the_oldest_goes_first() {
        let mut forbidden = Forbidden::default();
        for n in 0..=limits::REFUSALS {
            forbidden.saw(&stop("p", &n.to_string(), Verb::Stop), &refused(ReadErrorKind::Forbidden));
        }
        assert_eq!(forbidden.refusals.len(), limits::REFUSALS);
        assert_eq!(forbidden.may(&stop("p", "0", Verb::Stop)), Ok(()));
        assert!(forbidden.may(&stop("p", "1", Verb::Stop)).is_err());
        forbidden.forget(None);
        assert!(forbidden.refusals.is_empty());
    }
}
