//! One task: lanes, boxes and list as whole frames.

use obdeck::app::command::Command;
use obdeck::app::effect::{Query, Reply};
use obdeck::app::facts::{Go, Notice};
use obdeck::app::panes::task::TaskPane;
use obdeck::domain::capability::WhyNot;
use obdeck::domain::outcome::ReadErrorKind;
use obdeck::domain::status::{operation, status};
use obdeck::domain::task::Task;
use obdeck::domain::time::Span;
use obdeck::tui::look::Look;
use obdeck::tui::panes::task::draw;
use obdeck::tui::theme::{Palette, Theme};

use super::text_of;
use crate::support::tasks::{
    World, at, change, id_of, log, protoss, subtask, task, task_ref, zone, zone_stop,
};

fn look(ascii: bool) -> Look {
    Look { theme: Theme { palette: Palette::Mono }, ascii }
}

/// The pane as text, right ends trimmed.
fn frame(pane: &TaskPane, world: &World) -> String {
    frame_as(pane, world, false)
}

fn frame_as(pane: &TaskPane, world: &World, ascii: bool) -> String {
    text_of(world.size, |f| draw(f, f.area(), pane, &world.facts(), true, &look(ascii)))
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

/// A zone stop of three in which one step failed and one was skipped.
fn failed() -> Task {
    let mut task = zone_stop(3, 300);
    task.head.status = status("FAILED");
    change(&mut task, "Prepare stop observer", Some(2), |s| s.operation = operation("SKIP"));
    change(&mut task, "Stop observer process", Some(1), |s| {
        s.status = status("FAILED");
        s.finished = Some(at(180));
        s.runs = 2;
    });
    task
}

#[test]
fn an_unfolded_box_lists_its_members_with_the_failed_one_selected() {
    let mut world = World::new(120, 37);
    let mut task = zone_stop(12, 400);
    task.head.status = status("FAILED");
    change(&mut task, "Stop observer process", Some(9), |s| {
        s.status = status("FAILED");
        s.finished = Some(at(180));
        s.runs = 2;
    });
    let mut pane = watched(&mut world, vec![(task, 400)]);
    pane.command(Command::First, &world.facts());
    pane.command(Command::Problems, &world.facts());
    pane.command(Command::ZoomIn, &world.facts());
    insta::assert_snapshot!(frame(&pane, &world));
}

#[test]
fn chains_of_servers_are_a_table_with_a_sign_for_each_step() {
    let mut world = World::new(120, 37);
    let mut steps = vec![subtask("10", "Check cluster")];
    steps[0].status = status("SUCCESSFUL");
    for server in 0..6_u32 {
        for (step, name) in (0..).zip(["Stop observer", "Upgrade agent", "Start observer", "Wait active"]) {
            let id = |step: u32| format!("2{server}{step}");
            let mut s = subtask(&id(step), name);
            s.parallel_ix = Some(server);
            s.parallel_told = Some(i64::from(server));
            s.target = format!("10.0.2.{}", 11 + server).as_str().into();
            s.upstreams = vec![if step == 0 { "10".into() } else { id(step - 1).as_str().into() }];
            s.downstreams = if step == 3 { Vec::new() } else { vec![id(step + 1).as_str().into()] };
            let word = match (step + server) % 6 {
                _ if server == 4 && step == 2 => "FAILED",
                0..=1 => "SUCCESSFUL",
                2 => "RUNNING",
                _ => "PENDING",
            };
            s.status = status(word);
            s.started = (word != "PENDING").then(|| at(10 * i64::from(server)));
            s.finished = (word == "SUCCESSFUL" || word == "FAILED").then(|| at(90));
            steps.push(s);
        }
    }
    steps[0].downstreams = (0..6).map(|s| format!("2{s}0").as_str().into()).collect();
    let mut pane = watched(&mut world, vec![(task("89026504", "Upgrade", "FAILED", steps), 100)]);
    pane.command(Command::First, &world.facts());
    pane.command(Command::Problems, &world.facts());
    pane.command(Command::ZoomIn, &world.facts());
    insta::assert_snapshot!(frame(&pane, &world));
}

#[test]
fn a_drawing_much_larger_than_its_place_comes_with_a_small_map() {
    let mut world = World::new(120, 37);
    let id = |ix: i32| format!("{ix:02}");
    let steps = (0..45).map(|ix| {
        let mut s = subtask(&id(ix), &format!("Step {ix}"));
        s.upstreams = (ix > 0).then(|| id((ix - 1) / 2).as_str().into()).into_iter().collect();
        s.downstreams =
            [2 * ix + 1, 2 * ix + 2].iter().filter(|d| **d < 45).map(|d| id(*d).as_str().into()).collect();
        s.status = status(if ix < 9 {
            "SUCCESSFUL"
        } else if ix == 41 {
            "FAILED"
        } else {
            "PENDING"
        });
        s.started = (ix < 9).then(|| at(1));
        s.finished = (ix < 9).then(|| at(9));
        s
    });
    let wide = task("89026504", "Wide task", "RUNNING", steps.collect());
    let mut pane = watched(&mut world, vec![(wide, 100)]);
    insta::assert_snapshot!(frame(&pane, &world));
    pane.command(Command::Minimap, &world.facts());
    let without = frame(&pane, &world);
    pane.command(Command::Minimap, &world.facts());
    assert_ne!(without, frame(&pane, &world));
}

#[test]
fn failed_members_are_named_and_skipped_steps_are_not_done() {
    let mut world = World::new(80, 21);
    let pane = watched(&mut world, vec![(failed(), 300)]);
    insta::assert_snapshot!(frame(&pane, &world));
}

#[test]
fn an_unfolded_group_has_a_row_for_each_member() {
    let mut world = World::new(80, 21);
    let mut pane = watched(&mut world, vec![(failed(), 300)]);
    pane.command(Command::First, &world.facts());
    pane.command(Command::Problems, &world.facts());
    pane.command(Command::Right, &world.facts());
    insta::assert_snapshot!(frame(&pane, &world));
}

/// `1 → 2 → 3 → 1`, and 3 leads to 77, which is not there; 2 is in a state that no one knows.
fn broken() -> Task {
    let mut subtasks = vec![subtask("1", "begin"), subtask("2", "middle"), subtask("3", "end")];
    for (ix, (up, down)) in [("3", "2"), ("1", "3"), ("2", "1")].into_iter().enumerate() {
        subtasks[ix].upstreams = vec![up.into()];
        subtasks[ix].downstreams = vec![down.into()];
    }
    subtasks[2].downstreams.push("77".into());
    subtasks[1].status = status("HIBERNATING");
    task("89026504", "Odd task", "RUNNING", subtasks)
}

#[test]
fn d01_d02_d06_a_cycle_a_ghost_and_an_unknown_state_in_lanes() {
    let mut world = World::new(80, 21);
    let pane = watched(&mut world, vec![(broken(), 10)]);
    insta::assert_snapshot!(frame(&pane, &world));
}

#[test]
fn d01_d02_d06_the_list_says_what_is_wrong() {
    let mut world = World::new(80, 21);
    let mut pane = watched(&mut world, vec![(broken(), 10)]);
    pane.command(Command::Layout, &world.facts());
    pane.command(Command::Layout, &world.facts());
    insta::assert_snapshot!(frame(&pane, &world));
}

#[test]
fn after_the_end_the_view_stays_with_what_came_of_it() {
    let mut world = World::new(80, 21);
    let mut ended = zone_stop(2, 1000);
    change(&mut ended, "Sync cluster info", None, |s| s.operation = operation("SKIP"));
    let pane = watched(&mut world, vec![(zone_stop(2, 133), 133), (ended.clone(), 200), (ended, 210)]);
    let servers = [("10.0.2.11:2882", "STOPPED"), ("10.0.2.12:2882", "STOPPING")];
    world.answer(&Query::Zones(protoss()), Reply::Zones(vec![zone("zone2", "STOPPED", &servers)]));
    insta::assert_snapshot!(frame(&pane, &world));
}

#[test]
fn a_task_that_is_not_there_any_more_is_kept_as_last_seen() {
    let mut world = World::new(80, 21);
    let mut pane = watched(&mut world, vec![(zone_stop(2, 133), 133)]);
    world.now = at(140);
    world.fail(&Query::Task(task_ref("89026504")), ReadErrorKind::NotFound, "no such task");
    let _ = pane.refresh(&world.facts());
    let text = frame(&pane, &world);
    assert!(text.contains("gone since 14:03:29Z"), "{text}");
    assert!(text.contains("Stop observer process"), "{text}");
}

#[test]
fn one_missed_poll_greys_nothing_and_two_say_stale_with_the_reason() {
    let mut world = World::new(80, 21);
    let mut pane = watched(&mut world, vec![(zone_stop(2, 133), 133)]);
    let query = Query::Task(task_ref("89026504"));
    let before = frame(&pane, &world);
    world.fail(&query, ReadErrorKind::Timeout, "10 s without an answer");
    let _ = pane.refresh(&world.facts());
    let trace = |text: &str| text.replace("d34db33fd34db33f", "9be1c02f77aa4410");
    assert_eq!(before, trace(&frame(&pane, &world)));
    world.now = at(144);
    world.fail(&query, ReadErrorKind::Timeout, "10 s without an answer");
    let text = frame(&pane, &world);
    assert!(text.contains("STALE 11s"), "{text}");
    assert!(text.contains("no answer in time"), "{text}");
    assert!(text.contains("last trace d34db33fd34db33f"), "{text}");
}

#[test]
fn only_times_change_from_one_second_to_the_next() {
    let mut world = World::new(80, 21);
    let pane = watched(&mut world, vec![(zone_stop(2, 133), 133)]);
    let before = frame(&pane, &world);
    world.now = world.now.plus(Span::from_secs(1));
    let after = frame(&pane, &world);
    let changed: Vec<usize> = before
        .lines()
        .zip(after.lines())
        .enumerate()
        .filter(|(_, (a, b))| a != b)
        .map(|(row, _)| row)
        .collect();
    // Head, the running group, its member; the strip repeats no clock.
    assert_eq!(changed, [0, 8, 9]);
    for (a, b) in before.lines().zip(after.lines()) {
        let shape = |s: &str| s.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect::<String>();
        let bars = |s: &str| s.replace(['▏', '▎', '▍', '▌', '▋', '▊', '▉'], "█");
        assert_eq!(shape(&bars(a)), shape(&bars(b)));
    }
}

#[test]
fn a_status_moves_nothing_in_boxes() {
    let mut world = World::new(120, 37);
    let mut pane = watched(&mut world, vec![(zone_stop(12, 5), 5)]);
    let boxes = |p: &TaskPane| p.picture().unwrap().scene.as_ref().unwrap().boxes.clone();
    let before = boxes(&pane);
    for seconds in [60, 400, 2000] {
        world.tell(zone_stop(12, seconds), seconds);
        let _ = pane.refresh(&world.facts());
        assert_eq!(before, boxes(&pane));
    }
}

#[test]
fn in_boxes_keys_go_along_edges() {
    let mut world = World::new(120, 37);
    let mut pane = watched(&mut world, vec![(zone_stop(12, 5), 5)]);
    let name = |p: &TaskPane| {
        let picture = p.picture().unwrap();
        picture.dag.nodes[p.selected().unwrap().node].label.as_str().to_owned()
    };
    pane.command(Command::First, &world.facts());
    assert_eq!(name(&pane), "Prepare stop OB zone");
    let scene = pane.picture().unwrap().scene.as_ref().unwrap();
    let on = match scene.orientation {
        obdeck::graph::Orientation::Lr => Command::Right,
        _ => Command::Down,
    };
    pane.command(on, &world.facts());
    assert_eq!(name(&pane), "Stop zone");
    pane.command(Command::Last, &world.facts());
    assert_eq!(name(&pane), "Update OB cluster status");
}

#[test]
fn the_actions_of_a_failed_step_come_with_reasons() {
    let mut world = World::new(80, 21);
    let mut broken_off = failed();
    broken_off.prohibit_rollback = true;
    change(&mut broken_off, "Stop observer process", Some(1), |s| s.prohibit_skip = true);
    let mut pane = watched(&mut world, vec![(broken_off, 300)]);
    pane.command(Command::First, &world.facts());
    pane.command(Command::Problems, &world.facts());
    let step = pane.command(Command::Actions, &world.facts());
    let Some(Go::Actions(offers)) = step.go.into_iter().next() else { panic!("no actions") };
    let told: Vec<_> = offers.iter().map(|o| (o.word, o.can.clone())).collect();
    assert_eq!(
        told,
        [
            ("retry subtask", Ok(())),
            ("skip subtask", Err(WhyNot::Prohibited)),
            ("cancel subtask", Err(WhyNot::OnlyWhileRunning)),
            ("retry task", Ok(())),
            ("roll back task", Err(WhyNot::Prohibited)),
            ("cancel task", Err(WhyNot::OcpCannotCancelTasks)),
            ("pass task", Err(WhyNot::OnlyObshellPasses)),
        ]
    );
}

#[test]
fn the_end_is_said_once_and_the_log_opens_on_enter() {
    let mut world = World::new(80, 21);
    let mut pane = watched(&mut world, vec![(zone_stop(2, 133), 133)]);
    let step = pane.command(Command::Enter, &world.facts());
    let subtask = id_of(&zone_stop(2, 133), "Stop observer process", Some(1));
    assert_eq!(step.go, [Go::Log(task_ref("89026504"), subtask)]);
    world.tell(zone_stop(2, 1000), 1000);
    let step = pane.refresh(&world.facts());
    assert!(matches!(step.go.as_slice(), [Go::Notice(Notice::TaskEnded(_))]));
    assert!(pane.refresh(&world.facts()).go.is_empty());
}

#[test]
fn d04_a_task_without_steps_says_so() {
    let mut world = World::new(80, 21);
    let pane = watched(&mut world, vec![(task("89026504", "Stop OB", "READY", Vec::new()), 1)]);
    assert!(frame(&pane, &world).contains("no steps told yet"));
}

#[test]
fn on_the_smallest_screen_every_step_is_a_line() {
    let mut world = World::new(40, 7);
    let pane = watched(&mut world, vec![(zone_stop(2, 133), 133)]);
    insta::assert_snapshot!(frame(&pane, &world));
}

#[test]
fn every_size_and_layout_draws_without_a_fault() {
    for (w, h) in [(1, 1), (3, 2), (39, 6), (40, 7), (59, 14), (60, 15), (100, 27), (118, 34), (200, 57)] {
        let mut world = World::new(w, h);
        for task in [zone_stop(2, 133), failed(), broken(), zone_stop(12, 2000)] {
            let mut pane = watched(&mut world, vec![(task, 400)]);
            for _ in 0..3 {
                let _ = frame(&pane, &world);
                let _ = frame_as(&pane, &world, true);
                pane.command(Command::Layout, &world.facts());
                pane.command(Command::CriticalPath, &world.facts());
                pane.command(Command::Last, &world.facts());
            }
        }
    }
}
