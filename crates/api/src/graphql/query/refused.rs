//! What could never be stored.

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

/// What could never be stored.
#[derive(Debug, Default)]
pub(crate) struct RefusedQuery;

#[Object]
impl RefusedQuery {
    /// What could never be stored and was refused for good, the newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn refused_commands(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Most entries, 1 to 100; 50 if left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
    ) -> Result<Connection<String, RefusedCommand>> {
        context.require(Right::Read)?;
        let paging = Paging::new(first, after.as_deref())?;
        let page = context
            .read()?
            .refused_commands(paging.after.as_ref(), paging.limit)
            .await;
        Ok(paging.of(page.or_fault()?, RefusedCommand))
    }
}
