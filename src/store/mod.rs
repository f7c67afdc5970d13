//! Files of the user: config, secrets, what the console remembers.

pub mod config;
pub mod exports;
pub mod paths;
pub mod sample;
pub mod secret;
