//! How each pane looks; same file names as `app/panes`.

pub mod log;
pub mod task;
pub mod tasks;
