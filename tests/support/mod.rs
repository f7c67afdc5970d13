//! What tests share.

pub mod pty;
pub mod screen;
pub(crate) mod tasks;
