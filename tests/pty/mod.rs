//! The program in a pseudo-terminal.

mod hostile;
mod leaving;
mod line;
mod replay;
mod saving;
mod starting;
mod story;
