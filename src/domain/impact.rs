//! What an action takes away, as far as a control plane can tell (operator-guide 3): zones and servers, tenant by
//! tenant, leaders, RootService, other tasks.
//!
//! Computed from what was read, by one function for console, command line and the last look before sending. What was
//! not read, or too long ago, is *unknown* and never fine; what no API tells is part of the answer every time.

mod ground;
mod inputs;
pub mod locality;
mod order;
mod primary_zone;
mod tenants;
mod topology;

pub use inputs::{Input, Inputs, Missing, Read, Seen, needs};
pub use order::{Stand, standing};
pub use primary_zone::{PrimaryZone, parse as parse_primary_zone};
pub use tenants::{Bounds, Leaders, Standing, TenantImpact, Unsure};
pub use topology::not_whole;

use ground::Ground;
use inputs::usable;
use tenants::Common;

use super::action::{Action, ClusterAction, Scope};
use super::capability::PlaneKind;
use super::id::{TaskId, ZoneName};
use super::shown::Text;
use super::task::TaskSummary;
use super::time::Span;
use super::topology::{Cluster, Parameter, Standby, SyncState};

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

/// What became of the thing that is meant (A10, A11).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moved {
    /// It is no longer listed.
    Gone,
    /// The same ID has another name now.
    Renamed(Text),
    /// The OBServer is in another zone now.
    Elsewhere(ZoneName),
}

/// What was found. Sentences are made in `text`.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// What is meant is gone, or another.
    Target(Moved),
    /// Zones with any server up: before, after, of how many.
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
    /// The whole cluster goes: an outage, always.
    WholeCluster,
    /// What it means for one tenant.
    Tenant(Box<TenantImpact>),
    /// The cluster is a standby: the primary has no copy in it while it is away.
    StandbyOf {
        /// The primary's name; empty where it was not told.
        primary: Text,
        /// How far it is.
        sync: SyncState,
    },
    /// Other clusters are standbys of this one.
    PrimaryOf(Vec<Standby>),
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
    /// How long a server may be away before its replicas are thrown out (`server_permanent_offline_time`); the time
    /// runs from the end of its process (operator-guide 2.1).
    OfflineLimit(Span),
    /// The parameters were read and this one is not among them.
    NoOfflineLimit,
    /// Something could not be read, or was read too long ago.
    Unread(Input, Missing),
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
    /// How the task or subtask stands that an order is to.
    Stands(Box<Stand>),
    /// What no API tells; always the last line.
    NotChecked,
}

impl Fact {
    /// The fact in machine words, raw names included. Ages and the progress of other tasks have no part in it.
    pub fn code(&self) -> String {
        let list = |zones: &[ZoneName]| zones.iter().map(ZoneName::raw).collect::<Vec<_>>().join(",");
        match self {
            Fact::Target(Moved::Gone) => "target-gone".to_owned(),
            Fact::Target(Moved::Renamed(now)) => format!("target-renamed {}", now.raw()),
            Fact::Target(Moved::Elsewhere(zone)) => format!("target-elsewhere {}", zone.raw()),
            Fact::Zones { before, after, of } => format!("zones-up {before}>{after}/{of}"),
            Fact::Servers { before, after, of } => format!("servers-up {before}>{after}/{of}"),
            Fact::OtherZonesNotWhole(zones) => format!("other-zones-not-whole {}", list(zones)),
            Fact::NothingElseDown => "nothing-else-down".to_owned(),
            Fact::WholeCluster => "whole-cluster".to_owned(),
            Fact::Tenant(t) => t.code(),
            // The delay has no part in it: it is another at each look.
            Fact::StandbyOf { primary, sync } => {
                format!("standby-of {} {}", or_untold(primary), or_untold(&sync.word))
            }
            Fact::PrimaryOf(standbys) => {
                let each =
                    standbys.iter().map(|s| format!("{}={}", or_untold(&s.name), or_untold(&s.sync.word)));
                format!("primary-of {}", each.collect::<Vec<_>>().join(","))
            }
            Fact::OtherTask(t) => format!("other-task {} {}", t.at.id.raw(), t.phase().word()),
            Fact::NoOtherTask => "no-other-task".to_owned(),
            Fact::RootService { before, after, leader_goes } => {
                format!("root-service {before}>{after}{}", if *leader_goes { " leader-moves" } else { "" })
            }
            Fact::OfflineLimit(limit) => format!("offline-limit {}s", limit.secs()),
            Fact::NoOfflineLimit => "no-offline-limit".to_owned(),
            Fact::Unread(input, _) => format!("{}-unread", input.word()),
            Fact::AlreadyStopped => "already-stopped".to_owned(),
            Fact::AlreadyUp => "already-up".to_owned(),
            Fact::ForceSkipsCheck => "force-skips-check".to_owned(),
            Fact::KillsUnchecked { freeze: false } => "kills-unchecked".to_owned(),
            Fact::KillsUnchecked { freeze: true } => "freezes-kills-unchecked".to_owned(),
            Fact::Stands(stand) => stand.code(),
            Fact::NotChecked => "not-checked".to_owned(),
        }
    }
    /// The tenant it is about.
    pub fn tenant(&self) -> Option<&TenantImpact> {
        match self {
            Fact::Tenant(t) => Some(t),
            _ => None,
        }
    }
    /// Order among findings of one level: the heavier first.
    fn rank(&self) -> (u8, Standing) {
        let rank = match self {
            Fact::Target(_) => 0,
            Fact::WholeCluster => 1,
            Fact::Tenant(t) => return (2, t.standing),
            Fact::OtherZonesNotWhole(_) => 3,
            Fact::OtherTask(_) => 4,
            Fact::RootService { .. } => 5,
            Fact::Unread(..) => 6,
            Fact::Zones { .. } => 7,
            Fact::Servers { .. } => 8,
            Fact::NothingElseDown => 9,
            Fact::NoOtherTask => 10,
            Fact::StandbyOf { .. } | Fact::PrimaryOf(_) => 11,
            Fact::AlreadyStopped | Fact::AlreadyUp => 12,
            Fact::ForceSkipsCheck | Fact::KillsUnchecked { .. } => 13,
            Fact::OfflineLimit(_) | Fact::NoOfflineLimit => 14,
            Fact::Stands(_) => 15,
            Fact::NotChecked => 16,
        };
        (rank, Standing::Stops)
    }
}

/// For [`Fact::code`]: what was not told is `?`.
fn or_untold(word: &Text) -> &str {
    if word.is_empty() { "?" } else { word.raw() }
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
    /// What it means for each tenant, worst first.
    pub fn tenants(&self) -> impl Iterator<Item = &TenantImpact> {
        self.findings.iter().filter_map(|f| f.fact.tenant())
    }
}

/// What differs between what was confirmed and what is so now, in the words of [`Impact::codes`]: what is new, and
/// what is gone. The offline limit has no part in it: nothing was judged by it.
pub fn differences(then: &[String], now: &[String]) -> (Vec<String>, Vec<String>) {
    let counts = |code: &&String| {
        !["offline-limit", "no-offline-limit", "parameters-unread"]
            .iter()
            .any(|word| code.split(' ').next() == Some(word))
    };
    let only_in = |these: &[String], those: &[String]| {
        these.iter().filter(counts).filter(|c| !those.contains(c)).cloned().collect()
    };
    (only_in(now, then), only_in(then, now))
}

/// Computes the impact of an action.
pub fn assess(action: &Action, inputs: &Inputs<'_>) -> Impact {
    let mut findings = Vec::new();
    if let Action::Cluster(a) = action {
        cluster(a, inputs, &mut findings);
        // The sort is stable and "not checked" must stay last whatever its level; a tenant among those that are
        // fine comes after what is said of the cluster.
        findings.sort_by_key(|f| {
            let quiet = f.level == Level::Fine && f.fact.tenant().is_some();
            (f.fact == Fact::NotChecked, f.level, quiet, f.fact.rank())
        });
    }
    Impact { findings }
}

fn cluster(a: &ClusterAction, inputs: &Inputs<'_>, out: &mut Vec<Finding>) {
    let mut unread = |input, why| out.push(Finding { level: Level::Unknown, fact: Fact::Unread(input, why) });
    let topology = usable(&inputs.cluster, inputs.now).map_err(|why| unread(Input::Topology, why)).ok();
    let tasks = usable(&inputs.tasks, inputs.now).map_err(|why| unread(Input::Tasks, why)).ok();
    if a.verb.takes_away() {
        let tenants = usable(&inputs.tenants, inputs.now).map_err(|why| unread(Input::Tenants, why)).ok();
        let units = usable(&inputs.units, inputs.now).map_err(|why| unread(Input::Units, why)).ok();
        let parameters = usable(&inputs.parameters, inputs.now);
        let parameters = parameters.map_err(|why| unread(Input::Parameters, why)).ok();
        if let Some(cluster) = topology {
            let ground = Ground { zones: &cluster.zones, scope: &a.scope };
            let moving = tasks.map(changing).unwrap_or_default();
            let common = Common { ground, units, moving, arbitration: inputs.arbitration };
            push_tenants(&common, tenants.unwrap_or(&[]), out);
        }
        out.extend(parameters.map(offline));
    }
    if let Some(cluster) = topology {
        if let Some(moved) = moved(a, Some(cluster)) {
            out.push(Finding { level: Level::Loss, fact: Fact::Target(moved) });
        }
        topology::findings(a, cluster, out);
    }
    if let Some(tasks) = tasks {
        others(tasks, out);
    }
    if a.force.is_unchecked() {
        let fact = match inputs.kind {
            PlaneKind::Ocp => Fact::ForceSkipsCheck,
            PlaneKind::Obshell => Fact::KillsUnchecked { freeze: a.force.freeze },
        };
        out.push(Finding { level: Level::Caution, fact });
    }
    out.push(Finding { level: Level::Unknown, fact: Fact::NotChecked });
}

fn push_tenants(common: &Common<'_>, listed: &[super::topology::Tenant], out: &mut Vec<Finding>) {
    let mut all: Vec<TenantImpact> = listed.iter().map(|t| common.tenant(t)).collect();
    if !listed.iter().any(|t| t.name.raw() == "sys") {
        all.push(common.assumed_sys());
    }
    out.extend(all.into_iter().map(|t| {
        let level = match t.standing {
            Standing::Stops | Standing::Down => Level::Loss,
            Standing::MayStop | Standing::Pauses | Standing::NoSpare => Level::Caution,
            Standing::Unknown => Level::Unknown,
            Standing::Safe => Level::Fine,
        };
        Finding { level, fact: Fact::Tenant(Box::new(t)) }
    }));
}

/// Unfinished tasks that change where replicas are, or what they run (operator-guide 3.2, step 7).
fn changing(tasks: &[TaskSummary]) -> Vec<TaskId> {
    const WORDS: [&str; 5] = ["locality", "unit", "migrate", "scale", "upgrade"];
    let changes = |t: &&TaskSummary| {
        let name = t.name.raw().to_lowercase();
        WORDS.iter().any(|word| name.contains(word))
    };
    tasks.iter().filter(|t| t.is_unfinished()).filter(changes).map(|t| t.at.id.clone()).collect()
}

fn others(tasks: &[TaskSummary], out: &mut Vec<Finding>) {
    let before = out.len();
    let open = tasks.iter().filter(|t| t.is_unfinished());
    out.extend(open.map(|t| Finding { level: Level::Loss, fact: Fact::OtherTask(Box::new(t.clone())) }));
    if out.len() == before {
        out.push(Finding { level: Level::Fine, fact: Fact::NoOtherTask });
    }
}

/// A limit shorter than this ends before a careful operator has looked round.
const SHORT_OFFLINE: Span = Span::from_secs(600);

fn offline(parameters: &[Parameter]) -> Finding {
    match super::offline::limit(parameters) {
        Some(limit) => {
            let level = if limit < SHORT_OFFLINE { Level::Caution } else { Level::Fine };
            Finding { level, fact: Fact::OfflineLimit(limit) }
        }
        None => Finding { level: Level::Unknown, fact: Fact::NoOfflineLimit },
    }
}

/// What became of the target, by the names it was chosen by; `None` while it is the same.
pub fn moved(action: &ClusterAction, cluster: Option<&Cluster>) -> Option<Moved> {
    let Some(cluster) = cluster else { return Some(Moved::Gone) };
    if cluster.name != action.cluster_name && !action.cluster_name.is_empty() {
        return Some(Moved::Renamed(cluster.name.clone()));
    }
    match &action.scope {
        Scope::Cluster => None,
        Scope::Zone(name) => (!cluster.zones.iter().any(|z| z.name == *name)).then_some(Moved::Gone),
        Scope::Server { id, address, zone } => {
            match cluster.zones.iter().flat_map(|z| &z.servers).find(|s| s.id == *id) {
                None => Some(Moved::Gone),
                Some(s) if s.address != *address => Some(Moved::Renamed(s.address.clone())),
                Some(s) if s.zone != *zone => Some(Moved::Elsewhere(s.zone.clone())),
                Some(_) => None,
            }
        }
    }
}

#[cfg(test)]
pub(in crate::domain) mod tests;
