//! The port to a control plane and its adapters.
