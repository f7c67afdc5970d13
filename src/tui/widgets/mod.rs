//! Parts that panes share.

pub mod paint;
