//! A request as it left, for whoever tries a target out.

use super::{request::Prepared, tidy::Tidy};

/// Longest body that is shown, in characters.
const BODY_CHARS_MAX: usize = 16_000;

/// What stands in the place of what shows that a request is from us.
const MASKED: &str = "[secret]";

/// A request as it left, with every secret of its target masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriedRequest {
    /// `POST`, `PUT` or `GET`.
    pub method: String,
    /// The address with its parameters.
    pub url: String,
    /// Headers of ours in the order of their names; those of the connection are not among them.
    pub headers: Vec<(String, String)>,
    /// The body, at most 16,000 characters; `None` for parameters in the address.
    pub body: Option<String>,
}

impl TriedRequest {
    pub(super) fn of(prepared: &Prepared, tidy: &Tidy<'_>) -> Self {
        let mut headers: Vec<(String, String)> = prepared
            .headers
            .iter()
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes());
                let value = tidy.text(&value, BODY_CHARS_MAX);
                (name.to_string(), masked(name.as_str(), value))
            })
            .collect();
        headers.sort();
        let body = prepared.body.as_ref();
        Self {
            method: prepared.method.to_string(),
            url: tidy.text(prepared.url.as_str(), BODY_CHARS_MAX),
            headers,
            body: body.map(|body| tidy.text(body, BODY_CHARS_MAX)),
        }
    }
}

/// Credentials are masked whatever they are made of; the scheme before them stays.
fn masked(name: &str, value: String) -> String {
    if name != "authorization" {
        return value;
    }
    match value.split_once(' ') {
        Some((scheme, _)) => format!("{scheme} {MASKED}"),
        None => MASKED.to_owned(),
    }
}
