//! What tests share.

pub mod canary;
pub(crate) mod dags;
pub mod pty;
pub mod screen;
pub mod setup;
pub mod stage;
pub(crate) mod tasks;
