//! Following, folding, problems and what is read for the task view.

use super::*;
use crate::app::cache::Cache;
use crate::app::effect::{Answer, Reply};
use crate::app::key::Size;
use crate::app::samples::settings;
use crate::app::settings::Settings;
use crate::domain::fold;
use crate::domain::samples;
use crate::domain::task::{Progress, TaskSummary};

struct World {
    cache: Cache,
    settings: Settings,
    now: Timestamp,
    pane: Size,
}

impl World {
    fn new(width: u16, height: u16) -> Self {
        let (settings, now) = (settings(Vec::new()), Timestamp::from_millis(1_000_000));
        Self { cache: Cache::default(), settings, now, pane: Size { width, height } }
    }
    fn facts(&self) -> Facts<'_> {
        Facts {
            cache: &self.cache,
            settings: &self.settings,
            now: self.now,
            size: self.pane,
            pane: self.pane,
        }
    }
    fn tell(&mut self, pane: &mut TaskPane, task: Task) -> Step {
        self.now = self.now.plus(Span::from_secs(1));
        let query = Query::Task(task.head.at.clone());
        let answer = Answer {
            reply: Reply::Task(Box::new(task)),
            trace: None,
            server_time: Some(self.now),
            took: Span::ZERO,
        };
        self.cache.entry(&query).answer = Some((answer, self.now));
        pane.refresh(&self.facts())
    }
}

fn reference() -> TaskRef {
    samples::task_ref("1")
}

fn one(id: &str, name: &str, ups: &[&str], ix: Option<u32>, word: &str) -> Subtask {
    Subtask {
        timeout: Some(Span::from_secs(100)),
        timeout_told: Some(100),
        parallel_ix: ix,
        started: (word != "PENDING").then(|| Timestamp::from_millis(900_000)),
        finished: (word == "SUCCESSFUL" || word == "FAILED").then(|| Timestamp::from_millis(950_000)),
        upstreams: ups.iter().map(|u| (*u).into()).collect(),
        ..samples::subtask(id, name, word)
    }
}

/// `a`, then `w1 w2 w3` side by side, then `z`.
fn fan(words: [&str; 5], whole: &str) -> Task {
    let [a, w1, w2, w3, z] = words;
    let subtasks = vec![
        one("1", "a", &[], None, a),
        one("2", "w", &["1"], Some(0), w1),
        one("3", "w", &["1"], Some(1), w2),
        one("4", "w", &["1"], Some(2), w3),
        one("5", "z", &["2", "3", "4"], None, z),
    ];
    let progress = Progress::of(subtasks.iter().map(Subtask::phase));
    let started = Some(Timestamp::from_millis(900_000));
    let head = TaskSummary { started, progress, ..samples::summary("1", whole) };
    samples::task(head, fold::flat(subtasks))
}

const D: &str = "SUCCESSFUL";
const R: &str = "RUNNING";
const P: &str = "PENDING";
const F: &str = "FAILED";

fn opened() -> TaskPane {
    let mut pane = TaskPane::default();
    pane.open(reference());
    pane
}

fn selected(pane: &TaskPane) -> &str {
    pane.selected().map_or("", |i| i.id.raw())
}

#[test]
fn the_selection_goes_with_what_runs_until_the_operator_moves() {
    let (mut world, mut pane) = (World::new(80, 21), opened());
    world.tell(&mut pane, fan([R, P, P, P, P], R));
    assert_eq!(selected(&pane), "1");
    world.tell(&mut pane, fan([D, R, R, R, P], R));
    assert_eq!(selected(&pane), "2");
    world.tell(&mut pane, fan([D, D, R, R, P], R));
    assert_eq!(selected(&pane), "3");
    pane.command(Command::First, &world.facts());
    assert_eq!(selected(&pane), "1");
    world.tell(&mut pane, fan([D, D, D, D, R], R));
    assert_eq!(selected(&pane), "1", "the operator moved, so it stays");
    pane.command(Command::Follow, &world.facts());
    assert_eq!(selected(&pane), "5");
}

#[test]
fn of_several_that_run_a_poll_does_not_pick_another() {
    let (mut world, mut pane) = (World::new(80, 21), opened());
    world.tell(&mut pane, fan([D, P, R, R, P], R));
    assert_eq!(selected(&pane), "3");
    world.tell(&mut pane, fan([D, R, R, R, P], R));
    assert_eq!(selected(&pane), "3");
}

#[test]
fn between_two_steps_the_selection_waits() {
    let (mut world, mut pane) = (World::new(80, 21), opened());
    world.tell(&mut pane, fan([D, D, D, R, P], R));
    assert_eq!(selected(&pane), "4");
    world.tell(&mut pane, fan([D, D, D, D, P], R));
    assert_eq!(selected(&pane), "4");
}

#[test]
fn a_group_unfolds_in_place_and_folds_again() {
    let (mut world, mut pane) = (World::new(80, 21), opened());
    world.tell(&mut pane, fan([D, D, R, R, P], R));
    let rows = |p: &TaskPane| p.picture().unwrap().rows.iter().filter(|r| r.is_selectable()).count();
    assert_eq!(rows(&pane), 3);
    pane.command(Command::Right, &world.facts());
    assert_eq!(rows(&pane), 5);
    assert_eq!(selected(&pane), "3");
    pane.command(Command::Down, &world.facts());
    assert_eq!(selected(&pane), "4");
    pane.command(Command::Left, &world.facts());
    assert_eq!(rows(&pane), 3);
    assert_eq!(selected(&pane), "4", "folding keeps the member");
}

#[test]
fn no_status_and_no_time_moves_a_row() {
    let (mut world, mut pane) = (World::new(80, 21), opened());
    world.tell(&mut pane, fan([R, P, P, P, P], R));
    let before = pane.picture().unwrap().rows.clone();
    world.tell(&mut pane, fan([D, D, F, R, P], R));
    assert_eq!(before, pane.picture().unwrap().rows);
}

#[test]
fn the_next_problem_goes_round_over_failed_and_overdue_ones() {
    let (mut world, mut pane) = (World::new(80, 21), opened());
    // Running since 100 s of 100 s, so "3" is overdue.
    world.now = Timestamp::from_millis(1_200_000);
    world.tell(&mut pane, fan([D, D, R, F, P], R));
    pane.command(Command::First, &world.facts());
    let mut seen = Vec::new();
    for _ in 0..3 {
        pane.command(Command::Problems, &world.facts());
        seen.push(selected(&pane).to_owned());
    }
    assert_eq!(seen, ["3", "4", "3"]);
}

#[test]
fn without_a_problem_that_is_said() {
    let (mut world, mut pane) = (World::new(80, 21), opened());
    world.now = Timestamp::from_millis(940_000);
    world.tell(&mut pane, fan([R, P, P, P, P], R));
    let step = pane.command(Command::Problems, &world.facts());
    assert_eq!(step.go, [Go::Notice(Notice::NoProblem)]);
}

#[test]
fn d05_the_selection_follows_the_id_else_the_name() {
    let (mut world, mut pane) = (World::new(80, 21), opened());
    world.tell(&mut pane, fan([D, D, D, D, R], R));
    pane.command(Command::Last, &world.facts());
    assert_eq!(selected(&pane), "5");
    let mut again = fan([D, D, D, D, R], R);
    let subtasks: Vec<Subtask> = again
        .subtasks()
        .cloned()
        .map(|mut s| {
            if s.id.raw() == "5" {
                s.id = "77".into();
            }
            s
        })
        .collect();
    again.graph = fold::flat(subtasks);
    world.tell(&mut pane, again);
    assert_eq!(selected(&pane), "77");
}

#[test]
fn a16_an_end_is_read_twice_and_then_no_more() {
    let (mut world, mut pane) = (World::new(80, 21), opened());
    let max_age = |pane: &TaskPane, world: &World| pane.wants(&world.facts())[0].max_age;
    world.tell(&mut pane, fan([D, D, D, D, R], R));
    assert_eq!(max_age(&pane, &world), limits::POLL_TASK);
    let step = world.tell(&mut pane, fan([D, D, D, D, D], D));
    assert!(matches!(step.go.as_slice(), [Go::Notice(Notice::TaskEnded(_))]));
    assert_eq!(max_age(&pane, &world), PROOF);
    let step = world.tell(&mut pane, fan([D, D, D, D, D], D));
    assert!(step.go.is_empty());
    assert_eq!(max_age(&pane, &world), NEVER);
    world.tell(&mut pane, fan([D, D, D, D, R], R));
    assert_eq!(max_age(&pane, &world), limits::POLL_TASK, "drawn as told, and read on");
}

#[test]
fn a_log_read_in_the_moment_of_a_change_is_not_due_again_in_that_moment() {
    let (mut world, mut pane) = (World::new(80, 21), opened());
    world.tell(&mut pane, fan([R, P, P, P, P], R));
    world.tell(&mut pane, fan([D, P, P, P, P], R));
    assert_eq!(selected(&pane), "1");
    let query = Query::Log(reference(), "1".into());
    let answer = Answer {
        reply: Reply::Log(crate::domain::task::LogText::default()),
        trace: None,
        server_time: None,
        took: Span::ZERO,
    };
    world.cache.entry(&query).answer = Some((answer, world.now));
    let due = |world: &World| {
        let want = pane.wants(&world.facts()).into_iter().find(|w| w.query == query);
        let read = world.cache.get(&query).and_then(|k| k.answer.as_ref()).map(|a| a.1);
        read.zip(want).is_some_and(|(at, w)| at.plus(w.max_age) <= world.now)
    };
    assert!(!due(&world));
    world.now = world.now.plus(Span::from_millis(2));
    assert!(due(&world), "what was written since is read once more");
}

#[test]
fn the_log_of_what_is_selected_is_read_often_while_it_runs_and_once_more_after() {
    let (mut world, mut pane) = (World::new(80, 21), opened());
    world.tell(&mut pane, fan([R, P, P, P, P], R));
    let query = Query::Log(reference(), "1".into());
    let want = |pane: &TaskPane, world: &World| {
        pane.wants(&world.facts()).into_iter().find(|w| w.query == query).map(|w| w.max_age)
    };
    assert_eq!(want(&pane, &world), Some(limits::POLL_TASK));
    let log = Answer {
        reply: Reply::Log(crate::domain::task::LogText::default()),
        trace: None,
        server_time: None,
        took: Span::ZERO,
    };
    world.cache.entry(&query).answer = Some((log.clone(), world.now));
    pane.command(Command::First, &world.facts());
    world.tell(&mut pane, fan([D, P, P, P, P], R));
    let age = world.now.since(world.cache.answer(&query).unwrap().1);
    assert!(want(&pane, &world).unwrap() < age, "due at once");
    world.now = world.now.plus(Span::from_secs(1));
    world.cache.entry(&query).answer = Some((log, world.now));
    assert_eq!(want(&pane, &world), Some(NEVER));
}

#[test]
fn a_step_that_never_ran_has_no_log_to_read() {
    let (mut world, mut pane) = (World::new(80, 21), opened());
    world.tell(&mut pane, fan([R, P, P, P, P], R));
    pane.command(Command::Last, &world.facts());
    assert_eq!(selected(&pane), "5");
    assert!(!pane.wants(&world.facts()).iter().any(|w| matches!(w.query, Query::Log(..))));
}

#[test]
fn what_is_left_after_a_retry_is_at_least_known() {
    let mut s = one("1", "a", &[], None, R);
    s.runs = 2;
    let now = Timestamp::from_millis(960_000);
    let clock = times::Clock::of(&s, now, crate::domain::capability::PlaneKind::Ocp);
    assert_eq!(clock.left, Some(times::Left::AtLeast(Span::from_secs(40))));
    assert!(!clock.is_overdue() && clock.used().is_none());
    // The retry of one subtask leaves the count at 1 (ocp-api 6): only the operation tells.
    s.runs = 1;
    s.operation = crate::domain::status::operation("RETRY");
    let late = Timestamp::from_millis(9_960_000);
    let clock = times::Clock::of(&s, late, crate::domain::capability::PlaneKind::Ocp);
    assert_eq!(clock.left, Some(times::Left::AtLeast(Span::ZERO)));
    assert!(!clock.is_overdue());
}

#[test]
fn h15_h17_no_time_is_negative_and_no_limit_is_blank() {
    let mut s = one("1", "a", &[], None, R);
    s.timeout = None;
    let early = Timestamp::from_millis(800_000);
    let ocp = crate::domain::capability::PlaneKind::Ocp;
    let clock = times::Clock::of(&s, early, ocp);
    assert_eq!((clock.elapsed, clock.limit, clock.left), (Some(Span::ZERO), None, None));
    let shell = times::Clock::of(&s, early, crate::domain::capability::PlaneKind::Obshell);
    assert!(shell.limit.is_some_and(|l| l.is_assumed));
}

#[test]
fn layouts_go_round_and_movement_works_in_each() {
    let (mut world, mut pane) = (World::new(80, 21), opened());
    world.tell(&mut pane, fan([D, D, R, R, P], R));
    for view in [View::Boxes, View::List, View::Lanes] {
        pane.command(Command::Layout, &world.facts());
        assert_eq!(pane.picture().unwrap().view, view);
        pane.command(Command::First, &world.facts());
        assert_eq!(selected(&pane), "1", "{view:?}");
        pane.command(Command::Down, &world.facts());
        assert_ne!(selected(&pane), "1", "{view:?}");
    }
}

#[test]
fn no_key_and_no_size_leaves_the_pane_without_its_senses() {
    for (w, h) in [(0, 0), (1, 1), (40, 7), (80, 21), (200, 57)] {
        let (mut world, mut pane) = (World::new(w, h), opened());
        for task in [fan([R, P, P, P, P], R), fan([D, D, F, F, P], F)] {
            world.tell(&mut pane, task);
            for entry in crate::app::command::COMMANDS {
                pane.command(entry.command, &world.facts());
                pane.click(w / 2, h / 2, &world.facts());
                let _ = (pane.offers(&world.facts()), pane.wants(&world.facts()));
            }
        }
        assert!(pane.selected().is_some());
    }
}

/// A hundred steps in ten layers that nothing folds.
fn mesh(extra: bool) -> Task {
    let mut steps = Vec::new();
    for ix in 0..100_usize {
        let ups: Vec<String> = if ix < 10 {
            Vec::new()
        } else {
            let layer = ix / 10 * 10 - 10;
            vec![(layer + ix * 7 % 10).to_string(), (layer + ix * 3 % 10).to_string()]
        };
        let ups: Vec<&str> = ups.iter().map(String::as_str).collect();
        steps.push(one(&ix.to_string(), &format!("Step {ix}"), &ups, None, "PENDING"));
    }
    if extra {
        steps.push(one("100", "One more", &["99"], None, "PENDING"));
    }
    let mut task = fan(["PENDING"; 5], "RUNNING");
    task.graph = fold::flat(steps);
    task
}

fn job(step: Step) -> Option<job::Job> {
    step.effects.into_iter().find_map(|e| if let Effect::Layout(job) = e { Some(*job) } else { None })
}

#[test]
fn a_large_layout_is_made_beside_the_machine_with_lanes_shown_meanwhile() {
    let mut world = World::new(160, 40);
    let mut pane = opened();
    let first = job(world.tell(&mut pane, mesh(false))).unwrap();
    assert!(pane.picture().unwrap().scene.is_none() && !pane.picture().unwrap().rows.is_empty());
    // One at a time, and a poll of the same structure asks for nothing.
    assert_eq!(job(world.tell(&mut pane, mesh(false))), None);
    pane.laid(first.clone().run().unwrap());
    assert_eq!(job(pane.refresh(&world.facts())), None);
    let boxes = |pane: &TaskPane| pane.picture().unwrap().scene.as_ref().map(|s| s.boxes.len());
    assert_eq!(boxes(&pane), Some(100));
    // At another size the old boxes stay until the new ones are there.
    world.pane.width = 200;
    let second = job(pane.refresh(&world.facts())).unwrap();
    assert_eq!(boxes(&pane), Some(100));
    // The task grows meanwhile: what comes back is out of date and asked for anew.
    assert_eq!(job(world.tell(&mut pane, mesh(true))), None);
    assert_eq!(boxes(&pane), None);
    pane.laid(second.run().unwrap());
    let third = job(pane.refresh(&world.facts())).unwrap();
    assert_eq!(boxes(&pane), None);
    pane.laid(third.run().unwrap());
    pane.refresh(&world.facts());
    assert_eq!(boxes(&pane), Some(101));
    assert_eq!(job(pane.refresh(&world.facts())), None);
}

#[test]
fn d04_links_without_number_are_no_boxes_but_lanes_that_can_be_read() {
    let mut world = World::new(160, 40);
    let mut pane = opened();
    let ids: Vec<String> = (0..460).map(|ix| ix.to_string()).collect();
    let first: Vec<&str> = ids.iter().take(230).map(String::as_str).collect();
    let step = |(ix, id): (usize, &String)| {
        let ups: &[&str] = if ix < 230 { &[] } else { &first };
        one(id, &format!("Step {ix}"), ups, None, "PENDING")
    };
    let mut task = mesh(false);
    task.graph = fold::flat(ids.iter().enumerate().map(step).collect());
    assert_eq!(job(world.tell(&mut pane, task)), None, "lanes are the first choice for so many");
    pane.view = Some(View::Boxes);
    let asked = job(pane.refresh(&world.facts())).unwrap();
    let key = asked.key();
    assert_eq!(asked.run().unwrap_err(), job::NotLaid::TooMany(460 + 230 * 230));
    pane.not_laid(key);
    assert_eq!(job(pane.refresh(&world.facts())), None);
    assert!(pane.picture().unwrap().scene.is_none() && pane.picture().unwrap().rows.len() >= 460);
}

#[test]
fn t10_after_a_layout_that_failed_the_lanes_stay_and_only_another_drawing_is_tried() {
    let mut world = World::new(160, 40);
    let mut pane = opened();
    let first = job(world.tell(&mut pane, mesh(false))).unwrap();
    pane.not_laid(first.key().wrapping_add(1));
    assert_eq!(job(world.tell(&mut pane, mesh(false))), None, "the one that failed was another");
    pane.not_laid(first.key());
    for _ in 0..3 {
        assert_eq!(job(world.tell(&mut pane, mesh(false))), None);
        assert!(pane.picture().unwrap().scene.is_none() && !pane.picture().unwrap().rows.is_empty());
    }
    let second = job(world.tell(&mut pane, mesh(true))).unwrap();
    pane.laid(second.run().unwrap());
    pane.refresh(&world.facts());
    assert!(pane.picture().unwrap().scene.is_some());
}

#[test]
fn a_task_that_grows_keeps_the_selected_box_at_its_cell_and_turns_no_drawing() {
    let steps = |n: usize| {
        let all = (0..n).map(|ix| {
            let up = if ix == 0 { None } else { Some(((ix - 1) / 2).to_string()) };
            let ups: Vec<&str> = up.as_deref().into_iter().collect();
            one(&ix.to_string(), &format!("Step {ix}"), &ups, None, if ix == 3 { R } else { P })
        });
        Task { graph: fold::flat(all.collect()), ..fan([P; 5], R) }
    };
    let mut world = World::new(240, 50);
    let mut pane = opened();
    world.tell(&mut pane, steps(9));
    pane.view = Some(View::Boxes);
    pane.refresh(&world.facts());
    let mut seen = Vec::new();
    for n in [9, 10, 11, 12, 13] {
        world.tell(&mut pane, steps(n));
        let scene = pane.picture().unwrap().scene.as_ref().unwrap();
        let b = scene.boxes.iter().find(|b| b.id == "3").unwrap();
        let (x, _) = pane.camera();
        seen.push((b.x - x, scene.orientation, scene.form, scene.boxes.len()));
    }
    assert_eq!(seen.last().unwrap().3, 13);
    assert!(seen.windows(2).all(|w| (w[0].0, w[0].1, w[0].2) == (w[1].0, w[1].1, w[1].2)), "{seen:?}");
}

/// A chain of `n` steps, the first `done` of them finished.
fn chain(n: usize, done: usize) -> Task {
    let steps = (0..n).map(|ix| {
        let up = ix.checked_sub(1).map(|u| format!("{u:03}"));
        let ups: Vec<&str> = up.as_deref().into_iter().collect();
        let word = if ix < done { D } else { P };
        one(&format!("{ix:03}"), &format!("Step {ix}"), &ups, None, word)
    });
    Task { graph: fold::flat(steps.collect()), ..fan([P; 5], R) }
}

fn rows_of(pane: &TaskPane) -> Vec<u16> {
    pane.picture().unwrap().dag.nodes.iter().map(|n| n.rows).collect()
}

#[test]
fn a_group_in_boxes_opens_as_a_list_then_comes_apart_and_folds_again() {
    let mut world = World::new(200, 50);
    let mut pane = opened();
    let mut steps = vec![one("a", "Begin", &[], None, D)];
    for (ix, word) in (0..).zip([D, D, R, P, P]) {
        steps.push(one(&format!("m{ix}"), "Stop", &["a"], Some(ix), word));
    }
    world.tell(&mut pane, Task { graph: fold::flat(steps), ..fan([P; 5], R) });
    let count = |pane: &TaskPane| pane.picture().unwrap().dag.nodes.len();
    let folded = count(&pane);
    pane.command(Command::Follow, &world.facts());
    pane.command(Command::ZoomIn, &world.facts());
    assert_eq!((count(&pane), rows_of(&pane).iter().max()), (folded, Some(&5)), "one box with five rows");
    let ix = pane.selected_ix().unwrap();
    let all = pane.picture().unwrap().items_of(pane.selected().unwrap().node);
    for to in ix + 1..all.end {
        pane.command(Command::Down, &world.facts());
        assert_eq!(pane.selected_ix(), Some(to), "down goes from member to member");
    }
    pane.command(Command::Up, &world.facts());
    assert_eq!(pane.selected_ix(), Some(all.end - 2));
    pane.command(Command::ZoomIn, &world.facts());
    assert_eq!((count(&pane), rows_of(&pane).iter().max()), (folded + 4, Some(&0)));
    pane.command(Command::ZoomOut, &world.facts());
    assert_eq!((count(&pane), rows_of(&pane).iter().max()), (folded, Some(&0)));
}

#[test]
fn chains_of_servers_open_as_a_table_that_keys_go_through_cell_by_cell() {
    let mut world = World::new(160, 40);
    let mut pane = opened();
    let mut steps = vec![one("s", "Begin", &[], None, D)];
    for server in 0..6 {
        for (step, name) in (0..).zip(["Stop", "Wait", "Start"]) {
            let up = if step == 0 { "s".to_owned() } else { format!("{}{server}", step - 1) };
            let word = match (server, step) {
                (4, 1) => F,
                (_, 0) => D,
                _ => P,
            };
            steps.push(one(&format!("{step}{server}"), name, &[&up], Some(server), word));
        }
    }
    world.tell(&mut pane, Task { graph: fold::flat(steps), ..fan([P; 5], R) });
    assert_eq!(selected(&pane), "14", "the failed one");
    pane.command(Command::ZoomIn, &world.facts());
    let node = pane.selected().unwrap().node;
    let picture = pane.picture().unwrap();
    let shape = picture.dag.nodes.get(node).map(|n| (n.rows, n.columns, n.members.len()));
    assert_eq!((picture.dag.nodes.len(), shape), (2, Some((6, 3, 18))));
    for (key, want) in
        [(Command::Up, "13"), (Command::Right, "23"), (Command::Left, "13"), (Command::Down, "14")]
    {
        pane.command(key, &world.facts());
        assert_eq!(selected(&pane), want);
    }
    pane.command(Command::ZoomOut, &world.facts());
    assert_eq!(pane.picture().unwrap().dag.nodes.len(), 4);
    assert_eq!(selected(&pane), "14");
}

#[test]
fn a_long_list_shows_the_page_of_the_selected_member_in_at_most_half_of_the_place() {
    let mut world = World::new(160, 40);
    let mut pane = opened();
    let mut steps = vec![one("a", "Begin", &[], None, D)];
    for ix in 0..200 {
        let word = if ix == 150 { F } else { D };
        steps.push(one(&format!("m{ix:03}"), "Stop", &["a"], Some(ix), word));
    }
    world.tell(&mut pane, Task { graph: fold::flat(steps), ..fan([P; 5], R) });
    pane.command(Command::ZoomIn, &world.facts());
    let picture = pane.picture().unwrap();
    let node = pane.selected().unwrap().node;
    let height = picture.scene.as_ref().unwrap().boxes[node].h;
    assert!(height <= i32::from(picture.area().h) / 2 + 1, "{height}");
    let page = picture.list_of(node, pane.selected_ix());
    assert!(page.contains(&pane.selected_ix().unwrap()), "the failed one is in view");
    assert_eq!(pane.selected().unwrap().id.raw(), "m150");
    assert_eq!(picture.list_of(node, None).start, picture.items_of(node).start);
    let last = picture.items_of(node).end - 1;
    assert_eq!(picture.list_of(node, Some(last)).end, last + 1);
}

#[test]
fn runs_of_finished_steps_fold_at_the_first_drawing_or_on_the_key_and_never_on_a_poll() {
    let mut world = World::new(80, 21);
    let mut pane = opened();
    let nodes = |pane: &TaskPane| pane.picture().unwrap().dag.nodes.len();
    world.tell(&mut pane, chain(60, 20));
    assert_eq!(nodes(&pane), 41);
    world.tell(&mut pane, chain(60, 40));
    assert_eq!(nodes(&pane), 41, "a poll folds nothing");
    pane.command(Command::FoldRuns, &world.facts());
    assert_eq!(nodes(&pane), 60);
    pane.command(Command::FoldRuns, &world.facts());
    assert_eq!(nodes(&pane), 21);
    // A short task is drawn whole until it is asked otherwise.
    let mut pane = opened();
    world.tell(&mut pane, chain(20, 10));
    assert_eq!(nodes(&pane), 20);
    let step = {
        world.tell(&mut pane, chain(20, 2));
        pane.command(Command::FoldRuns, &world.facts())
    };
    assert!(matches!(step.go.as_slice(), [Go::Notice(Notice::NothingFolds)]));
}

#[test]
fn a_resize_back_and_forth_by_few_columns_flips_the_drawing_once_at_most() {
    let mut world = World::new(200, 50);
    let mut pane = opened();
    let form = |pane: &TaskPane| {
        let scene = pane.picture().unwrap().scene.as_ref();
        scene.map(|s| (s.form, s.orientation, s.height))
    };
    let mut flips = 0;
    for task in [chain(10, 3), fan([D, D, R, P, P], R)] {
        world.tell(&mut pane, task);
        for width in (118..200).rev() {
            world.pane = Size { width, height: 50 };
            pane.refresh(&world.facts());
            let first = form(&pane);
            world.pane = Size { width: width + 3, height: 50 };
            pane.refresh(&world.facts());
            let wider = form(&pane);
            world.pane = Size { width, height: 50 };
            pane.refresh(&world.facts());
            assert_eq!(form(&pane), first, "{width}");
            flips += usize::from(wider.map(|f| (f.0, f.1)) != first.map(|f| (f.0, f.1)));
        }
    }
    assert_eq!(flips, 0, "three columns more are no reason for another form");
}

#[test]
fn a_few_columns_less_do_not_turn_boxes_into_lanes() {
    let mut world = World::new(118, 40);
    let mut pane = opened();
    let is_boxes = |pane: &TaskPane| pane.picture().unwrap().scene.is_some();
    world.tell(&mut pane, chain(5, 2));
    for (width, want) in [(118, true), (115, true), (118, true), (112, false), (116, false), (118, true)] {
        world.pane.width = width;
        pane.refresh(&world.facts());
        assert_eq!(is_boxes(&pane), want, "{width}");
    }
}

#[test]
fn a_wrapped_chain_that_grows_keeps_every_box_where_it_is() {
    let mut world = World::new(160, 40);
    let mut pane = opened();
    world.tell(&mut pane, chain(8, 3));
    let places = |pane: &TaskPane| {
        let scene = pane.picture().unwrap().scene.clone().unwrap();
        let (x, y) = pane.camera();
        scene.boxes.iter().map(|b| (b.id.clone(), b.x - x, b.y - y)).collect::<Vec<_>>()
    };
    let before = places(&pane);
    assert!(before.iter().map(|b| b.2).max() > before.iter().map(|b| b.2).min(), "it is wrapped");
    for n in [9, 12, 20, 40] {
        world.tell(&mut pane, chain(n, 3));
        let after = places(&pane);
        assert_eq!(after.len(), n);
        assert!(before.iter().all(|b| after.contains(b)), "{n}: {before:?} {after:?}");
    }
    // What does not fit any more stays as it is until the operator asks for what fits.
    pane.command(Command::Fit, &world.facts());
    assert!(places(&pane) != before);
}
