//! What leads were given as, beside what was read of it.

use std::fmt;

use pointsman_lead::{Id, kinds};
use pointsman_store::LeadGivenRow;
use serde_json::Value;

use super::{
    History,
    handle::{id, json, texts},
};
use crate::Error;

/// What one lead was given as. It tells who a person is, so `Debug` leaves it out.
#[derive(Clone, PartialEq)]
pub struct LeadGiven {
    /// The lead.
    pub lead_id: Id<kinds::Lead>,
    /// The revision of the document that has read it.
    pub source_revision: i64,
    /// Values as they were sent, by field.
    pub fields: Value,
    /// Answers that no field took, by key.
    pub unknown: Value,
}

impl LeadGiven {
    fn of(row: &LeadGivenRow) -> Result<Self, Error> {
        let mut body: Value = json(
            &format!("what lead {} was given as", row.lead_id),
            &row.body,
        )?;
        Ok(Self {
            lead_id: id(&row.lead_id)?,
            source_revision: row.source_revision,
            fields: body["fields"].take(),
            unknown: body["unknown"].take(),
        })
    }
}

impl fmt::Debug for LeadGiven {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("LeadGiven")
            .field("lead_id", &self.lead_id)
            .finish_non_exhaustive()
    }
}

impl History {
    /// What leads were given as; those that came as our own JSON are left out.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn given_of_leads(&self, leads: &[Id<kinds::Lead>]) -> Result<Vec<LeadGiven>, Error> {
        let rows = self.rows().given_of_leads(&texts(leads)).await?;
        rows.iter().map(LeadGiven::of).collect()
    }
}
