//! Orders: what goes over the wire, that it goes once, and how each ending is told.

use obdeck::domain::action::{Action, Scope, SubtaskVerb, TaskVerb, Verb};
use obdeck::domain::capability::WhyNot;
use obdeck::domain::id::{ProfileName, SubtaskId, TaskId, TaskRef};
use obdeck::domain::outcome::{Exit, Held, Outcome, ReadErrorKind};
use obdeck::domain::request::HeaderValue;
use obdeck::domain::secret::Secret;
use obdeck::plane::ControlPlane;
use obdeck::plane::ocp::{Auth, OcpProfile};

use super::server::{
    Act, Server, TASK, answer, approved, client, cluster_action, connect, impatient, json, no, now, ok,
    profile, server_stop, zone_stop,
};

async fn submit(server: &Server, action: Action) -> Outcome {
    client(server).submit(approved(action)).await
}

/// Sends a zone stop into a fault and checks that it arrived once, if at all.
async fn into(act: impl Fn() -> Act + Send + Sync + 'static) -> Outcome {
    let server = Server::start(move |_, _| act());
    let outcome = submit(&server, zone_stop("zone2")).await;
    assert_eq!(server.count(), 1, "{outcome:?}");
    outcome
}

fn why(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Unknown { why, .. } | Outcome::NotSent { why } => why.raw().to_owned(),
        Outcome::Refused(r) => r.message.raw().to_owned(),
        Outcome::Accepted { .. } | Outcome::Held(_) => String::new(),
    }
}

fn refused(outcome: &Outcome) -> (ReadErrorKind, Exit) {
    match outcome {
        Outcome::Refused(r) => (r.kind, outcome.exit()),
        other => panic!("{other:?}"),
    }
}

/// Every header and byte of the plan is on the wire, in its order, and nothing else is.
fn assert_is_planned(plane: &obdeck::plane::ocp::Ocp, action: &Action, server: &Server) {
    let planned = plane.plan(action).unwrap();
    let posts = server.posts();
    assert_eq!(posts.len(), 1);
    let seen = &posts[0];
    assert_eq!(planned.origin, server.url());
    assert_eq!(seen.line(), format!("POST {} HTTP/1.1", planned.path_and_query));
    assert_eq!(seen.body, planned.body.unwrap_or_default().as_bytes());
    let wire = seen.headers();
    assert_eq!(
        wire.iter().map(|(n, _)| n.as_str()).collect::<Vec<_>>(),
        planned.headers.iter().map(|h| h.name.as_str()).collect::<Vec<_>>()
    );
    for (header, (name, value)) in planned.headers.iter().zip(&wire) {
        match &header.value {
            HeaderValue::Plain(v) => assert_eq!(v, value, "{name}"),
            HeaderValue::Masked(hint) => {
                let scheme = hint.split(' ').next().unwrap_or("");
                assert!(hint.starts_with('(') || value.starts_with(scheme), "{name}");
                assert_ne!(hint, value);
            }
        }
    }
    assert!(!format!("{planned:?}", planned = plane.plan(action)).contains("canary"));
}

#[tokio::test]
async fn the_request_block_and_the_bytes_on_the_wire_are_one() {
    let server = Server::start(|_, _| ok(TASK));
    let plane = client(&server);
    let outcome = plane.submit(approved(zone_stop("zone2"))).await;
    let Outcome::Accepted { task: Some(task), trace, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(task.head.at.id.raw(), "89026504");
    assert_eq!(task.graph.edges, [(0, 1)]);
    assert_eq!(trace.unwrap().raw(), "340849601d4d4ffe");
    assert_is_planned(&plane, &zone_stop("zone2"), &server);
    assert_eq!(server.posts()[0].path(), "/api/v2/ob/clusters/1/zones/zone2/stop");
}

#[tokio::test]
async fn only_stop_and_restart_of_a_server_carry_a_body() {
    for (verb, force, body) in [
        (Verb::Stop, false, r#"{"force":false}"#),
        (Verb::Stop, true, r#"{"force":true}"#),
        (Verb::Start, false, ""),
    ] {
        let Action::Cluster(a) = server_stop(false) else { unreachable!() };
        let action = cluster_action(verb, a.scope, force);
        let server = Server::start(|_, _| ok(TASK));
        let plane = client(&server);
        assert!(matches!(plane.submit(approved(action.clone())).await, Outcome::Accepted { .. }));
        assert_eq!(server.posts()[0].body, body.as_bytes());
        assert_eq!(server.posts()[0].header("content-length"), Some(body.len().to_string()));
        assert_is_planned(&plane, &action, &server);
    }
}

#[tokio::test]
async fn an_access_key_signs_the_very_bytes_that_are_sent() {
    let server = Server::start(|_, _| ok(TASK));
    let auth = Auth::AccessKey {
        id: "AK".to_owned(),
        secret: Secret::new("2fc0c299cc94c6be266f2ceece765d4d".to_owned()),
    };
    let plane = connect(OcpProfile { auth, ..profile(&server.url()) });
    plane.submit(approved(server_stop(false))).await;
    assert_is_planned(&plane, &server_stop(false), &server);
    let seen = &server.posts()[0];
    assert_eq!(seen.header("date"), Some(now().http_date()));
    assert_eq!(
        seen.header("authorization"),
        Some(format!("OCP-ACCESS-KEY-HMACSHA1 AK:{}", independent(seen)))
    );
}

/// The signature of ocp-api 1.3 written down a second time, from what arrived.
fn independent(seen: &super::server::Seen) -> String {
    use base64::Engine as _;
    use hmac::{Hmac, Mac};
    use md5::{Digest, Md5};
    let h = |n: &str| seen.header(n).unwrap();
    let md5 = format!("{:X}", Md5::digest(&seen.body));
    let message =
        format!("POST\n{md5}\n{}\n{}\n{}\n\n{}", h("content-type"), h("date"), h("host"), seen.path());
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(b"2fc0c299cc94c6be266f2ceece765d4d").unwrap();
    mac.update(message.as_bytes());
    base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes())
}

#[tokio::test]
async fn orders_to_tasks_and_subtasks_are_taken_without_data() {
    let task = TaskRef { profile: ProfileName::new("test"), id: TaskId::new("7") };
    let sub = |verb| Action::Subtask { task: task.clone(), subtask: SubtaskId::new("9"), verb };
    let whole = |verb| Action::Task { task: task.clone(), verb };
    for (action, path) in [
        (whole(TaskVerb::Retry), "/api/v2/tasks/instances/7/retry"),
        (whole(TaskVerb::Rollback), "/api/v2/tasks/instances/7/rollback"),
        (sub(SubtaskVerb::Retry), "/api/v2/tasks/instances/7/subtasks/9/retry"),
        (sub(SubtaskVerb::Skip), "/api/v2/tasks/instances/7/subtasks/9/skip"),
        (sub(SubtaskVerb::Cancel), "/api/v2/tasks/instances/7/subtasks/9/cancel"),
    ] {
        let server = Server::start(|_, _| json(200, r#"{"successful":true,"status":200,"traceId":"t"}"#));
        let outcome = submit(&server, action).await;
        assert!(matches!(outcome, Outcome::Accepted { task: None, .. }), "{outcome:?}");
        assert_eq!(server.posts()[0].path(), path);
    }
    let server = Server::start(|_, _| ok(TASK));
    let outcome = submit(&server, whole(TaskVerb::Retry)).await;
    assert!(matches!(outcome, Outcome::Accepted { task: Some(_), .. }));
}

#[tokio::test]
async fn n09_every_order_has_a_connection_of_its_own() {
    let server = Server::start(|seen, _| if seen.is_post() { ok(TASK) } else { ok(r#"{"contents":[]}"#) });
    let plane = client(&server);
    for _ in 0..2 {
        plane.clusters().await.unwrap();
        plane.submit(approved(zone_stop("zone2"))).await;
    }
    let ports: Vec<u16> = server.seen().iter().map(|s| s.from).collect();
    assert_eq!(ports[0], ports[2], "reads keep theirs");
    assert!(ports[1] != ports[0] && ports[3] != ports[0] && ports[1] != ports[3], "{ports:?}");
}

#[tokio::test]
async fn n05_an_answer_that_never_comes_is_unknown_and_can_be_looked_up() {
    let server = Server::start(|_, _| Act::Hang);
    let outcome = impatient(&server.url()).submit(approved(zone_stop("zone2"))).await;
    let Outcome::Unknown { lookup, .. } = &outcome else { panic!("{outcome:?}") };
    assert_eq!(outcome.exit(), Exit::Unknown);
    assert_eq!(lookup.name.raw(), "Stop OB zone");
    assert_eq!(lookup.cluster.as_ref().unwrap().raw(), "1");
    assert_eq!(lookup.sent, now());
    assert_eq!(server.posts().len(), 1);
}

#[tokio::test]
async fn a02_a_dropped_connection_is_unknown_and_not_sent_again() {
    let outcome = into(|| Act::Close).await;
    assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
}

#[tokio::test]
async fn n12_a_web_page_is_unknown() {
    let outcome =
        into(|| answer(200, "content-type: text/html\r\n", "<html>\u{1b}[31mPay here</html>")).await;
    assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
    assert!(why(&outcome).contains("not a control plane: got HTML"));
}

#[tokio::test]
async fn h01_a_401_refuses_and_stops_the_profile() {
    let server = Server::start(|_, _| no(401, "0", "bad login"));
    let plane = client(&server);
    let outcome = plane.submit(approved(zone_stop("z"))).await;
    assert_eq!(refused(&outcome), (ReadErrorKind::Unauthenticated, Exit::NotPermitted));
    assert_eq!(why(&outcome), "bad login");
    assert!(plane.is_stopped());
    let again = plane.submit(approved(zone_stop("z"))).await;
    assert_eq!(refused(&again), (ReadErrorKind::PollingStopped, Exit::NotPermitted));
    assert_eq!(plane.clusters().await.unwrap_err().kind, ReadErrorKind::PollingStopped);
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn h04_another_task_holds_it_is_a_conflict_whatever_the_status() {
    for (status, code) in
        [(409, "0"), (400, "11020"), (400, "\"OBE11020\""), (500, "\"OBE19012\""), (400, "12008")]
    {
        let outcome = into(move || no(status, code, "previous task not finished")).await;
        assert_eq!(refused(&outcome), (ReadErrorKind::Conflict, Exit::Conflict), "{status} {code}");
    }
}

#[tokio::test]
async fn h05_a_rate_limit_refuses_and_is_not_repeated() {
    let outcome =
        into(|| answer(429, "ratelimit-reset: 1\r\n", r#"{"successful":false,"error":{"code":0}}"#)).await;
    assert_eq!(refused(&outcome), (ReadErrorKind::RateLimited, Exit::Failed));
    let outcome = into(|| answer(503, "retry-after: 1\r\n", "")).await;
    assert_eq!(refused(&outcome), (ReadErrorKind::RateLimited, Exit::Failed));
}

#[tokio::test]
async fn h07_the_stricter_of_status_and_body_counts() {
    let outcome = into(|| json(200, r#"{"successful":false,"error":{"code":11020,"message":"held"}}"#)).await;
    assert_eq!(refused(&outcome).1, Exit::Conflict);
    let outcome = into(|| json(409, r#"{"successful":true,"data":{}}"#)).await;
    assert_eq!(refused(&outcome).1, Exit::Conflict);
    let outcome = into(|| json(200, r#"{"successful":true,"status":403}"#)).await;
    assert_eq!(refused(&outcome).1, Exit::NotPermitted);
}

#[tokio::test]
async fn h09_h10_a_yes_without_a_readable_task_is_unknown() {
    for body in [
        r#"{"successful":true}"#,
        r#"{"successful":true,"data":null}"#,
        r#"{"successful":true,"data":[]}"#,
        r#"{"successful":true,"data":{"id":1.5,"name":"x","status":"RUNNING"}}"#,
        r#"{"successful":true,"data":{}} {}"#,
        r#"{"data":{"id":1,"name":"x","status":"RUNNING"}}"#,
        "\u{feff}{\"successful\":true}",
        "",
    ] {
        let outcome = into(move || json(200, body)).await;
        assert!(matches!(outcome, Outcome::Unknown { .. }), "{body}: {outcome:?}");
    }
}

#[tokio::test]
async fn a11_a13_what_may_not_be_sent_is_not() {
    let server = Server::start(|_, _| ok(TASK));
    let plane = connect(OcpProfile { read_only: true, ..profile(&server.url()) });
    assert_eq!(plane.plan(&zone_stop("z")).unwrap_err(), WhyNot::ReadOnly);
    assert_eq!(plane.submit(approved(zone_stop("z"))).await, Outcome::Held(Held::ReadOnly));
    let other = connect(OcpProfile { name: ProfileName::new("other"), ..profile(&server.url()) });
    assert!(matches!(other.submit(approved(zone_stop("z"))).await, Outcome::Refused(_)));
    let plane = client(&server);
    assert!(plane.plan(&cluster_action(Verb::Stop, Scope::Cluster, true)).is_err());
    assert!(plane.plan(&zone_stop("..")).is_err());
    assert_eq!(server.count(), 0);
}

#[tokio::test]
async fn x13_a_zone_name_arrives_as_one_segment() {
    for (name, path) in [
        ("a/b?c#d", "a%2Fb%3Fc%23d"),
        ("%2f", "%252f"),
        ("x/../y", "x%2F..%2Fy"),
        ("../../x", "..%2F..%2Fx"),
        ("...", "..."),
        ("a\\b", "a%5Cb"),
        ("集 群", "%E9%9B%86%20%E7%BE%A4"),
    ] {
        let server = Server::start(|_, _| ok(TASK));
        let outcome = submit(&server, zone_stop(name)).await;
        assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
        assert_eq!(server.posts()[0].path(), format!("/api/v2/ob/clusters/1/zones/{path}/stop"));
    }
}
