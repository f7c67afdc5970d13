//! The program as a process: stdout, stderr, exit codes (cli.md is the contract, row by row).

mod config;
mod exits;
mod faults;
mod graph;
mod lists;
mod orders;
mod run;
mod simulate;
