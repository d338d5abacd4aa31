//! What trackers of sources are told: a function of the rows of a lead, and of the postbacks that its source had.
//!
//! What a lead is as of a number in commit order is known from its rows, as it is for payouts. Each number that makes it
//! something that a source wants to be told of is a postback. So a fold over any stretches of the order gives the same rows.

mod content;
mod events;
mod fold;
mod settings;

pub(crate) use content::PostbackContent;
pub use fold::PostbackFold;
