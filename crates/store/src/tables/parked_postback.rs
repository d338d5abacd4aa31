//! Postbacks whose click nobody knows yet.

use std::fmt;

use sea_orm::{
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, entity::prelude::*,
    sea_query::OnConflict,
};

use crate::{Cursor, Error, Keyed, Page, Read, WriteTx, page};

/// A postback that waits for its lead.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "parked_postback")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// The click id that it names.
    pub click_id: String,
    /// What makes the same event the same.
    pub natural_key: String,
    /// The postback, as the service reads it back.
    pub raw_body: String,
    /// When it came, microseconds.
    pub received_at: i64,
}

impl fmt::Debug for Model {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ParkedPostback")
            .field("id", &self.id)
            .field("click_id", &self.click_id)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Keyed for Model {
    fn cursor(&self) -> Cursor {
        Cursor {
            at: self.received_at,
            id: self.id.clone(),
        }
    }
}

impl WriteTx {
    /// Parks a postback unless the same is parked already; `true` if it is new.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if the id exists.
    pub async fn park_postback(&self, postback: Model) -> Result<bool, Error> {
        let keep = OnConflict::column(Column::NaturalKey)
            .do_nothing()
            .to_owned();
        let rows = Entity::insert(postback.into_active_model())
            .on_conflict(keep)
            .exec_without_returning(&self.tx)
            .await?;
        Ok(rows == 1)
    }

    /// Takes the postbacks that wait for a click, the oldest first; they are parked no more.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn take_parked(&self, click_id: &str) -> Result<Vec<Model>, Error> {
        let parked = Entity::find()
            .filter(Column::ClickId.eq(click_id))
            .order_by_asc(Column::ReceivedAt)
            .order_by_asc(Column::Id)
            .all(&self.tx)
            .await?;
        // Most clicks have none, and a lead should not pay for a second statement.
        if !parked.is_empty() {
            Entity::delete_many()
                .filter(Column::ClickId.eq(click_id))
                .exec(&self.tx)
                .await?;
        }
        Ok(parked)
    }

    /// Forgets the postbacks that came before a time, and says how many.
    ///
    /// * `at`: microseconds.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn forget_parked_before(&self, at: i64) -> Result<u64, Error> {
        let deleted = Entity::delete_many()
            .filter(Column::ReceivedAt.lt(at))
            .exec(&self.tx)
            .await?;
        Ok(deleted.rows_affected)
    }
}

impl Read<'_> {
    /// Parked postbacks, the latest first.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn parked_postbacks(
        &self,
        after: Option<&Cursor>,
        limit: u64,
    ) -> Result<Page<Model>, Error> {
        let key = (Column::ReceivedAt, Column::Id);
        page::newest_first(&self.executor, Entity::find(), key, after, limit).await
    }
}
