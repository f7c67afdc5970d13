//! Parses, hands to `cli`, turns the answer into an exit code.

fn main() {}
