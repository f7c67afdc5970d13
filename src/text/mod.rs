//! Every sentence of the program: facts in, words out.

pub mod action;
pub mod cli;
pub mod console;
pub mod ending;
pub mod impact;
pub mod keys;
pub mod offline;
pub mod outcome;
pub mod replay;
pub mod runbook;
pub mod task;
