//! The edges of a judgement: where one word ends and the next begins.

use super::ground::{Ground, Moment, Sites};
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
    assert_eq!(changed(&|s| s.id = ServerId::new("999")), Some(Moved::Gone));
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
