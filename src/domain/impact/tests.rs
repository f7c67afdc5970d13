//! What a stop takes away, in the words of the trade. The helpers are shared with the guard's tests.

mod edges;
mod worked;

use super::*;
use crate::domain::action::{Force, Verb};
use crate::domain::capability::Mode;
use crate::domain::samples;
use crate::domain::status::{Health, Worded, health};
use crate::domain::time::{Span, Timestamp};
use crate::domain::topology::{Relation, Server, Tenant, Unit};

/// A cluster named `protoss`; each text is a zone, each letter an OBServer: `u` up, `s` stopped, `d` down.
pub(in crate::domain) fn cluster(zones: &[&str]) -> Cluster {
    let zone = |(z, letters): (usize, &&str)| {
        let servers = letters.chars().enumerate().map(|(s, state)| server(z, s, state)).collect();
        samples::zone(&zone_name(z), servers)
    };
    samples::cluster(zones.iter().enumerate().map(zone).collect())
}

fn server(z: usize, s: usize, state: char) -> Server {
    let word = match state {
        'u' => "RUNNING",
        's' => "STOPPED",
        _ => "UNAVAILABLE",
    };
    Server {
        id: server_id(z, s).as_str().into(),
        status: health(word),
        with_root_server: s == 0,
        ..samples::server(&zone_name(z), &format!("10.0.{}.{}:2882", z + 1, s + 1))
    }
}

fn zone_name(z: usize) -> String {
    format!("zone{}", z + 1)
}

fn server_id(z: usize, s: usize) -> String {
    format!("{}", (z + 1) * 100 + s)
}

pub(in crate::domain) fn act(verb: Verb, scope: Scope) -> Action {
    Action::Cluster(ClusterAction { verb, scope, ..samples::stop("") })
}

pub(in crate::domain) fn zone(name: &str) -> Scope {
    Scope::Zone(ZoneName::new(name))
}

pub(in crate::domain) fn one_server(cluster: &Cluster, z: usize, s: usize) -> Scope {
    let s = &cluster.zones[z].servers[s];
    Scope::Server { id: s.id.clone(), address: s.address.clone(), zone: s.zone.clone() }
}

pub(in crate::domain) fn running_task(word: &str) -> TaskSummary {
    TaskSummary { target: "zone1".into(), ..samples::summary("89026504", word) }
}

/// A tenant with one full replica in each of the zones told, and no unit told.
pub(in crate::domain) fn tenant(name: &str, locality: &str, primary_zone: &str) -> Tenant {
    let zones =
        locality::parse(locality).map(|l| l.zones().into_iter().cloned().collect()).unwrap_or_default();
    Tenant {
        primary_zone: primary_zone.into(),
        locality: locality.into(),
        zones,
        ..samples::tenant(name, &[])
    }
}

/// A unit of a tenant on an OBServer, counted from 0.
pub(in crate::domain) fn unit(tenant: &str, z: usize, s: usize) -> Unit {
    Unit {
        id: Text::new(&format!("{tenant}-{z}-{s}")),
        server: Some(server_id(z, s).as_str().into()),
        ..samples::unit(tenant, &zone_name(z))
    }
}

/// Everything that is read, as fresh as can be. A tenant or unit not said is not there.
pub(in crate::domain) struct World {
    pub(in crate::domain) kind: PlaneKind,
    pub(in crate::domain) cluster: Result<Cluster, Text>,
    pub(in crate::domain) tasks: Result<Vec<TaskSummary>, Text>,
    pub(in crate::domain) tenants: Result<Vec<Tenant>, Text>,
    pub(in crate::domain) units: Result<Vec<Unit>, Text>,
    pub(in crate::domain) parameters: Result<Vec<Parameter>, Text>,
    pub(in crate::domain) arbitration: bool,
    /// How long ago tenants were read.
    pub(in crate::domain) tenants_age: Span,
}

impl World {
    pub(in crate::domain) fn new(cluster: Cluster) -> Self {
        let limit = Parameter { name: "server_permanent_offline_time".into(), values: vec!["3600s".into()] };
        Self {
            kind: PlaneKind::Ocp,
            cluster: Ok(cluster),
            tasks: Ok(Vec::new()),
            tenants: Ok(Vec::new()),
            units: Ok(Vec::new()),
            parameters: Ok(vec![limit]),
            arbitration: false,
            tenants_age: Span::ZERO,
        }
    }
    pub(in crate::domain) fn of(zones: &[&str], tenants: &[Tenant]) -> Self {
        Self { tenants: Ok(tenants.to_vec()), ..Self::new(cluster(zones)) }
    }
    pub(in crate::domain) fn assess(&self, action: &Action) -> Impact {
        fn seen<T: ?Sized>(value: &T, at: Timestamp) -> Seen<'_, T> {
            Seen { value, at }
        }
        let now = Timestamp::from_millis(1_795_000_000_000);
        let why = |w: &Text| w.clone();
        assess(
            action,
            &Inputs {
                now,
                kind: self.kind,
                cluster: self.cluster.as_ref().map(|c| seen(c, now)).map_err(why),
                tasks: self.tasks.as_ref().map(|t| seen(t.as_slice(), now)).map_err(why),
                tenants: self
                    .tenants
                    .as_ref()
                    .map(|t| seen(t.as_slice(), now.plus(Span::ZERO.minus(self.tenants_age))))
                    .map_err(why),
                units: self.units.as_ref().map(|u| seen(u.as_slice(), now)).map_err(why),
                parameters: self.parameters.as_ref().map(|p| seen(p.as_slice(), now)).map_err(why),
                arbitration: self.arbitration,
            },
        )
    }
}

/// The impact on a cluster of which no tenant is listed: sys alone, assumed.
pub(in crate::domain) fn seen(action: &Action, cluster: &Cluster, tasks: &[TaskSummary]) -> Impact {
    World { tasks: Ok(tasks.to_vec()), ..World::new(cluster.clone()) }.assess(action)
}

fn of<'i>(impact: &'i Impact, name: &str) -> &'i TenantImpact {
    impact.tenants().find(|t| t.name.raw() == name).expect(name)
}

fn standing(impact: &Impact, name: &str) -> Standing {
    of(impact, name).standing
}

fn level_of(impact: &Impact, wanted: impl Fn(&Fact) -> bool) -> Option<Level> {
    impact.findings.iter().find(|f| wanted(&f.fact)).map(|f| f.level)
}

fn has(impact: &Impact, fact: &Fact) -> bool {
    impact.findings.iter().any(|f| f.fact == *fact)
}

#[test]
fn one_of_three_zones_leaves_two_in_service_and_costs_no_majority() {
    let c = cluster(&["uu", "uu", "uu"]);
    let i = seen(&act(Verb::Stop, zone("zone3")), &c, &[]);
    assert!(has(&i, &Fact::Zones { before: 3, after: 2, of: 3 }));
    assert!(has(&i, &Fact::Servers { before: 6, after: 4, of: 6 }));
    assert!(has(&i, &Fact::NothingElseDown) && has(&i, &Fact::NoOtherTask));
    assert_eq!(i.findings.iter().filter(|f| f.level == Level::Loss).count(), 0);
}

#[test]
fn one_of_two_zones_loses_the_majority() {
    let i = seen(&act(Verb::Stop, zone("zone2")), &cluster(&["u", "u"]), &[]);
    assert_eq!(standing(&i, "sys"), Standing::Stops);
    assert_eq!(i.findings[0].level, Level::Loss, "the worst stands first");
}

#[test]
fn a_second_zone_of_three_loses_the_majority_when_another_is_down_already() {
    let i = seen(&act(Verb::Stop, zone("zone3")), &cluster(&["d", "u", "u"]), &[]);
    assert_eq!(standing(&i, "sys"), Standing::Stops);
    assert!(has(&i, &Fact::OtherZonesNotWhole(vec![ZoneName::new("zone1")])));
}

#[test]
fn one_server_of_a_zone_with_two_keeps_the_zone_in_service() {
    let c = cluster(&["uu", "uu", "uu"]);
    let i = seen(&act(Verb::Stop, one_server(&c, 1, 1)), &c, &[]);
    assert!(has(&i, &Fact::Zones { before: 3, after: 3, of: 3 }));
    assert!(has(&i, &Fact::Servers { before: 6, after: 5, of: 6 }));
}

#[test]
fn the_whole_cluster_is_told_as_an_outage_first_of_all() {
    let i = seen(&act(Verb::Stop, Scope::Cluster), &cluster(&["u", "u", "u"]), &[]);
    assert_eq!(i.findings[0].fact, Fact::WholeCluster);
}

#[test]
fn a_sql_stopped_server_that_still_reads_running_counts_as_stopped() {
    let mut c = cluster(&["u", "u", "u"]);
    c.zones[0].servers[0].stopped = crate::domain::time::Timestamp::parse("2026-11-21T10:00:00Z");
    let i = seen(&act(Verb::Stop, zone("zone2")), &c, &[]);
    assert!(has(&i, &Fact::OtherZonesNotWhole(vec![ZoneName::new("zone1")])));
}

#[test]
fn the_root_service_leader_in_the_target_is_named() {
    let c = cluster(&["u", "u", "u"]);
    let i = seen(&act(Verb::Stop, zone("zone1")), &c, &[]);
    assert!(has(&i, &Fact::RootService { before: 3, after: 2, leader_goes: true }));
    let i = seen(&act(Verb::Stop, zone("zone2")), &c, &[]);
    assert!(has(&i, &Fact::RootService { before: 3, after: 2, leader_goes: false }));
}

#[test]
fn an_unfinished_task_is_told_and_an_ended_one_is_not() {
    let c = cluster(&["u", "u", "u"]);
    let stop = act(Verb::Stop, zone("zone1"));
    for word in ["RUNNING", "FAILED"] {
        let i = seen(&stop, &c, &[running_task(word)]);
        assert_eq!(level_of(&i, |f| matches!(f, Fact::OtherTask(_))), Some(Level::Loss), "{word}");
    }
    assert!(has(&seen(&stop, &c, &[running_task("SUCCESSFUL")]), &Fact::NoOtherTask));
}

#[test]
fn a12_what_could_not_be_read_is_unknown_and_never_fine() {
    let stop = act(Verb::Stop, zone("zone1"));
    let mut world = World::new(cluster(&["u", "u", "u"]));
    world.cluster = Err("timed out".into());
    world.tasks = Err("403".into());
    world.tenants = Err("403".into());
    world.units = Err("403".into());
    world.parameters = Err("403".into());
    let i = world.assess(&stop);
    assert!(i.findings.iter().all(|f| f.level == Level::Unknown));
    assert!(has(&i, &Fact::Unread(Input::Topology, Missing::Failed("timed out".into()))));
    for input in Input::ALL {
        assert!(i.codes().contains(&format!("{}-unread", input.word())), "{input:?}");
    }
}

#[test]
fn what_no_api_tells_is_always_the_last_line() {
    let c = cluster(&["u", "u"]);
    for verb in [Verb::Stop, Verb::Start, Verb::Restart] {
        let i = seen(&act(verb, zone("zone1")), &c, &[running_task("RUNNING")]);
        assert_eq!(i.findings.last().map(|f| &f.fact), Some(&Fact::NotChecked));
    }
}

#[test]
fn starting_what_is_up_and_stopping_what_is_stopped_is_told() {
    assert!(has(&seen(&act(Verb::Start, zone("zone1")), &cluster(&["u", "u"]), &[]), &Fact::AlreadyUp));
    let i = seen(&act(Verb::Stop, zone("zone1")), &cluster(&["s", "u", "u"]), &[]);
    assert!(has(&i, &Fact::AlreadyStopped));
}

#[test]
fn force_is_told() {
    let c = cluster(&["u", "u", "u"]);
    let Action::Cluster(mut a) = act(Verb::Stop, one_server(&c, 0, 0)) else { panic!() };
    a.force.force = true;
    assert!(has(&seen(&Action::Cluster(a.clone()), &c, &[]), &Fact::ForceSkipsCheck));
    // The same word is another thing on the other plane.
    let on_agents = |force: Force| {
        let action = Action::Cluster(ClusterAction { force, ..a.clone() });
        World { kind: PlaneKind::Obshell, ..World::new(c.clone()) }.assess(&action)
    };
    for freeze in [false, true] {
        let mode = if freeze { Mode::Freeze } else { Mode::Force };
        let i = on_agents(mode.force(Vec::new()));
        assert!(has(&i, &Fact::KillsUnchecked { freeze }) && !has(&i, &Fact::ForceSkipsCheck));
    }
    for checked in [Mode::Plain, Mode::Process, Mode::ProcessFreeze] {
        let i = on_agents(checked.force(Vec::new()));
        assert!(!i.findings.iter().any(|f| matches!(f.fact, Fact::KillsUnchecked { .. })));
    }
}

#[test]
fn a_word_nobody_knows_counts_as_not_in_service() {
    let mut c = cluster(&["u", "u", "u"]);
    c.zones[2].servers[0].status = Worded { is: Health::Unknown, word: "HIBERNATING".into() };
    let i = seen(&act(Verb::Stop, zone("zone1")), &c, &[]);
    assert!(has(&i, &Fact::OtherZonesNotWhole(vec![ZoneName::new("zone3")])));
}
