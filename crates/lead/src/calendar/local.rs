//! Times as a local clock shows them, and the instants that they are.

use std::str::FromStr;

use jiff::{
    civil::DateTime,
    tz::{AmbiguousOffset, TimeZone},
};
use thiserror::Error;

use super::Zone;
use crate::Timestamp;

/// A date and a time of day without an offset: not an instant until somebody names the zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalTime(DateTime);

/// A text that no clock shows.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not a date and a time of day; write it like 2026-01-31 09:30:00")]
pub struct LocalTimeError(String);

/// The instant of a local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// The clock showed this time once.
    Once(Timestamp),
    /// The clock was put back and showed this time twice: the first of the two.
    Twice(Timestamp),
    /// The clock was put forward and never showed this time: the instant that it would have been without that.
    Never(Timestamp),
}

impl Reading {
    /// The instant, however it was found.
    pub fn at(self) -> Timestamp {
        match self {
            Self::Once(at) | Self::Twice(at) | Self::Never(at) => at,
        }
    }
}

impl LocalTime {
    /// What a clock shows that counts microseconds since the local 1970-01-01; `None` outside the years that calendars know.
    pub fn from_micros(micros: i64) -> Option<Self> {
        let instant = Timestamp(micros).instant()?;
        Some(Self(instant.to_zoned(TimeZone::UTC).datetime()))
    }
}

impl FromStr for LocalTime {
    type Err = LocalTimeError;

    /// Reads `2026-01-31 09:30:00`, also with a `T`, with a fraction, without seconds, and a date alone as its midnight.
    fn from_str(text: &str) -> Result<Self, LocalTimeError> {
        let wrong = || LocalTimeError(text.to_owned());
        // Who writes an offset means an instant; it must not be dropped here.
        let day = text.get(..10).ok_or_else(wrong)?;
        let is_plain = text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"-T :.".contains(&byte))
            && day.bytes().filter(|byte| *byte == b'-').count() == 2
            && !text[10..].contains('-');
        is_plain
            .then(|| text.parse::<DateTime>().ok())
            .flatten()
            .map(Self)
            .ok_or_else(wrong)
    }
}

impl Zone {
    /// When the local clock shows this.
    pub fn when(&self, shown: LocalTime) -> Reading {
        let ambiguous = self.0.to_ambiguous_timestamp(shown.0);
        let offset = ambiguous.offset();
        // At the very ends of the calendar an offset may lead out of it.
        let at = ambiguous.compatible().map_or_else(
            |_| Timestamp(i64::MAX),
            |instant| Timestamp(instant.as_microsecond()),
        );
        match offset {
            AmbiguousOffset::Unambiguous { .. } => Reading::Once(at),
            AmbiguousOffset::Fold { .. } => Reading::Twice(at),
            AmbiguousOffset::Gap { .. } => Reading::Never(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn when(zone: &str, shown: &str) -> String {
        let zone = Zone::parse(zone).unwrap();
        match zone.when(shown.parse().unwrap()) {
            Reading::Once(at) => at.to_string(),
            Reading::Twice(at) => format!("twice {at}"),
            Reading::Never(at) => format!("never {at}"),
        }
    }

    #[test]
    fn a_local_time_is_an_instant_in_its_zone() {
        for (zone, shown, expected) in [
            ("UTC", "2026-01-31 09:30:00", "2026-01-31T09:30:00Z"),
            (
                "America/New_York",
                "2026-01-31T09:30:00.25",
                "2026-01-31T14:30:00.25Z",
            ),
            ("America/New_York", "2026-07-31", "2026-07-31T04:00:00Z"),
            ("Europe/Berlin", "2026-01-31 09:30", "2026-01-31T08:30:00Z"),
            (
                "America/New_York",
                "2026-11-01 01:30:00",
                "twice 2026-11-01T05:30:00Z",
            ),
            (
                "America/New_York",
                "2026-03-08 02:30:00",
                "never 2026-03-08T07:30:00Z",
            ),
        ] {
            assert_eq!(when(zone, shown), expected, "{shown} in {zone}");
        }
    }

    #[test]
    fn what_names_an_offset_or_is_no_date_is_not_a_local_time() {
        for text in [
            "2026-01-31T09:30:00Z",
            "2026-01-31T09:30:00+02:00",
            "2026-01-31T09:30:00-02:00",
            "1760000000",
            "09:30:00",
            "2026-13-31",
            "soon",
            "",
            "２０２６-01-31",
        ] {
            assert!(text.parse::<LocalTime>().is_err(), "{text}");
        }
    }

    #[test]
    fn microseconds_of_a_local_clock_are_read_as_it_shows_them() {
        let shown: LocalTime = "2026-01-31 09:30:00".parse().unwrap();
        assert_eq!(LocalTime::from_micros(1_769_851_800_000_000), Some(shown));
        assert_eq!(LocalTime::from_micros(i64::MAX), None);
    }
}
