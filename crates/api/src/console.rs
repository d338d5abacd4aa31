//! The web console over HTTP: its page at every address that a browser asks for, and its files.
//!
//! An API client never gets a page: only a request that asks for HTML does, and never below the addresses of the API.

use axum::{
    extract::{Path, Request},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use pointsman_console as console;

use crate::failure::Failure;

/// What the page may load: its own files, and nothing that is written into the page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; \
     frame-ancestors 'none'";
/// What the page asks of the device: nothing.
const PERMISSIONS: &str =
    "camera=(), geolocation=(), microphone=(), payment=(), usb=(), clipboard-read=()";
/// The hash in the address changes with the file.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// First parts of addresses that are the API's: nothing below them is a screen.
const RESERVED: [&str; 7] = [
    "graphql", "graphiql", "v1", "livez", "readyz", "metrics", "_console",
];

/// Answers a request that no other endpoint takes: with the page, if a browser asks for one.
pub(crate) async fn fallback(request: Request) -> Response {
    let first = request.uri().path().split('/').nth(1).unwrap_or_default();
    if RESERVED.contains(&first) || !wants_page(request.headers()) {
        return Failure::not_found("there is no such address").into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Failure::method_not_allowed().into_response();
    }
    page()
}

fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// The page of every screen. It names no lead and no person, so it is the same for everybody.
fn page() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    let mut response = (headers, console::page()).into_response();
    for (name, value) in [
        ("cross-origin-opener-policy", "same-origin"),
        ("permissions-policy", PERMISSIONS),
    ] {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

/// `/_console/{hash}/{name}`: a file, for ever the same at its address.
pub(crate) async fn file(
    Path((hash, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let found = console::find(&name).filter(|_| hash == console::hash());
    let Some(file) = found else {
        // A page of an earlier version asks for what is gone; it must not take a page for a script.
        let detail = "this version of the console has no such file; load the page again";
        return Failure::not_found(detail).into_response();
    };
    let etag = format!("\"{hash}-{name}\"");
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    let is_known = known.is_some_and(|known| known.contains(&etag));
    let is_gzipped = accepts_gzip(&headers);
    let body = match (is_known, is_gzipped) {
        (true, _) => &[],
        (false, true) => file.gzipped(),
        (false, false) => file.bytes(),
    };
    let status = if is_known {
        StatusCode::NOT_MODIFIED
    } else {
        StatusCode::OK
    };
    let fixed = [
        (header::CONTENT_TYPE, file.media_type),
        (header::CACHE_CONTROL, FOR_EVER),
        (header::VARY, "accept-encoding"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let mut response = (status, fixed, [(header::ETAG, etag)], body).into_response();
    if is_gzipped && !is_known {
        let gzip = HeaderValue::from_static("gzip");
        response
            .headers_mut()
            .insert(header::CONTENT_ENCODING, gzip);
    }
    response
}

/// Whether a client takes gzip: it names it, and not with a weight of 0.
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT_ENCODING).iter();
    let texts = accepted.filter_map(|value| value.to_str().ok());
    texts.flat_map(|text| text.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let is_gzip = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok());
        is_gzip && weight.is_none_or(|weight| weight > 0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_to_those_that_take_it() {
        let accepts = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(text));
            accepts_gzip(&headers)
        };
        assert!(accepts("gzip, deflate, br"));
        assert!(accepts("br;q=1.0, GZIP;q=0.5"));
        assert!(!accepts("gzip;q=0, identity"));
        assert!(!accepts("br"));
        assert!(!accepts_gzip(&HeaderMap::new()));
    }
}
