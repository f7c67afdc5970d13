//! What a control plane can do, and why not.

use super::action::{Action, ClusterAction, Force, Scope, SubtaskVerb, TaskVerb, Verb};
use super::id::TraceId;

/// Which kind of control plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PlaneKind {
    /// OceanBase Cloud Platform.
    Ocp,
    /// OBShell agents on the hosts.
    Obshell,
}

impl PlaneKind {
    /// `ocp` or `obshell`, as in the config.
    pub fn word(self) -> &'static str {
        match self {
            PlaneKind::Ocp => "ocp",
            PlaneKind::Obshell => "obshell",
        }
    }
}

/// Why something is not offered. Shown greyed with this reason, never hidden (screens 1, rule 11).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum WhyNot {
    /// OCP documents force for stop and restart of a server only (operator-guide 1.2).
    OcpForceIsForServers,
    /// OCP's documented API has no minor freeze (operator-guide 2, row 18).
    OcpHasNoFreeze,
    /// The checked stop that ends processes is OBShell's zone route.
    OnlyObshellZoneHasProcess,
    /// `forcePassDag` is OBShell's.
    OnlyObshellPassesDags,
    /// OCP has no cancel of a whole task (ocp-api 3.4).
    OcpCannotCancelTasks,
    /// PASS is OBShell's.
    OnlyObshellPasses,
    /// OBShell has no restart: stop, then start.
    ObshellHasNoRestart,
    /// OBShell stops a whole cluster only by ending its processes: `force` or `freeze` (obshell-api 7.1).
    ObshellClusterNeedsKill,
    /// OBShell takes `force` and `freeze` (its `terminate`) one at a time (obshell-api 7.1).
    ObshellForceOrFreeze,
    /// OBShell starts in one way only.
    ObshellStartHasNoModes,
    /// OBShell retries, rolls back and cancels whole tasks; of a step it can only be told to pass.
    ObshellOperatesOnTasks,
    /// The profile is read-only.
    ReadOnly,
    /// Only possible while it runs.
    OnlyWhileRunning,
    /// Only possible after it has failed.
    OnlyAfterFailure,
    /// The plane forbids it for this one (`prohibitRollback`, `prohibitSkip`).
    Prohibited,
    /// Nothing is selected that it could be done to.
    NothingSelected,
    /// The control plane has refused it with a 403 and was not asked again since (H02): trace ID of that answer.
    Forbidden(Option<TraceId>),
}

/// One of the ways in which a plane does a verb: how hard, without what is passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// As the plane does it unasked.
    Plain,
    /// The plane's own force (OCP: skip the pre-check; OBShell: `kill -9`).
    Force,
    /// Minor freeze, then `kill -9` (OBShell `terminate`).
    Freeze,
    /// OBShell zone: the checked stop, then the processes end.
    Process,
    /// The same with a minor freeze before the end.
    ProcessFreeze,
}

impl Mode {
    /// Which one a force is; `None` where its parts exclude each other.
    pub fn of(force: &Force) -> Option<Mode> {
        match (force.force, force.freeze, force.process) {
            (false, false, false) => Some(Mode::Plain),
            (true, false, false) => Some(Mode::Force),
            (false, true, false) => Some(Mode::Freeze),
            (false, false, true) => Some(Mode::Process),
            (false, true, true) => Some(Mode::ProcessFreeze),
            (true, ..) => None,
        }
    }
    /// The force it is, passing over `pass_dags`.
    pub fn force(self, pass_dags: Vec<String>) -> Force {
        Force {
            force: self == Mode::Force,
            freeze: matches!(self, Mode::Freeze | Mode::ProcessFreeze),
            process: matches!(self, Mode::Process | Mode::ProcessFreeze),
            pass_dags,
        }
    }
    /// Whether processes are ended without the server checking what is left.
    pub fn is_unchecked(self) -> bool {
        matches!(self, Mode::Force | Mode::Freeze)
    }
}

/// What a plane offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// Which plane.
    pub kind: PlaneKind,
    /// Whether the profile may only read.
    pub read_only: bool,
}

impl Capabilities {
    /// The ways a verb can be done to a scope, the mildest first; empty where it cannot be done at all.
    pub fn modes(&self, verb: Verb, scope: &Scope) -> &'static [Mode] {
        match (self.kind, verb, scope) {
            (PlaneKind::Ocp, Verb::Stop | Verb::Restart, Scope::Server { .. }) => &[Mode::Plain, Mode::Force],
            (PlaneKind::Ocp, ..) | (PlaneKind::Obshell, Verb::Start, _) => &[Mode::Plain],
            (PlaneKind::Obshell, Verb::Restart, _) => &[],
            // obshell-api 7.1: a cluster is stopped by a kill or not at all.
            (PlaneKind::Obshell, Verb::Stop, Scope::Cluster) => &[Mode::Freeze, Mode::Force],
            (PlaneKind::Obshell, Verb::Stop, Scope::Zone(_)) => {
                &[Mode::Plain, Mode::Process, Mode::ProcessFreeze, Mode::Freeze, Mode::Force]
            }
            (PlaneKind::Obshell, Verb::Stop, Scope::Server { .. }) => {
                &[Mode::Plain, Mode::Freeze, Mode::Force]
            }
        }
    }
    /// Whether the plane's `force` is offered for a verb and scope.
    pub fn force(&self, verb: Verb, scope: &Scope) -> Result<(), WhyNot> {
        if self.modes(verb, scope).contains(&Mode::Force) {
            return Ok(());
        }
        Err(match (self.kind, verb) {
            (PlaneKind::Ocp, _) => WhyNot::OcpForceIsForServers,
            (PlaneKind::Obshell, Verb::Restart) => WhyNot::ObshellHasNoRestart,
            (PlaneKind::Obshell, _) => WhyNot::ObshellStartHasNoModes,
        })
    }
    /// Whether the plane can be asked beforehand what it would say (obshell-api 7.1: the check of a zone's stop).
    pub fn checks(&self, verb: Verb, scope: &Scope) -> bool {
        matches!((self.kind, verb, scope), (PlaneKind::Obshell, Verb::Stop, Scope::Zone(_)))
    }
    /// Whether tasks that hold the cluster can be passed over in the same request.
    pub fn passes_dags(&self) -> bool {
        self.kind == PlaneKind::Obshell
    }
    /// Whether an action can be expressed on this plane at all (its state is another question).
    pub fn can(&self, action: &Action) -> Result<(), WhyNot> {
        if self.read_only {
            return Err(WhyNot::ReadOnly);
        }
        match (self.kind, action) {
            (_, Action::Cluster(a)) => self.can_cluster(a),
            (PlaneKind::Ocp, Action::Task { verb: TaskVerb::Cancel, .. }) => {
                Err(WhyNot::OcpCannotCancelTasks)
            }
            (PlaneKind::Ocp, Action::Task { verb: TaskVerb::Pass, .. }) => Err(WhyNot::OnlyObshellPasses),
            (PlaneKind::Obshell, Action::Subtask { verb: SubtaskVerb::Retry | SubtaskVerb::Cancel, .. }) => {
                Err(WhyNot::ObshellOperatesOnTasks)
            }
            (PlaneKind::Ocp | PlaneKind::Obshell, Action::Task { .. } | Action::Subtask { .. }) => Ok(()),
        }
    }

    fn can_cluster(self, a: &ClusterAction) -> Result<(), WhyNot> {
        let modes = self.modes(a.verb, &a.scope);
        let mode = Mode::of(&a.force);
        if self.kind == PlaneKind::Ocp {
            if a.force.force {
                self.force(a.verb, &a.scope)?;
            }
            return match () {
                () if a.force.freeze => Err(WhyNot::OcpHasNoFreeze),
                () if a.force.process => Err(WhyNot::OnlyObshellZoneHasProcess),
                () if !a.force.pass_dags.is_empty() => Err(WhyNot::OnlyObshellPassesDags),
                () => Ok(()),
            };
        }
        match (a.verb, mode) {
            (Verb::Restart, _) => Err(WhyNot::ObshellHasNoRestart),
            (_, Some(mode)) if modes.contains(&mode) => Ok(()),
            (Verb::Start, _) => Err(WhyNot::ObshellStartHasNoModes),
            (Verb::Stop, None) => Err(WhyNot::ObshellForceOrFreeze),
            (Verb::Stop, Some(Mode::Process | Mode::ProcessFreeze)) => Err(WhyNot::OnlyObshellZoneHasProcess),
            (Verb::Stop, Some(_)) => Err(WhyNot::ObshellClusterNeedsKill),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::ZoneName;
    use crate::domain::samples;

    fn action(verb: Verb, scope: Scope, force: Force) -> Action {
        Action::Cluster(ClusterAction { verb, scope, force, ..samples::stop("z") })
    }

    #[test]
    fn obshell_stops_a_cluster_only_by_a_kill_and_restarts_nothing() {
        let can = Capabilities { kind: PlaneKind::Obshell, read_only: false };
        let of = |verb, scope, force| can.can(&action(verb, scope, force));
        let zone = || Scope::Zone(ZoneName::new("z"));
        assert_eq!(of(Verb::Stop, Scope::Cluster, Force::default()), Err(WhyNot::ObshellClusterNeedsKill));
        for mode in [Mode::Force, Mode::Freeze] {
            assert_eq!(of(Verb::Stop, Scope::Cluster, mode.force(Vec::new())), Ok(()));
        }
        for mode in [Mode::Plain, Mode::Process, Mode::ProcessFreeze, Mode::Freeze, Mode::Force] {
            assert_eq!(of(Verb::Stop, zone(), mode.force(Vec::new())), Ok(()));
            assert_eq!(Mode::of(&mode.force(Vec::new())), Some(mode));
        }
        let both = Force { force: true, freeze: true, ..Force::default() };
        assert_eq!(of(Verb::Stop, zone(), both), Err(WhyNot::ObshellForceOrFreeze));
        assert_eq!(
            of(Verb::Stop, Scope::Cluster, Mode::Process.force(Vec::new())),
            Err(WhyNot::OnlyObshellZoneHasProcess)
        );
        assert_eq!(of(Verb::Restart, zone(), Force::default()), Err(WhyNot::ObshellHasNoRestart));
        assert_eq!(
            of(Verb::Start, zone(), Mode::Force.force(Vec::new())),
            Err(WhyNot::ObshellStartHasNoModes)
        );
        assert_eq!(of(Verb::Start, zone(), Mode::Plain.force(vec!["2".to_owned()])), Ok(()));
    }
}
