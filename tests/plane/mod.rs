//! Adapters against fixtures and against simulators: what was sent, byte for byte.
