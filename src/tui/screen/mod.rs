//! From drawn cells to as few bytes as a terminal needs.
//!
//! [`grid`] is a frame made comparable, [`pen`] the colours and attributes the terminal writes with, [`encode`] the
//! difference of two frames as bytes. Pure: a unit test holds the bytes against a terminal emulator.

pub mod encode;
pub mod grid;
pub mod pen;

#[cfg(test)]
mod tests;
