//! The step machine over a program: it decides, takes in the answer, and decides again.
//!
//! There is one evaluator. The live service drives [`Walk`] with real answers, the replay drives
//! [`Filter`] with recorded ones, and both ask the same functions which arms a lead may take and
//! with which probability.
//!
//! * [`Subject`] is a lead prepared for one program and one allocation: codes, criteria, weights.
//! * [`Walk`] is the walk itself: an event in, a [`Step`] out. No clock, no socket, no generator.
//! * [`Filter`] is what may be known of a walk from outside: the exact probability of each next
//!   outcome given the offers and answers so far.
//! * [`Conditions`] is what a ledger says at a step: who is free, and whose turn it is. A step is decided by
//!   nothing else that changes with time.
//! * [`RewardAttribution`] is what a walk teaches its bandits.
#![deny(
    clippy::disallowed_methods,
    reason = "router is pure: pass in what it needs"
)]

mod auction;
mod choices;
mod draw;
mod filter;
mod learning;
mod outlook;
mod path;
mod path_forest;
mod progress;
mod share;
mod step;
mod subject;
mod text;
mod unit;
mod walk;

pub use auction::{Bid, net};
pub use draw::{Drawn, PPM};
pub use filter::Filter;
pub use learning::{
    BanditRecord, OriginRecord, RewardAttribution, TraceRecord, bandit_specs, trace,
};
pub use outlook::Outlook;
pub use path::{Choice, Trace};
// What a walk takes and gives of the crates below.
pub use pointsman_flow::{DestinationIdx, Mask, NodeIdx, Program};
pub use pointsman_lead::Answer;
pub use pointsman_ledger::{Conditions, Orders};
pub use progress::{End, OFFERS_MAX};
pub use share::{place_in, takes_part};
pub use step::{Done, Event, Offer, Ping, Step};
pub use subject::{Context, Subject};
pub use unit::{HashKey, Unit, UnitHashes};
pub use walk::{Draw, Odds, Walk};
