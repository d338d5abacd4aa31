//! Days and times as destinations write them.

use jiff::{Timestamp, civil, fmt::strtime, tz::TimeZone};

/// How a day is written, in the letters of `strftime`: `%m/%d/%Y` is `01/31/1990`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DateFormat<'a>(&'a str);

impl<'a> DateFormat<'a> {
    /// A format that every time can be written in; `None` for an empty one, and for one with letters that nobody knows.
    pub(super) fn parse(format: &'a str) -> Option<Self> {
        let written = strtime::format(format, &Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC)).ok();
        written
            .filter(|text| !text.is_empty())
            .map(|_| Self(format))
    }

    /// A day or a point in time in this format, a time by the clocks of UTC; what is neither stays as it is.
    pub(super) fn write(self, text: &str) -> String {
        let Self(format) = self;
        let day = || {
            text.parse::<civil::Date>()
                .ok()?
                .to_zoned(TimeZone::UTC)
                .ok()
        };
        let time = text.parse::<Timestamp>().ok();
        let at = time.map(|time| time.to_zoned(TimeZone::UTC)).or_else(day);
        let written = at.and_then(|at| strtime::format(format, &at).ok());
        written.unwrap_or_else(|| text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::DateFormat;

    #[test]
    fn days_and_times_are_written_as_asked() {
        for (format, given, written) in [
            ("%m/%d/%Y", "1990-01-31", "01/31/1990"),
            ("%d.%m.%Y", "1990-01-31", "31.01.1990"),
            ("%Y%m%d", "1990-01-31", "19900131"),
            (
                "%Y-%m-%d %H:%M:%S",
                "2026-01-31T09:30:00Z",
                "2026-01-31 09:30:00",
            ),
            ("%Y-%m-%d", "2026-01-31T23:30:00-05:00", "2026-02-01"),
            ("%s", "2026-01-31T09:30:00Z", "1769851800"),
            ("%m/%d/%Y", "yesterday", "yesterday"),
            ("%m/%d/%Y", "", ""),
        ] {
            let format = DateFormat::parse(format).unwrap();
            assert_eq!(format.write(given), written, "{given}");
        }
        for format in ["", "%", "%!", "%m/%"] {
            assert_eq!(DateFormat::parse(format), None, "{format}");
        }
    }
}
