//! Postbacks to the trackers of sources.

use async_graphql::{Context, ID, Object, Result, connection::Connection};

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        fault::OrFault as _,
        paging::{Paging, cost},
        types::source_postback::{SourcePostback, SourcePostbackFilterInput},
    },
};

/// Postbacks to sources.
#[derive(Debug, Default)]
pub(crate) struct SourcePostbackQuery;

#[Object]
impl SourcePostbackQuery {
    /// Postbacks to the trackers of sources, newest event first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn source_postbacks(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Filter; default: all of them.")] filter: Option<
            SourcePostbackFilterInput,
        >,
        #[graphql(desc = "Page size, 1 to 100; default 50.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the entry after which the page starts.")] after: Option<String>,
    ) -> Result<Connection<String, SourcePostback>> {
        context.require(Right::Read)?;
        let paging = Paging::new(first, after.as_deref())?;
        let filter = filter.unwrap_or_default().into();
        let page = context
            .history()?
            .source_postbacks(&filter, paging.after.as_ref(), paging.limit)
            .await;
        Ok(paging.of(page.or_fault()?, SourcePostback))
    }

    /// A postback to the tracker of a source.
    async fn source_postback(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Id.")] id: ID,
    ) -> Result<Option<SourcePostback>> {
        context.require(Right::Read)?;
        let Ok(id) = id.parse() else {
            return Ok(None);
        };
        let found = context.history()?.find_source_postback(id).await;
        Ok(found.or_fault()?.map(SourcePostback))
    }
}
