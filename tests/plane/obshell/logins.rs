//! The other ways into an agent: its own password, and its unix socket.

use std::sync::Arc;
use std::time::Duration;

use obdeck::domain::action::Verb;
use obdeck::domain::capability::Mode;
use obdeck::domain::id::ProfileName;
use obdeck::domain::outcome::{Outcome, ReadErrorKind};
use obdeck::domain::secret::Secret;
use obdeck::domain::status::Phase;
use obdeck::domain::time::Timestamp;
use obdeck::plane::ControlPlane as _;
use obdeck::plane::obshell::{Login, Obshell, ObshellProfile};
use obdeck::sim::obshell::Options;

use super::super::server::approved;
use super::simulated::Desk;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_agents_own_password_opens_the_same_doors() {
    let desk = Desk::calm().await;
    for agent in 0..desk.sim.urls().len() {
        desk.sim.set_agent_password(agent, "canary-agent");
    }
    let clock = desk.sim.clock().clone();
    let connect = |password: &str| {
        let clock = clock.clone();
        let profile = ObshellProfile {
            login: Login::Agent,
            ..ObshellProfile::new(ProfileName::new("edge"), desk.sim.url(), Secret::new(password.to_owned()))
        };
        Obshell::connect(profile, Arc::new(move || Timestamp::from_millis(clock.wall()))).unwrap()
    };
    let plane = connect("canary-agent");
    assert_eq!(plane.clusters().await.unwrap().value.len(), 1);
    let stop = desk.action(Verb::Stop, "zone", Mode::Plain).await;
    let planned = plane.plan(&stop).unwrap();
    assert_eq!(planned.user, "the agent");
    assert!(matches!(plane.submit(approved(stop)).await, Outcome::Accepted { task: Some(_), .. }));
    let arrivals = desk.sim.arrivals();
    let order = arrivals.iter().rfind(|a| a.method == "POST").unwrap();
    let named = |name: &str| order.headers.iter().any(|(n, _)| n == name);
    assert!(named("x-ocs-agent-header") && !named("x-ocs-header"));
    assert!(!format!("{planned:?} {plane:?}").contains("canary"));
    let wrong = connect("root's password");
    let e = wrong.clusters().await.unwrap_err();
    assert_eq!(
        (e.kind, e.code.raw()),
        (ReadErrorKind::Unauthenticated, "Security.Authentication.IncorrectAgentPassword")
    );
}

/// A profile that goes through the socket of the first agent, and the desk whose agent it is.
async fn behind_a_socket() -> (Desk, tempfile::TempDir, Obshell) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("obshell.sock");
    let desk = Desk::start(Options { socket: Some(path.clone()), ..Options::default() }).await;
    let clock = desk.sim.clock().clone();
    let url = format!("unix://{}", path.display());
    let profile = ObshellProfile::new(ProfileName::new("edge"), url, Secret::new(String::new()));
    let now = Arc::new(move || Timestamp::from_millis(clock.wall()));
    (desk, home, Obshell::connect(profile, now).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn through_its_socket_an_agent_takes_orders_without_a_login() {
    let (desk, home, plane) = behind_a_socket().await;
    assert_eq!(plane.clusters().await.unwrap().value.len(), 1);
    let stop = desk.action(Verb::Stop, "zone", Mode::Plain).await;
    let before = desk.sim.arrivals().len();
    let planned = plane.plan(&stop).unwrap();
    let Outcome::Accepted { task: Some(task), .. } = plane.submit(approved(stop)).await else {
        panic!("not accepted")
    };
    let arrivals = desk.sim.arrivals();
    assert_eq!(arrivals.len(), before + 1, "no key is read first");
    let order = &arrivals[before];
    // What was shown is what was sent: in clear, with no header of a login.
    assert_eq!(Some(String::from_utf8_lossy(&order.body).as_ref()), planned.body.as_deref());
    assert!(!order.headers.iter().any(|(n, _)| n.starts_with("x-ocs")), "{:?}", order.headers);
    let names: Vec<&str> = planned.headers.iter().map(|h| h.name.as_str()).collect();
    assert_eq!(order.headers.iter().map(|(n, _)| n.as_str()).collect::<Vec<_>>(), names);
    assert_eq!(planned.socket.as_deref(), home.path().join("obshell.sock").to_str());
    for _ in 0..60 {
        desk.sim.clock().advance(Duration::from_secs(1));
    }
    assert_eq!(plane.task(&task.head.at.id).await.unwrap().value.phase(), Phase::Done);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n01_a_socket_without_an_agent_behind_it_is_named_and_nothing_is_sent() {
    let (desk, home, plane) = behind_a_socket().await;
    let stop = desk.action(Verb::Stop, "zone", Mode::Plain).await;
    assert!(desk.sim.agent_down(0).await);
    let e = plane.clusters().await.unwrap_err();
    assert_eq!(e.kind, ReadErrorKind::Unreachable);
    let address = format!("unix:{}", home.path().join("obshell.sock").display());
    assert!(e.why.raw().starts_with(&address) && e.why.raw().contains("refused"), "{}", e.why);
    let outcome = plane.submit(approved(stop.clone())).await;
    assert!(matches!(outcome, Outcome::NotSent { .. }), "{outcome:?}");
    assert!(desk.sim.agent_up(0).await.unwrap());
    assert!(matches!(plane.submit(approved(stop)).await, Outcome::Accepted { .. }));
}
