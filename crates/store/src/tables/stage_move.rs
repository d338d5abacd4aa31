//! The history of stages.

use sea_orm::{
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, entity::prelude::*,
};

use super::stage::StageTarget;
use crate::{Cursor, Error, Keyed, Page, Read, WriteTx, page};

/// A move of a stage.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stage_move")]
pub struct Model {
    /// From 1, one more with each move of any stage; no commit sequence number.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// The flow.
    pub flow: String,
    /// The stage's name within the flow.
    pub stage: String,
    /// The version it pointed to; absent on its first move.
    pub from_hash: Option<String>,
    /// The version it points to since.
    pub to_hash: String,
    /// When, microseconds.
    pub moved_at: i64,
    /// Who moved it.
    pub moved_by: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Keyed for Model {
    fn cursor(&self) -> Cursor {
        Cursor {
            at: self.seq,
            id: String::new(),
        }
    }
}

impl WriteTx {
    pub(crate) async fn note_stage_move(
        &self,
        target: StageTarget,
        from_hash: Option<String>,
    ) -> Result<(), Error> {
        let StageTarget {
            flow,
            stage,
            version_hash,
            at,
            by,
        } = target;
        let last = Entity::find()
            .order_by_desc(Column::Seq)
            .limit(1)
            .one(&self.tx)
            .await?;
        let row = Model {
            seq: last.map_or(1, |last| last.seq + 1),
            flow,
            stage,
            from_hash,
            to_hash: version_hash,
            moved_at: at,
            moved_by: by,
        };
        Entity::insert(row.into_active_model())
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }
}

impl Read<'_> {
    /// The moves of a stage, the latest first.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn stage_moves(
        &self,
        flow: &str,
        stage: &str,
        after: Option<&Cursor>,
        limit: u64,
    ) -> Result<Page<Model>, Error> {
        let select = Entity::find()
            .filter(Column::Flow.eq(flow))
            .filter(Column::Stage.eq(stage));
        page::largest_first(&self.executor, select, Column::Seq, after, limit).await
    }
}
