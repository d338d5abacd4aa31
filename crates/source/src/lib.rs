//! What publishers send, read as leads.
//!
//! Publishers do not send our JSON: they post forms, call an address with parameters, or are platforms whose webhooks have a
//! shape of their own. A [`SourceDocument`] says how the payloads of one source become the fields of a flow's leads. Reading
//! one is a pure function of document, payload and schema, so that a payload can be tried before anything is saved, with the
//! same result as when it is sent.
//!
//! * [`Payload`]: what was sent, within limits.
//! * [`SourceDocument::read`]: the fields, with what was given for each and all that is wrong.
//! * [`SourcePostback`]: what the tracker of a source is told of its leads, with macros.
//! * [`Preset`]: the shapes of platforms, and how they sign what they send.
//!
//! This crate does not know HTTP, tokens, or what becomes of a lead.
#![deny(
    clippy::disallowed_methods,
    reason = "source is pure: pass in what it needs"
)]

mod answers;
mod document;
mod names;
mod path;
mod payload;
mod payout;
mod phone;
mod place;
mod postback;
mod preset;
mod read;
mod reading;
mod rule;
mod secrets;
mod signature;

pub use document::{Accepts, SourceDocument, Unknown};
pub use payload::{KEYS_MAX, LEVELS_MAX, Payload};
pub use payout::{PayoutKind, PayoutTerms};
pub use postback::{
    POSTBACK_SECRETS, PostbackEvent, PostbackFormat, PostbackMethod, PostbackRequest,
    PostbackSignature, PostbackValues, SourcePostback,
};
pub use preset::Preset;
pub use read::{FieldReading, Given, PayloadReading};
pub use rule::{FieldRule, Normaliser};
pub use secrets::Secrets;
pub use signature::{Sent, SignatureError};
