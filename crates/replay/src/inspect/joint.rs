//! What columns say together: who got which leads, and what came of it.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    hash::{BuildHasher, RandomState},
};

use super::{
    profile::Profile,
    roles::Roles,
    words::Role,
};
use crate::{
    Error,
    log::{Cells, Table},
};

/// Values of a field that are counted with destinations.
const VALUES_MAX: usize = 2_000;
/// Offers that are remembered to find those that stand there twice.
const OFFERS_MAX: usize = 1 << 22;

/// What the rows say.
#[derive(Debug, Clone, Default)]
pub(super) struct Joint {
    /// Rows by who got the lead.
    pub(super) destinations: BTreeMap<String, u64>,
    /// Rows without a destination.
    pub(super) n_nobody: u64,
    /// Rows that repeat a lead and a destination.
    pub(super) n_repeated: u64,
    /// Leads with several rows.
    pub(super) n_leads: u64,
    pub(super) n_rows: u64,
    /// Rows with a destination and no reward.
    pub(super) n_without_reward: u64,
    /// For each field: value → destination → rows.
    pub(super) fields: BTreeMap<usize, BTreeMap<String, BTreeMap<String, u64>>>,
    /// Fields of which each value has one destination, and each destination one value.
    doubles: Vec<usize>,
}

impl Joint {
    /// # Errors
    ///
    /// A file that cannot be read on.
    pub(super) fn of(
        table: &Table,
        profiles: &[Profile],
        roles: &Roles,
        fields: &[usize],
        rows_max: u64,
    ) -> Result<Self, Error> {
        let mut joint = Self::default();
        let name = |role: Role| roles.column(role).map(|column| profiles[column].name.clone());
        let [destination, lead_id, reward] = [Role::Destination, Role::LeadId, Role::Reward].map(name);
        let Some(destination) = destination else {
            return Ok(joint);
        };
        let mut names: Vec<String> = fields.iter().map(|column| profiles[*column].name.clone()).collect();
        let source = name(Role::Source);
        names.extend([&lead_id, &reward, &source].into_iter().flatten().cloned());
        names.push(destination.clone());
        let (key, mut leads, mut offers) = (RandomState::new(), HashSet::new(), HashSet::new());
        let counted: Vec<usize> = fields.iter().copied().chain(roles.column(Role::Source)).collect();
        for batch in table.batches(&names) {
            let batch = batch?;
            let cells = |name: &Option<String>| match name {
                Some(name) => batch.cells(name),
                None => &Cells::Absent,
            };
            let (to, ids, rewards) = (batch.cells(&destination), cells(&lead_id), cells(&reward));
            for row in 0..batch.numbers.len() {
                joint.n_rows += 1;
                let id = ids.text(row);
                if let Some(id) = id.as_deref().filter(|_| leads.len() < OFFERS_MAX) {
                    leads.insert(key.hash_one(id));
                }
                let Some(to) = to.text(row) else {
                    joint.n_nobody += 1;
                    continue;
                };
                if let Some(id) = id.as_deref().filter(|_| offers.len() < OFFERS_MAX) {
                    let is_new = offers.insert(key.hash_one((id, &*to)));
                    joint.n_repeated += u64::from(!is_new);
                }
                joint.n_without_reward += u64::from(reward.is_some() && rewards.text(row).is_none());
                *joint.destinations.entry(to.clone().into_owned()).or_default() += 1;
                for column in &counted {
                    let value = batch.cells(&profiles[*column].name).text(row);
                    joint.count(*column, value.as_deref(), &to);
                }
            }
            if joint.n_rows >= rows_max {
                break;
            }
        }
        joint.n_leads = if lead_id.is_some() { leads.len() as u64 } else { joint.n_rows };
        joint.doubles = fields.iter().copied().filter(|column| joint.is_double(*column)).collect();
        Ok(joint)
    }

    fn count(&mut self, column: usize, value: Option<&str>, to: &str) {
        let Some(value) = value else { return };
        let values = self.fields.entry(column).or_default();
        if !values.contains_key(value) && values.len() >= VALUES_MAX {
            return;
        }
        let of_value = values.entry(value.to_owned()).or_default();
        *of_value.entry(to.to_owned()).or_default() += 1;
    }

    /// Whether a column is another name of the destination.
    fn is_double(&self, column: usize) -> bool {
        let Some(values) = self.fields.get(&column) else {
            return false;
        };
        let mut of_destination: HashMap<&str, &str> = HashMap::new();
        values.len() > 1
            && values.iter().all(|(value, destinations)| {
                let mut names = destinations.keys();
                let (Some(to), None) = (names.next(), names.next()) else {
                    return false;
                };
                *of_destination.entry(to.as_str()).or_insert(value) == value
            })
    }

    /// The fields without those that are another name of the destination.
    pub(super) fn without_doubles(&self, profiles: &[Profile], fields: Vec<usize>) -> Vec<usize> {
        // A field that only a person can tell from a name of the destination stays where it looks like a field.
        let is_double = |column: &usize| {
            let is_code = super::words::is_id(&profiles[*column].name);
            self.doubles.contains(column) && (is_code || self.destinations.len() > 2)
        };
        fields.into_iter().filter(|column| !is_double(column)).collect()
    }

    /// Destinations with their rows, most frequent first.
    pub(super) fn ranked(&self) -> Vec<(&str, u64)> {
        let mut ranked: Vec<(&str, u64)> = self.destinations.iter().map(|(name, n)| (name.as_str(), *n)).collect();
        ranked.sort_by(|(a, n), (b, m)| m.cmp(n).then(a.cmp(b)));
        ranked
    }
}
