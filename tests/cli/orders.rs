//! stop, start, restart: what is sent, what is not, and what is told.

use std::io::{BufRead, BufReader};
use std::process::Child;

use obdeck::sim::Options;
use serde_json::Value;

use super::run::{Bench, CLUSTER, CONFIRM, ZONE};

const STOP: [&str; 7] = ["stop", "zone", CLUSTER, ZONE, "--yes", "--confirm", CONFIRM];

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|e| e["type"].as_str().unwrap()).collect()
}

#[test]
fn a_dry_run_tells_the_exact_request_and_sends_nothing() {
    let bench = Bench::new();
    let ran = bench.run(&["stop", "zone", CLUSTER, ZONE, "--dry-run"]).exit(0);
    let j = ran.json();
    assert_eq!(j["request"]["method"], "POST");
    assert_eq!(j["request"]["url"], format!("{}/api/v2/ob/clusters/1/zones/zone3/stop", bench.sim.url()));
    assert_eq!(j["request"]["headers"]["authorization"], "Basic ***");
    assert_eq!(j["verdict"]["verdict"], "ask");
    assert_eq!(j["verdict"]["confirm"], CONFIRM);
    assert!(j["impact"].as_array().unwrap().len() > 3);
    let table = bench.run(&["stop", "zone", CLUSTER, ZONE, "--dry-run", "-o", "table"]).exit(0);
    assert!(table.out.contains("dry run: nothing was sent"));
    bench.no_secret_in("a dry run", &format!("{}{}{}{}", ran.out, ran.err, table.out, table.err));
    assert!(bench.actions().is_empty());
}

#[test]
fn a_dry_run_and_an_impact_end_with_0_whatever_the_verdict() {
    let bench = Bench::new();
    for args in [
        &["stop", "cluster", CLUSTER, "--dry-run"][..],
        &["impact", "stop", "cluster", CLUSTER],
        &["impact", "stop", "zone", "pair", "zone2"],
    ] {
        let j = bench.run(args).exit(0).json();
        assert_eq!(j["verdict"]["verdict"], "refuse", "{args:?}");
        assert_eq!(j["verdict"]["canOverride"], true);
    }
    assert!(bench.actions().is_empty());
}

#[test]
fn what_a_dry_run_shows_is_what_is_sent() {
    let bench = Bench::new();
    let servers = bench.run(&["get", "servers", "--cluster", "protoss"]).json();
    let id = servers["contents"][5]["id"].to_string();
    let address = servers["contents"][5]["address"].as_str().unwrap().to_owned();
    let confirm = format!("protoss/{address}");
    let stop = ["stop", "server", "protoss", &address, "--force"];
    let shown = bench.run(&[&stop[..], &["--dry-run"]].concat()).exit(0).json();
    bench.run(&[&stop[..], &["--yes", "--confirm", &confirm, "--reason", "disk"]].concat()).exit(0);
    let sent = bench.actions();
    assert_eq!(sent.len(), 1);
    let request = &shown["request"];
    assert_eq!(request["url"], format!("{}{}", bench.sim.url(), sent[0].target));
    assert!(sent[0].target.contains(&format!("/servers/{id}/stop")));
    assert_eq!(request["body"].as_str().unwrap().as_bytes(), sent[0].body);
    for (name, value) in request["headers"].as_object().unwrap() {
        let there = sent[0].headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        if !value.as_str().unwrap().contains("***") {
            assert_eq!(there, value.as_str(), "{name}");
        }
    }
    assert_eq!(request["headers"].as_object().unwrap().len(), sent[0].headers.len());
}

#[test]
fn p1_one_yes_is_one_request_followed_to_its_end() {
    let bench = Bench::new();
    let ran = bench.run(&[&STOP[..], &["--reason", "CHG-1", "--wait", "-o", "ndjson"]].concat()).exit(0);
    let events = ran.events();
    let kinds = kinds(&events);
    assert_eq!((kinds[0], kinds[kinds.len() - 1]), ("task", "end"));
    assert!(kinds[1..kinds.len() - 1].iter().all(|k| *k == "subtask") && kinds.len() > 5, "{kinds:?}");
    let trace = events[0]["traceId"].as_str().unwrap();
    assert_eq!(events[0]["subtasks"].as_array().unwrap().len(), 10);
    let end = events.last().unwrap();
    assert_eq!(end["status"], "SUCCESSFUL");
    assert!(end["durationMs"].as_i64().unwrap() > 60_000, "the story's time, not ours: {end}");
    assert_eq!(end["traceIds"][0], trace);
    assert_eq!(bench.actions().len(), 1);
    bench.no_secret_in("the events", &ran.out);
    // A second stop of what is stopped is the server's to refuse; the guard warns only.
    let start = ["start", "zone", CLUSTER, ZONE, "--yes", "--wait"];
    let whole = bench.run(&start).exit(0).json();
    assert_eq!((&whole["status"], &whole["end"]["status"]), (&"SUCCESSFUL".into(), &"SUCCESSFUL".into()));
    assert_eq!(whole["subtasks"][0]["phase"], "done");
}

#[test]
fn an_order_is_told_in_each_form() {
    let bench = Bench::new();
    let ran = bench.run(&[&STOP[..], &["-o", "table", "--wait"]].concat()).exit(0);
    assert!(ran.out.contains("ended: SUCCESSFUL (done) after "), "{}", ran.out);
    let ran = bench.run(&["start", "zone", CLUSTER, ZONE, "--yes", "-o", "table"]).exit(0);
    assert!(
        ran.out.starts_with("accepted: start zone zone3 of meta01 · task ") && ran.out.contains("trace ")
    );
    let id = bench.run(&["get", "tasks", "--limit", "1"]).json()["contents"][0]["id"].to_string();
    let events = bench.run(&["task", "watch", &id, "-o", "ndjson"]).exit(0).events();
    assert_eq!(kinds(&events).last(), Some(&"end"));
}

#[test]
fn exit_7_the_wait_timeout_passes_and_the_task_runs_on() {
    let bench = Bench::of(Options { speed: 1.0, ..Options::default() });
    let ran =
        bench.run(&[&STOP[..], &["--wait", "--wait-timeout", "300ms", "-o", "ndjson"]].concat()).exit(7);
    assert_eq!(kinds(&ran.events())[0], "task");
    let ran = ran.says(&["runs on", "obdeck task watch"]);
    let id = ran.events()[0]["id"].to_string();
    let task = bench.run(&["get", "task", &id]).json();
    assert_eq!(task["phase"], "running");
    // While it runs, it holds the cluster.
    let second = ["stop", "zone", CLUSTER, "zone2", "--yes", "--confirm", "meta01/zone2"];
    bench.run(&second).exit(3).says(&["holds the cluster", &id]);
    assert_eq!(bench.actions().len(), 1);
}

/// Starts a stop that is followed and reads its first line.
fn followed(bench: &Bench) -> Child {
    let mut child = bench.start(&[&STOP[..], &["--wait", "-o", "ndjson"]].concat());
    let mut line = String::new();
    // What follows is left in the pipe: the child is ended by a signal, not by a closed pipe.
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    reader.read_line(&mut line).unwrap();
    assert!(line.contains("\"type\":\"task\""), "{line}");
    child.stdout = Some(reader.into_inner());
    child
}

#[test]
fn t04_a_signal_ends_the_following_and_not_the_task() {
    use rustix::process::{Pid, Signal, kill_process};
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129), (Signal::QUIT, 131)] {
        let bench = Bench::of(Options { speed: 1.0, ..Options::default() });
        let child = followed(&bench);
        kill_process(Pid::from_child(&child), signal).unwrap();
        let done = child.wait_with_output().unwrap();
        assert_eq!(done.status.code(), Some(code));
        let err = String::from_utf8(done.stderr).unwrap();
        assert!(err.contains("is not undone and runs on"), "{err}");
        let tasks = bench.run(&["get", "tasks", "--unfinished"]).json();
        assert_eq!(tasks["contents"][0]["status"], "RUNNING");
    }
}

#[test]
fn what_the_plane_does_not_offer_is_a_usage_error_that_says_what_is() {
    let bench = Bench::new();
    for (args, offered) in [
        (&["stop", "zone", CLUSTER, ZONE, "--force"][..], "server"),
        (&["stop", "zone", CLUSTER, ZONE, "--freeze"], "no minor freeze"),
        (&["stop", "zone", CLUSTER, ZONE, "--process"], "OBShell"),
        (&["stop", "cluster", CLUSTER, "--force-pass-dag", "1"], "OBShell"),
        (&["task", "cancel", "23785027", "--yes"], "subtask cancel"),
        (&["task", "pass", "23785027", "--yes"], "subtask skip"),
    ] {
        bench.run(args).exit(2).says(&[offered]);
    }
    assert!(bench.actions().is_empty());
}

#[test]
fn a_two_zone_cluster_is_refused_here_and_by_override_there() {
    let bench = Bench::new();
    let stop = ["stop", "zone", "pair", "zone2", "--yes", "--confirm", "pair/zone2"];
    bench.run(&stop).exit(3).says(&["staging, sys STOP: no majority is left", "--override"]);
    assert!(bench.actions().is_empty());
    bench.run(&[&stop[..], &["--override", "known"]].concat()).exit(9);
    assert_eq!(bench.actions().len(), 1);
}

#[test]
fn a_restart_of_a_server_by_its_ip_alone() {
    let bench = Bench::new();
    let j = bench.run(&["get", "servers", "--cluster", CLUSTER]).json();
    let address = j["contents"][2]["address"].as_str().unwrap().to_owned();
    let (ip, _) = address.split_once(':').unwrap();
    let confirm = format!("{CLUSTER}/{address}");
    bench.run(&["restart", "server", CLUSTER, ip, "--yes", "--confirm", &confirm, "--wait"]).exit(0);
    assert_eq!(bench.actions().len(), 1);
}

#[test]
fn k02_no_secret_stands_in_a_log_or_on_stderr() {
    let bench = Bench::new();
    let log = bench.home.path().join("log");
    let path = log.display().to_string();
    for profile in ["ocp", "key"] {
        let args = ["get", "clusters", "--profile", profile, "-v", "--log", &path];
        bench.all(&args).exit(0);
        let ran = bench.all(&["get", "clusters", "--profile", profile, "-v"]).exit(0);
        bench.no_secret_in("stderr", &ran.err);
    }
    bench.run(&[&STOP[..], &["-v", "--log", &path, "--reason", "CHG-1"]].concat()).exit(0);
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(text.contains("CHG-1"), "{text}");
    bench.no_secret_in("the log", &text);
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&log).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
}
