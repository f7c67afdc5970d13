//! A note as it would be pasted into a ticket.

use super::*;
use crate::domain::guard::Basis;
use crate::domain::handoff::Seen;
use crate::domain::incident::{Sources, Wanted, merge};
use crate::domain::offline::PARAMETER;
use crate::domain::outcome::Exit;
use crate::domain::samples::{self, protoss};
use crate::domain::status::health;
use crate::domain::task::{Progress, TaskSummary};
use crate::domain::time::Span;
use crate::domain::timeline::{Ended, Intent, OrderId, Record, What};
use crate::domain::topology::{Cluster, Parameter, Server, Zone};

fn at(clock: &str) -> Timestamp {
    Timestamp::parse(&format!("2026-11-21T{clock}Z")).unwrap()
}

fn server(zone: &str, address: &str, word: &str, stopped: Option<&str>) -> Server {
    Server { status: health(word), stopped: stopped.map(at), ..samples::server(zone, address) }
}

fn cluster(servers: Vec<Server>) -> Cluster {
    samples::cluster(vec![Zone { status: health("STOPPING"), ..samples::zone("zone2", servers) }])
}

fn record(seq: u64, clock: &str, what: What) -> Record {
    samples::record(seq, at(clock), what)
}

fn order(reason: &str, overriding: Option<&str>) -> Intent {
    let sent = samples::intent("a", at("14:01:09"));
    let basis = Basis {
        refused: overriding.map(|_| "majority-lost report".to_owned()).into_iter().collect(),
        reason: Some(reason.to_owned()),
        overriding: overriding.map(str::to_owned),
        ..sent.basis
    };
    Intent { basis, ..sent }
}

fn task(id: &str, word: &str, finished: Option<&str>) -> TaskSummary {
    TaskSummary {
        started: Some(at("14:01:09")),
        finished: finished.map(at),
        progress: Progress { done: 4, all: 10, active: 1, ..Progress::default() },
        ..samples::summary(id, word)
    }
}

fn hour() -> Vec<Parameter> {
    vec![Parameter { name: PARAMETER.into(), values: vec!["3600s".into()] }]
}

/// A note over a journal, a cluster and tasks.
fn noted(journal: &[Record], cluster: Option<&Cluster>, tasks: &[TaskSummary], now: &str) -> String {
    let sources =
        Sources { journal: journal.iter().collect(), listed: tasks.iter().collect(), ..Sources::default() };
    let moments = merge(&sources, &Wanted::default());
    let running = tasks
        .iter()
        .filter(|t| t.is_unfinished())
        .map(|t| Running { head: t.clone(), left: Some(Span::from_secs(3300)) })
        .collect();
    let (here, hour) = (protoss(), hour());
    let seen = Seen {
        at: &here,
        cluster: cluster.map(|c| (c, at("14:03:20"))),
        parameters: &hour,
        running,
        moments: &moments,
    };
    note(&Handoff::of(&seen, at(now)))
}

#[test]
fn a_note_in_the_midst_of_a_stop_tells_the_guides_eight_things_in_their_order() {
    let journal = [
        record(1, "14:01:09", What::Intent(Box::new(order("disk swap CHG-4411", None)))),
        record(2, "14:01:09", What::Ended(Box::new(samples::ended("a")))),
    ];
    let c = cluster(vec![
        server("zone2", "10.0.2.11:2882", "STOPPED", Some("14:02:31")),
        server("zone2", "10.0.2.12:2882", "RUNNING", None),
    ]);
    let tasks = [task("89026504", "RUNNING", None), task("89025110", "SUCCESSFUL", Some("14:02:09"))];
    let text = noted(&journal, Some(&c), &tasks, "14:03:22");
    insta::assert_snapshot!("a_stop_under_way", text);
    assert!(text.lines().count() < 12, "{text}");
}

#[test]
fn an_unknown_outcome_a_failed_task_and_an_override_are_open_risks() {
    let lost = Ended { exit: Exit::Unknown, task: None, trace: None, ..samples::ended("a") };
    let journal = [
        record(1, "14:01:09", What::Intent(Box::new(order("", Some("storage burns"))))),
        record(2, "14:02:09", What::Ended(Box::new(lost))),
    ];
    let c = cluster(vec![server("zone2", "10.0.2.11:2882", "UNAVAILABLE", None)]);
    let text = noted(&journal, Some(&c), &[task("7", "FAILED", None)], "14:03:22");
    let risks = text.lines().find(|l| l.contains("Open risks")).unwrap();
    assert!(risks.contains("OUTCOME UNKNOWN of a stop: do not send it again"), "{risks}");
    assert!(risks.contains("sent against the guard: majority-lost report"), "{risks}");
    assert!(risks.contains("failed task 7 holds the cluster"), "{risks}");
    assert!(risks.contains("and 1 more"), "what does not fit is counted: {risks}");
    assert!(text.contains("decide about failed task 7"), "{text}");
}

#[test]
fn nothing_known_makes_a_short_note_that_says_so() {
    let text = noted(&[], None, &[], "14:03:22");
    assert!(text.contains("OBServers not read") && text.contains("nothing from this console"), "{text}");
    assert!(text.contains("the servers' state is not fresh"), "{text}");
    assert!(text.lines().count() < 12, "{text}");
}

#[test]
fn x16_hostile_words_stay_words_and_the_note_stays_under_twelve_lines() {
    let hostile = "# x\n- y | @all <b>`z` [a](http://e)\u{1b}]52;c;AA\u{7}\u{202e}";
    let journal: Vec<Record> = (0..200)
        .map(|seq| {
            let mut i = order(hostile, Some(hostile));
            i.order = OrderId::new(&seq.to_string());
            i.subject.target = hostile.into();
            record(seq, "14:01:09", What::Intent(Box::new(i)))
        })
        .collect();
    let servers = (0..60).map(|_| server(hostile, hostile, hostile, None)).collect();
    let mut c = cluster(servers);
    c.name = hostile.into();
    let text = noted(&journal, Some(&c), &[], "14:03:22");
    assert!(text.lines().count() < 12, "{text}");
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}') && !text.contains("@all"), "{text}");
    assert!(!text.contains("<b>") && !text.contains("(http://"), "{text}");
    assert!(text.contains("and 197 more"), "{text}");
}
