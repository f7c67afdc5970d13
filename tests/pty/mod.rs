//! The program in a pseudo-terminal.

mod agents;
mod bound;
mod canary;
mod config;
mod hanging;
mod hostile;
mod leaving;
mod limits;
mod line;
mod lost;
mod replay;
mod saving;
mod server;
mod starting;
mod story;
mod tour;
