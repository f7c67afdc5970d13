//! An OBShell stop as whole frames of the console, over the stand-in agents: mode, check, request, live stages with
//! their sub DAGs, trace ID.

use insta::assert_snapshot;

use crate::support::stage::Stage;

/// The console at `zone2` of the cluster `edge`, its dialog open.
fn asked(width: u16, height: u16) -> Stage {
    let mut stage = Stage::with_agents("calm", width, height);
    stage.harness.advance(100);
    stage.harness.text("/").text("edge").key("enter");
    for _ in 0..3 {
        stage.harness.key("down");
    }
    stage.harness.advance(2_000).key("S").advance(600);
    stage
}

fn frame(stage: &Stage) -> String {
    stage.steady(&stage.harness.frame())
}

/// Chooses the second mode, types the name, says yes.
fn confirmed(width: u16, height: u16) -> Stage {
    let mut stage = asked(width, height);
    stage.harness.key("shift-tab").key("shift-tab").key("down").advance(500);
    assert!(stage.harness.frame().contains("(•) stop zone + process"), "{}", stage.harness.frame());
    stage.harness.key("tab").key("tab").text("edge/zone2").advance(100);
    stage.harness.key("enter").key("y").advance(1_000);
    assert_eq!(stage.harness.sent().len(), 1, "{}", stage.harness.frame());
    stage
}

/// The stop in the stage in which the sub DAGs do the work.
fn working(width: u16, height: u16) -> Stage {
    let mut stage = confirmed(width, height);
    for _ in 0..120 {
        if stage.harness.frame().contains("2/3") {
            return stage;
        }
        stage.harness.advance(500);
    }
    panic!("no sub DAG works:\n{}", stage.harness.frame());
}

#[test]
fn the_dialog_offers_the_modes_of_the_agents_with_their_check_at_80_columns() {
    assert_snapshot!(frame(&asked(80, 24)));
}

#[test]
fn the_dialog_offers_the_modes_of_the_agents_with_their_check_at_120_columns() {
    assert_snapshot!(frame(&asked(120, 40)));
}

/// Agents stop a cluster by a kill or not at all: that is said in the dialog, with the reason it asks for.
#[test]
fn a_whole_cluster_of_agents_has_its_dialog_with_the_two_kills() {
    let mut stage = Stage::with_agents("calm", 120, 40);
    stage.harness.advance(100);
    stage.harness.text("/").text("edge").key("enter").key("down").advance(2_000).key("S").advance(600);
    let frame = frame(&stage);
    assert!(frame.contains("STOP edge") || frame.contains("STOP cluster edge"), "{frame}");
    assert!(frame.contains("kill -9") && !frame.contains("stop zone"), "{frame}");
}

#[test]
fn live_stages_with_sub_dags_and_the_trace_at_80_columns() {
    let stage = working(80, 24);
    let text = stage.harness.frame();
    assert!(text.contains("trace ") && text.contains("sub DAGs ×3") && !text.contains("FAILED"), "{text}");
    assert_snapshot!(frame(&stage));
}

#[test]
fn live_stages_with_sub_dags_and_the_trace_at_120_columns() {
    let stage = working(120, 40);
    let text = stage.harness.frame();
    assert!(text.contains("(POST)") && text.contains("3 sub DAGs 0/3") && !text.contains("FAILED"), "{text}");
    assert_snapshot!(frame(&stage));
}

#[test]
fn after_the_end_every_sub_dag_is_done_and_the_server_is_said_to_be_stopped() {
    let mut stage = working(80, 24);
    assert!(stage.harness.advance_until("After the end", 1_000), "{}", stage.harness.frame());
    stage.harness.advance(3_000);
    assert_snapshot!(frame(&stage));
}

#[test]
fn while_it_runs_the_zone_and_its_server_name_the_task_and_lead_to_it() {
    let mut stage = working(80, 24);
    stage.harness.key("1").advance(2_000).key("right").advance(500);
    let text = stage.harness.frame();
    let zone = text.lines().find(|l| l.contains("idc2")).unwrap_or_default();
    assert!(zone.contains("STOPPING") && zone.contains("task 22130706433"), "{text}");
    stage.harness.key("f").advance(500);
    assert!(stage.harness.frame().contains("Stop OB · zone2"), "{}", stage.harness.frame());
}

#[test]
fn a_sub_dag_is_opened_and_left_again() {
    let mut stage = working(80, 24);
    let mut steps = 0;
    while !stage.harness.frame().contains("├ Sub DAG 2") {
        stage.harness.key("down");
        steps += 1;
        assert!(steps < 30, "{}", stage.harness.frame());
    }
    stage.harness.key("enter").advance(1_500);
    let text = stage.harness.frame();
    assert!(text.contains("Stop observer") && text.contains("Start preparations"), "{text}");
    assert!(!text.contains("FAILED"), "its main task runs: {text}");
    stage.harness.key("esc").advance(500);
    assert!(stage.harness.frame().contains("Stop OB · zone2"), "{}", stage.harness.frame());
}
