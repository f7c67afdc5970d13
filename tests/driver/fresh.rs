//! The last look before an order is sent (A10), over the stand-in: what was confirmed against what is so then.

use std::time::Duration;

use obdeck::domain::action::{Action, ClusterAction, Force, Scope, SubtaskVerb, TaskVerb, Verb};
use obdeck::domain::guard::{self, Answer, Approved, Danger, Refusal, Rules, Verdict};
use obdeck::domain::id::{ProfileName, SubtaskId, TaskId, TaskRef, ZoneName};
use obdeck::domain::outcome::{Held, Outcome};
use obdeck::domain::secret::Secret;
use obdeck::domain::timeline::What as Kept;
use obdeck::driver::clock;
use obdeck::driver::fresh::Gathered;
use obdeck::driver::keeper::Keeper;
use obdeck::driver::submit;
use obdeck::plane::ControlPlane;
use obdeck::plane::ocp::{Auth, Ocp, OcpProfile};
use obdeck::sim::faults::{Fault, What};
use obdeck::sim::{self, Clock, Options};

struct Desk {
    sim: sim::Ocp,
    plane: Ocp,
    keeper: Keeper,
}

impl Desk {
    async fn open(read_only: bool) -> Self {
        obdeck::plane::install_tls_provider();
        let options = Options { clock: Some(Clock::manual()), ..Options::default() };
        let sim = sim::Ocp::serve(options).await.unwrap();
        let auth = Auth::Basic {
            username: sim.username().to_owned(),
            password: Secret::new(sim.password().to_owned()),
        };
        let mut profile = OcpProfile::new(ProfileName::new("prod"), sim.url(), auth);
        profile.read_only = read_only;
        let now: std::sync::Arc<dyn Fn() -> obdeck::domain::time::Timestamp + Send + Sync> =
            std::sync::Arc::new(clock::now);
        let keeper = Keeper::in_memory(now.clone());
        Self { plane: Ocp::connect(profile, now).unwrap(), sim, keeper }
    }
    async fn action(&self, verb: Verb, cluster: &str, zone: &str) -> ClusterAction {
        let clusters = self.plane.clusters().await.unwrap().value;
        let cluster = clusters.into_iter().find(|c| c.name.raw() == cluster).unwrap();
        ClusterAction {
            verb,
            cluster: cluster.at,
            cluster_name: cluster.name,
            scope: Scope::Zone(ZoneName::new(zone)),
            force: Force::default(),
        }
    }
    /// Reads, judges, and says everything a person can say.
    async fn approved(&self, action: &ClusterAction) -> Approved {
        let (verdict, impact) = self.judged(action).await;
        let answer = Answer { reason: Some("CHG-1".to_owned()), ..everything(action) };
        guard::approve(Action::Cluster(action.clone()), &impact, &verdict, &answer, clock::now()).unwrap()
    }
    async fn judged(&self, action: &ClusterAction) -> (Verdict, obdeck::domain::impact::Impact) {
        let impact = Gathered::read(&self.plane, action, Vec::new()).await.impact(clock::now());
        (guard::judge(&Action::Cluster(action.clone()), &impact, &Rules::default()), impact)
    }
    /// What the program sends an order with.
    async fn submit(&self, order: Approved) -> Outcome {
        let told = |_: submit::Told| {};
        let desk = submit::Desk { keeper: &self.keeper, order: self.keeper.order(), told: &told };
        submit::submit(&self.plane, order, &desk).await
    }
    /// Intents in the journal, and why orders were held back.
    async fn journal(&self) -> (usize, Vec<String>) {
        let kept = self.keeper.history().await.unwrap();
        let intents = kept.iter().filter(|r| matches!(r.what, Kept::Intent(_))).count();
        let why = kept.iter().filter_map(|r| match &r.what {
            Kept::Held { why, .. } => Some(why.clone()),
            _ => None,
        });
        (intents, why.flatten().collect())
    }
    /// Requests since the last look, as `METHOD path`.
    fn arrivals(&self, since: usize) -> Vec<String> {
        let told = |a: &sim::Arrival| format!("{} {}", a.method, a.target.split('?').next().unwrap_or(""));
        self.sim.arrivals().iter().skip(since).map(told).collect()
    }
    fn seen(&self) -> usize {
        self.sim.arrivals().len()
    }
    fn posts(&self) -> usize {
        self.sim.arrivals().iter().filter(|a| a.method != "GET").count()
    }
}

fn everything(action: &ClusterAction) -> Answer {
    Answer {
        yes: true,
        typed: Some(action.confirm_name()),
        reason: None,
        overriding: Some("known".to_owned()),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a10_what_is_still_as_confirmed_is_sent_once_after_five_reads() {
    let desk = Desk::open(false).await;
    let action = desk.action(Verb::Stop, "protoss", "zone3").await;
    let order = desk.approved(&action).await;
    let before = desk.seen();
    let outcome = desk.submit(order).await;
    assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
    let mut asked = desk.arrivals(before);
    assert_eq!(asked.pop().as_deref(), Some("POST /api/v2/ob/clusters/1000001/zones/zone3/stop"));
    asked.sort();
    let of = |path: &str| format!("GET /api/v2/ob/clusters/1000001/{path}");
    assert!(asked.contains(&of("zones")) && asked.contains(&of("tenants")) && asked.contains(&of("units")));
    assert!(asked.iter().all(|a| a.starts_with("GET ")), "{asked:?}");
    assert!(!asked.iter().any(|a| a.ends_with("/parameters")), "nothing rests on them: {asked:?}");
    assert_eq!(desk.posts(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a10_a_start_looks_at_zones_and_tasks_alone() {
    let desk = Desk::open(false).await;
    let order = desk.approved(&desk.action(Verb::Start, "meta01", "zone3").await).await;
    let before = desk.seen();
    desk.submit(order).await;
    let asked = desk.arrivals(before);
    assert!(!asked.iter().any(|a| a.ends_with("/tenants") || a.ends_with("/units")), "{asked:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a10_another_zone_that_stopped_meanwhile_holds_the_order_back() {
    let desk = Desk::open(false).await;
    let action = desk.action(Verb::Stop, "protoss", "zone3").await;
    let order = desk.approved(&action).await;
    // Somebody else stops another zone, and it is through before our order leaves.
    let other = desk.approved(&desk.action(Verb::Stop, "protoss", "zone2").await).await;
    assert!(matches!(desk.submit(other).await, Outcome::Accepted { .. }));
    for _ in 0..400 {
        desk.sim.clock().advance(Duration::from_secs(20));
    }
    let outcome = desk.submit(order).await;
    let Outcome::Held(Held::Changed { now, gone }) = outcome else { panic!("{outcome:?}") };
    assert!(now.contains(&"other-zones-not-whole zone2".to_owned()), "{now:?}");
    assert!(now.iter().any(|c| c.starts_with("tenant sys 2>1/3 stops")), "{now:?}");
    assert!(gone.contains(&"nothing-else-down".to_owned()), "{gone:?}");
    assert_eq!(desk.posts(), 1, "the other order alone");
    let (intents, why) = desk.journal().await;
    assert_eq!(intents, 1, "nothing was meant to be sent any more");
    assert!(why.contains(&"now other-zones-not-whole zone2".to_owned()), "{why:?}");
    // Asked anew, it is a refusal now.
    let (verdict, _) = desk.judged(&action).await;
    assert!(matches!(verdict, Verdict::Refuse { .. }), "{verdict:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a10_a_task_that_began_meanwhile_holds_the_order_back() {
    let desk = Desk::open(false).await;
    let action = desk.action(Verb::Stop, "protoss", "zone3").await;
    let (first, second) = (desk.approved(&action).await, desk.approved(&action).await);
    assert!(matches!(desk.submit(first).await, Outcome::Accepted { .. }));
    let outcome = desk.submit(second).await;
    let Outcome::Held(Held::Changed { now, .. }) = outcome else { panic!("{outcome:?}") };
    assert!(now.iter().any(|c| c.starts_with("other-task ")), "{now:?}");
    assert_eq!(desk.posts(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a10_what_cannot_be_read_any_more_holds_the_order_back() {
    let desk = Desk::open(false).await;
    let order = desk.approved(&desk.action(Verb::Stop, "protoss", "zone3").await).await;
    desk.sim.faults().add(Fault::new(What::gateway(503)).on("GET", "/tenants"));
    let outcome = desk.submit(order).await;
    let Outcome::Held(Held::Changed { now, .. }) = outcome else { panic!("{outcome:?}") };
    assert!(now.contains(&"tenants-unread".to_owned()), "{now:?}");
    assert_eq!(desk.posts(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_tenants_that_cannot_be_read_need_a_reason_which_is_kept_with_what_is_missing() {
    let desk = Desk::open(false).await;
    desk.sim.faults().add(Fault::new(What::gateway(403)).on("GET", "/tenants"));
    let action = desk.action(Verb::Stop, "protoss", "zone3").await;
    let (verdict, impact) = desk.judged(&action).await;
    let bare = Answer { overriding: None, ..everything(&action) };
    let refused = guard::approve(Action::Cluster(action.clone()), &impact, &verdict, &bare, clock::now());
    assert!(matches!(refused, Err(Refusal::ReasonMissing(causes)) if !causes.is_empty()));
    let order = desk.approved(&action).await;
    assert!(order.basis().codes.contains(&"tenants-unread".to_owned()));
    assert!(matches!(desk.submit(order).await, Outcome::Accepted { .. }), "still as confirmed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a13_p11_a_read_only_profile_sends_nothing_but_reads_whoever_made_the_order() {
    let desk = Desk::open(true).await;
    let writes = Rules { danger: Danger::Low, ..Rules::default() };
    let at = TaskRef { profile: ProfileName::new("prod"), id: TaskId::new("1") };
    let mut actions = Vec::new();
    for verb in [Verb::Stop, Verb::Start, Verb::Restart] {
        let zone = desk.action(verb, "protoss", "zone3").await;
        actions.push(Action::Cluster(ClusterAction { scope: Scope::Cluster, ..zone.clone() }));
        actions.push(Action::Cluster(zone));
    }
    for verb in [TaskVerb::Retry, TaskVerb::Rollback, TaskVerb::Cancel, TaskVerb::Pass] {
        actions.push(Action::Task { task: at.clone(), verb });
    }
    for verb in [SubtaskVerb::Retry, SubtaskVerb::Skip, SubtaskVerb::Cancel] {
        actions.push(Action::Subtask { task: at.clone(), subtask: SubtaskId::new("2"), verb });
    }
    for action in actions {
        assert!(desk.plane.plan(&action).is_err(), "{action:?}");
        // As a race would have it: approved under rules that allowed it.
        let approved = || async {
            match &action {
                Action::Cluster(a) => {
                    let impact = Gathered::read(&desk.plane, a, Vec::new()).await.impact(clock::now());
                    let verdict = guard::judge(&action, &impact, &writes);
                    guard::approve(action.clone(), &impact, &verdict, &everything(a), clock::now()).unwrap()
                }
                Action::Task { .. } | Action::Subtask { .. } => {
                    let nothing = obdeck::domain::impact::Impact { findings: Vec::new() };
                    let verdict = guard::judge(&action, &nothing, &writes);
                    let yes = Answer { yes: true, ..Answer::default() };
                    guard::approve(action.clone(), &nothing, &verdict, &yes, clock::now()).unwrap()
                }
            }
        };
        assert_eq!(desk.submit(approved().await).await, Outcome::Held(Held::ReadOnly));
        assert_eq!(desk.plane.submit(approved().await).await, Outcome::Held(Held::ReadOnly));
    }
    assert_eq!(desk.posts(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a10_a_control_plane_that_is_gone_is_not_reached_rather_than_changed() {
    let desk = Desk::open(false).await;
    let order = desk.approved(&desk.action(Verb::Stop, "protoss", "zone3").await).await;
    let Desk { sim, plane, keeper } = desk;
    sim.shutdown().await;
    let told = |_: submit::Told| {};
    let desk = submit::Desk { keeper: &keeper, order: keeper.order(), told: &told };
    let outcome = submit::submit(&plane, order, &desk).await;
    assert!(matches!(outcome, Outcome::NotSent { .. }), "{outcome:?}");
}
