//! Adapters against fixtures and against simulators: what was sent, byte for byte.

mod actions;
mod conformance;
mod decoding;
mod fold;
mod reads;
mod server;
mod tls;
