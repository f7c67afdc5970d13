//! The confirmation of an action on a task or subtask.

use insta::assert_snapshot;
use obdeck::app::effect::{Query, Reply};
use obdeck::app::facts::Go;
use obdeck::app::key::{Key, KeyCode};
use obdeck::app::overlays::DialogStep;
use obdeck::app::overlays::confirm::Confirm;
use obdeck::domain::action::{Action, SubtaskVerb, TaskVerb};
use obdeck::domain::outcome::{Held, Outcome};
use obdeck::domain::shown::Text;
use obdeck::domain::time::Span;

use super::dialog::world::{World, frame, planned, refused_409, task, whole};

fn open(action: Action) -> (World, Confirm) {
    let mut world = World::three();
    let head = task("89026391", "Restart OB server", "FAILED");
    let Some(task) = Some(head.at.clone()) else { unreachable!() };
    world.answer(Query::Task(task), Reply::Task(Box::new(whole(head))));
    let plan = planned(&action);
    world.answer(Query::Plan(Box::new(action.clone())), Reply::Plan(Ok(plan)));
    let mut confirm = Confirm::new(action, Key::plain(KeyCode::Enter), world.now);
    confirm.refresh(&world.facts());
    (world, confirm)
}

fn skip() -> Action {
    Action::Subtask {
        task: task("89026391", "", "FAILED").at,
        subtask: "89026402".into(),
        verb: SubtaskVerb::Skip,
    }
}

fn draw(world: &World, confirm: &Confirm, width: u16, height: u16) -> String {
    let facts = world.facts();
    frame(width, height, false, |f, area, look| {
        obdeck::tui::overlays::confirm::draw(f, area, confirm, &facts, look);
    })
}

#[test]
fn skip_says_what_it_really_does_and_shows_the_request() {
    let (mut world, mut confirm) = open(skip());
    confirm.painted(world.now);
    world.pass(500);
    confirm.refresh(&world.facts());
    for (width, height) in [(80, 24), (120, 40), (40, 10)] {
        assert_snapshot!(format!("skip_{width}x{height}"), draw(&world, &confirm, width, height));
    }
}

#[test]
fn y_confirms_once_and_enter_never() {
    let (mut world, mut confirm) = open(skip());
    confirm.painted(world.now);
    for _ in 0..50 {
        world.pass(33);
        assert_eq!(confirm.key(Key::plain(KeyCode::Enter), &world.facts()), DialogStep::Nothing);
    }
    world.pass(2000);
    assert_eq!(confirm.key(Key::plain(KeyCode::Enter), &world.facts()), DialogStep::Nothing);
    assert!(matches!(confirm.key(Key::char('y'), &world.facts()), DialogStep::Submit(_)));
    assert_eq!(confirm.key(Key::char('y'), &world.facts()), DialogStep::Nothing);
    assert_eq!(confirm.outcome(&Outcome::Refused(refused_409()), &world.facts()), DialogStep::Nothing);
    confirm.painted(world.now);
    world.pass(500);
    let want = task("89026391", "", "FAILED").at;
    let step = confirm.key(Key::plain(KeyCode::Enter), &world.facts());
    assert_eq!(step, DialogStep::CloseAnd(Go::Task(want)));
}

#[test]
fn a_reason_is_typed_only_while_its_field_has_the_focus() {
    let (mut world, mut confirm) = open(skip());
    confirm.painted(world.now);
    world.pass(1500);
    confirm.key(Key::plain(KeyCode::Tab), &world.facts());
    confirm.key(Key::char('y'), &world.facts());
    confirm.paste("es\n", &world.facts());
    assert_eq!(confirm.reason().0, "yes");
    assert!(!confirm.is_sending());
    confirm.key(Key::plain(KeyCode::Tab), &world.facts());
    let DialogStep::Submit(order) = confirm.key(Key::char('y'), &world.facts()) else { panic!("sent") };
    assert_eq!(order.reason(), Some("yes"));
}

#[test]
fn not_sent_needs_a_new_yes_and_old_data_lock() {
    let (mut world, mut confirm) = open(skip());
    confirm.painted(world.now);
    world.pass(500);
    assert!(matches!(confirm.key(Key::char('y'), &world.facts()), DialogStep::Submit(_)));
    confirm.outcome(&Outcome::NotSent { why: Text::new("dns") }, &world.facts());
    assert_eq!(confirm.key(Key::char('y'), &world.facts()), DialogStep::Nothing);
    confirm.painted(world.now);
    world.pass(10_001);
    assert_eq!(confirm.key(Key::char('y'), &world.facts()), DialogStep::Nothing);
    world.reread();
    assert!(matches!(confirm.key(Key::char('y'), &world.facts()), DialogStep::Submit(_)));
    let done = Outcome::Accepted { task: None, trace: None, took: Span::ZERO };
    assert!(matches!(confirm.outcome(&done, &world.facts()), DialogStep::CloseAnd(Go::Task(_))));
}

#[test]
fn what_the_plane_does_not_offer_cannot_be_confirmed() {
    let action = Action::Task { task: task("89026391", "", "FAILED").at, verb: TaskVerb::Pass };
    let (mut world, mut confirm) = open(action);
    confirm.painted(world.now);
    world.pass(500);
    assert_eq!(confirm.key(Key::char('y'), &world.facts()), DialogStep::Nothing);
    assert!(draw(&world, &confirm, 80, 24).contains("pass is OBShell's"));
}

#[test]
fn k08_an_unjudged_certificate_holds_back_orders_to_tasks_until_a_reason_is_given() {
    let (mut world, mut confirm) = open(skip());
    world.settings.profiles[0].rules.insecure = true;
    confirm.painted(world.now);
    world.pass(1500);
    assert!(draw(&world, &confirm, 80, 24).contains("tls.insecure"), "{}", draw(&world, &confirm, 80, 24));
    assert_eq!(confirm.key(Key::char('y'), &world.facts()), DialogStep::Nothing);
    confirm.key(Key::plain(KeyCode::Tab), &world.facts());
    for c in "CHG-1".chars() {
        confirm.key(Key::char(c), &world.facts());
    }
    confirm.key(Key::plain(KeyCode::Tab), &world.facts());
    confirm.painted(world.now);
    world.pass(500);
    let DialogStep::Submit(order) = confirm.key(Key::char('y'), &world.facts()) else {
        panic!("{confirm:?}")
    };
    assert_eq!(order.overriding(), Some("CHG-1"));
    assert_eq!(order.basis().refused, ["tls-insecure"]);
}

#[test]
fn a10_held_back_says_what_changed_and_needs_a_new_yes_to_what_is_so_now() {
    let (mut world, mut confirm) = open(skip());
    confirm.painted(world.now);
    world.pass(500);
    let DialogStep::Submit(order) = confirm.key(Key::char('y'), &world.facts()) else { panic!("sent") };
    assert_eq!(order.basis().codes[0], "task 89026391 failed");
    let held = Held::Changed {
        now: vec!["task 89026391 running".to_owned()],
        gone: vec!["task 89026391 failed".to_owned()],
    };
    assert_eq!(confirm.outcome(&Outcome::Held(held), &world.facts()), DialogStep::Nothing);
    let frame = draw(&world, &confirm, 120, 40);
    assert!(
        frame.contains("not sent: the task changed since it was confirmed: now task 89026391 running"),
        "{frame}"
    );
    // What is read now appears under the finger: it has to be seen before a yes counts.
    confirm.painted(world.now);
    world.pass(1500);
    let head = task("89026391", "Restart OB server", "RUNNING");
    world.answer(Query::Task(head.at.clone()), Reply::Task(Box::new(whole(head))));
    assert_eq!(confirm.key(Key::char('y'), &world.facts()), DialogStep::Nothing);
    confirm.painted(world.now);
    world.pass(1500);
    let DialogStep::Submit(order) = confirm.key(Key::char('y'), &world.facts()) else { panic!("sent") };
    assert_eq!(order.basis().codes[0], "task 89026391 running");
}
