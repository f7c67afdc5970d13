//! How what lies on top looks; same file names as `app/overlays`.

pub mod actions;
pub mod card;
pub mod confirm;
pub mod dialog;
pub mod find;
pub mod handoff;
pub mod help;
pub mod lost;
pub mod note;
pub mod palette;
mod parts;
mod sheet;
