//! Mock buyers, generated worlds whose truth is known, and a network that loses things.
//!
//! A [`World`] makes leads, and knows for each of them what each of five destinations will do with
//! it: a pure function of the seed, the lead and the destination, so that no interleaving changes
//! it. [`Buyer`]s are HTTP servers that answer as the world says, each with quirks of its own.
//! Together they let an estimate be held against the truth. A [`Proxy`] before PostgreSQL loses answers
//! and connections at chosen moments.

mod buyers;
mod postgres;
mod proxy;
mod world;

pub use buyers::{
    Answer, Buyer, PingAnswer, PingQuirks, Pinged, Quirks, Rate, Received, RunningBuyer,
};
pub use postgres::Postgres;
pub use proxy::{Proxy, Trouble};
pub use world::{Conversion, Credit, DESTINATIONS, GeneratedLead, Leads, Postback, Traits, World};
