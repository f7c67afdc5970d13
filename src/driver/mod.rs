//! The only room that both waits and acts.

pub mod clock;
pub mod submit;
pub mod watch;
