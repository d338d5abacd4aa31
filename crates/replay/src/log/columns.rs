//! What the columns of a foreign log are called.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use foldhash::fast::RandomState;
use pointsman_router::Answer;

use crate::log::Available;

/// Which column of a flat log, one offer a row, holds what. Only one column must be there.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Columns {
    /// Who got the lead.
    pub destination: String,
    /// Probability in (0, 1] that this destination was next; none: the log does not tell.
    pub propensity: Option<String>,
    /// What the offer brought; none: nothing did.
    pub reward: Option<String>,
    /// What each accepted offer brought, where no column says so.
    pub accepted_reward: Option<f64>,
    /// What the offer cost, such as what the source is paid: it is taken off the reward.
    pub cost: Option<String>,
    /// When the lead came in: RFC 3339, a time column, or a number in a unit that [`Format`](super::Format) names.
    pub at: Option<String>,
    /// Rows of one lead; none: each row is a lead of its own.
    pub lead_id: Option<String>,
    /// The order of a lead's offers, a number; none: by `at`, and then by row.
    pub offer: Option<String>,
    /// `accepted`, `rejected`, `not_sent` or `unknown`; none: the last offer of a lead was accepted.
    pub answer: Option<String>,
    /// Words of the log for answers, beside our own.
    pub answers: BTreeMap<String, Answer>,
    /// Leads that are not independent of each other; none: all are.
    pub cluster: Option<String>,
    /// The destinations that were free: a list, JSON, or names separated by `|`.
    pub available: Option<String>,
    /// When the lead brought what it brought: a log with such times has leads that may still bring something.
    pub converted_at: Option<String>,
    /// Whether a lead's last offer ended its walk, however it was answered.
    pub last_offer_ends: bool,
    /// Whether a row without a destination is a lead that nobody was offered.
    pub has_unsold_rows: bool,
    /// Lead field → column.
    pub fields: BTreeMap<String, String>,
    /// How the log's destinations are called in flows.
    pub destinations: Destinations,
}

impl Columns {
    /// Every named column with the key of the scenario that names it.
    pub(crate) fn named(&self) -> Vec<(String, &str)> {
        let Self {
            destination,
            propensity,
            reward,
            accepted_reward: _,
            cost,
            at,
            lead_id,
            offer,
            answer,
            answers: _,
            cluster,
            available,
            converted_at,
            last_offer_ends: _,
            has_unsold_rows: _,
            fields,
            destinations: _,
        } = self;
        let optional = [
            ("propensity", propensity),
            ("reward", reward),
            ("cost", cost),
            ("at", at),
            ("lead_id", lead_id),
            ("offer", offer),
            ("answer", answer),
            ("cluster", cluster),
            ("available", available),
            ("converted_at", converted_at),
        ];
        let mut named = vec![("columns.destination".to_owned(), destination.as_str())];
        for (key, column) in optional {
            if let Some(column) = column {
                named.push((format!("columns.{key}"), column));
            }
        }
        for (field, column) in fields {
            named.push((format!("columns.fields.{field}"), column));
        }
        named
    }
}

/// From the text of a log to the name of a destination.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Destinations {
    /// Put before every text that the table does not know.
    pub prefix: String,
    /// Text in the log → name.
    pub names: BTreeMap<String, String>,
}

/// Names of destinations, each kept once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    rules: Destinations,
    /// Text of the log → place of its name. Two texts may have one name, which has one place.
    known: HashMap<String, usize, RandomState>,
    by_place: Vec<Arc<str>>,
    places: HashMap<Arc<str>, usize, RandomState>,
    sets: HashMap<String, Available, RandomState>,
}

impl Names {
    pub(crate) fn new(rules: Destinations) -> Self {
        Self {
            rules,
            ..Self::default()
        }
    }

    /// The name for a text of the log.
    pub(crate) fn name(&mut self, text: &str) -> Arc<str> {
        let place = self.place(text);
        Arc::clone(&self.by_place[place])
    }

    /// The place of the name for a text of the log.
    pub(crate) fn place(&mut self, text: &str) -> usize {
        if let Some(place) = self.known.get(text) {
            return *place;
        }
        let name: Arc<str> = match self.rules.names.get(text) {
            Some(name) => name.as_str().into(),
            None => format!("{}{text}", self.rules.prefix).into(),
        };
        let next = self.by_place.len();
        let place = *self.places.entry(Arc::clone(&name)).or_insert(next);
        if place == next {
            self.by_place.push(name);
        }
        self.known.insert(text.to_owned(), place);
        place
    }

    /// The name at a place.
    pub(crate) fn at(&self, place: usize) -> &Arc<str> {
        &self.by_place[place]
    }

    /// The names of a set, written as JSON or separated by `|`; `None` if it is broken JSON.
    pub(crate) fn set(&mut self, text: &str) -> Option<Available> {
        if let Some(set) = self.sets.get(text) {
            return Some(Arc::clone(set));
        }
        let texts: Vec<String> = if text.starts_with('[') {
            serde_json::from_str(text).ok()?
        } else {
            text.split('|').map(|name| name.trim().to_owned()).collect()
        };
        let set: Available = texts.iter().map(|text| self.name(text)).collect();
        // Sets repeat a lot in most logs; one where they do not must not fill the memory.
        if self.sets.len() < 65_536 {
            self.sets.insert(text.to_owned(), Arc::clone(&set));
        }
        Some(set)
    }
}
