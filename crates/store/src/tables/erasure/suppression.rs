//! Persons whose leads are not taken: keyed hashes, which tell nobody who they are.

use std::collections::BTreeMap;

use sea_orm::{
    IntoActiveModel as _, PaginatorTrait as _, QueryFilter as _, QuerySelect as _,
    entity::prelude::*, sea_query::OnConflict,
};

use crate::{Error, Read, WriteTx};

/// Rows of one statement.
const ROWS_MAX: usize = 500;

/// A value whose leads are not taken.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "suppression")]
pub struct Model {
    /// Keyed hash of the value.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hash: String,
    /// Where it comes from: `erasure`, or the name of a list.
    pub origin: String,
    /// When it was added, microseconds.
    pub added_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl WriteTx {
    /// Adds values; those that are there stay as they are. How many are new.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn suppress(&self, rows: Vec<Model>) -> Result<u64, Error> {
        let mut n_new = 0;
        for some in rows.chunks(ROWS_MAX) {
            let rows = some.iter().cloned().map(Model::into_active_model);
            let keep = OnConflict::column(Column::Hash).do_nothing().to_owned();
            n_new += Entity::insert_many(rows)
                .on_conflict(keep)
                .exec_without_returning(&self.tx)
                .await?;
        }
        Ok(n_new)
    }

    /// Takes values out; how many were in.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn lift_suppression(&self, hashes: &[String]) -> Result<u64, Error> {
        let mut n_lifted = 0;
        for some in hashes.chunks(ROWS_MAX) {
            let lifted = Entity::delete_many()
                .filter(Column::Hash.is_in(some))
                .exec(&self.tx)
                .await?;
            n_lifted += lifted.rows_affected;
        }
        Ok(n_lifted)
    }
}

impl Read<'_> {
    /// Whether one of some values is in.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn is_suppressed(&self, hashes: &[String]) -> Result<bool, Error> {
        if hashes.is_empty() {
            return Ok(false);
        }
        let found = Entity::find()
            .select_only()
            .column(Column::Hash)
            .filter(Column::Hash.is_in(hashes))
            .limit(1);
        Ok(found
            .into_tuple::<String>()
            .one(&self.executor)
            .await?
            .is_some())
    }

    /// Whether any value is in.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn suppresses(&self) -> Result<bool, Error> {
        let first = Entity::find().select_only().column(Column::Hash).limit(1);
        Ok(first
            .into_tuple::<String>()
            .one(&self.executor)
            .await?
            .is_some())
    }

    /// How many values come from where.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn suppression_counts(&self) -> Result<BTreeMap<String, i64>, Error> {
        let counts = Entity::find()
            .select_only()
            .column(Column::Origin)
            .column_as(Column::Hash.count(), "n")
            .group_by(Column::Origin);
        let counts: Vec<(String, i64)> = counts.into_tuple().all(&self.executor).await?;
        Ok(counts.into_iter().collect())
    }

    /// How many values of one origin there are.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn count_suppressed(&self, origin: &str) -> Result<u64, Error> {
        let of_origin = Entity::find().filter(Column::Origin.eq(origin));
        Ok(of_origin.count(&self.executor).await?)
    }
}
