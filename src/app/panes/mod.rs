//! State and behaviour of each pane. How a pane looks is in `tui/panes` under the same name.

pub mod detail;
pub mod log;
pub mod replay;
pub(crate) mod scroll;
pub mod task;
pub mod tasks;
pub mod timeline;
pub mod topology;
