//! What an action takes away, as far as the control plane can tell: the simple form.
//!
//! Zones and servers up before and after, other unfinished tasks, RootService. What cannot be known is part of
//! the answer, every time (operator-guide 3.3). Tenant by tenant comes with the full guard.

use super::action::{Action, ClusterAction, Scope};
use super::capability::PlaneKind;
use super::id::ZoneName;
use super::shown::Text;
use super::task::TaskSummary;
use super::topology::{Cluster, Server, Zone};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Certain loss of service.
    Loss,
    /// Something to know before.
    Caution,
    /// Could not be learnt; never green.
    Unknown,
    /// Looked at, and fine.
    Fine,
}

/// One line of the impact.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// How bad.
    pub level: Level,
    /// What.
    pub fact: Fact,
}

/// What was found. Sentences are made in `text`.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// Zones with every server up: before, after, of how many.
    Zones {
        /// Zones that serve now.
        before: usize,
        /// Zones that would serve after.
        after: usize,
        /// All zones.
        of: usize,
    },
    /// Servers up: before, after, of how many.
    Servers {
        /// Servers that serve now.
        before: usize,
        /// Servers that would serve after.
        after: usize,
        /// All.
        of: usize,
    },
    /// These zones (other than the target) are not whole already.
    OtherZonesNotWhole(Vec<ZoneName>),
    /// Nothing else is stopped or down.
    NothingElseDown,
    /// Less than a majority of the zones is left: tenants with a replica a zone stop.
    MajorityOfZonesLost,
    /// The whole cluster goes: an outage, always.
    WholeCluster,
    /// Another unfinished task is on this cluster.
    OtherTask(Box<TaskSummary>),
    /// No other unfinished task.
    NoOtherTask,
    /// RootService servers before and after, and whether its leader goes.
    RootService {
        /// Servers with a replica now.
        before: usize,
        /// And after.
        after: usize,
        /// Whether the leader is in the target.
        leader_goes: bool,
    },
    /// Zones or servers could not be read: why.
    TopologyUnread(Text),
    /// Tasks could not be read: why.
    TasksUnread(Text),
    /// The target is stopped already.
    AlreadyStopped,
    /// The target is up already.
    AlreadyUp,
    /// A force was chosen: OCP skips its pre-check (ocp-api 3.3).
    ForceSkipsCheck,
    /// Processes are killed and nobody checks what is left: OBShell's `force` and `terminate` (obshell-api 7.1).
    KillsUnchecked {
        /// Whether a minor freeze comes first.
        freeze: bool,
    },
    /// What no API tells; always the last line.
    NotChecked,
}

impl Fact {
    /// The fact in machine words, raw names included.
    pub fn code(&self) -> String {
        let list = |zones: &[ZoneName]| zones.iter().map(ZoneName::raw).collect::<Vec<_>>().join(",");
        match self {
            Fact::Zones { before, after, of } => format!("zones-up {before}>{after}/{of}"),
            Fact::Servers { before, after, of } => format!("servers-up {before}>{after}/{of}"),
            Fact::OtherZonesNotWhole(zones) => format!("other-zones-not-whole {}", list(zones)),
            Fact::NothingElseDown => "nothing-else-down".to_owned(),
            Fact::MajorityOfZonesLost => "majority-of-zones-lost".to_owned(),
            Fact::WholeCluster => "whole-cluster".to_owned(),
            Fact::OtherTask(t) => format!("other-task {} {}", t.at.id.raw(), t.phase().word()),
            Fact::NoOtherTask => "no-other-task".to_owned(),
            Fact::RootService { before, after, leader_goes } => {
                format!("root-service {before}>{after}{}", if *leader_goes { " leader-moves" } else { "" })
            }
            Fact::TopologyUnread(_) => "topology-unread".to_owned(),
            Fact::TasksUnread(_) => "tasks-unread".to_owned(),
            Fact::AlreadyStopped => "already-stopped".to_owned(),
            Fact::AlreadyUp => "already-up".to_owned(),
            Fact::ForceSkipsCheck => "force-skips-check".to_owned(),
            Fact::KillsUnchecked { freeze: false } => "kills-unchecked".to_owned(),
            Fact::KillsUnchecked { freeze: true } => "freezes-kills-unchecked".to_owned(),
            Fact::NotChecked => "not-checked".to_owned(),
        }
    }
}

/// The impact of one action.
#[derive(Debug, Clone, PartialEq)]
pub struct Impact {
    /// Worst first; [`Fact::NotChecked`] last.
    pub findings: Vec<Finding>,
}

impl Impact {
    /// What was found, in machine words that stay the same while the situation does: ages and the progress of other
    /// tasks have no part in them. Kept in the journal, and compared before sending (reliability A10).
    pub fn codes(&self) -> Vec<String> {
        self.findings.iter().map(|f| f.fact.code()).collect()
    }
}

/// What the impact is computed from. `Err` holds why it could not be read.
pub struct Inputs<'a> {
    /// Whose force it would be.
    pub kind: PlaneKind,
    /// The cluster, its zones read with servers.
    pub cluster: Result<&'a Cluster, Text>,
    /// Unfinished tasks of the cluster.
    pub tasks: Result<&'a [TaskSummary], Text>,
}

/// Computes the impact of an action.
pub fn assess(action: &Action, inputs: &Inputs<'_>) -> Impact {
    let mut findings = Vec::new();
    if let Action::Cluster(a) = action {
        match &inputs.cluster {
            Ok(cluster) => topology(a, cluster, &mut findings),
            Err(why) => {
                findings.push(Finding { level: Level::Unknown, fact: Fact::TopologyUnread(why.clone()) });
            }
        }
        tasks(&inputs.tasks, &mut findings);
        if a.force.is_unchecked() {
            let fact = match inputs.kind {
                PlaneKind::Ocp => Fact::ForceSkipsCheck,
                PlaneKind::Obshell => Fact::KillsUnchecked { freeze: a.force.freeze },
            };
            findings.push(Finding { level: Level::Caution, fact });
        }
        findings.push(Finding { level: Level::Unknown, fact: Fact::NotChecked });
    }
    // The sort is stable and "not checked" must stay last whatever its level.
    findings.sort_by_key(|f| (f.fact == Fact::NotChecked, f.level));
    Impact { findings }
}

fn tasks(tasks: &Result<&[TaskSummary], Text>, out: &mut Vec<Finding>) {
    match tasks {
        Ok(list) => {
            let mut any = false;
            for t in list.iter().filter(|t| t.is_unfinished()) {
                any = true;
                out.push(Finding { level: Level::Loss, fact: Fact::OtherTask(Box::new(t.clone())) });
            }
            if !any {
                out.push(Finding { level: Level::Fine, fact: Fact::NoOtherTask });
            }
        }
        Err(why) => out.push(Finding { level: Level::Unknown, fact: Fact::TasksUnread(why.clone()) }),
    }
}

fn is_hit(scope: &Scope, zone: &Zone, server: &Server) -> bool {
    match scope {
        Scope::Cluster => true,
        Scope::Zone(z) => *z == zone.name,
        Scope::Server { id, .. } => *id == server.id,
    }
}

fn in_scope(scope: &Scope, zone: &Zone) -> bool {
    match scope {
        Scope::Cluster => true,
        Scope::Zone(z) | Scope::Server { zone: z, .. } => *z == zone.name,
    }
}

fn topology(a: &ClusterAction, cluster: &Cluster, out: &mut Vec<Finding>) {
    let mut push = |level, fact| out.push(Finding { level, fact });
    let pairs: Vec<(&Zone, &Server)> =
        cluster.zones.iter().flat_map(|z| z.servers.iter().map(move |s| (z, s))).collect();
    let hit = |z: &Zone, s: &Server| is_hit(&a.scope, z, s);
    let target: Vec<_> = pairs.iter().filter(|(z, s)| hit(z, s)).collect();
    let all_up = !target.is_empty() && target.iter().all(|(_, s)| s.is_up());
    let none_up = !target.is_empty() && target.iter().all(|(_, s)| !s.is_up());
    if !a.verb.takes_away() {
        if all_up {
            push(Level::Caution, Fact::AlreadyUp);
        }
        return;
    }
    if none_up {
        push(Level::Caution, Fact::AlreadyStopped);
    }
    let zones = cluster.zones.len();
    let up_before = cluster.zones.iter().filter(|z| z.up_count() > 0).count();
    let up_after = cluster.zones.iter().filter(|z| z.servers.iter().any(|s| s.is_up() && !hit(z, s))).count();
    let fine = |ok: bool| if ok { Level::Fine } else { Level::Caution };
    let whole_cluster = a.scope == Scope::Cluster;
    let lost = 2 * up_after <= zones && up_after < up_before;
    if whole_cluster {
        push(Level::Loss, Fact::WholeCluster);
    } else if lost {
        push(Level::Loss, Fact::MajorityOfZonesLost);
    }
    push(
        if lost { Level::Loss } else { fine(up_after + 1 >= up_before) },
        Fact::Zones { before: up_before, after: up_after, of: zones },
    );
    let before = pairs.iter().filter(|(_, s)| s.is_up()).count();
    let after = pairs.iter().filter(|(z, s)| s.is_up() && !hit(z, s)).count();
    push(fine(after > 0), Fact::Servers { before, after, of: pairs.len() });
    let others: Vec<ZoneName> = cluster
        .zones
        .iter()
        .filter(|z| !in_scope(&a.scope, z) && !z.is_whole())
        .map(|z| z.name.clone())
        .collect();
    if !whole_cluster {
        if others.is_empty() {
            push(Level::Fine, Fact::NothingElseDown);
        } else {
            push(Level::Loss, Fact::OtherZonesNotWhole(others));
        }
    }
    root_service(cluster, &pairs, hit, &mut push);
}

fn root_service(
    cluster: &Cluster,
    pairs: &[(&Zone, &Server)],
    hit: impl Fn(&Zone, &Server) -> bool,
    push: &mut impl FnMut(Level, Fact),
) {
    let with: Vec<_> = pairs.iter().filter(|(_, s)| s.with_root_server && s.is_up()).collect();
    if with.is_empty() {
        return;
    }
    let after = with.iter().filter(|(z, s)| !hit(z, s)).count();
    let leader = cluster.root_servers.iter().find(|r| r.is_leader).map(|r| &r.address);
    let leader_goes = with.iter().any(|(z, s)| hit(z, s) && leader == Some(&s.address));
    let level = match (after, leader_goes) {
        (0, _) => Level::Loss,
        (_, true) => Level::Caution,
        (_, false) => Level::Fine,
    };
    push(level, Fact::RootService { before: with.len(), after, leader_goes });
}

#[cfg(test)]
pub(in crate::domain) mod tests;
