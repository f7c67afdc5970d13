//! A DAG in, a drawing in character cells out. Pure; knows tasks in [`task`] only.
//!
//! The way of a drawing: [`dag`] normalises, [`mod@collapse`] folds parallel siblings, `layer` breaks cycles and gives
//! each node its layer, `flow` adds dummies where long edges pass, `order` puts each layer in an order with few
//! crossings, `nets` says which lines may run together, `place` gives columns, `ports` and `route` give every line its
//! cells (`rails` those of long edges where there are too many of them), `assemble` makes a [`scene`] of it, [`canvas`] paints the part of it that a window shows.
//! [`lanes`] is the narrow view and needs no layout; [`walk`] moves a selection along the picture; [`path`] knows the
//! longest way; [`export`] writes files.
//!
//! Nothing here depends on a status, on a clock or on the order of the input lists: one structure, one drawing.

mod assemble;
pub mod canvas;
pub mod collapse;
pub mod dag;
pub mod export;
mod flow;
pub mod glyph;
mod index;
pub mod lanes;
mod layer;
pub mod minimap;
mod nets;
mod order;
pub mod path;
mod place;
mod ports;
mod rails;
mod route;
pub mod scene;
pub mod task;
pub mod walk;
pub mod wrap;

pub use canvas::{Canvas, Cell, Face, FaceRow, Tone, Window, paint};
pub use collapse::{Collapse, collapse};
pub use dag::{Dag, DagNode, Dropped, Why, from_parts};
pub use glyph::Glyphs;
pub use scene::{Before, Form, LayoutOptions, Orientation, Scene, layout, layout_after, layout_on_rails};
pub use task::from_task;
pub use wrap::layout_wrapped;
