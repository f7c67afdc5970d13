//! A role that may not: the whole console over a simulator that answers an order with 403.

use obdeck::sim::faults::{Fault, What};

use crate::support::stage::Stage;

const SAYS: &str = "your role may not do this (403)";

/// A stop of `zone2` that was refused with 403; the dialog is closed again.
fn refused() -> Stage {
    let mut stage = Stage::open("calm", 120, 40);
    let body = br#"{"successful":false,"status":403,"traceId":"0123456789abcdef","error":{"code":1006,"message":"no OB_CLUSTER_UPDATE"}}"#;
    let what = What::Instead {
        status: 403,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.to_vec(),
        acted: false,
    };
    stage.ocp.faults().add(Fault::new(what).on("POST", "/stop").once());
    stage.harness.advance(100);
    stage.harness.text("/").text("protoss").key("enter").key("down").key("down").advance(2_000);
    yes(&mut stage);
    shows(&stage, "no OB_CLUSTER_UPDATE", true);
    stage.harness.key("esc").advance(100).key("esc").advance(2_000);
    stage
}

fn yes(stage: &mut Stage) {
    stage.harness.key("S").advance(600);
    stage.harness.text("protoss/zone2").advance(100);
    stage.harness.key("enter").key("y").advance(100);
}

fn shows(stage: &Stage, words: &str, is_there: bool) {
    let frame = stage.harness.frame();
    assert_eq!(frame.contains(words), is_there, "`{words}` in\n{frame}");
}

#[test]
fn h02_after_a_403_the_command_is_disabled_with_that_reason_until_the_profile_is_read_again() {
    let mut stage = refused();
    // The key says why and opens nothing.
    stage.harness.key("S").advance(600);
    shows(&stage, SAYS, true);
    shows(&stage, "trace 0123456789abcdef", true);
    assert!(stage.harness.model().overlays.is_empty(), "{}", stage.harness.frame());
    // Neither does the line of the list, which shows the reason beside what may still be done.
    stage.harness.key("x").advance(600);
    let frame = stage.harness.frame();
    let line = |word: &str| frame.lines().find(|l| l.contains(word)).unwrap_or_default().to_owned();
    assert!(line("stop zone").contains(SAYS), "{frame}");
    assert!(!line("restart zone").contains(SAYS), "{frame}");
    stage.harness.key("esc").advance(100);
    // Nor the palette.
    stage.harness.text(":").text("stop").advance(600);
    shows(&stage, SAYS, true);
    stage.harness.key("enter").advance(600);
    assert!(stage.harness.model().overlays.is_empty(), "{}", stage.harness.frame());
    let stop = |stage: &Stage| {
        stage.harness.model().offers().into_iter().find(|o| o.word == "stop").expect("offered").can.is_ok()
    };
    assert!(!stop(&stage), "greyed in the keys at the foot");
    assert_eq!(stage.harness.sent().len(), 1);

    stage.harness.key("ctrl-r").advance(600);
    assert!(stop(&stage));
    yes(&mut stage);
    assert_eq!(stage.harness.sent().len(), 2, "{}", stage.harness.frame());
}
