//! The program in a pseudo-terminal.

mod leaving;
mod line;
mod starting;
mod story;
