//! Server processes, and what needs a person.

use async_graphql::{Context, Object, Result, connection::Connection};

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        fault::OrFault as _,
        paging::{Paging, cost},
        types::{
            alert::{Alert, AlertSettings},
            server::{ArmState, Server},
        },
    },
};

/// The query of server processes.
#[derive(Debug, Default)]
pub(crate) struct ServerQuery;

#[Object]
impl ServerQuery {
    /// Server processes on this database, oldest first.
    #[graphql(complexity = "10 + 10 * child_complexity")]
    async fn servers(&self, context: &Context<'_>) -> Result<Vec<Server>> {
        context.require(Right::Read)?;
        let servers = context.history()?.servers().await.or_fault()?;
        Ok(servers.into_iter().map(Server).collect())
    }

    /// What needs a person, or needed one, newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn alerts(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only what lasts, or only what is over; default: all.")]
        is_lasting: Option<bool>,
        #[graphql(desc = "Page size, 1 to 100; default 50.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the entry after which the page starts.")] after: Option<String>,
    ) -> Result<Connection<String, Alert>> {
        context.require(Right::Read)?;
        let paging = Paging::new(first, after.as_deref())?;
        let page = context
            .history()?
            .alerts(is_lasting, paging.after.as_ref(), paging.limit)
            .await;
        Ok(paging.of(page.or_fault()?, Alert))
    }

    /// What alerts are raised about by the server that answers, and who is told.
    async fn alert_settings(&self, context: &Context<'_>) -> Result<AlertSettings> {
        context.require(Right::Read)?;
        let alerts = context.options()?.alerts.clone();
        let is_watching = alerts.is_some();
        let alerts = alerts.unwrap_or_default();
        Ok(AlertSettings {
            is_watching,
            webhook: alerts.webhook,
            silence_minutes: alerts.silence_minutes,
            failures_percent: alerts.failures_percent,
        })
    }

    /// What the server that answers knows of bandits' arms. Servers that have come to the same number in commit order know
    /// the same.
    #[graphql(complexity = 1_000)]
    async fn arm_state(&self, context: &Context<'_>) -> Result<ArmState> {
        context.require(Right::Read)?;
        Ok(ArmState(context.engine()?.learner().state_hash()))
    }
}
