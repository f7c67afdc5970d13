//! The console with little room (T15).

use crate::support::pty::{Pty, Start};

/// The demo behind limits that a shell sets.
fn behind(limits: &str) -> Start {
    Start::shell(&format!("{limits}; \"$0\" demo; echo ended $?; read x")).size(120, 40)
}

#[test]
fn t15_256_open_files_and_64_mib_are_enough_for_the_console_and_its_agents() {
    for limits in ["ulimit -n 256", "ulimit -d 65536"] {
        let mut pty = Pty::spawn(&behind(limits));
        pty.wait_text("protoss");
        pty.wait_text("edge");
        pty.send(b"?");
        pty.wait_text("Help");
        pty.send(b"\x03\x03");
        pty.wait_text("ended 0");
        pty.send(b"\n");
        assert_eq!(pty.wait(), 0, "{limits}");
        pty.assert_given_back();
    }
}

#[test]
fn t15_without_room_the_console_says_why_on_the_screen_it_was_started_from() {
    for (limits, words) in [
        ("ulimit -d 65536; export RUST_MIN_STACK=1073741824", "could not start a thread"),
        ("ulimit -n 12", "Too many open files"),
    ] {
        let mut pty = Pty::spawn(&behind(limits));
        pty.wait_text("ended ");
        let text = pty.text();
        assert!(text.contains(words) && !text.contains("panicked"), "{limits}: {text}");
        assert!(!text.contains("ended 101") && !text.contains("ended 0"), "{limits}: {text}");
        pty.send(b"\n");
        assert_eq!(pty.wait(), 0);
        pty.assert_given_back();
    }
}
