//! Refusals of the HTTP endpoints: RFC 9457 problem details.

use std::any::Any;

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use pointsman_flow::Diagnostic;
use pointsman_lead::Problem;
use serde::Serialize;

use crate::request_id;

mod refused;

/// Why an endpoint refused a request.
///
/// # Source
///
/// Nottingham, Wilde, Dalal, *Problem Details for HTTP APIs*, RFC 9457, 2023.
#[derive(Debug)]
pub(crate) struct Failure {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: String,
    problems: Vec<Problem>,
    diagnostics: Vec<Diagnostic>,
    retry_after_seconds: Option<u16>,
}

/// The document as it is sent.
#[derive(Serialize)]
struct Details<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    problems: &'a [Problem],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    diagnostics: &'a [Diagnostic],
}

impl Failure {
    pub(crate) fn new(
        status: StatusCode,
        code: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            status,
            code,
            title,
            detail: detail.into(),
            problems: Vec::new(),
            diagnostics: Vec::new(),
            retry_after_seconds: None,
        }
    }

    /// The request has mistakes: all of them.
    pub(crate) fn problems(problems: Vec<Problem>) -> Self {
        let detail = match problems.as_slice() {
            [only] => only.message.clone(),
            several => format!("the request has {} problems", several.len()),
        };
        let failure = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid_request",
            "Invalid request",
            detail,
        );
        Self {
            problems,
            ..failure
        }
    }

    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "Not found", detail)
    }

    pub(crate) fn method_not_allowed() -> Self {
        let detail = "the method is not allowed here; the `Allow` header lists the allowed methods";
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "Method not allowed",
            detail,
        )
    }

    pub(crate) fn malformed(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "malformed_body",
            "Malformed body",
            detail,
        )
        .at("", "check its syntax and that it is UTF-8")
    }

    /// The body is not JSON, or JSON with a duplicate member.
    pub(crate) fn unreadable(problems: Vec<Problem>) -> Self {
        match problems.as_slice() {
            [only] if only.code == "malformed" => Self::malformed(only.message.clone()),
            _ => Self::problems(problems),
        }
    }

    pub(crate) fn too_large(bytes_max: usize) -> Self {
        let detail = format!("the body has more than {bytes_max} bytes");
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            "Body too large",
            detail,
        )
        .at("", "split the request")
    }

    pub(crate) fn media_type(wanted: &str) -> Self {
        let detail = format!("the `Content-Type` must be {wanted}");
        let hint = format!("use {wanted}");
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "Unsupported media type",
            detail,
        )
        .at("Content-Type", &hint)
    }

    pub(crate) fn encoding(sent: &str) -> Self {
        let detail =
            format!("compressed bodies are not supported; the request has encoding `{sent}`");
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_content_encoding",
            "Unsupported content encoding",
            detail,
        )
        .at("Content-Encoding", "send the body without compression")
    }

    pub(crate) fn too_slow(seconds: u64) -> Self {
        let detail = format!("the body did not arrive within {seconds} seconds");
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            "timeout",
            "Request timeout",
            detail,
        )
        .at(
            "",
            "send the whole body without pauses, or in several requests",
        )
    }

    pub(crate) fn unauthenticated() -> Self {
        let detail = "send a valid token: `Authorization: Bearer pm_…`";
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthenticated",
            "Authentication required",
            detail,
        )
        .at(
            "Authorization",
            "an administrator of this server creates tokens",
        )
    }

    pub(crate) fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "Permission denied",
            detail,
        )
        .at("Authorization", "use a token with another role")
    }

    /// Nothing of a source is taken.
    pub(crate) fn source_stopped(name: &str) -> Self {
        let detail = format!("source `{name}` is stopped");
        Self::new(
            StatusCode::FORBIDDEN,
            "source_inactive",
            "Source stopped",
            detail,
        )
        .at("source", "whoever configures it sets `active` to true")
    }

    pub(crate) fn busy() -> Self {
        let detail = "too many requests are waiting; retry later";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "Busy", detail).retry_after(1)
    }

    pub(crate) fn unavailable() -> Self {
        let detail = "the database is unavailable; retry later";
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "Unavailable",
            detail,
        )
        .retry_after(5)
    }

    pub(crate) fn stopping() -> Self {
        let detail = "this server is shutting down; retry the request";
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "stopping",
            "Shutting down",
            detail,
        )
        .retry_after(2)
    }

    pub(crate) fn internal() -> Self {
        let detail = "internal error; the server log has the cause under the id of this request";
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Internal error",
            detail,
        )
    }

    /// The HTTP status.
    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// The refusal in one sentence.
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    /// What is wrong with the request, in problems; the refusal itself where it has none.
    pub(crate) fn into_problems(self) -> Vec<Problem> {
        if self.problems.is_empty() {
            return vec![Problem::new(self.code, "", self.detail)];
        }
        self.problems
    }

    /// The same with the place of its one problem and a hint.
    pub(crate) fn at(self, path: &str, hint: &str) -> Self {
        let problem = Problem::new(self.code, path, self.detail.clone()).hint(hint);
        Self {
            problems: vec![problem],
            ..self
        }
    }

    pub(crate) fn retry_after(mut self, seconds: u16) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// The problem details as JSON, on one line.
    pub(crate) fn to_json(&self) -> String {
        let details = Details {
            r#type: format!("urn:pointsman:problem:{}", self.code),
            title: self.title,
            status: self.status.as_u16(),
            detail: &self.detail,
            code: self.code,
            instance: request_id::current(),
            problems: &self.problems,
            diagnostics: &self.diagnostics,
        };
        // Texts and numbers become JSON without fail.
        serde_json::to_string(&details).unwrap_or_default()
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let content_type = [(header::CONTENT_TYPE, "application/problem+json")];
        let mut response = (self.status, content_type, self.to_json()).into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.code == "unsupported_content_encoding" {
            // RFC 9110, section 12.5.3: so that the sender learns what is taken.
            headers.insert(
                header::ACCEPT_ENCODING,
                HeaderValue::from_static("identity"),
            );
        }
        if self.status == StatusCode::PAYLOAD_TOO_LARGE {
            // The rest of the body is not read, so the connection ends; who sends on it once more would lose a request.
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// The answer to a request whose handling panicked.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the layer hands the panic over"
)]
pub(crate) fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response<Body> {
    let what = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    tracing::error!(panic = what.as_deref().unwrap_or("-"), "a request panicked");
    Failure::internal().into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_of_the_database_is_shown() {
        let source = Box::new(std::io::Error::other("SELECT secret FROM lead"));
        for error in [
            pointsman_store::Error::Unavailable {
                source: source as _,
            },
            pointsman_store::Error::Corrupt {
                what: "SELECT secret".to_owned(),
            },
        ] {
            let error = pointsman_history::Error::from(error);
            assert!(!Failure::from(error).to_json().contains("SELECT"));
        }
    }
}
