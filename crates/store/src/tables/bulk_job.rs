//! Operations on many deliveries or postbacks, with how far they have come.

use sea_orm::{
    ActiveEnum as _, ConnectionTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _,
    Statement, entity::prelude::*, sea_query::Expr,
};

use crate::{Cursor, Error, Keyed, Page, Read, WriteTx, page};

pub(crate) mod item;

/// One operation on many items.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bulk_job")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// How far it has come.
    pub state: BulkJobState,
    /// The operation with its filter, JSON.
    pub action_body: String,
    /// Who started it.
    pub by_whom: String,
    /// The token of whoever started it; absent where none was needed.
    pub by_token: Option<String>,
    /// Most items a second.
    pub rate: i64,
    /// Most items in all.
    pub items_max: i64,
    /// When it was started, microseconds.
    pub created_at: i64,
    /// When it last changed, microseconds.
    pub updated_at: i64,
    /// When it ended, microseconds; absent before.
    pub finished_at: Option<i64>,
    /// The time of the last item that was listed, microseconds; absent before the first.
    pub listed_at: Option<i64>,
    /// The id of the last item that was listed.
    pub listed_id: Option<String>,
    /// Items that were listed.
    pub n_items: i64,
    /// Of these, those with which it went well.
    pub n_succeeded: i64,
    /// Those with which there was nothing to do any more.
    pub n_skipped: i64,
    /// Those with which it did not go well.
    pub n_failed: i64,
    /// What items came to, by reason, JSON.
    pub outcomes_body: String,
    /// Whether there is anything left to do, be it to remove its items.
    pub is_open: bool,
}

/// How far an operation on many items has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum BulkJobState {
    /// Its items are being listed.
    Listing,
    /// Items are being done.
    Running,
    /// All were done.
    Done,
    /// A person ended it before.
    Cancelled,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Keyed for Model {
    fn cursor(&self) -> Cursor {
        Cursor {
            at: self.created_at,
            id: self.id.clone(),
        }
    }
}

impl WriteTx {
    /// Starts an operation on many items.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if the id exists.
    pub async fn insert_bulk_job(&self, job: Model) -> Result<(), Error> {
        Entity::insert(job.into_active_model())
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }

    /// Moves a job on from one state to another; `false`, and nothing changes, if it is in another.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn move_bulk_job(
        &self,
        id: &str,
        (from, to): (BulkJobState, BulkJobState),
        at: i64,
    ) -> Result<bool, Error> {
        let finished_at = matches!(to, BulkJobState::Done | BulkJobState::Cancelled).then_some(at);
        let statement = Statement::from_sql_and_values(
            self.read().backend(),
            "UPDATE bulk_job SET state = $1, updated_at = $2, finished_at = $3
             WHERE id = $4 AND state = $5",
            [
                to.to_value().into(),
                at.into(),
                finished_at.into(),
                id.into(),
                from.to_value().into(),
            ],
        );
        Ok(self.tx.execute_raw(statement).await?.rows_affected() == 1)
    }

    /// Says of an ended job that nothing of it is left to do.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn close_bulk_job(&self, id: &str) -> Result<(), Error> {
        Entity::update_many()
            .col_expr(Column::IsOpen, Expr::value(false))
            .filter(Column::Id.eq(id))
            .exec(&self.tx)
            .await?;
        Ok(())
    }
}

impl Read<'_> {
    /// An operation on many items by its id.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_bulk_job(&self, id: &str) -> Result<Option<Model>, Error> {
        Ok(Entity::find_by_id(id).one(&self.executor).await?)
    }

    /// Operations on many items, the newest first.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn bulk_jobs(
        &self,
        after: Option<&Cursor>,
        limit: u64,
    ) -> Result<Page<Model>, Error> {
        let key = (Column::CreatedAt, Column::Id);
        page::newest_first(&self.executor, Entity::find(), key, after, limit).await
    }

    /// Those of which anything is left to do, the oldest first.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn open_bulk_jobs(&self) -> Result<Vec<Model>, Error> {
        // Spelled out: with a bound value the planner could not tell that the partial index fits.
        Ok(Entity::find()
            .filter(Expr::cust("is_open"))
            .order_by_asc(Column::CreatedAt)
            .order_by_asc(Column::Id)
            .all(&self.executor)
            .await?)
    }
}
