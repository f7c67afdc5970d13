//! Zones, servers and RootService before and after.

use super::ground::{Ground, Moment};
use super::{Fact, Finding, Level};
use crate::domain::action::{ClusterAction, Scope};
use crate::domain::id::ZoneName;
use crate::domain::topology::{Cluster, Server, Zone};

/// What is to be said of the cluster, whatever its tenants.
pub(super) fn findings(a: &ClusterAction, cluster: &Cluster, out: &mut Vec<Finding>) {
    let ground = Ground { zones: &cluster.zones, scope: &a.scope };
    let mut push = |level, fact| out.push(Finding { level, fact });
    let servers: Vec<&Server> = cluster.zones.iter().flat_map(|z| &z.servers).collect();
    let target: Vec<&&Server> = servers.iter().filter(|s| ground.is_hit(s)).collect();
    if !a.verb.takes_away() {
        if !target.is_empty() && target.iter().all(|s| s.is_up()) {
            push(Level::Caution, Fact::AlreadyUp);
        }
        return;
    }
    if !target.is_empty() && target.iter().all(|s| !s.is_up()) {
        push(Level::Caution, Fact::AlreadyStopped);
    }
    let whole_cluster = a.scope == Scope::Cluster;
    if whole_cluster {
        push(Level::Loss, Fact::WholeCluster);
    }
    let zones = |moment| cluster.zones.iter().filter(|z| ground.serves(z, moment)).count();
    let (before, after) = (zones(Moment::Now), zones(Moment::After));
    let fine = |ok: bool| if ok { Level::Fine } else { Level::Caution };
    // More than half, as for a tenant with one replica a zone.
    let majority = 2 * after > cluster.zones.len() || after == before;
    push(fine(majority), Fact::Zones { before, after, of: cluster.zones.len() });
    let up = |moment| servers.iter().filter(|s| !ground.is_gone(s, moment)).count();
    let (before, after) = (up(Moment::Now), up(Moment::After));
    push(fine(after > 0 || before == 0), Fact::Servers { before, after, of: servers.len() });
    if !whole_cluster {
        let others: Vec<ZoneName> =
            not_whole(&cluster.zones).filter(|z| !ground.touches(z)).cloned().collect();
        if others.is_empty() {
            push(Level::Fine, Fact::NothingElseDown);
        } else {
            push(Level::Loss, Fact::OtherZonesNotWhole(others));
        }
    }
    relation(cluster, whole_cluster, &mut push);
    root_service(cluster, &servers, ground, &mut push);
}

/// A standby that loses servers is a copy in danger, whatever its state. A primary that keeps its majority goes on being
/// copied: there it counts whether the copies are good, since they are what is left if more fails.
fn relation(cluster: &Cluster, whole_cluster: bool, push: &mut impl FnMut(Level, Fact)) {
    let told = &cluster.relation;
    let is_standby = cluster.role.raw().eq_ignore_ascii_case("STANDBY") || !told.primary.is_empty();
    if is_standby {
        push(Level::Caution, Fact::StandbyOf { primary: told.primary.clone(), sync: told.sync.clone() });
    }
    if !told.standbys.is_empty() {
        let is_fine =
            !whole_cluster && told.standbys.iter().all(|s| s.sync.is_valid() && !s.sync.is_falling_back);
        let level = if is_fine { Level::Fine } else { Level::Caution };
        push(level, Fact::PrimaryOf(told.standbys.clone()));
    }
}

/// Zones in which something is stopped: while there is one, a plain stop in another is refused (-4660).
pub fn not_whole(zones: &[Zone]) -> impl Iterator<Item = &ZoneName> {
    zones.iter().filter(|z| !z.is_whole()).map(|z| &z.name)
}

/// Some control planes mark only the server that leads RootService, others each that holds a replica: one mark that
/// goes means that it moves, as long as a zone is left to move to.
fn root_service(
    cluster: &Cluster,
    servers: &[&Server],
    ground: Ground<'_>,
    push: &mut impl FnMut(Level, Fact),
) {
    let with: Vec<&&Server> = servers.iter().filter(|s| s.with_root_server && s.is_up()).collect();
    if with.is_empty() {
        return;
    }
    let before = with.len();
    let after = with.iter().filter(|s| !ground.is_hit(s)).count();
    let leader = cluster.root_servers.iter().find(|r| r.is_leader).map(|r| &r.address);
    let leads = |s: &Server| match leader {
        Some(address) => *address == s.address,
        None => before == 1,
    };
    let leader_goes = with.iter().any(|s| ground.is_hit(s) && leads(s));
    let is_alone = before == 1 && cluster.zones.iter().any(|z| ground.serves(z, Moment::After));
    let level = match (after, leader_goes) {
        (0, _) if !is_alone => Level::Loss,
        (_, true) | (0, _) => Level::Caution,
        (_, false) => Level::Fine,
    };
    push(level, Fact::RootService { before, after, leader_goes });
}
