//! Global ids: a prefix for the kind, and the key within it.

use async_graphql::{Context, ID, Interface, Result};
use pointsman_lead::{Id, Kind, kinds};

use super::{
    asking::Asking as _,
    fault::OrFault as _,
    types::{
        conversion::Conversion, decision::Decision, delivery::Delivery, destination::Destination,
        flow::Flow, flow_version::FlowVersion, lead::Lead, lead_schema::LeadSchema,
        simulation::Simulation, token::Token,
    },
};
use crate::access::Right;

/// An object with a globally unique id.
#[derive(Interface)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "Globally unique id, opaque to clients."
))]
pub(super) enum Node {
    /// A lead.
    Lead(Lead),
    /// A decision.
    Decision(Decision),
    /// A delivery.
    Delivery(Delivery),
    /// A conversion.
    Conversion(Conversion),
    /// A flow.
    Flow(Flow),
    /// A version of a flow.
    FlowVersion(FlowVersion),
    /// A destination.
    Destination(Destination),
    /// The lead schema of a vertical.
    LeadSchema(LeadSchema),
    /// A simulation.
    Simulation(Simulation),
    /// A token.
    Token(Token),
}

/// The id of something that has a name.
pub(super) fn named(kind: &str, name: &str) -> ID {
    ID(format!("{kind}:{name}"))
}

/// What stands behind an id of a kind: the text without its prefix, or as it is.
pub(super) fn name_of<'a>(kind: &str, id: &'a str) -> &'a str {
    id.strip_prefix(kind)
        .and_then(|rest| rest.strip_prefix(':'))
        .unwrap_or(id)
}

fn is<K: Kind>(id: &str) -> bool {
    id.parse::<Id<K>>().is_ok()
}

/// Whatever an id names, if it is there and may be seen.
pub(super) async fn find(context: &Context<'_>, id: &str) -> Result<Option<Node>> {
    if is::<kinds::Lead>(id) {
        return Ok(Lead::find(context, id).await?.map(Node::Lead));
    }
    context.require(Right::Read)?;
    let read = context.read()?;
    if is::<kinds::Decision>(id) {
        return Ok(read
            .find_decision(id)
            .await
            .or_fault()?
            .map(|row| Node::Decision(Decision(row))));
    }
    if is::<kinds::Delivery>(id) {
        return Ok(read
            .find_delivery(id)
            .await
            .or_fault()?
            .map(|row| Node::Delivery(Delivery(row))));
    }
    if is::<kinds::Conversion>(id) {
        return Ok(read
            .find_conversion(id)
            .await
            .or_fault()?
            .map(|row| Node::Conversion(Conversion(row))));
    }
    if is::<kinds::Job>(id) {
        return Ok(Simulation::find(context, id).await?.map(Node::Simulation));
    }
    if is::<kinds::Token>(id) {
        return Ok(Token::find(context, id).await?.map(Node::Token));
    }
    let Some((kind, name)) = id.split_once(':') else {
        return Ok(None);
    };
    Ok(match kind {
        "flow" => read
            .find_flow(name)
            .await
            .or_fault()?
            .map(|row| Node::Flow(Flow(row))),
        "version" => read
            .find_flow_version(name)
            .await
            .or_fault()?
            .map(|row| Node::FlowVersion(FlowVersion(row))),
        "destination" => {
            let found = context.control()?.find_destination(name).await.or_fault()?;
            found.map(|found| Node::Destination(Destination(found)))
        }
        "schema" => {
            let found = context.control()?.find_schema(name).await.or_fault()?;
            found.map(|found| Node::LeadSchema(LeadSchema(found)))
        }
        _ => None,
    })
}
