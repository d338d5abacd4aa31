//! Shadows and rollouts.

use async_graphql::{Context, Object, Result, connection::Connection};

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        fault::OrFault as _,
        paging::{Paging, cost},
        types::{rollout::Rollout, shadow::Shadow},
    },
};

/// Queries of shadows and rollouts.
#[derive(Debug, Default)]
pub(crate) struct RolloutQuery;

#[Object]
impl RolloutQuery {
    /// The latest shadow of a flow, which may have ended; null if there was none.
    async fn shadow(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Name of the flow.")] flow: String,
    ) -> Result<Option<Shadow>> {
        context.require(Right::Read)?;
        let found = context.control()?.latest_shadow(&flow).await;
        Ok(found.or_fault()?.map(Shadow))
    }

    /// Shadows of a flow, newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn shadows(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Name of the flow.")] flow: String,
        #[graphql(desc = "Page size, 1 to 100; default 50.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the entry after which the page starts.")] after: Option<String>,
    ) -> Result<Connection<String, Shadow>> {
        context.require(Right::Read)?;
        let paging = Paging::new(first, after.as_deref())?;
        let control = context.control()?;
        let page = control.shadows(&flow, paging.after.as_ref(), paging.limit);
        Ok(paging.of(page.await.or_fault()?, Shadow))
    }

    /// Rollouts, newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn rollouts(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only those of this flow.")] flow: Option<String>,
        #[graphql(desc = "Page size, 1 to 100; default 50.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the entry after which the page starts.")] after: Option<String>,
    ) -> Result<Connection<String, Rollout>> {
        context.require(Right::Read)?;
        let paging = Paging::new(first, after.as_deref())?;
        let control = context.control()?;
        let page = control.rollouts(flow.as_deref(), paging.after.as_ref(), paging.limit);
        Ok(paging.of(page.await.or_fault()?, Rollout))
    }

    /// A rollout by name.
    async fn rollout(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Name.")] name: String,
    ) -> Result<Option<Rollout>> {
        context.require(Right::Read)?;
        let found = context.control()?.find_rollout(&name).await;
        Ok(found.or_fault()?.map(Rollout))
    }
}
