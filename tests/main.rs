//! One test binary: a single link, a single `support` module.

mod cli;
mod graph;
mod house;
mod panes;
mod plane;
mod pty;
mod sim;
mod support;
