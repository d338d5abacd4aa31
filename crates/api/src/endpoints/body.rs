//! Bodies of requests: media type, encoding and size.

use std::time::Duration;

use axum::{
    body::Body,
    http::{HeaderMap, header},
};
use futures_util::StreamExt as _;

use pointsman_lead::json;
use serde_json::Value;

use crate::failure::Failure;

/// Real time for a body to arrive as a whole.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// The media type of a body in lower case and without parameters; empty if it has none.
pub(crate) fn media_type(headers: &HeaderMap) -> String {
    let value = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = value
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// Reads a body as a whole.
pub(crate) async fn read(
    headers: &HeaderMap,
    body: Body,
    bytes_max: usize,
) -> Result<Vec<u8>, Failure> {
    check_encoding(headers)?;
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    let announced = announced.and_then(|value| value.parse::<usize>().ok());
    if announced.is_some_and(|announced| announced > bytes_max) {
        return Err(Failure::too_large(bytes_max));
    }
    within(READ_TIMEOUT, collect(body, bytes_max)).await
}

async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    match tokio::time::timeout(limit, work).await {
        Ok(done) => done,
        Err(_) => Err(Failure::too_slow(limit.as_secs())),
    }
}

/// Refuses a body that is compressed: its size says nothing of what comes out of it.
pub(crate) fn check_encoding(headers: &HeaderMap) -> Result<(), Failure> {
    for value in headers.get_all(header::CONTENT_ENCODING) {
        let encoding = value.to_str().unwrap_or("?").trim();
        if !encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity") {
            return Err(Failure::encoding(encoding));
        }
    }
    Ok(())
}

async fn collect(body: Body, bytes_max: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Failure::malformed("the body ended early"))?;
        if bytes.len() + chunk.len() > bytes_max {
            return Err(Failure::too_large(bytes_max));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// A body as text, without the byte order mark that some programs put before it.
pub(crate) fn text(bytes: &[u8]) -> Result<&str, Failure> {
    let text = str::from_utf8(bytes).map_err(|_| Failure::malformed("the body is not UTF-8"))?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// A body as JSON that says nothing twice.
pub(crate) fn json(bytes: &[u8]) -> Result<Value, Failure> {
    json::read(text(bytes)?).map_err(Failure::unreadable)
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    #[tokio::test]
    async fn a_body_that_never_ends_is_given_up() {
        let begun = futures_util::stream::iter([Ok::<_, std::io::Error>("x")]);
        let body = Body::from_stream(begun.chain(futures_util::stream::pending()));
        let given_up = within(Duration::from_millis(5), collect(body, 1_000)).await;
        let status = given_up.unwrap_err().status();
        assert_eq!(status, StatusCode::REQUEST_TIMEOUT);
    }

    #[tokio::test]
    async fn a_compressed_body_is_refused_by_its_name() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_ENCODING, "gzip".parse().unwrap());
        let failure = read(&headers, Body::from("x"), 9).await.unwrap_err();
        assert_eq!(failure.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert!(failure.detail().contains("gzip"));
        headers.insert(header::CONTENT_ENCODING, "identity".parse().unwrap());
        assert_eq!(read(&headers, Body::from("x"), 9).await.unwrap(), b"x");
    }

    #[test]
    fn a_byte_order_mark_is_passed_over() {
        assert_eq!(json(b"\xEF\xBB\xBF{}").unwrap(), serde_json::json!({}));
        assert!(json(b"\xFF\xFE{\0}\0").is_err(), "UTF-16");
    }
}
