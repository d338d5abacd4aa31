//! Days of a calendar, such as holidays.

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Seconds of a day in UTC.
const SECONDS_A_DAY: i64 = 86_400;

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

    /// Days since 1970-01-01; before it they are negative.
    pub fn days(self) -> i64 {
        let since = self.0.duration_since(Date::constant(1970, 1, 1));
        since.as_secs() / SECONDS_A_DAY
    }

    /// The day that [`CalendarDate::days`] counts so; `None` outside the years 0 to 9999.
    pub fn from_days(days: i64) -> Option<Self> {
        let span = jiff::Span::new().try_days(days).ok()?;
        let date = Date::constant(1970, 1, 1).checked_add(span).ok()?;
        (0..=9_999).contains(&date.year()).then_some(Self(date))
    }

    /// Whole years from this day to another one: how old somebody is then who was born on this one. Negative if the other
    /// day is earlier. Who was born on 29 February is a year older on 1 March of other years.
    pub fn years_until(self, other: Self) -> i64 {
        let (from, to) = (self.0, other.0);
        let years = i64::from(to.year()) - i64::from(from.year());
        let day = |date: Date| (date.month(), date.day());
        match years {
            1.. if day(to) < day(from) => years - 1,
            ..=-1 if day(to) > day(from) => years + 1,
            _ => years,
        }
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
    fn days_are_counted_and_counted_back() {
        for (text, days) in [
            ("1970-01-01", 0),
            ("1969-12-31", -1),
            ("2000-03-01", 11_017),
            ("0000-01-01", -719_528),
            ("9999-12-31", 2_932_896),
        ] {
            let day: CalendarDate = text.parse().unwrap();
            assert_eq!(day.days(), days, "{text}");
            assert_eq!(CalendarDate::from_days(days), Some(day));
        }
        for days in [-719_529, 2_932_897, i64::MIN, i64::MAX] {
            assert_eq!(CalendarDate::from_days(days), None, "{days}");
        }
    }

    #[test]
    fn an_age_grows_on_the_day_of_birth() {
        let age = |born: &str, on: &str| {
            let [born, on] = [born, on].map(|text| text.parse::<CalendarDate>().unwrap());
            born.years_until(on)
        };
        assert_eq!(age("1990-06-15", "2026-06-14"), 35);
        assert_eq!(age("1990-06-15", "2026-06-15"), 36);
        assert_eq!(age("2000-02-29", "2026-02-28"), 25);
        assert_eq!(age("2000-02-29", "2026-03-01"), 26);
        assert_eq!(age("2000-02-29", "2028-02-29"), 28);
        assert_eq!(age("2026-06-15", "2026-01-01"), 0, "not a year before");
        assert_eq!(age("2027-06-15", "2026-06-15"), -1);
        assert_eq!(age("2027-06-15", "2026-06-16"), 0);
    }

    #[test]
    fn a_day_begins_by_the_local_clock() {
        let zone = Zone::parse("America/New_York").unwrap();
        let late: Timestamp = "2026-12-26T04:59:59Z".parse().unwrap();
        assert_eq!(zone.date(late).to_string(), "2026-12-25");
        assert_eq!(zone.date(late.plus(1_000_000)).to_string(), "2026-12-26");
    }
}
