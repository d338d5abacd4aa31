//! Caps of destinations. All that is particular to one kind of cap stands here.

use std::collections::{BTreeMap, BTreeSet};

use pointsman_lead::{Answer, Micros, Weekday};
use serde::{Deserialize, Serialize};

use written::WrittenCap;

mod written;

/// The most units in a calendar window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenCap", into = "WrittenCap")]
pub struct Cap {
    /// Its name among the caps of its destination: units are counted by it. A cap without one counts
    /// together with every other that has none and the same kind, window and zone; see
    /// [`crate::Destination::name_caps`].
    pub name: Option<String>,
    /// What is counted.
    pub kind: CapKind,
    /// Most units in one window, at least 1. Units of revenue are micro-units of the currency; outside, decimal text.
    pub max: u64,
    /// Other amounts on some days of the week, for windows of a day.
    pub max_on: BTreeMap<Weekday, u64>,
    /// The calendar window. What is under way has none: it counts for all time, until it is over.
    pub window: Window,
    /// IANA zone in which windows begin.
    pub zone: String,
    /// Whether it lets no more through than the part of the window that has passed.
    pub paced: bool,
    /// Whether it closes nothing, and is there to be looked at.
    pub soft: bool,
    /// The group whose destinations are counted together by all of their caps of this group, kind, window and zone;
    /// `None`: its destination alone.
    pub group: Option<String>,
    /// The sources of whose leads alone it counts, and for which alone it closes; empty: all.
    pub sources: BTreeSet<String>,
    /// Whether each source is counted apart, and closed apart.
    pub each_source: bool,
}

pub(crate) fn utc() -> String {
    "UTC".to_owned()
}

impl Cap {
    /// A cap without a name that closes at the same number in every window.
    ///
    /// * `zone`: the IANA zone in which windows begin.
    pub fn new(kind: CapKind, max: u64, window: Window, zone: &str) -> Self {
        Self {
            name: None,
            kind,
            max,
            max_on: BTreeMap::new(),
            window,
            zone: zone.to_owned(),
            paced: false,
            soft: false,
            group: None,
            sources: BTreeSet::new(),
            each_source: false,
        }
    }

    /// Whether it is about leads of a source.
    ///
    /// * `source`: `None` asks for the destination as such, apart from any lead.
    pub fn is_about(&self, source: Option<&str>) -> bool {
        match source {
            _ if self.sources.is_empty() && !self.each_source => true,
            Some(source) => self.sources.is_empty() || self.sources.contains(source),
            None => false,
        }
    }

    /// The same group, if it has one, or the same destination.
    fn is_of(&self, group: Option<&str>) -> bool {
        self.group.as_deref() == group
    }

    /// Whether it counts the same in the same windows as another.
    pub fn counts_like(&self, other: &Self) -> bool {
        let what = |cap: &Self| (cap.kind, cap.window, cap.each_source);
        what(self) == what(other) && self.zone == other.zone && self.is_of(other.group.as_deref())
    }

    /// Most units in a window of this day of the week.
    pub fn max_of(&self, weekday: Weekday) -> u64 {
        self.max_on.get(&weekday).copied().unwrap_or(self.max)
    }

    /// What it counts and in which window, such as `accepted-day`.
    pub(crate) fn label(&self) -> String {
        format!("{}-{}", self.kind.word(), self.window.word())
    }
}

/// What a cap counts.
///
/// What an offer takes of a cap when it is made, what the answer then does to that, and whether later reports count is what
/// kinds differ in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CapKind {
    /// Offers, whatever the answer.
    Offers,
    /// Accepted leads.
    Accepted,
    /// Sales that are reported.
    Conversions,
    /// Money: what is paid at once, and what is reported.
    Revenue,
    /// Offers that await their answer.
    InFlight,
}

/// What an offer takes of a cap until it is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charge {
    /// One unit.
    Unit,
    /// What the destination pays for an accepted lead, where that is fixed.
    Price,
    /// Nothing: only reports count.
    Nothing,
}

/// All that a kind of cap means.
struct Meaning {
    word: &'static str,
    units: &'static str,
    charge: Charge,
    kept_after: &'static [Answer],
    counts_reports: bool,
    counts_returns: bool,
}

impl CapKind {
    const fn meaning(self) -> Meaning {
        match self {
            Self::Offers => Meaning {
                word: "offers",
                units: "offers",
                charge: Charge::Unit,
                kept_after: &[Answer::Accepted, Answer::Rejected, Answer::Unknown],
                counts_reports: false,
                counts_returns: false,
            },
            Self::Accepted => Meaning {
                word: "accepted",
                units: "accepted leads",
                charge: Charge::Unit,
                kept_after: &[Answer::Accepted, Answer::Unknown],
                counts_reports: false,
                counts_returns: true,
            },
            Self::Conversions => Meaning {
                word: "conversions",
                units: "conversions",
                charge: Charge::Nothing,
                kept_after: &[],
                counts_reports: true,
                counts_returns: false,
            },
            Self::Revenue => Meaning {
                word: "revenue",
                units: "of revenue",
                charge: Charge::Price,
                kept_after: &[Answer::Accepted, Answer::Unknown],
                counts_reports: true,
                counts_returns: false,
            },
            Self::InFlight => Meaning {
                word: "in_flight",
                units: "offers in flight",
                charge: Charge::Unit,
                kept_after: &[],
                counts_reports: false,
                counts_returns: false,
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

    /// What an offer takes of it until it is settled.
    pub fn charge(self) -> Charge {
        self.meaning().charge
    }

    /// Whether what an offer took stays charged after this answer.
    pub fn keeps(self, answer: Answer) -> bool {
        self.meaning().kept_after.contains(&answer)
    }

    /// Whether what destinations report later counts.
    pub fn counts_reports(self) -> bool {
        self.meaning().counts_reports
    }

    /// Whether a returned lead may give its unit back.
    pub fn counts_returns(self) -> bool {
        self.meaning().counts_returns
    }

    /// Whether every offer that is sent uses a unit, whatever its answer.
    pub fn counts_every_offer(self) -> bool {
        [Answer::Accepted, Answer::Rejected, Answer::Unknown]
            .into_iter()
            .all(|answer| self.keeps(answer))
    }

    /// An amount as messages show it: money in main units, all else as it is.
    pub fn shown(self, amount: u64) -> String {
        match self {
            Self::Revenue => Micros(i64::try_from(amount).unwrap_or(i64::MAX)).to_string(),
            _ => amount.to_string(),
        }
    }
}

/// A calendar window of an IANA zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// From full minute to full minute.
    Minute,
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
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Lifetime => "lifetime",
        }
    }
}
