//! Everything outside a flow that its decisions read: the lead schema, the destinations and other
//! flows that stand in it.

mod stored;

use std::collections::BTreeMap;

use pointsman_lead::{Currency, Micros, Schema, decimal_text};
use serde::{Deserialize, Serialize};

use crate::{Document, Hash, Node, Subflow, hash::Encoder, subflow};

/// An immutable revision of all that flows refer to.
///
/// How a destination is reached over HTTP is not here: it does not decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalog {
    /// The leads of the vertical.
    pub schema: Schema,
    /// The currency of every price.
    pub currency: Currency,
    /// Who may get leads, by name.
    pub destinations: BTreeMap<String, Destination>,
    /// What references to other flows mean, by their names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub subflows: BTreeMap<String, Subflow>,
}

/// The settings of a destination that decide whether it may get a lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Destination {
    /// Whether it takes leads at all.
    #[serde(default = "yes")]
    pub active: bool,
    /// What it pays for a lead, if that is fixed; outside, decimal text such as `"12.50"`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "decimal_text"
    )]
    pub price: Option<Micros>,
    /// What it pays for.
    #[serde(default)]
    pub pays: Pays,
    /// The leads it wants, as CEL text; none: every lead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criteria: Option<String>,
    /// The most it takes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub caps: Vec<Cap>,
    /// When it takes leads; none: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    /// What becomes of a lead whose answer is unknown.
    #[serde(default)]
    pub on_unknown: OnUnknown,
}

fn yes() -> bool {
    true
}

impl Default for Destination {
    /// Active, takes every lead at all times, no fixed price.
    fn default() -> Self {
        Self {
            active: true,
            price: None,
            pays: Pays::default(),
            criteria: None,
            caps: Vec::new(),
            schedule: None,
            on_unknown: OnUnknown::default(),
        }
    }
}

impl Destination {
    /// Gives names to caps that would else charge one counter twice: to the second and later ones
    /// without a name that count the same in the same windows. The first keeps what it has counted.
    ///
    /// Catalogs of earlier releases may hold such caps unnamed. Decisions under them stay what they
    /// were, twice charged, so that they can be verified; who makes a new catalog calls this.
    pub fn name_caps(&mut self) {
        for at in 1..self.caps.len() {
            let (before, rest) = self.caps.split_at_mut(at);
            let cap = &mut rest[0];
            let shares = |other: &Cap| other.name.is_none() && other.counts_like(cap);
            if cap.name.is_some() || !before.iter().any(shares) {
                continue;
            }
            let taken =
                |name: &String| before.iter().any(|other| other.name.as_ref() == Some(name));
            let names = (2..).map(|n| format!("{}-{n}", cap.label()));
            cap.name = names.into_iter().find(|name| !taken(name));
        }
    }
}

impl Cap {
    /// Whether it counts the same in the same windows as another.
    pub fn counts_like(&self, other: &Self) -> bool {
        (self.kind, self.window, &self.zone) == (other.kind, other.window, &other.zone)
    }

    /// What it counts and in which window, such as `accepted-day`.
    fn label(&self) -> String {
        let kind = match self.kind {
            CapKind::Offers => "offers",
            CapKind::Accepted => "accepted",
        };
        let window = match self.window {
            Window::Hour => "hour",
            Window::Day => "day",
            Window::Week => "week",
            Window::Month => "month",
            Window::Lifetime => "lifetime",
        };
        format!("{kind}-{window}")
    }
}

/// What a destination pays for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pays {
    /// Each accepted lead.
    #[default]
    Accept,
    /// Each conversion, reported later.
    Conversion,
}

/// What becomes of a lead when a destination's answer never came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnUnknown {
    /// It waits, so that it is never sold twice.
    #[default]
    Hold,
    /// It is offered to the next destination.
    PassOn,
}

/// The most units in a calendar window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cap {
    /// Its name among the caps of its destination: units are counted by it. A cap without one counts
    /// together with every other that has none and the same kind, window and zone; see
    /// [`Destination::name_caps`].
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

fn utc() -> String {
    "UTC".to_owned()
}

/// What a cap counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CapKind {
    /// Offers, whatever the answer.
    Offers,
    /// Accepted leads.
    Accepted,
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

/// When a destination takes leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// IANA zone of the times.
    #[serde(default = "utc")]
    pub zone: String,
    /// Open in any of these.
    pub open: Vec<Opening>,
}

/// The same hours on some days of the week, half-open: `from` counts, `to` does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// The days on which it begins.
    pub days: Vec<Weekday>,
    /// First minute, `HH:MM` from `00:00`.
    pub from: String,
    /// First minute after, `HH:MM` up to `24:00`, later than `from`.
    pub to: String,
}

/// A day of the week, Monday first as in ISO 8601.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", try_from = "String")]
#[expect(missing_docs, reason = "the days need no explanation")]
pub enum Weekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl TryFrom<String> for Weekday {
    type Error = String;

    /// Reads at least three letters of a day's name, small or capital: `mon`, `Tues`, `FRIDAY`.
    fn try_from(text: String) -> Result<Self, String> {
        let days = [
            ("monday", Self::Mon),
            ("tuesday", Self::Tue),
            ("wednesday", Self::Wed),
            ("thursday", Self::Thu),
            ("friday", Self::Fri),
            ("saturday", Self::Sat),
            ("sunday", Self::Sun),
        ];
        let lower = text.to_ascii_lowercase();
        let mut days = days.into_iter();
        let day = days.find(|(name, _)| lower.len() >= 3 && name.starts_with(&lower));
        day.map(|(_, day)| day).ok_or_else(|| {
            format!("`{text}` is no day of the week; write mon, tue, wed, thu, fri, sat or sun")
        })
    }
}

impl Opening {
    /// Minutes since midnight of `from` and `to`, or `None` if either is not a time or they do not
    /// rise.
    pub fn minutes(&self) -> Option<(u16, u16)> {
        let minutes = |text: &str| -> Option<u16> {
            let (hour, minute) = text.split_once(':')?;
            let two_digits = |part: &str| -> Option<u16> {
                (part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()))
                    .then(|| part.parse().ok())?
            };
            let (hour, minute) = (two_digits(hour)?, two_digits(minute)?);
            (minute < 60 && hour * 60 + minute <= 24 * 60).then_some(hour * 60 + minute)
        };
        let (from, to) = (minutes(&self.from)?, minutes(&self.to)?);
        (from < to).then_some((from, to))
    }
}

impl Catalog {
    /// Content address: equal catalogs have equal hashes, whatever the order they were written in.
    pub fn hash(&self) -> Hash {
        let mut encoder = Encoder::new("pointsman/catalog/v1");
        let Self {
            schema,
            currency,
            destinations,
            subflows,
        } = self;
        // Serialising these plain types cannot fail; null would still be a stable stand-in.
        encoder.json(&serde_json::to_value(schema).unwrap_or_default());
        encoder.text(currency.as_str());
        encoder.json(&stored::value_of(destinations).unwrap_or_default());
        // Catalogs without subflows keep the hashes that they had before there were any.
        if !subflows.is_empty() {
            subflow::feed(&mut encoder, subflows);
        }
        encoder.finish()
    }

    /// What a document can be checked against when nothing is known but the document itself and its
    /// subflows: leads without fields of their own, and destinations that take every lead.
    pub fn assumed(document: &Document, subflows: BTreeMap<String, Subflow>) -> Self {
        let versions = subflows.values().flat_map(|it| it.versions.values());
        let nodes = versions.chain([document]).flat_map(|it| &it.nodes);
        let names = nodes.filter_map(|(name, node)| match node {
            Node::Destination { destination } => Some(destination.as_ref().unwrap_or(name)),
            _ => None,
        });
        Self {
            schema: Schema::bare(&document.vertical),
            currency: document.currency,
            destinations: names
                .map(|name| (name.clone(), Destination::default()))
                .collect(),
            subflows,
        }
    }

    /// The same schema with only the named destinations and these subflows, so that a change elsewhere
    /// changes no hash.
    #[must_use]
    pub fn restricted_to(&self, names: &[&str], subflows: BTreeMap<String, Subflow>) -> Self {
        let destinations = self.destinations.iter();
        Self {
            schema: self.schema.clone(),
            currency: self.currency,
            destinations: destinations
                .filter(|(name, _)| names.contains(&name.as_str()))
                .map(|(name, destination)| (name.clone(), destination.clone()))
                .collect(),
            subflows,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Weekday;

    #[test]
    fn days_are_read_as_people_write_them() {
        let read = |text: &str| serde_json::from_value::<Weekday>(text.into());
        for text in ["mon", "Mon", "MONDAY", "monday"] {
            assert_eq!(read(text).unwrap(), Weekday::Mon, "{text}");
        }
        assert_eq!(read("thurs").unwrap(), Weekday::Thu);
        assert_eq!(serde_json::to_value(Weekday::Mon).unwrap(), "mon");
        for text in ["mo", "", "funday", "mondays"] {
            let refused = read(text).unwrap_err().to_string();
            assert!(refused.contains("write mon, tue"), "{refused}");
        }
    }
}
