//! Keys in, whole frames out.

mod log;
mod task;
mod tasks;
