//! Every sentence of the program: facts in, words out.

pub mod action;
pub mod impact;
pub mod outcome;
