//! What tests share.

pub mod pty;
pub mod screen;
pub mod stage;
pub(crate) mod tasks;
