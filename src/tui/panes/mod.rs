//! How each pane looks; same file names as `app/panes`.

pub mod detail;
pub mod log;
pub mod replay;
pub mod task;
pub mod tasks;
pub mod timeline;
pub mod topology;
