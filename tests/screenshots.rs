//! Pictures of real frames: the committed ones are what the program draws now.
//!
//! `just screenshots` (`OBDECK_SCREENSHOTS=write`) makes them anew; without it every picture is compared. The clock is
//! moved by hand and the simulator is seeded, so that each is the same on every machine.

use std::path::PathBuf;

use obdeck::sim::faults::{Fault, What};

use crate::support::stage::Stage;

/// Compares or writes one picture.
fn shoot(stage: &Stage, name: &str, title: &str) {
    let svg = stage.steady(&stage.harness.svg(title));
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("screenshots").join(format!("{name}.svg"));
    if std::env::var("OBDECK_SCREENSHOTS").is_ok_and(|v| v == "write") {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(&path, svg).expect("written");
        return;
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == svg,
        "screenshots/{name}.svg is not what the program draws now; `just screenshots` makes it anew:\n{}",
        stage.harness.frame()
    );
}

/// Looks for a cluster and goes down some rows below it.
fn go_to(stage: &mut Stage, cluster: &str, rows: usize) {
    stage.harness.advance(100);
    stage.harness.text("/").text(cluster).key("enter");
    for _ in 0..rows {
        stage.harness.key("down");
    }
    stage.harness.advance(2_000);
}

/// Stops the zone that is selected: opens the dialog, types its name, confirms.
fn stop(stage: &mut Stage, name: &str) {
    stage.harness.key("S").advance(600);
    stage.harness.text(name).advance(100);
    stage.harness.key("enter").key("y").advance(1_000);
    assert_eq!(stage.harness.sent().len(), 1, "{}", stage.harness.frame());
}

#[test]
fn screenshots_topology() {
    let mut stage = Stage::open("incident", 120, 36);
    stage.harness.advance(4_000);
    shoot(&stage, "topology", "Clusters, zones and OBServers as a tree, with the detail of what is selected");
}

#[test]
fn screenshots_stop_dialog() {
    let mut stage = Stage::open("calm", 100, 30);
    go_to(&mut stage, "protoss", 2);
    stage.harness.key("S").advance(600);
    stage.harness.text("protoss/zo").advance(100);
    shoot(&stage, "stop-dialog", "The stop dialog of a zone: impact, exact request, typed confirmation");
}

#[test]
fn screenshots_tour() {
    let mut stage = Stage::open("calm", 80, 24);
    stage.harness.lead();
    assert!(stage.harness.advance_until("The guard refuses", 500), "{}", stage.harness.frame());
    shoot(&stage, "tour", "The tour of the demo: a stop that is refused, with its caption");
}

#[test]
fn screenshots_task_lanes() {
    let mut stage = Stage::open("calm", 80, 24);
    go_to(&mut stage, "protoss", 2);
    stop(&mut stage, "protoss/zone2");
    assert!(stage.harness.advance_until("4/", 1_000), "{}", stage.harness.frame());
    stage.harness.advance(20_000);
    shoot(&stage, "task-lanes", "A zone stop in lanes, one row a subtask");
}

#[test]
fn screenshots_task_boxes() {
    let mut stage = Stage::open("calm", 160, 45);
    go_to(&mut stage, "trade12", 1);
    stop(&mut stage, "trade12/zone1");
    assert!(stage.harness.advance_until("4/", 1_000), "{}", stage.harness.frame());
    stage.harness.advance(20_000);
    shoot(&stage, "task-boxes", "The stop of a zone with twelve OBServers as a graph of boxes");
}

#[test]
fn screenshots_task_list() {
    let mut stage = Stage::open("incident", 100, 30);
    stage.harness.advance(2_000);
    stage.harness.key("2").advance(2_000);
    shoot(&stage, "task-list", "Tasks of all profiles, unfinished ones first");
}

/// The console at a zone of the cluster that only agents serve.
fn at_edge(width: u16, height: u16) -> Stage {
    let mut stage = Stage::with_agents("calm", width, height);
    go_to(&mut stage, "edge", 3);
    stage
}

#[test]
fn screenshots_obshell_dialog() {
    let mut stage = at_edge(100, 30);
    stage.harness.key("S").advance(600);
    stage.harness.key("shift-tab").key("shift-tab").key("down").advance(500);
    shoot(
        &stage,
        "obshell-dialog",
        "The stop of a zone through OBShell: five modes, its own check, exact request",
    );
}

#[test]
fn screenshots_obshell_task() {
    let mut stage = at_edge(100, 30);
    stage.harness.key("S").advance(600);
    stage.harness.key("shift-tab").key("shift-tab").key("down").advance(500);
    stage.harness.key("tab").key("tab").text("edge/zone2").advance(100);
    stage.harness.key("enter").key("y").advance(1_000);
    assert_eq!(stage.harness.sent().len(), 1, "{}", stage.harness.frame());
    for _ in 0..60 {
        if stage.harness.frame().contains("2/3") {
            break;
        }
        stage.harness.advance(500);
    }
    stage.harness.advance(2_000);
    shoot(
        &stage,
        "obshell-task",
        "A zone stop through OBShell: stages, and under one of them a sub DAG on each agent",
    );
}

#[test]
fn screenshots_unknown_outcome() {
    let mut stage = Stage::open("calm", 100, 30);
    stage.ocp.faults().add(Fault::new(What::gateway(502)).on("POST", "/stop").once());
    go_to(&mut stage, "protoss", 2);
    stop(&mut stage, "protoss/zone2");
    stage.harness.advance(4_000);
    shoot(
        &stage,
        "unknown-outcome",
        "An order whose answer was lost: called unknown, and looked for by reading",
    );
}

#[test]
fn screenshots_help() {
    let mut stage = Stage::open("calm", 100, 30);
    stage.harness.advance(500);
    stage.harness.key("?").advance(100);
    shoot(&stage, "help", "Help for the keys that work here");
}

#[test]
fn screenshots_timeline() {
    let mut stage = Stage::open("calm", 120, 30);
    go_to(&mut stage, "protoss", 2);
    stop(&mut stage, "protoss/zone2");
    assert!(stage.harness.advance_until("5/", 1_000), "{}", stage.harness.frame());
    stage.harness.key("3").advance(100);
    stage.harness.key("N").text("storage team replaces the disk, back by 14:40").key("enter");
    stage.harness.advance(40_000);
    shoot(
        &stage,
        "timeline",
        "The timeline: the order, the steps of its task, what was seen to change, a note",
    );
}

#[test]
fn screenshots_handoff() {
    let mut stage = Stage::open("calm", 100, 30);
    go_to(&mut stage, "protoss", 2);
    stop(&mut stage, "protoss/zone2");
    assert!(stage.harness.advance_until("6/", 1_000), "{}", stage.harness.frame());
    stage.harness.advance(20_000);
    stage.harness.key("H").advance(2_000);
    shoot(&stage, "handoff", "The handoff note in the midst of a zone stop");
}

#[test]
fn screenshots_runbook() {
    let mut stage = Stage::open("calm", 100, 30);
    stage.harness.advance(500);
    stage.harness.key(":").text("runbook replica").key("enter").advance(100);
    shoot(&stage, "runbook", "A runbook card: what it means, what to do, SQL to copy");
}
