//! What is gathered, and what of it is read again, over a control plane that counts what it is asked.

use std::sync::Mutex;

use futures_util::future::BoxFuture;

use super::*;
use crate::domain::capability::{Capabilities, WhyNot};
use crate::domain::guard;
use crate::domain::id::{ClusterId, ProfileName, SubtaskId, TaskId};
use crate::domain::impact::{Fact, Finding};
use crate::domain::request::Planned;
use crate::domain::samples::{self, protoss};
use crate::domain::task::{LogText, Task, TaskFilter, TaskSummary};
use crate::domain::topology::{Parameter, PlaneInfo, Server, Tenant, Unit, Zone};
use crate::plane::{Fetched, Read};

/// A cluster of three zones with two OBServers each, in a list that tells no OBServer, as OCP's does.
struct Fleet {
    name: ProfileName,
    asked: Mutex<Vec<&'static str>>,
}

impl Fleet {
    fn new() -> Self {
        Self { name: ProfileName::new("prod"), asked: Mutex::default() }
    }
    fn tell<T: Send + 'static>(&self, what: &'static str, value: T) -> Read<'_, T> {
        self.asked.lock().unwrap().push(what);
        Box::pin(async { Ok(Fetched { value, trace: None, server_time: None, took: Span::ZERO }) })
    }
    fn asked(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

fn zone(name: &str, servers: &[usize]) -> Zone {
    let server = |n: &usize| Server {
        id: format!("{name}-{n}").as_str().into(),
        ..samples::server(name, &format!("10.0.0.{n}:2882"))
    };
    samples::zone(name, servers.iter().map(server).collect())
}

fn zones(servers: &[usize]) -> Vec<Zone> {
    ["zone1", "zone2", "zone3"].map(|z| zone(z, servers)).to_vec()
}

impl ControlPlane for Fleet {
    fn profile(&self) -> &ProfileName {
        &self.name
    }
    fn capabilities(&self) -> Capabilities {
        Capabilities { kind: PlaneKind::Ocp, read_only: false }
    }
    fn info(&self) -> Read<'_, PlaneInfo> {
        unreachable!("an impact does not rest on it")
    }
    fn clusters(&self) -> Read<'_, Vec<Cluster>> {
        self.tell("clusters", vec![samples::cluster(zones(&[]))])
    }
    fn zones<'a>(&'a self, _: &'a ClusterId) -> Read<'a, Vec<Zone>> {
        self.tell("zones", zones(&[1, 2]))
    }
    fn tenants<'a>(&'a self, _: &'a ClusterId) -> Read<'a, Vec<Tenant>> {
        self.tell("tenants", vec![samples::tenant("sys", &["zone1", "zone2", "zone3"])])
    }
    fn units<'a>(&'a self, _: &'a ClusterId) -> Read<'a, Vec<Unit>> {
        self.tell("units", Vec::new())
    }
    fn parameters<'a>(&'a self, _: &'a ClusterId) -> Read<'a, Vec<Parameter>> {
        let limit = Parameter { name: "server_permanent_offline_time".into(), values: vec!["1h".into()] };
        self.tell("parameters", vec![limit])
    }
    fn tasks<'a>(&'a self, _: &'a TaskFilter) -> Read<'a, Vec<TaskSummary>> {
        self.tell("tasks", Vec::new())
    }
    fn task<'a>(&'a self, _: &'a TaskId) -> Read<'a, Task> {
        unreachable!("no task is open")
    }
    fn log<'a>(&'a self, _: &'a TaskId, _: &'a SubtaskId) -> Read<'a, LogText> {
        unreachable!("no log is shown")
    }
    fn resume(&self) {}
    fn plan(&self, _: &Action) -> Result<Planned, WhyNot> {
        unreachable!("nothing is planned")
    }
    fn submit(&self, _: Approved) -> BoxFuture<'_, Outcome> {
        unreachable!("nothing is sent")
    }
}

fn stop() -> ClusterAction {
    samples::stop("zone3")
}

async fn gathered(fleet: &Fleet) -> Gathered {
    Gathered::read(fleet, &stop(), Vec::new()).await
}

fn tenants() -> Query {
    Query::Tenants(protoss())
}

fn at(gathered: &Gathered, query: &Query) -> Timestamp {
    gathered.answers.iter().find(|a| a.query == *query).unwrap().came
}

fn refused(query: &Query) -> ReadError {
    ReadError { why: Text::new("no right to it"), ..too_old(query) }
}

#[tokio::test]
async fn a12_every_input_is_gathered_once_with_the_time_it_came() {
    let fleet = Fleet::new();
    let gathered = gathered(&fleet).await;
    let mut asked = fleet.asked();
    asked.sort_unstable();
    assert_eq!(asked, ["clusters", "parameters", "tasks", "tenants", "units", "zones"]);
    let now = clock::now();
    let ages = gathered.ages(now);
    assert_eq!(ages.iter().map(|(input, _)| *input).collect::<Vec<_>>(), Input::ALL);
    let fresh =
        |at: &Result<Timestamp, Missing>| at.as_ref().is_ok_and(|at| now.since(*at) < Span::from_secs(10));
    assert!(ages.iter().all(|(_, at)| fresh(at)), "{ages:?}");
    let impact = gathered.impact(now);
    let has = |of: fn(&Fact) -> bool| impact.findings.iter().any(|f| of(&f.fact));
    // Of each answer something is told: servers come from the zones, since the list of clusters has none.
    assert!(has(|f| matches!(f, Fact::Servers { before: 6, after: 4, of: 6 })), "{:?}", impact.codes());
    assert!(has(|f| matches!(f, Fact::OfflineLimit(_))) && has(|f| *f == Fact::NoOtherTask));
    assert!(impact.tenants().any(|t| !t.is_assumed) && !has(|f| matches!(f, Fact::Unread(..))));
}

#[tokio::test]
async fn a12_a_topology_that_was_refused_is_told_in_the_words_of_the_refusal() {
    let fleet = Fleet::new();
    for query in [Query::Clusters(protoss().profile), Query::Zones(protoss())] {
        let mut gathered = gathered(&fleet).await;
        for a in gathered.answers.iter_mut().filter(|a| a.query == query) {
            a.reply = Err(refused(&query));
        }
        let topology = gathered.ages(clock::now()).into_iter().find(|(input, _)| *input == Input::Topology);
        assert_eq!(topology.unwrap().1, Err(Missing::Failed("no right to it".into())), "{query:?}");
    }
}

/// Both answers tell of it: it is as old as the older one.
#[tokio::test]
async fn a10_the_topology_is_as_old_as_the_older_of_its_answers() {
    let mut gathered = gathered(&Fleet::new()).await;
    let early = at(&gathered, &tenants()).plus(Span::ZERO.minus(Span::from_secs(3)));
    for a in gathered.answers.iter_mut().filter(|a| matches!(a.query, Query::Zones(_))) {
        a.came = early;
    }
    assert_eq!(gathered.cluster().unwrap().1, early);
}

#[tokio::test]
async fn a10_what_grew_old_while_the_rest_was_awaited_is_read_again_and_nothing_else() {
    let fleet = Fleet::new();
    let mut gathered = gathered(&fleet).await;
    let (tenants, zones) = (tenants(), Query::Zones(protoss()));
    let then = at(&gathered, &zones);
    for a in gathered.answers.iter_mut().filter(|a| a.query == tenants) {
        a.came = then.plus(Span::ZERO.minus(Span::from_secs(3600)));
    }
    fleet.asked();
    gathered.renew(&fleet, Span::from_secs(600)).await;
    assert_eq!(fleet.asked(), ["tenants"]);
    assert!(at(&gathered, &tenants) >= then && at(&gathered, &zones) == then);
    assert!(gathered.answers.iter().all(|a| a.reply.is_ok()));
    assert_eq!(gathered.answers.len(), situation::queries(&stop()).len(), "each stands there once");
}

/// Nothing is ever fresh enough here: the rounds end, and what is too old counts as not known.
#[tokio::test]
async fn a10_answers_that_come_too_slowly_are_no_answers() {
    let fleet = Fleet::new();
    let mut gathered = gathered(&fleet).await;
    let tenants = tenants();
    gathered.answers.retain(|a| a.query == tenants);
    fleet.asked();
    gathered.renew(&fleet, Span::from_millis(-1)).await;
    assert_eq!(fleet.asked(), vec!["tenants"; limits::SENDING_ROUNDS]);
    let why = gathered.answers[0].reply.as_ref().unwrap_err();
    assert_eq!((why.kind, why.why.raw()), (ReadErrorKind::Timeout, "answers come too slowly to be compared"));
}

/// Something more than was confirmed holds an order back, and so does something less: each alone.
#[tokio::test]
async fn a10_more_or_less_than_was_confirmed_holds_an_order_back() {
    let now = clock::now();
    let confirmed = gathered(&Fleet::new()).await.impact(now);
    let action = Action::Cluster(stop());
    let rules = guard::Rules::default();
    let verdict = guard::judge(&action, &confirmed, &rules);
    let answer =
        guard::Answer { yes: true, typed: Some("protoss/zone3".to_owned()), ..guard::Answer::default() };
    let order = guard::approve(action, &confirmed, &verdict, &answer, now).unwrap();
    assert_eq!(differing(&order, &confirmed, None), None);
    let mut more = confirmed.clone();
    more.findings.push(Finding { level: impact::Level::Caution, fact: Fact::AlreadyStopped });
    let mut less = confirmed;
    less.findings.retain(|f| f.fact != Fact::NothingElseDown);
    let held = |now: &[&str], gone: &[&str]| {
        let own = |codes: &[&str]| codes.iter().map(|c| (*c).to_owned()).collect();
        Some(Outcome::Held(Held::Changed { now: own(now), gone: own(gone) }))
    };
    assert_eq!(differing(&order, &more, None), held(&["already-stopped"], &[]));
    assert_eq!(differing(&order, &less, None), held(&[], &["nothing-else-down"]));
    // What cannot be reached was not sent for that reason.
    let why = || Text::new("no route");
    assert_eq!(differing(&order, &less, Some(why())), Some(Outcome::NotSent { why: why() }));
}

#[test]
fn a10_two_seconds_are_not_too_old_and_a_moment_more_is() {
    let now = Timestamp::from_millis(1_795_000_000_000);
    let query = Query::Clusters(ProfileName::new("prod"));
    let came = |ms: i64| {
        let came = now.plus(Span::ZERO.minus(Span::from_millis(ms)));
        Answered { query: query.clone(), came, reply: Err(too_old(&query)) }
    };
    let is_older = |ms| came(ms).is_older(limits::SENDING_MAX_AGE, now);
    assert_eq!([0, 1999, 2000, 2001].map(is_older), [false, false, false, true]);
}
