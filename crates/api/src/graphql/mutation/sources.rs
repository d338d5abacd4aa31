//! Changes of sources.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use pointsman_control::{Error, Source as StoredSource, SourceToPut};

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        node_id::name_of,
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

/// Whether a source may send leads.
#[derive(Debug, InputObject)]
pub(crate) struct SetSourceActiveInput {
    /// Name or id of a source that has a document.
    name: String,
    /// Whether its leads are taken.
    is_active: bool,
    /// Expected current revision; omitted: any.
    expected_revision: Option<i64>,
    /// Why, at most 2,000 characters; it is kept with the change.
    reason: Option<String>,
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
        put(context.control()?.put_source(new).await)
    }

    /// Stops a source at once, in whichever way its leads come, or lets it send again. The rest of its document stays.
    async fn set_source_active(
        &self,
        context: &Context<'_>,
        input: SetSourceActiveInput,
    ) -> Result<PutSourcePayload> {
        context.require(Right::Operate)?;
        let SetSourceActiveInput {
            name,
            is_active,
            expected_revision,
            reason,
        } = input;
        let name = name_of("source", &name);
        put(match context.control()?.because(reason.as_deref()) {
            Ok(control) => {
                control
                    .set_source_active(name, is_active, expected_revision)
                    .await
            }
            Err(refused) => Err(refused),
        })
    }
}

fn put(stored: std::result::Result<StoredSource, Error>) -> Result<PutSourcePayload> {
    Ok(match sorted(stored)? {
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
