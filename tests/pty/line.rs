//! Slow lines, stuck terminals, other writers (T12, T13, screens 16).

use crate::support::pty::{Pty, Start};

fn demo() -> Pty {
    let pty = Pty::spawn(&Start::obdeck(&["demo"]));
    pty.wait_text("zone1");
    pty
}

#[test]
fn t12_a_terminal_that_does_not_read_holds_up_neither_keys_nor_the_end() {
    let mut pty = demo();
    pty.pause();
    // More frames than any pseudo-terminal holds back.
    for i in 0..200_u16 {
        pty.resize(80 + i % 40, 24 + i % 20);
        pty.send(b"?\x1b");
    }
    pty.send(b"\x03\x03");
    assert_eq!(pty.wait(), 0);
    assert!(!pty.is_raw());
}

#[test]
fn t12_a_terminal_that_reads_again_gets_the_newest_frame_whole() {
    let pty = demo();
    pty.pause();
    for i in 0..100_u16 {
        pty.resize(80 + i % 40, 24 + i % 20);
    }
    pty.resize(90, 28);
    pty.go_on();
    pty.send(b"?");
    pty.wait_for("the help at 90x28", |e| e.text().contains("Help") && e.text().lines().count() == 28);
}

#[test]
fn t13_ctrl_l_draws_everything_again() {
    let pty = demo();
    let before = pty.text();
    pty.scribble(b"\x1b[3;3HBroadcast message from root\x1b[10;1H\x1b[1mreboot\x1b[m");
    pty.wait_text("Broadcast");
    pty.send(b"\x0c");
    pty.wait_for("the screen of before", |e| !e.text().contains("Broadcast"));
    assert_eq!(pty.text().lines().nth(2), before.lines().nth(2));
}

#[test]
fn keys_of_one_write_are_all_applied_in_few_bytes() {
    let pty = demo();
    pty.send(b"G");
    pty.wait_for("the last row", |e| e.text().contains("trade12"));
    let before = pty.written();
    pty.send(&b"k".repeat(200));
    pty.send(b"?");
    pty.wait_text("Help");
    assert!(pty.written() - before < 10_000, "{} bytes", pty.written() - before);
}
