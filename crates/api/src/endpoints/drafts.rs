//! `/v1/flows/{name}/draft`: documents that are too large for a GraphQL request.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, header},
    response::{IntoResponse as _, Response},
};
use pointsman_flow::{Diagnostic, Document};
use pointsman_lead::Problem;
use serde_json::json;

use super::{body, segment::Segment};
use crate::{ApiState, DOCUMENT_BYTES_MAX, access::Right, failure::Failure};

/// Saves the draft of a flow, written in JSON or TOML. `If-Match` may name the revision it replaces.
pub(crate) async fn save(
    State(state): State<ApiState>,
    Segment(name): Segment,
    request: Request,
) -> Result<Response, Failure> {
    let (parts, body) = request.into_parts();
    let principal = state.allowed(&parts.headers, Right::Edit).await?;
    let expected = expected_revision(&parts.headers)?;
    let media_type = body::media_type(&parts.headers);
    let read: fn(&str) -> Result<Document, Vec<Diagnostic>> = match media_type.as_str() {
        "application/json" => Document::from_json,
        "application/toml" => Document::from_toml,
        _ => return Err(Failure::media_type("application/json or application/toml")),
    };
    let bytes = body::read(&parts.headers, body, DOCUMENT_BYTES_MAX).await?;
    let document = read(body::text(&bytes)?).map_err(|diagnostics| {
        Failure::from(pointsman_control::Error::Flow {
            flow: name.clone(),
            diagnostics,
        })
    })?;
    if document.flow != name {
        let message = format!(
            "the document names flow `{}`, the address names `{name}`",
            document.flow
        );
        let problem = Problem::new("contradiction", "flow", message).hint("change one of the two");
        return Err(Failure::problems(vec![problem]));
    }
    let control = state.control.acting_for(&principal);
    let saved = control.save_draft(document, expected).await?;
    let etag = [(header::ETAG, format!("\"{}\"", saved.revision))];
    let answer =
        json!({ "flow": saved.flow, "revision": saved.revision, "diagnostics": saved.diagnostics });
    Ok((etag, axum::Json(answer)).into_response())
}

/// The revision that `If-Match` names.
pub(super) fn expected_revision(headers: &HeaderMap) -> Result<Option<i64>, Failure> {
    let Some(value) = headers.get(header::IF_MATCH) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let revision = text.trim_matches('"').parse();
    revision.map(Some).map_err(|_| {
        let problem = Problem::new("malformed", "If-Match", "`If-Match` is not a revision");
        Failure::problems(vec![
            problem.hint("send the `ETag` of the last answer, or omit the header"),
        ])
    })
}
