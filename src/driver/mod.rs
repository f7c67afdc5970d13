//! The only room that both waits and acts.

pub mod console;
#[cfg(debug_assertions)]
mod fault;
pub mod reads;
pub mod signals;
pub mod steady;
