//! Changes of sources.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use pointsman_control::SourceToPut;

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        scalars::SourceDocument,
        types::source::Source,
        user_error::{UserError, sorted},
    },
};

/// A source to create or replace.
#[derive(Debug, InputObject)]
pub(crate) struct PutSourceInput {
    /// Name of the source in leads and tokens.
    name: String,
    /// Document that reads its payloads.
    document: SourceDocument,
    /// Expected current revision; 0: it must not exist; omitted: any.
    expected_revision: Option<i64>,
}

/// The new source, or the errors of the input.
#[derive(SimpleObject)]
pub(crate) struct PutSourcePayload {
    /// The source; null when `userErrors` is not empty.
    source: Option<Source>,
    /// All errors of the input.
    user_errors: Vec<UserError>,
}

/// Sources.
#[derive(Debug, Default)]
pub(crate) struct SourceMutation;

#[Object]
impl SourceMutation {
    /// Creates or replaces the document of a source. It applies to payloads that are received from now on.
    async fn put_source(
        &self,
        context: &Context<'_>,
        input: PutSourceInput,
    ) -> Result<PutSourcePayload> {
        context.require(Right::Edit)?;
        let PutSourceInput {
            name,
            document,
            expected_revision,
        } = input;
        let new = SourceToPut {
            name,
            document: document.0,
            expected_revision,
        };
        Ok(match sorted(context.control()?.put_source(new).await)? {
            Ok(source) => PutSourcePayload {
                source: Some(Source(source)),
                user_errors: Vec::new(),
            },
            Err((user_errors, _)) => PutSourcePayload {
                source: None,
                user_errors,
            },
        })
    }
}
