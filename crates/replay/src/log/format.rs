//! How the cells of a log are written, where that is not the usual way.

use pointsman_lead::Zone;

use super::{
    DateOrder, Dialect, Numbers,
    times::{TimeUnit, Times},
};

/// How the cells of a log are written, and what repeated rows mean.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Format {
    /// How a delimited text is split.
    pub dialect: Dialect,
    /// Texts that mean that nothing is known, besides the empty one: `NA`, `null`.
    pub null_values: Vec<String>,
    /// The unit of times that are numbers.
    pub time_unit: Option<TimeUnit>,
    /// The zone of times without an offset.
    pub time_zone: Option<Zone>,
    /// Which of two numbers of a date is the day, such as in `02/03/2026`.
    pub date_order: Option<DateOrder>,
    /// How numbers are written.
    pub numbers: Numbers,
    /// What several rows with one lead and one destination are.
    pub repeated_offers: RepeatedOffers,
}

/// What several rows with one lead and one destination are. A lead is offered to a destination at most once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RepeatedOffers {
    /// A mistake of the log.
    #[default]
    Refuse,
    /// One offer that was logged several times: the first row counts.
    First,
    /// One offer that was paid for in parts: the first row counts, with the rewards of all.
    SumRewards,
}

impl RepeatedOffers {
    /// Each with its word in scenarios.
    pub const WORDS: [(Self, &'static str); 3] = [
        (Self::Refuse, "refuse"),
        (Self::First, "first"),
        (Self::SumRewards, "sum_rewards"),
    ];
}

impl Format {
    pub(crate) fn times(&self) -> Times {
        Times {
            unit: self.time_unit,
            zone: self.time_zone.clone(),
            order: self.date_order,
            numbers: self.numbers,
        }
    }
}
