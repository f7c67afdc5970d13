//! The tour in a real terminal, as far as its first keys: that it plays by itself, and who is at the keys. The whole of
//! it is played in `tests/panes/tour.rs`, where time to read costs nothing.

use crate::support::pty::{Pty, Start};

fn tour() -> Start {
    Start::obdeck(&["demo", "--tour"])
}

#[test]
fn it_plays_by_itself_and_its_keys_are_in_the_recording() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("tape.jsonl");
    let file = path.to_string_lossy().into_owned();
    let mut pty = Pty::spawn(&Start::obdeck(&["demo", "--tour", "--record", &file]));
    pty.wait_text("any key takes over");
    pty.wait_for("a key of its own", |e| e.text().contains("tour 2/") && e.text().contains("pressed / t"));
    pty.send(b"\x03");
    assert_eq!(pty.wait(), 0);
    pty.assert_given_back();
    let text = std::fs::read_to_string(&path).expect("read");
    let at = |key: &str| text.find(&format!("\"type\":\"key\",\"key\":\"{key}\""));
    assert!(at("/").is_some() && at("/") < at("t") && at("t") < at("ctrl-c"), "{text}");
}

#[test]
fn the_first_key_takes_over_and_does_nothing_else_the_second_is_the_operators() {
    let mut pty = Pty::spawn(&tour());
    pty.wait_text("tour 1/");
    pty.send(b"?");
    pty.wait_text("your key did nothing else");
    assert!(!pty.text().contains("any key takes over") && !pty.text().contains("Help"), "{}", pty.text());
    pty.send(b"?");
    pty.wait_text("Help");
    pty.send(b"\x03\x03");
    assert_eq!(pty.wait(), 0);
    pty.assert_given_back();
}

#[test]
fn q_quits_at_once() {
    let mut pty = Pty::spawn(&tour());
    pty.wait_text("tour 1/");
    pty.send(b"q");
    assert_eq!(pty.wait(), 0);
    pty.assert_given_back();
}
