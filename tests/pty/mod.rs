//! The program in a pseudo-terminal.

mod hostile;
mod leaving;
mod line;
mod replay;
mod starting;
mod story;
