//! Time zones, and the calendar windows that caps and schedules count in.

use std::{fmt, str::FromStr, sync::LazyLock};

use jiff::{
    Zoned,
    civil::Date,
    tz::{TimeZone, TimeZoneDatabase},
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::Timestamp;

mod date;
mod local;
mod weekday;

pub use date::{CalendarDate, CalendarDateError};
pub use local::{LocalTime, LocalTimeError, Reading};
pub use weekday::Weekday;

// The bundled rules alone: a machine's own zone files would make decisions depend on the machine.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// A time zone by its IANA name, such as `America/New_York`.
///
/// Windows are half-open and follow the local calendar: a day has 23, 24 or 25 hours, a week
/// begins on Monday. Points in time beyond the years that calendars know (-9999 to 9999) are taken
/// as the nearest that they do know.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(TimeZone);

/// A text that is not an IANA time zone.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not a time zone; write an IANA name, like America/New_York or UTC")]
pub struct ZoneError(String);

impl Zone {
    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// The zone of this IANA name, spelled exactly. Offsets such as `+02:00` are not zones.
    ///
    /// # Errors
    ///
    /// [`ZoneError`] if there is none.
    pub fn parse(name: &str) -> Result<Self, ZoneError> {
        if name == "UTC" {
            return Ok(Self::utc());
        }
        ZONES
            .get(name)
            .ok()
            .filter(|zone| zone.iana_name() == Some(name))
            .map(Self)
            .ok_or_else(|| ZoneError(name.to_owned()))
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// Hour of the local clock, in `[0, 23]`.
    pub fn hour(&self, at: Timestamp) -> u8 {
        self.local(at).hour().unsigned_abs()
    }

    /// Day of the week by the local calendar.
    pub fn weekday(&self, at: Timestamp) -> Weekday {
        self.local(at).weekday().into()
    }

    /// Minutes that the local clock shows past midnight, in `[0, 1439]`.
    ///
    /// This is what schedules compare with. It is not the time since the day began: on the days
    /// when clocks change it skips or repeats an hour.
    pub fn minute_of_day(&self, at: Timestamp) -> u16 {
        let local = self.local(at);
        u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs())
    }

    /// Day of the local calendar.
    pub fn date(&self, at: Timestamp) -> CalendarDate {
        CalendarDate::of(self.local(at).date())
    }

    /// When the minute of `at` began. Every zone of today is whole minutes away from UTC.
    pub fn minute_start(&self, at: Timestamp) -> Timestamp {
        const MINUTE: i64 = 60_000_000;
        Timestamp(at.0.saturating_sub(at.0.rem_euclid(MINUTE)))
    }

    /// When the local hour of `at` began. An hour that a clock change repeats is two hours.
    pub fn hour_start(&self, at: Timestamp) -> Timestamp {
        let local = self.local(at);
        let in_hour = i64::from(local.minute()) * 60_000_000
            + i64::from(local.second()) * 1_000_000
            + i64::from(local.subsec_nanosecond()) / 1_000;
        let on_the_clock = micros(&local).plus(-in_hour);
        // Some zones change by half an hour, so that a change may fall into the hour.
        match self.last_change(&local) {
            Some(change) if change > on_the_clock => change,
            _ => on_the_clock,
        }
    }

    /// When the local day of `at` began: midnight, or the first instant after it that exists.
    pub fn day_start(&self, at: Timestamp) -> Timestamp {
        self.midnight(self.local(at).date(), at)
    }

    /// When the local week of `at` began, on a Monday.
    pub fn week_start(&self, at: Timestamp) -> Timestamp {
        let date = self.local(at).date();
        let since_monday = i64::from(date.weekday().to_monday_zero_offset());
        let monday = date.saturating_sub(jiff::Span::new().days(since_monday));
        self.midnight(monday, at)
    }

    /// When the local month of `at` began.
    pub fn month_start(&self, at: Timestamp) -> Timestamp {
        self.midnight(self.local(at).date().first_of_month(), at)
    }

    fn local(&self, at: Timestamp) -> Zoned {
        at.nearest_instant().to_zoned(self.0.clone())
    }

    fn last_change(&self, local: &Zoned) -> Option<Timestamp> {
        // `preceding` looks strictly before, and a change at this very instant counts.
        let after = local
            .timestamp()
            .checked_add(jiff::Span::new().nanoseconds(1));
        let change = self.0.preceding(after.ok()?).next()?;
        Some(Timestamp(change.timestamp().as_microsecond()))
    }

    fn midnight(&self, date: Date, otherwise: Timestamp) -> Timestamp {
        date.to_zoned(self.0.clone())
            .map_or(otherwise, |midnight| micros(&midnight))
    }
}

fn micros(local: &Zoned) -> Timestamp {
    Timestamp(local.timestamp().as_microsecond())
}

impl FromStr for Zone {
    type Err = ZoneError;

    fn from_str(name: &str) -> Result<Self, ZoneError> {
        Self::parse(name)
    }
}

impl TryFrom<String> for Zone {
    type Error = ZoneError;

    fn try_from(name: String) -> Result<Self, ZoneError> {
        Self::parse(&name)
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.name().to_owned()
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Zone({})", self.name())
    }
}

#[cfg(test)]
mod tests;
