//! Named lists.

use async_graphql::{Context, Object, Result, connection::Connection};

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        fault::OrFault as _,
        paging::{Paging, by_name, cost},
        types::named_list::NamedList,
    },
};

/// Named lists.
#[derive(Debug, Default)]
pub(crate) struct NamedListQuery;

#[Object]
impl NamedListQuery {
    /// The named lists, by name.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn lists(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 100; default 50.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the entry after which the page starts.")] after: Option<String>,
    ) -> Result<Connection<String, NamedList>> {
        context.require(Right::Read)?;
        let paging = Paging::new(first, after.as_deref())?;
        let lists = context.control()?.lists().await.or_fault()?;
        Ok(paging.of_list(lists, |list| by_name(&list.name), NamedList))
    }

    /// A named list.
    async fn list(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Name.")] name: String,
    ) -> Result<Option<NamedList>> {
        context.require(Right::Read)?;
        let list = context.control()?.find_list(&name).await;
        Ok(list.or_fault()?.map(NamedList))
    }
}
