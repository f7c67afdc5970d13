//! obdeck: a full-screen terminal console for OceanBase clusters.
//!
//! A pure machine ([`domain`], [`graph`], [`app`]) with a thin shell around it ([`driver`]). Adapters in [`plane`]
//! turn control planes into one vocabulary; [`tui`] draws the state; [`cli`] does the same work without a screen;
//! [`sim`] stands in for the control planes over real loopback HTTP. `ARCHITECTURE.md` says which room may use which.

pub mod app;
pub mod cli;
pub mod domain;
pub mod driver;
pub mod graph;
pub mod harness;
pub mod plane;
pub mod sim;
pub mod store;
pub mod text;
pub mod tui;
