//! Leads of a history under one schema, although theirs was revised.

use std::{collections::BTreeMap, sync::Arc};

use pointsman_lead::{Field, Problem, Schema};
use pointsman_replay::log::LogLead;

/// A lead of the history, with its fields as they stood under the schema of its time.
#[derive(Debug, Clone)]
pub(crate) struct PastLead {
    pub(super) lead: LogLead,
    pub(super) schema: Arc<Schema>,
}

/// Leads under one schema.
#[derive(Debug)]
pub(crate) struct Aligned {
    pub(crate) leads: Vec<LogLead>,
    /// Fields whose values do not fit any more and are missing, with the leads that they are missing from.
    pub(crate) lost: BTreeMap<String, u64>,
}

impl Aligned {
    /// Puts the fields of all leads under one schema, by name.
    ///
    /// A schema that was revised moves the positions of fields: read by position, a telephone number may stand in `state`.
    pub(crate) fn under(target: &Schema, leads: Vec<PastLead>) -> Self {
        let mut lost: BTreeMap<String, u64> = BTreeMap::new();
        let leads = leads.into_iter().map(|PastLead { mut lead, schema }| {
            if *schema != *target {
                let (fields, missing) = lead.fields.under(&schema, target);
                lead.fields = fields;
                for field in missing {
                    *lost.entry(field).or_default() += 1;
                }
            }
            lead
        });
        let leads = leads.collect();
        Self { leads, lost }
    }

    /// A sentence for each field that lost values.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let warning = |(field, n_leads): (&String, &u64)| {
            format!(
                "the field `{field}` has another kind than it had: its values of {n_leads} leads do not fit it and count as missing"
            )
        };
        self.lost.iter().map(warning).collect()
    }
}

/// Every field of some revisions by name, with the kind that it had last; none without a revision.
///
/// * `schemas`: the last one behind the others.
///
/// # Errors
///
/// Fields that do not fit together.
pub(super) fn union(schemas: &[Arc<Schema>]) -> Result<Option<Schema>, Vec<Problem>> {
    let Some(last) = schemas.last() else {
        return Ok(None);
    };
    let mut declared: Vec<Field> = last.declared().to_vec();
    for earlier in schemas.iter().rev() {
        for field in earlier.declared() {
            if declared.iter().all(|known| known.name != field.name) {
                declared.push(field.clone());
            }
        }
    }
    Schema::new(last.vertical(), declared).map(Some)
}

#[cfg(test)]
mod tests;
