//! What the leads of shadows add up to, and the latest that they send elsewhere.

use sea_orm::{QueryFilter as _, QueryOrder as _, QuerySelect as _, entity::prelude::*};

use super::{Column as ShadowColumn, Entity as Shadow, Model as ShadowRow};
use crate::{Error, Read, WriteTx, batch};

/// What leads add up to that one destination got first, and that another one would have got first.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "shadow_cell")]
pub struct Model {
    /// The number of the shadow.
    #[sea_orm(primary_key, auto_increment = false)]
    pub shadow: i64,
    /// What the live version did.
    #[sea_orm(primary_key, auto_increment = false)]
    pub live: String,
    /// What the shadow would have done.
    #[sea_orm(primary_key, auto_increment = false)]
    pub candidate: String,
    /// Leads.
    pub leads: i64,
    /// Those of them for whose destination nothing is known of caps and breakers.
    pub assumed: i64,
    /// The probabilities that the shadow gives to this, over all leads, in parts per million.
    pub expected_ppm: i64,
    /// Leads that somebody took.
    pub accepted: i64,
    /// What they brought, micro-units.
    pub revenue: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

pub(crate) mod lead {
    //! Leads that shadows send elsewhere.

    use sea_orm::entity::prelude::*;

    /// A lead that a shadow sends elsewhere.
    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "shadow_lead")]
    pub struct Model {
        /// The number of the shadow.
        #[sea_orm(primary_key, auto_increment = false)]
        pub shadow: i64,
        /// The end of its walk in commit order.
        #[sea_orm(primary_key, auto_increment = false)]
        pub seq: i64,
        /// The lead.
        pub lead_id: String,
        /// What the live version did.
        pub live: String,
        /// What the shadow would have done.
        pub candidate: String,
        /// How likely the shadow is to do so.
        pub probability: f64,
        /// Whether nothing is known of caps and breakers of the destination.
        pub is_assumed: bool,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

impl WriteTx {
    /// Says that the leads of a shadow are known up to the number of this row, with its counts; whether they were known
    /// up to another one just before.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn move_shadow_on(&self, row: &ShadowRow, from: i64) -> Result<bool, Error> {
        let moved = Shadow::update_many()
            .col_expr(ShadowColumn::FoldedSeq, row.folded_seq.into())
            .col_expr(ShadowColumn::Leads, row.leads.into())
            .col_expr(ShadowColumn::Elsewhere, row.elsewhere.into())
            .col_expr(ShadowColumn::Undecided, row.undecided.into())
            .filter(ShadowColumn::SinceSeq.eq(row.since_seq))
            .filter(ShadowColumn::FoldedSeq.eq(from))
            .exec(&self.tx)
            .await?;
        Ok(moved.rows_affected == 1)
    }

    /// Puts sums of a shadow in place of those of the same pairs.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is no such shadow.
    pub async fn put_shadow_cells(&self, rows: Vec<Model>) -> Result<(), Error> {
        for row in &rows {
            Entity::delete_by_id((row.shadow, row.live.clone(), row.candidate.clone()))
                .exec(&self.tx)
                .await?;
        }
        batch::insert(&self.tx, rows).await
    }

    /// Adds leads that a shadow sends elsewhere, and forgets all but the latest.
    ///
    /// * `keep`: how many there may be.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is no such shadow.
    pub async fn add_shadow_leads(
        &self,
        shadow: i64,
        rows: Vec<lead::Model>,
        keep: u64,
    ) -> Result<(), Error> {
        batch::insert(&self.tx, rows).await?;
        let oldest = lead::Entity::find()
            .filter(lead::Column::Shadow.eq(shadow))
            .order_by_desc(lead::Column::Seq)
            .offset(keep)
            .limit(1)
            .one(&self.tx)
            .await?;
        if let Some(oldest) = oldest {
            lead::Entity::delete_many()
                .filter(lead::Column::Shadow.eq(shadow))
                .filter(lead::Column::Seq.lte(oldest.seq))
                .exec(&self.tx)
                .await?;
        }
        Ok(())
    }
}

impl Read<'_> {
    /// The sums of a shadow, by pair.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn shadow_cells(&self, shadow: i64) -> Result<Vec<Model>, Error> {
        let select = Entity::find().filter(Column::Shadow.eq(shadow));
        let select = select
            .order_by_asc(Column::Live)
            .order_by_asc(Column::Candidate);
        Ok(select.all(&self.executor).await?)
    }

    /// The leads that a shadow sends elsewhere, the latest first.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn shadow_leads(&self, shadow: i64, limit: u64) -> Result<Vec<lead::Model>, Error> {
        let select = lead::Entity::find().filter(lead::Column::Shadow.eq(shadow));
        let select = select.order_by_desc(lead::Column::Seq).limit(limit);
        Ok(select.all(&self.executor).await?)
    }
}
