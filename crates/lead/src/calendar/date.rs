//! Days of a calendar, such as holidays.

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A day of the calendar, such as `2026-12-25`, wherever it is that day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CalendarDate(Date);

/// A text that is no day of the calendar.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not a day; write year, month and day, like 2026-12-25")]
pub struct CalendarDateError(String);

impl CalendarDate {
    pub(super) fn of(date: Date) -> Self {
        Self(date)
    }
}

impl FromStr for CalendarDate {
    type Err = CalendarDateError;

    /// Reads `2026-12-25` and nothing else that is a day.
    fn from_str(text: &str) -> Result<Self, CalendarDateError> {
        let wrong = || CalendarDateError(text.chars().take(40).collect());
        let is_plain = text.len() == 10 && text.bytes().all(|it| it.is_ascii_digit() || it == b'-');
        let date = text.parse().ok().filter(|_| is_plain);
        date.map(Self).ok_or_else(wrong)
    }
}

impl TryFrom<String> for CalendarDate {
    type Error = CalendarDateError;

    fn try_from(text: String) -> Result<Self, CalendarDateError> {
        text.parse()
    }
}

impl From<CalendarDate> for String {
    fn from(date: CalendarDate) -> Self {
        date.to_string()
    }
}

impl fmt::Display for CalendarDate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::CalendarDate;
    use crate::{Timestamp, Zone};

    #[test]
    fn a_day_is_year_month_and_day() {
        let day: CalendarDate = "2028-02-29".parse().unwrap();
        assert_eq!(day.to_string(), "2028-02-29");
        for text in [
            "2026-02-29",
            "2026-2-1",
            "20261225",
            "2026-12-25T10:00",
            "christmas",
            "",
        ] {
            assert!(text.parse::<CalendarDate>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_day_begins_by_the_local_clock() {
        let zone = Zone::parse("America/New_York").unwrap();
        let late: Timestamp = "2026-12-26T04:59:59Z".parse().unwrap();
        assert_eq!(zone.date(late).to_string(), "2026-12-25");
        assert_eq!(zone.date(late.plus(1_000_000)).to_string(), "2026-12-26");
    }
}
