//! A recording played again: the frames of the session, at any time of it, and nothing that leaves.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use obdeck::app::key::Size;
use obdeck::domain::action::{Action, TaskVerb};
use obdeck::domain::capability::PlaneKind;
use obdeck::domain::guard::{self, Answer, Rules};
use obdeck::domain::id::{ProfileName, TaskId, TaskRef};
use obdeck::domain::impact::Impact;
use obdeck::domain::outcome::{Held, Outcome};
use obdeck::domain::tape::{Event, Exchange, Head, Tape, TapedProfile};
use obdeck::domain::time::Timestamp;
use obdeck::driver::keeper::Keeper;
use obdeck::driver::reads::Planes;
use obdeck::driver::submit::{Desk, submit};
use obdeck::driver::tape::Player;
use obdeck::harness::{Harness, Story};
use obdeck::plane::tape::Now;

use crate::support::setup::{EdgeStage, OcpStage as Stage, Setup, settings};
use crate::support::stage::LOOK;

type Kept = Arc<Mutex<Vec<Exchange>>>;

fn keeping(setup: Setup) -> (Setup, Kept) {
    let kept: Kept = Arc::default();
    let into = kept.clone();
    (Setup { keep: Some(Arc::new(move |e| into.lock().expect("lock").push(e))), ..setup }, kept)
}

fn tape(kept: &Kept, kind: PlaneKind, (name, user): (&str, &str), urls: Vec<String>) -> Tape {
    let events: Vec<_> =
        kept.lock().expect("lock").iter().map(|e| (e.at, Event::Exchange(Box::new(e.clone())))).collect();
    let start = events.first().expect("something").0;
    let profile = TapedProfile { name: ProfileName::new(name), kind, urls, user: user.to_owned() };
    Tape { head: Head { program: "0.1.0".to_owned(), start, profiles: vec![profile] }, events }
}

/// A console over a recording, one row taller than the session was: that row is the recording's own.
struct Again {
    harness: Harness,
    planes: Planes,
}

fn play(tape: Tape, (width, height): (u16, u16)) -> Again {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
    let at = Arc::new(AtomicI64::new(tape.head.start.millis()));
    let now: Now = {
        let at = at.clone();
        Arc::new(move || Timestamp::from_millis(at.load(Ordering::Relaxed)))
    };
    let player = Player::new(tape, "tape.jsonl", &now).expect("plays");
    let advance = move |by: obdeck::domain::time::Span| {
        at.fetch_add(by.millis(), Ordering::Relaxed);
    };
    let story = Story { now, advance: Box::new(advance) };
    let planes = player.planes.clone();
    let size = Size { width, height: height + 1 };
    let mut harness = Harness::new(runtime, settings(player.profiles), player.planes, LOOK, size, story);
    harness.play(player.replay);
    Again { harness, planes }
}

/// What stands between the top line and the lines below the panes.
fn body(frame: &str, rows_below: usize) -> Vec<String> {
    // How far the server's clock is off is not known of a recording: its answers are of other times.
    let rows: Vec<String> =
        frame.lines().map(|l| comparable(&l.replace("   clock +0.0 s", "               "))).collect();
    rows[1..rows.len() - rows_below].to_vec()
}

/// Two polls of one instant of a clock that stands still cannot be told apart but by their trace IDs.
fn comparable(row: &str) -> String {
    match row.split_once("trace ") {
        Some((before, rest)) => format!("{before}trace {}", rest.chars().skip(16).collect::<String>()),
        None => row.to_owned(),
    }
}

/// Keys and pauses of a session that only looks.
const LOOKING: [&str; 14] =
    ["", "down", "down", "enter", "", "tab", "esc", "2", "down", "enter", "", "o", "down", "enter"];

fn session(harness: &mut Harness, rows_below: usize) -> Vec<Vec<String>> {
    let mut frames = Vec::new();
    for key in LOOKING {
        if !key.is_empty() {
            harness.key(key);
        }
        harness.advance(1_500);
        frames.push(body(&harness.frame(), rows_below));
    }
    frames
}

/// Fails with the rows that differ.
fn same(first: &[Vec<String>], again: &[Vec<String>]) {
    for (n, (first, again)) in first.iter().zip(again).enumerate() {
        let differ: Vec<_> = first.iter().zip(again).filter(|(a, b)| a != b).collect();
        assert!(differ.is_empty(), "after key {n}, {:?}: {differ:#?}", LOOKING.get(n));
    }
}

#[test]
fn p12_a_recording_played_again_gives_the_frames_of_the_session() {
    let (setup, kept) = keeping(Setup::new("incident", 120, 36));
    let mut stage = Stage::set(&setup);
    let first = session(&mut stage.harness, 2);
    let tape = tape(&kept, PlaneKind::Ocp, ("demo", "admin"), vec![stage.ocp.url()]);
    drop(stage);
    // The server is gone: what is shown can come from the recording alone.
    let again = session(&mut play(tape, (120, 36)).harness, 3);
    same(&first, &again);
}

#[test]
fn p12_a_recording_of_agents_is_opened_without_their_password() {
    let (setup, kept) = keeping(Setup::new("calm", 80, 24));
    let mut stage = EdgeStage::set(&setup);
    let first = session(&mut stage.harness, 2);
    let tape = tape(&kept, PlaneKind::Obshell, ("edge", "root@sys"), stage.agents.urls());
    let text = format!("{:?}", tape.events);
    assert!(!text.contains(stage.agents.password()), "a password in the recording");
    drop(stage);
    let again = session(&mut play(tape, (80, 24)).harness, 3);
    // Without the detail: ages there are by the agent's clock, and how far that is off is not known of a recording.
    for n in [0, 1, 2, 7] {
        same(&first[n..=n], &again[n..=n]);
    }
}

/// A session in which a zone is stopped, with its recording; ends while the stop runs.
fn stopped() -> (Stage, Tape) {
    let (setup, kept) = keeping(Setup::new("calm", 120, 36));
    let mut stage = Stage::set(&setup);
    let h = &mut stage.harness;
    h.advance(2_000).text("/").text("protoss").key("enter").key("down").key("down");
    h.advance(12_000);
    h.key("S").advance(600);
    h.text("protoss/zone2").advance(100);
    h.key("enter").key("y").advance(1_000);
    assert_eq!(h.sent().len(), 1, "{}", h.frame());
    h.key("1").advance(4_000);
    assert!(h.frame().contains("OPERATING"), "{}", h.frame());
    let tape = tape(&kept, PlaneKind::Ocp, ("demo", "admin"), vec![stage.ocp.url()]);
    (stage, tape)
}

#[test]
fn a_recording_is_moved_to_any_time_of_it() {
    let (_stage, tape) = stopped();
    let mut again = play(tape, (120, 36));
    let h = &mut again.harness;
    h.advance(2_000).text("/").text("protoss").key("enter").advance(1_000);
    assert!(h.frame().contains("REPLAY") && !h.frame().contains("OPERATING"), "{}", h.frame());
    h.key("end").advance(100);
    assert!(h.frame().contains("OPERATING") && h.frame().contains("at its end"), "{}", h.frame());
    h.key("home").advance(100);
    assert!(!h.frame().contains("OPERATING") && h.frame().contains("protoss"), "{}", h.frame());
    let before = h.model().now;
    h.key("right");
    assert_eq!(h.model().now.since(before).secs(), 10);
    h.key(" ");
    assert!(h.frame().contains("paused"), "{}", h.frame());
    h.key(" ").key("+").key("+");
    assert!(h.frame().contains("playing 5x"), "{}", h.frame());
    h.key("q");
    assert!(h.has_ended());
}

#[test]
fn a13_f09_a_replay_sends_nothing_whatever_is_pressed() {
    let (stage, tape) = stopped();
    let arrived = stage.ocp.arrivals().len();
    let mut again = play(tape, (120, 36));
    let h = &mut again.harness;
    h.advance(2_000).text("/").text("protoss").key("enter").key("down").key("down").advance(1_000);
    h.key("S").advance(600);
    assert!(h.frame().contains("read-only"), "{}", h.frame());
    for key in [
        "y", "enter", "tab", "y", "Y", "tab", "y", "esc", "x", "enter", "y", "esc", "U", "y", "esc", "R", "y",
    ] {
        h.key(key).advance(500);
    }
    assert!(h.sent().is_empty());
    // An order that got past the screen is held at the shell, refused by the plane, and has no connection to leave by.
    let task = TaskRef { profile: ProfileName::new("demo"), id: TaskId::new("1") };
    let action = Action::Task { task, verb: TaskVerb::Retry };
    let order = || {
        let impact = Impact { findings: Vec::new() };
        let verdict = guard::judge(&action, &impact, &Rules::default());
        let answer = Answer { yes: true, ..Answer::default() };
        guard::approve(action.clone(), &impact, &verdict, &answer, Timestamp::from_millis(0))
            .expect("approved")
    };
    let plane = again.planes.values().next().expect("one").clone();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
    let refused = runtime.block_on(plane.submit(order()));
    assert_eq!(refused, Outcome::Held(Held::ReadOnly));
    let keeper = Keeper::in_memory(Arc::new(|| Timestamp::from_millis(0)));
    let desk = Desk { keeper: &keeper, order: keeper.order(), told: &|_| {} };
    let held = runtime.block_on(submit(plane.as_ref(), order(), &desk));
    assert_eq!(held, Outcome::Held(Held::ReadOnly));
    assert_eq!(stage.ocp.arrivals().len(), arrived, "a replay has asked the server");
}

#[test]
fn what_a_recording_does_not_hold_is_said_to_be_missing() {
    let (_stage, tape) = stopped();
    let mut again = play(tape, (120, 36));
    let h = &mut again.harness;
    // Nobody looked at this cluster from near by.
    h.advance(2_000).text("/").text("trade12").key("enter").advance(1_000);
    h.key("enter").advance(1_000);
    assert!(h.frame().contains("not on the recording"), "{}", h.frame());
}
