//! The tree: selection, folds, finding, what is read for it, and that its size does not matter.

use obdeck::app::effect::{Effect, Query};
use obdeck::app::panes::topology::NodeId;
use obdeck::domain::outcome::ReadErrorKind;

use super::world::{
    Console, World, cluster, cluster_ref, demo, prod, profile, read_error, settings, stop_first,
};

#[test]
fn the_first_screen_shows_zones_of_a_small_fleet() {
    let c = demo(80, 24);
    assert!(c.frame().contains("zone1"));
    assert!(c.line_with("calm01").contains("3/3"));
}

#[test]
fn folds_and_selection_survive_refresh_renames_and_new_servers() {
    let mut c = demo(80, 24);
    c.keys("jjl");
    let selected = c.model.topology.selected().cloned();
    assert!(matches!(selected, Some(NodeId::Zone(..))), "{selected:?}");
    c.world.clusters[0].name = "renamed".into();
    c.world.clusters.insert(0, cluster("demo", "0", "first", &[1]));
    c.pass(3000);
    assert_eq!(c.model.topology.selected().cloned(), selected);
    let frame = c.frame();
    assert!(frame.contains("renamed") && frame.contains("10.0.1.11:2882"), "{frame}");
}

#[test]
fn left_folds_then_goes_to_the_parent_and_right_unfolds() {
    let mut c = demo(80, 24);
    c.keys("jjl");
    assert!(c.frame().contains("10.0.1.11:2882"));
    c.keys("l");
    assert!(matches!(c.model.topology.selected(), Some(NodeId::Server(..))));
    c.keys("hh");
    assert!(!c.frame().contains("10.0.1.11:2882"));
    c.keys("h");
    assert_eq!(c.model.topology.selected(), Some(&NodeId::Cluster(cluster_ref("demo", "1"))));
}

#[test]
fn what_is_gone_leaves_the_selection_on_its_parent() {
    let mut c = demo(80, 24);
    c.keys("jjl");
    c.world.clusters[0].zones.remove(0);
    c.pass(3000);
    assert_eq!(c.model.topology.selected(), Some(&NodeId::Cluster(cluster_ref("demo", "1"))));
}

#[test]
fn find_unfolds_the_way_to_a_server_and_only_matches_hides_the_rest() {
    let mut c = demo(80, 24);
    c.keys("/10.0.3.22<enter>");
    assert!(matches!(c.model.topology.selected(), Some(NodeId::Server(..))));
    assert!(c.frame().contains("10.0.3.22:2882"));
    c.keys("/calm04<enter>&");
    let frame = c.frame();
    assert!(frame.contains("calm04") && !frame.contains("calm02"), "{frame}");
    c.keys("<esc>g");
    assert!(c.frame().contains("calm02"));
    c.keys("/nowhere<enter>");
    assert!(c.row(22).contains("no match for nowhere"), "{}", c.row(22));
}

#[test]
fn problems_only_shows_what_is_down_or_says_that_nothing_is() {
    let mut c = prod(80, 24);
    c.keys("!");
    let frame = c.frame();
    assert!(frame.contains("10.0.2.11:2882") && !frame.contains("meta01"), "{frame}");
    c.keys("<esc>");
    assert!(c.frame().contains("meta01"));
    let mut c = demo(80, 24);
    c.keys("!");
    assert!(c.row(22).contains("no problem"), "{}", c.row(22));
}

#[test]
fn a_stopped_server_shows_since_when_even_while_its_word_is_active_and_its_limit_from_the_process_end() {
    let mut world = super::world::calm();
    stop_first(&mut world.clusters[0], 0, 51);
    world.clusters[0].zones[0].servers[0].status = obdeck::domain::status::health("ACTIVE");
    let mut c = Console::new(world, settings(vec![profile("demo")]), 80, 24);
    c.keys("jjl");
    c.pass(400);
    let line = c.line_with("10.0.1.11:2882");
    assert!(line.contains("ACTIVE !") && line.contains("51s  SQL stop"), "{line}");
    c.world.clusters[0].zones[0].servers[0].status = obdeck::domain::status::health("STOPPED");
    c.pass(3000);
    let line = c.line_with("10.0.1.11:2882");
    assert!(line.contains("STOPPED !") && line.contains("54s  limit 59m"), "{line}");
    assert!(c.line_with("calm01").contains("DEGRADED"));
}

#[test]
fn a_server_that_goes_without_a_stop_time_has_its_limit_from_when_it_was_last_seen() {
    let mut c = Console::new(super::world::calm(), settings(vec![profile("demo")]), 80, 24);
    c.keys("jjl");
    c.pass(400);
    c.pass(5000);
    assert!(!c.line_with("10.0.1.11:2882").contains("limit"));
    // A stop of its zone through OCP: nothing but the word of the OBServer changes.
    c.world.clusters[0].zones[0].servers[0].status = obdeck::domain::status::health("STOPPED");
    c.pass(4000);
    let line = c.line_with("10.0.1.11:2882");
    assert!(line.contains("STOPPED !") && line.contains("s  limit 59m") && line.contains(" ~"), "{line}");
    // Folded, its zone says it.
    c.keys("h");
    let line = c.line_with("zone1  hz-a          RUNNING !");
    assert!(line.contains("0/1") && line.contains("s  limit 59m"), "{line}");
    c.keys("l");
    assert!(!c.line_with("zone1  hz-a          RUNNING !").contains("limit"), "{}", c.frame());
    // What was seen stays known at each poll, and is forgotten once it is up.
    c.pass(600_000);
    assert!(c.line_with("10.0.1.11:2882").contains("~10m  limit 49m"), "{}", c.line_with("10.0.1.11:2882"));
    c.world.clusters[0].zones[0].servers[0].status = obdeck::domain::status::health("RUNNING");
    c.pass(4000);
    assert!(!c.line_with("10.0.1.11:2882").contains("limit"));
}

#[test]
fn n18_of_a_thousand_clusters_only_what_is_on_the_screen_is_read() {
    let mut c = huge();
    let asked = |c: &Console| {
        c.reads
            .borrow()
            .iter()
            .filter(|q| matches!(q, Query::Zones(_)))
            .collect::<std::collections::HashSet<_>>()
            .len()
    };
    assert!(asked(&c) <= 24, "{} clusters were read", asked(&c));
    c.keys("<pgdn><pgdn><pgdn><pgdn><pgdn><pgdn><pgdn><pgdn>");
    assert!(asked(&c) <= 24, "a held key reads nothing on its way");
    c.pass(1000);
    let read = asked(&c);
    assert!((25..=60).contains(&read), "{read}");
}

#[test]
fn ten_thousand_servers_are_walked_by_key_in_bounded_work() {
    let mut c = huge();
    // Counted work, no clock: the widget is given the rows on the screen and what they hang from.
    c.keys("G");
    assert_eq!(c.model.topology.rows().len(), 1001);
    assert!(c.frame().contains("c0999"), "{}", c.frame());
    c.keys("l");
    c.pass(1000);
    c.keys("jl");
    let frame = c.frame();
    assert!(frame.contains("zone1") && frame.contains("10.0.1.11:2882"), "{frame}");
}

fn huge() -> Console {
    let clusters =
        (0..1000).map(|i| cluster("demo", &format!("{i:04}"), &format!("c{i:04}"), &[4, 3, 3])).collect();
    let world = World { clusters, ..World::default() };
    Console::new(world, settings(vec![profile("demo")]), 80, 24)
}

#[test]
fn a_profile_that_cannot_be_read_says_why_in_the_tree() {
    let mut world = super::world::calm();
    world.down = Some(read_error(ReadErrorKind::Unreachable, 0));
    let c = Console::new(world, settings(vec![profile("demo")]), 80, 24);
    assert!(c.line_with("ocp:demo").contains("cannot be reached"), "{}", c.frame());
    let mut broken = profile("other");
    broken.broken = Some("no password: password_env OB_PW is not set".to_owned());
    let c = Console::new(World::default(), settings(vec![broken]), 80, 24);
    assert!(c.frame().contains("password_env OB_PW is not set"), "{}", c.frame());
    assert!(c.reads.borrow().is_empty());
}

#[test]
fn copy_puts_the_value_into_the_clipboard_and_onto_the_message_line() {
    let mut c = prod(80, 24);
    c.keys("jy");
    assert_eq!(c.effects.last(), Some(&Effect::Copy("protoss".to_owned())));
    assert!(c.row(22).contains("copied: protoss"));
    c.keys("Y");
    assert_eq!(c.effects.last(), Some(&Effect::Copy("prod protoss 12000001".to_owned())));
}

#[test]
fn a_profile_row_has_no_action_and_says_so() {
    let mut c = prod(80, 24);
    c.keys("S");
    assert!(c.model.overlays.is_empty());
    assert!(c.row(22).contains("not possible: select a cluster, zone or OBServer first"), "{}", c.row(22));
    c.keys("jS");
    assert_eq!(c.model.overlays.len(), 1);
}

#[test]
fn hostile_names_neither_collide_nor_reach_the_screen_raw() {
    let mut world = super::world::calm();
    let twin = world.clusters[0].clone();
    world.clusters.push(twin);
    world.clusters[1].name = "a\u{1b}[31m\u{202e}b".into();
    let c = Console::new(world, settings(vec![profile("demo")]), 80, 24);
    let frame = c.frame();
    assert!(frame.contains("calm01"), "{frame}");
    assert!(!frame.contains('\u{1b}') && !frame.contains('\u{202e}'));
}

#[test]
fn two_addresses_look_different_at_40_columns() {
    let mut world = super::world::calm();
    for (ix, s) in world.clusters[0].zones[0].servers.iter_mut().enumerate() {
        s.address = format!("192.168.100.1{ix}:2882").as_str().into();
    }
    let mut c = Console::new(world, settings(vec![profile("demo")]), 40, 10);
    c.keys("jjl");
    assert!(c.frame().contains("192.168.100.10 "), "{}", c.frame());
}
