//! Derives a lead schema from a Rust struct.
