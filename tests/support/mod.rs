//! What tests share.

pub mod canary;
pub(crate) mod dags;
pub mod pty;
#[path = "../../src/domain/samples.rs"]
pub(crate) mod samples;
pub mod screen;
#[path = "../../src/app/samples.rs"]
pub(crate) mod settings;
pub mod setup;
pub mod stage;
pub(crate) mod tasks;
