//! Everything outside a flow that its decisions read: the lead schema, the destinations and other
//! flows that stand in it.

mod stored;

use std::collections::{BTreeMap, BTreeSet};

use pointsman_lead::{CalendarDate, Currency, Micros, Schema, Weekday, decimal_text};
use serde::{Deserialize, Serialize};

use crate::{
    Cap, Dedupe, Document, Hash, NamedList, Returns, Subflow, cap::utc, hash::Encoder, subflow,
};

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
    /// The lists that predicates ask, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lists: BTreeMap<String, NamedList>,
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
    /// Which leads it does not get since it has one like them already; none: it gets all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dedupe: Option<Dedupe>,
    /// On which terms it returns leads; none: what it reports as returned is taken back at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<Returns>,
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
            dedupe: None,
            returns: None,
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
            // What a group counts goes by the group's name.
            if cap.name.is_some() || cap.group.is_some() || !before.iter().any(shares) {
                continue;
            }
            let taken =
                |name: &String| before.iter().any(|other| other.name.as_ref() == Some(name));
            let names = (2..).map(|n| format!("{}-{n}", cap.label()));
            cap.name = names.into_iter().find(|name| !taken(name));
        }
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

/// When a destination takes leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// IANA zone of the times.
    #[serde(default = "utc")]
    pub zone: String,
    /// Open in any of these.
    pub open: Vec<Opening>,
    /// Days of the zone's calendar on which it is closed.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub holidays: BTreeSet<CalendarDate>,
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

impl Destination {
    /// Whether what its caps count depends on the source of a lead.
    pub fn counts_sources(&self) -> bool {
        let mut caps = self.caps.iter();
        caps.any(|cap| cap.each_source || !cap.sources.is_empty())
    }

    /// The lists that its criteria ask.
    pub fn lists(&self) -> BTreeSet<String> {
        let criteria = self.criteria.as_deref().unwrap_or_default();
        let criteria = pointsman_cel::parse(criteria).ok();
        let names = criteria.iter().flat_map(pointsman_cel::Expr::lists);
        names.map(str::to_owned).collect()
    }

    /// What an accepted lead brings at once, where that is fixed before it is offered.
    pub fn known_price(&self) -> Option<Micros> {
        self.price.filter(|_| self.pays == Pays::Accept)
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
            lists,
        } = self;
        // Serialising these plain types cannot fail; null would still be a stable stand-in.
        encoder.json(&serde_json::to_value(schema).unwrap_or_default());
        encoder.text(currency.as_str());
        encoder.json(&stored::value_of(destinations).unwrap_or_default());
        // Catalogs without subflows keep the hashes that they had before there were any.
        if !subflows.is_empty() {
            subflow::feed(&mut encoder, subflows);
        }
        // Nor do lists change the hash of a catalog that has none.
        if !lists.is_empty() {
            encoder.text("lists");
            for (name, list) in lists {
                encoder.text(name);
                encoder.text(list.kind().word());
                encoder.text(&list.hash().to_string());
            }
        }
        encoder.finish()
    }

    /// What a document can be checked against when nothing is known but the document itself and its
    /// subflows: leads without fields of their own, and destinations that take every lead.
    pub fn assumed(document: &Document, subflows: BTreeMap<String, Subflow>) -> Self {
        let versions = subflows.values().flat_map(|it| it.versions.values());
        let nodes = versions.chain([document]).flat_map(|it| &it.nodes);
        let names = nodes.filter_map(|(name, node)| node.destination(name));
        Self {
            schema: Schema::bare(&document.vertical),
            currency: document.currency,
            destinations: names
                .map(|name| (name.to_owned(), Destination::default()))
                .collect(),
            subflows,
            lists: BTreeMap::new(),
        }
    }

    /// The same schema with only the named destinations, these subflows and these lists, so that a change
    /// elsewhere changes no hash.
    #[must_use]
    pub fn restricted_to(
        &self,
        names: &[&str],
        subflows: BTreeMap<String, Subflow>,
        lists: BTreeMap<String, NamedList>,
    ) -> Self {
        let destinations = self.destinations.iter();
        Self {
            schema: self.schema.clone(),
            currency: self.currency,
            destinations: destinations
                .filter(|(name, _)| names.contains(&name.as_str()))
                .map(|(name, destination)| (name.clone(), destination.clone()))
                .collect(),
            subflows,
            lists,
        }
    }
}
