//! Refused commands.

use async_graphql::{Context, Object, Result, connection::Connection};

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        fault::OrFault as _,
        paging::{Paging, cost},
        types::refused_command::RefusedCommand,
    },
};

/// The query of refused commands.
#[derive(Debug, Default)]
pub(crate) struct RefusedQuery;

#[Object]
impl RefusedQuery {
    /// Commands that could not be stored and were refused permanently, newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn refused_commands(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 100; default 50.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the entry after which the page starts.")] after: Option<String>,
    ) -> Result<Connection<String, RefusedCommand>> {
        context.require(Right::Read)?;
        let paging = Paging::new(first, after.as_deref())?;
        let page = context
            .history()?
            .refused_commands(paging.after.as_ref(), paging.limit)
            .await;
        Ok(paging.of(page.or_fault()?, RefusedCommand))
    }
}
