//! The rows of the reliability table over agents that really misbehave.

use std::sync::atomic::{AtomicUsize, Ordering};

use obdeck::domain::action::{Force, Verb};
use obdeck::domain::id::TaskId;
use obdeck::domain::outcome::{Exit, Outcome, ReadErrorKind};
use obdeck::domain::task::TaskFilter;
use obdeck::domain::time::Span;
use obdeck::plane::ControlPlane as _;
use obdeck::plane::obshell::ObshellProfile;

use super::super::server::{Act, Server, answer, approved, json, ok};
use super::agent::{
    DAG, DECRYPT_FAILED, PASSWORD, agent, client, connect, impatient, keys, open, order, profile, refuse,
    sealed, zone,
};

fn stop() -> obdeck::domain::action::Action {
    order(Verb::Stop, zone(), Force::default())
}

/// Sends a zone stop into a fault and checks that it arrived once, if at all.
async fn into(act: impl Fn() -> Act + Send + Sync + 'static) -> Outcome {
    let server = agent(move |_, _| act());
    let outcome = client(&server).submit(approved(stop())).await;
    assert_eq!(sealed(&server).len(), 1, "{outcome:?}");
    assert!(!format!("{outcome:?}").contains(PASSWORD));
    outcome
}

fn is_unknown(outcome: &Outcome) -> String {
    assert_eq!(outcome.exit(), Exit::Unknown, "{outcome:?}");
    let Outcome::Unknown { why, lookup } = outcome else { panic!("{outcome:?}") };
    assert_eq!(lookup.name.raw(), "Stop OB");
    assert!(why.raw().contains("sent with trace "), "{why:?}");
    why.raw().to_owned()
}

fn refused(outcome: &Outcome) -> (ReadErrorKind, Exit) {
    match outcome {
        Outcome::Refused(r) => (r.kind, outcome.exit()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn n05_an_answer_that_never_comes_is_unknown_and_a_read_ends_in_time() {
    let server = agent(|_, _| Act::Hang);
    let plane = connect(impatient(&server.url()));
    is_unknown(&plane.submit(approved(stop())).await);
    assert_eq!(server.posts().len(), 1);
    assert_eq!(plane.clusters().await.unwrap_err().kind, ReadErrorKind::Timeout);
}

#[tokio::test]
async fn n05_a_key_that_never_comes_means_that_nothing_was_sent() {
    let server = Server::start(|_, _| Act::Hang);
    let outcome = connect(impatient(&server.url())).submit(approved(stop())).await;
    assert!(matches!(outcome, Outcome::NotSent { .. }), "{outcome:?}");
    assert!(server.posts().is_empty());
}

#[tokio::test]
async fn a02_a_dropped_connection_is_unknown_and_not_sent_again() {
    is_unknown(&into(|| Act::Close).await);
}

#[tokio::test]
async fn n12_a_web_page_is_no_control_plane() {
    let page = || answer(200, "content-type: text/html\r\n", "<html>\u{1b}[31mPay here</html>");
    assert!(is_unknown(&into(page).await).contains("not a control plane: got HTML"));
    let server = agent(move |_, _| page());
    assert_eq!(client(&server).clusters().await.unwrap_err().kind, ReadErrorKind::NotAPlane);
    // Nothing is sealed for something that is not an agent.
    let portal = Server::start(move |_, _| page());
    let outcome = client(&portal).submit(approved(stop())).await;
    assert!(matches!(outcome, Outcome::NotSent { .. }), "{outcome:?}");
    assert!(portal.posts().is_empty());
}

#[tokio::test]
async fn h01_a_refused_login_stops_every_agent_of_the_profile() {
    let bad = agent(|_, _| refuse(401, "Security.Authentication.IncorrectOceanbasePassword"));
    let peer = agent(|_, _| ok("{}"));
    let plane = connect(ObshellProfile { peers: vec![peer.url()], ..profile(&bad.url()) });
    let e = plane.clusters().await.unwrap_err();
    assert_eq!((e.kind, e.kind.exit()), (ReadErrorKind::Unauthenticated, Exit::NotPermitted));
    assert!(plane.is_stopped());
    let id = TaskId::new("1");
    let (clusters, tasks) = tokio::join!(plane.clusters(), plane.task(&id));
    assert_eq!(clusters.unwrap_err().kind, ReadErrorKind::PollingStopped);
    assert_eq!(tasks.unwrap_err().kind, ReadErrorKind::PollingStopped);
    let outcome = plane.submit(approved(stop())).await;
    assert_eq!(refused(&outcome), (ReadErrorKind::PollingStopped, Exit::NotPermitted));
    assert_eq!((sealed(&bad).len(), peer.count()), (1, 0));
    plane.resume();
    assert_eq!(plane.clusters().await.unwrap_err().kind, ReadErrorKind::Unauthenticated);
}

#[tokio::test]
async fn h01_many_reads_at_once_cost_one_wrong_password() {
    let bad = agent(|_, _| refuse(401, "Security.Authentication.IncorrectOceanbasePassword"));
    let plane = client(&bad);
    let id = TaskId::new("1");
    let _ = tokio::join!(plane.clusters(), plane.task(&id), plane.clusters(), plane.task(&id));
    assert_eq!(sealed(&bad).len(), 1);
}

#[tokio::test]
async fn h04_under_maintenance_is_a_conflict_though_it_comes_with_500() {
    for (status, code) in [
        (500, "Agent.UnderMaintenance"),
        (500, "OB.Cluster.UnderMaintenanceWithDag"),
        (400, "OB.Server.StoppedInMultiZone"),
        (400, "OB.Cluster.ForceStopRequired"),
        (400, "OB.Cluster.Tenant.Replica.Invalid"),
    ] {
        let outcome = into(move || refuse(status, code)).await;
        assert_eq!(refused(&outcome), (ReadErrorKind::Conflict, Exit::Conflict), "{code}");
        let Outcome::Refused(r) = &outcome else { unreachable!() };
        assert_eq!((r.code.raw(), r.trace.as_ref().unwrap().raw()), (code, "0bc49000675d41af"));
    }
    let outcome = into(|| refuse(400, "OB.Zone.NotExist")).await;
    assert_eq!(refused(&outcome), (ReadErrorKind::NotFound, Exit::NotFound));
}

#[tokio::test]
async fn h06_a_gateways_word_is_unknown_a_whole_envelope_refuses() {
    for status in [502, 504] {
        is_unknown(&into(move || json(status, "<html>bad gateway</html>")).await);
    }
    for code in ["MySQL.Error", "Task.CreateFailed", "Request.Body.Decrypt.AES.KeyAndIv.Invalid"] {
        let outcome = into(move || refuse(500, code)).await;
        assert_eq!(refused(&outcome), (ReadErrorKind::Server, Exit::Failed), "{code}");
    }
    for body in ["", "oops", "{}", r#"{"successful":"#] {
        is_unknown(&into(move || json(500, body)).await);
    }
}

/// A refusal in the words of the agent's last resort, which has no trace ID.
fn unexpected(message: &str) -> Act {
    let text = r#"{"successful":false,"timestamp":"2026-11-20T01:00:00Z","duration":0,"status":500,"traceId":"","data":null,"error":{"errCode":"Common.Unexpected","message":"WORDS"}}"#;
    json(500, &text.replace("WORDS", message))
}

#[tokio::test]
async fn h06_a_crash_while_an_order_is_handled_is_unknown_and_an_owner_that_is_away_refuses() {
    // The DAG may have been made before the handler crashed.
    let outcome = into(|| unexpected("Unexpected error: Internal Server Error")).await;
    assert!(is_unknown(&outcome).contains("Internal Server Error"));
    // Passed on to its owner, which may have taken it and never answered.
    for words in [
        r#"Post \"http://127.0.0.3:2886/api/v1/task/dag/2\": EOF"#,
        "context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
    ] {
        is_unknown(&into(move || unexpected(words)).await);
    }
    let away = r#"Post \"http://127.0.0.3:2886/x\": dial tcp 127.0.0.3:2886: connect: connection refused"#;
    assert_eq!(
        refused(&into(move || unexpected(away)).await),
        (ReadErrorKind::Unreachable, Exit::Unreachable)
    );
    // For a read it means "not known", and the end of nothing.
    let server = agent(|_, _| unexpected("Unexpected error: Internal Server Error"));
    let plane = client(&server);
    assert_eq!(plane.task(&TaskId::new("1")).await.unwrap_err().kind, ReadErrorKind::Server);
    assert!(!plane.is_stopped());
}

#[tokio::test]
async fn h09_a_yes_without_a_dag_is_unknown() {
    for body in [
        r#"{"successful":true}"#,
        r#"{"successful":true,"data":null}"#,
        r#"{"successful":true,"data":[]}"#,
        r#"{"successful":true,"data":{"id":1.5,"name":"x","state":"READY"}}"#,
        "",
    ] {
        is_unknown(&into(move || json(200, body)).await);
    }
    let server = agent(|_, _| json(200, r#"{"successful":true,"data":null}"#));
    let e = client(&server).task(&TaskId::new("1")).await.unwrap_err();
    assert_eq!((e.kind, e.why.raw()), (ReadErrorKind::BadAnswer, "answered, but without a task"));
}

#[tokio::test]
async fn h17_an_expired_header_tells_by_how_much_the_clocks_differ() {
    // The test's clock says 02:00:00.
    let late = "content-type: application/json\r\ndate: Sat, 21 Nov 2026 02:10:00 GMT\r\n";
    let body = r#"{"successful":false,"status":401,"error":{"errCode":"Security.Authentication.Expired","message":"Authentication expired"}}"#;
    let outcome = into(move || answer(401, late, body)).await;
    assert_eq!(outcome.exit(), Exit::NotPermitted);
    let Outcome::Refused(r) = &outcome else { unreachable!() };
    assert!(r.message.raw().contains("the clock here is 10m00s behind the agent's"), "{}", r.message);
}

/// An agent whose key changes after `before` requests for it.
fn changing(before: usize) -> Server {
    let asked = AtomicUsize::new(0);
    let keys = keys();
    Server::start(move |seen, _| {
        let count = asked.load(Ordering::Acquire);
        let (public, private) = &keys[usize::from(count > before)];
        match seen.path() {
            "/api/v1/secret" => {
                let (public, _) = &keys[usize::from(asked.fetch_add(1, Ordering::AcqRel) >= before)];
                ok(&format!(r#"{{"public_key":"{public}"}}"#))
            }
            "/api/v1/info" => ok(r#"{"version":"4.5.0.0-0","supportedAuth":["v2"]}"#),
            "/turn" => {
                asked.fetch_add(1, Ordering::AcqRel);
                ok(&format!("\"{public}\""))
            }
            _ => match open(private, seen) {
                Some(o) if o.seen.is_post() => ok(DAG),
                Some(_) => ok(r#"{"contents":null}"#),
                None => json(401, DECRYPT_FAILED),
            },
        }
    })
}

#[tokio::test]
async fn a18_a_changed_key_is_read_again_once_for_a_read_and_told() {
    let server = changing(1);
    let plane = client(&server);
    let id = TaskId::new("9");
    // Sealed with the first key.
    assert!(plane.task(&id).await.is_err());
    assert!(plane.notices().is_empty());
    turn(&server);
    let list = plane.tasks(&TaskFilter { unfinished: true, ..TaskFilter::default() }).await;
    assert!(list.unwrap().value.is_empty());
    let told = plane.notices();
    assert_eq!(told.len(), 1);
    assert!(told[0].raw().contains("another public key than before"));
    assert!(plane.notices().is_empty());
    assert!(!plane.is_stopped());
}

/// Makes the agent take its other key from now on.
fn turn(server: &Server) {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(server.addr).unwrap();
    stream.write_all(b"GET /turn HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    let _ = stream.read(&mut [0; 512]).unwrap();
}

#[tokio::test]
async fn a18_an_order_is_sealed_with_the_key_of_now_and_never_sealed_again() {
    let server = changing(1);
    let plane = client(&server);
    assert!(plane.task(&TaskId::new("9")).await.is_err());
    turn(&server);
    let outcome = plane.submit(approved(stop())).await;
    assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
    assert_eq!((server.posts().len(), plane.notices().len()), (1, 1));
    // A key that changes between reading it and sending: refused, told, and not tried again.
    let never = Server::start(|seen, _| match seen.path() {
        "/api/v1/secret" => ok(&format!(r#"{{"public_key":"{}"}}"#, keys()[0].0)),
        "/api/v1/info" => ok(super::agent::INFO),
        _ => json(401, DECRYPT_FAILED),
    });
    let plane = client(&never);
    let outcome = plane.submit(approved(stop())).await;
    assert_eq!(refused(&outcome), (ReadErrorKind::Unauthenticated, Exit::NotPermitted));
    assert_eq!(never.posts().len(), 1);
    assert!(!plane.is_stopped());
    // A read is tried with the key of now once, and not more.
    assert_eq!(plane.task(&TaskId::new("9")).await.unwrap_err().kind, ReadErrorKind::Unauthenticated);
    assert_eq!(sealed(&never).len(), 3);
}

#[tokio::test]
async fn a17_reads_go_on_with_another_agent_and_the_order_that_was_shown_goes_to_the_one_shown() {
    const WHOLE: &str = r#"{"id":"22130706433028861","name":"Stop OB","state":"RUNNING","nodes":null}"#;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let gone = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let peer = agent(|o, _| if o.seen.is_post() { ok(DAG) } else { ok(WHOLE) });
    let plane = connect(ObshellProfile { peers: vec![peer.url()], ..impatient(&gone) });
    let shown = plane.plan(&stop()).unwrap();
    assert_eq!(shown.origin, gone);
    let task = plane.task(&TaskId::new("22130706433028861")).await.unwrap().value;
    assert_eq!(task.head.name.raw(), "Stop OB");
    // It was shown with the agent that is away: there it goes, and fails; nothing arrives at another.
    let outcome = plane.submit(approved(stop())).await;
    assert!(matches!(outcome, Outcome::NotSent { .. }), "{outcome:?}");
    assert!(peer.posts().is_empty());
    assert_eq!(plane.plan(&stop()).unwrap().origin, peer.url());
    let outcome = plane.submit(approved(stop())).await;
    assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
    assert_eq!(peer.posts().len(), 1);
}

#[tokio::test]
async fn a17_an_owner_that_is_away_is_named() {
    let server = agent(|_, _| {
        json(
            500,
            r#"{"successful":false,"status":500,"traceId":"17","error":{"errCode":"Common.Unexpected","message":"Get \"http://127.0.0.3:2886/api/v1/task/dag/22130706435028861\": dial tcp 127.0.0.3:2886: connect: connection refused"}}"#,
        )
    });
    let e = client(&server).task(&TaskId::new("22130706435028861")).await.unwrap_err();
    assert_eq!(e.kind, ReadErrorKind::Unreachable);
    assert!(e.why.raw().starts_with("agent 127.0.0.3:2886, which keeps this task, is away"), "{}", e.why);
    assert_eq!(e.trace.unwrap().raw(), "17");
}

#[tokio::test]
async fn n06_a_read_has_one_deadline_for_key_and_answer_each() {
    let server = agent(|_, _| Act::Hang);
    let plane = connect(ObshellProfile { read_timeout: Span::from_millis(300), ..profile(&server.url()) });
    assert_eq!(plane.task(&TaskId::new("1")).await.unwrap_err().kind, ReadErrorKind::Timeout);
}
