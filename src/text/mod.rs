//! Every sentence of the program: facts in, words out.

pub mod console;
pub mod keys;
