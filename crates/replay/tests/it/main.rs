//! The replay against known truth: published data, generated worlds, and inputs that are wrong.

mod files;
mod mistakes;
mod open_bandit;
mod two_buyers;
mod world;
