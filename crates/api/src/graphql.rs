//! The GraphQL endpoint: schema, limits and permissions.

mod asking;
mod budget;
mod dry_run;
mod fault;
mod handler;
mod limits;
mod literals;
mod loaders;
mod mutation;
mod node_id;
mod paging;
mod personal;
mod query;
mod scalars;
mod shape;
mod socket;
mod subscription;
mod types;
mod user_error;

pub use dry_run::dry_run;
pub(crate) use handler::{handle, page};
pub use socket::OpenSockets;
pub(crate) use socket::{Seats, open};

use async_graphql::SchemaBuilder;

/// The schema as a whole.
pub(crate) type Schema =
    async_graphql::Schema<query::Query, mutation::Mutation, subscription::Subscription>;

/// Deepest nesting of fields; the introspection query of common tools fits.
const DEPTH_MAX: usize = 15;
/// Most fields that one request may ask for, those of each page counted as often as the page is long.
const COMPLEXITY_MAX: usize = 10_000;
/// Most directives on one field.
const DIRECTIVES_MAX: usize = 20;

/// Longest document whose unknown names are compared with all known ones, in bytes.
const SUGGESTED_BYTES_MAX: usize = 2_048;

/// The schemas that execute documents.
#[derive(Clone)]
pub(crate) struct Schemas {
    /// Suggests a known name for each unknown one.
    helpful: Schema,
    /// Makes no suggestions, which cost more than all other validation of a long document.
    terse: Schema,
}

impl Schemas {
    pub(crate) fn new() -> Self {
        Self {
            helpful: build().finish(),
            terse: build().disable_suggestions().finish(),
        }
    }

    /// The one for a document.
    fn of(&self, document: &str) -> &Schema {
        if document.len() > SUGGESTED_BYTES_MAX {
            &self.terse
        } else {
            &self.helpful
        }
    }
}

/// The schema with its limits.
fn build() -> SchemaBuilder<query::Query, mutation::Mutation, subscription::Subscription> {
    Schema::build(
        query::Query::default(),
        mutation::Mutation::default(),
        subscription::Subscription,
    )
    .limit_depth(DEPTH_MAX)
    .limit_complexity(COMPLEXITY_MAX)
    .limit_directives(DIRECTIVES_MAX)
    .extension(budget::FieldBudget)
}

/// The schema in the schema definition language, as it is kept in `graphql/schema.graphql`.
pub fn sdl() -> String {
    let options = async_graphql::SDLExportOptions::new().prefer_single_line_descriptions();
    let sdl = build().finish().sdl_with_options(options);
    format!("{}\n", sdl.trim_end())
}

#[cfg(test)]
mod tests;
