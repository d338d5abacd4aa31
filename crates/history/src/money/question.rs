//! Questions for statements, and the days that they are about.

use pointsman_lead::{CalendarDate, LocalTime, Problem, Timestamp, Zone};
use pointsman_store::StatementParty;

/// Longest statement, in days.
const DAYS_MAX: usize = 366;
/// Microseconds of 30 hours: past the end of any day, and before the end of the next.
const PAST_DAY: i64 = 30 * 3_600_000_000;

/// What is asked of statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementQuestion {
    /// Whose accounts.
    pub party: StatementParty,
    /// One of them; `None`: all.
    pub account: Option<String>,
    /// First day, such as `2026-11-01`.
    pub from: String,
    /// Last day.
    pub until: String,
    /// IANA zone of the days.
    pub zone: String,
}

/// A question without mistakes.
pub(super) struct Days {
    /// The beginning of each day, with its name.
    pub(super) starts: Vec<(Timestamp, CalendarDate)>,
    pub(super) end: Timestamp,
}

impl StatementQuestion {
    /// # Errors
    ///
    /// All that is wrong with it.
    pub(super) fn days(&self) -> Result<Days, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut day = |name: &str, text: &str| {
            let read = text.parse::<CalendarDate>();
            let noon = format!("{text} 12:00:00").parse::<LocalTime>().ok();
            if let Err(error) = &read {
                let problem = Problem::new("bad_day", name, error.to_string());
                problems.push(problem.hint("write year, month and day, like 2026-11-01"));
            }
            read.ok().zip(noon)
        };
        let (from, until) = (day("from", &self.from), day("until", &self.until));
        let zone = Zone::parse(&self.zone).map_err(|error| {
            let problem = Problem::new("unknown_zone", "zone", error.to_string());
            problem.hint("write an IANA name, like America/New_York")
        });
        let zone = zone.map_err(|problem| problems.push(problem)).ok();
        let (Some((from, noon)), Some((until, _)), Some(zone)) = (from, until, zone) else {
            return Err(problems);
        };
        let wrong = |code, message: String, hint: &str| {
            vec![Problem::new(code, "until", message).hint(hint)]
        };
        if until < from {
            let message = format!("{until} comes before {from}");
            return Err(wrong("empty_range", message, "name a later day"));
        }
        let mut start = zone.day_start(zone.when(noon).at());
        let mut starts = Vec::new();
        while zone.date(start) <= until {
            if starts.len() == DAYS_MAX {
                let message = format!("a statement has at most {DAYS_MAX} days");
                return Err(wrong("too_long", message, "ask for a shorter time"));
            }
            starts.push((start, zone.date(start)));
            let next = zone.day_start(start.plus(PAST_DAY));
            if next <= start {
                // The end of all calendars.
                break;
            }
            start = next;
        }
        Ok(Days { starts, end: start })
    }
}
