//! Simulators against documents, without the client.

mod conform;
mod door;
mod fault;
mod form;
mod http;
mod refuse;
mod scenario;
mod story;
