//! The history of experiments.

use sea_orm::{IntoActiveModel as _, QueryFilter as _, QueryOrder as _, entity::prelude::*};

use super::ExperimentState;
use crate::{Error, Read, WriteTx};

/// A change of an experiment.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "experiment_change")]
pub struct Model {
    /// The experiment.
    #[sea_orm(primary_key, auto_increment = false)]
    pub experiment: String,
    /// Its place in commit order: leads with a larger number came under what it says.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// When, microseconds.
    pub at: i64,
    /// Who made it.
    pub by_whom: String,
    /// How far the experiment has come since.
    pub state: ExperimentState,
    /// The share of leads that the candidate takes since, in parts per million.
    pub share_ppm: i64,
    /// Why, if somebody said so.
    pub note: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl WriteTx {
    pub(super) async fn insert_experiment_change(&self, row: Model) -> Result<(), Error> {
        Entity::insert(row.into_active_model())
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }
}

impl Read<'_> {
    /// The changes of an experiment, the first one first.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn experiment_changes(&self, name: &str) -> Result<Vec<Model>, Error> {
        let select = Entity::find().filter(Column::Experiment.eq(name));
        let select = select.order_by_asc(Column::Seq);
        Ok(select.all(&self.executor).await?)
    }
}
