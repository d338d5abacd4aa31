//! What can be asked.

mod configuration;
mod leads;
mod learning;
mod nodes;
mod refused;
mod suppose;

use async_graphql::MergedObject;

/// What can be asked.
#[derive(Debug, Default, MergedObject)]
pub(crate) struct Query(
    nodes::NodeQuery,
    configuration::ConfigurationQuery,
    leads::LeadQuery,
    learning::LearningQuery,
    refused::RefusedQuery,
    suppose::SupposeQuery,
);
