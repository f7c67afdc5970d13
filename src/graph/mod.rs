//! A DAG in, a drawing in character cells out. Pure; knows tasks in [`task`] only.
//!
//! The way of a drawing: [`dag`] normalises, [`collapse`] folds parallel siblings, [`layer`] breaks cycles and gives
//! each node its layer, [`order`] puts each layer in an order with few crossings, [`place`] gives columns, [`route`]
//! gives every line its cells, [`scene`] holds the result, [`canvas`] paints the part of it that a window shows.
//! [`lanes`] is the narrow view and needs no layout; [`walk`] moves a selection along the picture; [`path`] knows the
//! longest way; [`export`] writes files.
//!
//! Nothing here depends on a status, on a clock or on the order of the input lists: one structure, one drawing.

pub mod canvas;
pub mod collapse;
pub mod dag;
pub mod export;
pub mod glyph;
pub mod lanes;
pub mod layer;
pub mod order;
pub mod path;
pub mod place;
pub mod route;
pub mod scene;
pub mod task;
pub mod walk;

pub use canvas::{Canvas, Cell, Face, Tone, Window, paint};
pub use collapse::{Collapse, collapse};
pub use dag::{Dag, DagNode, Dropped, Why, from_parts};
pub use glyph::Glyphs;
pub use scene::{Form, LayoutOptions, Orientation, Scene, layout};
pub use task::from_task;
