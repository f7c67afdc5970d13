//! Parts that panes are drawn with.

pub(crate) mod boxes;
pub(crate) mod edge;
pub(crate) mod lanes;
pub(crate) mod line;
pub(crate) mod minimap;
pub(crate) mod paint;
pub(crate) mod timeout;
