//! Simulators against documents, without the client.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test's helper fails the test")]

mod conform;
mod door;
mod fault;
mod form;
mod http;
mod obshell;
mod raw;
mod refuse;
mod scenario;
mod story;
