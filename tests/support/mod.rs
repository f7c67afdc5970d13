//! What tests share.

pub(crate) mod dags;
pub mod pty;
pub mod screen;
pub mod setup;
pub mod stage;
pub(crate) mod tasks;
