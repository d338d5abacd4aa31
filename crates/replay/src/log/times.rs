//! Points in time as foreign logs write them: never with a unit or a zone that nobody named.

use std::fmt;

use pointsman_lead::{LocalTime, Reading, Timestamp, Zone};

use super::{
    DateOrder, Numbers,
    dates::{self, Spelled},
};

/// The unit of integer times: how long ago 1970 began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeUnit {
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// Microseconds.
    Microseconds,
    /// Nanoseconds.
    Nanoseconds,
}

impl TimeUnit {
    /// All of them, the coarsest first.
    pub const ALL: [Self; 4] = [
        Self::Seconds,
        Self::Milliseconds,
        Self::Microseconds,
        Self::Nanoseconds,
    ];

    /// The word for it in scenarios.
    pub fn word(self) -> &'static str {
        match self {
            Self::Seconds => "s",
            Self::Milliseconds => "ms",
            Self::Microseconds => "us",
            Self::Nanoseconds => "ns",
        }
    }

    /// The unit of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.word() == word)
    }

    /// Its microseconds as a ratio: nanoseconds are 1 by 1,000.
    pub(crate) fn ratio(self) -> (i64, i64) {
        match self {
            Self::Seconds => (1_000_000, 1),
            Self::Milliseconds => (1_000, 1),
            Self::Microseconds => (1, 1),
            Self::Nanoseconds => (1, 1_000),
        }
    }
}

/// What a column of times counts in, and whether since the 1970 of UTC or of some local clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Clock {
    /// Microseconds of one unit as a ratio.
    pub(crate) ratio: (i64, i64),
    pub(crate) is_utc: bool,
    /// Whether a day is all that is known.
    pub(crate) is_date: bool,
}

impl Clock {
    fn micros(self, units: i64) -> Option<i64> {
        in_micros(units, self.ratio)
    }

    /// A time as text: with an offset only where one is known.
    pub(crate) fn text(self, units: i64) -> String {
        let Some(micros) = self.micros(units) else {
            return units.to_string();
        };
        let text = Timestamp(micros).to_string();
        let local = text.strip_suffix('Z').unwrap_or(&text);
        match (self.is_utc, self.is_date) {
            (true, _) => text,
            (false, false) => local.to_owned(),
            (false, true) => local.split('T').next().unwrap_or(local).to_owned(),
        }
    }
}

/// A point in time that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LogTime {
    pub(crate) at: Timestamp,
    /// Whether the local clock showed it twice, or never.
    pub(crate) is_doubtful: bool,
}

/// What keeps a value from being a point in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TimeError {
    /// It is none, whatever unit or zone there is.
    NotATime(String),
    /// A number that nobody said the unit of; what it would be in the likeliest one.
    NoUnit(String, Option<(TimeUnit, Timestamp)>),
    /// A local time that nobody said the zone of.
    NoZone(String),
    /// A date of which nobody said whether the day or the month comes first.
    NoOrder(String),
}

/// How the times of a log are to be read, and the numbers in its fields.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Times {
    /// The unit of numbers.
    pub(crate) unit: Option<TimeUnit>,
    /// The zone of local times.
    pub(crate) zone: Option<Zone>,
    /// The order of day and month.
    pub(crate) order: Option<DateOrder>,
    /// How numbers are written.
    pub(crate) numbers: Numbers,
}

impl Times {
    /// A number without a unit is taken as microseconds, our own unit, where that is a time of this age.
    pub(crate) fn of_integer(&self, units: i64) -> Result<LogTime, TimeError> {
        match self.unit {
            Some(unit) => in_micros(units, unit.ratio())
                .and_then(in_calendar)
                .ok_or_else(|| TimeError::NotATime(units.to_string())),
            None if is_of_this_age(units) => Ok(sure(Timestamp(units))),
            None => Err(TimeError::NoUnit(units.to_string(), likely(units))),
        }
    }

    pub(crate) fn of_clock(&self, units: i64, clock: Clock) -> Result<LogTime, TimeError> {
        let wrong = || TimeError::NotATime(units.to_string());
        let micros = clock.micros(units).ok_or_else(wrong)?;
        if clock.is_utc {
            return in_calendar(micros).ok_or_else(wrong);
        }
        let shown = LocalTime::from_micros(micros).ok_or_else(wrong)?;
        self.of_local(shown)
            .ok_or_else(|| TimeError::NoZone(clock.text(units)))
    }

    /// RFC 3339, a local time, or a number.
    pub(crate) fn of_text(&self, text: &str) -> Result<LogTime, TimeError> {
        let text = text.trim();
        if let Ok(at) = text.parse::<Timestamp>() {
            return Ok(sure(at));
        }
        if let Ok(units) = text.parse::<i64>() {
            return self.of_integer(units);
        }
        if let Ok(shown) = text.parse::<LocalTime>() {
            return self
                .of_local(shown)
                .ok_or_else(|| TimeError::NoZone(text.to_owned()));
        }
        match text.parse::<f64>() {
            Ok(units) if units.is_finite() => self.of_float(units, text),
            _ => self.of_spelled(text),
        }
    }

    /// A date as people write it: `31.01.2026 09:30`, `1/31/2026 9:30 AM`, `Jan 31, 2026`.
    fn of_spelled(&self, text: &str) -> Result<LogTime, TimeError> {
        match dates::spelled(text, self.order) {
            Some(Spelled::Instant(at)) => Ok(sure(at)),
            Some(Spelled::Local(shown)) => self
                .of_local(shown)
                .ok_or_else(|| TimeError::NoZone(text.to_owned())),
            Some(Spelled::NoOrder) => Err(TimeError::NoOrder(text.to_owned())),
            None => Err(TimeError::NotATime(text.to_owned())),
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "checked against the calendar; a float of seconds is not exact to the microsecond anyway"
    )]
    fn of_float(&self, units: f64, text: &str) -> Result<LogTime, TimeError> {
        let Some(unit) = self.unit else {
            return Err(TimeError::NoUnit(text.to_owned(), likely(units as i64)));
        };
        let (by, over) = unit.ratio();
        let micros = (units * by as f64 / over as f64).round();
        in_calendar(micros as i64)
            .filter(|_| micros.abs() < 9e18)
            .ok_or_else(|| TimeError::NotATime(text.to_owned()))
    }

    fn of_local(&self, shown: LocalTime) -> Option<LogTime> {
        let reading = self.zone.as_ref()?.when(shown);
        Some(LogTime {
            at: reading.at(),
            is_doubtful: !matches!(reading, Reading::Once(_)),
        })
    }
}

impl fmt::Display for TimeUnit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

fn sure(at: Timestamp) -> LogTime {
    LogTime {
        at,
        is_doubtful: false,
    }
}

fn in_calendar(micros: i64) -> Option<LogTime> {
    let at = Timestamp(micros);
    at.instant().map(|_| sure(at))
}

fn in_micros(units: i64, (by, over): (i64, i64)) -> Option<i64> {
    Some(units.checked_mul(by)?.div_euclid(over))
}

/// Whether microseconds are in the years 1990 to 2099: the age of logs. Every other unit of such a time is far outside.
fn is_of_this_age(micros: i64) -> bool {
    (631_152_000_000_000..4_102_444_800_000_000).contains(&micros)
}

fn likely(units: i64) -> Option<(TimeUnit, Timestamp)> {
    TimeUnit::ALL.into_iter().find_map(|unit| {
        let micros = in_micros(units, unit.ratio()).filter(|micros| is_of_this_age(*micros))?;
        Some((unit, Timestamp(micros)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(times: &Times, text: &str) -> String {
        match times.of_text(text) {
            Ok(LogTime { at, is_doubtful }) => {
                format!("{at}{}", if is_doubtful { " doubtful" } else { "" })
            }
            Err(TimeError::NotATime(text)) => format!("no time {text}"),
            Err(TimeError::NoZone(text)) => format!("no zone {text}"),
            Err(TimeError::NoOrder(text)) => format!("no order {text}"),
            Err(TimeError::NoUnit(text, None)) => format!("no unit {text}"),
            Err(TimeError::NoUnit(text, Some((unit, at)))) => {
                format!("no unit {text}, in {unit} {at}")
            }
        }
    }

    #[test]
    fn a_unit_is_guessed_at_and_never_assumed() {
        let bare = Times::default();
        for (text, expected) in [
            ("1769851800000000", "2026-01-31T09:30:00Z"),
            (
                "1769851800",
                "no unit 1769851800, in s 2026-01-31T09:30:00Z",
            ),
            (
                "1769851800.5",
                "no unit 1769851800.5, in s 2026-01-31T09:30:00Z",
            ),
            (
                "1769851800000",
                "no unit 1769851800000, in ms 2026-01-31T09:30:00Z",
            ),
            (
                "1769851800000000000",
                "no unit 1769851800000000000, in ns 2026-01-31T09:30:00Z",
            ),
            ("17", "no unit 17"),
            ("9223372036854775808", "no unit 9223372036854775808"),
            ("NaN", "no time NaN"),
            ("soon", "no time soon"),
        ] {
            assert_eq!(read(&bare, text), expected);
        }
    }

    #[test]
    fn a_named_unit_is_taken_at_its_word() {
        for (unit, text) in [
            (TimeUnit::Seconds, "1769851800"),
            (TimeUnit::Seconds, "1769851800.0"),
            (TimeUnit::Milliseconds, "1769851800000"),
            (TimeUnit::Microseconds, "1769851800000000"),
            (TimeUnit::Nanoseconds, "1769851800000000999"),
        ] {
            let times = Times {
                unit: Some(unit),
                ..Times::default()
            };
            assert_eq!(read(&times, text), "2026-01-31T09:30:00Z");
        }
        let seconds = Times {
            unit: Some(TimeUnit::Seconds),
            ..Times::default()
        };
        assert_eq!(
            read(&seconds, "1769851800000000"),
            "no time 1769851800000000"
        );
        assert_eq!(read(&seconds, "1e300"), "no time 1e300");
    }

    #[test]
    fn a_local_time_needs_a_zone() {
        let mut times = Times::default();
        assert_eq!(
            read(&times, "2026-01-31 09:30:00"),
            "no zone 2026-01-31 09:30:00"
        );
        times.zone = Zone::parse("America/New_York").ok();
        assert_eq!(read(&times, "2026-01-31 09:30:00"), "2026-01-31T14:30:00Z");
        assert_eq!(
            read(&times, "2026-11-01 01:30:00"),
            "2026-11-01T05:30:00Z doubtful"
        );
        assert_eq!(read(&times, "2026-01-31T09:30:00Z"), "2026-01-31T09:30:00Z");
    }

    #[test]
    fn a_column_of_local_days_is_shown_as_days() {
        let days = Clock {
            ratio: (86_400_000_000, 1),
            is_utc: false,
            is_date: true,
        };
        assert_eq!(days.text(20_484), "2026-01-31");
        assert_eq!(
            Times::default().of_clock(20_484, days),
            Err(TimeError::NoZone("2026-01-31".to_owned()))
        );
        assert!(Times::default().of_clock(i64::MAX, days).is_err());
    }
}
