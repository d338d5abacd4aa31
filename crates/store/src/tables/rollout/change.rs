//! The history of rollouts.

use sea_orm::{IntoActiveModel as _, QueryFilter as _, QueryOrder as _, entity::prelude::*};

use super::RolloutState;
use crate::{Error, Read, WriteTx};

/// A change of a rollout.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rollout_change")]
pub struct Model {
    /// The rollout.
    #[sea_orm(primary_key, auto_increment = false)]
    pub rollout: String,
    /// Its place in commit order.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// When, microseconds.
    pub at: i64,
    /// Who made it.
    pub by_whom: String,
    /// The state before; absent where it was started, like the step.
    pub before_state: Option<RolloutState>,
    /// The step before.
    pub before_step: Option<i64>,
    /// The state since.
    pub after_state: RolloutState,
    /// The step since.
    pub after_step: i64,
    /// Why.
    pub reason: String,
    /// What it was changed by, JSON.
    pub evidence_body: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl WriteTx {
    pub(super) async fn insert_rollout_change(&self, row: Model) -> Result<(), Error> {
        Entity::insert(row.into_active_model())
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }
}

impl Read<'_> {
    /// The changes of a rollout, the first one first.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn rollout_changes(&self, rollout: &str) -> Result<Vec<Model>, Error> {
        let select = Entity::find().filter(Column::Rollout.eq(rollout));
        let select = select.order_by_asc(Column::Seq);
        Ok(select.all(&self.executor).await?)
    }
}
