//! The client against the stand-in: an operator's whole way, and what becomes of orders under faults.

use std::sync::Arc;
use std::time::Duration;

use obdeck::domain::action::{Action, ClusterAction, Force, Scope, SubtaskVerb, Verb};
use obdeck::domain::id::ProfileName;
use obdeck::domain::outcome::{Exit, Outcome, ReadErrorKind};
use obdeck::domain::secret::Secret;
use obdeck::domain::status::{Health, Phase};
use obdeck::domain::task::{Task, TaskFilter};
use obdeck::domain::time::Timestamp;
use obdeck::domain::topology::Cluster;
use obdeck::plane::ControlPlane;
use obdeck::plane::ocp::{Auth, Ocp, OcpProfile};
use obdeck::sim::faults::{Fault, What};
use obdeck::sim::{self, Clock, Options};

use super::server::{approved, profile};

struct Desk {
    sim: sim::Ocp,
    plane: Ocp,
}

impl Desk {
    async fn start(auth: impl FnOnce(&sim::Ocp) -> Auth) -> Self {
        obdeck::plane::install_tls_provider();
        let options = Options { clock: Some(Clock::manual()), ..Options::default() };
        let sim = sim::Ocp::serve(options).await.unwrap();
        let clock = sim.clock().clone();
        let profile = OcpProfile { auth: auth(&sim), ..profile(&sim.url()) };
        let now = move || Timestamp::from_millis(clock.wall());
        Self { plane: Ocp::connect(profile, Arc::new(now)).unwrap(), sim }
    }

    async fn calm() -> Self {
        Self::start(|sim| Auth::Basic {
            username: sim.username().to_owned(),
            password: Secret::new(sim.password().to_owned()),
        })
        .await
    }

    async fn cluster(&self, name: &str) -> Cluster {
        let clusters = self.plane.clusters().await.unwrap().value;
        clusters.into_iter().find(|c| c.name.raw() == name).unwrap()
    }

    async fn zone3(&self, verb: Verb, name: &str) -> Action {
        let cluster = self.cluster(name).await;
        let zones = self.plane.zones(&cluster.at.id).await.unwrap().value;
        let zone = zones.iter().find(|z| z.name.raw() == "zone3").unwrap().name.clone();
        Action::Cluster(ClusterAction {
            verb,
            cluster: cluster.at,
            cluster_name: cluster.name,
            scope: Scope::Zone(zone),
            force: Force::default(),
        })
    }

    fn posts(&self) -> usize {
        self.sim.arrivals().iter().filter(|a| a.method != "GET").count()
    }

    async fn to_the_end(&self, task: &Task) -> Task {
        for _ in 0..500 {
            let seen = self.plane.task(&task.head.at.id).await.unwrap().value;
            if seen.phase().is_resting() {
                return seen;
            }
            self.sim.clock().advance(Duration::from_secs(20));
        }
        panic!("{:?} does not end", task.head.at);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_zone_is_stopped_watched_and_started_again() {
    for (name, servers) in [("meta01", 1), ("trade12", 12)] {
        let desk = Desk::calm().await;
        let action = desk.zone3(Verb::Stop, name).await;
        let Outcome::Accepted { task: Some(task), trace, .. } = desk.plane.submit(approved(action)).await
        else {
            panic!("not accepted")
        };
        assert!(trace.is_some());
        assert_eq!((task.graph.nodes.len(), &task.graph.defects[..]), (7 + 3 * servers, &[][..]));
        assert_eq!(task.head.target.raw(), "zone3");
        let end = desk.to_the_end(&task).await;
        assert_eq!((end.phase(), end.graph.defects.len()), (Phase::Done, 0));
        let split: Vec<_> = end.subtasks().filter(|s| s.parallel_ix.is_some()).collect();
        assert_eq!(split.len(), 3 * servers);
        // Only some versions tell the list that a step was split by; where they do, addresses are shown.
        assert!(
            split.iter().all(|s| s.target.is_empty() || s.target.raw().contains(':')),
            "{:?}",
            split.first()
        );
        assert_eq!(end.head.target.raw(), "zone3", "details come without a context");
        let first = end.subtasks().next().unwrap();
        let log = desk.plane.log(&end.head.at.id, &first.id).await.unwrap().value;
        assert!(log.lines[0].as_str().starts_with("####"), "{:?}", log.lines);
        let cluster = desk.cluster(name).await.at.id;
        let zones = desk.plane.zones(&cluster).await.unwrap().value;
        let zone = zones.iter().find(|z| z.name.raw() == "zone3").unwrap();
        assert_eq!((zone.status.is, zone.up_count()), (Health::Stopped, 0));
        let start = desk.zone3(Verb::Start, name).await;
        let Outcome::Accepted { task: Some(task), .. } = desk.plane.submit(approved(start)).await else {
            panic!("not accepted")
        };
        assert_eq!(desk.to_the_end(&task).await.phase(), Phase::Done);
        assert_eq!(desk.posts(), 2);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_read_is_answered_and_reads_nothing_but_get() {
    let desk = Desk::calm().await;
    let info = desk.plane.info().await.unwrap().value;
    assert!(!info.version.is_empty() && info.skew.is_some());
    for cluster in desk.plane.clusters().await.unwrap().value {
        let id = &cluster.at.id;
        let tenants = desk.plane.tenants(id).await.unwrap().value;
        let units = desk.plane.units(id).await.unwrap().value;
        assert!(!tenants.is_empty() && !units.is_empty(), "{:?}", cluster.name);
        assert!(units.iter().all(|u| u.tenant.is_some() && u.address.raw().contains(':')));
        assert!(!desk.plane.parameters(id).await.unwrap().value.is_empty());
    }
    for task in desk.plane.tasks(&TaskFilter::default()).await.unwrap().value {
        let whole = desk.plane.task(&task.at.id).await.unwrap().value;
        assert_eq!((whole.head.name, whole.head.status), (task.name, task.status));
        assert_eq!(whole.graph.defects, []);
    }
    assert_eq!(desk.posts(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signatures_of_client_and_stand_in_agree() {
    let desk = Desk::start(|sim| Auth::AccessKey {
        id: sim.access_key_id().to_owned(),
        secret: Secret::new(sim.access_key_secret().to_owned()),
    })
    .await;
    let filter =
        TaskFilter { name: Some("Stop OB zone ü/+".to_owned()), unfinished: true, ..TaskFilter::default() };
    desk.plane.tasks(&filter).await.unwrap();
    let action = desk.zone3(Verb::Stop, "protoss").await;
    assert!(matches!(desk.plane.submit(approved(action)).await, Outcome::Accepted { .. }));
    desk.sim.faults().set_skew(20 * 60);
    let err = desk.plane.clusters().await.unwrap_err();
    assert_eq!(err.kind, ReadErrorKind::Unauthenticated);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p1_under_every_fault_an_order_arrives_at_most_once_and_is_told_right() {
    let faults = [
        (What::AnswerLost, Exit::Unknown),
        (What::HalfBody, Exit::Unknown),
        (What::CutAfter(10), Exit::Unknown),
        (What::html(), Exit::Unknown),
        (What::gateway(502), Exit::Unknown),
        (What::gateway(504), Exit::Unknown),
        (What::redirect(307, "http://127.0.0.1:9/"), Exit::Failed),
        (What::Endless, Exit::Unknown),
        (What::Reset, Exit::Unknown),
    ];
    for (what, exit) in faults {
        let desk = Desk::calm().await;
        let action = desk.zone3(Verb::Stop, "protoss").await;
        desk.sim.faults().add(Fault::new(what.clone()).on("POST", "/stop"));
        let outcome = desk.plane.submit(approved(action)).await;
        assert_eq!(outcome.exit(), exit, "{what:?}: {outcome:?}");
        assert!(desk.posts() <= 1, "{what:?}: {} arrived", desk.posts());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a01_an_order_whose_answer_was_lost_is_found_by_its_lookup() {
    let desk = Desk::calm().await;
    let action = desk.zone3(Verb::Stop, "protoss").await;
    desk.sim.faults().add(Fault::new(What::AnswerLost).on("POST", "/stop").once());
    let Outcome::Unknown { lookup, .. } = desk.plane.submit(approved(action)).await else { panic!("known") };
    let filter = TaskFilter { cluster: lookup.cluster.clone(), unfinished: true, ..TaskFilter::default() };
    let tasks = desk.plane.tasks(&filter).await.unwrap().value;
    assert_eq!(tasks.len(), 1);
    assert_eq!(tasks[0].name, lookup.name);
    assert!(tasks[0].started.unwrap() >= lookup.sent);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h04_a_second_stop_while_the_first_runs_is_a_conflict() {
    let desk = Desk::calm().await;
    let action = desk.zone3(Verb::Stop, "protoss").await;
    assert_eq!(desk.plane.submit(approved(action.clone())).await.exit(), Exit::Done);
    let outcome = desk.plane.submit(approved(action)).await;
    assert_eq!(outcome.exit(), Exit::Conflict, "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h01_a_wrong_password_spends_one_logon() {
    let desk = Desk::start(|sim| Auth::Basic {
        username: sim.username().to_owned(),
        password: Secret::new("wrong".to_owned()),
    })
    .await;
    for _ in 0..10 {
        assert!(desk.plane.clusters().await.is_err());
    }
    assert_eq!(desk.sim.arrivals().len(), 1);
    assert_eq!(*desk.plane.profile(), ProfileName::new("test"));
}

/// The task ends between the order and its arrival: the server refuses with its own words, and a fresh read tells the
/// end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a14_a_task_that_ended_meanwhile_is_refused_in_the_servers_words_and_read_again() {
    let desk = Desk::calm().await;
    assert!(desk.sim.fail_next("Stop observer process", "no answer of the host agent"));
    let stop = desk.zone3(Verb::Stop, "protoss").await;
    let Outcome::Accepted { task: Some(task), .. } = desk.plane.submit(approved(stop)).await else {
        panic!("accepted")
    };
    let failed = desk.to_the_end(&task).await;
    assert_eq!(failed.phase(), Phase::Failed);
    let step = failed.subtasks().find(|s| s.phase() == Phase::Failed).unwrap().id.clone();
    let at = failed.head.at.clone();
    // What the operator looks at says FAILED; somebody else retries, and it ends well before our order arrives.
    let retry = |verb| Action::Subtask { task: at.clone(), subtask: step.clone(), verb };
    let done = desk.plane.submit(approved(retry(SubtaskVerb::Retry))).await;
    assert!(matches!(done, Outcome::Accepted { .. }), "{done:?}");
    assert_eq!(desk.to_the_end(&failed).await.phase(), Phase::Done);
    for verb in [SubtaskVerb::Retry, SubtaskVerb::Skip] {
        let before = desk.posts();
        let Outcome::Refused(refused) = desk.plane.submit(approved(retry(verb))).await else {
            panic!("{verb:?} of an ended task is refused")
        };
        assert_eq!(refused.kind, ReadErrorKind::Conflict, "{refused:?}");
        assert!(!refused.message.is_empty() && refused.trace.is_some(), "{refused:?}");
        assert_eq!(desk.posts(), before + 1, "sent once");
    }
    assert_eq!(desk.plane.task(&at.id).await.unwrap().value.phase(), Phase::Done);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn audit_events_tell_who_did_what_and_a_role_without_the_right_is_told_so() {
    let desk = Desk::calm().await;
    let stop = desk.zone3(Verb::Stop, "protoss").await;
    assert!(matches!(desk.plane.submit(approved(stop)).await, Outcome::Accepted { .. }));
    let cluster = desk.cluster("protoss").await.at.id;
    let events = desk.plane.audit(&cluster).await.unwrap().value.unwrap();
    let newest = events.first().unwrap();
    assert_eq!(newest.event.raw(), "STOP_OB_ZONE");
    assert_eq!(newest.target.raw(), "protoss/zone3");
    assert_eq!(newest.operator.raw(), desk.sim.username());
    assert!(newest.trace.is_some());
    assert!(events.is_sorted_by_key(|e| std::cmp::Reverse(e.at)));
    let viewer = Desk::start(|sim| {
        let viewer = sim.user("viewer").unwrap();
        Auth::Basic { username: viewer.username.clone(), password: Secret::new(viewer.password.clone()) }
    })
    .await;
    let error = viewer.plane.audit(&cluster).await.unwrap_err();
    assert_eq!((error.kind, error.http), (ReadErrorKind::Forbidden, 403));
    assert!(error.trace.is_some());
}
