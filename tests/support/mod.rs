//! What tests share.

pub(crate) mod tasks;
