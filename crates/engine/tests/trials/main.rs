//! Versions that are tried: shadows, of which nothing is sent, and rollouts step by step.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod layers;
mod people;
mod platform;
mod rebuilds;
mod rollouts;
mod shadows;
