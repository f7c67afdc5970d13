//! A primary and its standbys in the console: state, delay, and a delay that grows from one poll to the next.

use crate::support::stage::Stage;

fn dialog(cluster: &str, width: u16, height: u16) -> Stage {
    let mut stage = Stage::open("standby", width, height);
    stage.harness.advance(100);
    stage.harness.text("/").text(cluster).key("enter").key("down").advance(2_000);
    stage.harness.key("S").advance(600);
    stage
}

fn line(stage: &Stage, words: &str) -> String {
    let frame = stage.harness.frame();
    frame.lines().find(|l| l.contains(words)).unwrap_or_else(|| panic!("`{words}` in\n{frame}")).to_owned()
}

#[test]
fn a_primary_names_the_standby_that_keeps_up_least_first() {
    let mut stage = dialog("trade12", 120, 50);
    let primary = line(&stage, "primary of 2 standbys");
    assert!(
        primary.contains("!   primary") && primary.contains("trade12-far not in sync: DISABLED"),
        "{primary}"
    );
    stage.harness.key("esc").advance(100);
    stage.harness.key("S").advance(600).key("tab").key("tab").key("i").advance(100);
    let whole = line(&stage, "primary of 2 standbys");
    assert!(whole.contains("trade12-far not in sync"), "{whole}");
}

#[test]
fn a_standby_says_whose_it_is_and_that_its_delay_grows() {
    let mut stage = dialog("trade12-far", 120, 50);
    let told = |stage: &Stage| line(stage, "standby of trade12");
    stage.harness.advance(10_000);
    assert!(told(&stage).contains("not in sync: DISABLED, 1h30m behind and growing"), "{}", told(&stage));
    let near = dialog("trade12-dr", 80, 24);
    assert!(told(&near).contains("VALID, 1s behind") && !told(&near).contains("growing"), "{}", told(&near));
}
