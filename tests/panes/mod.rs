//! Keys in, whole frames out.

mod frame;
mod help;
mod topology;
mod world;
