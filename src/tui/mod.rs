//! The machine's state, drawn.
