//! `simulate` as a process.

use std::io::{BufRead, BufReader, Read};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::run::{bare, command};

#[test]
fn it_prints_where_to_log_in_serves_and_ends_with_0_on_term_and_int() {
    for signal in [Signal::TERM, Signal::INT] {
        let home = tempfile::tempdir().unwrap();
        let mut child =
            command(home.path()).args(["simulate", "--speed", "500", "-v"]).spawn().expect("starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let j: Value = serde_json::from_str(&line).unwrap();
        for member in ["url", "username", "password", "accessKeyId", "accessKeySecret"] {
            assert!(j["ocp"][member].as_str().is_some_and(|v| !v.is_empty()), "{member}");
        }
        for member in ["url", "password"] {
            assert!(j["obshell"][member].as_str().is_some_and(|v| !v.is_empty()), "{member}");
        }
        for plane in ["ocp", "obshell"] {
            assert!(j[plane]["url"].as_str().unwrap().starts_with("http://127.0.0.1:"));
        }
        kill_process(Pid::from_child(&child), signal).unwrap();
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{err}");
        assert!(!err.contains(j["ocp"]["password"].as_str().unwrap()));
        assert!(!err.contains(j["obshell"]["password"].as_str().unwrap()));
    }
}

#[test]
fn it_serves_and_names_only_what_was_asked_for() {
    for (option, is, is_not) in [("--ocp", "ocp", "obshell"), ("--obshell", "obshell", "ocp")] {
        let home = tempfile::tempdir().unwrap();
        let mut child =
            command(home.path()).args(["simulate", option, "127.0.0.1:0"]).spawn().expect("starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let j: Value = serde_json::from_str(&line).unwrap();
        assert!(j.get(is).is_some() && j.get(is_not).is_none(), "{line}");
        kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
}

#[test]
fn it_refuses_an_address_that_is_not_loopback() {
    bare(&["simulate", "--ocp", "0.0.0.0:0"], None).exit(2).says(&["--bind-any"]);
}

#[test]
fn scenarios_are_listed_and_unknown_ones_refused() {
    for verb in ["demo", "simulate"] {
        let ran = bare(&[verb, "--scenario", "list"], None).exit(0);
        for name in ["calm", "incident", "slow", "flaky", "standby"] {
            assert!(ran.out.lines().any(|l| l.starts_with(name)), "{}", ran.out);
        }
    }
    bare(&["simulate", "--scenario", "storm"], None).exit(2).says(&["storm", "calm"]);
    bare(&["simulate", "--speed", "0"], None).exit(2);
}
