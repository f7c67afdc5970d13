//! The machine behind the screen: messages in, a new state and effects out. Pure: no IO, no clock, no colours,
//! no sentences.
//!
//! Read first: `model`, `msg`, `effect`, `update`. A **view** is where the operator is, a **pane** is what is drawn,
//! an **overlay** lies on top and gets the keys first.

pub mod cache;
pub mod command;
pub mod effect;
pub mod facts;
pub mod forbidden;
pub mod journal;
pub mod keepsake;
pub mod key;
pub mod keymap;
pub mod lost;
pub mod model;
pub mod msg;
pub mod notices;
pub mod overlays;
pub mod panes;
pub mod paper;
pub mod poll;
#[cfg(test)]
pub(crate) mod samples;
pub mod settings;
pub mod story;
pub mod tour;
pub mod update;
pub mod views;
