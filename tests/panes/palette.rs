//! The palette over whole frames: targets, groups, IDs, what was typed before; and that nothing is sent from it.

use insta::assert_snapshot;
use obdeck::app::effect::Effect;
use obdeck::app::msg::Msg;
use obdeck::app::overlays::Overlay;
use obdeck::domain::action::{Action, ClusterAction};
use obdeck::domain::outcome::{Outcome, ReadErrorKind, Refused};
use obdeck::domain::shown::Text;
use obdeck::domain::time::Span;
use obdeck::domain::timeline::{Record, What};

use super::world::{
    Console, World, calm, cluster, cluster_ref, demo, profile, protoss, settings, start, stop_first, tenant,
};
use crate::support::samples;

/// The world of the sketch: two profiles, a zone of `edge` down; `protoss` with `zone2` under the cursor.
fn sketch(width: u16, height: u16) -> Console {
    let mut edge = cluster("edge", "7", "edge", &[1, 1, 1]);
    stop_first(&mut edge, 2, 51);
    let world = World {
        clusters: vec![
            cluster("prod", "12000001", "protoss", &[2, 2, 2]),
            cluster("prod", "12000002", "meta01", &[1, 1, 1, 1, 1]),
            edge,
        ],
        tenants: vec![tenant("sys", "RANDOM", &["zone1", "zone2", "zone3"])],
        ..World::default()
    };
    let mut c = Console::new(world, settings(vec![profile("prod"), profile("edge")]), width, height);
    c.keys("/protoss<enter><down><down>");
    c.pass(400);
    c
}

fn sent(c: &Console) -> usize {
    c.effects.iter().filter(|e| matches!(e, Effect::Submit { .. })).count()
}

#[test]
fn verbs_and_targets_what_is_under_the_cursor_first() {
    let mut c = sketch(80, 24);
    c.keys(":stop zo");
    assert_snapshot!("palette_80x24", c.frame());
    // As wide and as small as there are.
    assert_snapshot!("palette_120x40", {
        c.resize(120, 40);
        c.frame()
    });
    c.resize(40, 10);
    assert_snapshot!("palette_40x10", c.frame());
    c.look.ascii = true;
    c.resize(80, 24);
    let frame = c.frame();
    assert!(frame.is_ascii(), "{frame}");
}

#[test]
fn choosing_opens_the_dialog_at_its_beginning_and_sends_nothing() {
    let mut c = sketch(80, 24);
    c.keys(":stop zone meta01 zone3<enter>");
    let frame = c.frame();
    assert!(frame.contains("STOP zone3 of meta01"), "{frame}");
    assert_eq!(c.model.overlays.len(), 1, "the palette gave way");
    // The key that chose cannot confirm, nor can it when it is held.
    c.keys("<enter><enter><enter>");
    assert_eq!(sent(&c), 0);
}

/// P3: row 1 names what a key would hit, and that is what the dialog was opened for, not what the tree has selected.
#[test]
fn a11_the_top_line_names_the_cluster_of_the_open_dialog() {
    let mut c = sketch(80, 24);
    assert!(c.row(0).contains("prod") && c.row(0).contains("protoss"), "{}", c.row(0));
    c.keys(":stop zone edge zone1<enter>");
    assert!(c.frame().contains("STOP zone1 of edge"), "{}", c.frame());
    assert!(c.row(0).contains("ocp:edge  edge") && !c.row(0).contains("protoss"), "{}", c.row(0));
    c.keys("<esc>");
    assert!(c.row(0).contains("protoss"), "{}", c.row(0));
}

#[test]
fn h02_what_locks_an_open_dialog_is_asked_again_where_it_stands() {
    let mut c = sketch(120, 40);
    c.keys(":stop zone meta01 zone3<enter>");
    let action = Action::Cluster(ClusterAction {
        cluster: cluster_ref("prod", "12000002"),
        cluster_name: Text::new("meta01"),
        ..samples::stop("zone3")
    });
    let refused = Outcome::Refused(Refused {
        kind: ReadErrorKind::Forbidden,
        http: 403,
        code: Text::default(),
        message: Text::new("not permitted"),
        trace: None,
    });
    c.model.cache.forbidden.saw(&action, &refused);
    c.pass(100);
    assert!(c.frame().contains("ctrl-r asks again"), "{}", c.frame());
    c.keys("<ctrl-r>");
    assert!(!c.frame().contains("ctrl-r asks again"), "{}", c.frame());
    assert!(c.frame().contains("STOP zone3 of meta01"), "it stays open");
    assert_eq!(sent(&c), 0);
}

#[test]
fn tab_goes_into_a_group_and_the_lines_that_are_not_possible_say_why() {
    let mut c = sketch(80, 24);
    c.keys(":stop zo<down><down><down><down><tab>");
    assert_snapshot!("palette_group_80x24", c.frame());
    // What the guard would refuse opens the dialog all the same: there is a way round, and it is said there.
    c.keys("<down><enter>");
    assert!(c.frame().contains("STOP zone1 of edge"), "{}", c.frame());
    assert_eq!(sent(&c), 0);
}

#[test]
fn a_cluster_that_a_task_holds_is_said_to_be_held() {
    let mut c = Console::new(protoss(), settings(vec![profile("prod")]), 80, 24);
    c.keys(":restart cluster protoss");
    assert!(c.line_with("▌restart cluster protoss").contains("task 89026504"), "{}", c.frame());
    assert!(c.frame().contains("─ not possible now ─"), "{}", c.frame());
}

/// A trace ID as a colleague pastes it: the journal knows the order.
#[test]
fn a_pasted_trace_id_opens_the_timeline_at_its_line_and_a_task_id_the_task() {
    let mut c = sketch(100, 30);
    c.keys(":");
    assert!(c.effects.iter().any(|e| matches!(e, Effect::History)), "the journal is asked for");
    c.send(Msg::Paste("71e073145dba4fc8\n".to_owned()));
    assert!(c.frame().contains("no entry matches"), "not known yet: {}", c.frame());
    c.send(Msg::History(Ok(journal())));
    assert_snapshot!("palette_trace_100x30", c.frame());
    c.keys("<enter>");
    assert!(c.frame().contains("3 Timeline"), "{}", c.frame());
    c.send(Msg::History(Ok(journal())));
    // Its line is days old, and stays selected.
    c.pass(10_000);
    let selected = c.model.timeline.selected().and_then(|m| m.trace()).map(|t| t.raw().to_owned());
    assert_eq!(selected.as_deref(), Some("71e073145dba4fc8"), "{}", c.frame());
    c.keys(":");
    c.send(Msg::Paste("89026504".to_owned()));
    c.keys("<enter>");
    assert!(c.frame().contains("Task 89026504"), "{}", c.frame());
    assert_eq!(sent(&c), 0);
}

/// A stop of three days ago, what came of it, and a note after it.
fn journal() -> Vec<Record> {
    let then = start().plus(Span::from_secs(-3 * 86_400));
    let record = |seq, what| samples::record(seq, then.plus(Span::from_secs(seq as i64)), what);
    let (intent, ended) = (samples::intent("o-1", then), samples::ended("o-1"));
    let note = What::Note { cluster: Some(cluster_ref("prod", "12000001")), text: "disk is in".into() };
    vec![record(1, What::Intent(Box::new(intent))), record(2, What::Ended(Box::new(ended))), record(3, note)]
}

#[test]
fn what_was_typed_comes_back_and_unknown_words_are_looked_for() {
    let mut c = sketch(80, 24);
    c.keys(":tasks<enter>");
    assert!(c.frame().contains("2 Tasks"), "{}", c.frame());
    c.keys("1:<up>");
    assert!(c.frame().contains(" : tasks"), "{}", c.frame());
    c.keys("<esc>:10.0.1.11 and more");
    assert!(c.frame().contains("nothing is called that"), "{}", c.frame());
    c.keys("<esc>:iddle<enter>");
    assert!(c.frame().contains("iddle"), "nothing on the screen either, and that is said: {}", c.frame());
    assert!(c.model.overlays.is_empty());
}

#[test]
fn x06_a_hostile_name_is_shown_filtered_and_found_as_it_is_shown() {
    let mut world = calm();
    world.clusters.truncate(1);
    world.clusters[0].name = "pro\u{202e}sst".into();
    let mut c = Console::new(world, settings(vec![profile("demo")]), 80, 24);
    c.keys(":stop cluster");
    let line = c.line_with("▌stop cluster");
    assert!(line.contains("‹bidi›") && line.contains("(1)"), "{line}");
    assert!(!c.frame().contains('\u{202e}'));
}

/// Each line of what is found for many texts, chosen: a dialog, a view, a card, a notice. Never an order.
#[test]
fn no_choice_sends() {
    let mut tried = 0;
    for text in ["", "s", "stop", "start", "restart", "runbook", "task", "zone2", "q"] {
        let lines = {
            let mut c = sketch(80, 24);
            c.keys(&format!(":{text}"));
            let Some(Overlay::Palette(p)) = c.model.overlays.last() else { panic!("{text}") };
            p.lines().len()
        };
        for down in (0..lines).step_by(5) {
            let mut c = sketch(80, 24);
            c.keys(&format!(":{text}"));
            c.keys(&"<down>".repeat(down));
            c.keys("<enter><enter>");
            assert_eq!(sent(&c), 0, "{text} {down}");
            tried += 1;
        }
    }
    assert!(tried > 30, "{tried}");
}

#[test]
fn a_large_fleet_takes_as_many_rows_as_the_screen_has() {
    let mut c = demo(80, 24);
    c.keys(":server");
    let frame = c.frame();
    assert!(frame.contains("stop server calm03 …") && frame.contains("36 more"), "{frame}");
    assert_eq!(frame.lines().count(), 24);
}
