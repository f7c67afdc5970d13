//! Drawings as files: one format a file. `layout`, `text`, `ascii` and `svg` of one scene are the same drawing.

pub mod dot;
pub mod layout;
pub mod mermaid;
mod paint;
pub mod svg;
pub mod text;

pub use dot::dot;
pub use layout::layout_json;
pub use mermaid::mermaid;
pub use svg::svg;
pub use text::{ascii, text};
