//! The only room that both waits and acts.

pub mod clock;
pub mod connect;
pub mod console;
#[cfg(debug_assertions)]
mod fault;
pub mod fresh;
mod keep;
pub mod keeper;
mod pace;
pub mod reads;
pub mod signals;
pub mod steady;
pub mod submit;
pub mod tape;
pub mod watch;
