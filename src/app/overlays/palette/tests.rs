//! What is found, in which order, and that nothing chosen sends.

use super::*;
use crate::app::cache::Cache;
use crate::app::effect::{Answer, Query, Reply};
use crate::app::key::Size;
use crate::app::panes::topology::{actions, unfinished};
use crate::app::samples::{profile, settings};
use crate::app::settings::{ProfileFacts, Settings};
use crate::domain::capability::{Capabilities, PlaneKind, WhyNot};
use crate::domain::guard::Blocker;
use crate::domain::samples;
use crate::domain::task::TaskSummary;
use crate::domain::time::{Span, Timestamp};
use crate::domain::topology::{Cluster, Server};

struct World {
    cache: Cache,
    settings: Settings,
}

impl World {
    fn new(profiles: &[(&str, PlaneKind)]) -> Self {
        let profile = |(name, kind): &(&str, PlaneKind)| {
            let capabilities = Capabilities { kind: *kind, read_only: false };
            ProfileFacts { capabilities, ..profile(name) }
        };
        let settings = settings(profiles.iter().map(profile).collect());
        Self { cache: Cache::default(), settings }
    }
    fn facts(&self) -> Facts<'_> {
        let size = Size { width: 80, height: 24 };
        Facts { cache: &self.cache, settings: &self.settings, now: now(), size, pane: size }
    }
    fn tell(&mut self, query: &Query, reply: Reply) {
        let answer = Answer { reply, trace: None, server_time: None, took: Span::ZERO };
        self.cache.entry(query).answer = Some((answer, now()));
    }
    fn clusters(mut self, profile: &str, clusters: Vec<Cluster>) -> Self {
        self.tell(&Query::Clusters(profile.into()), Reply::Clusters(clusters));
        self
    }
    /// Opened with this under the cursor.
    fn open(&self, under: Option<(ClusterRef, Scope)>) -> Palette {
        let here = actions(under, &self.facts()).go.into_iter().find_map(|go| match go {
            Go::Actions(offers) => Some(offers),
            _ => None,
        });
        let opened = Opened { actions: here.unwrap_or_default(), ..Opened::default() };
        Palette::new(opened, &self.facts())
    }
}

fn now() -> Timestamp {
    Timestamp::from_millis(1_000_000)
}

fn at(profile: &str, id: &str) -> ClusterRef {
    ClusterRef { profile: profile.into(), id: id.into() }
}

/// A cluster with so many OBServers in each zone.
fn cluster(profile: &str, id: &str, name: &str, zones: &[usize]) -> Cluster {
    let zone = |(z, n): (usize, &usize)| {
        let name = format!("zone{}", z + 1);
        let server = |s: usize| Server {
            id: format!("{id}-{z}-{s}").as_str().into(),
            ..samples::server(&name, &format!("10.{id}.{z}.{s}:2882"))
        };
        samples::zone(&name, (0..*n).map(server).collect())
    };
    let zones = zones.iter().enumerate().map(zone).collect();
    Cluster { at: at(profile, id), name: name.into(), ..samples::cluster(zones) }
}

/// A task on the first cluster of `prod`.
fn task(id: &str) -> TaskSummary {
    TaskSummary { cluster: Some(at("prod", "1")), started: Some(now()), ..samples::summary(id, "RUNNING") }
}

/// The world of the sketch: `protoss` and `meta01` on OCP, `edge` of agents with a zone down.
fn sketch() -> World {
    let mut edge = cluster("edge", "3", "edge", &[1, 1, 1]);
    edge.zones[2].servers[0].stopped = Some(now());
    World::new(&[("prod", PlaneKind::Ocp), ("edge", PlaneKind::Obshell)])
        .clusters(
            "prod",
            vec![
                cluster("prod", "1", "protoss", &[2, 2, 2]),
                cluster("prod", "2", "meta01", &[1, 1, 1, 1, 1]),
            ],
        )
        .clusters("edge", vec![edge])
}

fn zone2() -> (ClusterRef, Scope) {
    (at("prod", "1"), Scope::Zone("zone2".into()))
}

fn type_in(palette: &mut Palette, text: &str, world: &World) {
    for c in text.chars() {
        assert_eq!(palette.key(Key::char(c), &world.facts()), DialogStep::Nothing);
    }
}

fn press(palette: &mut Palette, code: KeyCode, world: &World) -> DialogStep {
    palette.key(Key::plain(code), &world.facts())
}

fn names(palette: &Palette) -> Vec<&str> {
    palette.lines().iter().map(|l| l.name.as_str()).collect()
}

#[test]
fn what_is_under_the_cursor_comes_first_and_what_is_not_possible_last() {
    let world = sketch();
    let mut palette = world.open(Some(zone2()));
    type_in(&mut palette, "stop zo", &world);
    let edge = ["stop zone edge zone1", "stop zone edge zone2"];
    assert_eq!(
        names(&palette),
        [
            "stop zone protoss zone2",
            "stop zone protoss zone1",
            "stop zone protoss zone3",
            "stop zone meta01 …",
            "stop zone edge …",
        ],
    );
    assert_eq!(palette.counts().0, 3 + 5 + 3);
    let Choice::Group { count, .. } = &palette.lines()[3].choice else { panic!("{:?}", palette.lines()) };
    assert_eq!(*count, 5);
    // Gone into, those of a cluster with a zone down are told one by one.
    type_in(&mut palette, "ne edge", &world);
    assert_eq!(palette.lines()[0].name, "stop zone edge zone3");
    assert_eq!(palette.first_not(), 1);
    assert_eq!(names(&palette)[1..], edge);
    let why = Some(Why::Refused(Blocker::OtherZones(vec!["zone3".into()])));
    assert!(palette.lines()[1..].iter().all(|l| l.why == why), "{:?}", palette.lines());
}

#[test]
fn tab_goes_into_a_group_and_enter_does_the_same() {
    let world = sketch();
    for code in [KeyCode::Tab, KeyCode::Enter] {
        let mut palette = world.open(Some(zone2()));
        type_in(&mut palette, "stop zo", &world);
        for _ in 0..3 {
            press(&mut palette, KeyCode::Down, &world);
        }
        assert_eq!(press(&mut palette, code, &world), DialogStep::Nothing);
        assert_eq!(palette.text().0, "stop zone meta01 ");
        assert_eq!(names(&palette).len(), 5);
        assert_eq!(names(&palette)[0], "stop zone meta01 zone1");
    }
}

#[test]
fn a_target_is_chosen_by_profile_and_id_whatever_its_name() {
    let clusters = |p: &str| vec![cluster(p, "1", "protoss", &[1, 1])];
    let world = World::new(&[("east", PlaneKind::Ocp), ("west", PlaneKind::Ocp)])
        .clusters("east", clusters("east"))
        .clusters("west", clusters("west"));
    let mut palette = world.open(None);
    type_in(&mut palette, "stop cluster protoss", &world);
    assert_eq!(names(&palette), ["stop cluster east/protoss", "stop cluster west/protoss"]);
    press(&mut palette, KeyCode::Down, &world);
    let step = press(&mut palette, KeyCode::Enter, &world);
    assert_eq!(step, DialogStep::CloseAnd(Go::Dialog(Verb::Stop, at("west", "1"), Scope::Cluster)));
}

#[test]
fn x11_names_that_are_the_same_or_look_so_have_their_id_beside_them() {
    let odd = "prot\u{43e}ss";
    let world = World::new(&[("prod", PlaneKind::Ocp)]).clusters(
        "prod",
        vec![
            cluster("prod", "1", "meta", &[1]),
            cluster("prod", "2", "meta", &[1]),
            cluster("prod", "3", odd, &[1]),
        ],
    );
    let mut palette = world.open(None);
    type_in(&mut palette, "restart cluster", &world);
    let odd = format!("restart cluster {odd}(3)");
    let want = ["restart cluster prod/meta(1)", "restart cluster prod/meta(2)", odd.as_str()];
    assert_eq!(names(&palette), want);
}

#[test]
fn a_cluster_that_a_task_holds_is_told_with_the_task() {
    let mut world = sketch();
    world.tell(&unfinished(&"prod".into()), Reply::Tasks(vec![task("89026504")]));
    let mut palette = world.open(Some(zone2()));
    type_in(&mut palette, "start cluster", &world);
    assert_eq!(names(&palette)[0], "start cluster meta01", "{:?}", names(&palette));
    let held = &palette.lines()[palette.first_not()];
    assert_eq!(held.name, "start cluster protoss");
    assert!(matches!(&held.why, Some(Why::Refused(Blocker::HeldBy(t))) if t.at.id.raw() == "89026504"));
    // The dialog shows the way round.
    while palette.line().is_some_and(|l| l.name != "start cluster protoss") {
        press(&mut palette, KeyCode::Down, &world);
    }
    let step = press(&mut palette, KeyCode::Enter, &world);
    assert_eq!(step, DialogStep::CloseAnd(Go::Dialog(Verb::Start, at("prod", "1"), Scope::Cluster)));
}

#[test]
fn a_verb_alone_means_what_is_under_the_cursor_also_where_it_is_not_possible() {
    let world = sketch();
    let edge = at("edge", "3");
    let mut palette = world.open(Some((edge.clone(), Scope::Zone("zone1".into()))));
    type_in(&mut palette, "stop", &world);
    assert!(palette.selected() >= palette.first_not(), "{:?}", palette.line());
    assert_eq!(palette.line().map(|l| l.name.as_str()), Some("stop zone edge zone1"));
    let step = press(&mut palette, KeyCode::Enter, &world);
    assert_eq!(step, DialogStep::CloseAnd(Go::Dialog(Verb::Stop, edge, Scope::Zone("zone1".into()))));
}

#[test]
fn what_a_plane_does_not_offer_is_told_and_opens_nothing() {
    let world = sketch();
    let mut palette = world.open(None);
    type_in(&mut palette, "restart cluster edge", &world);
    assert_eq!(palette.first_not(), 0);
    assert_eq!(palette.lines()[0].why, Some(Why::Not(WhyNot::ObshellHasNoRestart)));
    let step = press(&mut palette, KeyCode::Enter, &world);
    assert_eq!(step, DialogStep::CloseAnd(Go::Notice(Notice::NotPossible(WhyNot::ObshellHasNoRestart))));
}

#[test]
fn a_pasted_id_finds_its_task_before_anything_else() {
    let mut world = sketch();
    let tasks = vec![task("89026504"), task("8902650")];
    world.tell(&unfinished(&"prod".into()), Reply::Tasks(tasks));
    let mut palette = world.open(Some(zone2()));
    let known =
        known(&crate::app::story::Story::default(), &crate::app::journal::Journal::default(), &world.facts());
    palette.learn(known);
    palette.paste(" 8902650\n");
    assert_eq!(names(&palette)[0], "task 8902650 Stop OB zone protoss/zone2");
    let step = press(&mut palette, KeyCode::Enter, &world);
    let at = TaskRef { profile: "prod".into(), id: "8902650".into() };
    assert_eq!(step, DialogStep::CloseAnd(Go::Task(at)));
}

#[test]
fn unknown_words_are_looked_for_on_the_screen() {
    let world = sketch();
    let mut palette = world.open(None);
    type_in(&mut palette, "no such thing", &world);
    assert_eq!(palette.counts().0, 0);
    assert_eq!(names(&palette), ["/no such thing"]);
    assert_eq!(press(&mut palette, KeyCode::Tab, &world), DialogStep::Nothing);
    assert_eq!(palette.text().0, "no such thing");
    let step = press(&mut palette, KeyCode::Enter, &world);
    assert_eq!(step, DialogStep::CloseAnd(Go::Look("no such thing".to_owned())));
}

#[test]
fn up_brings_back_what_was_typed_and_moves_the_selection_once_it_has_left_the_first_line() {
    let world = sketch();
    let opened = || Opened { typed: vec!["tasks".to_owned(), "stop zone".to_owned()], ..Opened::default() };
    let mut palette = Palette::new(opened(), &world.facts());
    press(&mut palette, KeyCode::Down, &world);
    press(&mut palette, KeyCode::Up, &world);
    assert_eq!((palette.text().0, palette.selected()), ("", 0), "the selection moved");
    press(&mut palette, KeyCode::Up, &world);
    assert_eq!(palette.text().0, "stop zone");
    press(&mut palette, KeyCode::Down, &world);
    press(&mut palette, KeyCode::Up, &world);
    assert_eq!((palette.text().0, palette.selected()), ("stop zone", 0));
    press(&mut palette, KeyCode::Up, &world);
    press(&mut palette, KeyCode::Up, &world);
    assert_eq!(palette.text().0, "tasks", "there is nothing before the first");
    // What was changed is the operator's own: nothing replaces it.
    type_in(&mut palette, "!", &world);
    press(&mut palette, KeyCode::Up, &world);
    assert_eq!(palette.text().0, "tasks!");
}

#[test]
fn lines_typed_before_are_bounded_and_each_is_kept_once() {
    let mut typed = Vec::new();
    for n in 0..limits::PALETTE_TYPED + 5 {
        keep_typed(&mut typed, &format!("line {n}"));
        keep_typed(&mut typed, "  ");
        keep_typed(&mut typed, " again ");
    }
    assert_eq!(typed.len(), limits::PALETTE_TYPED);
    assert_eq!(typed.iter().filter(|t| *t == "again").count(), 1);
    assert_eq!(typed.last().map(String::as_str), Some("again"));
}

#[test]
fn a_fleet_is_looked_through_without_a_line_for_each() {
    let fleet: Vec<Cluster> =
        (0..100).map(|n| cluster("prod", &n.to_string(), &format!("ob{n:03}"), &[34, 33, 33])).collect();
    let world = World::new(&[("prod", PlaneKind::Ocp)]).clusters("prod", fleet);
    let mut palette = world.open(Some((at("prod", "7"), Scope::Zone("zone1".into()))));
    assert_eq!(palette.counts().1, palette.entries.named.len() + 3 * 100 * (1 + 3 + 100));
    for text in ["s", "top server", " ob042"] {
        type_in(&mut palette, text, &world);
        assert!(palette.lines().len() <= limits::PALETTE_LINES);
    }
    // All that is left is of one cluster: no group is needed to tell.
    assert_eq!(palette.lines().len(), 100);
    assert_eq!(palette.counts().0, 100);
    type_in(&mut palette, " 10.42.2.7:", &world);
    assert_eq!(names(&palette), ["stop server ob042 10.42.2.7:2882"]);
    palette.put("stop server");
    assert_eq!(palette.counts().0, 100 * 100);
    assert_eq!(palette.lines().len(), 100, "a line for each cluster");
    palette.put("s");
    assert!(palette.left_out() > 0 || palette.lines().len() < limits::PALETTE_LINES);
}

/// Every line of every list, chosen: what comes of it may open something, and nothing else.
#[test]
fn no_choice_is_an_order() {
    let mut world = sketch();
    world.tell(&unfinished(&"prod".into()), Reply::Tasks(vec![task("89026504")]));
    let known = || {
        known(&crate::app::story::Story::default(), &crate::app::journal::Journal::default(), &world.facts())
    };
    let mut chosen = 0;
    for text in ["", "stop", "start", "restart", "task", "runbook", "8902", "edge", "e", "zz top"] {
        let open = || {
            let mut palette = world.open(Some(zone2()));
            palette.learn(known());
            palette.put(text);
            palette
        };
        for ix in 0..open().lines().len() {
            let mut palette = open();
            palette.selected = ix;
            match press(&mut palette, KeyCode::Enter, &world) {
                DialogStep::Nothing | DialogStep::CloseAnd(_) => chosen += 1,
                other => panic!("{text} {ix}: {other:?}"),
            }
        }
    }
    assert!(chosen > 100, "{chosen}");
}
