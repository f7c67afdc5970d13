//! The machine's state, drawn. No decisions, no network, no files.

pub mod ascii;
pub mod backend;
pub mod caption;
pub mod chrome;
pub mod draw;
pub mod environment;
pub mod export;
pub mod keys;
pub mod look;
pub mod osc;
pub mod overlays;
pub mod panes;
pub mod paper;
pub mod screen;
pub mod svg;
pub mod terminal;
pub mod theme;
pub mod widgets;

pub use draw::draw;
