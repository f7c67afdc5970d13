//! A scripted session (list, stop, watch, quit) under faults drawn from a seed: what holds in every one of them.
//!
//! The keys of a person on whole frames: a few seeds in every run, more with `OBDECK_SEEDS`. The many are in
//! `tests/plane/seeded.rs`, without a screen.

use std::collections::BTreeMap;

use obdeck::domain::outcome::Outcome;
use obdeck::domain::time::Span;
use obdeck::harness::Harness;
use obdeck::sim::faults::Faults;

use crate::support::setup::{EdgeStage, Log, OcpStage as Stage, Setup};

/// Of a hundred reads so many meet a fault, of the orders four times as many.
const FAULTS: u8 = 10;
/// Tries to get through to the button before the session is given up.
const TRIES: usize = 12;

/// What is the same in every run of one seed.
#[derive(Debug, PartialEq)]
struct Told {
    /// Requests by method and target, and what became of each, in the order in which those of one kind came.
    requests: BTreeMap<String, Vec<String>>,
    sent: usize,
    frames: Vec<String>,
}

/// How the yes ended, as the screen says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    NoYes,
    Accepted,
    Refused,
    NotSent,
    Unknown,
}

/// A session; the cluster and the zone that is stopped.
struct Script<'a> {
    harness: &'a mut Harness,
    faults: &'a Faults,
    cluster: &'a str,
    zone: &'a str,
    down: usize,
}

fn posts(log: &Log) -> Vec<String> {
    let log = log.lock().expect("lock");
    let posts = log.iter().filter(|l| l.contains("POST ") && !l.contains("/check"));
    posts.cloned().collect()
}

impl Script<'_> {
    /// Plays it; gives how the yes ended and the frames on the way.
    fn play(&mut self) -> (Said, Vec<String>) {
        let mut frames = Vec::new();
        let h = &mut *self.harness;
        h.advance(2_000);
        // The tree comes when a list gets through.
        for _ in 0..TRIES {
            if h.frame().contains(self.cluster) {
                break;
            }
            h.key("ctrl-r").advance(5_000);
        }
        frames.push(h.frame());
        h.text("/").text(self.cluster).key("enter");
        for _ in 0..self.down {
            h.key("down");
        }
        h.advance(2_000).key("S").advance(1_000);
        let name = format!("{}/{}", self.cluster, self.zone);
        for _ in 0..TRIES {
            if h.sent().len() == 1 || !h.frame().contains(&format!("STOP {}", self.zone)) {
                break;
            }
            if h.frame().contains("Stop anyway") {
                // Refused for what could not be read: it is read again, never gone round.
                h.advance(6_000);
                continue;
            }
            // To the name, and the name; a dialog that is locked says so and sends nothing.
            for _ in 0..6 {
                if h.frame().contains("▌ Type") || h.frame().contains("▏") {
                    break;
                }
                h.key("tab");
            }
            h.key("ctrl-u").text(&name).advance(500);
            h.key("enter").key("y").key("y").advance(500);
        }
        frames.push(h.frame());
        let said = said(h);
        // Whatever came of it: twenty more yeses, and a minute of looking.
        for _ in 0..20 {
            h.key("y").advance(20);
        }
        h.key("enter").advance(6_000);
        frames.push(h.frame());
        self.faults.clear();
        h.advance(3_000);
        h.key("q").key("esc").key("ctrl-c").key("ctrl-c").advance(6_000);
        if !h.has_ended() {
            h.key("ctrl-c");
        }
        assert!(h.has_ended(), "it did not end:\n{}", h.frame());
        (said, frames)
    }
}

fn said(h: &Harness) -> Said {
    match h.outcomes().first() {
        None => Said::NoYes,
        Some(Outcome::Accepted { .. }) => Said::Accepted,
        Some(Outcome::Refused(_)) => Said::Refused,
        Some(Outcome::NotSent { .. } | Outcome::Held(_)) => Said::NotSent,
        Some(Outcome::Unknown { .. }) => {
            let frame = h.frame();
            assert!(
                frame.to_lowercase().contains("outcome unknown"),
                "an unknown outcome is not said:\n{frame}"
            );
            Said::Unknown
        }
    }
}

/// P1, P2 of one run: at most one request for the yes, and what is said of it is what the server did.
fn judge(seed: u64, said: Said, log: &Log, sent: usize) {
    let posts = posts(log);
    assert!(sent <= 1, "seed {seed}: {sent} orders for one yes");
    assert!(posts.len() <= sent, "seed {seed}: {posts:?} for {sent} yes");
    let Some(post) = posts.first() else {
        assert_ne!(said, Said::Accepted, "seed {seed}: accepted, and nothing arrived");
        return;
    };
    let became = post.split(" -> ").nth(1).unwrap_or_default();
    match said {
        Said::Accepted => assert_eq!(became, "200", "seed {seed}: said accepted"),
        // An envelope that says no, or a status that only a refusal has.
        Said::Refused => assert!(
            became.contains("instead") || !became.starts_with("200"),
            "seed {seed}: said refused, was {became}"
        ),
        Said::Unknown => assert_ne!(became, "200", "seed {seed}: said unknown, was answered well"),
        Said::NoYes | Said::NotSent => panic!("seed {seed}: said {said:?}, and {post}"),
    }
}

/// Without the IDs that agents make of their ports, which the system chose.
fn blurred(what: &str) -> String {
    what.split('/')
        .map(|p| if p.len() > 9 && p.bytes().all(|b| b.is_ascii_digit()) { "#" } else { p })
        .collect::<Vec<_>>()
        .join("/")
}

fn told(log: &Log, sent: usize, frames: Vec<String>) -> Told {
    let mut requests: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in log.lock().expect("lock").iter() {
        let (what, became) = line.split_once(" -> ").unwrap_or((line, ""));
        requests.entry(blurred(what)).or_default().push(became.to_owned());
    }
    Told { requests, sent, frames }
}

fn setup(seed: u64) -> Setup {
    let pause_max = Some(Span::from_millis(1));
    Setup { seed, faults: FAULTS, pause_max, ..Setup::new("calm", 80, 24) }
}

fn ocp(seed: u64) -> (Said, Told) {
    let mut stage = Stage::set(&setup(seed));
    let faults = stage.ocp.faults().clone();
    let log = stage.log.clone();
    let mut script =
        Script { harness: &mut stage.harness, faults: &faults, cluster: "protoss", zone: "zone2", down: 2 };
    let (said, frames) = script.play();
    let sent = stage.harness.sent().len();
    judge(seed, said, &log, sent);
    let frames = frames.iter().map(|f| stage.steady(f)).collect();
    (said, told(&log, sent, frames))
}

fn obshell(seed: u64) -> (Said, Told) {
    let mut stage = EdgeStage::set(&setup(seed));
    let faults = stage.agents.faults().clone();
    let log = stage.log.clone();
    let mut script =
        Script { harness: &mut stage.harness, faults: &faults, cluster: "edge", zone: "zone3", down: 3 };
    let (said, _) = script.play();
    let sent = stage.harness.sent().len();
    judge(seed, said, &log, sent);
    (said, told(&log, sent, Vec::new()))
}

/// Seeds of a run: `all` of them, or as the environment says.
fn seeds(all: u64) -> Vec<u64> {
    let number = |name: &str| std::env::var(name).ok().and_then(|v| v.parse::<u64>().ok());
    match (number("OBDECK_SEED"), number("OBDECK_SEEDS")) {
        (Some(one), _) => vec![one],
        (None, Some(more)) => (0..more * all / 500).collect(),
        (None, None) => (0..all).collect(),
    }
}

/// Plays the seeds on two threads; gives how often each end was said.
fn run(all: u64, play: fn(u64) -> (Said, Told)) -> BTreeMap<String, usize> {
    let seeds = seeds(all);
    let one = seeds.len() == 1;
    let (left, right): (Vec<u64>, Vec<u64>) = seeds.into_iter().partition(|s| s % 2 == 0);
    let play_all = |seeds: Vec<u64>| {
        let mut ends: BTreeMap<String, usize> = BTreeMap::new();
        for seed in seeds {
            let (said, told) = play(seed);
            if one {
                println!("{said:?} {told:#?}");
            }
            // P12, of each tenth: the same seed and script give the same requests and frames.
            if seed % 10 == 0 {
                let again = play(seed);
                let counts = |t: &Told| t.requests.values().map(Vec::len).collect::<Vec<_>>();
                // Otherwise the machine stood still, and the last look was repeated: see tests/plane/seeded.rs.
                if counts(&told) == counts(&again.1) {
                    assert_eq!((said, told), again, "seed {seed} told two stories");
                }
            }
            *ends.entry(format!("{said:?}")).or_default() += 1;
        }
        ends
    };
    std::thread::scope(|scope| {
        let right = scope.spawn(|| play_all(right));
        let mut ends = play_all(left);
        for (said, n) in right.join().expect("no panic") {
            *ends.entry(said).or_default() += n;
        }
        ends
    })
}

#[test]
fn p1_p2_p12_a_stop_under_seeded_faults_arrives_at_most_once_ocp() {
    let ends = run(8, ocp);
    println!("OCP: {ends:?}");
    if ends.values().sum::<usize>() >= 100 {
        assert!(["Accepted", "Unknown"].iter().all(|e| ends.contains_key(*e)), "{ends:?}");
    }
}

#[test]
fn p1_p2_p12_a_stop_under_seeded_faults_arrives_at_most_once_obshell() {
    let ends = run(3, obshell);
    println!("OBShell: {ends:?}");
    if ends.values().sum::<usize>() >= 50 {
        assert!(["Accepted", "Unknown"].iter().all(|e| ends.contains_key(*e)), "{ends:?}");
    }
}
