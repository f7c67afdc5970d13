//! The edges of a judgement: where one word ends and the next begins.

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
