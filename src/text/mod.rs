//! Every sentence of the program: facts in, words out.

pub mod action;
pub mod cli;
pub mod console;
pub mod dry_run;
pub mod ending;
pub mod handoff;
pub mod history;
pub mod impact;
pub mod incident;
pub mod journal;
pub mod keys;
pub mod lost;
pub(crate) mod machine;
pub mod markdown;
pub mod offline;
pub mod outcome;
pub mod palette;
pub mod replay;
pub mod runbook;
pub mod task;
pub mod timeline;
pub mod tour;
