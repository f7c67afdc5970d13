//! A session recorded and played again in a real terminal (F09).

use std::os::unix::fs::PermissionsExt;

use crate::support::pty::{Pty, Start};

#[test]
fn f09_a_recorded_session_is_played_paused_and_moved_and_cannot_send() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("tape.jsonl");
    let file = path.to_string_lossy().into_owned();
    let mut pty = Pty::spawn(&Start::obdeck(&["demo", "--record", &file]).size(120, 30));
    pty.wait_text("protoss");
    pty.send(b"/protoss\r");
    pty.wait_for("the cluster", |e| e.row(0).contains("protoss"));
    pty.send(b"\x1b[200~pasted-canary\x1b[201~2");
    pty.wait_text("Tasks");
    pty.send(b"\x03");
    assert_eq!(pty.wait(), 0);
    pty.assert_given_back();
    let mode = std::fs::metadata(&path).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let text = std::fs::read_to_string(&path).expect("read");
    assert!(
        text.contains("\"type\":\"key\",\"key\":\"2\"") && text.contains("\"type\":\"size\""),
        "keys are kept"
    );
    assert!(!text.contains("pasted-canary"), "what is pasted is not kept");

    // The demo is gone: what is shown comes from the recording alone.
    let mut pty = Pty::spawn(&Start::obdeck(&["replay", &file]).size(120, 30));
    pty.wait_text("REPLAY");
    pty.send(b"\x1b[F");
    pty.wait_for("the end", |e| e.text().contains("at its end") && e.text().contains("protoss"));
    assert!(pty.text().contains("READ-ONLY"), "{}", pty.text());
    pty.send(b"\x1b[H");
    pty.wait_text("playing 1x");
    pty.send(b"+");
    pty.wait_text("playing 2x");
    pty.send(b" ");
    pty.wait_text("paused");
    pty.send(b"\x1b[F");
    pty.wait_for("the end", |e| e.text().contains("at its end") && e.text().contains("protoss"));
    pty.send(b"/protoss\r");
    pty.wait_for("the cluster", |e| e.row(0).contains("protoss"));
    pty.send(b"S");
    pty.wait_text("read-only");
    pty.send(b"\x03\x03");
    assert_eq!(pty.wait(), 0);
    pty.assert_given_back();
}
