//! What needed a person, from when to when.

use sea_orm::{
    Condition, IntoActiveModel as _, QueryFilter as _, QueryOrder as _, Set, Unchanged,
    entity::prelude::*,
};

use crate::{Cursor, Error, Keyed, Page, Read, WriteTx, page};

/// Something that needed a person, and what a webhook was told of it.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "alert")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// What it was: `breaker_open`, `cap_reached`, `cap_used`, `error_rate` or `source_silent`.
    pub kind: String,
    /// The destination, the source, or the cap of a destination.
    pub subject: String,
    /// In words, as of when it began.
    pub message: String,
    /// When it began, microseconds.
    pub began_at: i64,
    /// When it was over, microseconds; absent while it lasts.
    pub ended_at: Option<i64>,
    /// When the webhook took that it began, microseconds; absent if it has not.
    pub told_at: Option<i64>,
    /// When the webhook took that it was over, microseconds; absent if it has not.
    pub end_told_at: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Keyed for Model {
    fn cursor(&self) -> Cursor {
        Cursor {
            at: self.began_at,
            id: self.id.clone(),
        }
    }
}

/// What became of an alert: all of these at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertUpdate {
    /// The alert.
    pub id: String,
    /// When it was over, microseconds.
    pub ended_at: Option<i64>,
    /// When the webhook took that it began, microseconds.
    pub told_at: Option<i64>,
    /// When the webhook took that it was over, microseconds.
    pub end_told_at: Option<i64>,
}

impl WriteTx {
    /// Keeps an alert that begins.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if the id exists, or if another one of the same thing lasts.
    pub async fn insert_alert(&self, row: Model) -> Result<(), Error> {
        Entity::insert(row.into_active_model())
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }

    /// Notes what became of an alert.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`].
    pub async fn update_alert(&self, update: AlertUpdate) -> Result<(), Error> {
        let AlertUpdate {
            id,
            ended_at,
            told_at,
            end_told_at,
        } = update;
        let row = ActiveModel {
            id: Unchanged(id),
            ended_at: Set(ended_at),
            told_at: Set(told_at),
            end_told_at: Set(end_told_at),
            ..<ActiveModel as ActiveModelTrait>::default()
        };
        row.update(&self.tx).await?;
        Ok(())
    }

    /// Removes alerts that were over before a moment.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn forget_alerts(&self, ended_before: i64) -> Result<(), Error> {
        Entity::delete_many()
            .filter(Column::EndedAt.lt(ended_before))
            .exec(&self.tx)
            .await?;
        Ok(())
    }
}

impl Read<'_> {
    /// Alerts that last, and those of whose end the webhook that was told of them has not been told; the oldest first.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn unsettled_alerts(&self) -> Result<Vec<Model>, Error> {
        let untold = Condition::all()
            .add(Column::ToldAt.is_not_null())
            .add(Column::EndToldAt.is_null());
        let unsettled = Entity::find()
            .filter(Condition::any().add(Column::EndedAt.is_null()).add(untold))
            .order_by_asc(Column::BeganAt)
            .order_by_asc(Column::Id);
        Ok(unsettled.all(&self.executor).await?)
    }

    /// Alerts, the latest first.
    ///
    /// * `lasting`: only those that last, or only those that are over; `None`: all.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn alerts(
        &self,
        lasting: Option<bool>,
        after: Option<&Cursor>,
        limit: u64,
    ) -> Result<Page<Model>, Error> {
        let select = match lasting {
            None => Entity::find(),
            Some(true) => Entity::find().filter(Column::EndedAt.is_null()),
            Some(false) => Entity::find().filter(Column::EndedAt.is_not_null()),
        };
        page::newest_first(
            &self.executor,
            select,
            (Column::BeganAt, Column::Id),
            after,
            limit,
        )
        .await
    }
}
