//! What became known of offers whose answer had been unknown.

use sea_orm::{QueryOrder as _, QuerySelect as _, Set, entity::prelude::*};

use super::{decision, decision_step};
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
    /// Where the walk of the lead went on with this answer: when the answer was found to be unknown, in commit order.
    pub held_seq: Option<i64>,
    /// Then, microseconds.
    pub held_at: Option<i64>,
    /// And when the walk had ended for that, in commit order.
    pub ended_seq: Option<i64>,
}

/// A walk that ended for an unknown answer and goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reopened {
    /// The decision.
    pub decision_id: String,
    /// The number with which it had ended.
    pub ended_seq: i64,
    /// The lease of the process that it goes on in.
    pub lease: i64,
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
    /// Lets walks go on that had ended: as if they never had.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn reopen(&self, reopened: &[Reopened]) -> Result<(), Error> {
        for walk in reopened {
            decision_step::Entity::delete_many()
                .filter(decision_step::Column::DecisionId.eq(walk.decision_id.as_str()))
                .filter(decision_step::Column::Seq.eq(walk.ended_seq))
                .exec(&self.tx)
                .await?;
            decision::Entity::update_many()
                .set(decision::ActiveModel {
                    end_state: Set(None),
                    end_reason: Set(None),
                    ended_seq: Set(None),
                    lease: Set(walk.lease),
                    ..Default::default()
                })
                .filter(decision::Column::Id.eq(walk.decision_id.as_str()))
                .exec(&self.tx)
                .await?;
        }
        Ok(())
    }

    /// Writes down what became known of an offer.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if something was known already; [`Error::NotFound`] for a delivery that is not there.
    pub async fn insert_releases(&self, releases: Vec<Model>) -> Result<(), Error> {
        batch::insert(&self.tx, releases).await
    }
}

impl Read<'_> {
    /// Releases of offers whose walks went on, by the number with which their answers were found to be unknown.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn releases_held_in_order(
        &self,
        after: i64,
        limit: u64,
    ) -> Result<Vec<Model>, Error> {
        Ok(Entity::find()
            .filter(Column::HeldSeq.gt(after))
            .order_by_asc(Column::HeldSeq)
            .limit(limit)
            .all(&self.executor)
            .await?)
    }

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
