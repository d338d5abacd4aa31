//! The mutations.

mod bulk_jobs;
mod configuration;
mod deliveries;
mod drafts;
mod edits;
mod experiments;
mod leads;
mod named_lists;
pub(super) mod people;
mod returns;
mod rollouts;
mod shadows;
mod simulations;
mod source_postbacks;
mod sources;
mod stages;
mod tokens;
mod trial;

use async_graphql::MergedObject;

/// Everything that can be changed. `userErrors` has all mistakes of an input at once.
#[derive(Debug, Default, MergedObject)]
pub(crate) struct Mutation(
    leads::LeadMutation,
    configuration::ConfigurationMutation,
    deliveries::DeliveryMutation,
    bulk_jobs::BulkJobMutation,
    returns::ReturnMutation,
    trial::TrialMutation,
    drafts::DraftMutation,
    stages::StageMutation,
    experiments::ExperimentMutation,
    shadows::ShadowMutation,
    named_lists::NamedListMutation,
    people::PeopleMutation,
    rollouts::RolloutMutation,
    simulations::SimulationMutation,
    source_postbacks::SourcePostbackMutation,
    sources::SourceMutation,
    tokens::TokenMutation,
);
