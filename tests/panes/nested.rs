//! Sub DAGs of a task of OBShell: drawn under their stage, folded, selected, opened, copied.

use insta::assert_snapshot;
use obdeck::app::command::Command;
use obdeck::app::facts::Go;
use obdeck::app::panes::task::TaskPane;
use obdeck::app::panes::task::picture::Sort;
use obdeck::app::panes::task::rows::Kind;
use obdeck::domain::task::Task;
use obdeck::tui::look::Look;
use obdeck::tui::panes::task::draw;
use obdeck::tui::theme::{Palette, Theme};

use super::text_of;
use crate::support::dags::{MAIN, agent, away, fail, stop, sub_id, world};
use crate::support::tasks::{World, task_ref};

fn frame(pane: &TaskPane, world: &World) -> String {
    frame_as(pane, world, false)
}

fn frame_as(pane: &TaskPane, world: &World, ascii: bool) -> String {
    let look = Look { theme: Theme { palette: Palette::Mono }, ascii };
    text_of(world.size, |f| draw(f, f.area(), pane, &world.facts(), true, &look))
}

/// A pane that has seen this task.
fn seen(world: &mut World, task: Task) -> TaskPane {
    let mut pane = TaskPane::default();
    pane.open(task_ref(MAIN));
    world.tell(task, 9);
    let _ = pane.refresh(&world.facts());
    pane
}

fn press(pane: &mut TaskPane, world: &World, keys: &[Command]) {
    for key in keys {
        let _ = pane.command(*key, &world.facts());
        let _ = pane.refresh(&world.facts());
    }
}

/// Goes down until this is selected.
fn go_to(pane: &mut TaskPane, world: &World, sort: Sort, id: &str) {
    press(pane, world, &[Command::First]);
    for _ in 0..200 {
        if pane.selected().is_some_and(|i| i.sort == sort && (id.is_empty() || i.id.raw() == id)) {
            return;
        }
        press(pane, world, &[Command::Down]);
    }
    panic!("{sort:?} {id} cannot be reached:\n{}", frame(pane, world));
}

fn rows(pane: &TaskPane) -> (usize, usize) {
    let count =
        |f: fn(&Kind) -> bool| pane.picture().map_or(0, |p| p.rows.iter().filter(|r| f(&r.kind)).count());
    (count(|k| matches!(k, Kind::Nest(_))), count(|k| matches!(k, Kind::Inner(_))))
}

#[test]
fn sub_dags_stand_under_their_stage_in_lanes() {
    let mut world = world(80, 21);
    let pane = seen(&mut world, stop(3, 5));
    assert_snapshot!(frame(&pane, &world));
}

#[test]
fn sub_dags_in_lanes_without_line_characters() {
    let mut world = world(80, 21);
    let pane = seen(&mut world, stop(3, 5));
    assert_snapshot!(frame_as(&pane, &world, true));
}

#[test]
fn a_stage_in_boxes_tells_how_far_its_sub_dags_are_and_the_pane_below_lists_them() {
    let mut world = world(120, 37);
    let pane = seen(&mut world, stop(3, 5));
    assert_snapshot!(frame(&pane, &world));
}

#[test]
fn sub_dags_in_the_list() {
    let mut world = world(120, 37);
    let mut pane = seen(&mut world, stop(3, 5));
    press(&mut pane, &world, &[Command::Layout]);
    assert_snapshot!(frame(&pane, &world));
}

#[test]
fn a_selected_sub_dag_is_told_below_the_lanes() {
    let mut world = world(80, 21);
    let mut pane = seen(&mut world, stop(3, 5));
    go_to(&mut pane, &world, Sort::Inner, &sub_id(1));
    assert_snapshot!(frame(&pane, &world));
}

#[test]
fn a_selected_sub_dag_is_told_in_the_pane_of_a_wide_screen() {
    let mut world = world(120, 37);
    let mut pane = seen(&mut world, stop(3, 6));
    press(&mut pane, &world, &[Command::Layout, Command::Layout]);
    go_to(&mut pane, &world, Sort::Inner, &sub_id(1));
    assert_snapshot!(frame(&pane, &world));
}

#[test]
fn many_sub_dags_are_folded_until_they_are_asked_for() {
    let mut world = world(80, 40);
    let mut pane = seen(&mut world, stop(12, 5));
    assert_eq!(rows(&pane), (1, 0));
    go_to(&mut pane, &world, Sort::Nest, "");
    let folded = frame(&pane, &world);
    assert!(folded.contains("▸ sub DAGs ×12"), "{folded}");
    assert!(folded.contains("1 running, 11 ready"), "{folded}");
    press(&mut pane, &world, &[Command::Right]);
    assert_eq!(rows(&pane), (1, 12));
    press(&mut pane, &world, &[Command::Down, Command::Down]);
    assert_eq!(pane.selected().map(|i| i.id.raw()), Some(sub_id(1).as_str()));
    press(&mut pane, &world, &[Command::Left]);
    assert_eq!((rows(&pane), pane.selected().map(|i| i.sort)), ((1, 0), Some(Sort::Nest)));
    press(&mut pane, &world, &[Command::Enter]);
    assert_eq!(rows(&pane), (1, 12), "enter unfolds what is folded");
    press(&mut pane, &world, &[Command::Enter]);
    assert_eq!(rows(&pane), (1, 0), "and folds it");
}

#[test]
fn few_sub_dags_are_folded_where_there_is_no_room() {
    let mut low = world(80, 14);
    assert_eq!(rows(&seen(&mut low, stop(3, 5))), (1, 0));
    let mut high = world(80, 21);
    assert_eq!(rows(&seen(&mut high, stop(3, 5))), (1, 3));
}

#[test]
fn enter_opens_a_sub_dag_and_y_copies_its_id() {
    let mut world = world(80, 21);
    let mut pane = seen(&mut world, stop(3, 5));
    go_to(&mut pane, &world, Sort::Inner, &sub_id(1));
    let step = pane.command(Command::Copy, &world.facts());
    assert!(matches!(step.go.as_slice(), [Go::Copy(text)] if text.as_str() == sub_id(1)), "{:?}", step.go);
    let step = pane.command(Command::Enter, &world.facts());
    assert_eq!(step.go, [Go::Task(task_ref(&sub_id(1)))]);
    let Some(Go::Copy(block)) = pane.command(Command::CopyBlock, &world.facts()).go.pop() else {
        panic!("nothing to copy");
    };
    assert!(block.as_str().contains(&format!("sub DAG {} {}", agent(2), sub_id(2))), "{block}");
}

#[test]
fn a_meeting_point_is_drawn_as_waiting_and_after_a_failed_task_as_failed() {
    let mut world = world(80, 21);
    let running = stop(3, 5);
    let pane = seen(&mut world, running.clone());
    let text = frame(&pane, &world);
    assert!(!text.contains("FAILED") && !text.contains('✗'), "{text}");
    let mut failed = running;
    fail(&mut failed);
    let pane = seen(&mut world, failed);
    let text = frame(&pane, &world);
    assert!(text.contains("✗ 10.0.1.11:2886") && text.contains("2 failed, 1 running"), "{text}");
}

#[test]
fn why_a_sub_dag_that_reads_failed_waits_is_said_where_it_is_told() {
    let mut world = world(80, 40);
    let mut pane = seen(&mut world, stop(3, 5));
    go_to(&mut pane, &world, Sort::Inner, &sub_id(0));
    let text = frame(&pane, &world);
    assert!(text.contains("as FAILED: it waits for the main task to send it on"), "{text}");
}

#[test]
fn a17_an_agent_that_is_away_is_no_error() {
    let mut world = world(80, 21);
    let mut task = stop(3, 5);
    away(&mut task, 2);
    let mut pane = seen(&mut world, task);
    let text = frame(&pane, &world);
    assert!(text.contains("agent away") && text.contains("1 running, 1 agent away, 1 ready"), "{text}");
    assert!(!text.contains("FAILED") && !text.contains("refused"), "{text}");
    go_to(&mut pane, &world, Sort::Inner, &sub_id(2));
    assert!(frame(&pane, &world).contains("connection refused"), "why is told of the one that is asked for");
}

#[test]
fn no_state_of_a_sub_dag_moves_a_row_or_a_box() {
    for view in [0, 1, 2] {
        let mut world = world(120, 37);
        let mut pane = seen(&mut world, stop(3, 1));
        press(&mut pane, &world, &[Command::Layout].repeat(view));
        let shape = |p: &TaskPane| {
            let picture = p.picture().expect("drawn");
            let boxes: Option<Vec<_>> =
                picture.scene.as_ref().map(|s| s.boxes.iter().map(|b| (b.x, b.y, b.w, b.h)).collect());
            (picture.rows.clone(), boxes.unwrap_or_default())
        };
        let before = shape(&pane);
        for stage in 2..=7 {
            let mut task = stop(3, stage);
            away(&mut task, stage % 3);
            world.tell(task, 9 + stage as i64);
            let _ = pane.refresh(&world.facts());
            assert_eq!(shape(&pane), before, "stage {stage}");
        }
    }
}

#[test]
fn sub_dags_that_come_later_find_the_selection_where_it_was() {
    let mut world = world(80, 21);
    let mut early = stop(3, 1);
    for node in &mut early.graph.nodes {
        node.inner.clear();
    }
    let mut pane = seen(&mut world, early);
    assert_eq!(rows(&pane), (0, 0));
    press(&mut pane, &world, &[Command::Last]);
    let selected = pane.selected().map(|i| i.id.clone());
    world.tell(stop(3, 2), 10);
    let _ = pane.refresh(&world.facts());
    assert_eq!(rows(&pane), (1, 3));
    assert_eq!(pane.selected().map(|i| i.id.clone()), selected);
}

#[test]
fn a_sub_dag_and_a_sub_task_with_the_same_id_are_two_things() {
    let mut world = world(80, 30);
    let mut task = stop(3, 5);
    let same = task.graph.nodes[4].members[0].id.raw().to_owned();
    task.graph.nodes[4].inner[0].id = same.as_str().into();
    let mut pane = seen(&mut world, task);
    go_to(&mut pane, &world, Sort::Inner, &same);
    let row = pane.selected_row();
    press(&mut pane, &world, &[Command::Up, Command::Up]);
    assert!(pane.selected().is_some_and(|i| i.sort == Sort::Step), "{}", frame(&pane, &world));
    assert_ne!(pane.selected_row(), row);
}

#[test]
fn an_agent_is_found_by_its_address_though_its_sub_dag_is_folded_away() {
    let mut world = world(80, 21);
    let mut pane = seen(&mut world, stop(12, 5));
    assert_eq!(rows(&pane), (1, 0));
    press(&mut pane, &world, &[Command::Last]);
    // Round to the first stage's sub tasks, on to the fifth's, then to the sub DAG.
    for _ in 0..3 {
        assert!(pane.find(&agent(7), true, &world.facts()));
    }
    assert_eq!(pane.selected().map(|i| (i.sort, i.id.raw())), Some((Sort::Inner, sub_id(7).as_str())));
    assert_eq!(rows(&pane), (1, 12), "{}", frame(&pane, &world));
}

#[test]
fn in_boxes_only_stages_are_walked() {
    let mut world = world(120, 37);
    let mut pane = seen(&mut world, stop(3, 5));
    press(&mut pane, &world, &[Command::First]);
    for _ in 0..12 {
        press(&mut pane, &world, &[Command::Right, Command::Down]);
        assert!(pane.selected().is_some_and(|i| i.sort == Sort::Step));
    }
}

#[test]
fn a_stage_can_be_passed_once_it_failed_and_a_sub_dag_has_verbs_of_its_own() {
    let mut world = world(80, 21);
    let mut pane = seen(&mut world, stop(3, 5));
    let offers = |pane: &mut TaskPane, world: &World| {
        let Some(Go::Actions(offers)) = pane.command(Command::Actions, &world.facts()).go.pop() else {
            panic!("no actions");
        };
        offers.iter().map(|o| (o.word, o.can.is_ok())).collect::<Vec<_>>()
    };
    let of_task =
        [("retry task", false), ("roll back task", false), ("cancel task", true), ("pass task", false)];
    assert_eq!(offers(&mut pane, &world), [&[("pass stage", false)], &of_task[..]].concat());
    go_to(&mut pane, &world, Sort::Inner, &sub_id(0));
    let waits = [
        ("open sub DAG", true),
        ("retry sub DAG", false),
        ("roll back sub DAG", false),
        ("cancel sub DAG", false),
        ("pass sub DAG", false),
    ];
    assert_eq!(offers(&mut pane, &world), [&waits[..], &of_task[..]].concat());
    let mut task = stop(3, 5);
    fail(&mut task);
    for s in &mut task.graph.nodes[4].members {
        s.status = obdeck::domain::status::status("FAILED");
    }
    let mut pane = seen(&mut world, task);
    assert!(offers(&mut pane, &world).contains(&("pass stage", true)));
    go_to(&mut pane, &world, Sort::Inner, &sub_id(0));
    assert!(offers(&mut pane, &world).contains(&("pass sub DAG", true)));
}
