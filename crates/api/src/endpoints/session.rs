//! `/v1/session`: a browser signs in with a token or by a link, and out again.
//!
//! The session is a cookie that no script can read. It counts on `/graphql` alone.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Instant,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use pointsman_control::{Principal, SESSION_DURATION};
use pointsman_lead::Problem;
use serde_json::Value;

use super::body;
use crate::{
    ApiState,
    access::{Right, cookie},
    failure::Failure,
};

/// Largest body, in bytes.
const BYTES_MAX: usize = 4_096;

/// Begins a session with the token in the body, `{"token": "pm_…"}`, or with the code of a link, `{"code": "pm_link_…"}`.
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
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let address = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
    let has_proxy = state.options.public_url.is_some();
    if let Some(wait) = state.attempts.wait(address, has_proxy, Instant::now()) {
        let detail = "too many attempts to sign in from this address; wait a minute";
        let status = StatusCode::TOO_MANY_REQUESTS;
        let failure = Failure::new(status, "too_many_attempts", "Too many attempts", detail);
        let seconds = u16::try_from(wait.as_secs())
            .unwrap_or(60)
            .saturating_add(1);
        return Err(failure.retry_after(seconds));
    }
    let Some(principal) = principal(&state, &body).await? else {
        state.attempts.failed(address, Instant::now());
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

/// Whoever a body signs in; `None` for a token or a code that is not valid.
async fn principal(state: &ApiState, body: &Value) -> Result<Option<Principal>, Failure> {
    if let Some(code) = body["code"].as_str().map(str::trim) {
        return Ok(state.control.redeem_sign_in_link(code).await?);
    }
    let Some(token) = body["token"].as_str().map(str::trim) else {
        let problem = Problem::new(
            "missing_member",
            "token",
            "`token` is required and is a string",
        )
        .hint("send a token of this server, such as `pm_analyst_…`");
        return Err(Failure::problems(vec![problem]));
    };
    Ok(state.control.authenticate(token).await?)
}

fn refused() -> Failure {
    let detail =
        "this is no valid token of this server; it may have been revoked, and a link works once";
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
