//! Sending postbacks to sources again.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use pointsman_lead::Problem;

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        fault::OrFault as _,
        types::source_postback::SourcePostback,
        user_error::{UserError, sorted},
    },
};

/// Longest reason, in characters.
const NOTE_CHARS_MAX: usize = 500;

/// A dead postback to send again.
#[derive(Debug, InputObject)]
pub(crate) struct ResendSourcePostbackInput {
    /// Id of the postback.
    id: ID,
    /// Reason, kept with the change.
    note: Option<String>,
}

/// The postback, or the errors of the input.
#[derive(SimpleObject)]
pub(crate) struct ResendSourcePostbackPayload {
    /// The postback; null when `userErrors` is not empty.
    source_postback: Option<SourcePostback>,
    /// All errors of the input.
    user_errors: Vec<UserError>,
}

/// Mutations of postbacks to sources.
#[derive(Debug, Default)]
pub(crate) struct SourcePostbackMutation;

#[Object]
impl SourcePostbackMutation {
    /// Sends a postback again that the tracker of its source refused, or did not take in time: with its id and its content, on
    /// a new schedule.
    async fn resend_source_postback(
        &self,
        context: &Context<'_>,
        input: ResendSourcePostbackInput,
    ) -> Result<ResendSourcePostbackPayload> {
        context.require(Right::Operate)?;
        let ResendSourcePostbackInput { id, note } = input;
        let failed = |user_errors| ResendSourcePostbackPayload {
            source_postback: None,
            user_errors,
        };
        let note_text = note.as_deref().unwrap_or_default();
        let wrong = pointsman_lead::unstorable("note", note_text, NOTE_CHARS_MAX);
        let mut problems: Vec<Problem> = wrong.into_iter().collect();
        let id = id.parse();
        if id.is_err() {
            let problem = Problem::new("not_found", "id", "there is no postback with this id");
            problems.push(problem.hint("take it from `sourcePostbacks`"));
        }
        let Some(id) = id.ok().filter(|_| problems.is_empty()) else {
            return Ok(failed(problems.into_iter().map(UserError::from).collect()));
        };
        let control = context.control()?;
        if let Err((user_errors, _)) = sorted(control.resend_source_postback(id, note).await)? {
            return Ok(failed(user_errors));
        }
        let found = context.history()?.find_source_postback(id).await;
        Ok(ResendSourcePostbackPayload {
            source_postback: found.or_fault()?.map(SourcePostback),
            user_errors: Vec::new(),
        })
    }
}
