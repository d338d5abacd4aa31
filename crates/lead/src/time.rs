//! Points in time as whole microseconds.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Microseconds since 1970-01-01T00:00:00Z.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

/// A text that is not a point in time.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not a point in time; write it like 2026-01-31T09:30:00Z")]
pub struct TimestampError(String);

impl Timestamp {
    /// The same instant for calendars; `None` outside the years that calendars know (-9999 to 9999).
    pub fn instant(self) -> Option<jiff::Timestamp> {
        jiff::Timestamp::from_microsecond(self.0).ok()
    }

    /// The same instant, or the nearest one that calendars know.
    pub(crate) fn nearest_instant(self) -> jiff::Timestamp {
        let end = if self.0 < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        };
        self.instant().unwrap_or(end)
    }

    /// This much later, in microseconds; stops at the ends of what 64 bits hold.
    #[must_use]
    pub fn plus(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    /// Reads RFC 3339 with an offset; a space may stand for the `T`.
    fn from_str(text: &str) -> Result<Self, TimestampError> {
        text.parse::<jiff::Timestamp>()
            .map(|instant| Self(instant.as_microsecond()))
            .map_err(|_| TimestampError(text.to_owned()))
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC, or the bare number where calendars end.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.instant() {
            Some(instant) => write!(formatter, "{instant}"),
            None => write!(formatter, "{}", self.0),
        }
    }
}
