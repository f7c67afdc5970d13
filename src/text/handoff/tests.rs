//! A note as it would be pasted into a ticket.

use super::*;
use crate::domain::action::{Action, ClusterAction, Force, Scope, Verb};
use crate::domain::guard::Basis;
use crate::domain::handoff::Seen;
use crate::domain::id::{ClusterRef, TaskRef};
use crate::domain::incident::{Sources, Wanted, merge};
use crate::domain::offline::PARAMETER;
use crate::domain::outcome::Exit;
use crate::domain::shown::Text;
use crate::domain::status::{health, operation, status};
use crate::domain::task::{Progress, TaskSummary};
use crate::domain::time::Span;
use crate::domain::timeline::{Ended, Intent, OrderId, Record, Subject, What};
use crate::domain::topology::{Cluster, Parameter, Relation, Server, Zone};

fn at(clock: &str) -> Timestamp {
    Timestamp::parse(&format!("2026-11-21T{clock}Z")).unwrap()
}

fn protoss() -> ClusterRef {
    ClusterRef { profile: "prod".into(), id: "12000001".into() }
}

fn server(zone: &str, address: &str, word: &str, stopped: Option<&str>) -> Server {
    Server {
        id: address.into(),
        zone: zone.into(),
        address: address.into(),
        version: Text::default(),
        status: health(word),
        inner_status: Text::default(),
        with_root_server: false,
        started: None,
        stopped: stopped.map(at),
        last_up: None,
        task: None,
    }
}

fn cluster(servers: Vec<Server>) -> Cluster {
    Cluster {
        at: protoss(),
        name: "protoss".into(),
        ob_cluster_id: None,
        version: Text::default(),
        status: health("RUNNING"),
        role: Text::default(),
        relation: Relation::default(),
        server_count: None,
        root_servers: Vec::new(),
        zones: vec![Zone {
            name: "zone2".into(),
            region: Text::default(),
            idc: Text::default(),
            status: health("STOPPING"),
            inner_status: Text::default(),
            server_count: None,
            servers,
            task: None,
        }],
        unreachable: None,
        task: None,
    }
}

fn record(seq: u64, clock: &str, what: What) -> Record {
    Record {
        seq,
        at: at(clock),
        offset_minutes: 0,
        operator: "oncall".into(),
        host: "h".into(),
        pid: 1,
        what,
    }
}

fn order(reason: &str, overriding: Option<&str>) -> Intent {
    let action = Action::Cluster(ClusterAction {
        verb: Verb::Stop,
        cluster: protoss(),
        cluster_name: "protoss".into(),
        scope: Scope::Zone("zone2".into()),
        force: Force::default(),
    });
    Intent {
        order: OrderId::new("a"),
        subject: Subject::of(&action),
        task_name: "Stop OB zone".into(),
        method: "POST".into(),
        origin: "https://ocp.example.com:8443".into(),
        path: "/api/v2/ob/clusters/12000001/zones/zone2/stop".into(),
        body: None,
        user: "oncall".into(),
        basis: Basis {
            codes: Vec::new(),
            refused: overriding.map(|_| "majority-lost report".to_owned()).into_iter().collect(),
            typed: None,
            reason: Some(reason.to_owned()),
            overriding: overriding.map(str::to_owned),
            at: at("14:01:09"),
        },
    }
}

fn accepted() -> Ended {
    Ended {
        order: OrderId::new("a"),
        exit: Exit::Done,
        http: 200,
        code: Text::default(),
        words: Text::default(),
        trace: Some("71e073145dba4fc8".into()),
        task: Some("89026504".into()),
        task_name: "Stop OB zone".into(),
        took: Some(Span::from_millis(141)),
    }
}

fn task(id: &str, word: &str, finished: Option<&str>) -> TaskSummary {
    TaskSummary {
        at: TaskRef { profile: "prod".into(), id: id.into() },
        name: "Stop OB zone".into(),
        status: status(word),
        operation: operation("EXECUTE"),
        cluster: Some(protoss()),
        cluster_name: "protoss".into(),
        target: "zone2".into(),
        creator: "oncall".into(),
        started: Some(at("14:01:09")),
        finished: finished.map(at),
        progress: Progress { done: 4, all: 10, active: 1, ..Progress::default() },
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
        record(2, "14:01:09", What::Ended(Box::new(accepted()))),
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
    let lost = Ended { exit: Exit::Unknown, task: None, trace: None, ..accepted() };
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
