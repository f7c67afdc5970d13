//! The time line by itself: what it waits for, how long, and that it wakes for it.

use super::*;
use crate::app::effect::Effect;
use crate::app::key::{KeyCode, Size};
use crate::app::msg::{Mouse, MouseKind, Msg};
use crate::app::samples::{profile, settings};
use crate::app::settings::Settings;
use crate::app::update::update;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// A demo over so many profiles that answer nothing.
fn model(profiles: usize, is_demo: bool) -> Model {
    let profiles = (0..profiles).map(|n| profile(&format!("p{n}"))).collect();
    let settings = Settings { demo: is_demo, ..settings(profiles) };
    let mut model = Model::new(settings, Size { width: 80, height: 24 }, at(0));
    model.lead(Tour::new(20.0));
    model
}

/// Wakes it whenever it asks for it, until a time; gives the effects.
fn pass(model: &mut Model, until: i64) -> Vec<Effect> {
    let now = model.now;
    let mut out = update(model, Msg::Wake, now);
    for _ in 0..10_000 {
        let Some(next) = model.wake.filter(|w| *w <= at(until)) else { return out };
        assert!(next > model.now, "it wakes for ever");
        out.extend(update(model, Msg::Wake, next));
    }
    panic!("it wakes for ever");
}

fn end(model: &Model) -> Option<End> {
    model.tour().and_then(Tour::ended)
}

#[test]
fn it_presses_nothing_before_the_first_caption_was_read() {
    let mut m = model(0, true);
    let out = pass(&mut m, 4_000);
    assert_eq!(m.tour().map(|t| (t.place().0, t.pressed().len())), Some((1, 0)));
    assert!(!out.iter().any(|e| matches!(e, Effect::Pressed(_))));
    let out = pass(&mut m, 4_600);
    assert_eq!(m.tour().map(Tour::pressed), Some(&[Key::char('/')][..]));
    assert!(out.contains(&Effect::Pressed(Key::char('/'))), "a recording keeps it: {out:?}");
}

#[test]
fn what_does_not_come_is_named_after_a_while_and_ends_it_after_its_time() {
    let mut m = model(1, true);
    pass(&mut m, 1_900);
    assert_eq!(m.tour().and_then(Tour::late), None);
    pass(&mut m, 2_100);
    assert_eq!(m.tour().and_then(Tour::late), Some(Sight::Tree));
    pass(&mut m, 19_900);
    assert_eq!(end(&m), None);
    let out = pass(&mut m, 3_600_000);
    assert_eq!(end(&m), Some(End::Missing(Sight::Tree, Span::from_secs(20))));
    assert!(!out.iter().any(|e| matches!(e, Effect::Pressed(_) | Effect::Quit)), "{out:?}");
}

#[test]
fn a_row_that_is_not_there_is_walked_to_no_further_and_ends_it() {
    // No cluster at all: the search finds nothing, and no key goes to a row that is not the target's.
    let mut m = model(0, true);
    pass(&mut m, 600_000);
    assert!(matches!(end(&m), Some(End::Missing(Sight::Cluster(t), _)) if t.cluster == "trade12"));
    let pressed: Vec<Key> = m.tour().map(|t| t.pressed().to_vec()).unwrap_or_default();
    assert_eq!(pressed.len(), "/trade12".len() + 1, "{pressed:?}");
}

#[test]
fn the_part_of_a_cluster_is_waited_for_as_long_as_it_takes_at_that_speed() {
    let of = |speed| {
        let tour = Tour::new(speed);
        let mut waits = tour.scenes.iter().flat_map(|s| &s.strokes).map(|s| s.on);
        waits.find(|s| s.is_of_the_cluster()).map(|s| tour.limit(s).secs())
    };
    assert_eq!([1.0, 20.0, 200.0, 0.001].map(of), [Some(600), Some(30), Some(20), Some(600)]);
}

#[test]
fn it_plays_in_the_demo_only() {
    let mut m = model(0, false);
    assert!(m.tour().is_none());
    let out = pass(&mut m, 60_000);
    assert!(!out.iter().any(|e| matches!(e, Effect::Pressed(_))));
}

#[test]
fn the_first_key_ends_it_and_does_nothing_else() {
    for key in [Key::char('?'), Key::char('S'), Key::plain(KeyCode::Enter), Key::plain(KeyCode::Other)] {
        let mut m = model(0, true);
        pass(&mut m, 1_000);
        update(&mut m, Msg::Key(key), at(1_000));
        assert!(m.tour().is_none() && m.overlays.is_empty(), "{key:?}");
        let out = pass(&mut m, 60_000);
        assert!(!out.iter().any(|e| matches!(e, Effect::Pressed(_))), "{key:?}: {out:?}");
    }
    let mut m = model(0, true);
    update(&mut m, Msg::Key(Key::char('x')), at(0));
    update(&mut m, Msg::Key(Key::char('?')), at(1));
    assert_eq!(m.overlays.len(), 1, "the second key is the operator's");
}

#[test]
fn a_click_and_a_paste_take_over_too_a_new_size_and_a_redraw_do_not() {
    let click = Msg::Mouse(Mouse { x: 3, y: 3, kind: MouseKind::Click });
    for (msg, plays_on) in [
        (click, false),
        (Msg::Paste("x".to_owned()), false),
        (Msg::Resumed, false),
        (Msg::Terminate, false),
        (Msg::Resize(Size { width: 100, height: 30 }), true),
        (Msg::Key(Key::ctrl('l')), true),
        (Msg::Painted, true),
    ] {
        let mut m = model(0, true);
        pass(&mut m, 100);
        update(&mut m, msg.clone(), at(100));
        assert_eq!(m.tour().is_some(), plays_on, "{msg:?}");
    }
}

#[test]
fn q_and_ctrl_c_quit_at_once_whatever_the_tour_has_opened() {
    for key in [Key::char('q'), Key::ctrl('c')] {
        let mut m = model(0, true);
        pass(&mut m, 4_700);
        assert_eq!(m.overlays.len(), 1, "the line of the search");
        let out = update(&mut m, Msg::Key(key), at(4_700));
        assert!(out.contains(&Effect::Quit), "{key:?}: {out:?}");
    }
}

#[test]
fn a_screen_too_small_to_show_anything_gets_no_key() {
    let mut m = model(0, true);
    pass(&mut m, 4_400);
    update(&mut m, Msg::Resize(Size { width: 30, height: 8 }), at(4_400));
    let out = pass(&mut m, 60_000);
    assert!(!out.iter().any(|e| matches!(e, Effect::Pressed(_))), "{out:?}");
    assert_eq!(end(&m), Some(End::Missing(Sight::Tree, Span::from_secs(20))));
}

#[test]
fn after_its_end_the_next_key_is_the_operators_and_takes_the_caption_away() {
    let mut m = model(1, true);
    pass(&mut m, 30_000);
    assert!(end(&m).is_some());
    let rows = m.body().height;
    update(&mut m, Msg::Key(Key::char('?')), at(30_000));
    assert!(m.tour().is_none());
    assert_eq!((m.overlays.len(), m.body().height), (1, rows + 2));
}

#[test]
fn no_frame_is_drawn_while_nothing_changes() {
    let mut m = model(0, true);
    pass(&mut m, 100);
    m.take_dirty();
    pass(&mut m, 4_400);
    assert!(!m.take_dirty());
}
