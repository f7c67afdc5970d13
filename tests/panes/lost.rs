//! An order whose outcome nobody knows: the whole console over a simulator that loses answers, time moved by hand.

use obdeck::app::settings::JournalFacts;
use obdeck::domain::id::{ClusterId, ClusterRef, ProfileName};
use obdeck::domain::outcome::Exit;
use obdeck::domain::shown::Text;
use obdeck::domain::time::{Span, Timestamp};
use obdeck::domain::timeline::{Intent, Settled, Subject, What};
use obdeck::sim::faults::{Fault, What as Goes};

use crate::support::samples;
use crate::support::stage::Stage;

/// A console whose stop of a zone ends so.
fn stopped(goes: Goes) -> Stage {
    let mut stage = Stage::open("calm", 100, 30);
    stage.ocp.faults().add(Fault::new(goes).on("POST", "/stop").once());
    stage.harness.advance(100);
    stage.harness.text("/").text("protoss").key("enter").key("down").key("down").advance(2_000);
    stage.harness.key("S").advance(600);
    stage.harness.text("protoss/zone2").advance(100);
    stage.harness.key("enter").key("y");
    assert_eq!(stage.harness.sent().len(), 1, "{}", stage.harness.frame());
    stage
}

fn posts(stage: &Stage) -> usize {
    stage.ocp.arrivals().iter().filter(|a| a.method == "POST").count()
}

/// The journal in short.
fn story(stage: &Stage) -> Vec<String> {
    let word = |what: &What| match what {
        What::Intent(i) => format!("intent {} {}", i.method, i.task_name),
        What::Ended(e) => format!("ended {}", e.exit as u8),
        What::Settled { how: Settled::Task(_), .. } => "settled task".to_owned(),
        What::Settled { how: Settled::LetBe, .. } => "let be".to_owned(),
        other => format!("{other:?}"),
    };
    stage.harness.journal().iter().map(|r| word(&r.what)).collect()
}

fn shows(stage: &Stage, words: &[&str]) {
    let frame = stage.harness.frame();
    for w in words {
        assert!(frame.contains(w), "`{w}` is missing in\n{frame}");
    }
}

/// An intent that an earlier run left, so long ago.
fn left(now: Timestamp, seconds: i64, task: &str) -> JournalFacts {
    let profile = ProfileName::new("demo");
    let sent = now.plus(Span::from_secs(-seconds));
    let cluster = Some(ClusterRef { profile: profile.clone(), id: ClusterId::new("1000001") });
    let earlier = samples::intent("earlier", sent);
    let subject = Subject { profile, cluster, ..earlier.subject };
    let intent = Intent { subject, task_name: Text::new(task), ..earlier };
    JournalFacts { unsettled: vec![(sent, intent)], ..JournalFacts::default() }
}

#[test]
fn a02_a_lost_answer_is_looked_for_and_its_task_attached_to_by_itself() {
    let mut stage = stopped(Goes::AnswerLost);
    stage.harness.advance(3_000);
    shows(&stage, &["Stop OB zone", "RUNNING"]);
    assert!(!stage.harness.frame().contains("OUTCOME UNKNOWN"), "{}", stage.harness.frame());
    assert_eq!(posts(&stage), 1, "one yes, one POST");
    assert_eq!(story(&stage), ["intent POST Stop OB zone", "ended 6", "settled task"]);
    assert!(stage.harness.model().lost.is_empty());
}

#[test]
fn a04_nothing_seen_is_said_after_30_s_and_two_clean_lists_and_left_to_a_person() {
    let mut stage = stopped(Goes::gateway(502));
    stage.harness.advance(1_000);
    shows(
        &stage,
        &["OUTCOME UNKNOWN", "STOP zone2 of protoss", "Looking for a task \"Stop OB zone\"", "1 UNKNOWN"],
    );
    // Not before it was looked for long enough.
    stage.harness.key("l").advance(5_000);
    shows(&stage, &["Looking for a task"]);
    stage.harness.advance(27_000);
    shows(&stage, &["No such task seen in 30s", "let it be"]);
    assert_eq!(posts(&stage), 1);

    // Left open, it stands in the way of leaving, once.
    stage.harness.key("esc").advance(100);
    stage.harness.key("esc").advance(100);
    shows(&stage, &["1 UNKNOWN"]);
    stage.harness.key("q").advance(1_000);
    assert!(!stage.harness.has_ended());
    shows(&stage, &["OUTCOME UNKNOWN", "the next start shows it first"]);
    stage.harness.key("l").advance(100);
    assert_eq!(story(&stage), ["intent POST Stop OB zone", "ended 6", "let be"]);
    assert!(!stage.harness.frame().contains("UNKNOWN"), "{}", stage.harness.frame());
    stage.harness.key("q");
    assert!(stage.harness.has_ended());
}

#[test]
fn q_asks_only_if_an_outcome_is_unknown_and_a_second_one_leaves() {
    let mut stage = stopped(Goes::gateway(502));
    stage.harness.advance(1_000).key("esc").advance(100);
    stage.harness.key("q").advance(1_500);
    assert!(!stage.harness.has_ended());
    stage.harness.key("q");
    assert!(stage.harness.has_ended());
    let mut calm = Stage::open("calm", 100, 30);
    calm.harness.advance(1_000).key("q");
    assert!(calm.harness.has_ended());
}

#[test]
fn a07_a08_what_an_earlier_run_left_is_shown_before_anything_else() {
    let mut stage = Stage::after("calm", 100, 30, |now| left(now, 60, "Stop OB zone"));
    shows(&stage, &["OUTCOME UNKNOWN", "An earlier run ended before it knew", "STOP zone2 of protoss"]);
    stage.harness.advance(1_000).key("esc").advance(100);
    shows(&stage, &["Topology", "1 UNKNOWN"]);
    assert!(stage.harness.journal().is_empty(), "left as it was");
}

#[test]
fn a08_a_task_found_for_an_earlier_run_is_a_persons_to_take() {
    // The task of the incident began some minutes ago.
    let mut stage = Stage::after("incident", 100, 30, |now| left(now, 3_600, "Restart OB server"));
    stage.harness.advance(2_000);
    shows(&stage, &["OUTCOME UNKNOWN", "Probably yours:", "Restart OB server", "take this task"]);
    assert_eq!(stage.harness.journal().len(), 0, "nothing is taken by itself");
    stage.harness.key("enter").advance(2_000);
    assert_eq!(story(&stage), ["settled task"]);
    assert!(!stage.harness.frame().contains("OUTCOME UNKNOWN"), "{}", stage.harness.frame());
    shows(&stage, &["Restart OB server"]);
}

#[test]
fn f01_a_journal_that_cannot_be_written_is_a_red_banner() {
    let broken = |_| JournalFacts { broken: Some(Text::new("disk full")), ..JournalFacts::default() };
    let mut stage = Stage::after("calm", 100, 30, broken);
    stage.harness.advance(1_000);
    shows(&stage, &["NO JOURNAL", "disk full"]);
    stage.harness.key("esc").advance(100);
    shows(&stage, &["NO JOURNAL"]);
    // Until a write succeeds.
    stage.harness.text("/").text("protoss").key("enter").key("down").key("down").advance(2_000);
    stage.harness.key("S").advance(600);
    stage.harness.text("protoss/zone2").advance(100);
    stage.harness.key("enter").key("y").advance(1_000);
    assert!(!stage.harness.frame().contains("NO JOURNAL"), "{}", stage.harness.frame());
}

#[test]
fn t14_another_instance_is_named_at_the_start() {
    let others = |_| JournalFacts { others: vec![4711], ..JournalFacts::default() };
    let stage = Stage::after("calm", 100, 30, others);
    shows(&stage, &["also running, pid 4711"]);
}

#[test]
fn every_order_is_in_the_journal_before_and_after() {
    let mut stage = stopped(Goes::Delay { by: std::time::Duration::ZERO, jitter: std::time::Duration::ZERO });
    stage.harness.advance(1_000);
    assert_eq!(story(&stage), ["intent POST Stop OB zone", "ended 0"]);
    let records = stage.harness.journal();
    assert!(matches!(&records[1].what, What::Ended(e) if e.exit == Exit::Done && e.task.is_some()));
}

#[test]
fn a15_a_task_that_disappears_stays_on_the_screen_as_last_seen_and_marked() {
    let mut stage = stopped(Goes::Delay { by: std::time::Duration::ZERO, jitter: std::time::Duration::ZERO });
    stage.harness.advance(3_000);
    shows(&stage, &["Stop OB zone", "Prepare stop OB zone"]);
    let gone = Goes::Instead {
        status: 404,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body:
            br#"{"successful":false,"status":404,"error":{"code":1,"message":"no such task"},"traceId":"t"}"#
                .to_vec(),
        acted: false,
    };
    stage.ocp.faults().add(Fault { times: None, ..Fault::new(gone).on("GET", "/tasks/instances/") });
    stage.harness.advance(8_000);
    shows(&stage, &["Stop OB zone", "Prepare stop OB zone", "gone since", "shown as last seen"]);
}

#[test]
fn a_yes_against_a_refusal_of_the_guard_is_in_the_journal_once() {
    let mut stage = Stage::open("calm", 100, 30);
    stage.harness.advance(100);
    // A cluster of two zones: half of it is a majority lost.
    stage.harness.text("/").text("pair").key("enter").key("down").advance(2_000);
    stage.harness.key("S").advance(1_500);
    stage.harness.key("y").advance(100).key("y").advance(100);
    let held: Vec<What> = stage.harness.journal().into_iter().map(|r| r.what).collect();
    assert!(
        matches!(held.as_slice(), [What::Held { subject, why, .. }] if subject.target.raw() == "zone1" && !why.is_empty()),
        "{held:?}\n{}",
        stage.harness.frame()
    );
    assert!(stage.harness.sent().is_empty());
}
