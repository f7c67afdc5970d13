//! The answer to a stop is lost after the server took it; and runs that are killed while one is on its way.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use obdeck::sim::faults::{Fault, What};
use obdeck::sim::{Ocp, Options};
use rustix::process::Signal;
use serde_json::Value;

use super::server::{confirm_stop, open_stop};
use crate::support::pty::{Pty, Start};

/// A server that counts and loses, a config for it, and a place for the state that several runs share.
struct Place {
    sim: Ocp,
    folder: tempfile::TempDir,
    _runtime: tokio::runtime::Runtime,
}

impl Place {
    fn new(what: What) -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let sim =
            runtime.block_on(Ocp::serve(Options { speed: 50.0, ..Options::default() })).expect("serves");
        sim.faults().add(Fault::new(what).on("POST", "/stop").once());
        let folder = tempfile::tempdir().expect("a folder");
        let config = format!(
            "[[profile]]\nname = \"prod\"\nkind = \"ocp\"\nurl = \"{}\"\n\
             auth = {{ type = \"basic\", username = \"{}\", password = \"{}\" }}\n",
            sim.url(),
            sim.username(),
            sim.password()
        );
        let path = folder.path().join("config.toml");
        std::fs::write(&path, config).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("closed to others");
        Self { sim, folder, _runtime: runtime }
    }
    fn start(&self) -> Start {
        let config = self.folder.path().join("config.toml");
        // The one way to hand an environment to a child here is for good: a few bytes for each test.
        let state: &'static str = self.folder.path().join("state").display().to_string().leak();
        Start::obdeck(&["--config", &config.to_string_lossy()]).size(100, 30).env("XDG_STATE_HOME", state)
    }
    fn open(&self) -> Pty {
        let pty = Pty::spawn(&self.start());
        pty.wait_text("protoss");
        pty
    }
    fn posts(&self) -> usize {
        self.sim.arrivals().iter().filter(|a| a.method == "POST").count()
    }
    /// The journal's rows, as the command line tells them.
    fn history(&self) -> Vec<Value> {
        let ran = std::process::Command::new(env!("CARGO_BIN_EXE_obdeck"))
            .args(["history", "-o", "json"])
            .env("XDG_STATE_HOME", self.folder.path().join("state"))
            .output()
            .expect("runs");
        let json: Value = serde_json::from_slice(&ran.stdout).expect("JSON");
        json["contents"].as_array().expect("a list").clone()
    }
}

/// Stops zone2 of protoss.
fn stop(pty: &Pty) {
    open_stop(pty);
    confirm_stop(pty, "protoss/zone2");
}

#[test]
fn a02_the_answer_is_cut_off_and_the_console_finds_the_task_by_itself() {
    let place = Place::new(What::AnswerLost);
    let mut pty = place.open();
    // Lists take their time, so that what is said meanwhile can be seen.
    let slow = What::Delay { by: Duration::from_millis(700), jitter: Duration::ZERO };
    place.sim.faults().add(Fault { times: None, ..Fault::new(slow).on("GET", "/tasks/instances") });
    stop(&pty);
    pty.wait_text("OUTCOME UNKNOWN");
    pty.wait_text("Looking for a task \"Stop OB zone\"");
    pty.wait_text("the outcome was unknown: task");
    pty.wait_text("Stop OB zone");
    assert_eq!(place.posts(), 1, "one yes, one POST");
    pty.send(b"\x03");
    assert_eq!(pty.wait(), 0);
    pty.assert_given_back();

    // The journal tells the whole story.
    let rows = place.history();
    let order = rows.iter().find(|r| r["type"] == "order").expect("the order");
    for (field, want) in [
        ("outcome", "unknown"),
        ("settled", "task"),
        ("target", "zone2"),
        ("cluster", "protoss"),
        ("typed", "protoss/zone2"),
    ] {
        assert_eq!(order[field], want, "{order:#}");
    }
    assert!(order["taskId"].is_number(), "{order:#}");
}

#[test]
fn a08_a_kill_between_intent_and_outcome_is_shown_first_at_the_next_start() {
    let place = Place::new(What::Silence);
    let mut pty = place.open();
    stop(&pty);
    pty.wait_for("the order to arrive", |_| place.posts() == 1);
    pty.signal(Signal::KILL);
    pty.wait();

    let mut next = Pty::spawn(&place.start());
    next.wait_text("OUTCOME UNKNOWN");
    next.wait_text("An earlier run ended before it knew");
    assert!(next.text().contains("STOP zone2 of protoss"), "{}", next.text());
    next.send_until(b"\x1b", |e| e.text().contains("Topology"));
    next.wait_text("protoss");
    next.send(b"\x03");
    assert_eq!(next.wait(), 0);
    assert_eq!(place.posts(), 1, "never sent again");
}

#[test]
fn a07_a_quit_while_sending_is_unknown_in_the_journal() {
    let place = Place::new(What::Silence);
    let mut pty = place.open();
    stop(&pty);
    pty.wait_for("the order to arrive", |_| place.posts() == 1);
    pty.signal(Signal::TERM);
    assert_eq!(pty.wait(), 143);
    let rows = place.history();
    assert_eq!((&rows[0]["outcome"], &rows[0]["exit"]), (&Value::from("unknown"), &Value::from(6)));
}

#[test]
fn a04_leaving_with_an_open_outcome_is_asked_about_and_told_to_the_shell() {
    let place = Place::new(What::gateway(502));
    let mut pty = place.open();
    stop(&pty);
    pty.wait_text("OUTCOME UNKNOWN");
    pty.send_until(b"\x1b", |e| !e.text().contains("Looking for a task"));
    pty.send_until(b"q", |e| e.text().contains("the next start shows it first"));
    // The page is deaf for a moment; ctrl-c closes it, and once more ends the console.
    pty.send_until(b"\x03", |e| e.text().contains("$ ") || e.left_changed().is_empty());
    assert_eq!(pty.wait(), 6, "a script sees that something is open");
    pty.assert_given_back();
    assert_eq!(place.posts(), 1);
}

#[test]
fn t14_a_second_console_works_too_and_names_the_first() {
    let place = Place::new(What::Silence);
    let mut first = place.open();
    let pid = first.pid().as_raw_nonzero();
    let mut second = Pty::spawn(&place.start());
    second.wait_text(&format!("also running, pid {pid}"));
    second.wait_text("protoss");
    for pty in [&mut first, &mut second] {
        pty.send(b"\x03");
        assert_eq!(pty.wait(), 0);
    }
}
