//! Orders: what arrives at the agent, sealed and once.

use obdeck::domain::action::{Action, Force, Scope, SubtaskVerb, TaskVerb, Verb};
use obdeck::domain::capability::{Mode, WhyNot};
use obdeck::domain::id::{ProfileName, SubtaskId, TaskId, TaskRef, ZoneName};
use obdeck::domain::outcome::{Held, Outcome, ReadErrorKind};
use obdeck::domain::request::HeaderValue;
use obdeck::plane::ControlPlane as _;
use obdeck::plane::obshell::{Login, ObshellProfile};

use super::super::server::{approved, json, ok};
use super::agent::{
    DAG, INFO, PASSWORD, action_of, agent, agent_with, client, connect, keys, open, order, profile, refuse,
    sealed, server, zone,
};

fn pass() -> Vec<String> {
    vec!["22130706433028861".to_owned()]
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table of requests")]
async fn every_mode_of_every_scope_is_the_documented_request() {
    let (stop, start) = ("/api/v1/ob/stop", "/api/v1/ob/start");
    let zone_route = "/api/v1/ob/zone/zone2/stop";
    let cases: [(Verb, Scope, Force, &str, &str); 13] = [
        (
            Verb::Stop,
            Scope::Cluster,
            Mode::Force.force(pass()),
            stop,
            r#"{"scope":{"type":"GLOBAL"},"force":true,"forcePassDag":{"id":["22130706433028861"]}}"#,
        ),
        (
            Verb::Stop,
            Scope::Cluster,
            Mode::Freeze.force(Vec::new()),
            stop,
            r#"{"scope":{"type":"GLOBAL"},"force":false,"terminate":true}"#,
        ),
        (
            Verb::Stop,
            zone(),
            Force::default(),
            stop,
            r#"{"scope":{"type":"ZONE","target":["zone2"]},"force":false}"#,
        ),
        (
            Verb::Stop,
            zone(),
            Mode::Force.force(Vec::new()),
            stop,
            r#"{"scope":{"type":"ZONE","target":["zone2"]},"force":true}"#,
        ),
        (
            Verb::Stop,
            zone(),
            Mode::Freeze.force(Vec::new()),
            stop,
            r#"{"scope":{"type":"ZONE","target":["zone2"]},"force":false,"terminate":true}"#,
        ),
        (Verb::Stop, zone(), Mode::Process.force(Vec::new()), zone_route, r#"{"freeze_server":false}"#),
        (
            Verb::Stop,
            zone(),
            Mode::ProcessFreeze.force(pass()),
            zone_route,
            r#"{"freeze_server":true,"forcePassDag":{"id":["22130706433028861"]}}"#,
        ),
        (
            Verb::Stop,
            server(),
            Force::default(),
            stop,
            r#"{"scope":{"type":"SERVER","target":["127.0.0.2:2886"]},"force":false}"#,
        ),
        (
            Verb::Stop,
            server(),
            Mode::Force.force(Vec::new()),
            stop,
            r#"{"scope":{"type":"SERVER","target":["127.0.0.2:2886"]},"force":true}"#,
        ),
        (
            Verb::Stop,
            server(),
            Mode::Freeze.force(Vec::new()),
            stop,
            r#"{"scope":{"type":"SERVER","target":["127.0.0.2:2886"]},"force":false,"terminate":true}"#,
        ),
        (Verb::Start, Scope::Cluster, Force::default(), start, r#"{"scope":{"type":"GLOBAL"}}"#),
        (
            Verb::Start,
            zone(),
            Mode::Plain.force(pass()),
            start,
            r#"{"scope":{"type":"ZONE","target":["zone2"]},"forcePassDag":{"id":["22130706433028861"]}}"#,
        ),
        (
            Verb::Start,
            server(),
            Force::default(),
            start,
            r#"{"scope":{"type":"SERVER","target":["127.0.0.2:2886"]}}"#,
        ),
    ];
    for (verb, scope, force, path, body) in cases {
        let agent = agent(|_, _| ok(DAG));
        let plane = client(&agent);
        let action = order(verb, scope, force);
        let planned = plane.plan(&action).unwrap();
        assert_eq!(planned.body.as_deref(), Some(body));
        let outcome = plane.submit(approved(action)).await;
        let Outcome::Accepted { task: Some(task), .. } = outcome else { panic!("{body}: {outcome:?}") };
        assert_eq!(task.head.at.id.raw(), "221307064330288636");
        let opened = action_of(&agent);
        assert_eq!((opened.seen.path(), opened.body.as_str()), (path, body));
        assert_eq!(planned.path_and_query, path);
    }
}

#[tokio::test]
async fn the_request_block_and_the_bytes_on_the_wire_are_one() {
    let agent = agent(|_, _| ok(DAG));
    let plane = client(&agent);
    let action = order(Verb::Stop, zone(), Force::default());
    plane.submit(approved(action.clone())).await;
    let opened = action_of(&agent);
    let planned = plane.plan(&action).unwrap();
    let wire = opened.seen.headers();
    let names: Vec<&str> = planned.headers.iter().map(|h| h.name.as_str()).collect();
    assert_eq!(wire.iter().map(|(n, _)| n.as_str()).collect::<Vec<_>>(), names);
    for (header, (name, value)) in planned.headers.iter().zip(&wire) {
        if let HeaderValue::Plain(v) = &header.value {
            assert_eq!(v, value, "{name}");
        }
    }
    assert_eq!(opened.header["auth"], PASSWORD);
    assert_eq!(opened.header["uri"], "/api/v1/ob/stop");
    // 2026-11-21T02:00:00Z and a minute.
    assert_eq!(opened.header["ts"], "1795226460");
    assert_eq!(opened.seen.header("x-obshell-trace-id").unwrap().len(), 16);
    assert_eq!(planned.user, "root@sys");
    let everything = format!("{planned:?} {:?} {plane:?}", agent.seen());
    assert!(!everything.contains("canary"), "{everything}");
}

#[tokio::test]
async fn key_iv_and_trace_are_fresh_for_each_request() {
    let agent = agent(|_, _| ok(DAG));
    let plane = client(&agent);
    for _ in 0..2 {
        plane.submit(approved(order(Verb::Stop, zone(), Force::default()))).await;
    }
    let posts = agent.posts();
    let keys: Vec<_> = posts.iter().map(|p| open(&keys()[0].1, p).unwrap().header["keys"].clone()).collect();
    assert_ne!(keys[0], keys[1]);
    assert_ne!(posts[0].header("x-obshell-trace-id"), posts[1].header("x-obshell-trace-id"));
    assert_ne!(posts[0].body, posts[1].body);
}

#[tokio::test]
async fn an_agent_that_announces_nothing_gets_the_first_protection_and_a_clear_body() {
    let agent = agent_with(1, r#"{"version":"4.2.2.0"}"#, |_, _| ok(DAG));
    let plane = connect(ObshellProfile {
        password: obdeck::domain::secret::Secret::new("pw".to_owned()),
        ..profile(&agent.url())
    });
    let outcome = plane.submit(approved(order(Verb::Stop, server(), Mode::Force.force(Vec::new())))).await;
    assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
    let post = &agent.posts()[0];
    let opened = open(&keys()[1].1, post).unwrap();
    assert!(post.header("x-ocs-auth").is_some() && post.header("x-ocs-header").is_none());
    assert_eq!(opened.header, serde_json::json!({"password": "pw", "ts": 1_795_226_460}));
    assert_eq!(opened.body, r#"{"scope":{"type":"SERVER","target":["127.0.0.2:2886"]},"force":true}"#);
}

#[tokio::test]
async fn the_agents_own_password_goes_in_its_own_header() {
    let agent = agent_with(0, INFO, |_, _| ok(DAG));
    let plane = connect(ObshellProfile { login: Login::Agent, ..profile(&agent.url()) });
    plane.submit(approved(order(Verb::Stop, zone(), Force::default()))).await;
    let opened = action_of(&agent);
    assert!(opened.seen.header("x-ocs-agent-header").is_some());
    assert!(opened.seen.header("x-ocs-header").is_none());
}

#[tokio::test]
async fn operators_go_to_the_dag_and_pass_of_a_step_to_its_stage() {
    const WHOLE: &str = r#"{"id":"77","name":"Stop OB","stage":1,"max_stage":1,"state":"FAILED","operator":"RUN","nodes":[
      {"id":"75","name":"Make sure all agents are ready","state":"FAILED","operator":"RUN","sub_tasks":[
       {"id":"76","name":"x","state":"FAILED","operator":"RUN","execute_times":1}]}]}"#;
    let task = TaskRef { profile: ProfileName::new("test"), id: TaskId::new("77") };
    for (verb, word) in [
        (TaskVerb::Retry, "RETRY"),
        (TaskVerb::Rollback, "ROLLBACK"),
        (TaskVerb::Cancel, "CANCEL"),
        (TaskVerb::Pass, "PASS"),
    ] {
        let agent = agent(|_, _| json(200, r#"{"successful":true,"status":200,"traceId":"a1"}"#));
        let outcome = client(&agent).submit(approved(Action::Task { task: task.clone(), verb })).await;
        assert!(matches!(outcome, Outcome::Accepted { task: None, .. }), "{outcome:?}");
        let opened = action_of(&agent);
        assert_eq!(opened.seen.path(), "/api/v1/task/dag/77");
        assert_eq!(opened.body, format!(r#"{{"operator":"{word}"}}"#));
    }
    let agent = agent(|o, _| if o.seen.is_post() { json(200, r#"{"successful":true}"#) } else { ok(WHOLE) });
    let plane = client(&agent);
    let step = |verb| Action::Subtask { task: task.clone(), subtask: SubtaskId::new("76"), verb };
    // The three kinds count their IDs apart: without the task read, 76 may be any node.
    assert_eq!(plane.plan(&step(SubtaskVerb::Skip)).unwrap_err(), WhyNot::NothingSelected);
    assert_eq!(plane.plan(&step(SubtaskVerb::Retry)).unwrap_err(), WhyNot::ObshellOperatesOnTasks);
    plane.task(&TaskId::new("77")).await.unwrap();
    let outcome = plane.submit(approved(step(SubtaskVerb::Skip))).await;
    assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
    assert_eq!(action_of(&agent).seen.path(), "/api/v1/task/node/75");
    assert_eq!(action_of(&agent).body, r#"{"operator":"PASS"}"#);
}

#[tokio::test]
async fn a11_a13_what_may_not_be_sent_is_not() {
    let agent = agent(|_, _| ok(DAG));
    let plane = connect(ObshellProfile { read_only: true, ..profile(&agent.url()) });
    let stop = || order(Verb::Stop, zone(), Force::default());
    assert_eq!(plane.plan(&stop()).unwrap_err(), WhyNot::ReadOnly);
    assert_eq!(plane.submit(approved(stop())).await, Outcome::Held(Held::ReadOnly));
    let other = connect(ObshellProfile { name: ProfileName::new("other"), ..profile(&agent.url()) });
    assert!(matches!(other.submit(approved(stop())).await, Outcome::Refused(_)));
    let plane = client(&agent);
    for (action, why) in [
        (order(Verb::Restart, zone(), Force::default()), WhyNot::ObshellHasNoRestart),
        (order(Verb::Stop, Scope::Cluster, Force::default()), WhyNot::ObshellClusterNeedsKill),
        (order(Verb::Start, zone(), Mode::Force.force(Vec::new())), WhyNot::ObshellStartHasNoModes),
        (
            order(Verb::Stop, Scope::Zone(ZoneName::new("..")), Mode::Process.force(Vec::new())),
            WhyNot::Prohibited,
        ),
    ] {
        assert_eq!(plane.plan(&action).unwrap_err(), why);
        let outcome = plane.submit(approved(action)).await;
        assert!(matches!(outcome, Outcome::Refused(_)), "{outcome:?}");
    }
    assert_eq!(agent.count(), 0);
}

#[tokio::test]
async fn x13_a_zone_name_arrives_as_one_segment_and_as_signed() {
    for (name, path) in [("a/b?c#d", "a%2Fb%3Fc%23d"), ("集 群", "%E9%9B%86%20%E7%BE%A4")] {
        let agent = agent(|_, _| ok(DAG));
        let action = order(Verb::Stop, Scope::Zone(ZoneName::new(name)), Mode::Process.force(Vec::new()));
        client(&agent).submit(approved(action)).await;
        let opened = action_of(&agent);
        assert_eq!(opened.seen.path(), format!("/api/v1/ob/zone/{path}/stop"));
        assert_eq!(opened.header["uri"], opened.seen.path());
    }
}

#[tokio::test]
async fn the_zones_check_is_evidence_and_not_an_order() {
    let plain = order(Verb::Stop, zone(), Force::default());
    let check = agent(|_, _| json(200, r#"{"successful":true,"status":200,"traceId":"a1"}"#));
    let checked = client(&check).check(&plain).await.unwrap().value.unwrap();
    assert!(checked.passed);
    assert_eq!(sealed(&check)[0].path(), "/api/v1/ob/zone/zone2/stop/check");
    let check = agent(|_, _| refuse(400, "OB.Server.StoppedInMultiZone"));
    let checked = client(&check).check(&plain).await.unwrap().value.unwrap();
    assert_eq!((checked.passed, checked.words.raw()), (false, "words of OB.Server.StoppedInMultiZone"));
    let old = agent(|_, _| refuse(404, "Common.NotFound"));
    assert_eq!(client(&old).check(&plain).await.unwrap().value, None);
    let crash = agent(|_, _| refuse(500, "Common.Unexpected"));
    assert_eq!(client(&crash).check(&plain).await.unwrap_err().kind, ReadErrorKind::Server);
    let none = agent(|_, _| ok(DAG));
    assert_eq!(
        client(&none).check(&order(Verb::Stop, server(), Force::default())).await.unwrap().value,
        None
    );
    assert_eq!(none.count(), 0);
}
