//! The operator guide's tables as examples (2.3, 3.2): one, two and three zones, and what makes them harder.

use super::*;
use crate::domain::topology::{Standby, SyncState};

const EVERYWHERE: &str = "F@zone1,F@zone2,F@zone3";

/// Votes now and after, and what it adds up to.
fn votes(t: &TenantImpact) -> (u32, u32, u32, Standing) {
    assert_eq!(t.after.worst, t.after.best, "one number: {t:?}");
    (t.now.best, t.after.best, t.voters, t.standing)
}

fn z(name: &str) -> ZoneName {
    ZoneName::new(name)
}

#[test]
fn three_zones_healthy_a_zone_stop_leaves_a_majority_and_no_spare() {
    let world =
        World::of(&["uu", "uu", "uu"], &[tenant("sys", EVERYWHERE, ""), tenant("trade", EVERYWHERE, "")]);
    let i = world.assess(&act(Verb::Stop, zone("zone2")));
    assert_eq!(votes(of(&i, "trade")), (3, 2, 3, Standing::NoSpare));
    assert_eq!(of(&i, "trade").spare(), 0);
    assert_eq!(level_of(&i, |f| f.tenant().is_some_and(|t| t.name.raw() == "trade")), Some(Level::Caution));
}

#[test]
fn one_zone_only_a_zone_stop_is_a_cluster_down() {
    let world = World::of(&["u"], &[tenant("sys", "F@zone1", "")]);
    let i = world.assess(&act(Verb::Stop, zone("zone1")));
    assert_eq!(votes(of(&i, "sys")), (1, 0, 1, Standing::Stops));
    // One of several servers there: its units are down, those of the other are not.
    let mut world = World::of(&["uu"], &[tenant("sys", "F@zone1", ""), tenant("a", "F@zone1", "")]);
    world.units = Ok(vec![unit("sys", 0, 0), unit("a", 0, 1)]);
    let i = world.assess(&act(Verb::Stop, one_server(world.cluster.as_ref().unwrap(), 0, 1)));
    assert_eq!((standing(&i, "a"), standing(&i, "sys")), (Standing::Stops, Standing::Safe));
    assert!(!of(&i, "sys").is_touched);
}

#[test]
fn two_zones_one_of_two_is_no_majority() {
    let world = World::of(&["u", "u"], &[tenant("sys", "F@zone1,F@zone2", "")]);
    let i = world.assess(&act(Verb::Stop, zone("zone2")));
    assert_eq!(votes(of(&i, "sys")), (2, 1, 2, Standing::Stops));
}

#[test]
fn two_zones_with_arbitration_pause_and_go_on_downgraded() {
    let mut world = World::of(&["u", "u"], &[tenant("sys", "F@zone1,F@zone2", "")]);
    world.arbitration = true;
    let i = world.assess(&act(Verb::Stop, zone("zone2")));
    assert_eq!(votes(of(&i, "sys")), (2, 1, 2, Standing::Pauses));
    // It is no third vote: with both gone it stops.
    let i = world.assess(&act(Verb::Stop, Scope::Cluster));
    assert_eq!(standing(&i, "sys"), Standing::Stops);
}

#[test]
fn a_tenant_with_its_one_replica_in_the_target_stops_and_the_others_go_on() {
    let tenants = [tenant("sys", EVERYWHERE, ""), tenant("report", "FULL{1}@zone2", "zone2")];
    let i = World::of(&["u", "u", "u"], &tenants).assess(&act(Verb::Stop, zone("zone2")));
    assert_eq!(votes(of(&i, "report")), (1, 0, 1, Standing::Stops));
    assert_eq!(standing(&i, "sys"), Standing::NoSpare);
    assert_eq!(i.findings[0].fact.tenant().map(|t| t.name.raw()), Some("report"), "worst first");
    let elsewhere = World::of(&["u", "u", "u"], &tenants).assess(&act(Verb::Stop, zone("zone1")));
    assert_eq!(standing(&elsewhere, "report"), Standing::Safe);
    assert!(!of(&elsewhere, "report").is_touched);
}

#[test]
fn a_tenant_with_two_replicas_loses_its_majority_with_either() {
    let tenants = [tenant("sys", EVERYWHERE, ""), tenant("pair", "F@zone1,F@zone2,R@zone3", "")];
    let world = World::of(&["u", "u", "u"], &tenants);
    assert_eq!(standing(&world.assess(&act(Verb::Stop, zone("zone1"))), "pair"), Standing::Stops);
    let i = world.assess(&act(Verb::Stop, zone("zone3")));
    assert_eq!(standing(&i, "pair"), Standing::Safe, "a read-only replica has no vote");
}

#[test]
fn a_second_zone_down_already_makes_the_next_stop_an_outage() {
    let world = World::of(&["d", "u", "u"], &[tenant("sys", EVERYWHERE, "")]);
    let i = world.assess(&act(Verb::Stop, zone("zone2")));
    assert_eq!(votes(of(&i, "sys")), (2, 1, 3, Standing::Stops));
}

#[test]
fn a_sql_stopped_server_reads_active_and_its_vote_counts_as_gone() {
    let mut c = cluster(&["u", "u", "u"]);
    c.zones[0].servers[0].stopped = Timestamp::parse("2026-11-21T10:00:00Z");
    let world = World { tenants: Ok(vec![tenant("sys", EVERYWHERE, "")]), ..World::new(c) };
    assert_eq!(votes(of(&world.assess(&act(Verb::Stop, zone("zone2"))), "sys")), (2, 1, 3, Standing::Stops));
}

#[test]
fn five_zones_have_one_to_spare_after_a_stop() {
    let locality = "F@zone1,F@zone2,F@zone3,F@zone4,F@zone5";
    let world = World::of(&["u", "u", "u", "u", "u"], &[tenant("sys", locality, "")]);
    let i = world.assess(&act(Verb::Stop, zone("zone5")));
    assert_eq!(votes(of(&i, "sys")), (5, 4, 5, Standing::Safe));
    assert_eq!(of(&i, "sys").spare(), 1);
}

#[test]
fn four_replicas_survive_one_and_not_two() {
    let locality = "F@zone1,F@zone2,F@zone3,F@zone4";
    let world = World::of(&["u", "u", "u", "u"], &[tenant("sys", locality, "")]);
    assert_eq!(
        votes(of(&world.assess(&act(Verb::Stop, zone("zone1"))), "sys")),
        (4, 3, 4, Standing::NoSpare)
    );
    let world = World::of(&["d", "u", "u", "u"], &[tenant("sys", locality, "")]);
    assert_eq!(votes(of(&world.assess(&act(Verb::Stop, zone("zone2"))), "sys")), (3, 2, 4, Standing::Stops));
    let arbitrated = World { arbitration: true, ..world };
    assert_eq!(standing(&arbitrated.assess(&act(Verb::Stop, zone("zone2"))), "sys"), Standing::Pauses);
}

#[test]
fn a_server_without_a_unit_of_a_tenant_costs_it_nothing() {
    let mut world =
        World::of(&["uu", "uu", "uu"], &[tenant("sys", EVERYWHERE, ""), tenant("a", EVERYWHERE, "")]);
    world.units = Ok((0..3).flat_map(|n| [unit("sys", n, 0), unit("a", n, 1)]).collect());
    let stop = act(Verb::Stop, one_server(world.cluster.as_ref().unwrap(), 1, 1));
    let i = world.assess(&stop);
    assert_eq!(votes(of(&i, "a")), (3, 2, 3, Standing::NoSpare));
    assert_eq!(votes(of(&i, "sys")), (3, 3, 3, Standing::Safe));
    assert!(!of(&i, "sys").is_touched);
}

#[test]
fn several_units_a_zone_give_two_bounds() {
    let mut world =
        World::of(&["uu", "uu", "uu"], &[tenant("sys", EVERYWHERE, ""), tenant("big", EVERYWHERE, "")]);
    world.units =
        Ok((0..3).flat_map(|n| [unit("sys", n, 0), unit("big", n, 0), unit("big", n, 1)]).collect());
    let c = world.cluster.as_ref().unwrap();
    let i = world.assess(&act(Verb::Stop, one_server(c, 1, 1)));
    assert_eq!(of(&i, "big").after, Bounds { worst: 2, best: 3 });
    assert_eq!(standing(&i, "big"), Standing::NoSpare);
    // One of them is down in another zone already: some of its log streams may stop.
    let mut c = cluster(&["ud", "uu", "uu"]);
    c.zones[0].status = health("RUNNING");
    let worse = World { cluster: Ok(c), ..world };
    let i = worse.assess(&act(Verb::Stop, one_server(worse.cluster.as_ref().unwrap(), 1, 1)));
    assert_eq!(of(&i, "big").after, Bounds { worst: 1, best: 3 });
    assert_eq!(standing(&i, "big"), Standing::MayStop);
}

#[test]
fn without_units_a_server_stop_is_judged_by_zone_and_says_so() {
    let mut world = World::of(&["uu", "uu", "uu"], &[tenant("sys", EVERYWHERE, "")]);
    world.units = Err("403".into());
    let i = world.assess(&act(Verb::Stop, one_server(world.cluster.as_ref().unwrap(), 0, 0)));
    let sys = of(&i, "sys");
    assert_eq!((sys.after, sys.by_zone), (Bounds { worst: 2, best: 3 }, true));
    // Pools of older agents tell zones only.
    let pool = Unit { server: None, ..unit("sys", 0, 0) };
    world.units = Ok((0..3).map(|n| Unit { zone: z(&format!("zone{}", n + 1)), ..pool.clone() }).collect());
    let i = world.assess(&act(Verb::Stop, one_server(world.cluster.as_ref().unwrap(), 0, 0)));
    assert!(of(&i, "sys").by_zone);
}

#[test]
fn units_are_found_by_address_where_no_id_is_told() {
    let mut world = World::of(&["uu", "uu", "uu"], &[tenant("sys", EVERYWHERE, "")]);
    let by_address = |n: usize| Unit {
        server: None,
        address: Text::new(&format!("10.0.{}.1:2882", n + 1)),
        ..unit("sys", n, 0)
    };
    world.units = Ok((0..3).map(by_address).collect());
    let i = world.assess(&act(Verb::Stop, one_server(world.cluster.as_ref().unwrap(), 0, 1)));
    assert!(!of(&i, "sys").is_touched);
}

#[test]
fn unit_placement_against_locality_drops_the_verdict_to_unknown() {
    let tenants =
        [tenant("sys", EVERYWHERE, ""), tenant("moved", "F@zone1,F@zone2,F@zone3,F@zone4,F@zone5", "")];
    let zones = ["u", "u", "u", "u", "u"];
    let mut world = World::of(&zones, &tenants);
    world.units = Ok((0..4).map(|n| unit("moved", n, 0)).collect());
    let i = world.assess(&act(Verb::Stop, zone("zone1")));
    assert_eq!(standing(&i, "moved"), Standing::Unknown);
    assert_eq!(of(&i, "moved").unsure, [Unsure::NoUnit(z("zone5"))]);
    // The other way round: a unit where the locality has nothing.
    let mut world = World::of(&zones, &[tenant("sys", "F@zone1,F@zone2,F@zone3,F@zone4", "")]);
    world.units = Ok((0..5).map(|n| unit("sys", n, 0)).collect());
    let i = world.assess(&act(Verb::Stop, zone("zone1")));
    assert_eq!(of(&i, "sys").unsure, [Unsure::UnitElsewhere(z("zone5"))]);
}

#[test]
fn what_is_in_motion_is_unknown_and_what_stops_for_certain_stays_certain() {
    let stop = act(Verb::Stop, zone("zone1"));
    let mut modifying = tenant("t", EVERYWHERE, "");
    modifying.status = "MODIFYING".into();
    let i = World::of(&["u", "u", "u"], &[modifying.clone()]).assess(&stop);
    assert_eq!(standing(&i, "t"), Standing::Unknown);
    assert_eq!(of(&i, "t").unsure, [Unsure::Status("MODIFYING".into())]);
    for name in ["Alter tenant LOCALITY", "Migrate unit", "Scale out resource pool", "Upgrade OB cluster"] {
        let mut task = running_task("RUNNING");
        task.name = name.into();
        let mut world = World::of(&["u", "u", "u"], &[tenant("t", EVERYWHERE, "")]);
        world.tasks = Ok(vec![task]);
        assert_eq!(standing(&world.assess(&stop), "t"), Standing::Unknown, "{name}");
    }
    let mut unit = unit("t", 1, 0);
    unit.status = "MIGRATING".into();
    let mut world = World::of(&["u", "u", "u"], &[tenant("t", EVERYWHERE, "")]);
    world.units = Ok(vec![super::unit("t", 0, 0), unit, super::unit("t", 2, 0)]);
    assert_eq!(standing(&world.assess(&stop), "t"), Standing::Unknown);
    modifying.locality = "F@zone1".into();
    let i = World::of(&["u", "u", "u"], &[modifying]).assess(&stop);
    assert_eq!(standing(&i, "t"), Standing::Stops);
}

#[test]
fn a_locality_nobody_understands_is_unknown_and_never_a_certain_loss() {
    let mut odd = tenant("t", "SPREAD{3}@zone1", "");
    odd.zones = vec![z("zone1")];
    let i = World::of(&["u", "u", "u"], &[odd]).assess(&act(Verb::Stop, zone("zone1")));
    assert_eq!(standing(&i, "t"), Standing::Unknown);
    let i = World::of(&["u", "u", "u"], &[tenant("t", "", "")]).assess(&act(Verb::Stop, zone("zone1")));
    assert_eq!((standing(&i, "t"), of(&i, "t").voters), (Standing::Unknown, 0));
}

#[test]
fn replicas_in_one_of_several_zones_have_two_bounds() {
    let i = World::of(&["u", "u", "u"], &[tenant("t", "F{2}@[zone1,zone2,zone3]", "")])
        .assess(&act(Verb::Stop, zone("zone1")));
    assert_eq!(of(&i, "t").after, Bounds { worst: 1, best: 2 });
    assert_eq!(standing(&i, "t"), Standing::MayStop);
}

#[test]
fn leaders_move_to_the_next_zone_of_the_primary_zone_that_serves() {
    let leaders = |zones: &[&str], primary: &str, target: &str| {
        let i = World::of(zones, &[tenant("t", EVERYWHERE, primary)]).assess(&act(Verb::Stop, zone(target)));
        of(&i, "t").leaders.clone()
    };
    let moves = |from: &[&str], to: &[&str]| Leaders::Move {
        from: from.iter().map(|n| z(n)).collect(),
        to: to.iter().map(|n| z(n)).collect(),
    };
    let all = ["u", "u", "u"];
    assert_eq!(leaders(&all, "zone2;zone1,zone3", "zone2"), moves(&["zone2"], &["zone1", "zone3"]));
    assert_eq!(leaders(&all, "zone2,zone1;zone3", "zone2"), moves(&["zone2"], &["zone1"]));
    assert_eq!(leaders(&all, "zone2", "zone2"), moves(&["zone2"], &["zone1", "zone3"]));
    assert_eq!(leaders(&all, "zone2;zone1", "zone1"), Leaders::Stay);
    assert_eq!(leaders(&["u", "d", "u"], "zone2;zone1", "zone1"), moves(&["zone1"], &["zone3"]));
    assert_eq!(leaders(&all, "RANDOM", "zone1"), Leaders::Share { lost: 1, of: 3 });
    assert_eq!(leaders(&all, "", "zone1"), Leaders::Untold);
}

#[test]
fn a_sys_that_is_not_listed_is_assumed_with_one_replica_a_zone() {
    let i = World::of(&["u", "u", "u"], &[]).assess(&act(Verb::Stop, zone("zone1")));
    assert_eq!(votes(of(&i, "sys")), (3, 2, 3, Standing::NoSpare));
    assert!(of(&i, "sys").is_assumed);
    let i =
        World::of(&["u", "u", "u"], &[tenant("sys", EVERYWHERE, "")]).assess(&act(Verb::Stop, zone("zone1")));
    assert!(!of(&i, "sys").is_assumed);
    assert_eq!(i.tenants().count(), 1);
}

#[test]
fn tenants_read_eleven_seconds_ago_are_unknown() {
    let stop = act(Verb::Stop, zone("zone1"));
    let mut world = World::of(&["u", "u", "u"], &[tenant("t", EVERYWHERE, "")]);
    world.tenants_age = Span::from_secs(10);
    assert_eq!(standing(&world.assess(&stop), "t"), Standing::NoSpare);
    world.tenants_age = Span::from_secs(11);
    let i = world.assess(&stop);
    assert!(has(&i, &Fact::Unread(Input::Tenants, Missing::Old(Span::from_secs(11)))));
    assert!(i.tenants().all(|t| t.is_assumed));
}

#[test]
fn the_one_server_marked_with_root_service_moves_it_and_the_last_of_several_ends_it() {
    let mut c = cluster(&["u", "u", "u"]);
    c.root_servers.clear();
    for zone in &mut c.zones[1..] {
        zone.servers[0].with_root_server = false;
    }
    let i = World::new(c).assess(&act(Verb::Stop, zone("zone1")));
    let found = i.findings.iter().find(|f| matches!(f.fact, Fact::RootService { .. })).expect("told");
    assert_eq!((found.level, found.fact.code().as_str()), (Level::Caution, "root-service 1>0 leader-moves"));
    let i = World::new(cluster(&["u", "u", "u"])).assess(&act(Verb::Stop, Scope::Cluster));
    assert_eq!(level_of(&i, |f| matches!(f, Fact::RootService { .. })), Some(Level::Loss));
}

#[test]
fn the_offline_limit_is_told_and_a_short_one_warned_of() {
    let stop = act(Verb::Stop, zone("zone1"));
    let limit = |value: &str| {
        let mut world = World::new(cluster(&["u", "u", "u"]));
        world.parameters = Ok(vec![Parameter {
            name: "server_permanent_offline_time".into(),
            values: vec!["3600s".into(), value.into()],
        }]);
        let i = world.assess(&stop);
        let found =
            i.findings.iter().find(|f| matches!(f.fact, Fact::OfflineLimit(_) | Fact::NoOfflineLimit));
        found.map(|f| (f.level, f.fact.code())).expect("told")
    };
    assert_eq!(limit("4h"), (Level::Fine, "offline-limit 3600s".to_owned()));
    assert_eq!(limit("20s"), (Level::Caution, "offline-limit 20s".to_owned()));
    let mut world = World::new(cluster(&["u", "u", "u"]));
    world.parameters = Ok(Vec::new());
    assert!(world.assess(&stop).codes().contains(&"no-offline-limit".to_owned()));
}

#[test]
fn a10_a_target_that_is_gone_or_another_is_told() {
    let c = cluster(&["u", "u", "u"]);
    let world = World::new(c.clone());
    let gone = world.assess(&act(Verb::Stop, zone("zone9")));
    assert_eq!(gone.findings[0].fact, Fact::Target(Moved::Gone));
    let Scope::Server { id, zone, .. } = one_server(&c, 0, 0) else { panic!() };
    let renamed = Scope::Server { id, address: "10.9.9.9:2882".into(), zone };
    let i = world.assess(&act(Verb::Stop, renamed));
    assert_eq!(i.findings[0].fact, Fact::Target(Moved::Renamed("10.0.1.1:2882".into())));
}

fn sync(word: &str, delay: i64) -> SyncState {
    SyncState { word: word.into(), delay: Some(Span::from_secs(delay)), is_falling_back: false }
}

fn standby(name: &str, sync: SyncState) -> Standby {
    Standby { name: name.into(), sync }
}

/// Level and machine words of what is said of primary and standbys.
fn related(relation: Relation, role: &str, scope: Scope) -> Vec<(Level, String)> {
    let c = Cluster { role: role.into(), relation, ..cluster(&["u", "u", "u"]) };
    let i = World::new(c).assess(&act(Verb::Stop, scope));
    let said = i.findings.iter().map(|f| (f.level, f.fact.code()));
    said.filter(|(_, code)| code.starts_with("standby-of") || code.starts_with("primary-of")).collect()
}

#[test]
fn a_standby_is_told_with_its_primary_and_its_state() {
    let told = Relation { primary: "trade12".into(), sync: sync("VALID", 3), ..Relation::default() };
    assert_eq!(
        related(told.clone(), "STANDBY", zone("zone1")),
        [(Level::Caution, "standby-of trade12 VALID".into())]
    );
    let later = Relation { sync: sync("VALID", 4), ..told.clone() };
    assert_eq!(
        related(later, "STANDBY", zone("zone1")),
        related(told, "STANDBY", zone("zone1")),
        "no delay in it"
    );
    // Versions that tell the type only.
    assert_eq!(
        related(Relation::default(), "STANDBY", Scope::Cluster),
        [(Level::Caution, "standby-of ? ?".into())]
    );
    assert_eq!(related(Relation::default(), "PRIMARY", Scope::Cluster), []);
}

#[test]
fn a_primary_is_told_its_standbys_and_those_that_do_not_keep_up_are_no_copy_to_rest_on() {
    let of = |standbys: &[Standby], scope| {
        related(Relation { standbys: standbys.to_vec(), ..Relation::default() }, "PRIMARY", scope)
    };
    let good = standby("dr", sync("VALID", 2));
    assert_eq!(of(std::slice::from_ref(&good), zone("zone1")), [(Level::Fine, "primary-of dr=VALID".into())]);
    assert_eq!(
        of(std::slice::from_ref(&good), Scope::Cluster)[0].0,
        Level::Caution,
        "nothing comes from here then"
    );
    let off = standby("far", sync("DISABLED", 5400));
    assert_eq!(
        of(&[good.clone(), off], zone("zone1")),
        [(Level::Caution, "primary-of dr=VALID,far=DISABLED".into())]
    );
    let falls = standby("dr", SyncState { is_falling_back: true, ..sync("VALID", 90) });
    assert_eq!(of(&[falls], zone("zone1"))[0].0, Level::Caution);
    assert_eq!(
        of(&[standby("", SyncState::default())], zone("zone1")),
        [(Level::Caution, "primary-of ?=?".into())]
    );
}

#[test]
fn a_delay_grows_only_between_two_reads_that_lie_apart() {
    let grows = |then: i64, now: i64, apart: i64| {
        let mut is = sync("VALID", now);
        is.compare(&sync("VALID", then), Span::from_millis(apart));
        is.is_falling_back
    };
    assert!(grows(10, 12, 2000) && grows(10, 11, 2000));
    assert!(!grows(10, 10, 2000) && !grows(10, 3, 2000) && !grows(10, 11, 10_000));
    assert!(!grows(10, 11, 500), "too close together to tell");
    let mut close = sync("VALID", 12);
    close.compare(&SyncState { is_falling_back: true, ..sync("VALID", 12) }, Span::from_millis(500));
    assert!(close.is_falling_back, "what was seen before stands until it can be seen again");
    let mut untold = SyncState::default();
    untold.compare(&sync("VALID", 1), Span::from_secs(2));
    assert!(!untold.is_falling_back);
    // Among several, by name.
    let all = |a: i64, b: i64| Relation {
        standbys: vec![standby("a", sync("VALID", a)), standby("b", sync("VALID", b))],
        ..Relation::default()
    };
    let (then, mut now) = (all(1, 1), all(1, 9));
    now.standbys.reverse();
    now.compare(&then, Span::from_secs(2));
    assert_eq!(now.standbys.iter().map(|s| s.sync.is_falling_back).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn a_start_needs_no_tenants_and_an_order_to_a_task_nothing() {
    assert_eq!(needs(&act(Verb::Start, zone("zone1"))), [Input::Topology, Input::Tasks]);
    assert_eq!(needs(&act(Verb::Restart, zone("zone1"))), Input::ALL);
    let mut world = World::new(cluster(&["s", "u", "u"]));
    world.tenants = Err("403".into());
    let i = world.assess(&act(Verb::Start, zone("zone1")));
    assert!(i.findings.iter().all(|f| matches!(f.level, Level::Fine) || f.fact == Fact::NotChecked));
}

#[test]
fn a10_only_what_was_judged_by_counts_as_a_difference() {
    let own = |codes: &[&str]| codes.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>();
    let then = own(&["nothing-else-down", "offline-limit 3600s"]);
    assert_eq!(differences(&then, &own(&["nothing-else-down", "parameters-unread"])), (vec![], vec![]));
    let now = own(&["other-zones-not-whole zone2"]);
    assert_eq!(differences(&then, &now), (now.clone(), own(&["nothing-else-down"])));
}

#[test]
fn codes_hold_no_age_and_no_progress() {
    let stop = act(Verb::Stop, zone("zone1"));
    let codes = |age: i64, done: u32| {
        let mut task = running_task("RUNNING");
        task.progress.done = done;
        let mut world = World::of(&["u", "u", "u"], &[tenant("t", EVERYWHERE, "zone1;zone2")]);
        world.tasks = Ok(vec![task]);
        world.tenants_age = Span::from_secs(age);
        world.assess(&stop).codes()
    };
    assert_eq!(codes(0, 1), codes(9, 7));
    assert_eq!(codes(11, 1), codes(14, 7));
    assert!(codes(0, 0).contains(&"tenant t 3>2/3 noSpare leaders=zone1>zone2".to_owned()));
}
