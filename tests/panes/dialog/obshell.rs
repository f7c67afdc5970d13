//! The stop dialog over agents: a choice of modes, the check, what is passed over.

use insta::assert_snapshot;
use obdeck::app::effect::{Query, Reply};
use obdeck::app::key::{Key, KeyCode};
use obdeck::app::overlays::DialogStep;
use obdeck::app::overlays::dialog::Focus;
use obdeck::app::overlays::dialog::situation::Request;
use obdeck::domain::action::{Action, Scope, Verb};
use obdeck::domain::capability::Mode;
use obdeck::domain::guard::Approved;
use obdeck::domain::id::{ServerId, ZoneName};
use obdeck::domain::request::Checked;
use obdeck::domain::shown::Text;

use super::world::{Play, World, at, task, zone};

fn focus(play: &mut Play, on: Focus) {
    for _ in 0..10 {
        if play.dialog.focus() == on {
            return;
        }
        play.tab();
    }
    panic!("{on:?} cannot be reached");
}

fn checked(play: &mut Play, passed: bool, words: &str) {
    let query = play.dialog.wants(&play.world.facts()).into_iter().map(|w| w.query);
    let check =
        query.into_iter().find(|q| matches!(q, Query::Check(_))).expect("the zone's check is asked for");
    let said = Checked { passed, words: Text::new(words), code: Text::default() };
    play.world.answer(check, Reply::Check(Some(said)));
    play.turn();
}

fn mode(play: &Play) -> Mode {
    play.dialog.mode(&play.world.facts())
}

fn server() -> Scope {
    Scope::Server {
        id: ServerId::new("10.0.2.11:2886"),
        address: Text::new("10.0.2.11:2882"),
        zone: ZoneName::new("zone2"),
    }
}

fn sizes(name: &str, play: &Play) {
    for (width, height) in [(80, 24), (120, 40), (40, 10)] {
        let frame = play.frame(width, height);
        assert!(!frame.contains("canary"));
        assert_snapshot!(format!("obshell_{name}_{width}x{height}"), frame);
    }
}

/// Presses yes with everything filled in, and gives what was approved.
fn confirm(play: &mut Play, name: &str) -> Approved {
    play.world.reread();
    play.turn();
    if play
        .dialog
        .situation(&play.world.facts())
        .and_then(|s| s.question().map(|q| q.reason))
        .unwrap_or(false)
    {
        focus(play, Focus::Reason);
        play.type_text("CHG-1");
    }
    focus(play, Focus::Name);
    play.type_text(name);
    focus(play, Focus::Deed);
    play.world.pass(1000);
    match play.press(Key::char('y')) {
        DialogStep::Submit(order) => order,
        other => panic!("{other:?}: {}", play.frame(80, 24)),
    }
}

#[test]
fn a_zone_stop_lists_five_modes_and_the_check() {
    let mut play = Play::ready(World::agents(), Verb::Stop, zone("zone2"));
    checked(&mut play, true, "");
    assert_eq!(mode(&play), Mode::Plain);
    sizes("zone", &play);
}

#[test]
fn a_check_that_would_refuse_says_so_in_the_agents_words() {
    let mut play = Play::ready(World::agents(), Verb::Stop, zone("zone2"));
    checked(&mut play, false, "Zone 'zone1' is stopped already");
    assert!(
        play.frame(80, 24).contains("refused: Zone 'zone1' is stopped already"),
        "{}",
        play.frame(80, 24)
    );
}

#[test]
fn modes_are_walked_and_each_makes_its_own_request() {
    let mut play = Play::ready(World::agents(), Verb::Stop, zone("zone2"));
    focus(&mut play, Focus::Mode);
    for (want, part) in [
        (Mode::Process, "/api/v1/ob/zone/zone2/stop"),
        (Mode::ProcessFreeze, "{\"freeze_server\":true}"),
        (Mode::Freeze, "\"terminate\":true"),
        (Mode::Force, "\"force\":true"),
        (Mode::Plain, "\"force\":false"),
    ] {
        play.char(' ');
        assert_eq!(mode(&play), want);
        assert!(play.frame(120, 40).contains(part), "{want:?}: {}", play.frame(120, 40));
    }
    play.code(KeyCode::Up);
    assert_eq!(mode(&play), Mode::Force);
    checked(&mut play, true, "");
    sizes("zone_force", &play);
}

#[test]
fn a_kill_asks_for_a_reason_and_the_name_and_is_sent_as_chosen() {
    let mut play = Play::ready(World::agents(), Verb::Stop, server());
    focus(&mut play, Focus::Mode);
    play.code(KeyCode::Down);
    assert_eq!(mode(&play), Mode::Freeze);
    let question =
        play.dialog.situation(&play.world.facts()).and_then(|s| s.question().cloned()).expect("asked");
    assert!(question.reason && question.typed.as_deref() == Some("edge/10.0.2.11:2882"));
    assert!(play.frame(80, 24).contains("no majority check"));
    let order = confirm(&mut play, "edge/10.0.2.11:2882");
    let Action::Cluster(a) = order.action() else { panic!("{order:?}") };
    assert_eq!(Mode::of(&a.force), Some(Mode::Freeze));
    assert_eq!(order.reason(), Some("CHG-1"));
}

#[test]
fn a_cluster_stop_knows_only_the_two_kills() {
    let play = Play::ready(World::agents(), Verb::Stop, Scope::Cluster);
    assert_eq!(mode(&play), Mode::Freeze);
    assert!(play.dialog.check(&play.world.facts()).is_none());
    sizes("cluster", &play);
}

#[test]
fn a_restart_is_shown_as_not_offered() {
    let play = Play::open(World::agents(), Verb::Start, zone("zone2"));
    assert!(play.dialog.modes(&play.world.facts()).len() == 1);
    let can = play.world.settings.profiles[0].capabilities;
    assert!(can.modes(Verb::Restart, &zone("zone2")).is_empty());
}

#[test]
fn h04_what_holds_the_cluster_is_passed_over_only_when_switched_on() {
    let mut world = World::agents();
    world.read_tasks(&at("12000001"), true, vec![task("22130706433028861", "Stop OB", "RUNNING")]);
    let mut play = Play::ready(world, Verb::Stop, zone("zone3"));
    assert!(play.dialog.passes().is_empty(), "never filled in by itself");
    assert!(play.frame(80, 24).contains("[ ] forcePassDag 22130706433028861"), "{}", play.frame(80, 24));
    focus(&mut play, Focus::Pass);
    play.char(' ');
    let request = play.dialog.situation(&play.world.facts()).expect("known").request;
    let Request::Ready(request) = request else { panic!("{request:?}") };
    assert!(request.body.expect("a body").ends_with("\"forcePassDag\":{\"id\":[\"22130706433028861\"]}}"));
    sizes("held", &play);
    let order = confirm(&mut play, "edge/zone3");
    let Action::Cluster(a) = order.action() else { panic!("{order:?}") };
    assert_eq!(a.force.pass_dags, ["22130706433028861"]);
    assert!(order.overriding().is_some());
}

#[test]
fn what_ended_meanwhile_is_not_passed_over() {
    let mut world = World::agents();
    world.read_tasks(&at("12000001"), true, vec![task("22130706433028861", "Stop OB", "RUNNING")]);
    let mut play = Play::ready(world, Verb::Stop, zone("zone3"));
    focus(&mut play, Focus::Pass);
    play.char(' ');
    assert_eq!(play.dialog.passes().len(), 1);
    play.world.read_tasks(&at("12000001"), true, Vec::new());
    play.turn();
    assert!(play.dialog.passes().is_empty());
    assert!(!play.frame(120, 40).contains("forcePassDag"));
}
