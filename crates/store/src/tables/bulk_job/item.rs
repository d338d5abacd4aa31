//! Items of an operation on many of them that are still to be done.

use sea_orm::{
    ActiveEnum as _, ConnectionTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    Statement, entity::prelude::*,
};

use super::BulkJobState;
use crate::{Cursor, Error, Read, WriteTx, batch};

/// An item that is still to be done.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bulk_item")]
pub struct Model {
    /// The operation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub job_id: String,
    /// Its place, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub n: i64,
    /// Id of the delivery or postback.
    pub item_id: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What came of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkResult {
    /// It went well.
    Succeeded,
    /// There was nothing to do any more.
    Skipped,
    /// It did not go well.
    Failed,
}

/// More items of a job that is listing them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedItems {
    /// The job.
    pub job_id: String,
    /// How many it had before.
    pub from: i64,
    /// The new ones.
    pub ids: Vec<String>,
    /// The last of them in the order of its list.
    pub last: Option<Cursor>,
    /// Whether there are no more.
    pub is_all: bool,
    /// Now, microseconds.
    pub at: i64,
}

impl WriteTx {
    /// Adds items to a job; `false`, and nothing changes, if it has other items than before, or lists none any more.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn add_bulk_items(&self, items: ListedItems) -> Result<bool, Error> {
        let ListedItems {
            job_id,
            from,
            ids,
            last,
            is_all,
            at,
        } = items;
        let state = if is_all {
            BulkJobState::Running
        } else {
            BulkJobState::Listing
        };
        let added = i64::try_from(ids.len()).unwrap_or(i64::MAX);
        let (listed_at, listed_id) = last.map(|last| (last.at, last.id)).unzip();
        let statement = Statement::from_sql_and_values(
            self.read().backend(),
            "UPDATE bulk_job
             SET state = $1, updated_at = $2, n_items = $3, listed_at = $4, listed_id = $5
             WHERE id = $6 AND state = 'listing' AND n_items = $7",
            [
                state.to_value().into(),
                at.into(),
                from.saturating_add(added).into(),
                listed_at.into(),
                listed_id.into(),
                job_id.clone().into(),
                from.into(),
            ],
        );
        if self.tx.execute_raw(statement).await?.rows_affected() != 1 {
            return Ok(false);
        }
        let rows = (from..).zip(ids).map(|(n, item_id)| Model {
            job_id: job_id.clone(),
            n,
            item_id,
        });
        batch::insert(&self.tx, rows.collect()).await?;
        Ok(true)
    }

    /// Takes an item off the list, counts what came of it, and gives what the items before it came to, to be put back with this
    /// one; `None`, and nothing changes, if it is not on the list any more.
    ///
    /// * `at`: now, microseconds.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn finish_bulk_item(
        &self,
        (job_id, n): (&str, i64),
        result: BulkResult,
        at: i64,
    ) -> Result<Option<String>, Error> {
        let taken = Entity::delete_by_id((job_id.to_owned(), n))
            .exec(&self.tx)
            .await?;
        if taken.rows_affected != 1 {
            return Ok(None);
        }
        let sql = match result {
            BulkResult::Succeeded => {
                "UPDATE bulk_job SET n_succeeded = n_succeeded + 1, updated_at = $1 WHERE id = $2"
            }
            BulkResult::Skipped => {
                "UPDATE bulk_job SET n_skipped = n_skipped + 1, updated_at = $1 WHERE id = $2"
            }
            BulkResult::Failed => {
                "UPDATE bulk_job SET n_failed = n_failed + 1, updated_at = $1 WHERE id = $2"
            }
        };
        let backend = self.read().backend();
        let statement = Statement::from_sql_and_values(backend, sql, [at.into(), job_id.into()]);
        self.tx.execute_raw(statement).await?;
        // Read after the row is locked by the statement before.
        let row = self.read().find_bulk_job(job_id).await?;
        let row = row.ok_or_else(|| Error::not_found("bulk_job"))?;
        Ok(Some(row.outcomes_body))
    }

    /// Writes down what the items of a job came to.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn put_bulk_outcomes(
        &self,
        job_id: &str,
        outcomes_body: String,
    ) -> Result<(), Error> {
        let statement = Statement::from_sql_and_values(
            self.read().backend(),
            "UPDATE bulk_job SET outcomes_body = $1 WHERE id = $2",
            [outcomes_body.into(), job_id.into()],
        );
        self.tx.execute_raw(statement).await?;
        Ok(())
    }

    /// Removes some of the items of a job, and says how many.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn drop_bulk_items(&self, job_id: &str, limit: u64) -> Result<u64, Error> {
        let some = Entity::find()
            .filter(Column::JobId.eq(job_id))
            .order_by_asc(Column::N)
            .limit(limit)
            .all(&self.tx)
            .await?;
        let Some(last) = some.last() else {
            return Ok(0);
        };
        let dropped = Entity::delete_many()
            .filter(Column::JobId.eq(job_id))
            .filter(Column::N.lte(last.n))
            .exec(&self.tx)
            .await?;
        Ok(dropped.rows_affected)
    }
}

impl Read<'_> {
    /// The next item of a job that is still to be done.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn next_bulk_item(&self, job_id: &str) -> Result<Option<Model>, Error> {
        Ok(Entity::find()
            .filter(Column::JobId.eq(job_id))
            .order_by_asc(Column::N)
            .one(&self.executor)
            .await?)
    }
}
