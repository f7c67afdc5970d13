//! What the machine does with messages that no frame shows.

use super::go::open;
use super::*;
use crate::app::effect::Ticket;
use crate::app::key::{KeyCode, Size};
use crate::app::overlays::find::Find;
use crate::app::samples::settings;
use crate::app::views::View;
use crate::domain::action::{Action, TaskVerb};
use crate::domain::id::{ProfileName, TaskId, TaskRef};
use crate::domain::limits;
use crate::domain::outcome::Outcome;

fn model() -> Model {
    Model::new(settings(Vec::new()), Size { width: 80, height: 24 }, Timestamp::from_millis(0))
}

fn cancel() -> Action {
    let task = TaskRef { profile: ProfileName::new("p"), id: TaskId::new("7") };
    Action::Task { task, verb: TaskVerb::Cancel }
}

fn press(model: &mut Model, key: Key) -> Vec<Effect> {
    let now = model.now;
    update(model, Msg::Key(key), now)
}

#[test]
fn a07_the_end_waits_for_an_order_on_its_way_and_then_no_longer() {
    let mut m = model();
    m.orders.insert(Ticket(7), cancel());
    let out = update(&mut m, Msg::Terminate, Timestamp::from_millis(1000));
    assert!(!out.contains(&Effect::Quit));
    assert!(out.contains(&Effect::WakeAt(Timestamp::from_millis(6000))));
    assert!(update(&mut m, Msg::Wake, Timestamp::from_millis(6000)).contains(&Effect::Quit));
}

#[test]
fn a07_the_answer_to_the_last_order_ends_the_wait() {
    let mut m = model();
    m.orders.insert(Ticket(7), cancel());
    update(&mut m, Msg::Terminate, Timestamp::from_millis(1000));
    let outcome = Outcome::NotSent { why: "refused".into() };
    let out = update(&mut m, Msg::Outcome { ticket: Ticket(7), outcome }, Timestamp::from_millis(1500));
    assert!(out.contains(&Effect::Quit));
}

#[test]
fn an_outcome_nobody_waits_for_is_not_told() {
    let mut m = model();
    let outcome = Outcome::NotSent { why: "x".into() };
    update(&mut m, Msg::Outcome { ticket: Ticket(9), outcome }, Timestamp::from_millis(0));
    assert!(m.notices.shown().is_none());
}

#[test]
fn a_wake_that_changes_nothing_asks_for_no_frame() {
    let mut m = model();
    assert!(m.take_dirty(), "the first frame");
    update(&mut m, Msg::Wake, Timestamp::from_millis(1000));
    update(&mut m, Msg::Painted, Timestamp::from_millis(1000));
    assert!(!m.take_dirty());
    press(&mut m, Key::char('m'));
    assert!(m.take_dirty());
}

#[test]
fn t10_a_failed_part_is_a_notice_and_the_console_goes_on() {
    let mut m = model();
    let out = update(&mut m, Msg::Fault("poll: \u{1b}[2Jpanicked".to_owned()), Timestamp::from_millis(0));
    assert!(!out.contains(&Effect::Quit));
    assert!(matches!(m.notices.shown(), Some((Notice::Fault(t), _)) if !t.as_str().contains('\u{1b}')));
}

#[test]
fn the_refresh_rate_goes_round() {
    let mut m = model();
    let mut seen = Vec::new();
    for _ in 0..4 {
        press(&mut m, Key::char('+'));
        seen.push(m.settings.refresh.secs());
    }
    assert_eq!(seen, [5, 10, 1, 2]);
}

#[test]
fn overlays_are_bounded_and_unknown_keys_do_nothing() {
    let mut m = model();
    for _ in 0..100 {
        open(&mut m, Overlay::Find(Find::new(false)));
    }
    assert_eq!(m.overlays.len(), limits::OVERLAYS);
    m.overlays.clear();
    press(&mut m, Key::plain(KeyCode::Other));
    assert_eq!(*m.views.now(), View::Topology);
}

/// Any row of keys, in any order: nothing panics, the overlays stay bounded, and no order is made, since the only
/// way to `Effect::Submit` is through a value that the guard alone can make.
#[test]
fn no_row_of_keys_submits_anything_or_panics() {
    let keys: Vec<Key> = crate::app::command::COMMANDS.iter().flat_map(|e| e.keys.iter().copied()).collect();
    let mut m = model();
    let mut seed = 7_u64;
    for step in 0..5000_i64 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let ix = (seed >> 33) as usize % keys.len();
        let Some(key) = keys.get(ix) else { continue };
        let out = update(&mut m, Msg::Key(*key), Timestamp::from_millis(step * 10));
        assert!(!out.iter().any(|e| matches!(e, Effect::Submit { .. })));
        assert!(m.overlays.len() <= limits::OVERLAYS);
        m.quit = false;
    }
}
