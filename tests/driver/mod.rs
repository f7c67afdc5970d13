//! What is done right before and after an order is sent.

mod fresh;
mod orders;
