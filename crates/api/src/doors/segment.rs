//! The variable part of an address.

use axum::{
    extract::{FromRequestParts, Path},
    http::{StatusCode, request::Parts},
};

use crate::failure::Failure;

/// The one variable part of an address, as text.
#[derive(Debug)]
pub(crate) struct Segment(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        path.map(|Path(text)| Self(text)).map_err(|_| {
            let detail = "the address is not UTF-8 behind its percent signs";
            let (status, title) = (StatusCode::BAD_REQUEST, "The address cannot be read");
            Failure::new(status, "malformed_address", title, detail)
        })
    }
}
