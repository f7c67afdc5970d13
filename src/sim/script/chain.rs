//! Templates of ocp-api 4, made into graphs: which subtasks a stop, start or restart has, and what waits for what.

use super::Step;
use crate::sim::engine::Subtask;
use crate::sim::seed::Rng;
use crate::sim::world::{Cluster, Place, Verb};

/// One template node: a step at each of its places.
struct Stage {
    step: Step,
    places: Vec<Place>,
    /// Whether the node has a split key, so that its subtasks carry a `parallelIdx` from 0.
    is_split: bool,
}

fn one(step: Step, place: Place) -> Stage {
    Stage { step, places: vec![place], is_split: false }
}

fn each(step: Step, places: &[Place]) -> Stage {
    Stage { step, places: places.to_vec(), is_split: true }
}

/// The task's name, as OCP calls it.
pub(crate) fn name(verb: Verb, place: Place) -> String {
    let verb = match verb {
        Verb::Stop => "Stop",
        Verb::Start => "Start",
        Verb::Restart => "Restart",
    };
    let what = match (place.zone, place.server) {
        (None, _) => "cluster",
        (Some(_), None) => "zone",
        (Some(_), Some(_)) => "server",
    };
    format!("{verb} OB {what}")
}

fn servers_of(cluster: &Cluster, zone: usize) -> Vec<Place> {
    let count = cluster.zones.get(zone).map_or(0, |z| z.servers.len());
    (0..count).map(|server| Place { zone: Some(zone), server: Some(server) }).collect()
}

fn zone_stages(verb: Verb, place: Place, servers: &[Place]) -> Vec<Stage> {
    use Step as S;
    let stop = || each(S::StopProcess, servers);
    let wait = || one(S::WaitNode, place);
    let back_up = || {
        [
            one(S::WaitActive, place),
            each(S::StartAgentService, servers),
            wait(),
            each(S::UpdateServerStatus, servers),
        ]
    };
    let mut stages = match verb {
        Verb::Stop => vec![
            one(S::PrepareStopZone, place),
            one(S::StopZone, place),
            each(S::PrepareStopServer, servers),
            wait(),
            stop(),
            wait(),
            each(S::UpdateServerStatus, servers),
        ],
        Verb::Start => vec![
            one(S::PrepareStartZone, place),
            each(S::PrepareStartServer, servers),
            wait(),
            each(S::StartProcess, servers),
        ],
        Verb::Restart => vec![
            one(S::PrepareRestartZone, place),
            one(S::StopZone, place),
            each(S::PrepareRestartServer, servers),
            wait(),
            stop(),
            wait(),
            each(S::StartProcess, servers),
        ],
    };
    if verb != Verb::Stop {
        stages.extend(back_up());
        stages.push(one(S::StartZone, place));
    }
    stages.extend([
        one(S::UpdateZoneStatus, place),
        one(S::SyncCluster, place),
        one(S::UpdateClusterStatus, place),
    ]);
    stages
}

fn server_stages(verb: Verb, place: Place) -> Vec<Stage> {
    use Step as S;
    let steps: &[Step] = match verb {
        Verb::Stop => &[S::PrepareStopServer, S::StopServer, S::StopProcess, S::WaitStop],
        Verb::Start => {
            &[S::PrepareStartServer, S::StartProcess, S::WaitActive, S::StartAgentService, S::StartServer]
        }
        Verb::Restart => &[
            S::PrepareRestartServer,
            S::StopServer,
            S::StopProcess,
            S::StartProcess,
            S::WaitActive,
            S::StartAgentService,
            S::StartServer,
        ],
    };
    let ending = [S::UpdateServerStatus, S::UpdateZoneStatus, S::SyncCluster, S::UpdateClusterStatus];
    steps.iter().chain(&ending).map(|step| one(*step, place)).collect()
}

fn cluster_stages(verb: Verb, cluster: &Cluster) -> Vec<Stage> {
    use Step as S;
    let all = Place::default();
    let zones: Vec<Place> =
        (0..cluster.zones.len()).map(|zone| Place { zone: Some(zone), server: None }).collect();
    let servers: Vec<Place> = (0..cluster.zones.len()).flat_map(|zone| servers_of(cluster, zone)).collect();
    let wait = || one(S::WaitNode, all);
    match verb {
        Verb::Stop => vec![
            one(S::PrepareStopCluster, all),
            each(S::PrepareStopZone, &zones),
            wait(),
            each(S::PrepareStopServer, &servers),
            wait(),
            each(S::StopProcess, &servers),
            wait(),
            each(S::UpdateServerStatus, &servers),
            wait(),
            each(S::UpdateZoneStatus, &zones),
            one(S::UpdateClusterStatus, all),
        ],
        Verb::Start => vec![
            one(S::PrepareStartCluster, all),
            each(S::PrepareStartZone, &zones),
            wait(),
            each(S::PrepareStartServer, &servers),
            wait(),
            each(S::StartProcess, &servers),
            one(S::WaitAccessible, all),
            each(S::StartAgentService, &servers),
            wait(),
            each(S::StartServer, &servers),
            wait(),
            each(S::StartZone, &zones),
            wait(),
            each(S::UpdateServerStatus, &servers),
            wait(),
            each(S::UpdateZoneStatus, &zones),
            one(S::SyncTenants, all),
            one(S::UpdateClusterStatus, all),
        ],
        Verb::Restart => {
            let rolling = zones.iter().flat_map(|zone| rolling_restart(cluster, *zone));
            std::iter::once(one(S::PrepareRestartCluster, all))
                .chain(rolling)
                .chain([one(S::SyncCluster, all), one(S::SyncTenants, all), one(S::UpdateClusterStatus, all)])
                .collect()
        }
    }
}

/// The block of a cluster restart that repeats zone by zone; its per-zone context lists suggest so (ocp-api 4).
fn rolling_restart(cluster: &Cluster, place: Place) -> Vec<Stage> {
    use Step as S;
    let servers = place.zone.map(|zone| servers_of(cluster, zone)).unwrap_or_default();
    let wait = || one(S::WaitNode, place);
    vec![
        one(S::SetZoneContext, place),
        one(S::PrepareRestartZone, place),
        each(S::PrepareRestartServer, &servers),
        wait(),
        each(S::StopProcess, &servers),
        wait(),
        each(S::StartProcess, &servers),
        one(S::WaitAccessible, place),
        each(S::StartAgentService, &servers),
        wait(),
        each(S::StartServer, &servers),
        wait(),
        each(S::UpdateServerStatus, &servers),
        one(S::StartZone, place),
        one(S::UpdateZoneStatus, place),
    ]
}

/// The subtasks of an action in the order of the reply: shuffled, as are their IDs and series numbers, since neither is
/// topological in reality (ocp-api 4). `first_id` is the lowest of the IDs.
pub(crate) fn build(verb: Verb, place: Place, cluster: &Cluster, first_id: i64, seed: u64) -> Vec<Subtask> {
    let stages = match (place.zone, place.server) {
        (None, _) => cluster_stages(verb, cluster),
        (Some(zone), None) => zone_stages(verb, place, &servers_of(cluster, zone)),
        (Some(_), Some(_)) => server_stages(verb, place),
    };
    let mut subtasks = link(&stages);
    let mut rng = Rng::new(seed);
    let order = untidy(&mut rng, subtasks.len());
    let ids = untidy(&mut rng, subtasks.len());
    let series = untidy(&mut rng, subtasks.len());
    // `order[new] = old`, `seat[old] = new`.
    let mut seat = vec![0; order.len()];
    for (new, old) in order.iter().enumerate() {
        if let Some(slot) = seat.get_mut(*old) {
            *slot = new;
        }
    }
    let moved = |list: &[usize]| list.iter().filter_map(|old| seat.get(*old).copied()).collect::<Vec<_>>();
    for (ix, subtask) in subtasks.iter_mut().enumerate() {
        subtask.id = first_id + ids.get(ix).map_or(0, |n| *n as i64);
        subtask.series = series.get(ix).copied().unwrap_or(ix);
        subtask.upstreams = moved(&subtask.upstreams);
        subtask.downstreams = moved(&subtask.downstreams);
    }
    order.iter().filter_map(|old| subtasks.get(*old).cloned()).collect()
}

/// Every subtask of a stage is linked with every subtask of the next (ocp-api 4, "how a graph is built").
fn link(stages: &[Stage]) -> Vec<Subtask> {
    let mut subtasks: Vec<Subtask> = Vec::new();
    let mut before = 0..0;
    for stage in stages.iter().filter(|stage| !stage.places.is_empty()) {
        let first = subtasks.len();
        let now = first..first + stage.places.len();
        for (ix, place) in stage.places.iter().enumerate() {
            let mut subtask = Subtask::new(0, stage.step, *place);
            subtask.parallel_ix = if stage.is_split { ix as i32 } else { -1 };
            subtask.upstreams = before.clone().collect();
            subtasks.push(subtask);
        }
        for upstream in subtasks.get_mut(before).into_iter().flatten() {
            upstream.downstreams = now.clone().collect();
        }
        before = now;
    }
    subtasks
}

/// An order of `count` things that is not the straight one.
fn untidy(rng: &mut Rng, count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    rng.shuffle(&mut order);
    if order.is_sorted() && count > 1 {
        order.rotate_left(1);
    }
    order
}
