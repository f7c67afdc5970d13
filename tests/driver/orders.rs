//! The last look before an order to a task is sent (A10): one read of it, and nothing leaves for a state nobody has seen.

use std::sync::Arc;
use std::time::Duration;

use obdeck::domain::action::{Action, ClusterAction, Scope, SubtaskVerb, TaskVerb, Verb};
use obdeck::domain::capability::Mode;
use obdeck::domain::guard::{self, Answer, Approved, Rules};
use obdeck::domain::id::{ProfileName, TaskRef, ZoneName};
use obdeck::domain::impact::standing;
use obdeck::domain::outcome::{Held, Outcome};
use obdeck::domain::secret::Secret;
use obdeck::domain::status::Phase;
use obdeck::domain::task::Task;
use obdeck::domain::time::Timestamp;
use obdeck::domain::timeline::What as Kept;
use obdeck::driver::keeper::Keeper;
use obdeck::driver::{clock, submit};
use obdeck::plane::ControlPlane;
use obdeck::plane::obshell::{Obshell, ObshellProfile};
use obdeck::plane::ocp::{Auth, Ocp, OcpProfile};
use obdeck::sim::faults::{Fault, What};
use obdeck::sim::{self, Clock, Options};
use obdeck::text::console;

type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A control plane whose stand-in is at hand.
struct Desk<P> {
    plane: P,
    keeper: Keeper,
    clock: Clock,
    /// Every request that arrived, as `METHOD path`.
    arrivals: Box<dyn Fn() -> Vec<String> + Send + Sync>,
}

impl<P: ControlPlane> Desk<P> {
    fn new(plane: P, clock: Clock, arrivals: impl Fn() -> Vec<String> + Send + Sync + 'static) -> Self {
        Self { plane, keeper: Keeper::in_memory(Arc::new(clock::now)), clock, arrivals: Box::new(arrivals) }
    }
    /// A yes to what is seen now.
    async fn approved(&self, action: &Action) -> Approved {
        let (Action::Task { task, .. } | Action::Subtask { task, .. }) = action else { panic!("to a task") };
        let seen = self.plane.task(&task.id).await;
        let impact = standing(action, seen.as_ref().map(|t| &t.value).map_err(|e| e.why.clone()));
        let yes = Answer { yes: true, ..Answer::default() };
        let verdict = guard::judge(action, &impact, &Rules::default());
        guard::approve(action.clone(), &impact, &verdict, &yes, clock::now()).unwrap()
    }
    /// What the program sends an order with; which requests that took.
    async fn submit(&self, order: Approved) -> (Outcome, Vec<String>) {
        let before = (self.arrivals)().len();
        let told = |_: submit::Told| {};
        let desk = submit::Desk { keeper: &self.keeper, order: self.keeper.order(), told: &told };
        let outcome = submit::submit(&self.plane, order, &desk).await;
        (outcome, (self.arrivals)().split_off(before))
    }
    /// Sends at once, as somebody else would.
    async fn other(&self, action: Action) -> Outcome {
        let order = self.approved(&action).await;
        self.plane.submit(order).await
    }
    async fn now(&self, at: &TaskRef) -> Task {
        self.plane.task(&at.id).await.unwrap().value
    }
    /// Lets time pass until a task is as wanted.
    async fn until(&self, at: &TaskRef, wanted: impl Fn(Phase) -> bool) -> Task {
        for _ in 0..2_000 {
            let task = self.now(at).await;
            if wanted(task.phase()) {
                return task;
            }
            self.clock.advance(Duration::from_secs(5));
        }
        panic!("{at:?} never is as wanted")
    }
    async fn held(&self) -> Vec<String> {
        let kept = self.keeper.history().await.unwrap();
        let why = kept.into_iter().filter_map(|r| match r.what {
            Kept::Held { why, .. } => Some(why),
            _ => None,
        });
        why.flatten().collect()
    }
}

fn path(method: &str, target: &str) -> String {
    format!("{method} {}", target.split('?').next().unwrap_or(""))
}

/// An OCP with a stop of a zone that failed in one step, and its stand-in.
async fn failed() -> (Desk<Ocp>, Arc<sim::Ocp>, Task) {
    obdeck::plane::install_tls_provider();
    let options = Options { clock: Some(Clock::manual()), ..Options::default() };
    let sim = Arc::new(sim::Ocp::serve(options).await.unwrap());
    let password = Secret::new(sim.password().to_owned());
    let auth = Auth::Basic { username: sim.username().to_owned(), password };
    let profile = OcpProfile::new(ProfileName::new("prod"), sim.url(), auth);
    let now: Now = Arc::new(clock::now);
    let watched = Arc::clone(&sim);
    let desk = Desk::new(Ocp::connect(profile, now).unwrap(), sim.clock().clone(), move || {
        watched.arrivals().iter().map(|a| path(&a.method, &a.target)).collect()
    });
    assert!(sim.fail_next("Stop observer process", "no answer of the host agent"));
    let clusters = desk.plane.clusters().await.unwrap().value;
    let cluster = clusters.into_iter().find(|c| c.name.raw() == "protoss").unwrap();
    let stop = Action::Cluster(ClusterAction {
        verb: Verb::Stop,
        cluster: cluster.at,
        cluster_name: cluster.name,
        scope: Scope::Zone(ZoneName::new("zone3")),
        force: obdeck::domain::action::Force::default(),
    });
    let at = begun(&desk, stop).await;
    let task = desk.until(&at, Phase::is_resting).await;
    assert_eq!(task.phase(), Phase::Failed);
    (desk, sim, task)
}

/// Begins what an order to a cluster begins.
async fn begun<P: ControlPlane>(desk: &Desk<P>, action: Action) -> TaskRef {
    let yes = Answer { yes: true, ..Answer::default() };
    let nothing = obdeck::domain::impact::Impact { findings: Vec::new() };
    let verdict = guard::Verdict::Ask(guard::Question::default());
    let order = guard::approve(action, &nothing, &verdict, &yes, clock::now()).unwrap();
    match desk.plane.submit(order).await {
        Outcome::Accepted { task: Some(task), .. } => task.head.at.clone(),
        other => panic!("{other:?}"),
    }
}

fn changed(outcome: &Outcome) -> (&[String], &[String]) {
    match outcome {
        Outcome::Held(Held::Changed { now, gone }) => (now, gone),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a10_an_order_to_a_task_leaves_after_one_read_of_it() {
    let (desk, _sim, task) = failed().await;
    let action = Action::Task { task: task.head.at.clone(), verb: TaskVerb::Retry };
    let order = desk.approved(&action).await;
    let id = task.head.at.id.raw();
    assert_eq!(order.basis().codes, [format!("task {id} failed")]);
    let (outcome, asked) = desk.submit(order).await;
    assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
    let [read, sent] = asked.as_slice() else { panic!("{asked:?}") };
    assert!(read.starts_with("GET ") && read.ends_with(id), "{read}");
    assert!(sent.starts_with("POST ") && sent.ends_with("/retry"), "{sent}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a10_a_task_that_runs_again_holds_its_retry_back() {
    let (desk, _sim, task) = failed().await;
    let at = &task.head.at;
    let step = task.subtasks().find(|s| s.phase() == Phase::Failed).unwrap().id.clone();
    let retry = Action::Task { task: at.clone(), verb: TaskVerb::Retry };
    let (whole, skip) = (
        desk.approved(&retry).await,
        desk.approved(&Action::Subtask { task: at.clone(), subtask: step.clone(), verb: SubtaskVerb::Skip })
            .await,
    );
    // What was confirmed says failed; somebody else retries it.
    assert!(matches!(desk.other(retry).await, Outcome::Accepted { .. }));
    let id = at.id.raw();
    let (outcome, asked) = desk.submit(whole).await;
    let (now, gone) = changed(&outcome);
    assert_eq!((now, gone), (&[format!("task {id} running")][..], &[format!("task {id} failed")][..]));
    assert_eq!(asked.len(), 1, "looked, and nothing was sent: {asked:?}");
    let words = console::outcome(&outcome);
    assert!(words.contains("the task changed since it was confirmed: now task"), "{words}");
    // Skipping a step that is being done again would declare done what is not.
    let (outcome, asked) = desk.submit(skip).await;
    let (now, gone) = changed(&outcome);
    assert!(now.iter().any(|c| c.starts_with(&format!("subtask {} ", step.raw()))), "{now:?}");
    assert!(gone.contains(&format!("subtask {} failed run 1", step.raw())), "{gone:?}");
    assert!(asked.iter().all(|a| a.starts_with("GET ")), "{asked:?}");
    assert!(desk.held().await.contains(&format!("now task {id} running")), "{:?}", desk.held().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a10_a_task_that_cannot_be_read_any_more_is_not_as_it_was_confirmed() {
    let (desk, sim, task) = failed().await;
    let retry = Action::Task { task: task.head.at.clone(), verb: TaskVerb::Retry };
    let order = desk.approved(&retry).await;
    sim.faults().add(Fault::new(What::gateway(403)).on("GET", task.head.at.id.raw()));
    let (outcome, asked) = desk.submit(order).await;
    assert_eq!(changed(&outcome).0, ["tasks-unread"]);
    assert_eq!(asked.len(), 1, "{asked:?}");
    // Who confirmed without having seen it has confirmed just that: the server judges its state.
    let order = desk.approved(&retry).await;
    assert_eq!(order.basis().codes, ["tasks-unread"]);
    let (outcome, _) = desk.submit(order).await;
    assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
}

/// Agents with a stop of a zone that runs.
async fn running() -> (Desk<Obshell>, Arc<sim::Obshell>, TaskRef) {
    let options = sim::obshell::Options { clock: Some(Clock::manual()), ..sim::obshell::Options::default() };
    let sim = Arc::new(sim::Obshell::serve(options).await.unwrap());
    let password = Secret::new(sim.password().to_owned());
    let urls = sim.urls();
    let profile = ObshellProfile {
        peers: urls[1..].to_vec(),
        ..ObshellProfile::new(ProfileName::new("edge"), urls[0].clone(), password)
    };
    let clock = sim.clock().clone();
    let now: Now = {
        let clock = clock.clone();
        Arc::new(move || Timestamp::from_millis(clock.wall()))
    };
    let watched = Arc::clone(&sim);
    let desk = Desk::new(Obshell::connect(profile, now).unwrap(), clock, move || {
        watched.arrivals().iter().map(|a| path(&a.method, &a.target)).collect()
    });
    let cluster = desk.plane.clusters().await.unwrap().value.remove(0);
    let zone = cluster.zones.last().unwrap().name.clone();
    let stop = Action::Cluster(ClusterAction {
        verb: Verb::Stop,
        cluster: cluster.at,
        cluster_name: cluster.name,
        scope: Scope::Zone(zone),
        force: Mode::Process.force(Vec::new()),
    });
    let at = begun(&desk, stop).await;
    // In the stage in which sub DAGs do the work: they are not asked for again before an order.
    for _ in 0..600 {
        if desk.now(&at).await.graph.nodes.iter().any(|n| !n.inner.is_empty()) {
            break;
        }
        desk.clock.advance(Duration::from_millis(500));
    }
    (desk, sim, at)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a10_a_dag_is_read_without_its_sub_dags_before_an_order_to_it() {
    let (desk, _sim, at) = running().await;
    assert!(desk.now(&at).await.graph.nodes.iter().any(|n| !n.inner.is_empty()), "sub DAGs are there");
    let order = desk.approved(&Action::Task { task: at.clone(), verb: TaskVerb::Cancel }).await;
    let (outcome, asked) = desk.submit(order).await;
    assert!(matches!(outcome, Outcome::Accepted { .. } | Outcome::Refused(_)), "{outcome:?}");
    let dags: Vec<&String> = asked.iter().filter(|a| a.contains("/task/dag/")).collect();
    let [read, sent] = dags.as_slice() else { panic!("{asked:?}") };
    assert!(read.starts_with("GET ") && read.ends_with(at.id.raw()), "{read}");
    assert!(sent.starts_with("POST "), "{sent}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a10_a_dag_that_ended_meanwhile_holds_its_cancel_back() {
    let (desk, _sim, at) = running().await;
    let order = desk.approved(&Action::Task { task: at.clone(), verb: TaskVerb::Cancel }).await;
    assert_eq!(desk.until(&at, Phase::is_resting).await.phase(), Phase::Done);
    let (outcome, asked) = desk.submit(order).await;
    let id = at.id.raw();
    let want = (&[format!("task {id} done")][..], &[format!("task {id} running")][..]);
    assert_eq!(changed(&outcome), want);
    assert!(asked.iter().all(|a| a.starts_with("GET ")), "{asked:?}");
}
