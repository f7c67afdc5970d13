//! Keys in, whole frames out.

mod actions;
mod confirm;
mod dialog;
mod log;
mod task;
mod tasks;
