//! Versions on their way from no lead to all of them.

use sea_orm::{IntoActiveModel as _, QueryFilter as _, Select, entity::prelude::*};

use crate::{Cursor, Error, Keyed, Page, Read, WriteTx, page};

pub(crate) mod change;

/// A version on its way.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rollout")]
pub struct Model {
    /// Its name, which is that of its experiment, too.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// The flow.
    pub flow: String,
    /// One more with each change, from 1.
    pub revision: i64,
    /// Whether it goes on.
    pub state: RolloutState,
    /// Its steps, JSON.
    pub plan_body: String,
    /// The version.
    pub candidate_hash: String,
    /// Position of the step at which it is, from 0.
    pub step: i64,
    /// When that step began, microseconds.
    pub step_since_at: i64,
    /// Its place in commit order: leads of later numbers count for the step.
    pub step_since_seq: i64,
    /// When it was started.
    pub created_at: i64,
    /// Who started it.
    pub created_by: String,
    /// When it ended; absent before.
    pub ended_at: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Keyed for Model {
    fn cursor(&self) -> Cursor {
        Cursor {
            at: self.created_at,
            id: self.name.clone(),
        }
    }
}

/// Whether a version goes on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum RolloutState {
    /// It does.
    Running,
    /// All leads go to the live version, and it stays at its step.
    Paused,
    /// It is the live version.
    Live,
    /// It was taken back.
    RolledBack,
}

impl WriteTx {
    /// Inserts a rollout with its first change, under the number that this transaction gives out next. Its first step
    /// begins there.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if the name is taken, or another version of the flow is on its way; [`Error::NotFound`] if
    /// there is no such experiment or version.
    pub async fn insert_rollout(&self, mut row: Model, reason: String) -> Result<(), Error> {
        row.step_since_seq = self.order().number + 1;
        let change = change::Model {
            rollout: row.name.clone(),
            seq: row.step_since_seq,
            at: row.created_at,
            by_whom: row.created_by.clone(),
            before_state: None,
            before_step: None,
            after_state: row.state,
            after_step: row.step,
            reason,
            evidence_body: None,
        };
        Entity::insert(row.into_active_model())
            .exec_without_returning(&self.tx)
            .await?;
        self.insert_rollout_change(change).await
    }

    /// Stores a rollout as it is after a change, and the change. A step that it comes to, or goes on with after a pause,
    /// begins at the number that this transaction gives out next.
    ///
    /// * `row`: with the revision that it had before.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; [`Error::Conflict`] for another revision.
    pub async fn update_rollout(
        &self,
        mut row: Model,
        cause: RolloutCause,
    ) -> Result<Model, Error> {
        let found = self.read().find_rollout(&row.name).await?;
        let before = found.ok_or_else(|| Error::not_found("rollout"))?;
        if before.revision != row.revision {
            return Err(Error::conflict("rollout"));
        }
        row.revision += 1;
        let RolloutCause {
            at,
            by,
            reason,
            evidence_body,
        } = cause;
        let seq = self.order().number + 1;
        let was_at = (before.state, before.step);
        if row.state == RolloutState::Running && was_at != (row.state, row.step) {
            (row.step_since_at, row.step_since_seq) = (at, seq);
        }
        let change = change::Model {
            rollout: row.name.clone(),
            seq,
            at,
            by_whom: by,
            before_state: Some(before.state),
            before_step: Some(before.step),
            after_state: row.state,
            after_step: row.step,
            reason,
            evidence_body,
        };
        Entity::update(row.clone().into_active_model().reset_all())
            .exec(&self.tx)
            .await?;
        self.insert_rollout_change(change).await?;
        Ok(row)
    }
}

/// Who changes a rollout, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolloutCause {
    /// Now, microseconds.
    pub at: i64,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
    /// What it is changed by, JSON.
    pub evidence_body: Option<String>,
}

impl Read<'_> {
    /// A rollout by its name.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_rollout(&self, name: &str) -> Result<Option<Model>, Error> {
        Ok(Entity::find_by_id(name).one(&self.executor).await?)
    }

    /// Rollouts that have not ended.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn open_rollouts(&self) -> Result<Vec<Model>, Error> {
        let select = Entity::find().filter(Column::EndedAt.is_null());
        Ok(select.all(&self.executor).await?)
    }

    /// Rollouts, the newest first.
    ///
    /// * `flow`: of this flow alone.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn rollouts(
        &self,
        flow: Option<&str>,
        after: Option<&Cursor>,
        limit: u64,
    ) -> Result<Page<Model>, Error> {
        let select: Select<Entity> = match flow {
            Some(flow) => Entity::find().filter(Column::Flow.eq(flow)),
            None => Entity::find(),
        };
        let key = (Column::CreatedAt, Column::Name);
        page::newest_first(&self.executor, select, key, after, limit).await
    }
}
