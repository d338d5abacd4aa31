//! Operations on many deliveries or postbacks.

use async_graphql::{Context, ID, Object, Result, connection::Connection};

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        fault::OrFault as _,
        paging::{Paging, cost},
        types::bulk_job::BulkJob,
    },
};

/// Bulk jobs.
#[derive(Debug, Default)]
pub(crate) struct BulkJobQuery;

#[Object]
impl BulkJobQuery {
    /// Bulk jobs, newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn bulk_jobs(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 100; default 50.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the entry after which the page starts.")] after: Option<String>,
    ) -> Result<Connection<String, BulkJob>> {
        context.require(Right::Read)?;
        let paging = Paging::new(first, after.as_deref())?;
        let page = context
            .history()?
            .bulk_jobs(paging.after.as_ref(), paging.limit)
            .await;
        Ok(paging.of(page.or_fault()?, BulkJob))
    }

    /// A bulk job.
    async fn bulk_job(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Id.")] id: ID,
    ) -> Result<Option<BulkJob>> {
        context.require(Right::Read)?;
        let Ok(id) = id.parse() else {
            return Ok(None);
        };
        let found = context.history()?.find_bulk_job(id).await;
        Ok(found.or_fault()?.map(BulkJob))
    }
}
