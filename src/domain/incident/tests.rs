//! One order from every source, and what two polls differ in.

use super::*;
use crate::domain::action::Action;
use crate::domain::guard::Basis;
use crate::domain::outcome::Exit;
use crate::domain::samples::{self, protoss, task_ref};
use crate::domain::status::health;
use crate::domain::task::Subtask;

fn at(clock: &str) -> Timestamp {
    Timestamp::parse(&format!("2026-11-21T{clock}Z")).unwrap()
}

pub(super) fn intent(order: &str) -> Intent {
    let sent = samples::intent(order, at("14:01:09"));
    Intent { basis: Basis { reason: Some("disk swap".into()), ..sent.basis }, ..sent }
}

fn record(seq: u64, clock: &str, what: What) -> Record {
    samples::record(seq, at(clock), what)
}

fn task(id: &str, word: &str, started: &str, finished: Option<&str>) -> TaskSummary {
    TaskSummary { started: Some(at(started)), finished: finished.map(at), ..samples::summary(id, word) }
}

fn step(name: &str, phase: Phase, started: &str, finished: Option<&str>) -> StepSeen {
    StepSeen {
        id: name.into(),
        name: name.into(),
        target: Text::default(),
        phase,
        started: Some(at(started)),
        finished: finished.map(at),
    }
}

fn words(moments: &[Moment]) -> Vec<String> {
    moments.iter().map(|m| format!("{} {}", m.at.clock(), m.source.word())).collect()
}

#[test]
fn every_source_stands_in_one_order_and_an_order_with_its_answer_in_one_line() {
    let journal = [
        record(1, "14:01:09", What::Intent(Box::new(intent("a")))),
        record(2, "14:01:10", What::Ended(Box::new(samples::ended("a")))),
        record(3, "14:03:05", What::Note { cluster: Some(protoss()), text: "back by 14:40".into() }),
    ];
    let head = task("89026504", "RUNNING", "14:01:09", None);
    let followed = [Followed {
        head: head.clone(),
        steps: vec![
            step("Prepare", Phase::Done, "14:01:09", Some("14:01:21")),
            step("Stop zone", Phase::Running, "14:01:22", None),
        ],
    }];
    let event = AuditEvent {
        at: at("13:20:44"),
        operator: "admin".into(),
        event: "RESTART_OB_SERVER".into(),
        target: "10.0.2.12".into(),
        status: "SUCCESS".into(),
        trace: None,
    };
    let cluster = protoss();
    let sources = Sources {
        journal: journal.iter().collect(),
        followed: &followed,
        listed: vec![&head],
        audit: vec![(&cluster, &event)],
        ..Sources::default()
    };
    let all = merge(&sources, &Wanted::default());
    let want =
        ["13:20:44 ocp", "14:01:09 SENT", "14:01:09 task", "14:01:21 task", "14:01:22 task", "14:03:05 note"];
    assert_eq!(words(&all), want);
    let sent = all.iter().find(|m| m.source == Source::Sent).unwrap();
    assert_eq!(sent.task.as_ref().unwrap().id, "89026504".into());
    let Happened::Sent { ended: Some(e), .. } = &sent.what else { panic!("an order") };
    assert_eq!(e.1.exit, Exit::Done);
}

#[test]
fn h17_the_servers_clock_orders_what_it_tells_but_its_times_stay_as_told() {
    let journal = [record(1, "14:01:09", What::Intent(Box::new(intent("a"))))];
    // Ten minutes ahead: the task reads as if it began long after the note.
    let head = task("1", "RUNNING", "14:11:10", None);
    let mut sources =
        Sources { journal: journal.iter().collect(), listed: vec![&head], ..Sources::default() };
    let note = record(2, "14:05:00", What::Note { cluster: None, text: "x".into() });
    let journal = [journal[0].clone(), note];
    sources.journal = journal.iter().collect();
    assert_eq!(
        words(&merge(&sources, &Wanted::default())),
        ["14:01:09 SENT", "14:05:00 note", "14:11:10 task"]
    );
    sources.skews.set("prod".into(), Span::from_secs(600));
    let all = merge(&sources, &Wanted::default());
    assert_eq!(words(&all), ["14:01:09 SENT", "14:11:10 task", "14:05:00 note"]);
    assert_eq!(all[1].by, By::Server);
}

#[test]
fn an_end_told_by_the_plane_is_not_told_again_by_the_journal() {
    let journal = [record(
        1,
        "14:09:03",
        What::TaskEnded {
            profile: "prod".into(),
            cluster: Some(protoss()),
            task: "5".into(),
            name: "Stop OB zone".into(),
            status: "SUCCESSFUL".into(),
            took: None,
            failed: Vec::new(),
        },
    )];
    let alone = Sources { journal: journal.iter().collect(), ..Sources::default() };
    assert_eq!(words(&merge(&alone, &Wanted::default())), ["14:09:03 task"]);
    let head = task("5", "SUCCESSFUL", "14:01:00", Some("14:09:00"));
    let both = Sources { listed: vec![&head], ..alone };
    assert_eq!(words(&merge(&both, &Wanted::default())), ["14:01:00 task", "14:09:00 task"]);
}

#[test]
fn one_cluster_and_a_span_can_be_asked_for_and_notes_of_none_belong_to_all() {
    let other = ClusterRef { profile: "prod".into(), id: "2".into() };
    let note = |seq, clock, cluster| record(seq, clock, What::Note { cluster, text: "n".into() });
    let journal = [
        note(1, "09:00:00", Some(protoss())),
        note(2, "14:00:00", Some(protoss())),
        note(3, "14:00:01", Some(other)),
        note(4, "14:00:02", None),
    ];
    let sources = Sources { journal: journal.iter().collect(), ..Sources::default() };
    let wanted = Wanted { cluster: Some(protoss()), since: Some(at("12:00:00")) };
    assert_eq!(words(&merge(&sources, &wanted)), ["14:00:00 note", "14:00:02 note"]);
}

#[test]
fn an_order_to_a_task_belongs_to_the_tasks_cluster() {
    let action = Action::Task { task: task_ref("5"), verb: crate::domain::action::TaskVerb::Retry };
    let order = Intent { subject: Subject::of(&action), ..intent("r") };
    let journal = [record(1, "14:00:00", What::Intent(Box::new(order)))];
    let head = task("5", "FAILED", "13:00:00", Some("13:30:00"));
    let sources = Sources { journal: journal.iter().collect(), listed: vec![&head], ..Sources::default() };
    let of = |cluster| merge(&sources, &Wanted { cluster: Some(cluster), since: None }).len();
    assert_eq!(of(protoss()), 3);
    assert_eq!(of(ClusterRef { profile: "prod".into(), id: "2".into() }), 0);
}

#[test]
fn a_timeline_is_bounded_and_keeps_the_newest() {
    let journal: Vec<Record> = (0..limits::TIMELINE_MOMENTS as u64 + 50)
        .map(|seq| Record {
            at: at("10:00:00").plus(Span::from_secs(seq as i64)),
            ..record(seq, "10:00:00", What::Note { cluster: None, text: "n".into() })
        })
        .collect();
    let all = merge(&Sources { journal: journal.iter().collect(), ..Sources::default() }, &Wanted::default());
    assert_eq!(all.len(), limits::TIMELINE_MOMENTS);
    assert_eq!(all.last().map(|m| m.at), journal.last().map(|r| r.at));
}

fn zone(name: &str, word: &str, servers: &[(&str, &str, Option<&str>)]) -> Zone {
    let server = |(address, word, stopped): &(&str, &str, Option<&str>)| Server {
        status: health(word),
        stopped: stopped.map(at),
        ..samples::server(name, address)
    };
    Zone { status: health(word), ..samples::zone(name, servers.iter().map(server).collect()) }
}

#[test]
fn two_polls_that_differ_tell_each_server_and_zone_once() {
    let before =
        [zone("zone2", "RUNNING", &[("a", "RUNNING", None), ("b", "RUNNING", None), ("c", "RUNNING", None)])];
    let now = [zone(
        "zone2",
        "STOPPING",
        &[("a", "STOPPED", Some("14:02:31")), ("b", "RUNNING", Some("14:02:30")), ("d", "RUNNING", None)],
    )];
    let hour = [Parameter { name: offline::PARAMETER.into(), values: vec!["1h".into()] }];
    let found = changes(&protoss(), (&before, &now), &hour, at("14:02:32"), Span::from_secs(2));
    let told: Vec<String> = found
        .iter()
        .map(|c| {
            let who = c.server.clone().unwrap_or_else(|| c.zone.text().clone());
            format!("{} {} → {}", who.raw(), c.from.raw(), c.to.raw())
        })
        .collect();
    assert_eq!(
        told,
        [
            "zone2 RUNNING → STOPPING",
            "a RUNNING → STOPPED",
            "b RUNNING → RUNNING (service stopped)",
            "d  → RUNNING",
            "c RUNNING → ",
        ]
    );
    assert_eq!(found[1].limit_ends, Some(at("15:02:31")));
    assert_eq!(found[2].limit_ends, None, "its process is there");
    assert!(changes(&protoss(), (&now, &now), &hour, at("14:03:00"), Span::ZERO).is_empty());
}

#[test]
fn a_followed_task_keeps_its_begun_steps_in_order_and_no_more_than_the_limit() {
    let many = 2 * limits::TIMELINE_STEPS;
    let subtasks = (0..many)
        .map(|i| Subtask {
            started: (i % 10 != 0).then(|| at("10:00:00").plus(Span::from_secs(i as i64))),
            ..samples::subtask(&format!("{i}"), "Wait node", "SUCCESSFUL")
        })
        .collect();
    let task = samples::task(task("1", "RUNNING", "10:00:00", None), crate::domain::fold::flat(subtasks));
    let followed = Followed::of(&task);
    assert_eq!(followed.steps.len(), limits::TIMELINE_STEPS);
    assert!(followed.steps.is_sorted_by_key(|s| s.started));
    assert_eq!(followed.steps.last().map(|s| s.id.raw()), Some(format!("{}", many - 1).as_str()));
}
