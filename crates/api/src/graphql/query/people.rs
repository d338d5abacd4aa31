//! Erasures, the suppression list, and retention.

use async_graphql::{Context, ID, Object, Result, connection::Connection};

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        fault::OrFault as _,
        paging::{Paging, cost},
        types::erasure::{Erasure, Retention, SuppressionCount},
    },
};

/// The queries about persons.
#[derive(Debug, Default)]
pub(crate) struct PeopleQuery;

#[Object]
impl PeopleQuery {
    /// Erasures, newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn erasures(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 100; default 50.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the entry after which the page starts.")] after: Option<String>,
    ) -> Result<Connection<String, Erasure>> {
        context.require(Right::Read)?;
        let paging = Paging::new(first, after.as_deref())?;
        let control = context.control()?;
        let page = control.erasures(paging.after.as_ref(), paging.limit).await;
        Ok(paging.of(page.or_fault()?, Erasure))
    }

    /// An erasure with its receipt.
    async fn erasure(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Id.")] id: ID,
    ) -> Result<Option<Erasure>> {
        context.require(Right::Read)?;
        let found = context.control()?.find_erasure(&id).await;
        Ok(found.or_fault()?.map(Erasure))
    }

    /// Number of values on the suppression list, by where they come from.
    async fn suppressions(&self, context: &Context<'_>) -> Result<Vec<SuppressionCount>> {
        context.require(Right::Read)?;
        let counts = context.control()?.suppression_counts().await;
        Ok(counts.or_fault()?.into_iter().map(Into::into).collect())
    }

    /// How long personal values are kept, by vertical. Verticals without a rule keep them as long as their leads.
    async fn retentions(&self, context: &Context<'_>) -> Result<Vec<Retention>> {
        context.require(Right::Read)?;
        let rules = context.control()?.retentions().await;
        Ok(rules.or_fault()?.into_iter().map(Into::into).collect())
    }
}
