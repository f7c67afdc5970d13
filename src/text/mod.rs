//! Every sentence of the program: facts in, words out.

pub mod cli;
pub mod console;
pub mod keys;
pub mod outcome;
pub mod task;
