//! How long personal values of the leads of a vertical are kept.

use sea_orm::{
    IntoActiveModel as _, QueryOrder as _, QuerySelect as _, Set, Unchanged,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait as _, OnConflict},
};

use crate::{Error, LeadRow, Read, WriteTx, tables::lead};

/// How long they are kept.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "retention")]
pub struct Model {
    /// The vertical.
    #[sea_orm(primary_key, auto_increment = false)]
    pub vertical: String,
    /// How many days.
    pub days: i64,
    /// Those of leads that came before this are gone, microseconds.
    pub kept_from: i64,
    /// When that was set, microseconds.
    pub updated_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl WriteTx {
    /// Sets how long they are kept.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn put_retention(&self, row: Model) -> Result<(), Error> {
        let replace = OnConflict::column(Column::Vertical)
            .update_columns([Column::Days, Column::UpdatedAt])
            .to_owned();
        Entity::insert(row.into_active_model())
            .on_conflict(replace)
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }

    /// They are kept for as long as the leads; whether there was another rule.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn clear_retention(&self, vertical: &str) -> Result<bool, Error> {
        let deleted = Entity::delete_by_id(vertical).exec(&self.tx).await?;
        Ok(deleted.rows_affected == 1)
    }

    /// Notes up to when they are gone.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`].
    pub async fn move_retention_on(&self, vertical: &str, kept_from: i64) -> Result<(), Error> {
        let row = ActiveModel {
            vertical: Unchanged(vertical.to_owned()),
            kept_from: Set(kept_from),
            ..<ActiveModel as ActiveModelTrait>::default()
        };
        row.update(&self.tx).await?;
        Ok(())
    }
}

impl Read<'_> {
    /// How long they are kept, by vertical; verticals that are not named keep them.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn retentions(&self) -> Result<Vec<Model>, Error> {
        Ok(Entity::find()
            .order_by_asc(Column::Vertical)
            .all(&self.executor)
            .await?)
    }

    /// Ended leads of a vertical that came after one and before a time, the oldest first.
    ///
    /// * `after`: when that one came, and its id.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn old_leads(
        &self,
        vertical: &str,
        after: (i64, &str),
        before: i64,
        limit: u64,
    ) -> Result<Vec<LeadRow>, Error> {
        let place = Expr::tuple([
            Expr::col(lead::Column::ReceivedAt),
            Expr::col(lead::Column::Id),
        ]);
        let found = lead::Entity::find()
            .filter(place.gt(Expr::tuple([Expr::val(after.0), Expr::val(after.1)])))
            .filter(lead::Column::ReceivedAt.lt(before))
            .filter(lead::Column::Vertical.eq(vertical))
            .order_by_asc(lead::Column::ReceivedAt)
            .order_by_asc(lead::Column::Id)
            .limit(limit);
        self.opened(found.all(&self.executor).await?).await
    }
}
