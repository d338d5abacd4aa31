//! Anything by its id, and whoever asks.

use async_graphql::{Context, ID, Object, Result};

use crate::graphql::{
    asking::Asking as _,
    fault,
    node_id::{self, Node},
    paging::weigh,
    types::viewer::Viewer,
};

/// Most ids of one request.
const IDS_MAX: usize = 100;

/// Anything by its id, and whoever asks.
#[derive(Debug, Default)]
pub(crate) struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Whatever an id names; absent if it is not there.
    async fn node(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The id.")] id: ID,
    ) -> Result<Option<Node>> {
        node_id::find(context, &id).await
    }

    /// Whatever these ids name, in their order; at most 100.
    #[graphql(complexity = "weigh(1, ids.len(), child_complexity)")]
    async fn nodes(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The ids.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        if ids.len() > IDS_MAX {
            return Err(fault::bad_input(format!(
                "{} ids are too many; at most {IDS_MAX}",
                ids.len()
            )));
        }
        let mut nodes = Vec::with_capacity(ids.len());
        for id in ids {
            nodes.push(node_id::find(context, &id).await?);
        }
        Ok(nodes)
    }

    /// Whoever asks.
    async fn viewer(&self, context: &Context<'_>) -> Result<Viewer> {
        Ok(context.principal()?.clone().into())
    }
}
