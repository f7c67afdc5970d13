//! The machine's state, drawn. No decisions, no network, no files.

pub mod backend;
pub mod environment;
pub mod keys;
pub mod look;
pub mod osc;
pub mod panes;
pub mod screen;
pub mod terminal;
pub mod theme;
