//! Simulators against documents, without the client.
