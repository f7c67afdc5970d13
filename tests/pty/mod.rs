//! The program in a pseudo-terminal.

mod agents;
mod hostile;
mod leaving;
mod line;
mod saving;
mod server;
mod starting;
mod story;
