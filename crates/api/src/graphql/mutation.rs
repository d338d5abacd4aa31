//! The mutations.

mod configuration;
mod drafts;
mod edits;
mod leads;
mod simulations;
mod stages;
mod tokens;

use async_graphql::MergedObject;

/// All mutations.
#[derive(Debug, Default, MergedObject)]
pub(crate) struct Mutation(
    leads::LeadMutation,
    configuration::ConfigurationMutation,
    drafts::DraftMutation,
    stages::StageMutation,
    simulations::SimulationMutation,
    tokens::TokenMutation,
);
