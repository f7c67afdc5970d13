//! Which reads go out, when, and what stops them.

#![expect(
    clippy::result_large_err,
    clippy::unnecessary_wraps,
    reason = "a reply is what the shell sends: a result"
)]

use super::*;
use crate::app::samples;
use crate::app::settings::ProfileFacts;
use crate::domain::id::ClusterRef;

fn settings(broken: Option<&str>) -> Settings {
    samples::settings(vec![ProfileFacts { broken: broken.map(str::to_owned), ..samples::profile("p") }])
}

fn zones(id: &str) -> Query {
    Query::Zones(ClusterRef { profile: "p".into(), id: id.into() })
}
fn want(query: Query) -> Want {
    Want { query, max_age: Span::from_secs(2) }
}
fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(1_000_000 + ms)
}
fn answer() -> Result<Answer, ReadError> {
    Ok(Answer { reply: Reply::Zones(Vec::new()), trace: None, server_time: None, took: Span::ZERO })
}
fn error(kind: ReadErrorKind, wait: Option<i64>) -> Result<Answer, ReadError> {
    Err(ReadError {
        kind,
        http: 0,
        what: "".into(),
        why: "".into(),
        code: "".into(),
        trace: None,
        wait: wait.map(Span::from_secs),
    })
}

#[derive(Default)]
struct Desk {
    poll: Poll,
    cache: Cache,
}

impl Desk {
    fn run(&mut self, wants: &[Want], urgent: usize, ms: i64) -> (Vec<Query>, Vec<Ticket>, Option<i64>) {
        let due = self.poll.run(&mut self.cache, &settings(None), wants, urgent, at(ms));
        let mut fetched = Vec::new();
        let mut forgotten = Vec::new();
        for e in due.effects {
            match e {
                Effect::Fetch { query, .. } => fetched.push(query),
                Effect::Forget(t) => forgotten.push(t),
                other => panic!("{other:?}"),
            }
        }
        (fetched, forgotten, due.next.map(|t| t.since(at(0)).millis()))
    }
    fn ticket(&self, query: &Query) -> Ticket {
        self.cache.get(query).and_then(|k| k.in_flight).expect("in flight")
    }
    fn end(&mut self, query: &Query, result: Result<Answer, ReadError>, ms: i64) -> Option<Came> {
        let ticket = self.ticket(query);
        self.poll.reply(&mut self.cache, ticket, result, at(ms))
    }
}

#[test]
fn n18_at_most_four_reads_of_a_profile_are_in_flight_and_the_first_wanted_go_first() {
    let mut d = Desk::default();
    let wants: Vec<Want> = (0..10).map(|i| want(zones(&i.to_string()))).collect();
    let (fetched, _, next) = d.run(&wants, 0, 0);
    assert_eq!(fetched, (0..4).map(|i| zones(&i.to_string())).collect::<Vec<_>>());
    assert_eq!(next, None, "a reply makes room, no timer is needed");
    d.end(&zones("1"), answer(), 5);
    assert_eq!(d.run(&wants, 0, 5).0, vec![zones("4")]);
}

#[test]
fn an_answer_is_asked_for_again_when_it_is_as_old_as_it_may_be() {
    let mut d = Desk::default();
    let wants = [want(zones("1"))];
    d.run(&wants, 0, 0);
    d.end(&zones("1"), answer(), 100);
    assert_eq!(d.run(&wants, 0, 100), (vec![], vec![], Some(2100)));
    assert_eq!(d.run(&wants, 0, 2100).0, vec![zones("1")]);
}

#[test]
fn a_reply_whose_ticket_is_no_longer_current_is_dropped() {
    let mut d = Desk::default();
    d.run(&[want(zones("1"))], 0, 0);
    let old = d.ticket(&zones("1"));
    assert_eq!(d.run(&[], 0, 10).1, vec![old]);
    assert!(d.poll.reply(&mut d.cache, old, answer(), at(20)).is_none());
    assert!(d.cache.answer(&zones("1")).is_none());
}

#[test]
fn failures_double_the_pause_to_thirty_seconds_with_a_fifth_of_jitter() {
    let mut d = Desk::default();
    let wants = [want(zones("1"))];
    let mut now = 0;
    for n in 0..8_u32 {
        d.run(&wants, 0, now);
        d.end(&zones("1"), error(ReadErrorKind::Unreachable, None), now);
        let next = d.run(&wants, 0, now).2.expect("a next time");
        let base = (2000_i64 << n.min(8)).min(30_000);
        let pause = next - now;
        assert!((base * 8 / 10..=base * 12 / 10).contains(&pause), "{n}: {pause} of {base}");
        now = next;
    }
    let known = d.cache.get(&zones("1")).expect("known");
    assert!(known.is_stale());
}

#[test]
fn the_same_failures_give_the_same_pauses() {
    let run = || {
        let mut d = Desk::default();
        d.run(&[want(zones("7"))], 0, 0);
        d.end(&zones("7"), error(ReadErrorKind::Timeout, None), 0);
        d.run(&[want(zones("7"))], 0, 0).2
    };
    assert_eq!(run(), run());
}

#[test]
fn h05_a_wait_the_server_asked_for_is_obeyed_up_to_a_minute_even_in_a_hurry() {
    let mut d = Desk::default();
    let wants = [want(zones("1"))];
    for (told, kept) in [(20, 20_000), (86_400, 60_000)] {
        d.poll = Poll::default();
        d.cache = Cache::default();
        d.run(&wants, 0, 0);
        d.end(&zones("1"), error(ReadErrorKind::RateLimited, Some(told)), 0);
        d.poll.hurry(zones("1"));
        assert_eq!(d.run(&wants, 0, 0), (vec![], vec![], Some(kept)));
    }
}

#[test]
fn h01_after_a_401_nothing_of_that_profile_is_read_until_it_is_resumed() {
    let mut d = Desk::default();
    let wants = [want(zones("1")), want(zones("2"))];
    d.run(&wants, 0, 0);
    d.end(&zones("1"), error(ReadErrorKind::Unauthenticated, None), 10);
    d.end(&zones("2"), error(ReadErrorKind::PollingStopped, None), 20);
    for ms in [30, 60_000, 6_000_000] {
        assert_eq!(d.run(&wants, 2, ms), (vec![], vec![], None));
    }
    d.poll.resume(&"p".into(), &mut d.cache);
    assert_eq!(d.run(&wants, 0, 6_000_010).0.len(), 2);
}

#[test]
fn a_pause_holds_lists_back_but_not_what_a_dialog_needs() {
    let mut d = Desk::default();
    d.run(&[want(zones("1"))], 0, 0);
    d.end(&zones("1"), answer(), 0);
    d.poll.paused = true;
    assert_eq!(d.run(&[want(zones("1"))], 0, 60_000), (vec![], vec![], None));
    assert_eq!(d.run(&[want(zones("1"))], 1, 60_000).0, vec![zones("1")]);
}

#[test]
fn a_profile_that_could_not_be_set_up_is_never_asked() {
    let mut poll = Poll::default();
    let mut cache = Cache::default();
    let due = poll.run(&mut cache, &settings(Some("no password")), &[want(zones("1"))], 0, at(0));
    assert!(due.effects.is_empty() && due.next.is_none());
}

#[test]
fn a_reply_that_says_the_same_changes_nothing() {
    let mut d = Desk::default();
    let wants = [want(zones("1"))];
    d.run(&wants, 0, 0);
    assert!(d.end(&zones("1"), answer(), 0).is_some_and(|c| c.changed));
    d.run(&wants, 0, 3000);
    assert!(d.end(&zones("1"), answer(), 3000).is_some_and(|c| !c.changed));
}

#[test]
fn n17_after_an_hour_of_sleep_there_is_one_poll() {
    let mut d = Desk::default();
    let wants = [want(zones("1"))];
    d.run(&wants, 0, 0);
    d.end(&zones("1"), answer(), 0);
    assert_eq!(d.run(&wants, 0, 3_600_000).0.len(), 1);
    d.end(&zones("1"), answer(), 3_600_000);
    assert_eq!(d.run(&wants, 0, 3_600_000).0.len(), 0);
}

#[test]
fn what_nobody_looks_at_is_forgotten_in_time() {
    let mut d = Desk::default();
    d.run(&[want(zones("1"))], 0, 0);
    d.end(&zones("1"), answer(), 0);
    d.run(&[], 0, 60_000);
    assert!(d.cache.answer(&zones("1")).is_some(), "going back shows something at once");
    d.run(&[], 0, 400_000);
    assert!(d.cache.get(&zones("1")).is_none());
}
