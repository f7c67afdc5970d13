//! One test binary: a single link, a single `support` module.

#![allow(
    unreachable_pub,
    reason = "a test binary has no outside; `pub` here means: for the other test files"
)]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::needless_pass_by_value,
    reason = "a test ends where something it needs is not so, and prints what it measured"
)]

mod cli;
mod driver;
mod graph;
mod house;
mod panes;
mod plane;
mod pty;
mod screenshots;
mod sim;
mod support;

// The builders of the unit tests, which `support` takes in, name these two rooms by `crate::`.
use obdeck::{app, domain};
