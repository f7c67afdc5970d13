//! A task as files: what is offered, what is drawn, what they are called.

use obdeck::app::command::Command;
use obdeck::app::effect::Effect;
use obdeck::app::facts::Go;
use obdeck::app::keepsake::Keepsake;
use obdeck::app::panes::task::TaskPane;
use obdeck::app::panes::task::export::{Export, Format};
use obdeck::domain::status::{operation, status};
use obdeck::domain::task::Task;
use obdeck::tui::export;

use crate::support::tasks::{World, change, subtask, task, task_ref, zone_stop};

/// What the pane asks to have drawn.
fn asked(world: &mut World, task: Task, seconds: i64, formats: &'static [Format]) -> (TaskPane, Export) {
    let mut pane = TaskPane::default();
    pane.open(task_ref("89026504"));
    pane.made_by(Some("71e073145dba4fc8".into()));
    world.tell(task, seconds);
    let _ = pane.refresh(&world.facts());
    let export = export_of(&pane, world, formats);
    (pane, export)
}

fn export_of(pane: &TaskPane, world: &World, formats: &'static [Format]) -> Export {
    match pane.export(formats, &world.facts()).effects.pop() {
        Some(Effect::Export(export)) => *export,
        other => panic!("no export but {other:?}"),
    }
}

fn made(export: &Export) -> Keepsake {
    export::keepsake(export).expect("drawn")
}

fn content(keepsake: &Keepsake, extension: &str) -> String {
    let file = keepsake.files().iter().find(|f| f.extension == extension);
    file.unwrap_or_else(|| panic!("no {extension}")).content.clone()
}

fn failed() -> Task {
    let mut task = zone_stop(12, 400);
    task.head.status = status("FAILED");
    change(&mut task, "Stop observer process", Some(7), |s| s.status = status("FAILED"));
    change(&mut task, "Prepare stop observer", Some(2), |s| s.operation = operation("SKIP"));
    task
}

#[test]
fn the_key_offers_every_format_and_a_picture_with_its_text_first() {
    let mut world = World::new(80, 21);
    let (mut pane, _) = asked(&mut world, zone_stop(2, 133), 133, &[]);
    let step = pane.command(Command::Export, &world.facts());
    let [Go::Files(offers)] = step.go.as_slice() else { panic!("{step:?}") };
    assert_eq!(offers.first().map(|o| o.go.clone()), Some(Go::Export(&[Format::Svg, Format::Text])));
    let all: Vec<&str> = offers.iter().map(|o| o.word).collect();
    assert_eq!(all.len(), 6, "{all:?}");
}

#[test]
fn a_text_tells_task_traces_times_and_the_failed_step_by_name() {
    let mut world = World::new(80, 21);
    let (_, export) = asked(&mut world, failed(), 400, &[Format::Text]);
    let keepsake = made(&export);
    assert_eq!(keepsake.stem(), "task-89026504-20261121T140749Z");
    insta::assert_snapshot!(content(&keepsake, "txt"));
}

#[test]
fn all_formats_are_of_one_task_at_one_moment() {
    use Format::{Dot, Json, Mermaid, Svg, Text};
    let mut world = World::new(80, 21);
    let (_, export) = asked(&mut world, failed(), 400, &[Svg, Text, Mermaid, Dot, Json]);
    let keepsake = made(&export);
    let svg = content(&keepsake, "svg");
    assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"));
    for text in ["task 89026504  Stop OB zone", "trace 71e073145dba4fc8", "as of 11-21 14:07:49Z", "[7]"] {
        assert!(svg.contains(text), "{text}");
    }
    assert!(content(&keepsake, "mmd").contains("flowchart"));
    assert!(content(&keepsake, "dot").contains("digraph"));
    let json: serde_json::Value = serde_json::from_str(&content(&keepsake, "json")).expect("JSON");
    assert_eq!(json["id"], 89_026_504);
    assert_eq!(json["traceId"], "71e073145dba4fc8");
    assert_eq!(json["subtasks"].as_array().map(Vec::len), Some(7 + 3 * 12));
}

#[test]
fn what_the_operator_unfolded_is_listed_or_apart_in_the_file_too() {
    let mut world = World::new(120, 37);
    let (mut pane, export) = asked(&mut world, failed(), 400, &[Format::Dot]);
    let boxes = |e: &Export| content(&made(e), "dot").matches("[label=").count();
    let folded = boxes(&export);
    pane.command(Command::First, &world.facts());
    pane.command(Command::Problems, &world.facts());
    pane.command(Command::ZoomIn, &world.facts());
    let listed = export_of(&pane, &world, &[Format::Text, Format::Svg, Format::Dot]);
    assert_eq!(boxes(&listed), folded);
    for extension in ["txt", "svg"] {
        let text = content(&made(&listed), extension);
        for ix in 0..12 {
            assert!(text.contains(&format!("[{ix}] 10.0.2.{}", 11 + ix)), "{extension} {ix}: {text}");
        }
    }
    pane.command(Command::ZoomIn, &world.facts());
    assert_eq!(boxes(&export_of(&pane, &world, &[Format::Dot])), folded + 11);
}

#[test]
fn x16_hostile_text_stays_text_in_every_file_and_in_its_name() {
    let evil = "\u{1b}]52;c;x\u{7}</text><script>\u{202e}\n\"]; evil";
    let mut one = subtask("../1", evil);
    one.target = evil.into();
    let mut task = task("89026504", evil, "RUNNING", vec![one]);
    task.head.cluster_name = evil.into();
    let mut world = World::new(80, 21);
    let (_, mut export) =
        asked(&mut world, task, 10, &[Format::Svg, Format::Text, Format::Mermaid, Format::Dot]);
    export.task.head.at.id = "../../x".into();
    let keepsake = made(&export);
    assert!(keepsake.stem().chars().all(|c| c.is_ascii_alphanumeric() || c == '-'), "{}", keepsake.stem());
    for file in keepsake.files() {
        let hostile = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!file.content.contains(hostile), "{}", file.extension);
        assert!(!file.content.contains("<script>") || file.extension != "svg", "{}", file.extension);
    }
}

#[test]
fn nothing_is_asked_for_before_the_task_was_read() {
    let world = World::new(80, 21);
    let mut pane = TaskPane::default();
    pane.open(task_ref("89026504"));
    assert!(pane.export(&[Format::Svg], &world.facts()).effects.is_empty());
    assert!(pane.command(Command::Export, &world.facts()).go.is_empty());
}
