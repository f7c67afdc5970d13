//! The machine's state, drawn. No decisions, no network, no files.

pub mod ascii;
pub mod chrome;
pub mod draw;
pub mod look;
pub mod overlays;
pub mod panes;
pub mod theme;
pub mod widgets;

pub use draw::draw;
