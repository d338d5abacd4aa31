//! The GraphQL door: schema, limits, and what a request may see.

mod asking;
mod fault;
mod handler;
mod literals;
mod loaders;
mod mutation;
mod node_id;
mod paging;
mod query;
mod scalars;
mod types;
mod user_error;

pub(crate) use handler::{handle, page};

use async_graphql::EmptySubscription;

/// The schema as a whole.
pub(crate) type Schema = async_graphql::Schema<query::Query, mutation::Mutation, EmptySubscription>;

/// Deepest nesting of fields; the introspection query of common tools fits.
const DEPTH_MAX: usize = 15;
/// Most fields that one request may ask for, those of each page counted as often as the page is long.
const COMPLEXITY_MAX: usize = 10_000;
/// Most directives on one field.
const DIRECTIVES_MAX: usize = 20;

/// The schema with its limits.
pub(crate) fn schema() -> Schema {
    Schema::build(
        query::Query::default(),
        mutation::Mutation::default(),
        EmptySubscription,
    )
    .limit_depth(DEPTH_MAX)
    .limit_complexity(COMPLEXITY_MAX)
    .limit_directives(DIRECTIVES_MAX)
    .finish()
}

/// The schema in the schema definition language, as it is kept in `graphql/schema.graphql`.
pub fn sdl() -> String {
    let options = async_graphql::SDLExportOptions::new().prefer_single_line_descriptions();
    let sdl = schema().sdl_with_options(options);
    format!("{}\n", sdl.trim_end())
}

#[cfg(test)]
mod tests;
