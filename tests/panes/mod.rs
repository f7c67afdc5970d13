//! Keys in, whole frames out.

mod actions;
mod confirm;
mod dialog;
mod frame;
mod help;
mod log;
mod task;
mod tasks;
mod topology;
mod world;
