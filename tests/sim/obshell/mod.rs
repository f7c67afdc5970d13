//! The stand-in for OBShell agents against its documents and recordings, through a client of the tests' own.

mod client;
mod door;
mod order;
mod replay;
mod task;
mod trouble;
