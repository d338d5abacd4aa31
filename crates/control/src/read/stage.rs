//! Stages: names that point to versions, and their past.

use pointsman_history::{Page, Place};
use pointsman_lead::Timestamp;
use pointsman_store::{StageMoveRow, StageRow};

use crate::{Control, Error};

/// A stage of a flow, such as `live`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// The flow.
    pub flow: String,
    /// Its name within the flow.
    pub name: String,
    /// Hash of the version that it points to.
    pub version_hash: String,
    /// One more with each move, from 1.
    pub revision: i64,
    /// When it last moved.
    pub moved_at: Timestamp,
    /// Who moved it.
    pub moved_by: String,
}

impl From<StageRow> for Stage {
    fn from(row: StageRow) -> Self {
        let StageRow {
            flow,
            name,
            version_hash,
            revision,
            moved_at,
            moved_by,
        } = row;
        Self {
            flow,
            name,
            version_hash,
            revision,
            moved_at: Timestamp(moved_at),
            moved_by,
        }
    }
}

/// One move of a stage in the past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageChange {
    /// Hash of the version before; `None` on its first move.
    pub from_hash: Option<String>,
    /// Hash of the version since.
    pub to_hash: String,
    /// When it moved.
    pub moved_at: Timestamp,
    /// Who moved it.
    pub moved_by: String,
}

impl From<StageMoveRow> for StageChange {
    fn from(row: StageMoveRow) -> Self {
        let StageMoveRow {
            seq: _,
            flow: _,
            stage: _,
            from_hash,
            to_hash,
            moved_at,
            moved_by,
        } = row;
        Self {
            from_hash,
            to_hash,
            moved_at: Timestamp(moved_at),
            moved_by,
        }
    }
}

impl Control {
    /// A stage of a flow.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn find_stage(&self, flow: &str, name: &str) -> Result<Option<Stage>, Error> {
        let row = self.inner.store.read().find_stage(flow, name).await?;
        Ok(row.map(Stage::from))
    }

    /// The stages of a flow, by name.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn stages_of(&self, flow: &str) -> Result<Vec<Stage>, Error> {
        let rows = self.inner.store.read().stages_of_flow(flow).await?;
        Ok(rows.into_iter().map(Stage::from).collect())
    }

    /// The moves of a stage, the latest first.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn stage_changes(
        &self,
        flow: &str,
        stage: &str,
        after: Option<&Place>,
        limit: u64,
    ) -> Result<Page<StageChange>, Error> {
        let after = after.map(Place::cursor);
        let read = self.inner.store.read();
        let rows = read.stage_moves(flow, stage, after, limit).await?;
        Page::of(rows, |row| Ok(row.into()))
    }
}
