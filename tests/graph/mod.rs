//! Drawings: properties and text.
