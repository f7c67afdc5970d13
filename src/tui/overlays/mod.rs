//! How what lies on top looks; same file names as `app/overlays`.

pub mod actions;
pub mod confirm;
pub mod dialog;
pub mod find;
pub mod help;
pub mod lost;
mod parts;
mod sheet;
