//! The stop dialog: whole frames, and the state machine behind them.

mod machine;
mod obshell;
pub(crate) mod world;

use insta::assert_snapshot;
use obdeck::app::key::KeyCode;
use obdeck::domain::action::Verb;
use obdeck::domain::outcome::{Held, Outcome};
use obdeck::domain::shown::Text;

use world::{Play, World, at, cluster, lookup, one_server, refused_409, task, zone};

fn sizes(name: &str, play: &Play) {
    for (width, height) in [(80, 24), (120, 40), (160, 45), (40, 10)] {
        assert_snapshot!(format!("{name}_{width}x{height}"), play.frame(width, height));
    }
}

#[test]
fn a_zone_stop_of_a_healthy_cluster_shows_mode_impact_request_and_asks_for_the_name() {
    let mut play = Play::ready(World::three(), Verb::Stop, zone("zone2"));
    play.type_text("protoss/zo");
    sizes("zone_stop", &play);
}

#[test]
fn a_zone_stop_of_two_zones_is_refused_with_a_way_round() {
    let play = Play::ready(World::two(), Verb::Stop, zone("zone2"));
    sizes("two_zones_refused", &play);
}

#[test]
fn tenants_are_told_one_by_one_worst_first() {
    let mut world = World::three();
    let c = cluster("12000001", "protoss", &["zone1", "zone2", "zone3"]);
    world.read_tenants(&c, &["sys", "trade", "report@zone2", "audit@zone1"]);
    let mut play = Play::ready(world, Verb::Stop, zone("zone2"));
    sizes("tenants", &play);
    let frame = play.frame(80, 24);
    let line = |name: &str| frame.lines().position(|l| l.contains(name)).expect(name);
    assert!(line("report ") < line("trade ") && line("trade ") < line("RootService"), "{frame}");
    assert!(frame.contains("Refused report STOPS: no majority is left"), "{frame}");
    assert!(frame.contains("Stop anyway: locked, reason missing"), "{frame}");
    assert!(frame.contains("1 tenant STOPS. This is an outage for: report"), "{frame}");
    play.char('i');
    assert_snapshot!("tenants_whole_120x40", play.frame(120, 40));
}

#[test]
fn nine_findings_are_shown_and_the_others_counted() {
    let mut world = World::three();
    let c = cluster("12000001", "protoss", &["zone1", "zone2", "zone3"]);
    let names: Vec<String> = (1..=16).map(|n| format!("t{n:02}")).collect();
    let mut all: Vec<&str> = names.iter().map(String::as_str).collect();
    all.push("sys");
    world.read_tenants(&c, &all);
    let play = Play::ready(world, Verb::Stop, zone("zone2"));
    let frame = play.frame(120, 50);
    assert_eq!(frame.lines().filter(|l| l.contains("spare 0")).count(), 9, "{frame}");
    assert!(frame.contains("and 14 more, i") && frame.contains("??  not checked"), "{frame}");
}

#[test]
fn a12_tenants_that_cannot_be_read_are_unknown_and_ask_for_a_reason() {
    let mut world = World::three();
    let tenants = obdeck::app::effect::Query::Tenants(at("12000001"));
    world.cache.entry(&tenants).answer = None;
    world.fail(&tenants, "403 your role has no OB_TENANT_READ");
    let play = Play::ready(world, Verb::Stop, zone("zone2"));
    sizes("tenants_unread", &play);
    let frame = play.frame(80, 24);
    assert!(frame.contains("??  tenants not read") && frame.contains("OB_TENANT_READ"), "{frame}");
    assert!(frame.contains("sys       not listed, assumed"), "{frame}");
    assert!(frame.contains("Stop: locked, reason missing"), "{frame}");
}

#[test]
fn a10_an_order_held_back_marks_what_is_new() {
    let mut play = machine::sending();
    let c = cluster("12000001", "protoss", &["zone1", "zone2", "zone3"]);
    play.world.read_tenants(&c, &["sys", "report@zone2"]);
    let now = vec!["tenant report 1>0/1 stops leaders=zone2>".to_owned()];
    let outcome = Outcome::Held(Held::Changed { now, gone: Vec::new() });
    play.dialog.outcome(&outcome, &play.world.facts());
    play.world.reread();
    play.turn();
    play.dialog.painted(play.world.now);
    play.world.pass(500);
    assert!(!play.dialog.is_sending());
    assert_eq!(play.dialog.typed_name().0, "", "a new yes, and a new name");
    sizes("held_back", &play);
    let frame = play.frame(80, 24);
    assert!(frame.lines().any(|l| l.contains("!!* report")), "{frame}");
    assert!(frame.lines().any(|l| l.contains("!   sys")), "what was there is not marked:\n{frame}");
}

#[test]
fn k08_an_unjudged_certificate_is_refused_with_a_way_round() {
    let mut world = World::three();
    world.settings.profiles[0].rules.insecure = true;
    let play = Play::ready(world, Verb::Stop, zone("zone2"));
    let frame = play.frame(80, 24);
    assert!(frame.contains("tls.insecure") && frame.contains("Stop anyway: locked"), "{frame}");
}

#[test]
fn a_server_stop_with_force_says_what_force_means() {
    let mut play = Play::ready(World::three(), Verb::Stop, one_server());
    play.code(KeyCode::BackTab);
    while play.dialog.focus() != obdeck::app::overlays::dialog::Focus::Mode {
        play.tab();
    }
    play.char(' ');
    sizes("server_force", &play);
}

#[test]
fn a_cluster_held_by_a_task_offers_to_open_it() {
    let mut world = World::three();
    world.read_tasks(&at("12000001"), true, vec![task("89026504", "Stop OB zone", "RUNNING")]);
    let play = Play::ready(world, Verb::Stop, zone("zone2"));
    sizes("held", &play);
}

#[test]
fn an_unknown_outcome_says_so_and_how_to_find_out() {
    let mut play = machine::sending();
    let outcome = Outcome::Unknown {
        why: Text::new("connection closed before the answer"),
        lookup: lookup(play.world.now),
    };
    play.dialog.outcome(&outcome, &play.world.facts());
    sizes("unknown", &play);
}

#[test]
fn a_refusal_quotes_the_server_and_keeps_the_trace_id() {
    let mut play = machine::sending();
    play.dialog.outcome(&Outcome::Refused(refused_409()), &play.world.facts());
    play.world.read_tasks(&at("12000001"), true, vec![task("89026504", "Stop OB zone", "RUNNING")]);
    sizes("refused", &play);
}

#[test]
fn x06_x11_a_hostile_name_is_marked_and_told_by_id() {
    let name = "zone1\u{202e}2enoz";
    let world = World::new(vec![cluster("12000001", "prot\u{43e}ss ", &[name, "zone2", "zone3"])]);
    let play = Play::ready(world, Verb::Stop, zone(name));
    sizes("hostile_name", &play);
    assert!(!play.frame(120, 40).contains('\u{202e}'));
}

#[test]
fn a_start_asks_for_y_alone() {
    let mut world = World::three();
    world.settings.profiles[0].rules.danger = obdeck::domain::guard::Danger::Normal;
    let play = Play::ready(world, Verb::Start, zone("zone2"));
    sizes("start", &play);
}

#[test]
fn i_opens_the_whole_impact_and_the_whole_request() {
    let mut play = Play::ready(World::two(), Verb::Stop, zone("zone2"));
    play.char('i');
    sizes("whole_impact", &play);
}

#[test]
fn nothing_read_yet_is_said_and_locked() {
    let mut world = World::three();
    world.cache = obdeck::app::cache::Cache::default();
    let play = Play::ready(world, Verb::Stop, zone("zone2"));
    assert_snapshot!("reading_80x24", play.frame(80, 24));
}

#[test]
fn a_name_not_typed_in_full_and_a_wrong_letter_are_told_apart() {
    let mut play = Play::ready(World::three(), Verb::Stop, zone("zone2"));
    play.type_text("protoss/zone3");
    let frame = play.frame(80, 24);
    assert!(frame.contains("wrong name: letter 13 is \"3\", not \"2\""), "{frame}");
    assert!(frame.contains("[ Stop: locked, wrong name ]"), "{frame}");
}

#[test]
fn ascii_draws_nothing_beyond_ascii() {
    let play = Play::ready(World::two(), Verb::Stop, zone("zone2"));
    let facts = play.world.facts();
    for (w, h) in [(80, 24), (40, 10)] {
        let text = world::frame(w, h, true, |f, area, look| {
            obdeck::tui::overlays::dialog::draw(f, area, &play.dialog, &facts, look);
        });
        assert!(text.is_ascii(), "{text}");
    }
}

#[test]
fn t01_no_size_breaks_it() {
    let mut play = Play::ready(World::two(), Verb::Stop, zone("zone2"));
    for table in [false, true] {
        for width in [0, 1, 3, 4, 12, 39, 40, 59, 60, 80, 200] {
            for height in [0, 1, 2, 3, 4, 9, 10, 14, 15, 24, 60] {
                let frame = play.frame(width, height);
                assert_eq!(frame.lines().count(), usize::from(height));
            }
        }
        if !table {
            play.char('i');
        }
    }
}

#[test]
fn what_does_not_fit_is_counted_and_the_unchecked_stays_last() {
    let mut world = World::three();
    let tasks = (1..=9).map(|n| task(&format!("{n}"), "Restart OB server", "FAILED")).collect();
    world.read_tasks(&at("12000001"), true, tasks);
    let mut play = Play::ready(world, Verb::Stop, zone("zone2"));
    while play.dialog.focus() != obdeck::app::overlays::dialog::Focus::Name {
        play.tab();
    }
    play.type_text("protoss/zone2");
    sizes("many_tasks", &play);
    for (width, height) in [(60, 15), (60, 18), (100, 16), (40, 10)] {
        let frame = play.frame(width, height);
        assert!(frame.contains("protoss/zone2▏"), "the field keys go to is in sight:\n{frame}");
    }
}

#[test]
fn while_sending_it_says_that_leaving_cancels_nothing() {
    let play = machine::sending();
    assert_snapshot!("sending_80x24", play.frame(80, 24));
}
