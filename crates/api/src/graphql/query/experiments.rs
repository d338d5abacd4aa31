//! Experiments.

use async_graphql::{Context, Object, Result, connection::Connection};

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        fault::OrFault as _,
        node_id::name_of,
        paging::{Paging, cost},
        types::experiment::Experiment,
    },
};

/// Queries of experiments.
#[derive(Debug, Default)]
pub(crate) struct ExperimentQuery;

#[Object]
impl ExperimentQuery {
    /// Experiments, newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn experiments(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only those of this flow.")] flow: Option<String>,
        #[graphql(desc = "Page size, 1 to 100; default 50.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the entry after which the page starts.")] after: Option<String>,
    ) -> Result<Connection<String, Experiment>> {
        context.require(Right::Read)?;
        let paging = Paging::new(first, after.as_deref())?;
        let control = context.control()?;
        let page = control
            .experiments(flow.as_deref(), paging.after.as_ref(), paging.limit)
            .await;
        Ok(paging.of(page.or_fault()?, Experiment))
    }

    /// An experiment by name or id.
    async fn experiment(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Name or id.")] name: String,
    ) -> Result<Option<Experiment>> {
        context.require(Right::Read)?;
        let name = name_of("experiment", &name);
        let found = context.control()?.find_experiment(name).await;
        Ok(found.or_fault()?.map(Experiment))
    }
}
