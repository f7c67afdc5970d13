//! The client against the stand-in: an operator's whole way through agents.

use std::sync::Arc;
use std::time::Duration;

use obdeck::domain::action::{Action, ClusterAction, Force, Scope, TaskVerb, Verb};
use obdeck::domain::capability::Mode;
use obdeck::domain::id::ProfileName;
use obdeck::domain::outcome::{Exit, Outcome, ReadErrorKind};
use obdeck::domain::secret::Secret;
use obdeck::domain::status::{Health, Phase};
use obdeck::domain::task::{Task, TaskFilter};
use obdeck::domain::time::Timestamp;
use obdeck::domain::topology::Cluster;
use obdeck::plane::ControlPlane as _;
use obdeck::plane::obshell::{Obshell, ObshellProfile};
use obdeck::sim::obshell::{Options, Protection};
use obdeck::sim::{self, Clock};

use super::super::server::approved;

pub(super) struct Desk {
    pub(super) sim: sim::Obshell,
    pub(super) plane: Obshell,
}

impl Desk {
    pub(super) async fn start(options: Options) -> Self {
        let sim = sim::Obshell::serve(Options { clock: Some(Clock::manual()), ..options }).await.unwrap();
        let clock = sim.clock().clone();
        let urls = sim.urls();
        let password = Secret::new(sim.password().to_owned());
        let profile = ObshellProfile {
            peers: urls[1..].to_vec(),
            ..ObshellProfile::new(ProfileName::new("edge"), urls[0].clone(), password)
        };
        let now = move || Timestamp::from_millis(clock.wall());
        Self { plane: Obshell::connect(profile, Arc::new(now)).unwrap(), sim }
    }
    pub(super) async fn calm() -> Self {
        Self::start(Options::default()).await
    }
    async fn cluster(&self) -> Cluster {
        self.plane.clusters().await.unwrap().value.remove(0)
    }
    pub(super) async fn action(&self, verb: Verb, part: &str, mode: Mode) -> Action {
        let c = self.cluster().await;
        let zone = c.zones.last().unwrap();
        let scope = match part {
            "zone" => Scope::Zone(zone.name.clone()),
            "server" => {
                let s = &zone.servers[0];
                Scope::Server { id: s.id.clone(), address: s.address.clone(), zone: s.zone.clone() }
            }
            _ => Scope::Cluster,
        };
        let force = mode.force(Vec::new());
        Action::Cluster(ClusterAction { verb, cluster: c.at, cluster_name: c.name, scope, force })
    }
    /// Sends and follows; one arrival, and every poll readable.
    async fn done(&self, verb: Verb, part: &str, mode: Mode) -> Task {
        let before = self.orders();
        let action = self.action(verb, part, mode).await;
        let outcome = self.plane.submit(approved(action)).await;
        let Outcome::Accepted { task: Some(task), .. } = outcome else {
            panic!("{part} {mode:?}: {outcome:?}")
        };
        assert_eq!(self.orders(), before + 1);
        self.to_the_end(&task).await
    }
    async fn to_the_end(&self, task: &Task) -> Task {
        for _ in 0..400 {
            let seen = self.plane.task(&task.head.at.id).await.unwrap().value;
            if seen.phase().is_resting() {
                return seen;
            }
            let alarmed = seen
                .graph
                .nodes
                .iter()
                .flat_map(|n| &n.inner)
                .any(|i| i.task.as_ref().is_ok_and(|t| t.phase() == Phase::Failed));
            assert!(!alarmed, "a meeting point is no failure while the main DAG runs");
            self.sim.clock().advance(Duration::from_secs(1));
        }
        panic!("{:?} does not end", task.head.at);
    }
    fn orders(&self) -> usize {
        let is_order = |t: &str| !t.ends_with("/check");
        self.sim.arrivals().iter().filter(|a| a.method == "POST" && is_order(&a.target)).count()
    }
    async fn health(&self) -> Vec<Health> {
        self.cluster().await.zones.iter().flat_map(|z| &z.servers).map(|s| s.status.is).collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_zones_and_the_cluster_are_stopped_in_every_mode_and_started_again() {
    let desk = Desk::calm().await;
    for (part, mode, stages) in [
        ("server", Mode::Plain, 6),
        ("server", Mode::Force, 5),
        ("server", Mode::Freeze, 6),
        ("zone", Mode::Plain, 6),
        ("zone", Mode::Process, 6),
        ("zone", Mode::ProcessFreeze, 7),
        ("zone", Mode::Freeze, 6),
        ("zone", Mode::Force, 5),
        ("cluster", Mode::Freeze, 6),
        ("cluster", Mode::Force, 5),
    ] {
        let end = desk.done(Verb::Stop, part, mode).await;
        assert_eq!((end.phase(), end.graph.defects.len()), (Phase::Done, 0), "{part} {mode:?}");
        assert_eq!((end.stage.unwrap().max, end.graph.nodes.len()), (stages, stages as usize));
        let inner: Vec<_> = end.graph.nodes.iter().flat_map(|n| &n.inner).collect();
        assert_eq!(inner.len(), 3, "a sub DAG on every agent");
        // Each ends with PASS, as it must, and went all its way.
        assert!(inner.iter().all(|i| i.task.as_ref().is_ok_and(|t| t.phase() == Phase::Done)));
        let up = desk.health().await.iter().filter(|h| **h == Health::Up).count();
        assert_eq!(up, if part == "cluster" { 0 } else { 2 }, "{part} {mode:?}");
        let end = desk.done(Verb::Start, part, Mode::Plain).await;
        assert_eq!(end.phase(), Phase::Done, "start {part}");
        assert_eq!(desk.health().await, [Health::Up; 3]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_protection_and_short_keys_are_spoken_too() {
    for (protection, key_bits) in [(Protection::V2, 512), (Protection::V1, 1024)] {
        let desk = Desk::start(Options { protection, key_bits, ..Options::default() }).await;
        assert_eq!(desk.done(Verb::Stop, "zone", Mode::Plain).await.phase(), Phase::Done);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_is_asked_for_once() {
    let desk = Desk::calm().await;
    let clock = desk.sim.clock().clone();
    let profile = ObshellProfile {
        peers: desk.sim.urls()[1..].to_vec(),
        ..ObshellProfile::new(ProfileName::new("edge"), desk.sim.url(), Secret::new("wrong".to_owned()))
    };
    let plane = Obshell::connect(profile, Arc::new(move || Timestamp::from_millis(clock.wall()))).unwrap();
    assert_eq!(plane.clusters().await.unwrap_err().kind, ReadErrorKind::Unauthenticated);
    assert_eq!(plane.clusters().await.unwrap_err().kind, ReadErrorKind::PollingStopped);
    let sealed = desk.sim.arrivals().iter().filter(|a| a.header_clear.is_some()).count();
    assert_eq!(sealed, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hanging_stop_is_found_cancelled_and_passed_over() {
    let desk = Desk::calm().await;
    desk.sim.set_freeze_hangs(true);
    let stop = desk.action(Verb::Stop, "zone", Mode::ProcessFreeze).await;
    let outcome = desk.plane.submit(approved(stop)).await;
    let Outcome::Accepted { task: Some(task), .. } = outcome else { panic!("{outcome:?}") };
    let held = task.head.at.id.clone();
    for _ in 0..20 {
        desk.sim.clock().advance(Duration::from_secs(1));
        desk.plane.task(&held).await.unwrap();
    }
    let unfinished = TaskFilter { unfinished: true, ..TaskFilter::default() };
    let list = desk.plane.tasks(&unfinished).await.unwrap().value;
    assert_eq!(
        list.iter().map(|t| &t.at.id).collect::<Vec<_>>(),
        [&held],
        "found again, its sub DAGs inside it"
    );
    assert_eq!((list[0].target.raw(), list[0].cluster_name.raw()), ("zone3", "edge"));
    // A second stop is taken, and fails for the lock that the first one holds.
    let second = desk.done(Verb::Stop, "server", Mode::Force).await;
    assert_eq!((second.phase(), second.stage.unwrap().now), (Phase::Failed, 2));
    // A failed one takes no operator; the words are the agent's.
    let at = |id: &obdeck::domain::id::TaskId| obdeck::domain::id::TaskRef {
        profile: ProfileName::new("edge"),
        id: id.clone(),
    };
    let verb = |verb, id| Action::Task { task: at(id), verb };
    for operator in [TaskVerb::Retry, TaskVerb::Rollback, TaskVerb::Pass, TaskVerb::Cancel] {
        let outcome = desk.plane.submit(approved(verb(operator, &second.head.at.id))).await;
        assert_eq!(outcome.exit(), Exit::Conflict, "{operator:?} {outcome:?}");
    }
    let outcome = desk.plane.submit(approved(verb(TaskVerb::Cancel, &held))).await;
    assert!(matches!(outcome, Outcome::Accepted { task: None, .. }), "{outcome:?}");
    assert_eq!(desk.to_the_end(&task).await.phase(), Phase::Failed);
    // Its sub DAGs still hold the agents: it stays listed until they are passed over.
    let list = desk.plane.tasks(&unfinished).await.unwrap().value;
    assert!(list.iter().any(|t| t.at.id == held), "{list:?}");
    let Action::Cluster(again) = desk.action(Verb::Stop, "server", Mode::Force).await else { unreachable!() };
    let force = Force { pass_dags: vec![held.raw().to_owned()], ..again.force.clone() };
    let mut ends = Vec::new();
    // Where an earlier sub DAG still runs, the first request only ends it; sent again it goes through.
    for _ in 0..2 {
        let action = Action::Cluster(ClusterAction { force: force.clone(), ..again.clone() });
        let outcome = desk.plane.submit(approved(action)).await;
        let Outcome::Accepted { task: Some(task), .. } = outcome else { panic!("{outcome:?}") };
        ends.push(desk.to_the_end(&task).await.phase());
        if ends.last() == Some(&Phase::Done) {
            break;
        }
    }
    assert_eq!(ends.last(), Some(&Phase::Done), "{ends:?}");
    assert_eq!(desk.plane.tasks(&unfinished).await.unwrap().value.len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_cancelled_stop_left_behind_is_passed_and_reads_as_passed() {
    let desk = Desk::calm().await;
    desk.sim.set_freeze_hangs(true);
    let stop = desk.action(Verb::Stop, "zone", Mode::ProcessFreeze).await;
    let Outcome::Accepted { task: Some(main), .. } = desk.plane.submit(approved(stop)).await else {
        panic!("not accepted")
    };
    for _ in 0..20 {
        desk.sim.clock().advance(Duration::from_secs(1));
        desk.plane.task(&main.head.at.id).await.unwrap();
    }
    let verb = |verb, at: &obdeck::domain::id::TaskRef| approved(Action::Task { task: at.clone(), verb });
    let outcome = desk.plane.submit(verb(TaskVerb::Cancel, &main.head.at)).await;
    assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
    let failed = desk.to_the_end(&main).await;
    let inner: Vec<Task> = failed
        .graph
        .nodes
        .iter()
        .flat_map(|n| &n.inner)
        .map(|i| (**i.task.as_ref().unwrap()).clone())
        .collect();
    assert!(inner.iter().all(|t| t.phase() == Phase::Failed), "after the main DAG's end it is a failure");
    for sub in &inner {
        let outcome = desk.plane.submit(verb(TaskVerb::Pass, &sub.head.at)).await;
        assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
    }
    desk.sim.clock().advance(Duration::from_secs(3));
    for sub in &inner {
        let passed = desk.plane.task(&sub.head.at.id).await.unwrap().value;
        assert_eq!((passed.phase(), passed.head.operation.word.raw()), (Phase::Skipped, "PASS"));
        let never_ran: Vec<_> = passed.subtasks().filter(|s| s.runs == 0).collect();
        assert!(!never_ran.is_empty() && never_ran.iter().all(|s| s.phase() == Phase::Skipped));
    }
    let unfinished = TaskFilter { unfinished: true, ..TaskFilter::default() };
    assert_eq!(desk.plane.tasks(&unfinished).await.unwrap().value, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a17_the_agent_that_runs_the_stop_goes_away_and_comes_back() {
    let desk = Desk::calm().await;
    let stop = desk.action(Verb::Stop, "zone", Mode::Process).await;
    let Outcome::Accepted { task: Some(task), .. } = desk.plane.submit(approved(stop)).await else {
        panic!("not accepted")
    };
    desk.sim.clock().advance(Duration::from_secs(2));
    assert!(desk.sim.agent_down(0).await);
    let e = desk.plane.task(&task.head.at.id).await.unwrap_err();
    assert_eq!(e.kind, ReadErrorKind::Unreachable);
    assert!(e.why.raw().contains("is away"), "{}", e.why);
    // The rest of the cluster is read through another agent.
    assert_eq!(desk.cluster().await.zones.len(), 3);
    assert!(desk.sim.agent_up(0).await.unwrap());
    assert!(desk.to_the_end(&task).await.phase().is_resting());
    assert_eq!(desk.orders(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a18_an_agent_with_a_new_key_gets_the_order_once() {
    let desk = Desk::calm().await;
    desk.cluster().await;
    desk.sim.change_key(0).unwrap();
    let end = desk.done(Verb::Stop, "zone", Mode::Plain).await;
    assert_eq!(end.phase(), Phase::Done);
    assert_eq!(desk.plane.notices().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_database_the_cluster_is_told_by_its_agents() {
    let desk = Desk::calm().await;
    desk.sim.set_database_down(true);
    let c = desk.cluster().await;
    assert!(c.unreachable.is_some());
    let server = desk.action(Verb::Stop, "zone", Mode::Plain).await;
    let outcome = desk.plane.submit(approved(server)).await;
    assert_eq!(outcome.exit(), Exit::Conflict, "{outcome:?}");
    let check = desk.action(Verb::Stop, "zone", Mode::Plain).await;
    let checked = desk.plane.check(&check).await;
    assert!(checked.is_err() || !checked.unwrap().value.unwrap().passed);
    assert_eq!(desk.done(Verb::Stop, "server", Mode::Force).await.phase(), Phase::Done);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rest_reads_too() {
    let desk = Desk::calm().await;
    let c = desk.cluster().await;
    let tenants = desk.plane.tenants(&c.at.id).await.unwrap().value;
    assert!(tenants.iter().all(|t| t.zones.len() == 3), "{tenants:?}");
    let units = desk.plane.units(&c.at.id).await.unwrap().value;
    assert!(!units.is_empty() && units.iter().all(|u| u.server.is_some()), "{units:?}");
    assert!(!desk.plane.parameters(&c.at.id).await.unwrap().value.is_empty());
    let info = desk.plane.info().await.unwrap().value;
    assert!(!info.version.is_empty());
    let end = desk.done(Verb::Stop, "zone", Mode::Plain).await;
    let first = end.subtasks().next().unwrap();
    let log = desk.plane.log(&end.head.at.id, &first.id).await.unwrap().value;
    assert!(!log.lines.is_empty());
    let past = desk.plane.tasks(&TaskFilter::default()).await.unwrap().value;
    assert_eq!(past.iter().filter(|t| t.at.id == end.head.at.id).count(), 1);
    let checked = desk.plane.check(&desk.action(Verb::Stop, "zone", Mode::Plain).await).await.unwrap().value;
    assert!(checked.is_some());
    let text = format!("{:?}", desk.plane);
    assert!(!text.contains(desk.sim.password()));
}

/// The DAG ends between the order and its arrival: the agent refuses with its own words, and a fresh read tells the end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a14_a_dag_that_ended_meanwhile_is_refused_in_the_agents_words_and_read_again() {
    let desk = Desk::calm().await;
    let ended = desk.done(Verb::Stop, "zone", Mode::Process).await;
    assert_eq!(ended.phase(), Phase::Done);
    let before = desk.orders();
    for verb in [TaskVerb::Cancel, TaskVerb::Retry, TaskVerb::Rollback, TaskVerb::Pass] {
        let order = Action::Task { task: ended.head.at.clone(), verb };
        let Outcome::Refused(refused) = desk.plane.submit(approved(order)).await else {
            panic!("{verb:?} of an ended DAG is refused")
        };
        assert_eq!(refused.kind, ReadErrorKind::Conflict, "{refused:?}");
        assert!(!refused.message.is_empty(), "{refused:?}");
    }
    assert_eq!(desk.orders(), before + 4, "each sent once");
    assert_eq!(desk.plane.task(&ended.head.at.id).await.unwrap().value.phase(), Phase::Done);
}
