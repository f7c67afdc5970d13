//! The machine's state, drawn. No decisions, no network, no files.

pub mod look;
pub mod overlays;
pub mod panes;
pub mod theme;
