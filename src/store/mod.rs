//! Files of the user: config, secrets, the journal, what the console remembers.

pub mod config;
pub mod exports;
pub mod journal;
pub mod known;
pub mod log;
pub mod paths;
pub mod recording;
pub mod sample;
pub mod scratch;
pub mod secret;
