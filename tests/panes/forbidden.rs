//! A role that may not: the whole console over a simulator that answers an order with 403.

use obdeck::sim::faults::{Fault, What};

use crate::support::setup::{EdgeStage, Setup};
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

/// The same at the agents: their words for it are a 403, and a 401 that says who is logged in and what is not permitted.
#[test]
fn h02_over_agents_a_verb_that_was_refused_is_disabled_with_that_reason_until_the_profile_is_read_again() {
    for (status, code) in [(403, "Security.User.PermissionDenied"), (401, "Security.User.PermissionDenied")] {
        let mut stage = EdgeStage::set(&Setup::new("calm", 120, 40));
        let body = format!(
            r#"{{"successful":false,"status":{status},"traceId":"0123456789abcdef","error":{{"code":{status},"errCode":"{code}","message":"permission denied for this user"}}}}"#
        );
        let what = What::Instead {
            status,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: body.into_bytes(),
            acted: false,
        };
        stage.agents.faults().add(Fault::new(what).on("POST", "/ob/stop").once());
        let harness = &mut stage.harness;
        harness.advance(100);
        harness.text("/").text("zone2").key("enter").advance(2_000);
        let yes = |harness: &mut obdeck::harness::Harness| {
            harness.key("S").advance(600);
            harness.text("edge/zone2").advance(100);
            harness.key("enter").key("y").advance(100);
        };
        let shows = |harness: &obdeck::harness::Harness, words: &str| {
            assert!(harness.frame().contains(words), "`{words}` in\n{}", harness.frame());
        };
        yes(harness);
        shows(harness, "permission denied for this user");
        assert_eq!(harness.sent().len(), 1);
        harness.key("esc").advance(100).key("esc").advance(2_000);
        harness.key("S").advance(600);
        shows(harness, SAYS);
        shows(harness, "trace 0123456789abcdef");
        assert!(harness.model().overlays.is_empty(), "{}", harness.frame());
        harness.key("x").advance(600);
        let frame = harness.frame();
        let line = |word: &str| frame.lines().find(|l| l.contains(word)).unwrap_or_default().to_owned();
        assert!(line("stop zone").contains(SAYS), "{frame}");
        assert!(!line("start zone").contains(SAYS), "{frame}");
        harness.key("esc").advance(100);
        // What agents never offer is shown with its reason too, without ever having been asked.
        assert!(line("restart zone").contains("stop, then start"), "{frame}");

        harness.key("ctrl-r").advance(600);
        yes(harness);
        assert_eq!(harness.sent().len(), 2, "{}", harness.frame());
    }
}
