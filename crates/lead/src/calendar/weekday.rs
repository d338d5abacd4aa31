//! The days of the week.

use serde::{Deserialize, Serialize};

/// A day of the week; weeks begin on Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub enum Weekday {
    /// Monday.
    #[serde(rename = "mon")]
    Monday,
    /// Tuesday.
    #[serde(rename = "tue")]
    Tuesday,
    /// Wednesday.
    #[serde(rename = "wed")]
    Wednesday,
    /// Thursday.
    #[serde(rename = "thu")]
    Thursday,
    /// Friday.
    #[serde(rename = "fri")]
    Friday,
    /// Saturday.
    #[serde(rename = "sat")]
    Saturday,
    /// Sunday.
    #[serde(rename = "sun")]
    Sunday,
}

impl Weekday {
    /// All seven, Monday first.
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    /// ISO 8601 number: Monday is 1, Sunday is 7.
    pub fn number(self) -> u8 {
        self as u8 + 1
    }
}

impl From<jiff::civil::Weekday> for Weekday {
    fn from(day: jiff::civil::Weekday) -> Self {
        Self::ALL[usize::from(day.to_monday_zero_offset().unsigned_abs())]
    }
}

impl TryFrom<String> for Weekday {
    type Error = String;

    /// Reads at least three letters of a day's name, small or capital: `mon`, `Tues`, `FRIDAY`.
    fn try_from(text: String) -> Result<Self, String> {
        const NAMES: [&str; 7] = [
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday",
        ];
        let lower = text.to_ascii_lowercase();
        let mut days = Self::ALL.into_iter().zip(NAMES);
        let day = days.find(|(_, name)| lower.len() >= 3 && name.starts_with(&lower));
        day.map(|(day, _)| day).ok_or_else(|| {
            format!("`{text}` is no day of the week; write mon, tue, wed, thu, fri, sat or sun")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Weekday;

    #[test]
    fn days_are_read_as_people_write_them() {
        let read = |text: &str| serde_json::from_value::<Weekday>(text.into());
        for text in ["mon", "Mon", "MONDAY", "monday"] {
            assert_eq!(read(text).unwrap(), Weekday::Monday, "{text}");
        }
        assert_eq!(read("thurs").unwrap(), Weekday::Thursday);
        assert_eq!(serde_json::to_value(Weekday::Monday).unwrap(), "mon");
        for text in ["mo", "", "funday", "mondays"] {
            let refused = read(text).unwrap_err().to_string();
            assert!(refused.contains("write mon, tue"), "{refused}");
        }
    }
}
