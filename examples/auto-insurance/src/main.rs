//! A flow written in Rust, in a user's own binary.
fn main() {}
