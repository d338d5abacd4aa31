//! Experiments: questions asked of live traffic.

use sea_orm::{
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, Select, entity::prelude::*,
};

use crate::{Cursor, Error, Keyed, Page, Read, WriteTx, page};

pub(crate) mod change;
pub(crate) mod covariates;
pub(crate) mod lead;
pub(crate) mod sums;
pub(crate) mod touched;

/// An experiment.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "experiment")]
pub struct Model {
    /// Its name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// The flow.
    pub flow: String,
    /// One more with each change, from 1.
    pub revision: i64,
    /// How far it has come.
    pub state: ExperimentState,
    /// What is compared and how it is judged, JSON.
    pub plan_body: String,
    /// The version that is tried out instead of the live one; absent where arms of a node are compared.
    pub candidate_hash: Option<String>,
    /// The share of leads that the candidate takes, in parts per million.
    pub share_ppm: i64,
    /// When it was made, microseconds.
    pub created_at: i64,
    /// Who made it.
    pub created_by: String,
    /// When it started; absent before, like its number in commit order.
    pub started_at: Option<i64>,
    /// The number in commit order of its start.
    pub started_seq: Option<i64>,
    /// When it was concluded; absent before, like the conclusion.
    pub concluded_at: Option<i64>,
    /// What was decided, by whom, and the readout it was decided by; JSON.
    pub conclusion_body: Option<String>,
    /// The number in commit order up to which its leads are known.
    pub folded_seq: i64,
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

/// How far an experiment has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum ExperimentState {
    /// Planned.
    Draft,
    /// Leads take part.
    Running,
    /// No lead takes part any more; what came before goes on being counted.
    Paused,
    /// Decided.
    Concluded,
}

/// A change of an experiment: all of these at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExperimentUpdate {
    /// Its name.
    pub name: String,
    /// The revision that it must have.
    pub expected_revision: i64,
    /// How far it has come.
    pub state: ExperimentState,
    /// What is compared and how it is judged, JSON.
    pub plan_body: String,
    /// The share of leads that the candidate takes, in parts per million.
    pub share_ppm: i64,
    /// What was decided, JSON.
    pub conclusion_body: Option<String>,
    /// Now, microseconds.
    pub at: i64,
    /// Who changes it.
    pub by: String,
    /// Why.
    pub note: Option<String>,
}

impl WriteTx {
    /// Inserts an experiment.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if the name is taken; [`Error::NotFound`] if there is no such version.
    pub async fn insert_experiment(&self, row: Model) -> Result<(), Error> {
        Entity::insert(row.into_active_model())
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }

    /// Changes an experiment, notes the change under the number that this transaction gives out next, and gives the
    /// experiment as it is now.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; [`Error::Conflict`] for another revision, and if another experiment tries out a version
    /// of the same flow.
    pub async fn update_experiment(&self, update: ExperimentUpdate) -> Result<Model, Error> {
        let ExperimentUpdate {
            name,
            expected_revision,
            state,
            plan_body,
            share_ppm,
            conclusion_body,
            at,
            by,
            note,
        } = update;
        let found = self.read().find_experiment(&name).await?;
        let mut row = found.ok_or_else(|| Error::not_found("experiment"))?;
        if row.revision != expected_revision {
            return Err(Error::conflict("experiment"));
        }
        let seq = self.order().number + 1;
        if state == ExperimentState::Running && row.started_seq.is_none() {
            row.started_at = Some(at);
            row.started_seq = Some(seq);
            row.folded_seq = seq;
        }
        if state == ExperimentState::Concluded {
            row.concluded_at = Some(at);
        }
        row.state = state;
        row.plan_body = plan_body;
        row.share_ppm = share_ppm;
        row.conclusion_body = conclusion_body;
        row.revision += 1;
        Entity::update(row.clone().into_active_model().reset_all())
            .exec(&self.tx)
            .await?;
        self.insert_experiment_change(change::Model {
            experiment: name,
            seq,
            at,
            by_whom: by,
            state,
            share_ppm,
            note,
        })
        .await?;
        Ok(row)
    }

    /// Says that the leads of an experiment are known up to a number; whether they were known up to another one just
    /// before.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn move_experiment_on(&self, name: &str, from: i64, to: i64) -> Result<bool, Error> {
        let moved = Entity::update_many()
            .col_expr(Column::FoldedSeq, to.into())
            .filter(Column::Name.eq(name))
            .filter(Column::FoldedSeq.eq(from))
            .exec(&self.tx)
            .await?;
        Ok(moved.rows_affected == 1)
    }
}

impl Read<'_> {
    /// An experiment by its name.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_experiment(&self, name: &str) -> Result<Option<Model>, Error> {
        Ok(Entity::find_by_id(name).one(&self.executor).await?)
    }

    /// Experiments, the newest first.
    ///
    /// * `flow`: of this flow alone.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn experiments(
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

    /// The experiments that were started and are not concluded, by name.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn open_experiments(&self) -> Result<Vec<Model>, Error> {
        let open = [ExperimentState::Running, ExperimentState::Paused];
        let select = Entity::find().filter(Column::State.is_in(open));
        let select = select.order_by_asc(Column::Name);
        Ok(select.all(&self.executor).await?)
    }
}
