//! The only room that both waits and acts.
