//! The only room that both waits and acts.

pub mod clock;
pub mod connect;
pub mod submit;
pub mod watch;
