//! What columns say together: who got which leads, and what came of it.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    hash::{BuildHasher, RandomState},
};

use super::{profile::Profile, roles::Roles, words::Role};
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
    pub(super) n_rows: u64,
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
        let name = |column: usize| profiles[column].name.clone();
        let Some(destination) = roles.column(Role::Destination).map(name) else {
            return Ok(joint);
        };
        let lead_id = roles.column(Role::LeadId).map(name);
        let source = roles.column(Role::Source);
        let counted: Vec<(usize, String)> = fields
            .iter()
            .copied()
            .chain(source)
            .map(|column| (column, name(column)))
            .collect();
        let mut names: Vec<String> = counted.iter().map(|(_, name)| name.clone()).collect();
        names.extend(lead_id.clone());
        names.push(destination.clone());
        let (key, mut offers) = (RandomState::new(), HashSet::new());
        for batch in table.batches(&names) {
            let batch = batch?;
            let to = batch.cells(&destination);
            let ids = lead_id
                .as_ref()
                .map_or(&Cells::Absent, |name| batch.cells(name));
            for row in 0..batch.numbers.len() {
                joint.n_rows += 1;
                let Some(to) = to.text(row) else {
                    joint.n_nobody += 1;
                    continue;
                };
                if let Some(id) = ids.text(row).filter(|_| offers.len() < OFFERS_MAX) {
                    let is_new = offers.insert(key.hash_one((&*id, &*to)));
                    joint.n_repeated += u64::from(!is_new);
                }
                let n_rows = joint.destinations.entry(to.clone().into_owned());
                *n_rows.or_default() += 1;
                for (column, name) in &counted {
                    let value = batch.cells(name).text(row);
                    joint.count(*column, value.as_deref(), &to);
                }
            }
            if joint.n_rows >= rows_max {
                break;
            }
        }
        let doubles = fields.iter().copied();
        joint.doubles = doubles.filter(|column| joint.is_double(*column)).collect();
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
        fields
            .into_iter()
            .filter(|column| !is_double(column))
            .collect()
    }

    /// Destinations with their rows, most frequent first.
    pub(super) fn ranked(&self) -> Vec<(&str, u64)> {
        let mut ranked: Vec<(&str, u64)> = self
            .destinations
            .iter()
            .map(|(name, n)| (name.as_str(), *n))
            .collect();
        ranked.sort_by(|(a, n), (b, m)| m.cmp(n).then(a.cmp(b)));
        ranked
    }
}
