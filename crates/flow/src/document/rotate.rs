//! Rotations as they are written: arms in an order that history gives.

use serde::{Deserialize, Serialize};

/// What the order of a rotation's arms is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RotateBy {
    /// The arm that has waited longest for a lead comes first.
    LeastRecentlySold,
    /// The arm that is furthest behind its targets comes first.
    Deficit,
    /// The same, but an arm that joins is counted as if it had been there: it gets its share from then on, and does not
    /// make up for what it missed.
    CalibratedDeficit,
}

impl RotateBy {
    /// The word for it in documents.
    pub fn word(self) -> &'static str {
        match self {
            Self::LeastRecentlySold => "least_recently_sold",
            Self::Deficit => "deficit",
            Self::CalibratedDeficit => "calibrated_deficit",
        }
    }

    /// Whether its arms have targets.
    pub fn has_targets(self) -> bool {
        self != Self::LeastRecentlySold
    }
}

/// An arm of a rotation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RotateArm {
    /// Name under which its leads are counted; none: the destination's, if the port is one, else
    /// the port's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The port.
    pub to: String,
    /// Leads that it is to get from midnight to midnight. No cap: past it the arm comes later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub daily: Option<u32>,
    /// Leads that it is to get from the first of a month to the next. No cap either.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monthly: Option<u32>,
}

impl RotateArm {
    /// Its targets, each with the member that says it.
    pub(crate) fn targets(&self) -> impl Iterator<Item = (&'static str, u32)> {
        let targets = [("daily", self.daily), ("monthly", self.monthly)];
        targets
            .into_iter()
            .filter_map(|(name, target)| Some((name, target?)))
    }
}

/// IANA zone in which the days and months of a rotation begin: UTC if it names none.
pub(crate) fn zone_or_utc(zone: Option<&str>) -> &str {
    zone.unwrap_or("UTC")
}
