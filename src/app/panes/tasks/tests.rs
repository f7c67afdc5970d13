//! Order, selection, filter and actions of the task list.

use super::*;
use crate::app::cache::Cache;
use crate::app::effect::{Answer, Reply};
use crate::app::key::Size;
use crate::app::samples::{profile, settings};
use crate::app::settings::{ProfileFacts, Settings};
use crate::domain::capability::{Capabilities, PlaneKind};
use crate::domain::id::ClusterRef;
use crate::domain::samples;

struct World {
    cache: Cache,
    settings: Settings,
    now: Timestamp,
}

impl World {
    fn new(read_only: bool) -> Self {
        let profile = |name, kind| {
            let capabilities = Capabilities { kind, read_only };
            ProfileFacts { capabilities, ..profile(name) }
        };
        let settings = settings(vec![profile("ocp", PlaneKind::Ocp), profile("edge", PlaneKind::Obshell)]);
        Self { cache: Cache::default(), settings, now: Timestamp::from_millis(1_000_000) }
    }
    fn facts(&self) -> Facts<'_> {
        let size = Size { width: 80, height: 10 };
        Facts { cache: &self.cache, settings: &self.settings, now: self.now, size, pane: size }
    }
    fn tell(&mut self, query: &Query, tasks: Vec<TaskSummary>) {
        self.now = self.now.plus(Span::from_secs(1));
        let reply = Reply::Tasks(tasks);
        let answer = Answer { reply, trace: None, server_time: Some(self.now), took: Span::ZERO };
        self.cache.entry(query).answer = Some((answer, self.now));
    }
}

fn one(profile: &str, id: &str, word: &str, started: i64) -> TaskSummary {
    TaskSummary {
        at: TaskRef { profile: profile.into(), id: id.into() },
        cluster: Some(ClusterRef { profile: profile.into(), id: "1".into() }),
        started: Some(Timestamp::from_millis(started * 1000)),
        ..samples::summary(id, word)
    }
}

fn ids(pane: &Tasks, world: &World) -> Vec<String> {
    pane.rows(&world.facts()).iter().map(|t| t.at.id.raw().to_owned()).collect()
}

fn lists() -> (Query, Query, Query) {
    (unfinished(&"ocp".into()), recent(&"ocp".into()), recent(&"edge".into()))
}

#[test]
fn what_holds_a_cluster_stands_first_then_the_newest() {
    let (_, all, edge) = lists();
    let (mut world, pane) = (World::new(false), Tasks::default());
    world.tell(
        &all,
        vec![
            one("ocp", "9", "SUCCESSFUL", 90),
            one("ocp", "10", "SUCCESSFUL", 90),
            one("ocp", "3", "RUNNING", 30),
            one("ocp", "4", "FAILED", 40),
        ],
    );
    world.tell(&edge, vec![one("edge", "5", "RUNNING", 50), one("edge", "6", "SUCCEED", 100)]);
    assert_eq!(ids(&pane, &world), ["5", "4", "3", "6", "10", "9"]);
}

#[test]
fn a_task_in_both_lists_is_there_once_as_the_newer_tells_it() {
    let (open, all, _) = lists();
    let (mut world, pane) = (World::new(false), Tasks::default());
    world.tell(&all, vec![one("ocp", "3", "RUNNING", 30)]);
    world.tell(&open, vec![one("ocp", "3", "FAILED", 30)]);
    let facts = world.facts();
    let rows = pane.rows(&facts);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].phase(), Phase::Failed);
}

#[test]
fn the_selection_stays_with_its_task_when_rows_move() {
    let (_, all, _) = lists();
    let (mut world, mut pane) = (World::new(false), Tasks::default());
    world.tell(&all, vec![one("ocp", "3", "RUNNING", 30), one("ocp", "4", "SUCCESSFUL", 40)]);
    pane.refresh(&world.facts());
    pane.command(Command::Down, &world.facts());
    assert_eq!(pane.selected().unwrap().id.raw(), "4");
    world.tell(
        &all,
        vec![
            one("ocp", "3", "SUCCESSFUL", 30),
            one("ocp", "4", "SUCCESSFUL", 40),
            one("ocp", "5", "RUNNING", 50),
        ],
    );
    pane.refresh(&world.facts());
    assert_eq!(pane.selected().unwrap().id.raw(), "4");
    world.tell(&all, vec![one("ocp", "5", "RUNNING", 50), one("ocp", "3", "SUCCESSFUL", 30)]);
    pane.refresh(&world.facts());
    assert_eq!(pane.selected().unwrap().id.raw(), "3", "gone: the one in its place");
}

#[test]
fn the_same_id_on_two_control_planes_is_two_tasks() {
    let (_, all, edge) = lists();
    let (mut world, pane) = (World::new(false), Tasks::default());
    world.tell(&all, vec![one("ocp", "3", "RUNNING", 30)]);
    world.tell(&edge, vec![one("edge", "3", "RUNNING", 30)]);
    assert_eq!(pane.rows(&world.facts()).len(), 2);
}

#[test]
fn a_filter_looks_at_every_word_of_the_row() {
    let (_, all, _) = lists();
    let (mut world, mut pane) = (World::new(false), Tasks::default());
    world.tell(&all, vec![one("ocp", "3", "RUNNING", 30), one("ocp", "4", "FAILED", 40)]);
    for (text, want) in [("FAILED", 1), ("zone2", 2), ("stop ob", 2), ("4", 1), ("nothing", 0)] {
        pane.filter(Some(text));
        assert_eq!(pane.rows(&world.facts()).len(), want, "{text}");
    }
    pane.filter(None);
    assert_eq!(pane.rows(&world.facts()).len(), 2);
}

#[test]
fn every_action_is_told_with_its_reason() {
    let (_, all, edge) = lists();
    let offered = |world: &World, pane: &mut Tasks| -> Vec<(&'static str, Result<(), WhyNot>)> {
        let step = pane.command(Command::Actions, &world.facts());
        match step.go.into_iter().next() {
            Some(Go::Actions(offers)) => offers.into_iter().map(|o| (o.word, o.can)).collect(),
            other => panic!("{other:?}"),
        }
    };
    let (mut world, mut pane) = (World::new(false), Tasks::default());
    world.tell(&all, vec![one("ocp", "3", "RUNNING", 30)]);
    let want = [
        ("retry task", Err(WhyNot::OnlyAfterFailure)),
        ("roll back task", Err(WhyNot::OnlyAfterFailure)),
        ("cancel task", Err(WhyNot::OcpCannotCancelTasks)),
        ("pass task", Err(WhyNot::OnlyObshellPasses)),
    ];
    assert_eq!(offered(&world, &mut pane), want);
    world.tell(&all, vec![one("ocp", "3", "FAILED", 30)]);
    assert_eq!(offered(&world, &mut pane)[..2], [("retry task", Ok(())), ("roll back task", Ok(()))]);
    world.tell(&all, vec![]);
    world.tell(&edge, vec![one("edge", "5", "RUNNING", 50)]);
    assert_eq!(offered(&world, &mut pane)[2], ("cancel task", Ok(())));
    world.settings = World::new(true).settings;
    assert!(offered(&world, &mut pane).iter().all(|o| o.1 == Err(WhyNot::ReadOnly)));
}

#[test]
fn a_task_that_left_the_unfinished_ones_is_soon_read_again() {
    let (open, all, _) = lists();
    let (mut world, pane) = (World::new(false), Tasks::default());
    let age = |world: &World| {
        pane.wants(&world.facts()).into_iter().find(|w| w.query == all).map(|w| w.max_age).unwrap()
    };
    world.tell(&all, vec![one("ocp", "3", "RUNNING", 30)]);
    world.tell(&open, vec![one("ocp", "3", "RUNNING", 30)]);
    assert_eq!(age(&world), RECENT_MAX_AGE);
    world.tell(&open, vec![]);
    assert_eq!(age(&world), Span::from_secs(2));
}

#[test]
fn nothing_selected_is_said_and_not_ignored() {
    let (world, mut pane) = (World::new(false), Tasks::default());
    let step = pane.command(Command::Enter, &world.facts());
    assert_eq!(step.go, [Go::Notice(Notice::NotPossible(WhyNot::NothingSelected))]);
}
