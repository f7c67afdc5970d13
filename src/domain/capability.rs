//! What a control plane can do, and why not.

use super::action::{Action, Scope, Verb};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
    /// Whether the plane's `force` is offered for a verb and scope.
    pub fn force(&self, verb: Verb, scope: &Scope) -> Result<(), WhyNot> {
        match (self.kind, verb, scope) {
            (PlaneKind::Ocp, Verb::Stop | Verb::Restart, Scope::Server { .. })
            | (PlaneKind::Obshell, Verb::Stop, _) => Ok(()),
            _ => Err(WhyNot::OcpForceIsForServers),
        }
    }
    /// Whether an action can be expressed on this plane at all (its state is another question).
    pub fn can(&self, action: &Action) -> Result<(), WhyNot> {
        use super::action::TaskVerb;
        if self.read_only {
            return Err(WhyNot::ReadOnly);
        }
        match action {
            Action::Cluster(a) => {
                if a.force.force {
                    self.force(a.verb, &a.scope)?;
                }
                match self.kind {
                    PlaneKind::Ocp if a.force.freeze => Err(WhyNot::OcpHasNoFreeze),
                    PlaneKind::Ocp if a.force.process => Err(WhyNot::OnlyObshellZoneHasProcess),
                    PlaneKind::Ocp if !a.force.pass_dags.is_empty() => Err(WhyNot::OnlyObshellPassesDags),
                    PlaneKind::Obshell if a.verb == Verb::Restart => Err(WhyNot::ObshellHasNoRestart),
                    PlaneKind::Ocp | PlaneKind::Obshell => Ok(()),
                }
            }
            Action::Task { verb: TaskVerb::Cancel, .. } if self.kind == PlaneKind::Ocp => {
                Err(WhyNot::OcpCannotCancelTasks)
            }
            Action::Task { verb: TaskVerb::Pass, .. } if self.kind == PlaneKind::Ocp => {
                Err(WhyNot::OnlyObshellPasses)
            }
            Action::Task { .. } | Action::Subtask { .. } => Ok(()),
        }
    }
}
