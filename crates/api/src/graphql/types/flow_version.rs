//! Versions of flows.

use async_graphql::{Context, ID, Object, Result, connection::Connection};
use pointsman_control as control;
use pointsman_flow::Document;

use super::{flow::Flow, flow_node::FlowNode};
use crate::graphql::{
    asking::Asking as _,
    fault::OrFault as _,
    node_id::named,
    paging::{Paging, by_name, cost},
    scalars::{FlowDocument, Timestamp},
};

/// An immutable version of a flow.
pub(in crate::graphql) struct FlowVersion(pub(in crate::graphql) control::FlowVersion);

impl FlowVersion {
    fn document_of(&self) -> Result<Document> {
        self.0.document().or_fault()
    }
}

/// An immutable version of a flow, identified by its content hash.
#[Object]
impl FlowVersion {
    /// Globally unique id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        named("version", &self.0.hash)
    }

    /// Content hash; equal flows have equal hashes.
    async fn hash(&self) -> &str {
        &self.0.hash
    }

    /// Name of the flow.
    async fn flow_name(&self) -> &str {
        &self.0.flow
    }

    /// The flow.
    async fn flow(&self, context: &Context<'_>) -> Result<Option<Flow>> {
        Ok(context
            .control()?
            .find_flow(&self.0.flow)
            .await
            .or_fault()?
            .map(Flow))
    }

    /// Number of the version within the flow, from 1.
    async fn number(&self) -> i64 {
        self.0.number
    }

    /// Message of the author.
    async fn message(&self) -> &str {
        &self.0.message
    }

    /// Author: the token that published it.
    async fn author(&self) -> &str {
        &self.0.author
    }

    /// Time of publication.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at.into()
    }

    /// The flow document.
    async fn document(&self) -> Result<FlowDocument> {
        Ok(FlowDocument(self.0.json().or_fault()?))
    }

    /// Name of the root node.
    async fn root(&self) -> Result<String> {
        Ok(self.document_of()?.root)
    }

    /// ISO 4217 code of the currency of all amounts.
    async fn currency(&self) -> Result<String> {
        Ok(self.document_of()?.currency.to_string())
    }

    /// Number of destinations that one lead may be sold to.
    async fn max_sold(&self) -> Result<u8> {
        Ok(self.document_of()?.max_sold)
    }

    /// Nodes by name.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn nodes(
        &self,
        #[graphql(desc = "Page size, 1 to 100; default 50.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the entry after which the page starts.")] after: Option<String>,
    ) -> Result<Connection<String, FlowNode>> {
        let paging = Paging::new(first, after.as_deref())?;
        let document = self.document_of()?;
        let nodes = document.nodes.clone().into_iter().collect();
        Ok(paging.of_list(
            nodes,
            |(name, _)| by_name(name),
            |(name, node)| FlowNode::new(&document, name, node),
        ))
    }

    /// A node by name.
    async fn node(&self, #[graphql(desc = "Name.")] name: String) -> Result<Option<FlowNode>> {
        let document = self.document_of()?;
        let node = document.nodes.get(&name).cloned();
        Ok(node.map(|node| FlowNode::new(&document, name, node)))
    }
}
