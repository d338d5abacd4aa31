//! Restatements: leads whose revenue or status was reckoned again, with what stood there before.

use sea_orm::{IntoActiveModel as _, entity::prelude::*, sea_query::OnConflict};

use crate::{Cursor, Error, Keyed, LeadStatus, Page, Read, WriteTx, page};

pub(crate) mod progress;

/// A lead that came out otherwise when it was reckoned again.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "restatement")]
pub struct Model {
    /// The lead.
    #[sea_orm(primary_key, auto_increment = false)]
    pub lead_id: String,
    /// Its revenue until then, micro-units.
    pub revenue_before: i64,
    /// Its revenue from then on, micro-units.
    pub revenue_after: i64,
    /// Its status until then.
    pub status_before: LeadStatus,
    /// Its status from then on.
    pub status_after: LeadStatus,
    /// When, microseconds.
    pub restated_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Keyed for Model {
    fn cursor(&self) -> Cursor {
        Cursor {
            at: self.restated_at,
            id: self.lead_id.clone(),
        }
    }
}

impl WriteTx {
    /// Writes down that a lead came out otherwise. The oldest value is the one to keep: a lead that is
    /// there already stays as it is.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is no such lead.
    pub async fn insert_restatement(&self, restatement: Model) -> Result<(), Error> {
        let keep = OnConflict::column(Column::LeadId).do_nothing().to_owned();
        Entity::insert(restatement.into_active_model())
            .on_conflict(keep)
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }
}

impl Read<'_> {
    /// Leads that came out otherwise when they were reckoned again, the latest first.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn restatements(
        &self,
        after: Option<&Cursor>,
        limit: u64,
    ) -> Result<Page<Model>, Error> {
        let key = (Column::RestatedAt, Column::LeadId);
        page::newest_first(&self.executor, Entity::find(), key, after, limit).await
    }
}
