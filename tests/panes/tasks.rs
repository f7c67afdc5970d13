//! The list of tasks as whole frames.

use obdeck::app::command::Command;
use obdeck::app::effect::{Query, Reply};
use obdeck::app::facts::Go;
use obdeck::app::panes::tasks::Tasks;
use obdeck::domain::outcome::ReadErrorKind;
use obdeck::domain::status::operation;
use obdeck::domain::task::{Progress, TaskFilter, TaskSummary};
use obdeck::tui::look::Look;
use obdeck::tui::panes::tasks::draw;
use obdeck::tui::theme::{Palette, Theme};

use super::text_of;
use crate::support::tasks::{World, at, of_agents, summary, task_ref};

fn recent() -> Query {
    Query::Tasks("prod".into(), TaskFilter::default())
}

fn frame(pane: &Tasks, world: &World) -> String {
    let look = Look { theme: Theme { palette: Palette::Mono }, ascii: false };
    text_of(world.size, |f| draw(f, f.area(), pane, &world.facts(), true, &look))
}

fn progress(done: u32, all: u32, skipped: u32, failed: u32) -> Progress {
    Progress { done, skipped, failed, active: 0, all }
}

fn tasks() -> Vec<TaskSummary> {
    vec![
        TaskSummary {
            started: Some(at(-4000)),
            finished: Some(at(-3600)),
            progress: progress(10, 10, 0, 0),
            ..summary("89025110", "Stop OB zone", "SUCCESSFUL")
        },
        TaskSummary {
            started: Some(at(-5000)),
            finished: Some(at(-4900)),
            progress: progress(9, 10, 1, 0),
            creator: "admin".into(),
            ..summary("89024777", "Start OB zone", "SUCCESSFUL")
        },
        TaskSummary {
            started: Some(at(-6000)),
            finished: Some(at(-5900)),
            operation: operation("ROLLBACK"),
            progress: progress(3, 10, 0, 0),
            ..summary("89024001", "Stop OB zone", "SUCCESSFUL")
        },
        TaskSummary {
            started: Some(at(-1867)),
            target: "10.0.2.12:2882".into(),
            creator: "admin".into(),
            progress: progress(6, 9, 0, 1),
            ..summary("89026391", "Restart OB server", "FAILED")
        },
        TaskSummary { progress: progress(4, 10, 0, 0), ..summary("89026504", "Stop OB zone", "RUNNING") },
        TaskSummary { started: Some(at(-9000)), ..summary("89020000", "Upgrade", "HIBERNATING") },
    ]
}

fn told(width: u16, height: u16) -> (World, Tasks) {
    let mut world = World::new(width, height);
    world.now = at(133);
    world.answer(&recent(), Reply::Tasks(tasks()));
    let mut pane = Tasks::default();
    let _ = pane.refresh(&world.facts());
    (world, pane)
}

#[test]
fn what_holds_a_cluster_stands_first_at_80_columns() {
    let (world, pane) = told(80, 12);
    insta::assert_snapshot!(frame(&pane, &world));
}

#[test]
fn a_wide_screen_shows_profile_and_start() {
    let (mut world, pane) = told(160, 12);
    world.settings.profiles.push(of_agents("edge"));
    let query = Query::Tasks("edge".into(), TaskFilter { unfinished: true, ..TaskFilter::default() });
    world.fail(&query, ReadErrorKind::Unreachable, "connection refused");
    insta::assert_snapshot!(frame(&pane, &world));
}

#[test]
fn the_smallest_screen_keeps_mark_id_name_and_state() {
    let (world, pane) = told(40, 7);
    insta::assert_snapshot!(frame(&pane, &world));
}

#[test]
fn enter_opens_the_selected_task() {
    let (world, mut pane) = told(80, 12);
    pane.command(Command::Down, &world.facts());
    let step = pane.command(Command::Enter, &world.facts());
    assert_eq!(step.go, [Go::Task(task_ref("89026391"))]);
}

#[test]
fn an_empty_list_says_why() {
    let mut world = World::new(80, 8);
    let mut pane = Tasks::default();
    assert!(frame(&pane, &world).contains("reading tasks"));
    world.answer(&recent(), Reply::Tasks(Vec::new()));
    assert!(frame(&pane, &world).contains("no tasks"));
    world.answer(&recent(), Reply::Tasks(tasks()));
    pane.filter(Some("nowhere"));
    assert!(frame(&pane, &world).contains("no task matches"));
}

#[test]
fn every_size_draws_without_a_fault() {
    for (w, h) in [(1, 1), (2, 2), (10, 3), (40, 7), (60, 15), (120, 30), (200, 57)] {
        let (world, mut pane) = told(w, h);
        for entry in obdeck::app::command::COMMANDS {
            pane.command(entry.command, &world.facts());
            pane.click(1, h / 2, &world.facts());
        }
        let _ = frame(&pane, &world);
    }
}
