//! The list of all actions: what cannot be done is shown with its reason.

use insta::assert_snapshot;
use obdeck::app::facts::{ActionOffer, Go, Notice};
use obdeck::app::key::{Key, KeyCode};
use obdeck::app::overlays::DialogStep;
use obdeck::app::overlays::actions::Actions;
use obdeck::domain::capability::WhyNot;

use super::dialog::world::{World, frame};

fn offers() -> Vec<ActionOffer> {
    vec![
        ActionOffer { word: "cancel task", go: Go::Tasks, can: Err(WhyNot::OcpCannotCancelTasks) },
        ActionOffer { word: "retry task", go: Go::Tasks, can: Ok(()) },
        ActionOffer { word: "skip subtask", go: Go::Up, can: Err(WhyNot::OnlyAfterFailure) },
    ]
}

#[test]
fn every_action_is_listed_and_only_possible_ones_are_chosen() {
    let world = World::three();
    let mut actions = Actions::new(offers());
    let cx = world.facts();
    for (width, height) in [(80, 24), (40, 10)] {
        let text = frame(width, height, false, |f, area, look| {
            obdeck::tui::overlays::actions::draw(f, area, &actions, &cx, look);
        });
        assert_snapshot!(format!("actions_{width}x{height}"), text);
    }
    assert_eq!(actions.selected(), 1, "the first possible one");
    assert_eq!(actions.key(Key::plain(KeyCode::Enter), &cx), DialogStep::CloseAnd(Go::Tasks));
    actions.key(Key::char('j'), &cx);
    actions.key(Key::char('j'), &cx);
    let no = DialogStep::Go(Go::Notice(Notice::NotPossible(WhyNot::OnlyAfterFailure)));
    assert_eq!(actions.key(Key::plain(KeyCode::Enter), &cx), no);
    actions.key(Key::char('k'), &cx);
    actions.key(Key::char('k'), &cx);
    actions.key(Key::char('k'), &cx);
    assert_eq!(actions.selected(), 0);
    assert_eq!(actions.key(Key::plain(KeyCode::Esc), &cx), DialogStep::Close);
}
