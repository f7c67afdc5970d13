//! The timeline (screens 13), notes, the handoff, runbook cards.

use insta::assert_snapshot;
use obdeck::app::effect::{Effect, Ticket};
use obdeck::app::msg::Msg;
use obdeck::app::paper::{Paper, To};
use obdeck::domain::guard::Basis;
use obdeck::domain::incident::AuditEvent;
use obdeck::domain::outcome::ReadErrorKind;
use obdeck::domain::status::health;
use obdeck::domain::task::{Subtask, Task, TaskGraph};
use obdeck::domain::time::{Span, Timestamp};
use obdeck::domain::timeline::{Intent, OrderId, Record, What};

use super::world::{
    Console, cluster_ref, prod, profile, protoss, read_error, settings, start, stop_first, task,
};
use crate::support::samples;

fn at(secs: i64) -> Timestamp {
    start().plus(Span::from_secs(secs))
}

fn record(seq: u64, secs: i64, what: What) -> Record {
    samples::record(seq, at(secs), what)
}

fn intent(reason: &str) -> Intent {
    let sent = samples::intent("1", at(-133));
    Intent { basis: Basis { reason: Some(reason.to_owned()), ..sent.basis }, ..sent }
}

fn journal() -> Vec<Record> {
    vec![
        record(1, -133, What::Intent(Box::new(intent("disk swap CHG-4411")))),
        record(2, -133, What::Ended(Box::new(samples::ended("1")))),
        record(
            3,
            -17,
            What::Note {
                cluster: Some(cluster_ref("prod", "12000001")),
                text: "storage team replaces disk, back by 14:40".into(),
            },
        ),
    ]
}

fn audit() -> Vec<AuditEvent> {
    vec![AuditEvent {
        at: at(-2558),
        operator: "admin".into(),
        event: "RESTART_OB_SERVER".into(),
        target: "10.0.2.12".into(),
        status: "SUCCESS".into(),
        trace: None,
    }]
}

/// The task of the stop, as far as these tests need it.
fn whole() -> Task {
    samples::task(task("prod", "12000001", "89026504", "RUNNING", "zone2"), TaskGraph::default())
}

/// The timeline of protoss in the midst of a stop.
fn open(width: u16, height: u16) -> Console {
    let mut world = protoss();
    world.audit = Some(audit());
    world.whole = Some(whole());
    let mut c = Console::new(world, settings(vec![profile("prod")]), width, height);
    c.send(Msg::History(Ok(journal())));
    c.keys("jj");
    c.pass(400);
    c.keys("3");
    assert!(c.effects.contains(&Effect::History), "others write the same journal");
    c
}

#[test]
fn view_3_shows_every_source_in_one_order() {
    for (width, height) in [(80, 24), (160, 45), (55, 14), (40, 10)] {
        let mut c = open(width, height);
        // One more server is seen to go.
        stop_first(&mut c.world.clusters[0], 2, -1);
        c.pass(2500);
        assert_snapshot!(format!("timeline_{width}x{height}"), c.frame());
    }
}

#[test]
fn a_change_between_two_polls_is_told_with_the_time_between_them_and_the_end_of_its_limit() {
    let mut c = open(80, 24);
    c.world.clusters[0].zones[2].servers[1].status = health("UNAVAILABLE");
    c.pass(2500);
    let line = c.line_with("10.0.3.12 ");
    assert!(
        line.contains("seen") && line.contains("RUNNING → UNAVAILABLE") && line.contains("(poll ±2s)"),
        "{line}"
    );
    stop_first(&mut c.world.clusters[0], 2, -2);
    c.pass(2500);
    let line = c.line_with("10.0.3.11 ");
    assert!(line.contains("limit ends 15:03:24Z"), "{line}");
}

#[test]
fn audit_events_that_the_role_may_not_read_are_said_and_the_rest_goes_on() {
    let mut world = protoss();
    world.no_audit = Some(read_error(ReadErrorKind::Forbidden, 403));
    let mut c = Console::new(world, settings(vec![profile("prod")]), 80, 24);
    c.send(Msg::History(Ok(journal())));
    c.keys("jj");
    c.pass(400);
    c.keys("3");
    let frame = c.frame();
    assert!(frame.contains("your role may not read audit events (403) · trace 71e073145dba4fc8"), "{frame}");
    assert!(frame.contains("storage team") && frame.contains("task 89026504"), "{frame}");
    assert!(!c.row(22).contains("not permitted"), "told where it stands, not twice: {}", c.row(22));
}

#[test]
fn slash_thins_the_timeline_out_and_enter_opens_the_task() {
    let mut c = open(80, 24);
    c.keys("/storage<enter>");
    let frame = c.frame();
    assert!(frame.contains("storage team") && !frame.contains("RESTART_OB_SERVER"), "{frame}");
    assert!(frame.contains("filter: storage"), "{frame}");
    c.keys("<esc>");
    assert!(c.frame().contains("RESTART_OB_SERVER"));
    c.keys("g");
    c.keys("<enter>");
    assert!(c.row(22).contains("nothing to show there"), "an audit event has no task: {}", c.row(22));
    c.keys("j<enter>");
    assert!(c.frame().contains("Task 89026504"), "{}", c.frame());
}

#[test]
fn an_idle_timeline_costs_no_byte() {
    let mut world = super::world::calm();
    world.audit = Some(audit());
    let mut c = Console::new(world, settings(vec![profile("demo")]), 80, 24);
    c.keys("j");
    c.pass(400);
    c.keys("3");
    c.pass(3000);
    let before = c.frame();
    for _ in 0..60 {
        c.pass(1000);
        assert_eq!(c.frame(), before);
    }
}

#[test]
fn capital_n_writes_a_note_about_the_cluster_it_was_opened_on() {
    let mut c = open(80, 24);
    c.keys("N");
    assert!(c.row(22).contains("note on protoss:"), "{}", c.row(22));
    c.keys("back by 14:40");
    c.send(Msg::Paste(" q\nSy".to_owned()));
    c.keys("<enter>");
    let text = "back by 14:40 q Sy".into();
    let want = What::Note { cluster: Some(cluster_ref("prod", "12000001")), text };
    assert!(c.effects.contains(&Effect::Jot(Box::new(want.clone()))), "{:?}", c.effects);
    c.send(Msg::Jotted(Ok(Box::new(record(4, 0, want)))));
    assert!(c.row(22).contains("note is in the journal"), "{}", c.row(22));
    assert!(c.frame().contains("back by 14:40 q Sy"), "{}", c.frame());
    c.keys("N<esc>");
    c.keys("N<enter>");
    let notes = c.effects.iter().filter(|e| matches!(e, Effect::Jot(_))).count();
    assert_eq!(notes, 1, "an empty note is none");
}

#[test]
fn a_note_that_cannot_be_written_says_why_and_with_a_find_open_n_goes_back() {
    let mut c = open(80, 24);
    c.keys("Nx<enter>");
    c.send(Msg::Jotted(Err("disk full".into())));
    assert!(c.row(22).contains("the note is not written: disk full"), "{}", c.row(22));
    let mut c = prod(80, 24);
    c.keys("/zone<enter>");
    c.keys("N");
    assert!(!c.row(22).contains("note"), "{}", c.row(22));
    c.keys("<esc>N");
    assert!(c.row(22).contains("note on"), "{}", c.row(22));
}

fn copied(c: &Console) -> Vec<&Paper> {
    let mut papers = Vec::new();
    for effect in &c.effects {
        if let Effect::Paper(paper, To::Clipboard) = effect {
            papers.push(paper.as_ref());
        }
    }
    papers
}

#[test]
fn capital_h_makes_the_handoff_note_and_y_copies_it() {
    let mut c = open(100, 30);
    c.keys("H");
    assert_snapshot!("handoff_100x30", c.frame());
    c.keys("y");
    assert!(c.row(28).contains("copied as Markdown"), "{}", c.row(28));
    let papers = copied(&c);
    assert_eq!(papers.len(), 1);
    let text = obdeck::tui::paper::markdown(papers[0]);
    assert!(text.lines().count() < 12, "{text}");
    assert!(text.contains("task 89026504") && text.contains("CHG-4411"), "{text}");
    // On a task too.
    let mut c = open(100, 30);
    c.keys("2<enter>H");
    assert!(c.frame().contains("Handoff"), "{}", c.frame());
}

#[test]
fn x15_a_handoff_of_hostile_words_is_filtered_and_bounded_in_the_clipboard() {
    let hostile = format!("x\u{1b}]52;c;QUFB\u{7}\n\u{202e}{}", "€".repeat(2000));
    let mut c = open(80, 24);
    let mut order = intent(&hostile);
    order.order = OrderId::new("2");
    let many = (10..200).map(|i| {
        let mut o = order.clone();
        o.order = OrderId::new(&i.to_string());
        record(i, -60, What::Intent(Box::new(o)))
    });
    c.send(Msg::History(Ok(journal().into_iter().chain(many).collect())));
    c.keys("Hy");
    let text = obdeck::tui::paper::markdown(copied(&c)[0]);
    assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{text}");
    let bytes = obdeck::tui::osc::copy(&text, obdeck::tui::osc::Through::Direct);
    assert!(bytes.len() <= 100_000 && !bytes[1..bytes.len() - 1].contains(&0x1b));
}

#[test]
fn x15_nothing_is_copied_when_the_clipboard_is_off() {
    let mut s = settings(vec![profile("prod")]);
    s.clipboard = false;
    let mut c = Console::new(protoss(), s, 80, 24);
    c.keys("jj");
    c.pass(400);
    c.keys("H");
    c.keys("y");
    assert!(copied(&c).is_empty());
    assert!(c.row(22).contains("ui.clipboard is off"), "{}", c.row(22));
}

#[test]
fn x16_the_export_holds_the_timeline_and_the_handoff_and_no_control_character() {
    let mut c = open(80, 24);
    let hostile = "[a](http://e)\u{1b}[2J\n# head";
    let note = What::Note { cluster: None, text: hostile.into() };
    c.send(Msg::Jotted(Ok(Box::new(record(9, 0, note)))));
    c.keys("E");
    let files = c.effects.iter().find_map(|e| match e {
        Effect::Paper(paper, To::Files) => Some(obdeck::tui::paper::keepsake(paper).expect("made")),
        _ => None,
    });
    let files = files.expect("an export");
    assert_eq!(files.stem(), "incident-protoss-20261121T140322Z");
    let [markdown, json] = files.files() else { panic!("two files: {files:?}") };
    assert!(
        markdown.content.contains("## Handoff") && markdown.content.contains("**SENT** oncall"),
        "{}",
        markdown.content
    );
    assert!(
        !markdown.content.contains('\u{1b}') && !markdown.content.contains("[a]("),
        "{}",
        markdown.content
    );
    let value: serde_json::Value = serde_json::from_str(&json.content).expect("JSON");
    let moments = value["moments"].as_array().expect("a list");
    assert!(moments.iter().any(|m| m["source"] == "SENT" && m["trace"] == "71e073145dba4fc8"), "{value:#}");
    assert!(!json.content.contains('\u{1b}'));
}

#[test]
fn the_offline_clock_stands_beside_a_task_in_minutes_and_its_card_under_a_fifth() {
    let mut c = open(100, 30);
    c.keys("2<enter>");
    c.pass(1500);
    assert!(c.row(28).contains("offline limit of 10.0.2.11: 59m"), "{}", c.row(28));
    assert!(!c.row(28).contains("runbook"), "{}", c.row(28));
    stop_first(&mut c.world.clusters[0], 1, 3000);
    c.pass(6000);
    assert!(c.row(28).contains("offline limit of 10.0.2.11: 9m !!"), "{}", c.row(28));
    assert!(c.row(28).contains("runbook: The offline limit is nearly used up  b"), "{}", c.row(28));
    c.keys("b");
    assert_snapshot!("card_100x30", c.frame());
    c.keys("y");
    assert!(c.effects.iter().any(|e| matches!(e, Effect::Copy(sql) if sql.contains("SHOW PARAMETERS"))));
}

#[test]
fn the_palette_finds_cards_and_commands_by_name_and_sends_nothing() {
    let mut c = open(80, 24);
    c.keys(":");
    c.keys("runbook lead");
    let frame = c.frame();
    assert!(frame.contains("runbook no-leader") && !frame.contains("replica-missing"), "{frame}");
    c.keys("<enter>");
    assert!(c.frame().contains("A log stream has no leader (-4179)"), "{}", c.frame());
    c.keys("<esc>:");
    c.send(Msg::Paste("tasks\n".to_owned()));
    assert!(c.frame().contains("view 2: tasks"), "pasting chooses nothing (X14): {}", c.frame());
    c.keys("<enter>");
    assert!(c.frame().contains("2 Tasks"), "{}", c.frame());
    let sends = c.effects.iter().any(|e| matches!(e, Effect::Submit { .. }));
    assert!(!sends);
}

/// The task of the stop in another state, with its one step.
fn at_rest(word: &str, step: &str) -> Task {
    let one = Subtask {
        timeout: Some(Span::from_secs(60)),
        timeout_told: Some(60),
        started: Some(at(-120)),
        finished: Some(at(-50)),
        ..samples::subtask("89029861", "Stop observer process", step)
    };
    let mut task = whole();
    task.head.status = obdeck::domain::status::status(word);
    task.head.finished = Some(at(-50));
    task.graph = obdeck::domain::fold::flat(vec![one]);
    task
}

/// The view of the task in that state, over a cluster of which nothing is stopped.
fn resting(task: Task) -> Console {
    let mut world = super::world::calm();
    world.clusters = vec![super::world::cluster("prod", "12000001", "protoss", &[2, 2, 2])];
    world.tasks = vec![task.head.clone()];
    world.whole = Some(task);
    let mut c = Console::new(world, settings(vec![profile("prod")]), 100, 30);
    c.keys("2<enter>");
    c.pass(3000);
    c
}

#[test]
fn a19_a_stop_that_succeeded_while_its_servers_serve_shows_both_words_with_their_times() {
    let mut c = resting(at_rest("SUCCESSFUL", "SUCCESSFUL"));
    let line = c.line_with("now true");
    assert!(line.contains("2 OBServers up though the task says otherwise"), "{line}");
    let times = c.line_with("as of");
    assert!(times.contains("task done 14:03:22Z · list 14:03:22Z"), "{times}");
    // The list changes its mind: its word and its time are new, the task's are not.
    stop_first(&mut c.world.clusters[0], 1, 1);
    c.world.clusters[0].zones[1].servers[1].status = health("STOPPED");
    c.pass(9000);
    let line = c.line_with("now true");
    assert!(line.contains("10.0.2.11:2882 STOPPED") && !line.contains("otherwise"), "{line}");
    let times = c.line_with("as of");
    assert!(times.contains("task done 14:03:22Z · list 14:03:"), "{times}");
    assert!(!times.contains("list 14:03:22Z"), "{times}");
    let before = c.frame();
    c.pass(20_000);
    assert_eq!(c.line_with("as of"), times, "it does not move with every poll");
    assert_eq!(c.frame().lines().nth(1), before.lines().nth(1));
}

#[test]
fn a19_after_a_verb_the_servers_are_read_again_and_stand_beside_the_failed_step() {
    let c = resting(at_rest("FAILED", "FAILED"));
    let line = c.line_with("now true");
    assert!(line.contains("2 OBServers up") && line.contains("task FAILED 14:03:22Z · list"), "{line}");
    assert!(c.row(28).contains("runbook: A step ran into its time limit  b"), "{}", c.row(28));
}

/// Takes the first verb that is offered for the task and says yes to it.
fn ordered(c: &mut Console) -> Ticket {
    c.keys("x<enter>");
    c.send(Msg::Painted);
    c.pass(1000);
    c.keys("y");
    let ticket = c.effects.iter().find_map(|e| match e {
        Effect::Submit { ticket, .. } => Some(*ticket),
        _ => None,
    });
    ticket.unwrap_or_else(|| panic!("sent: {}", c.frame()))
}

#[test]
fn a14_after_a_refused_verb_the_servers_words_stand_and_everything_is_read_again() {
    let mut c = resting(at_rest("FAILED", "FAILED"));
    let ticket = ordered(&mut c);
    // Meanwhile somebody else brought it to its end.
    c.world.whole = Some(at_rest("SUCCESSFUL", "SUCCESSFUL"));
    c.reads.borrow_mut().clear();
    let refused = obdeck::domain::outcome::Refused {
        kind: ReadErrorKind::Conflict,
        http: 400,
        code: "4007".into(),
        message: "Task state does not allow this operation.".into(),
        trace: Some("0af1".into()),
    };
    let outcome = obdeck::domain::outcome::Outcome::Refused(refused);
    c.send(Msg::Outcome { ticket, outcome });
    let frame = c.frame();
    assert!(frame.contains("Task state does not allow this operation.") && frame.contains("0af1"), "{frame}");
    let again = |want: fn(&obdeck::app::effect::Query) -> bool| c.reads.borrow().iter().any(want);
    assert!(again(|q| matches!(q, obdeck::app::effect::Query::Task(_))), "the task");
    assert!(again(|q| matches!(q, obdeck::app::effect::Query::Zones(_))), "the servers");
    c.keys("<esc>");
    assert!(c.frame().contains("done"), "{}", c.frame());
}

#[test]
fn a_refusal_with_a_card_shows_it_on_its_own_page_with_sql_to_copy() {
    let mut c = resting(at_rest("FAILED", "FAILED"));
    let ticket = ordered(&mut c);
    let refused = obdeck::domain::outcome::Refused {
        kind: ReadErrorKind::Server,
        http: 500,
        code: "4179".into(),
        message: "Tenant trade has no enough valid paxos member".into(),
        trace: Some("0af1".into()),
    };
    let outcome = obdeck::domain::outcome::Outcome::Refused(refused);
    c.send(Msg::Outcome { ticket, outcome });
    assert_snapshot!("refused_with_card_100x30", c.frame());
    c.send(Msg::Painted);
    c.pass(1000);
    c.keys("c");
    let sql = c.effects.iter().any(|e| matches!(e, Effect::Copy(t) if t.contains("GV$OB_LOG_STAT")));
    assert!(sql, "{:?}", c.effects);
}
