//! What a finished step has changed in the world, and what the world has to say against it.

use super::Step;
use crate::sim::engine::{Effect, Former, Purpose, Subtask};
use crate::sim::time::Ms;
use crate::sim::world::{Cluster, Place, Status, Verb};

/// The database's or the host's word on work that ends now: `Err` fails the subtask, with these words in its log.
pub(crate) fn verdict(cluster: &Cluster, purpose: &Purpose, subtask: &Subtask) -> Result<(), String> {
    let is_sql_stop = match subtask.step {
        Step::StopZone => true,
        Step::StopServer => !purpose.force,
        _ => false,
    };
    if is_sql_stop && let Some(tenant) = cluster.first_lost(subtask.place) {
        return Err(format!(
            "SQL state [HY000]; error code [4179]; Tenant {} has no enough valid paxos member after the stop, \
             operation not allowed",
            tenant.name
        ));
    }
    let needs_agent =
        matches!(subtask.step, Step::StopProcess | Step::StartProcess | Step::StartAgentService);
    match cluster.server(subtask.place) {
        Some(server) if needs_agent && !server.has_agent => {
            Err(format!("host agent of {} does not answer: connect timed out", server.ip))
        }
        _ => Ok(()),
    }
}

/// What is set at once when an action is taken, before its first step runs.
pub(crate) fn begin(cluster: &mut Cluster, verb: Verb, place: Place, at: Ms) {
    cluster.status = if place.zone.is_none() { under_way(verb) } else { Status::Operating };
    cluster.updated_at = at;
    if place.server.is_some()
        && let Some(zone) = place.zone.and_then(|zone| cluster.zones.get_mut(zone))
    {
        zone.status = Status::Operating;
        zone.updated_at = at;
    }
}

fn under_way(verb: Verb) -> Status {
    match verb {
        Verb::Stop => Status::Stopping,
        Verb::Start => Status::Starting,
        Verb::Restart => Status::Restarting,
    }
}

/// Changes the world by what a step has done, or undone.
pub(crate) fn apply(cluster: &mut Cluster, purpose: &Purpose, former: &Former, effect: Effect, at: Ms) {
    if effect.is_undo {
        undo(cluster, purpose, former, effect, at);
        return;
    }
    match effect.step {
        Step::PrepareStopZone | Step::PrepareStartZone | Step::PrepareRestartZone => {
            set_zone(cluster, effect.place, under_way(purpose.verb), at);
        }
        Step::PrepareStopServer | Step::PrepareStartServer | Step::PrepareRestartServer => {
            set_server(cluster, effect.place, under_way(purpose.verb), at);
        }
        Step::StopZone => set_active(cluster, effect.place, false, at),
        Step::StartZone => set_active(cluster, effect.place, true, at),
        Step::StopServer if !purpose.force => set_stopped(cluster, effect.place, Some(at), at),
        Step::StartServer => set_stopped(cluster, effect.place, None, at),
        Step::StopProcess => set_alive(cluster, effect.place, false, at),
        Step::StartProcess => set_alive(cluster, effect.place, true, at),
        Step::UpdateServerStatus => {
            if let Some(seen) = cluster.server(effect.place).map(crate::sim::world::Server::seen) {
                set_server(cluster, effect.place, seen, at);
            }
        }
        Step::UpdateZoneStatus => {
            let whole_stop = purpose.verb == Verb::Stop && purpose.place.zone.is_none();
            let zone = effect.place.zone.and_then(|zone| cluster.zones.get(zone));
            // A cluster stop isolates nothing: its zones are stopped although the database never said so.
            let seen = zone.map(|z| if whole_stop { Status::Stopped } else { z.seen() });
            if let Some(seen) = seen {
                set_zone(cluster, effect.place, seen, at);
            }
        }
        Step::UpdateClusterStatus => {
            cluster.status = cluster.seen();
            cluster.updated_at = at;
        }
        Step::StopServer
        | Step::PrepareStopCluster
        | Step::PrepareStartCluster
        | Step::PrepareRestartCluster
        | Step::SetZoneContext
        | Step::WaitStop
        | Step::WaitActive
        | Step::WaitAccessible
        | Step::StartAgentService
        | Step::WaitNode
        | Step::SyncCluster
        | Step::SyncTenants => {}
    }
}

/// Puts back what was there before the task. The first step is undone last and gives the statuses back.
fn undo(cluster: &mut Cluster, purpose: &Purpose, former: &Former, effect: Effect, at: Ms) {
    let was = former.servers.iter().find(|(place, ..)| *place == effect.place);
    let zone_was = effect.place.zone.and_then(|zone| former.zones.get(zone)).copied();
    match effect.step {
        Step::StopZone | Step::StartZone => {
            if let Some((_, is_active)) = zone_was {
                set_active(cluster, effect.place, is_active, at);
            }
        }
        Step::StopServer | Step::StartServer => {
            if let Some((_, _, _, stopped)) = was {
                set_stopped(cluster, effect.place, *stopped, at);
            }
        }
        Step::StopProcess | Step::StartProcess => {
            if let Some((_, _, is_alive, _)) = was {
                set_alive(cluster, effect.place, *is_alive, at);
            }
        }
        Step::PrepareStopServer | Step::PrepareStartServer | Step::PrepareRestartServer => {
            if let Some((_, status, ..)) = was {
                set_server(cluster, effect.place, *status, at);
            }
            if purpose.place.server.is_some() {
                give_back(cluster, former, at);
            }
        }
        Step::PrepareStopZone | Step::PrepareStartZone | Step::PrepareRestartZone => {
            if let Some((status, _)) = zone_was {
                set_zone(cluster, effect.place, status, at);
            }
            if purpose.place.zone.is_some() {
                give_back(cluster, former, at);
            }
        }
        Step::PrepareStopCluster | Step::PrepareStartCluster | Step::PrepareRestartCluster => {
            give_back(cluster, former, at);
        }
        _ => {}
    }
}

fn give_back(cluster: &mut Cluster, former: &Former, at: Ms) {
    cluster.status = former.cluster;
    cluster.updated_at = at;
    for (zone, (status, _)) in cluster.zones.iter_mut().zip(&former.zones) {
        zone.status = *status;
    }
}

fn set_zone(cluster: &mut Cluster, place: Place, status: Status, at: Ms) {
    if let Some(zone) = place.zone.and_then(|zone| cluster.zones.get_mut(zone)) {
        zone.status = status;
        zone.updated_at = at;
    }
}

fn set_active(cluster: &mut Cluster, place: Place, is_active: bool, at: Ms) {
    if let Some(zone) = place.zone.and_then(|zone| cluster.zones.get_mut(zone)) {
        zone.is_active = is_active;
        zone.updated_at = at;
    }
}

fn set_server(cluster: &mut Cluster, place: Place, status: Status, at: Ms) {
    if let Some(server) = cluster.server_mut(place) {
        server.status = status;
        server.updated_at = at;
    }
}

fn set_stopped(cluster: &mut Cluster, place: Place, stopped: Option<Ms>, at: Ms) {
    if let Some(server) = cluster.server_mut(place) {
        server.stopped_at = stopped;
        server.updated_at = at;
    }
}

fn set_alive(cluster: &mut Cluster, place: Place, is_alive: bool, at: Ms) {
    let Some(server) = cluster.server_mut(place) else { return };
    if is_alive && !server.is_alive {
        server.started_at = at;
    }
    server.is_alive = is_alive;
    server.updated_at = at;
}
