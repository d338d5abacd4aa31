//! Erasures, the suppression list, and retention.

use async_graphql::{Context, ID, Object, Result, SimpleObject, connection::Connection};
use pointsman_control::Error;
use pointsman_lead::Problem;

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        fault::OrFault as _,
        mutation::people::ErasePersonsInput,
        paging::{Paging, cost},
        types::erasure::{Erasure, ErasurePreview, Retention, SuppressionCount},
        user_error::{UserError, sorted},
    },
};

/// What an erasure would find, or the errors of the input.
#[derive(SimpleObject)]
pub(crate) struct ErasurePreviewPayload {
    /// What would be found; null when `userErrors` is not empty.
    preview: Option<ErasurePreview>,
    /// All errors of the input.
    user_errors: Vec<UserError>,
}

/// The queries about persons.
#[derive(Debug, Default)]
pub(crate) struct PeopleQuery;

#[Object]
impl PeopleQuery {
    /// Erasures, newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn erasures(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 100; default 50.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the entry after which the page starts.")] after: Option<String>,
    ) -> Result<Connection<String, Erasure>> {
        context.require(Right::Read)?;
        let paging = Paging::new(first, after.as_deref())?;
        let control = context.control()?;
        let page = control.erasures(paging.after.as_ref(), paging.limit).await;
        Ok(paging.of(page.or_fault()?, Erasure))
    }

    /// An erasure with its receipt.
    async fn erasure(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Id.")] id: ID,
    ) -> Result<Option<Erasure>> {
        context.require(Right::Read)?;
        let found = context.control()?.find_erasure(&id).await;
        Ok(found.or_fault()?.map(Erasure))
    }

    /// What `erasePersons` would find with the same input. Nothing is changed. A request looks through some 20,000 leads; the
    /// next one goes on `after` it, and the numbers add up. Send it by POST: the address of a GET is kept in logs.
    #[graphql(complexity = 1_000)]
    async fn erasure_preview(
        &self,
        context: &Context<'_>,
        input: ErasePersonsInput,
        #[graphql(desc = "The `next` of the request before; default: from the first lead.")] after: Option<String>,
    ) -> Result<ErasurePreviewPayload> {
        context.require(Right::Administer)?;
        let control = context.control()?;
        let preview = match place(after.as_deref()) {
            Ok(after) => control.preview_erasure(&input.into(), after).await,
            Err(problem) => Err(Error::Problems(vec![problem])),
        };
        Ok(match sorted(preview)? {
            Ok(preview) => ErasurePreviewPayload {
                preview: Some(preview.into()),
                user_errors: Vec::new(),
            },
            Err((user_errors, _)) => ErasurePreviewPayload {
                preview: None,
                user_errors,
            },
        })
    }

    /// Number of values on the suppression list, by where they come from.
    async fn suppressions(&self, context: &Context<'_>) -> Result<Vec<SuppressionCount>> {
        context.require(Right::Read)?;
        let counts = context.control()?.suppression_counts().await;
        Ok(counts.or_fault()?.into_iter().map(Into::into).collect())
    }

    /// How long personal values are kept, by vertical. Verticals without a rule keep them as long as their leads.
    async fn retentions(&self, context: &Context<'_>) -> Result<Vec<Retention>> {
        context.require(Right::Read)?;
        let rules = context.control()?.retentions().await;
        Ok(rules.or_fault()?.into_iter().map(Into::into).collect())
    }
}

/// The place after which a preview goes on.
fn place(after: Option<&str>) -> std::result::Result<i64, Problem> {
    let read = after.map_or(Ok(0), str::parse);
    read.map_err(|_| {
        let problem = Problem::new("malformed", "after", "this is no place to go on at");
        problem.hint("take it from `next`, or leave it out")
    })
}
