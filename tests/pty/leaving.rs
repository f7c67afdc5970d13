//! However it ends, the terminal is as it was found (T03, T04, T05, T10, P5).

use rustix::process::Signal;

use crate::support::pty::{Pty, Start};

fn demo() -> Pty {
    let pty = Pty::spawn(&Start::obdeck(&["demo"]));
    pty.wait_text("zone1");
    assert!(pty.is_raw());
    pty
}

#[test]
fn p5_quit_keys_end_it_and_give_the_terminal_back() {
    for key in [&b"q"[..], b"\x03"] {
        let mut pty = demo();
        pty.send(key);
        assert_eq!(pty.wait(), 0, "{key:?}");
        pty.assert_given_back();
    }
}

#[test]
fn t04_signals_end_it_with_their_code_and_give_the_terminal_back() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130), (Signal::QUIT, 131), (Signal::HUP, 129)] {
        let mut pty = demo();
        pty.signal(signal);
        assert_eq!(pty.wait(), code, "{signal:?}");
        pty.assert_given_back();
    }
}

#[test]
fn t03_ctrl_z_and_a_stop_from_outside_give_the_terminal_back_until_continued() {
    let script = "set -m; \"$0\" demo; echo back in the shell; read x; fg; echo CODE=$?; read x";
    let mut pty = Pty::spawn(&Start::shell(script));
    pty.wait_text("zone1");
    pty.send(b"\x1a");
    pty.wait_text("back in the shell");
    pty.assert_given_back();
    pty.send(b"\n");
    pty.wait_for("the console again", |e| e.is_full_screen() && e.text().contains("zone1"));
    assert!(pty.is_raw());
    pty.send(b"q");
    pty.wait_text("CODE=0");
    pty.assert_given_back();
    pty.send(b"\n");
    assert_eq!(pty.wait(), 0);
}

#[test]
fn t03_without_a_shell_above_ctrl_z_stops_nothing() {
    // The program is the session's leader here: nobody could continue it.
    let mut pty = demo();
    pty.send(b"\x1a");
    pty.send(b"?");
    pty.wait_text("Help");
    pty.send(b"\x03\x03");
    assert_eq!(pty.wait(), 0);
}

#[test]
fn t03_stopped_and_continued_from_outside_it_draws_again() {
    let pty = demo();
    pty.signal(Signal::STOP);
    pty.scribble(b"\x1b[H\x1b[2Jprompt$ ");
    pty.signal(Signal::CONT);
    pty.wait_for("the console again", |e| e.text().contains("zone1") && !e.text().contains("prompt$"));
    assert!(pty.is_raw());
}

#[test]
fn t05_a_closed_terminal_ends_it_without_a_busy_loop() {
    let mut pty = demo();
    let before = pty.ticks();
    pty.hang_up();
    pty.wait_zombie();
    let spent = pty.ticks() - before;
    assert_eq!(pty.wait(), 129);
    // A loop would go on for seconds; leaving in order takes some 30 ms, more beside other work.
    assert!(spent < 30, "{spent} ticks of 10 ms after the terminal was gone");
}

#[test]
fn t05b_a_closed_terminal_of_which_no_signal_tells_ends_it_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let code = folder.path().join("code");
    // The shell, to which the system tells it, lives on; the program is told nothing.
    let script = format!("trap '' HUP; \"$0\" demo; echo $? >'{}'", code.display());
    let mut pty = Pty::spawn(&Start::shell(&script));
    pty.wait_text("zone1");
    pty.hang_up();
    pty.wait();
    assert_eq!(std::fs::read_to_string(code).expect("told").trim(), "129");
}

#[test]
fn t10_a_panic_gives_the_terminal_back_first_and_then_says_where() {
    for place in ["update", "draw"] {
        let mut pty = Pty::spawn(&Start::obdeck(&["demo"]).env("OBDECK_TEST_PANIC", place));
        pty.wait_text("zone1");
        pty.send(b"%");
        assert_eq!(pty.wait(), 101, "{place}");
        pty.assert_given_back();
        pty.wait_text(&format!("a fault on purpose in {place}"));
        pty.wait_text("fault.rs");
    }
}

#[test]
fn t10_a_panic_of_a_task_is_told_and_the_console_goes_on() {
    let mut pty = Pty::spawn(&Start::obdeck(&["demo"]).env("OBDECK_TEST_PANIC", "task"));
    pty.wait_text("zone1");
    pty.send(b"%");
    pty.wait_text("a part of obdeck failed");
    assert!(pty.is_alive());
    pty.send(b"?");
    pty.wait_text("Help");
    pty.send(b"\x03\x03");
    assert_eq!(pty.wait(), 0);
    pty.assert_given_back();
}
