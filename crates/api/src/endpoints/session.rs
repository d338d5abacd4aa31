//! `/v1/session`: a browser signs in with a token, and out again.
//!
//! The session is a cookie that no script can read. It counts on `/graphql` alone.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use pointsman_control::SESSION_DURATION;
use pointsman_lead::Problem;

use super::body;
use crate::{
    ApiState,
    access::{Right, cookie},
    failure::Failure,
};

/// Largest body, in bytes.
const BYTES_MAX: usize = 4_096;

/// Begins a session with the token in the body: `{"token": "pm_…"}`.
pub(crate) async fn begin(
    State(state): State<ApiState>,
    request: Request,
) -> Result<Response, Failure> {
    let (parts, body) = request.into_parts();
    cookie::check_own_page(&parts.headers, &state.options)?;
    if body::media_type(&parts.headers) != "application/json" {
        return Err(Failure::media_type("application/json"));
    }
    let bytes = body::read(&parts.headers, body, BYTES_MAX).await?;
    let body = body::json(&bytes)?;
    let Some(token) = body["token"].as_str().map(str::trim) else {
        let problem = Problem::new(
            "missing_member",
            "token",
            "`token` is required and is a string",
        )
        .hint("send a token of this server, such as `pm_analyst_…`");
        return Err(Failure::problems(vec![problem]));
    };
    let Some(principal) = state.control.authenticate(token).await? else {
        return Err(refused());
    };
    if !Right::Read.is_of(principal.role) && !Right::SendLeads.is_of(principal.role) {
        let detail = "a token of this role opens no screen of the console";
        return Err(Failure::forbidden(detail));
    }
    let agent = parts
        .headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let session = state.control.begin_session(principal, agent).await?;
    let Some(session) = session else {
        return Err(refused());
    };
    let seconds = SESSION_DURATION.as_secs();
    set(&cookie::write(&session.secret, seconds, &state.options))
}

fn refused() -> Failure {
    let detail = "this is no valid token of this server; it may have been revoked";
    Failure::new(
        StatusCode::UNAUTHORIZED,
        "unauthenticated",
        "Authentication required",
        detail,
    )
    .at("token", "an administrator of this server creates tokens")
}

/// Ends the session of the browser that asks.
pub(crate) async fn end(
    State(state): State<ApiState>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    cookie::check_own_page(&headers, &state.options)?;
    if let Some(secret) = cookie::read(&headers, &state.options) {
        state.control.end_session(secret).await?;
    }
    set(&cookie::write("", 0, &state.options))
}

/// An answer without a body that sets a cookie.
fn set(cookie: &str) -> Result<Response, Failure> {
    let cookie = HeaderValue::from_str(cookie).map_err(|_| Failure::internal())?;
    let headers = [
        (header::SET_COOKIE, cookie),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((StatusCode::NO_CONTENT, headers).into_response())
}
