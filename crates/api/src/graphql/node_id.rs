//! Global ids: a prefix for the kind, and the key within it.

use async_graphql::{Context, ID, Interface, Result};

use super::{
    asking::Asking as _,
    fault::OrFault as _,
    types::{
        bulk_job::BulkJob, conversion::Conversion, decision::Decision, delivery::Delivery,
        destination::Destination, experiment::Experiment, flow::Flow, flow_version::FlowVersion,
        lead::Lead, lead_return::LeadReturn, lead_schema::LeadSchema, named_list::NamedList,
        simulation::Simulation, source::Source, token::Token,
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
    /// A return.
    LeadReturn(LeadReturn),
    /// A flow.
    Flow(Flow),
    /// A version of a flow.
    FlowVersion(FlowVersion),
    /// A destination.
    Destination(Destination),
    /// An experiment.
    Experiment(Experiment),
    /// The lead schema of a vertical.
    LeadSchema(LeadSchema),
    /// A simulation.
    Simulation(Simulation),
    /// An operation on many deliveries or postbacks.
    BulkJob(BulkJob),
    /// A source.
    Source(Source),
    /// A named list.
    NamedList(NamedList),
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

/// Whatever an id names, if it is there and may be seen.
pub(super) async fn find(context: &Context<'_>, id: &str) -> Result<Option<Node>> {
    if let Ok(id) = id.parse() {
        return Ok(Lead::find(context, id).await?.map(Node::Lead));
    }
    context.require(Right::Read)?;
    let (control, history) = (context.control()?, context.history()?);
    if let Ok(id) = id.parse() {
        let decision = history.find_decision(id).await.or_fault()?;
        return Ok(decision.map(|found| Node::Decision(Decision(found))));
    }
    if let Ok(id) = id.parse() {
        let job = history.find_bulk_job(id).await.or_fault()?;
        return Ok(job.map(|found| Node::BulkJob(BulkJob(found))));
    }
    if let Ok(id) = id.parse() {
        let delivery = history.find_delivery(id).await.or_fault()?;
        return Ok(delivery.map(|found| Node::Delivery(Delivery(found))));
    }
    if let Ok(id) = id.parse() {
        let conversion = history.find_conversion(id).await.or_fault()?;
        return Ok(conversion.map(|found| Node::Conversion(Conversion(found))));
    }
    if let Ok(id) = id.parse() {
        let found = history.find_return(id).await.or_fault()?;
        return Ok(found.map(|found| Node::LeadReturn(LeadReturn(found))));
    }
    if let Ok(id) = id.parse() {
        return Ok(Simulation::find(context, id).await?.map(Node::Simulation));
    }
    if let Ok(id) = id.parse() {
        return Ok(Token::find(context, id).await?.map(Node::Token));
    }
    let Some((kind, name)) = id.split_once(':') else {
        return Ok(None);
    };
    Ok(match kind {
        "flow" => {
            let found = control.find_flow(name).await.or_fault()?;
            found.map(|found| Node::Flow(Flow(found)))
        }
        "version" => {
            let found = control.find_version(name).await.or_fault()?;
            found.map(|found| Node::FlowVersion(FlowVersion(found)))
        }
        "destination" => {
            let found = control.find_destination(name).await.or_fault()?;
            found.map(|found| Node::Destination(Destination(found)))
        }
        "experiment" => {
            let found = control.find_experiment(name).await.or_fault()?;
            found.map(|found| Node::Experiment(Experiment(found)))
        }
        "source" => {
            let found = control.find_source(name).await.or_fault()?;
            found.map(|found| Node::Source(Source(found)))
        }
        "list" => {
            let found = control.find_list(name).await.or_fault()?;
            found.map(|found| Node::NamedList(NamedList(found)))
        }
        "schema" => {
            let found = control.find_schema(name).await.or_fault()?;
            found.map(|found| Node::LeadSchema(LeadSchema(found)))
        }
        _ => None,
    })
}
