//! Snapshots: what folds over the commit log came to.

use std::fmt;

use sea_orm::{
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, entity::prelude::*,
    sea_query::OnConflict,
};

use crate::{Error, Read, WriteTx};

/// Snapshots of a fold that are kept: the newest, and one more for when the newest is damaged.
const KEPT: u64 = 2;

/// What a fold came to.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "snapshot")]
pub struct Model {
    /// Name of the fold.
    #[sea_orm(primary_key, auto_increment = false)]
    pub fold: String,
    /// The last number in commit order that it holds.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    /// Version of the code of the fold.
    pub format: i64,
    /// Version of the program that wrote it.
    pub program: String,
    /// When it was made, microseconds.
    pub made_at: i64,
    /// What the fold came to, JSON.
    pub body: String,
    /// SHA-256 of the body, hex.
    pub hash: String,
}

impl fmt::Debug for Model {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Snapshot")
            .field("fold", &self.fold)
            .field("number", &self.number)
            .field("hash", &self.hash)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl WriteTx {
    /// Stores a snapshot in the place of one of the same number, and drops all of its fold but the newest two.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn put_snapshot(&self, snapshot: Model) -> Result<(), Error> {
        let fold = snapshot.fold.clone();
        let replace = OnConflict::columns([Column::Fold, Column::Number])
            .update_columns([
                Column::Format,
                Column::Program,
                Column::MadeAt,
                Column::Body,
                Column::Hash,
            ])
            .to_owned();
        Entity::insert(snapshot.into_active_model())
            .on_conflict(replace)
            .exec_without_returning(&self.tx)
            .await?;
        let dropped: Option<i64> = Entity::find()
            .select_only()
            .column(Column::Number)
            .filter(Column::Fold.eq(&fold))
            .order_by_desc(Column::Number)
            .offset(KEPT)
            .into_tuple()
            .one(&self.tx)
            .await?;
        if let Some(number) = dropped {
            Entity::delete_many()
                .filter(Column::Fold.eq(fold))
                .filter(Column::Number.lte(number))
                .exec(&self.tx)
                .await?;
        }
        Ok(())
    }
}

impl Read<'_> {
    /// The snapshots of a fold, the newest first.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn snapshots(&self, fold: &str) -> Result<Vec<Model>, Error> {
        let snapshots = Entity::find()
            .filter(Column::Fold.eq(fold))
            .order_by_desc(Column::Number)
            .all(&self.executor)
            .await?;
        Ok(snapshots)
    }
}
