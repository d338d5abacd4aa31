//! Schemas, destinations, flows, differences and tokens.

use async_graphql::{Context, Object, Result, connection::Connection};
use pointsman_history::Place;

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        fault,
        fault::OrFault as _,
        loaders::Now,
        node_id::name_of,
        paging::{Paging, by_name, cost, weigh},
        types::{
            cap::CapAlert, destination::Destination, flow::Flow, flow_diff::FlowChange,
            flow_moves::FlowMoves, flow_version::FlowVersion, lead_schema::LeadSchema,
            session::Session, token::Token,
        },
    },
};

/// Schemas, destinations, flows and tokens.
#[derive(Debug, Default)]
pub(crate) struct ConfigurationQuery;

#[Object]
impl ConfigurationQuery {
    /// The lead schemas, by vertical.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn lead_schemas(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 100; default 50.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the entry after which the page starts.")] after: Option<String>,
    ) -> Result<Connection<String, LeadSchema>> {
        context.require(Right::Read)?;
        let paging = Paging::new(first, after.as_deref())?;
        let schemas = context.control()?.schemas().await.or_fault()?;
        Ok(paging.of_list(
            schemas,
            |schema| by_name(schema.schema.vertical()),
            LeadSchema,
        ))
    }

    /// The lead schema of a vertical.
    async fn lead_schema(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The vertical.")] vertical: String,
    ) -> Result<Option<LeadSchema>> {
        context.require(Right::Read)?;
        Ok(context
            .control()?
            .find_schema(&vertical)
            .await
            .or_fault()?
            .map(LeadSchema))
    }

    /// The destinations, by name.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn destinations(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 100; default 50.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the entry after which the page starts.")] after: Option<String>,
    ) -> Result<Connection<String, Destination>> {
        context.require(Right::Read)?;
        let paging = Paging::new(first, after.as_deref())?;
        let destinations = context.control()?.destinations().await.or_fault()?;
        Ok(paging.of_list(
            destinations,
            |destination| by_name(&destination.name),
            Destination,
        ))
    }

    /// A destination.
    async fn destination(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Name.")] name: String,
    ) -> Result<Option<Destination>> {
        context.require(Right::Read)?;
        Ok(context
            .control()?
            .find_destination(&name)
            .await
            .or_fault()?
            .map(Destination))
    }

    /// The caps of all destinations that have reached 50 percent in their present windows, the fullest first; at most 1,000.
    #[graphql(complexity = "10 + 10 * child_complexity")]
    async fn cap_alerts(&self, context: &Context<'_>) -> Result<Vec<CapAlert>> {
        context.require(Right::Read)?;
        let now = context.batches()?.load_one(Now(())).await?;
        let now = now.ok_or_else(fault::internal)?;
        let destinations = context.control()?.destinations().await.or_fault()?;
        Ok(CapAlert::all(destinations, &now.0, now.1))
    }

    /// The flows, by name.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn flows(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 100; default 50.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the entry after which the page starts.")] after: Option<String>,
    ) -> Result<Connection<String, Flow>> {
        context.require(Right::Read)?;
        let paging = Paging::new(first, after.as_deref())?;
        let flows = context.control()?.flows().await.or_fault()?;
        Ok(paging.of_list(flows, |flow| by_name(&flow.name), Flow))
    }

    /// A flow.
    async fn flow(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Name.")] name: String,
    ) -> Result<Option<Flow>> {
        context.require(Right::Read)?;
        let flow = context.control()?.find_flow(&name).await;
        Ok(flow.or_fault()?.map(Flow))
    }

    /// A version of a flow.
    async fn flow_version(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Content hash.")] hash: String,
    ) -> Result<Option<FlowVersion>> {
        context.require(Right::Read)?;
        Ok(context
            .control()?
            .find_version(&hash)
            .await
            .or_fault()?
            .map(FlowVersion))
    }

    /// The differences between two versions of a flow.
    #[graphql(complexity = "weigh(50, 10, child_complexity)")]
    async fn flow_diff(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Hash or id of the older version.")] from: String,
        #[graphql(desc = "Hash or id of the newer version.")] to: String,
    ) -> Result<Vec<FlowChange>> {
        context.require(Right::Read)?;
        let (from, to) = (name_of("version", &from), name_of("version", &to));
        let changes = found(context.control()?.diff(from, to).await)?;
        Ok(changes.into_iter().map(FlowChange::from).collect())
    }

    /// How many people would get another arm if the later version replaced the earlier one.
    #[graphql(complexity = "weigh(50, 10, child_complexity)")]
    async fn flow_moves(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Hash or id of the earlier version.")] from: String,
        #[graphql(desc = "Hash or id of the later version.")] to: String,
    ) -> Result<FlowMoves> {
        context.require(Right::Read)?;
        let (from, to) = (name_of("version", &from), name_of("version", &to));
        let moves = found(context.control()?.moves(from, to).await)?;
        Ok(moves.into())
    }

    /// Tokens, oldest first. Requires permission to administer.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn tokens(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 100; default 50.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the entry after which the page starts.")] after: Option<String>,
    ) -> Result<Connection<String, Token>> {
        context.require(Right::Administer)?;
        let paging = Paging::new(first, after.as_deref())?;
        let tokens = context.control()?.tokens().await.or_fault()?;
        let place =
            |token: &pointsman_control::Token| Place::new(token.created_at.0, token.id.to_string());
        Ok(paging.of_list(tokens, place, Token))
    }

    /// Sessions of browsers that are not over, newest first. An administrator sees all of them, others those of their own token.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn sessions(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 100; default 50.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the entry after which the page starts.")] after: Option<String>,
    ) -> Result<Connection<String, Session>> {
        let paging = Paging::new(first, after.as_deref())?;
        let sessions = context.control()?.sessions(context.principal()?).await;
        // Places grow along the list.
        let place = |session: &pointsman_control::Session| {
            Place::new(-session.created_at.0, session.id.to_string())
        };
        Ok(paging.of_list(sessions.or_fault()?, place, Session))
    }
}

/// What was read of versions, or a message for whoever named one that does not exist.
fn found<T>(read: Result<T, pointsman_control::Error>) -> Result<T> {
    match read {
        Err(pointsman_control::Error::NotFound { what }) => {
            Err(fault::bad_input(format!("there is no {what}")))
        }
        read => read.or_fault(),
    }
}
