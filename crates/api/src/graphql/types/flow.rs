//! Flows with their draft, versions and stages.

use async_graphql::{Context, ID, Object, Result, connection::Connection};
use pointsman_control as control;

use super::{
    diagnostic, diagnostic::Diagnostic, flow_diff::FlowChange, flow_version::FlowVersion,
    lead_schema::LeadSchema, stage::Stage,
};
use crate::graphql::{
    asking::Asking as _,
    fault::OrFault as _,
    node_id::named,
    paging::{Paging, cost, weigh},
    scalars::{FlowDocument, Timestamp},
};

/// Routing under a name.
pub(in crate::graphql) struct Flow(pub(in crate::graphql) control::Flow);

/// A named flow: its draft, its published versions and its stages.
#[Object]
impl Flow {
    /// Globally unique id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        named("flow", &self.0.name)
    }

    /// Name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Vertical of the leads that it routes.
    async fn vertical(&self) -> &str {
        &self.0.vertical
    }

    /// Lead schema of the vertical.
    async fn lead_schema(&self, context: &Context<'_>) -> Result<Option<LeadSchema>> {
        let found = context
            .control()?
            .find_schema(&self.0.vertical)
            .await
            .or_fault()?;
        Ok(found.map(LeadSchema))
    }

    /// The draft; null if there is none.
    async fn draft(&self) -> Option<FlowDraft> {
        self.0.draft.clone().map(FlowDraft)
    }

    /// Published versions, newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn versions(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 100; default 50.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the entry after which the page starts.")] after: Option<String>,
    ) -> Result<Connection<String, FlowVersion>> {
        let paging = Paging::new(first, after.as_deref())?;
        let page = context
            .control()?
            .versions_of(&self.0.name, paging.after.as_ref(), paging.limit)
            .await;
        Ok(paging.of(page.or_fault()?, FlowVersion))
    }

    /// Stages by name.
    #[graphql(complexity = "weigh(1, 3, child_complexity)")]
    async fn stages(&self, context: &Context<'_>) -> Result<Vec<Stage>> {
        let stages = context.control()?.stages_of(&self.0.name).await;
        Ok(stages.or_fault()?.into_iter().map(Stage).collect())
    }

    /// A stage by name.
    async fn stage(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "Name of the stage, such as `live`.",
            default_with = "\"live\".to_owned()"
        )]
        name: String,
    ) -> Result<Option<Stage>> {
        Ok(context
            .control()?
            .find_stage(&self.0.name, &name)
            .await
            .or_fault()?
            .map(Stage))
    }

    /// Whether the flow takes leads: its stage `live` points to a version that runs.
    async fn is_live(&self, context: &Context<'_>) -> Result<bool> {
        Ok(context.engine()?.routes().find(&self.0.name).is_some())
    }

    /// Whether it takes no leads, whatever is live; see `setFlowStopped`.
    async fn is_stopped(&self) -> bool {
        self.0.is_stopped
    }

    /// Time of creation.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at.into()
    }
}

/// A flow that is being edited.
pub(in crate::graphql) struct FlowDraft(pub(in crate::graphql) control::FlowDraft);

/// The draft of a flow. It may have errors, which `diagnostics` lists.
#[Object]
impl FlowDraft {
    /// The flow document.
    async fn document(&self) -> Result<FlowDocument> {
        Ok(FlowDocument(self.0.json().or_fault()?))
    }

    /// Revision, from 1, incremented with each change; the next change expects it.
    async fn revision(&self) -> i64 {
        self.0.revision
    }

    /// Time of the last change.
    async fn updated_at(&self) -> Timestamp {
        self.0.updated_at.into()
    }

    /// What publishing it would change: its differences from the live version, or from the newest one if none is live.
    /// Null if the flow has no version.
    #[graphql(complexity = "weigh(50, 10, child_complexity)")]
    async fn changes(&self, context: &Context<'_>) -> Result<Option<Vec<FlowChange>>> {
        let document = self.0.document().or_fault()?;
        let changes = context.control()?.draft_changes(&document).await;
        let changes = changes.or_fault()?;
        Ok(changes.map(|it| it.into_iter().map(FlowChange::from).collect()))
    }

    /// Current findings of the checks.
    #[graphql(complexity = "weigh(100, 1, child_complexity)")]
    async fn diagnostics(&self, context: &Context<'_>) -> Result<Vec<Diagnostic>> {
        let document = self.0.document().or_fault()?;
        let found = context.control()?.check_flow(document).await.or_fault()?;
        Ok(diagnostic::shown(found))
    }
}
