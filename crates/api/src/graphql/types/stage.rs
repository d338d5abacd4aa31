//! Stages: named pointers to versions.

use async_graphql::{Context, Object, Result, SimpleObject, connection::Connection};
use pointsman_control as control;

use super::flow_version::FlowVersion;
use crate::graphql::{
    asking::Asking as _,
    fault::OrFault as _,
    loaders::VersionByHash,
    paging::{Paging, cost},
    scalars::Timestamp,
};

/// A pointer from a name to a version of a flow.
pub(in crate::graphql) struct Stage(pub(in crate::graphql) control::Stage);

/// A named pointer to a version of a flow. The version of `live` routes leads.
#[Object]
impl Stage {
    /// The flow.
    async fn flow(&self) -> &str {
        &self.0.flow
    }

    /// Name of the stage.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Hash of the version that it points to.
    async fn version_hash(&self) -> &str {
        &self.0.version_hash
    }

    /// The version that it points to.
    async fn version(&self, context: &Context<'_>) -> Result<Option<FlowVersion>> {
        let version = context
            .batches()?
            .load_one(VersionByHash(self.0.version_hash.clone()))
            .await?;
        Ok(version.map(FlowVersion))
    }

    /// Revision, from 1, incremented with each move; the next move expects it.
    async fn revision(&self) -> i64 {
        self.0.revision
    }

    /// Time of the last move.
    async fn moved_at(&self) -> Timestamp {
        self.0.moved_at.into()
    }

    /// The token that moved it.
    async fn moved_by(&self) -> &str {
        &self.0.moved_by
    }

    /// Moves of the stage, newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn moves(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 100; default 50.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the entry after which the page starts.")] after: Option<String>,
    ) -> Result<Connection<String, StageMove>> {
        let paging = Paging::new(first, after.as_deref())?;
        let control = context.control()?;
        let page = control
            .stage_changes(
                &self.0.flow,
                &self.0.name,
                paging.after.as_ref(),
                paging.limit,
            )
            .await;
        Ok(paging.of(page.or_fault()?, StageMove::from))
    }
}

/// One move of a stage.
#[derive(SimpleObject)]
pub(in crate::graphql) struct StageMove {
    /// Hash of the version before the move; null for the first move.
    from_hash: Option<String>,
    /// Hash of the version after the move.
    to_hash: String,
    /// Time of the move.
    moved_at: Timestamp,
    /// The token that moved it.
    moved_by: String,
}

impl From<control::StageChange> for StageMove {
    fn from(change: control::StageChange) -> Self {
        let control::StageChange {
            from_hash,
            to_hash,
            moved_at,
            moved_by,
        } = change;
        Self {
            from_hash,
            to_hash,
            moved_at: moved_at.into(),
            moved_by,
        }
    }
}
