//! What is remembered for the timeline.

use super::*;
use crate::domain::incident::Happened;
use crate::domain::samples::{self, protoss, task_ref};
use crate::domain::status::health;
use crate::domain::task::TaskGraph;
use crate::domain::topology::{PlaneInfo, Server};

fn at(secs: i64) -> Timestamp {
    Timestamp::from_millis(1_000_000_000_000).plus(Span::from_secs(secs))
}

fn zones(word: &str) -> Reply {
    let server = Server { status: health(word), ..samples::server("zone1", "10.0.0.1:2882") };
    Reply::Zones(vec![samples::zone("zone1", vec![server])])
}

fn task(id: &str) -> Reply {
    let head = TaskSummary { started: Some(at(0)), ..samples::summary(id, "RUNNING") };
    Reply::Task(Box::new(samples::task(head, TaskGraph::default())))
}

/// Lets an answer come in as `update` does: what both tell, the story, then the cache.
fn comes(story: &mut Story, cache: &mut Cache, query: &Query, reply: Reply, now: Timestamp) {
    let mut answer = Answer { reply, trace: None, server_time: None, took: Span::ZERO };
    cache.carry(query, &mut answer, now);
    story.saw(cache, query, &answer, now);
    cache.entry(query).answer = Some((answer, now));
}

#[test]
fn a_server_that_differs_between_two_polls_is_a_change_and_the_first_poll_is_none() {
    let (mut story, mut cache) = (Story::default(), Cache::default());
    let query = Query::Zones(protoss());
    comes(&mut story, &mut cache, &query, zones("RUNNING"), at(0));
    comes(&mut story, &mut cache, &query, zones("RUNNING"), at(2));
    assert_eq!(story.changes().count(), 0);
    comes(&mut story, &mut cache, &query, zones("UNAVAILABLE"), at(4));
    let change = story.changes().next().unwrap();
    assert_eq!((change.from.raw(), change.to.raw()), ("RUNNING", "UNAVAILABLE"));
    assert_eq!((change.at, change.within), (at(4), Span::from_secs(2)));
}

#[test]
fn changes_and_followed_tasks_are_bounded() {
    let (mut story, mut cache) = (Story::default(), Cache::default());
    let query = Query::Zones(protoss());
    for i in 0..2 * limits::CHANGES_SEEN as i64 {
        let word = if i % 2 == 0 { "RUNNING" } else { "UNAVAILABLE" };
        comes(&mut story, &mut cache, &query, zones(word), at(i));
    }
    assert_eq!(story.changes().count(), limits::CHANGES_SEEN);
    for i in 0..3 * limits::TIMELINE_TASKS {
        let id = i.to_string();
        let query = Query::Task(task_ref(&id));
        comes(&mut story, &mut cache, &query, task(&id), at(0));
        comes(&mut story, &mut cache, &query, task(&id), at(1));
    }
    assert_eq!(story.followed.len(), limits::TIMELINE_TASKS);
}

#[test]
fn a_followed_task_stays_after_its_answer_has_left_the_cache() {
    let (mut story, mut cache) = (Story::default(), Cache::default());
    let query = Query::Task(task_ref("7"));
    comes(&mut story, &mut cache, &query, task("7"), at(1));
    cache.retain(|_, _| false);
    let settings = crate::app::samples::settings(Vec::new());
    let all = story.moments(&Journal::default(), &cache, &settings, &Wanted::default());
    assert!(matches!(all.as_slice(), [m] if matches!(m.what, Happened::TaskBegan { .. })));
}

#[test]
fn h17_the_newest_answer_tells_how_far_the_server_is_ahead() {
    let mut cache = Cache::default();
    let put = |cache: &mut Cache, query: Query, server: Option<Timestamp>, when: Timestamp| {
        let answer = Answer {
            reply: zones("RUNNING"),
            trace: None,
            server_time: server,
            took: Span::from_millis(200),
        };
        cache.entry(&query).answer = Some((answer, when));
    };
    assert_eq!(skew(&cache, &"prod".into()), None);
    put(&mut cache, Query::Tenants(protoss()), Some(at(70)), at(0));
    put(&mut cache, Query::Zones(protoss()), Some(at(160)), at(100));
    assert_eq!(skew(&cache, &"prod".into()), Some(Span::from_millis(60_100)));
    assert_eq!(skew(&cache, &"q".into()), None);
    let info = PlaneInfo { version: Text::default(), skew: Some(Span::from_secs(9)) };
    let mut cache = Cache::default();
    let answer = Answer { reply: Reply::Info(info), trace: None, server_time: None, took: Span::ZERO };
    cache.entry(&Query::Info("prod".into())).answer = Some((answer, at(0)));
    assert_eq!(skew(&cache, &"prod".into()), Some(Span::from_secs(9)));
}

#[test]
fn an_address_inside_a_longer_one_is_not_named() {
    assert!(has_word("server 10.0.0.1 stopped", "10.0.0.1"));
    assert!(has_word("protoss/zone2", "protoss"));
    assert!(!has_word("10.0.0.12", "10.0.0.1"));
    assert!(!has_word("110.0.0.1", "10.0.0.1"));
    assert!(!has_word("protoss2", "protoss"));
    assert!(!has_word("x", ""));
}
