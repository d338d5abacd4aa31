//! What became known of offers whose answer had been unknown.

use sea_orm::entity::prelude::*;

use crate::{DeliveryState, Error, Read, WriteTx, batch};

/// What became known of an offer whose answer had been unknown.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "delivery_release")]
pub struct Model {
    /// The delivery.
    #[sea_orm(primary_key, auto_increment = false)]
    pub delivery_id: String,
    /// When, in commit order.
    pub seq: i64,
    /// When, microseconds.
    pub at: i64,
    /// What the destination did: accepted, rejected, or never got it.
    pub answer: DeliveryState,
    /// Who said so.
    pub origin: ReleaseOrigin,
    /// Which person; absent where it was the destination.
    pub by_whom: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Who said what became of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum ReleaseOrigin {
    /// A person.
    Person,
    /// The destination, when it was asked.
    Status,
    /// The destination, by a conversion.
    Conversion,
}

impl WriteTx {
    /// Writes down what became known of an offer.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if something was known already; [`Error::NotFound`] for a delivery that is not there.
    pub async fn insert_release(&self, release: Model) -> Result<(), Error> {
        batch::insert(&self.tx, vec![release]).await
    }
}

impl Read<'_> {
    /// What became known of deliveries, in no order.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn releases_of_deliveries(
        &self,
        delivery_ids: &[String],
    ) -> Result<Vec<Model>, Error> {
        batch::find_in::<Entity>(&self.executor, Column::DeliveryId, delivery_ids).await
    }
}
