//! Adapters against fixtures and against simulators: what was sent, byte for byte.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail as tests do")]

mod actions;
mod conformance;
mod decoding;
mod fold;
mod obshell;
mod reads;
mod rows;
mod seeded;
mod server;
mod simulated;
mod tls;
