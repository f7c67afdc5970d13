//! Keys in, whole frames out.
