//! One task: lanes, boxes and list as whole frames.

use obdeck::app::effect::{Query, Reply};
use obdeck::app::panes::task::TaskPane;
use obdeck::domain::task::Task;
use obdeck::tui::look::Look;
use obdeck::tui::panes::task::draw;
use obdeck::tui::theme::{Palette, Theme};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::support::tasks::{World, id_of, log, task_ref, zone_stop};

fn look(ascii: bool) -> Look {
    Look { theme: Theme { palette: Palette::Mono }, ascii }
}

/// The pane as text, right ends trimmed.
fn frame(pane: &TaskPane, world: &World) -> String {
    frame_as(pane, world, false)
}

fn frame_as(pane: &TaskPane, world: &World, ascii: bool) -> String {
    let size = world.size;
    let mut terminal = Terminal::new(TestBackend::new(size.width, size.height)).unwrap();
    terminal.draw(|f| draw(f, f.area(), pane, &world.facts(), true, &look(ascii))).unwrap();
    let buffer = terminal.backend().buffer().clone();
    let rows = buffer.content().chunks(usize::from(size.width));
    let text: Vec<String> = rows
        .map(|r| r.iter().map(ratatui::buffer::Cell::symbol).collect::<String>().trim_end().to_owned())
        .collect();
    text.join("\n")
}

/// A pane that has seen these tasks, one after the other.
fn watched(world: &mut World, polls: Vec<(Task, i64)>) -> TaskPane {
    let mut pane = TaskPane::default();
    pane.open(task_ref("89026504"));
    for (task, seconds) in polls {
        world.tell(task, seconds);
        let _ = pane.refresh(&world.facts());
    }
    pane
}

fn with_log(world: &mut World, task: &Task, name: &str, ix: Option<u32>) {
    let query = Query::Log(task_ref("89026504"), id_of(task, name, ix));
    let text = log(&[
        "14:02:08.214 INFO  pid 103364 found",
        "14:02:58.113 INFO  kill -15 sent, waiting for pid 103364",
        "14:03:08.120 INFO  process still there, 10 s",
        "14:03:18.131 WARN  process still there, 20 s",
    ]);
    world.answer(&query, Reply::Log(text));
}

#[test]
fn a_zone_stop_of_two_servers_midway_in_lanes() {
    let mut world = World::new(80, 21);
    let task = zone_stop(2, 133);
    let pane = watched(&mut world, vec![(task.clone(), 133)]);
    with_log(&mut world, &task, "Stop observer process", Some(1));
    insta::assert_snapshot!(frame(&pane, &world));
}

#[test]
fn a_zone_stop_of_two_servers_midway_in_ascii() {
    let mut world = World::new(80, 21);
    let task = zone_stop(2, 133);
    let pane = watched(&mut world, vec![(task.clone(), 133)]);
    with_log(&mut world, &task, "Stop observer process", Some(1));
    insta::assert_snapshot!(frame_as(&pane, &world, true));
}

#[test]
fn a_zone_stop_of_twelve_servers_in_lanes() {
    let mut world = World::new(80, 21);
    let pane = watched(&mut world, vec![(zone_stop(12, 400), 400)]);
    insta::assert_snapshot!(frame(&pane, &world));
}

#[test]
fn a_zone_stop_of_twelve_servers_in_boxes() {
    let mut world = World::new(120, 37);
    let pane = watched(&mut world, vec![(zone_stop(12, 400), 400)]);
    insta::assert_snapshot!(frame(&pane, &world));
}

#[test]
fn a_zone_stop_of_two_servers_in_boxes_on_a_wide_screen() {
    let mut world = World::new(160, 42);
    let task = zone_stop(2, 133);
    let pane = watched(&mut world, vec![(task.clone(), 133)]);
    with_log(&mut world, &task, "Stop observer process", Some(1));
    insta::assert_snapshot!(frame(&pane, &world));
}
