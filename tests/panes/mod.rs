//! Keys in, whole frames out.

mod frame;
mod help;
mod log;
mod task;
mod tasks;
mod topology;
mod world;
