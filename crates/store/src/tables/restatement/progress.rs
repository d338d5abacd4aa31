//! How far a reckoning of all leads has come, so that it goes on after a stop and is done once.

use sea_orm::{IntoActiveModel as _, entity::prelude::*, sea_query::OnConflict};

use crate::{Error, Read, WriteTx};

/// One reckoning of all leads.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "restatement_progress")]
pub struct Model {
    /// Which reckoning.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// The last lead that was looked at, by its place in commit order.
    pub after_seq: i64,
    /// When it was done, microseconds; absent before.
    pub done_at: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl WriteTx {
    /// Writes down how far a reckoning has come.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn put_restatement_progress(&self, progress: Model) -> Result<(), Error> {
        let replace = OnConflict::column(Column::Name)
            .update_columns([Column::AfterSeq, Column::DoneAt])
            .to_owned();
        Entity::insert(progress.into_active_model())
            .on_conflict(replace)
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }
}

impl Read<'_> {
    /// How far a reckoning has come; nothing if it never began.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn restatement_progress(&self, name: &str) -> Result<Option<Model>, Error> {
        Ok(Entity::find_by_id(name).one(&self.executor).await?)
    }
}
