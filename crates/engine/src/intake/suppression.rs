//! Leads of persons who want to be left alone.

use pointsman_history::person_key;
use pointsman_lead::{FieldIdx, Fields, Problem, Schema};
use pointsman_store::{Error, Read};

use super::Intake;
use crate::Refused;

/// What becomes of the lead of a person on the suppression list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Suppression {
    /// It is refused, and nothing of it is stored.
    #[default]
    Refuse,
    /// It is stored without what tells who the person is, and offered to nobody.
    Decline,
}

/// What the sender of a refused lead is told.
pub(super) fn refused() -> Refused {
    let problem = Problem::new(
        "suppressed",
        "fields",
        "the person does not want to be contacted",
    );
    Refused::Problems(vec![problem.hint("do not send leads of this person again")])
}

/// The fields of a lead without those that tell who a person is.
pub(super) fn without_person(schema: &Schema, fields: &Fields) -> Fields {
    let values = (0..).map(FieldIdx).zip(schema.fields());
    let values = values.map(|(idx, field)| fields.get(idx).filter(|_| !field.pii).cloned());
    Fields::new(values.collect())
}

/// By what the list has the person of a lead, if it has them.
pub(crate) async fn person_hashes(
    read: &Read<'_>,
    schema: &Schema,
    fields: &Fields,
) -> Result<Vec<String>, pointsman_history::Error> {
    let Some(key) = person_key(read).await? else {
        return Ok(Vec::new());
    };
    let values = (0..).map(FieldIdx).zip(schema.fields());
    let personal = values.filter(|(_, field)| field.pii);
    let hashes = personal.filter_map(|(idx, field)| {
        let value = fields.get(idx)?;
        Some(key.hash_of(field, value.borrowed()))
    });
    Ok(hashes.collect())
}

impl Intake {
    /// Whether the person of a lead is on the list, by any value that tells who it is.
    pub(super) async fn suppresses(
        &self,
        schema: &Schema,
        fields: &Fields,
    ) -> Result<bool, Refused> {
        let read = self.store.read();
        let hashes = person_hashes(&read, schema, fields).await;
        let hashes = hashes.map_err(|error| match error {
            pointsman_history::Error::Store(error) => Refused::Unavailable(error),
            other => Refused::Unreadable {
                what: other.to_string(),
            },
        })?;
        let found: Result<bool, Error> = read.is_suppressed(&hashes).await;
        found.map_err(Refused::Unavailable)
    }
}
