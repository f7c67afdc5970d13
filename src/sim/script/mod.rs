//! What each action does, step by step: names and timeouts of ocp-api 4, and lifelike run times.

pub(crate) mod chain;
pub(crate) mod effect;
pub(crate) mod log;

use crate::sim::time::{Ms, SECOND};

/// What shortens or lengthens steps of one task.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Haste {
    /// The SQL stop is left out.
    pub(crate) force: bool,
    /// A minor compaction comes before the process ends (ocp-api 4 "freezeServer").
    pub(crate) freeze: bool,
}

/// One kind of subtask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    PrepareStopZone,
    PrepareStartZone,
    PrepareRestartZone,
    PrepareStopServer,
    PrepareStartServer,
    PrepareRestartServer,
    PrepareStopCluster,
    PrepareStartCluster,
    PrepareRestartCluster,
    SetZoneContext,
    StopZone,
    StartZone,
    StopServer,
    StartServer,
    StopProcess,
    StartProcess,
    WaitStop,
    WaitActive,
    WaitAccessible,
    StartAgentService,
    WaitNode,
    UpdateServerStatus,
    UpdateZoneStatus,
    SyncCluster,
    SyncTenants,
    UpdateClusterStatus,
}

/// Name, class, timeout in seconds, shortest and longest run in seconds.
struct Facts(&'static str, &'static str, u32, (i64, i64));

impl Step {
    /// Timeouts are the documented ones where a sample shows them; the four without (marked) take their nearest kin's.
    /// Run times add up to about six minutes for a zone stop of one OBServer and stay far below every timeout.
    fn facts(self) -> Facts {
        match self {
            Step::PrepareStopZone => {
                Facts("Prepare stop OB zone", "zone.PrepareStopObZoneTask", 1800, (8, 15))
            }
            Step::PrepareStartZone => {
                Facts("Prepare start OB zone", "zone.PrepareStartObZoneTask", 1800, (6, 12))
            }
            Step::PrepareRestartZone => {
                Facts("Prepare restart OB zone", "zone.PrepareRestartObZoneTask", 1800, (8, 15))
            }
            Step::PrepareStopServer => {
                Facts("Prepare stop observer", "server.PrepareStopObServerTask", 300, (5, 12))
            }
            Step::PrepareStartServer => {
                Facts("Prepare start observer", "server.PrepareStartObServerTask", 300, (5, 10))
            }
            Step::PrepareRestartServer => {
                Facts("Prepare restart observer", "server.PrepareRestartObServerTask", 300, (5, 12))
            }
            // No sample shows the timeouts of the three cluster steps.
            Step::PrepareStopCluster => {
                Facts("Prepare stop cluster", "cluster.PrepareStopObClusterTask", 1800, (8, 16))
            }
            Step::PrepareStartCluster => {
                Facts("Prepare start cluster", "cluster.PrepareStartObClusterTask", 1800, (6, 12))
            }
            Step::PrepareRestartCluster => {
                Facts("Prepare restart cluster", "cluster.PrepareRestartObClusterTask", 1800, (8, 16))
            }
            Step::SetZoneContext => Facts("Set zone context", "zone.SetZoneContextTask", 30, (1, 3)),
            Step::StopZone => Facts("Stop zone", "zone.StopObZoneTask", 1800, (80, 140)),
            Step::StartZone => Facts("Start zone", "zone.StartObZoneTask", 1800, (20, 45)),
            Step::StopServer => Facts("Stop server", "server.StopObServerTask", 300, (40, 90)),
            Step::StartServer => Facts("Start server", "server.StartObServerTask", 300, (8, 20)),
            Step::StopProcess => {
                Facts("Stop observer process", "server.StopObServerProcessTask", 1200, (120, 190))
            }
            Step::StartProcess => {
                Facts("Start observer process", "server.StartObServerProcessTask", 1200, (40, 80))
            }
            // No sample shows its timeout either.
            Step::WaitStop => Facts("Wait observer stop", "server.WaitObServerStopTask", 300, (3, 9)),
            Step::WaitActive => {
                Facts("Wait observer active", "server.WaitObServerActiveTask", 1800, (60, 140))
            }
            Step::WaitAccessible => {
                Facts("Wait observer accessible", "server.WaitObServerAccessibleTask", 1800, (60, 140))
            }
            Step::StartAgentService => {
                Facts("Start ocp agent service", "obagent.StartOcpAgentServiceTask", 1800, (8, 18))
            }
            Step::WaitNode => Facts("Wait node", "WaitNode", 30, (1, 2)),
            Step::UpdateServerStatus => {
                Facts("Update observer status", "server.UpdateObServerStatusTask", 300, (5, 10))
            }
            Step::UpdateZoneStatus => {
                Facts("Update zone status", "zone.UpdateObZoneStatusTask", 1800, (8, 15))
            }
            Step::SyncCluster => Facts("Sync cluster info", "cluster.SyncClusterInfoTask", 30, (10, 18)),
            Step::SyncTenants => {
                Facts("Sync all tenant information", "tenant.SyncAllTenantInfoTask", 300, (10, 20))
            }
            Step::UpdateClusterStatus => {
                Facts("Update OB cluster status", "cluster.UpdateObClusterStatusTask", 30, (3, 8))
            }
        }
    }

    /// As the control plane names it.
    pub(crate) fn name(self) -> &'static str {
        self.facts().0
    }

    /// The class behind it (form A only).
    pub(crate) fn class(self) -> String {
        format!("com.oceanbase.ocp.service.task.business.{}", self.facts().1)
    }

    /// The class without its package, as its log texts name it.
    pub(crate) fn short_class(self) -> &'static str {
        let class = self.facts().1;
        class.split_once('.').map_or(class, |(_, short)| short)
    }

    /// Its logger, shortened as its log lines name it.
    pub(crate) fn logger(self) -> String {
        format!("c.o.o.s.t.b.{}", self.facts().1)
    }

    /// Seconds that one execution may take.
    pub(crate) fn timeout_s(self) -> u32 {
        self.facts().2
    }

    /// How long an execution lasts, chosen by `draw`.
    pub(crate) fn lasts(self, draw: u64, haste: Haste) -> Ms {
        let (low, high) = match self {
            // Nothing is asked of the database: the step only says so.
            Step::StopServer if haste.force => (1, 2),
            Step::StopProcess if haste.freeze => (180, 300),
            _ => self.facts().3,
        };
        let width = ((high - low) * SECOND).unsigned_abs() + 1;
        low * SECOND + (draw % width) as Ms
    }

    /// The step with this name.
    pub(crate) fn named(name: &str) -> Option<Step> {
        ALL.iter().copied().find(|step| step.name() == name)
    }
}

const ALL: [Step; 26] = [
    Step::PrepareStopZone,
    Step::PrepareStartZone,
    Step::PrepareRestartZone,
    Step::PrepareStopServer,
    Step::PrepareStartServer,
    Step::PrepareRestartServer,
    Step::PrepareStopCluster,
    Step::PrepareStartCluster,
    Step::PrepareRestartCluster,
    Step::SetZoneContext,
    Step::StopZone,
    Step::StartZone,
    Step::StopServer,
    Step::StartServer,
    Step::StopProcess,
    Step::StartProcess,
    Step::WaitStop,
    Step::WaitActive,
    Step::WaitAccessible,
    Step::StartAgentService,
    Step::WaitNode,
    Step::UpdateServerStatus,
    Step::UpdateZoneStatus,
    Step::SyncCluster,
    Step::SyncTenants,
    Step::UpdateClusterStatus,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_lifelike_run_reaches_its_timeout() {
        for step in ALL {
            for draw in [0, 1, 77_777, u64::MAX] {
                for haste in [
                    Haste::default(),
                    Haste { force: true, freeze: false },
                    Haste { force: false, freeze: true },
                ] {
                    let lasts = step.lasts(draw, haste);
                    assert!(lasts > 0 && lasts < Ms::from(step.timeout_s()) * SECOND, "{step:?}");
                }
            }
        }
    }

    #[test]
    fn every_step_is_found_by_its_name() {
        for step in ALL {
            assert_eq!(Step::named(step.name()), Some(step));
        }
    }
}
