//! What is gathered, and what of it is read again: over the simulator, with the requests counted.

use super::*;
use crate::domain::action::{Force, Scope, Verb};
use crate::domain::id::{ProfileName, ZoneName};
use crate::domain::impact::Fact;
use crate::domain::secret::Secret;
use crate::plane::ocp::{Auth, Ocp, OcpProfile};
use crate::sim;

struct Bench {
    sim: sim::Ocp,
    plane: Ocp,
    action: ClusterAction,
}

impl Bench {
    async fn open() -> Self {
        crate::plane::install_tls_provider();
        let options = sim::Options { clock: Some(sim::Clock::manual()), ..sim::Options::default() };
        let sim = sim::Ocp::serve(options).await.unwrap();
        let password = Secret::new(sim.password().to_owned());
        let auth = Auth::Basic { username: sim.username().to_owned(), password };
        let profile = OcpProfile::new(ProfileName::new("prod"), sim.url(), auth);
        let plane = Ocp::connect(profile, std::sync::Arc::new(clock::now)).unwrap();
        let clusters = plane.clusters().await.unwrap().value;
        let cluster = clusters.into_iter().find(|c| c.name.raw() == "protoss").unwrap();
        let action = ClusterAction {
            verb: Verb::Stop,
            cluster: cluster.at,
            cluster_name: cluster.name,
            scope: Scope::Zone(ZoneName::new("zone3")),
            force: Force::default(),
        };
        Self { sim, plane, action }
    }
    async fn gathered(&self) -> Gathered {
        Gathered::read(&self.plane, &self.action, Vec::new()).await
    }
    /// Paths of the requests since so many.
    fn since(&self, seen: usize) -> Vec<String> {
        let path = |a: &sim::Arrival| a.target.split('?').next().unwrap_or("").to_owned();
        self.sim.arrivals().iter().skip(seen).map(path).collect()
    }
    fn seen(&self) -> usize {
        self.sim.arrivals().len()
    }
}

fn tenants_of(action: &ClusterAction) -> Query {
    Query::Tenants(action.cluster.clone())
}

fn at(gathered: &Gathered, query: &Query) -> Timestamp {
    gathered.answers.iter().find(|a| a.query == *query).unwrap().came
}

fn refused(query: &Query) -> ReadError {
    ReadError { why: Text::new("no right to it"), ..too_old(query) }
}

#[tokio::test]
async fn a12_every_input_is_gathered_once_with_the_time_it_came() {
    let bench = Bench::open().await;
    let gathered = bench.gathered().await;
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
    let bench = Bench::open().await;
    let zones = Query::Zones(bench.action.cluster.clone());
    for query in [Query::Clusters(bench.action.cluster.profile.clone()), zones] {
        let mut gathered = bench.gathered().await;
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
    let bench = Bench::open().await;
    let mut gathered = bench.gathered().await;
    let early = at(&gathered, &tenants_of(&bench.action)).plus(Span::ZERO.minus(Span::from_secs(3)));
    for a in gathered.answers.iter_mut().filter(|a| matches!(a.query, Query::Zones(_))) {
        a.came = early;
    }
    assert_eq!(gathered.cluster().unwrap().1, early);
}

#[tokio::test]
async fn a10_what_grew_old_while_the_rest_was_awaited_is_read_again_and_nothing_else() {
    let bench = Bench::open().await;
    let mut gathered = bench.gathered().await;
    let (tenants, zones) = (tenants_of(&bench.action), Query::Zones(bench.action.cluster.clone()));
    let then = at(&gathered, &zones);
    for a in gathered.answers.iter_mut().filter(|a| a.query == tenants) {
        a.came = then.plus(Span::ZERO.minus(Span::from_secs(3600)));
    }
    let before = bench.seen();
    gathered.renew(&bench.plane, Span::from_secs(600)).await;
    let asked = bench.since(before);
    assert!(!asked.is_empty() && asked.iter().all(|path| path.ends_with("/tenants")), "{asked:?}");
    assert!(at(&gathered, &tenants) >= then && at(&gathered, &zones) == then);
    assert!(gathered.answers.iter().all(|a| a.reply.is_ok()));
    assert_eq!(gathered.answers.len(), situation::queries(&bench.action).len(), "each stands there once");
}

/// Nothing is ever fresh enough here: the rounds end, and what is too old counts as not known.
#[tokio::test]
async fn a10_answers_that_come_too_slowly_are_no_answers() {
    let bench = Bench::open().await;
    let mut gathered = bench.gathered().await;
    let (tenants, before) = (tenants_of(&bench.action), bench.seen());
    gathered.answers.retain(|a| a.query == tenants);
    gathered.renew(&bench.plane, Span::from_millis(-1)).await;
    assert_eq!(bench.since(before).len(), limits::SENDING_ROUNDS);
    let why = gathered.answers[0].reply.as_ref().unwrap_err();
    assert_eq!((why.kind, why.why.raw()), (ReadErrorKind::Timeout, "answers come too slowly to be compared"));
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
