//! Mock buyers and generated worlds whose truth is known.
//!
//! A [`World`] makes leads, and knows for each of them what each of five destinations will do with
//! it: a pure function of the seed, the lead and the destination, so that no interleaving changes
//! it. [`Buyer`]s are HTTP servers that answer as the world says, each with quirks of its own.
//! Together they let an estimate be held against the truth.

mod buyers;
mod world;

pub use buyers::{
    Answer, Buyer, PingAnswer, PingQuirks, Pinged, Quirks, Rate, Received, RunningBuyer,
};
pub use world::{Conversion, Credit, DESTINATIONS, GeneratedLead, Leads, Postback, Traits, World};
