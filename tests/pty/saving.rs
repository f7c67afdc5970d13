//! Files that the console writes because a key asked for them.

use std::os::unix::fs::PermissionsExt;

use crate::support::pty::{Pty, Start};

/// Opens the first task of the incident and asks for picture and text.
fn save(start: &Start) -> Pty {
    let pty = Pty::spawn(start);
    pty.wait_text("protoss");
    pty.send(b"2");
    pty.wait_text("Stop OB zone");
    pty.send(b"\r");
    pty.wait_text("SUBTASK");
    pty.send(b"E");
    pty.wait_text("Save the task as");
    pty.send(b"\r");
    pty
}

fn demo() -> Start {
    Start::obdeck(&["demo", "--scenario", "incident"])
}

#[test]
fn a_task_is_saved_as_picture_and_text_for_its_owner_alone() {
    let mut pty = save(&demo());
    // The name is cut in the middle: which task is the first depends on which control plane answered last.
    pty.wait_text("saved ~/.local/state/obdeck/exports/tas");
    let folder = pty.home().join(".local/state/obdeck/exports");
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder).expect("the folder") {
        let entry = entry.expect("an entry");
        assert_eq!(entry.metadata().expect("its modes").permissions().mode() & 0o777, 0o600);
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    assert!(matches!(names.as_slice(), [a, b] if a.ends_with("Z.svg") && b.ends_with("Z.txt")), "{names:?}");
    pty.send(b"\x03");
    assert_eq!(pty.wait(), 0);
}

#[test]
fn f05_a_state_folder_that_cannot_be_written_is_told_and_the_console_goes_on() {
    let mut pty = save(&demo().env("XDG_STATE_HOME", "/proc/nowhere"));
    pty.wait_text("not saved: No such file or directory: /proc/nowhere");
    pty.send(b"jk");
    pty.wait_text("not saved");
    pty.send(b"\x1b");
    pty.wait_for("the notice to go", |e| !e.text().contains("not saved"));
    pty.send(b"\x03");
    assert_eq!(pty.wait(), 0);
}
