//! The words and rules of the trade: clusters, zones, OBServers, tasks, and what may be done to them.
//!
//! Pure: no IO, no async, no clock, no terminal, no serialisation. Times come in as values, text from
//! outside comes in through [`shown`], and nothing here makes a sentence for the screen (that is `text`).

pub mod action;
pub mod capability;
pub mod fold;
pub mod guard;
pub mod handoff;
pub mod history;
pub mod id;
pub mod impact;
pub mod incident;
pub mod limits;
pub mod offline;
pub mod outcome;
pub mod request;
pub mod runbook;
#[cfg(test)]
pub(crate) mod samples;
pub mod secret;
pub mod shown;
pub mod status;
pub mod tape;
pub mod task;
pub mod time;
pub mod timeline;
pub mod topology;
