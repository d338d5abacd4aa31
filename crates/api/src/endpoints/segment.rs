//! The variable part of an address.

use axum::{
    extract::{FromRequestParts, Path},
    http::{StatusCode, request::Parts},
};

use pointsman_lead::unstorable;

use crate::failure::Failure;

/// Most characters of the variable part; ids, names and secrets are shorter.
const CHARS_MAX: usize = 256;

/// The one variable part of an address, as text.
#[derive(Debug)]
pub(crate) struct Segment(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let refuse = |detail: String| {
            let (status, title) = (StatusCode::BAD_REQUEST, "Malformed address");
            Failure::new(status, "malformed_address", title, detail)
                .at("", "use the address as it was given to you")
        };
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| refuse("the percent-encoded address is not UTF-8".to_owned()))?;
        match unstorable("the address", &text, CHARS_MAX) {
            None => Ok(Self(text)),
            Some(problem) => Err(refuse(problem.message)),
        }
    }
}
