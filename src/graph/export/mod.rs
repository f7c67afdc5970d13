//! Drawings as files: one format a file. `layout`, `text` and `ascii` of one scene are the same drawing.

pub mod layout;
pub mod text;

pub use layout::layout_json;
pub use text::{ascii, text};
