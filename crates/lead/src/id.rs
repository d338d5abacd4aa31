//! Identities by kind: a lead's id is not a destination's.

use std::{fmt, marker::PhantomData, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;
use uuid::Uuid;

use crate::Timestamp;

/// What an id may name. The prefix is part of the text form.
pub trait Kind {
    /// The word before the underscore, such as `lead`.
    const PREFIX: &'static str;
}

/// The kinds of things with ids of their own.
pub mod kinds {
    macro_rules! kinds {
        ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $name;
            impl super::Kind for $name {
                const PREFIX: &'static str = $prefix;
            }
        )*};
    }
    kinds! {
        /// A lead.
        Lead = "lead";
        /// The whole walk of one lead.
        Decision = "dec";
        /// The durable record of an offer.
        Delivery = "dlv";
        /// What a destination sends back with a postback.
        Click = "clk";
        /// A later event worth money.
        Conversion = "cnv";
        /// An access token.
        Token = "tok";
        /// A browser that signed in with a token.
        Session = "ses";
        /// Work outside a request.
        Job = "job";
        /// One operation on many deliveries or postbacks.
        BulkJob = "blk";
        /// A postback whose click is not known yet.
        Postback = "pbk";
        /// What the tracker of a source is told of a lead.
        SourcePostback = "spb";
        /// A lead that its buyer wants to give back, or has charged back.
        Return = "ret";
        /// A command that could never be stored.
        RefusedCommand = "ref";
        /// The removal of values that tell who a person is.
        Erasure = "era";
    }
}

/// A UUID of version 7 that names one kind of thing. Text form: `lead_` and 32 hex digits.
pub struct Id<K> {
    uuid: Uuid,
    kind: PhantomData<fn() -> K>,
}

/// A text that is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{text}` is not an id of this kind; it would start with `{prefix}_`")]
pub struct IdError {
    text: String,
    prefix: &'static str,
}

impl<K: Kind> Id<K> {
    /// An id that sorts by `now`.
    ///
    /// * `random`: ten bytes of chance; equal bytes at an equal millisecond give equal ids.
    pub fn new(now: Timestamp, random: [u8; 10]) -> Self {
        let millis = u64::try_from(now.0.div_euclid(1_000)).unwrap_or(0);
        Self {
            uuid: uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid(),
            kind: PhantomData,
        }
    }
}

impl<K: Kind> Id<K> {
    /// Whether a text is an id of this kind.
    pub fn is_id(text: &str) -> bool {
        text.parse::<Self>().is_ok()
    }
}

impl<K: Kind> FromStr for Id<K> {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        text.strip_prefix(K::PREFIX)
            .and_then(|rest| rest.strip_prefix('_'))
            .filter(|hex| hex.len() == 32)
            .and_then(|hex| Uuid::try_parse(hex).ok())
            .map(|uuid| Self {
                uuid,
                kind: PhantomData,
            })
            .ok_or_else(|| IdError {
                text: text.to_owned(),
                prefix: K::PREFIX,
            })
    }
}

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}_{}", K::PREFIX, self.uuid.simple())
    }
}

impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.uuid.cmp(&other.uuid)
    }
}
impl<K> std::hash::Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.uuid.hash(state);
    }
}
