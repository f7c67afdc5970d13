//! A subtask's log as whole frames.

use obdeck::app::command::Command;
use obdeck::app::effect::{Query, Reply};
use obdeck::app::panes::log::Log;
use obdeck::domain::id::SubtaskId;
use obdeck::domain::outcome::ReadErrorKind;
use obdeck::domain::status::status;
use obdeck::tui::look::Look;
use obdeck::tui::panes::log::draw;
use obdeck::tui::theme::{Palette, Theme};

use super::text_of;
use crate::support::tasks::{World, change, id_of, log, task_ref, zone_stop};

const LINES: [&str; 9] = [
    "############{EXECUTE}{2026-11-21T14:02:08.000+00:00}############",
    "2026-11-21 14:02:08.010 INFO  begin Stop observer process on 10.0.2.12",
    "2026-11-21 14:02:08.214 INFO  pid 103364 found",
    "2026-11-21 14:02:58.113 INFO  kill -15 sent, waiting for pid 103364",
    "2026-11-21 14:03:08.120 INFO  process still there, 10 s",
    "2026-11-21 14:03:18.131 WARN  process still there, 20 s",
    "2026-11-21 14:03:28.140 ERROR ssh 10.0.2.12: connection refused, retry 1 of 3 after a wait of ten seconds",
    "2026-11-21 14:03:38.152 INFO  区域 zone2: 进程还在, 40 s",
    "2026-11-21 14:03:39.000 INFO  \u{1b}[31mred\u{1b}[0m",
];

fn opened() -> (Log, SubtaskId) {
    let subtask = id_of(&zone_stop(2, 133), "Stop observer process", Some(1));
    let mut pane = Log::default();
    pane.open(task_ref("89026504"), subtask.clone());
    (pane, subtask)
}

fn tell(world: &mut World, pane: &mut Log, subtask: &SubtaskId, lines: usize) {
    let query = Query::Log(task_ref("89026504"), subtask.clone());
    world.answer(&query, Reply::Log(log(&LINES[..lines])));
    let _ = pane.refresh(&world.facts());
}

fn frame(pane: &Log, world: &World) -> String {
    let look = Look { theme: Theme { palette: Palette::Mono }, ascii: false };
    text_of(world.size, |f| draw(f, f.area(), pane, &world.facts(), true, &look))
}

#[test]
fn the_end_is_followed_and_a_change_of_state_is_marked() {
    let mut world = World::new(80, 14);
    let (mut pane, subtask) = opened();
    world.tell(zone_stop(2, 133), 133);
    tell(&mut world, &mut pane, &subtask, 7);
    let mut task = zone_stop(2, 151);
    change(&mut task, "Stop observer process", Some(1), |s| s.status = status("FAILED"));
    world.tell(task, 151);
    tell(&mut world, &mut pane, &subtask, 8);
    insta::assert_snapshot!(frame(&pane, &world));
}

#[test]
fn scrolled_up_with_a_search_and_new_lines_below() {
    let mut world = World::new(80, 8);
    let (mut pane, subtask) = opened();
    world.tell(zone_stop(2, 133), 133);
    tell(&mut world, &mut pane, &subtask, 6);
    assert!(pane.find("kill", true, &world.facts()));
    tell(&mut world, &mut pane, &subtask, 9);
    insta::assert_snapshot!(frame(&pane, &world));
}

#[test]
fn long_lines_wrap_and_times_can_be_left_out() {
    let mut world = World::new(60, 16);
    let (mut pane, subtask) = opened();
    world.tell(zone_stop(2, 133), 133);
    tell(&mut world, &mut pane, &subtask, 9);
    pane.command(Command::Wrap, &world.facts());
    pane.command(Command::Times, &world.facts());
    insta::assert_snapshot!(frame(&pane, &world));
}

#[test]
fn what_cannot_be_read_is_said_with_its_trace() {
    let mut world = World::new(80, 8);
    let (mut pane, subtask) = opened();
    let query = Query::Log(task_ref("89026504"), subtask);
    world.fail(&query, ReadErrorKind::Forbidden, "no permission");
    let _ = pane.refresh(&world.facts());
    let text = frame(&pane, &world);
    assert!(text.contains("could not be read") && text.contains("not permitted (403)"), "{text}");
    assert!(text.contains("trace d34db33fd34db33f"), "{text}");
}

#[test]
fn every_size_draws_without_a_fault() {
    for (w, h) in [(1, 1), (2, 3), (40, 7), (60, 15), (200, 57)] {
        let mut world = World::new(w, h);
        let (mut pane, subtask) = opened();
        for command in [Command::Up, Command::Wrap, Command::First, Command::PageDown, Command::Last] {
            tell(&mut world, &mut pane, &subtask, 9);
            let _ = frame(&pane, &world);
            pane.command(command, &world.facts());
            pane.click(0, 2, &world.facts());
            let _ = frame(&pane, &world);
        }
    }
}
