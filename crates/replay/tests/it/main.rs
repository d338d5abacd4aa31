//! The replay against known truth: published data, generated worlds, and inputs that are wrong.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod auctions;
mod evidence;
mod files;
mod mistakes;
mod open_bandit;
mod rotation;
mod two_buyers;
mod world;
