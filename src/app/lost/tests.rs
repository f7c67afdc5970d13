//! What counts as found, and what is left to a person.

use super::*;
use crate::app::cache::Cache;
use crate::app::effect::{Answer, Reply};
use crate::app::key::{Key, KeyCode, Size};
use crate::app::overlays::lost::{LostPage, LostStep};
use crate::app::samples::{profile, settings};
use crate::app::settings::Settings;
use crate::domain::id::TaskId;
use crate::domain::samples;

const SENT: i64 = 1_700_000_000_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(SENT + seconds * 1000)
}

fn intent(task: Option<&str>) -> Intent {
    let sent = samples::intent("o", at(0));
    Intent { subject: Subject { task: task.map(TaskId::new), ..sent.subject }, ..sent }
}

fn task(id: &str, name: &str, creator: &str, started: i64) -> TaskSummary {
    TaskSummary {
        name: name.into(),
        creator: creator.into(),
        started: Some(at(started)),
        ..samples::summary(id, "RUNNING")
    }
}

struct World {
    cache: Cache,
    settings: Settings,
    lost: LostOrders,
}

impl World {
    fn new(here: bool) -> Self {
        let settings = settings(vec![profile("prod")]);
        let mut lost = LostOrders::default();
        lost.add(Lost::new(&intent(None), at(0), here));
        let mut world = Self { cache: Cache::default(), settings, lost };
        world.look(0);
        world
    }
    fn look(&mut self, seconds: i64) -> bool {
        let size = Size { width: 80, height: 24 };
        let cx = Facts { cache: &self.cache, settings: &self.settings, now: at(seconds), size, pane: size };
        self.lost.refresh(&cx)
    }
    fn list(&mut self, seconds: i64, tasks: Vec<TaskSummary>) -> Sight {
        let query = self.lost.wants()[0].query.clone();
        let answer = Answer { reply: Reply::Tasks(tasks), trace: None, server_time: None, took: Span::ZERO };
        self.cache.entry(&query).answer = Some((answer, at(seconds)));
        self.look(seconds);
        self.lost.all()[0].sight()
    }
    fn sure(&self) -> Option<&str> {
        self.lost.all()[0].sure().map(|t| t.at.id.raw())
    }
}

#[test]
fn a01_one_task_of_the_same_name_begun_since_is_it() {
    let mut w = World::new(true);
    let others = vec![
        task("1", "Stop OB zone", "oncall", -60),
        task("2", "Start OB zone", "oncall", 1),
        task("3", "Stop OB zone", "oncall", 1),
    ];
    assert_eq!(w.list(2, others), Sight::Found);
    assert_eq!(w.sure(), Some("3"));
}

#[test]
fn a05_of_two_candidates_none_is_picked_and_a_person_chooses() {
    let mut w = World::new(true);
    let two = vec![task("8", "Stop OB zone", "admin", 2), task("7", "Stop OB zone", "boss", 1)];
    assert_eq!(w.list(2, two), Sight::Found);
    assert_eq!(w.sure(), None);
    assert_eq!(w.lost.all()[0].found.len(), 2);
    let mut page = LostPage::new(Key::plain(KeyCode::Other), at(0), false);
    page.painted(at(2));
    assert_eq!(page.key(Key::char('j'), &w.lost, at(5)), LostStep::Stay);
    let step = page.key(Key::plain(KeyCode::Enter), &w.lost, at(6));
    let LostStep::Take(order, task) = step else { panic!("{step:?}") };
    assert_eq!((order.raw(), task.id.raw()), ("o", "7"));
}

#[test]
fn a05_of_two_the_one_of_the_same_creator_stands() {
    let mut w = World::new(true);
    w.list(2, vec![task("8", "Stop OB zone", "admin", 2), task("7", "Stop OB zone", "oncall", 1)]);
    assert_eq!(w.sure(), Some("7"));
}

#[test]
fn a04_only_lists_that_came_since_count_and_each_once() {
    let mut w = World::new(true);
    // Older than the look.
    assert_eq!(w.list(-1, Vec::new()), Sight::Looking);
    w.list(1, Vec::new());
    w.look(40);
    assert_eq!(w.lost.all()[0].sight(), Sight::Looking, "one list is not two");
    assert_eq!(w.list(41, Vec::new()), Sight::NotSeen);
    // It may still come.
    assert_eq!(w.list(50, vec![task("3", "Stop OB zone", "oncall", 1)]), Sight::Found);
}

#[test]
fn a04_while_it_is_looked_for_nobody_can_let_it_be() {
    let mut w = World::new(true);
    let mut page = LostPage::new(Key::plain(KeyCode::Other), at(0), false);
    page.painted(at(0));
    assert_eq!(page.key(Key::char('l'), &w.lost, at(5)), LostStep::Stay);
    w.list(1, Vec::new());
    w.list(31, Vec::new());
    assert_eq!(page.key(Key::char('l'), &w.lost, at(33)), LostStep::LetBe(OrderId::new("o")));
}

#[test]
fn a08_what_an_earlier_run_sent_is_never_taken_without_a_person() {
    let mut w = World::new(false);
    w.list(2, vec![task("3", "Stop OB zone", "oncall", 1)]);
    assert_eq!(w.lost.all()[0].found.len(), 1);
    assert_eq!(w.sure(), None);
}

#[test]
fn keys_typed_before_the_page_was_seen_do_not_count() {
    let mut w = World::new(true);
    w.list(2, vec![task("3", "Stop OB zone", "admin", 1), task("4", "Stop OB zone", "admin", 1)]);
    let mut page = LostPage::new(Key::plain(KeyCode::Other), at(2), false);
    assert_eq!(page.key(Key::plain(KeyCode::Enter), &w.lost, at(9)), LostStep::Stay, "never painted");
    page.painted(at(9));
    assert_eq!(page.key(Key::plain(KeyCode::Enter), &w.lost, at(9)), LostStep::Stay);
    assert_eq!(
        page.key(Key::plain(KeyCode::Esc), &w.lost, at(9)),
        LostStep::Close,
        "the way out is never deaf"
    );
}

#[test]
fn an_order_to_a_task_is_settled_by_a_person_who_sees_its_state() {
    let mut lost = LostOrders::default();
    lost.add(Lost::new(&intent(Some("5")), at(0), true));
    assert!(matches!(&lost.wants()[0].query, Query::Task(t) if t.id.raw() == "5"));
}
