//! `d` in a dialog: what would be sent and what the guard says goes into files, in the words of the command line.

use insta::assert_snapshot;
use obdeck::app::effect::Effect;
use obdeck::app::keepsake::NotKept;
use obdeck::app::msg::Msg;
use obdeck::domain::shown::Shown;

use super::world::prod;
use crate::support::stage::Stage;

/// The dialog of a stop of `zone2`, no text field with the focus.
fn asked(width: u16, height: u16) -> Stage {
    let mut stage = Stage::open("calm", width, height);
    stage.harness.advance(100);
    stage.harness.text("/").text("protoss").key("enter").key("down").key("down").advance(2_000);
    stage.harness.key("S").advance(600);
    stage
}

#[test]
fn k02_what_would_be_sent_is_saved_with_the_verdict_and_nothing_is_sent() {
    let mut stage = asked(100, 30);
    // While a name is typed the letter is a letter.
    stage.harness.text("d").advance(100);
    assert!(stage.harness.saved().is_empty());
    stage.harness.key("backspace").key("tab").key("d").advance(100);
    assert_snapshot!("dry_run_100x30", stage.steady(&stage.harness.frame()));
    let [kept] = stage.harness.saved() else { panic!("{:?}", stage.harness.saved()) };
    assert!(kept.stem().starts_with("dry-run-stop-protoss-zone2-"), "{}", kept.stem());
    let ends: Vec<&str> = kept.files().iter().map(|f| f.extension).collect();
    assert_eq!(ends, ["txt", "json"]);
    let words = &kept.files()[0].content;
    for part in [
        "/api/v2/ob/clusters/1000001/zones/zone2/stop",
        "stop zone zone2 of protoss through profile demo",
        "zones with servers up",
        "verdict: asks for --yes",
        "dry run: nothing was sent",
    ] {
        assert!(words.contains(part), "{part} in\n{words}");
    }
    let json: serde_json::Value = serde_json::from_str(&kept.files()[1].content).expect("JSON");
    assert_eq!((&json["dryRun"], &json["request"]["method"]), (&true.into(), &"POST".into()));
    assert_eq!(json["verdict"]["verdict"], "ask");
    for file in kept.files() {
        assert!(file.content.contains("Basic ***"), "{}", file.content);
        let secret = stage.ocp.password();
        assert!(!file.content.contains(secret), "the password is in {}", file.extension);
    }
    assert!(stage.harness.sent().is_empty());
    assert!(stage.ocp.arrivals().iter().all(|a| a.method == "GET"));
    // The dialog is as it was: the name confirms, and one order leaves.
    stage.harness.key("shift-tab").text("protoss/zone2").advance(100);
    stage.harness.key("enter").key("y").advance(100);
    assert_eq!(stage.harness.sent().len(), 1, "{}", stage.harness.frame());
}

#[test]
fn what_cannot_be_written_is_said_in_the_dialog() {
    let mut c = prod(80, 24);
    c.keys("<down><down><down>S");
    c.send(Msg::Painted);
    c.pass(600);
    for _ in 0..4 {
        c.keys("<tab>d");
        if c.effects.iter().any(|e| matches!(e, Effect::Paper(..))) {
            break;
        }
    }
    assert!(c.effects.iter().any(|e| matches!(e, Effect::Paper(..))), "{}", c.frame());
    let (what, why) = (Shown::filter("exports"), Shown::filter("No space left on device"));
    c.send(Msg::Saved(Err(NotKept::Refused { what, why })));
    assert!(c.row(22).contains("not saved: No space left on device: exports"), "{}", c.frame());
    // The next key takes it away, and files that somebody else asked for are not this dialog's.
    c.keys("<tab>");
    assert!(!c.row(22).contains("not saved"), "{}", c.frame());
    c.send(Msg::Saved(Err(NotKept::NoFolder)));
    assert!(!c.row(22).contains("not saved"), "{}", c.frame());
}
