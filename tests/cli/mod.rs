//! The program as a process: stdout, stderr, exit codes (cli.md is the contract, row by row).
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests may fail as tests do"
)]

mod agents;
mod bound;
mod canary;
mod config;
mod exits;
mod faults;
mod graph;
mod impact;
mod journal;
mod limits;
mod lists;
mod operators;
mod orders;
mod proxy;
mod record;
mod run;
mod simulate;
