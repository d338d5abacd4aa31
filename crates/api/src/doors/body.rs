//! Bodies of requests: what they say they are, and no more bytes than allowed.

use std::time::Duration;

use axum::{
    body::Body,
    http::{HeaderMap, StatusCode, header},
};
use futures_util::StreamExt as _;

use crate::failure::Failure;

/// Real time for a body to arrive as a whole.
const PATIENCE: Duration = Duration::from_secs(30);

/// The media type of a body in lower case and without parameters; empty if it has none.
pub(super) fn media_type(headers: &HeaderMap) -> String {
    let value = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = value
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// Reads a body as a whole.
pub(super) async fn read(
    headers: &HeaderMap,
    body: Body,
    bytes_max: usize,
) -> Result<Vec<u8>, Failure> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    let announced = announced.and_then(|value| value.parse::<usize>().ok());
    if announced.is_some_and(|announced| announced > bytes_max) {
        return Err(Failure::too_large(bytes_max));
    }
    if let Ok(read) = tokio::time::timeout(PATIENCE, collect(body, bytes_max)).await {
        read
    } else {
        let detail = format!(
            "the body did not arrive within {} seconds",
            PATIENCE.as_secs()
        );
        Err(Failure::new(
            StatusCode::REQUEST_TIMEOUT,
            "timeout",
            "Too slow",
            detail,
        ))
    }
}

async fn collect(body: Body, bytes_max: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Failure::malformed("the body broke off"))?;
        if bytes.len() + chunk.len() > bytes_max {
            return Err(Failure::too_large(bytes_max));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// A body as text.
pub(super) fn text(bytes: Vec<u8>) -> Result<String, Failure> {
    String::from_utf8(bytes).map_err(|_| Failure::malformed("the body is not UTF-8"))
}
