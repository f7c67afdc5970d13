//! One test binary: a single link, a single `support` module.

#![allow(
    unreachable_pub,
    reason = "a test binary has no outside; `pub` here means: for the other test files"
)]

mod cli;
mod graph;
mod house;
mod panes;
mod plane;
mod pty;
mod screenshots;
mod sim;
mod support;
