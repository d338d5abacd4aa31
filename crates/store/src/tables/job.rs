//! Jobs: work outside a request.

use sea_orm::{IntoActiveModel as _, QueryFilter as _, QueryOrder as _, entity::prelude::*};

use crate::{Cursor, Error, Keyed, Page, Read, WriteTx, batch::Change, page};

/// A job.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "job")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// What it does: a word of the binary's.
    pub kind: String,
    /// How far it has come.
    pub state: JobState,
    /// What it was asked, JSON.
    pub params_body: String,
    /// How much is done, in [0, 1].
    pub progress: f64,
    /// What it found, JSON; absent before.
    pub result_body: Option<String>,
    /// Why it failed, if it did.
    pub error: Option<String>,
    /// When it was asked, microseconds.
    pub created_at: i64,
    /// When it last changed, microseconds.
    pub updated_at: i64,
    /// How often it was begun; a proper stop takes it back.
    pub attempts: i64,
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

/// How far a job has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum JobState {
    /// Waits to be started.
    Pending,
    /// Runs, or ran when the process died.
    Running,
    /// Has a result.
    Done,
    /// Has an error.
    Failed,
    /// A user cancelled it.
    Cancelled,
}

/// What changes in a job: all of these at once.
#[derive(Debug, Clone, PartialEq)]
pub struct JobUpdate {
    /// The job.
    pub id: String,
    /// How far it has come.
    pub state: JobState,
    /// How much is done, in [0, 1].
    pub progress: f64,
    /// What it found, JSON.
    pub result_body: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
    /// How often it was begun.
    pub attempts: i64,
    /// Now, microseconds.
    pub at: i64,
}

impl WriteTx {
    /// Inserts a job.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if the id exists.
    pub async fn insert_job(&self, job: Model) -> Result<(), Error> {
        Entity::insert(job.into_active_model())
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }

    /// Notes progress or the end of a job.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`].
    pub async fn update_job(&self, update: JobUpdate) -> Result<(), Error> {
        const CHANGE: Change = Change {
            table: "job",
            key: &["id"],
            set: &[
                "state",
                "progress",
                "result_body",
                "error",
                "attempts",
                "updated_at",
            ],
            add: &[],
        };
        let JobUpdate {
            id,
            state,
            progress,
            result_body,
            error,
            attempts,
            at,
        } = update;
        let row = vec![
            id.into(),
            state.into(),
            progress.into(),
            result_body.into(),
            error.into(),
            attempts.into(),
            at.into(),
        ];
        CHANGE.apply(&self.tx, vec![row]).await
    }
}

impl Read<'_> {
    /// A job by its id.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_job(&self, id: &str) -> Result<Option<Model>, Error> {
        Ok(Entity::find_by_id(id).one(&self.executor).await?)
    }

    /// Jobs, the newest first.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn jobs(&self, after: Option<&Cursor>, limit: u64) -> Result<Page<Model>, Error> {
        let key = (Column::CreatedAt, Column::Id);
        page::newest_first(&self.executor, Entity::find(), key, after, limit).await
    }

    /// The jobs that wait or ran when the process died, the oldest first.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn pending_jobs(&self) -> Result<Vec<Model>, Error> {
        Ok(Entity::find()
            .filter(Column::State.is_in([JobState::Pending, JobState::Running]))
            .order_by_asc(Column::CreatedAt)
            .order_by_asc(Column::Id)
            .all(&self.executor)
            .await?)
    }
}
