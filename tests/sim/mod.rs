//! Simulators against documents, without the client.

mod http;
mod story;
