//! The state as their callers meet them: a real platform on a database of its own, over loopback.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(
    clippy::format_collect,
    clippy::format_push_string,
    reason = "tests read better with one line of text each"
)]

mod bulk_jobs;
mod changes;
mod clocks;
mod console;
mod console_access;
mod console_queries;
mod experiments;
mod explanations;
mod graphql_http;
mod graphql_stories;
mod hostile;
mod leads;
mod learning;
mod lines;
mod people;
mod platform;
mod postbacks;
mod predicates;
mod rest;
mod roles;
mod simulations;
mod site;
mod sources;
mod twice;
