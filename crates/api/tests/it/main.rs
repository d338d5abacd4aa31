//! The doors as their callers meet them: a real platform on a database of its own, over loopback.

mod graphql_http;
mod graphql_stories;
mod leads;
mod lines;
mod postbacks;
mod rest;
mod roles;
mod site;
