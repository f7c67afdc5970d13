//! The edges of a judgement: where one word ends and the next begins.

use super::ground::{Ground, Moment, Sites};
use super::tenants::Unsure;
use super::*;

/// A parameter with the limit after which a stopped OBServer's replicas are made anew elsewhere.
fn offline_after(text: &str) -> Vec<Parameter> {
    vec![Parameter { name: "server_permanent_offline_time".into(), values: vec![text.into()] }]
}

#[test]
fn an_offline_limit_below_ten_minutes_is_a_caution_and_ten_minutes_are_none() {
    let level = |text: &str| {
        let world = World { parameters: Ok(offline_after(text)), ..World::new(cluster(&["u", "u", "u"])) };
        level_of(&world.assess(&act(Verb::Stop, zone("zone1"))), |f| matches!(f, Fact::OfflineLimit(_)))
    };
    assert_eq!(level("599s"), Some(Level::Caution));
    assert_eq!(level("600s"), Some(Level::Fine));
}

#[test]
fn a11_a_target_is_the_same_by_cluster_name_zone_address_and_place() {
    let c = cluster(&["uu", "uu", "uu"]);
    let a = |scope| {
        let Action::Cluster(a) = act(Verb::Stop, scope) else { unreachable!() };
        a
    };
    for scope in [Scope::Cluster, zone("zone2"), one_server(&c, 1, 1)] {
        assert_eq!(moved(&a(scope), Some(&c)), None);
    }
    let stop = a(zone("zone2"));
    assert_eq!(moved(&stop, None), Some(Moved::Gone));
    assert_eq!(moved(&a(zone("zone9")), Some(&c)), Some(Moved::Gone));
    let mut renamed = c.clone();
    renamed.name = "zerg".into();
    assert_eq!(moved(&stop, Some(&renamed)), Some(Moved::Renamed("zerg".into())));
    // Chosen by its ID alone, on the command line: no name was confirmed that could be another now.
    let unnamed = ClusterAction { cluster_name: "".into(), ..stop };
    assert_eq!(moved(&unnamed, Some(&renamed)), None);

    let server = a(one_server(&c, 1, 1));
    let changed = |change: &dyn Fn(&mut crate::domain::topology::Server)| {
        let mut c = c.clone();
        change(&mut c.zones[1].servers[1]);
        moved(&server, Some(&c))
    };
    assert_eq!(changed(&|s| s.id = "999".into()), Some(Moved::Gone));
    let elsewhere = "10.9.9.9:2882";
    assert_eq!(changed(&|s| s.address = elsewhere.into()), Some(Moved::Renamed(elsewhere.into())));
    let zone3 = || ZoneName::new("zone3");
    assert_eq!(changed(&|s| s.zone = zone3()), Some(Moved::Elsewhere(zone3())));
}

#[test]
fn a_zone_whose_servers_are_not_told_counts_by_its_own_word() {
    let c = cluster(&["u", "u", "u"]);
    let server = one_server(&c, 0, 0);
    let mut zones = c.zones;
    for zone in &mut zones {
        zone.servers.clear();
    }
    zones[2].status = health("STOPPED");
    // Any of it, all of it.
    let lost = |scope: &Scope, z: usize, moment| {
        let lost = Ground { zones: &zones, scope }.lost(&zones[z].name, &Sites::default(), moment);
        (lost.worst, lost.best)
    };
    let (none, some, all) = ((false, false), (true, false), (true, true));
    for scope in [&zone("zone1"), &Scope::Cluster, &server] {
        assert_eq!([0, 1, 2].map(|z| lost(scope, z, Moment::Now)), [none, none, all], "{scope:?}");
    }
    let after = |scope: &Scope| [0, 1, 2].map(|z| lost(scope, z, Moment::After));
    assert_eq!(after(&zone("zone1")), [all, none, all]);
    assert_eq!(after(&Scope::Cluster), [all, all, all]);
    assert_eq!(after(&server), [some, none, all], "it may be the only one, or one of many");
}

#[test]
fn a_unit_without_server_is_known_by_its_zone_alone() {
    let mut c = cluster(&["uu", "uu", "uu"]);
    // An OBServer that tells no address is not where every unit is that tells none.
    c.zones[0].servers[1].address = Text::default();
    let bare = Unit { server: None, ..unit("trade", 0, 1) };
    let by_address = Unit { server: None, address: "10.0.2.1:2882".into(), ..unit("trade", 1, 0) };
    let units = [bare, by_address, unit("trade", 2, 1)];
    let sites = Sites::of(&"trade".into(), &units, &c.zones);
    let by_zone = ["zone1", "zone2", "zone3"].map(|z| sites.is_by_zone(&ZoneName::new(z)));
    assert_eq!(by_zone, [true, false, false]);
}

#[test]
fn each_input_is_told_with_its_age_or_why_it_is_not_known() {
    let words = Input::ALL.map(Input::word);
    assert_eq!(words, ["topology", "tasks", "tenants", "units", "parameters"]);
    let (c, now) = (cluster(&["u", "u", "u"]), Timestamp::from_millis(1_795_000_000_000));
    let before = |s: i64| now.plus(Span::ZERO.minus(Span::from_secs(s)));
    let inputs = Inputs {
        now,
        kind: PlaneKind::Ocp,
        cluster: Ok(Seen { value: &c, at: before(3) }),
        tasks: Err("403".into()),
        tenants: Ok(Seen { value: &[], at: before(10) }),
        units: Ok(Seen { value: &[], at: before(11) }),
        parameters: Ok(Seen { value: &[], at: now }),
        arbitration: false,
    };
    let topology = (Input::Topology, Ok(before(3)));
    let tasks = (Input::Tasks, Err(Missing::Failed("403".into())));
    assert_eq!(inputs.ages(&act(Verb::Start, zone("zone1"))), [topology.clone(), tasks.clone()]);
    let tenants = (Input::Tenants, Ok(before(10)));
    let units = (Input::Units, Err(Missing::Old(Span::from_secs(11))));
    let parameters = (Input::Parameters, Ok(now));
    assert_eq!(inputs.ages(&act(Verb::Stop, zone("zone1"))), [topology, tasks, tenants, units, parameters]);
}

#[test]
fn zones_and_servers_that_stay_are_fine_while_they_are_more_than_half_or_no_fewer() {
    let levels = |zones: &[&str], scope: &dyn Fn(&Cluster) -> Scope| {
        let c = cluster(zones);
        let i = seen(&act(Verb::Stop, scope(&c)), &c, &[]);
        let level = |of: fn(&Fact) -> bool| level_of(&i, of).unwrap();
        (level(|f| matches!(f, Fact::Zones { .. })), level(|f| matches!(f, Fact::Servers { .. })))
    };
    let (fine, caution) = (Level::Fine, Level::Caution);
    let first_zone = |_: &Cluster| zone("zone1");
    assert_eq!(levels(&["u", "u", "u"], &first_zone), (fine, fine));
    assert_eq!(levels(&["u", "u"], &first_zone), (caution, fine), "half is not more than half");
    assert_eq!(levels(&["u", "d", "u", "u"], &first_zone), (caution, fine));
    assert_eq!(levels(&["u", "u", "u", "u", "u"], &first_zone), (fine, fine));
    assert_eq!(levels(&["uu", "d", "d"], &|c| one_server(c, 0, 1)), (fine, fine), "no zone fewer than now");
    assert_eq!(levels(&["u", "u", "u"], &|_| Scope::Cluster), (caution, caution));
    assert_eq!(levels(&["d", "d", "d"], &first_zone), (fine, fine), "nothing is left to lose");
}

#[test]
fn only_what_is_all_up_or_all_stopped_is_called_so_already() {
    let start = act(Verb::Start, zone("zone1"));
    let is_up = |c: &Cluster| has(&seen(&start, c, &[]), &Fact::AlreadyUp);
    assert!(is_up(&cluster(&["uu", "u", "u"])));
    assert!(!is_up(&cluster(&["us", "u", "u"])) && !is_up(&cluster(&["ss", "u", "u"])));
    let stop = act(Verb::Stop, zone("zone1"));
    let is_stopped = |c: &Cluster| has(&seen(&stop, c, &[]), &Fact::AlreadyStopped);
    assert!(is_stopped(&cluster(&["sd", "u", "u"])) && !is_stopped(&cluster(&["su", "u", "u"])));
    let mut untold = cluster(&["u", "u", "u"]);
    untold.zones[0].servers.clear();
    assert!(!is_up(&untold) && !is_stopped(&untold), "no OBServer of it was told");
}

#[test]
fn a_verdict_goes_by_zone_where_a_part_of_it_goes_and_no_unit_tells_which() {
    let by_zone = |zones: &[&str], scope: &dyn Fn(&Cluster) -> Scope, locality: &str, units: Vec<Unit>| {
        let mut world = World::of(zones, &[tenant("trade", locality, "")]);
        world.units = Ok(units);
        let scope = scope(world.cluster.as_ref().unwrap());
        of(&world.assess(&act(Verb::Stop, scope)), "trade").by_zone
    };
    let server = |c: &Cluster| one_server(c, 0, 0);
    let everywhere = "F@zone1,F@zone2,F@zone3";
    assert!(by_zone(&["uu", "uu", "uu"], &server, everywhere, Vec::new()));
    assert!(!by_zone(&["u", "uu", "uu"], &server, everywhere, Vec::new()), "the only one of its zone");
    assert!(!by_zone(&["uu", "uu", "uu"], &|_| zone("zone1"), everywhere, Vec::new()), "all of it goes");
    assert!(!by_zone(&["uu", "uu", "uu"], &server, "F@zone2,F@zone3", Vec::new()), "not its zone");
    assert!(!by_zone(&["uu", "uu", "uu"], &server, everywhere, vec![unit("trade", 0, 1)]));
}

#[test]
fn replicas_of_a_list_of_zones_are_lost_between_two_bounds() {
    let after = |locality: &str, zones: &[&str], target: &str| {
        let world = World::of(zones, &[tenant("trade", locality, "")]);
        let i = world.assess(&act(Verb::Stop, zone(target)));
        let t = of(&i, "trade");
        (t.voters, t.after.worst, t.after.best)
    };
    let three = ["u", "u", "u"];
    assert_eq!(after("FULL{2}@zone1,FULL{1}@zone2", &three, "zone1"), (3, 1, 1), "both of one zone");
    // As many as zones: one in each. Fewer: it may or may not be there. More: any number of them.
    assert_eq!(after("FULL{2}@[zone1,zone2],FULL{1}@zone3", &three, "zone1"), (3, 2, 2));
    assert_eq!(after("FULL{1}@[zone1,zone2],FULL{1}@zone3", &three, "zone1"), (2, 1, 2));
    assert_eq!(after("FULL{3}@[zone1,zone2],FULL{1}@zone3", &three, "zone1"), (4, 1, 4));
    assert_eq!(after("FULL{3}@[zone1,zone2],FULL{1}@zone3", &["u", "d", "u"], "zone1"), (4, 1, 1));
    assert_eq!(after("FULL{2}@[zone1,zone2],FULL{1}@zone3", &["u", "d", "u"], "zone1"), (3, 1, 1));
}

#[test]
fn a_tenant_that_is_down_already_is_not_stopped_by_what_does_not_touch_it() {
    let tenants = [tenant("sys", "F@zone1,F@zone2,F@zone3", ""), tenant("report", "F@zone2", "")];
    let world = World::of(&["u", "d", "u", "u"], &tenants);
    let i = world.assess(&act(Verb::Stop, zone("zone4")));
    assert_eq!(standing(&i, "report"), Standing::Down);
    let i = world.assess(&act(Verb::Stop, zone("zone2")));
    assert_eq!(standing(&i, "report"), Standing::Stops);
}

#[test]
fn what_makes_a_verdict_unsure_has_a_word_of_its_own() {
    let (zone, text) = (|| ZoneName::new("zone1"), || Text::new("MODIFYING"));
    let all = [
        (Unsure::Status(text()), "status:MODIFYING"),
        (Unsure::Task(TaskId::new("89026504")), "task:89026504"),
        (Unsure::NoUnit(zone()), "no-unit:zone1"),
        (Unsure::UnitElsewhere(zone()), "unit-elsewhere:zone1"),
        (Unsure::Unit(text()), "unit:MODIFYING"),
        (Unsure::NoZone(zone()), "no-zone:zone1"),
        (Unsure::Locality(text()), "locality:MODIFYING"),
    ];
    for (why, code) in all {
        assert_eq!(why.code(), code);
    }
}

#[test]
fn tenants_that_lose_come_before_what_is_said_of_the_cluster_and_those_that_do_not_after_it() {
    let tenants = [tenant("trade", "F@zone1,F@zone2,F@zone3", ""), tenant("far", "F@zone2", "")];
    let i = World::of(&["u", "u", "u"], &tenants).assess(&act(Verb::Stop, zone("zone1")));
    let place = |wanted: &dyn Fn(&Fact) -> bool| i.findings.iter().position(|f| wanted(&f.fact)).unwrap();
    let of = |name: &str| place(&|f| f.tenant().is_some_and(|t| t.name.raw() == name));
    let root = place(&|f| matches!(f, Fact::RootService { .. }));
    let others = place(&|f| *f == Fact::NoOtherTask);
    assert_eq!((i.findings[of("trade")].level, i.findings[root].level), (Level::Caution, Level::Caution));
    assert_eq!((i.findings[of("far")].level, i.findings[others].level), (Level::Fine, Level::Fine));
    assert!(of("trade") < root && root < others && others < of("far"), "{:?}", i.codes());
}
