//! `/v1/postbacks/{token}`: conversions, in the formats that trackers send.

use std::collections::BTreeMap;

use axum::{
    extract::{RawQuery, Request, State},
    http::{Method, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use pointsman_control::Role;
use pointsman_engine::PostbackOutcome;
use pointsman_lead::Problem;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::{body, segment::Segment};
use crate::{ApiState, POSTBACK_BYTES_MAX, failure::Failure};

/// Most parameters of a postback.
const PARAMS_MAX: usize = 200;
/// Longest text that a tracker may ask to be echoed, in bytes.
const ECHO_BYTES_MAX: usize = 64;

/// Refuses HEAD, which programs send to probe an address and not to report.
pub(crate) async fn refuse_head() -> Response {
    let methods = [(header::ALLOW, "GET, POST")];
    (methods, Failure::method_not_allowed()).into_response()
}

/// Takes a postback. The secret is part of the address, since trackers can send no headers.
pub(crate) async fn take(
    State(state): State<ApiState>,
    Segment(secret): Segment,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response, Failure> {
    let unknown = || {
        let detail = "the address has no valid token; create a token of role postback";
        Failure::new(
            StatusCode::UNAUTHORIZED,
            "unauthenticated",
            "Authentication required",
            detail,
        )
        .at(
            "token",
            "the last segment of the address is the secret of the token",
        )
    };
    let principal = state
        .control
        .authenticate(&secret)
        .await?
        .ok_or_else(unknown)?;
    if principal.role != Role::Postback {
        return Err(Failure::forbidden(
            "postbacks need a token of role postback",
        ));
    }
    let mut params = BTreeMap::new();
    add_form(&mut params, query.unwrap_or_default().as_bytes());
    if request.method() == Method::POST {
        add_body(&mut params, request).await?;
    }
    let mut problems = Vec::new();
    if params.len() > PARAMS_MAX {
        let message = format!("a postback has at most {PARAMS_MAX} parameters");
        problems.push(Problem::new("too_many", "", message).hint("send fewer parameters"));
    }
    let echo = echo(&mut params, &mut problems);
    let outcome = state
        .engine
        .postbacks()
        .report(&params, principal.destination, problems)
        .await?;
    Ok(answer(outcome, echo))
}

fn answer(outcome: PostbackOutcome, echo: Option<String>) -> Response {
    let status = match outcome {
        PostbackOutcome::Parked => StatusCode::ACCEPTED,
        PostbackOutcome::Applied | PostbackOutcome::Duplicate => StatusCode::OK,
    };
    match echo {
        Some(text) => (
            status,
            [(header::CONTENT_TYPE, "text/plain; charset=utf-8")],
            text,
        )
            .into_response(),
        None => (status, axum::Json(json!({ "status": outcome }))).into_response(),
    }
}

/// The text that the tracker wants to read as our answer.
fn echo(params: &mut BTreeMap<String, String>, problems: &mut Vec<Problem>) -> Option<String> {
    let text = params.remove("return")?;
    if text.len() <= ECHO_BYTES_MAX
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() || byte == b' ')
    {
        return Some(text);
    }
    let message = format!("`return` is at most {ECHO_BYTES_MAX} characters of plain ASCII");
    problems.push(Problem::new("malformed", "return", message).hint("omit it, or send return=OK"));
    None
}

fn add_form(params: &mut BTreeMap<String, String>, bytes: &[u8]) {
    params.extend(
        form_urlencoded::parse(bytes).map(|(name, value)| (name.into_owned(), value.into_owned())),
    );
}

/// Adds the parameters of a body; they count more than those of the address.
async fn add_body(params: &mut BTreeMap<String, String>, request: Request) -> Result<(), Failure> {
    let (parts, body) = request.into_parts();
    let bytes = body::read(&parts.headers, body, POSTBACK_BYTES_MAX).await?;
    match body::media_type(&parts.headers).as_str() {
        "application/x-www-form-urlencoded" => add_form(params, &bytes),
        "application/json" => add_json(params, &bytes)?,
        _ if bytes.is_empty() => {}
        _ => {
            return Err(Failure::media_type(
                "application/x-www-form-urlencoded or application/json",
            ));
        }
    }
    Ok(())
}

fn add_json(params: &mut BTreeMap<String, String>, bytes: &[u8]) -> Result<(), Failure> {
    let Value::Object(members) = body::json(bytes)? else {
        let problem = Problem::new("wrong_type", "", "a postback is a JSON object")
            .hint(r#"send {"click_id": "…"}"#);
        return Err(Failure::problems(vec![problem]));
    };
    for (name, value) in members {
        let text = match value {
            Value::Null => continue,
            Value::String(text) => text,
            // Numbers, booleans, lists and objects are kept as their JSON text.
            other => other.to_string(),
        };
        params.insert(name, text);
    }
    Ok(())
}
