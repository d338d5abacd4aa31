//! The platform as its users meet it: the real program, real sockets, a real database.
//!
//! Nothing here links the engine. Each story starts the program that a user would start, sends requests
//! to it, kills it where the story says so, and looks at what is left.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

use acceptance::{buyer, caller, program, server, site, wait, wire};

mod attack;
mod auctions;
mod audit;
mod backup;
mod bad_input;
mod book;
mod bulk_jobs;
mod buyers;
mod caps;
mod closed_arms;
mod diff;
mod doctor;
mod erasure;
mod experiments;
mod explain;
mod full_disk;
mod graphql;
mod hanging;
mod imports;
mod kill;
mod leads;
mod lists;
mod live_replay;
mod migration;
mod money;
mod monitors;
mod pages;
mod payouts;
mod postbacks;
mod releases;
mod replay;
mod restart;
mod retries;
mod rollouts;
mod rotation;
mod sealed;
mod several;
mod sockets;
mod source_postbacks;
mod sources;
mod sticky;
mod subflows;
mod sweeps;
mod test_leads;
mod tokens;
