//! The queries.

mod bulk_jobs;
mod changes;
mod configuration;
mod experiments;
pub(super) mod leads;
mod learning;
mod metrics;
mod named_lists;
mod nodes;
mod people;
mod predicates;
mod refused;
mod returns;
mod rollouts;
mod servers;
mod source_postbacks;
mod sources;
mod statements;
mod what_if;

use async_graphql::MergedObject;

/// Everything that can be read. Long lists come in pages.
#[derive(Debug, Default, MergedObject)]
pub(crate) struct Query(
    nodes::NodeQuery,
    changes::ChangeQuery,
    configuration::ConfigurationQuery,
    experiments::ExperimentQuery,
    leads::LeadQuery,
    bulk_jobs::BulkJobQuery,
    learning::LearningQuery,
    metrics::MetricsQuery,
    named_lists::NamedListQuery,
    people::PeopleQuery,
    predicates::PredicateQuery,
    refused::RefusedQuery,
    returns::ReturnQuery,
    rollouts::RolloutQuery,
    servers::ServerQuery,
    source_postbacks::SourcePostbackQuery,
    sources::SourceQuery,
    statements::StatementQuery,
    what_if::WhatIfQuery,
);
