//! HTTP to destinations: targets, templates, response mapping, outcome classes.
//!
//! A [`Target`] is the HTTP endpoint of a destination as its owner describes it. [`Client::post`] offers one
//! lead to it and says what came of that as an [`Exchange`]. The class of its [`Outcome`] decides
//! whether the lead may go on to another destination, so it is conservative: once a byte may have left,
//! only a readable answer counts as a yes or a no, and everything else is [`Outcome::Unknown`].
//!
//! Before that, [`Client::ping`] may ask what the destination would pay. A ping is not binding and says
//! nothing of who the person is; whatever is not a readable bid in time is no bid.

mod auth;
mod client;
mod offer;
mod outcome;
mod ping;
mod policy;
mod response;
mod retry;
mod secret;
mod status;
mod target;
mod template;
mod xml;

pub use auth::{Auth, Credentials, SignatureEncoding, SignatureHash, is_webhook_key};
pub use client::{Client, Error, Limits, TriedRequest, tls};
pub use offer::Offer;
pub use outcome::{Exchange, NotSent, Outcome, Unknown};
pub use ping::{Ask, PingMap, PingTarget, Quote, QuoteEnd};
pub use policy::{NetworkError, Policy, read_network};
pub use response::{AnswerFormat, PriceUnit, ResponseMap, Rule, Status};
pub use retry::Retry;
pub use secret::Secret;
pub use status::{StatusMap, StatusProbe};
pub use target::{Computed, Format, Method, Target};
