//! What leads were given as, beside what was read of it.

use std::fmt;

use sea_orm::entity::prelude::*;

use crate::{Error, Read, WriteTx, batch, keys::Sealed};

/// What one lead was given as. It holds a person's details, so `Debug` leaves them out.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lead_given")]
pub struct Model {
    /// The lead.
    #[sea_orm(primary_key, auto_increment = false)]
    pub lead_id: String,
    /// The revision of the document that has read it.
    pub source_revision: i64,
    /// Values by field as they were sent, and answers that no field took, JSON.
    pub body: String,
}

impl fmt::Debug for Model {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("LeadGiven")
            .field("lead_id", &self.lead_id)
            .field("source_revision", &self.source_revision)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Sealed for Model {
    const TABLE: &'static str = "lead_given";

    fn row(&self) -> String {
        self.lead_id.clone()
    }

    fn texts(&mut self) -> Vec<(&'static str, &mut String)> {
        vec![("body", &mut self.body)]
    }
}

impl WriteTx {
    /// Keeps what leads were given as, each once.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] for a lead that has it already.
    pub async fn insert_given(&self, given: Vec<Model>) -> Result<(), Error> {
        batch::insert(&self.tx, self.keys.sealed_all(given)?).await
    }
}

impl Read<'_> {
    /// What leads were given as; leads that came as our own JSON have none.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn given_of_leads(&self, lead_ids: &[String]) -> Result<Vec<Model>, Error> {
        let ids = lead_ids.iter().map(String::as_str);
        let found = Entity::find().filter(Column::LeadId.is_in(ids));
        self.opened(found.all(&self.executor).await?).await
    }
}
