//! The replay against known truth: published data, generated worlds, and inputs that are wrong.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod auctions;
mod bad_logs;
mod cells;
mod doubly_robust;
mod evidence;
mod files;
mod foreign;
mod hostile;
mod maturity;
mod mistakes;
mod moves;
mod open_bandit;
mod parquet;
mod repeats;
mod rotation;
mod stateful;
mod sweep;
mod text;
mod times;
mod two_buyers;
mod world;
