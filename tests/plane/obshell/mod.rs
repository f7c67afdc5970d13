//! OBShell: a stand-in that really opens what is sealed for it, faults below HTTP, and the recorded answers of real
//! agents.

mod actions;
pub(super) mod agent;
mod faults;
mod logins;
mod reads;
mod recordings;
mod simulated;
