//! Objects by id, and the token of the request.

use async_graphql::{Context, ID, Object, Result};

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        fault,
        node_id::{self, Node},
        paging::weigh,
        types::{
            about::About,
            viewer::{RoleRights, Viewer},
        },
    },
};

/// Most ids of one request.
const IDS_MAX: usize = 100;

/// The queries of objects by id, and of the viewer.
#[derive(Debug, Default)]
pub(crate) struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The object with this id; null if there is none.
    async fn node(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Id.")] id: ID,
    ) -> Result<Option<Node>> {
        node_id::find(context, &id).await
    }

    /// The objects with these ids, in the same order; at most 100.
    #[graphql(complexity = "weigh(1, ids.len(), child_complexity)")]
    async fn nodes(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Ids.")] ids: Vec<ID>,
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

    /// The server that answers.
    async fn about(&self, context: &Context<'_>) -> Result<About> {
        context.principal()?;
        Ok(About {
            version: env!("CARGO_PKG_VERSION"),
            console_hash: pointsman_console::hash(),
            is_open: context.options()?.open.is_some(),
            now: context.engine()?.clock().now().into(),
        })
    }

    /// The token that the request was sent with.
    async fn viewer(&self, context: &Context<'_>) -> Result<Viewer> {
        Ok(context.principal()?.clone().into())
    }

    /// What tokens of each role may do.
    async fn roles(&self, context: &Context<'_>) -> Result<Vec<RoleRights>> {
        context.require(Right::Read)?;
        Ok(RoleRights::all())
    }
}
