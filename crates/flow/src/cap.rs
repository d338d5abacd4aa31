//! Caps of destinations. All that is particular to one kind of cap stands here.

use pointsman_lead::Answer;
use serde::{Deserialize, Serialize};

/// The most units in a calendar window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cap {
    /// Its name among the caps of its destination: units are counted by it. A cap without one counts
    /// together with every other that has none and the same kind, window and zone; see
    /// [`crate::Destination::name_caps`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What is counted.
    pub kind: CapKind,
    /// Most units in one window, at least 1.
    pub max: u64,
    /// The calendar window.
    pub window: Window,
    /// IANA zone in which windows begin.
    #[serde(default = "utc")]
    pub zone: String,
}

pub(crate) fn utc() -> String {
    "UTC".to_owned()
}

/// What a cap counts.
///
/// Each offer is charged one unit of every cap of its destination. What the answer then does to the unit is what
/// kinds differ in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CapKind {
    /// Offers, whatever the answer.
    Offers,
    /// Accepted leads.
    Accepted,
}

/// All that a kind of cap means.
struct Meaning {
    word: &'static str,
    units: &'static str,
    kept_after: &'static [Answer],
}

impl CapKind {
    const fn meaning(self) -> Meaning {
        match self {
            Self::Offers => Meaning {
                word: "offers",
                units: "offers",
                kept_after: &[Answer::Accepted, Answer::Rejected, Answer::Unknown],
            },
            Self::Accepted => Meaning {
                word: "accepted",
                units: "accepted leads",
                kept_after: &[Answer::Accepted, Answer::Unknown],
            },
        }
    }

    /// The word for it, as in catalogs.
    pub fn word(self) -> &'static str {
        self.meaning().word
    }

    /// What it counts, as in messages: `accepted leads`.
    pub fn units(self) -> &'static str {
        self.meaning().units
    }

    /// Whether the unit of an offer stays charged after this answer.
    pub fn keeps(self, answer: Answer) -> bool {
        self.meaning().kept_after.contains(&answer)
    }

    /// Whether every offer that is sent uses a unit, whatever its answer.
    pub fn counts_every_offer(self) -> bool {
        [Answer::Accepted, Answer::Rejected, Answer::Unknown]
            .into_iter()
            .all(|answer| self.keeps(answer))
    }
}

/// A calendar window of an IANA zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// From full hour to full hour.
    Hour,
    /// From midnight to midnight.
    Day,
    /// From Monday to Monday.
    Week,
    /// From the first of a month to the next.
    Month,
    /// All time.
    Lifetime,
}

impl Window {
    /// The word for it, as in catalogs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Lifetime => "lifetime",
        }
    }
}

impl Cap {
    /// Whether it counts the same in the same windows as another.
    pub fn counts_like(&self, other: &Self) -> bool {
        (self.kind, self.window, &self.zone) == (other.kind, other.window, &other.zone)
    }

    /// What it counts and in which window, such as `accepted-day`.
    pub(crate) fn label(&self) -> String {
        format!("{}-{}", self.kind.word(), self.window.word())
    }
}
