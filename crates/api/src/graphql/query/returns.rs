//! Returns of leads: one, and lists of them.

use async_graphql::{Context, Object, Result, connection::Connection};
use pointsman_history as history;

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        fault::OrFault as _,
        paging::{Paging, cost},
        types::lead_return::{LeadReturn, ReturnFilterInput},
    },
};

/// The query of returns.
#[derive(Debug, Default)]
pub(crate) struct ReturnQuery;

#[Object]
impl ReturnQuery {
    /// Leads that were given back or charged back, latest request first. A token of one destination sees its own.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn returns(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Filter; default: all returns.")] filter: Option<ReturnFilterInput>,
        #[graphql(desc = "Page size, 1 to 100; default 50.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the entry after which the page starts.")] after: Option<String>,
    ) -> Result<Connection<String, LeadReturn>> {
        let principal = context.principal()?;
        let ReturnFilterInput { destination, state } = filter.unwrap_or_default();
        let destination = if let Some(own) = &principal.destination {
            context.require(Right::Report)?;
            if destination.is_some_and(|asked| asked != *own) {
                return Ok(Connection::new(false, false));
            }
            Some(own.clone())
        } else {
            context.require(Right::Read)?;
            destination
        };
        let filter = history::ReturnFilter {
            destination,
            state: state.map(history::ReturnState::from),
        };
        let paging = Paging::new(first, after.as_deref())?;
        let page = context
            .history()?
            .returns(&filter, paging.after.as_ref(), paging.limit)
            .await;
        Ok(paging.of(page.or_fault()?, LeadReturn))
    }
}
