//! Sizes, locales, terminals: how it begins (T01, T02, T07, T08, T09, T11).

use std::process::{Command, Stdio};

use crate::support::pty::{Pty, Start};
use crate::support::screen::Emulator;

fn demo() -> Start {
    Start::obdeck(&["demo"])
}

#[test]
fn t01_any_size_is_no_panic_and_a_small_one_says_what_it_needs() {
    for (width, height) in [(0, 0), (0, 24), (80, 0), (1, 1), (19, 5), (1000, 1), (u16::MAX, u16::MAX)] {
        let mut pty = Pty::spawn(&demo().size(width, height));
        pty.wait_for("full screen", Emulator::is_full_screen);
        if (width, height) == (19, 5) {
            pty.wait_text("40x10");
        }
        pty.send(b"\x03");
        assert_eq!(pty.wait(), 0, "{width}x{height}");
        pty.assert_given_back();
    }
}

#[test]
fn t02_500_changes_of_size_leave_one_right_picture_and_the_help_open() {
    let pty = Pty::spawn(&demo());
    pty.wait_text("zone1");
    pty.send(b"?");
    pty.wait_text("Help");
    let before = pty.written();
    for i in 0..500_u16 {
        pty.resize(60 + i % 60, 15 + i % 25);
    }
    pty.resize(100, 30);
    pty.wait_for("the help at 100x30", |e| e.text().contains("Help") && e.text().lines().count() == 30);
    let frames = (pty.written() - before) / 3000;
    assert!(frames < 100, "about {frames} frames for 500 changes");
    pty.send(b"\x1b");
    pty.wait_for("the help closed", |e| !e.text().contains("Help") && e.text().contains("zone1"));
}

#[test]
fn t07_without_a_terminal_it_refuses_names_the_verb_and_writes_no_escape() {
    let run = Command::new(env!("CARGO_BIN_EXE_obdeck"))
        .arg("demo")
        .env("TERM", "xterm-256color")
        .stdin(Stdio::null())
        .output()
        .expect("it runs");
    assert_eq!(run.status.code(), Some(2));
    assert_eq!(run.stdout, b"");
    let words = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(words.contains("terminal") && words.contains("obdeck get"), "{words}");
    assert!(!words.contains('\x1b'), "{words:?}");
}

#[test]
fn t07_a_terminal_on_one_side_only_is_not_enough() {
    for script in ["\"$0\" demo </dev/null", "\"$0\" demo >/dev/null"] {
        let mut pty = Pty::spawn(&Start::shell(script));
        assert_eq!(pty.wait(), 2, "{script}");
        pty.wait_text("terminal");
        pty.assert_given_back();
    }
}

#[test]
fn t08_a_dumb_or_unknown_terminal_is_refused() {
    for term in ["dumb", ""] {
        let mut pty = Pty::spawn(&demo().env("TERM", term));
        assert_eq!(pty.wait(), 2, "TERM={term:?}");
        pty.wait_text("TERM");
        pty.assert_given_back();
    }
}

#[test]
fn t08_without_colour_no_colour_is_sent() {
    let pty = Pty::spawn(&demo().env("NO_COLOR", "1"));
    pty.wait_text("zone1");
    assert!(!pty.look(Emulator::has_colour), "{}", pty.text());
}

#[test]
fn t09_a_locale_without_unicode_gets_ascii() {
    for locale in ["C", "POSIX", "zh_CN.GB18030"] {
        let pty = Pty::spawn(&demo().env("LANG", locale));
        pty.wait_text("zone1");
        assert!(pty.text().is_ascii(), "{locale}:\n{}", pty.text());
    }
}

#[test]
fn t11_a_terminal_that_answers_nothing_is_drawn_to_all_the_same() {
    let mut pty = Pty::spawn(&demo().silent());
    pty.wait_text("zone1");
    pty.send(b"\x03");
    assert_eq!(pty.wait(), 0);
    pty.assert_given_back();
}

#[test]
fn a_terminal_that_draws_lines_two_columns_wide_gets_ascii() {
    let mut start = demo();
    start.answers = Some(2);
    let pty = Pty::spawn(&start);
    pty.wait_for("ASCII", |e| e.text().contains("zone1") && e.text().is_ascii());
}
