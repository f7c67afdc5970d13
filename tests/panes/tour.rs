//! The tour, played over simulators: real reads, real requests, whole frames. Its time is the simulators' own, so the
//! time to read costs nothing here.

use obdeck::app::tour::{Caption, End, Tour};
use obdeck::sim::faults::{Fault, What};
use obdeck::text::tour::caption;
use obdeck::tui::look::Look;
use obdeck::tui::theme::{Palette, Theme};

use crate::support::stage::{LOOK, Stage};

/// As on a terminal without line characters and without colours.
const PLAIN: Look = Look { theme: Theme { palette: Palette::Mono }, ascii: true };

fn led(scenario: &str, width: u16, height: u16) -> Stage {
    let mut stage = Stage::with_agents(scenario, width, height);
    stage.harness.lead();
    stage
}

fn end(stage: &Stage) -> Option<End> {
    stage.harness.model().tour().and_then(Tour::ended)
}

/// Plays until a caption is read, or the end; whether it came.
fn play_to(stage: &mut Stage, wanted: Caption) -> bool {
    for _ in 0..1_500 {
        if stage.harness.model().tour().and_then(Tour::caption) == Some(wanted) {
            return true;
        }
        if end(stage).is_some() {
            return false;
        }
        stage.harness.advance(500);
    }
    false
}

/// Requests that order something, as OCP saw them arrive.
fn orders(stage: &Stage) -> Vec<String> {
    let all = stage.ocp.arrivals();
    let orders = all.iter().filter(|a| a.method == "POST" && a.target.contains("/ob/clusters/"));
    orders.map(|a| a.target.clone()).collect()
}

/// Plays it to its end; every caption must be whole on the screen in both looks, and true of a frame that shows `seen`.
fn whole(width: u16, height: u16) {
    let mut stage = led("calm", width, height);
    for (what, seen) in [
        (Caption::Fleet, "trade12"),
        (Caption::Foresight, "coupon 0/1 STOPS"),
        (Caption::Refused, "Refused coupon STOPS"),
        (Caption::Unsent, "archive 2/3"),
        (Caption::Dialog, "/api/v2/ob/clusters/1000001/zones/zone2/stop"),
        (Caption::Name, "protoss/zone2"),
        (Caption::Deed, "Stop  y ]"),
        (Caption::Lanes, "lanes (o)"),
        (Caption::Boxes, "Stop zone"),
        (Caption::Critical, "critical path (c)"),
        (Caption::Log, "follow"),
        (Caption::Aftermath, "1/3 STOPS"),
        (Caption::Timeline, "zone2 STOPPING → STOPPED"),
        (Caption::Handoff, "Handoff note"),
        (Caption::Palette, ": runbook"),
        (Caption::Help, "Help"),
        (Caption::Yours, "DEGRADED"),
    ] {
        assert!(play_to(&mut stage, what), "no {what:?}: {:?}\n{}", end(&stage), stage.harness.frame());
        let frame = stage.harness.frame();
        for words in [caption(what), seen] {
            // The tree of a wide screen has the detail beside it, which says it in a table.
            let is_said = frame.contains(words)
                || (width >= 120 && matches!(seen, "coupon 0/1 STOPS" | "archive 2/3" | "1/3 STOPS"));
            assert!(is_said, "{what:?} without {words:?}:\n{frame}");
        }
        assert!(frame.contains("any key takes over  q quits"), "{frame}");
        stage.harness.look(PLAIN);
        let frame = stage.harness.frame();
        assert!(frame.is_ascii() && frame.contains(caption(what)), "{frame}");
        stage.harness.look(LOOK);
    }
    stage.harness.advance(2_000);
    assert_eq!(end(&stage), Some(End::Whole), "{}", stage.harness.frame());
    assert!(stage.harness.frame().contains("the console is yours  q quits"), "{}", stage.harness.frame());
    assert_eq!(stage.harness.sent().len(), 1);
    assert_eq!(orders(&stage), ["/api/v2/ob/clusters/1000001/zones/zone2/stop"], "one yes, one POST");
    // The console is the operator's, this key included.
    stage.harness.key("?");
    assert!(stage.harness.model().tour().is_none() && stage.harness.frame().contains("Help"));
}

#[test]
fn the_tour_at_80x24_is_shown_whole_and_stops_one_zone_once() {
    whole(80, 24);
}

#[test]
fn the_tour_at_120x40_is_shown_whole_and_stops_one_zone_once() {
    whole(120, 40);
}

#[test]
fn a_yes_that_takes_over_in_the_unlocked_dialog_sends_nothing_however_often_it_is_pressed() {
    let mut stage = led("calm", 80, 24);
    assert!(play_to(&mut stage, Caption::Deed), "{}", stage.harness.frame());
    assert!(stage.harness.frame().contains("[▌Stop  y ]"), "unlocked:\n{}", stage.harness.frame());
    // Pressed by somebody who is late, then held down, then pressed again once the dialog hears.
    stage.harness.key("y");
    assert!(stage.harness.model().tour().is_none(), "it takes over");
    for pause in [0, 30, 30, 500, 2_000] {
        stage.harness.advance(pause).key("y");
    }
    assert!(stage.harness.sent().is_empty() && orders(&stage).is_empty());
    let frame = stage.harness.frame();
    assert!(frame.contains("STOP zone2 of protoss") && frame.contains("name missing"), "{frame}");
    // The dialog is theirs now: with the name typed by them it can be done.
    stage.harness.key("shift-tab").text("protoss/zone2").advance(500).key("enter").key("y").advance(1_000);
    assert_eq!(orders(&stage).len(), 1, "{}", stage.harness.frame());
}

#[test]
fn an_outcome_that_is_lost_ends_the_tour_with_its_word_and_nothing_is_sent_again() {
    let mut stage = led("calm", 80, 24);
    stage.ocp.faults().add(Fault::new(What::gateway(502)).on("POST", "/stop").once());
    assert!(!play_to(&mut stage, Caption::Lanes));
    let frame = stage.harness.frame();
    assert!(frame.contains("The tour ends: it waited 20s for the task of the stop."), "{frame}");
    stage.harness.advance(60_000);
    assert_eq!((stage.harness.sent().len(), orders(&stage).len()), (1, 1));
}

#[test]
fn in_another_story_it_ends_where_that_one_differs_and_sends_nothing() {
    let mut stage = led("incident", 80, 24);
    assert!(!play_to(&mut stage, Caption::Yours));
    let frame = stage.harness.frame();
    let words = "The tour ends: it waited 20s for protoss, whole and without a task.";
    assert!(frame.contains(words), "{frame}");
    assert!(stage.harness.sent().is_empty() && orders(&stage).is_empty());
}

#[test]
fn the_tour_comes_to_its_end_on_small_and_on_very_large_screens() {
    for (width, height) in [(40, 10), (200, 60)] {
        let mut stage = led("calm", width, height);
        assert!(play_to(&mut stage, Caption::Yours), "{:?}\n{}", end(&stage), stage.harness.frame());
        let frame = stage.harness.frame();
        assert!(frame.contains(" tour 17/17 ") && frame.contains(" any key takes over  q quits"), "{frame}");
        assert!(frame.contains("starts it again."), "the caption to its end:\n{frame}");
        assert_eq!(orders(&stage).len(), 1);
    }
}
