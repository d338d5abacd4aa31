//! From a target and an offer to the bytes of a request.

use futures_util::stream;
use reqwest::{
    Body, Method as HttpMethod, Request,
    header::{ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use url::{Url, form_urlencoded};

use super::Leaving;
use crate::{Format, Method, Offer, Target, template::Scope};

/// The request, or what keeps it from being one.
pub(super) fn build(target: &Target, offer: &Offer, leaving: &Leaving) -> Result<Request, String> {
    let scope = Scope { target, offer };
    let mut url = Url::parse(&target.url).map_err(|error| format!("target.url: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() {
        return Err("target.url: not a plain http or https address".to_owned());
    }
    let body = match target.format {
        Format::Json => Some(("application/json", scope.body().to_string())),
        Format::Form => Some(("application/x-www-form-urlencoded", form(scope))),
        Format::Query => {
            let pairs = scope.pairs();
            if !pairs.is_empty() {
                url.query_pairs_mut().extend_pairs(pairs);
            }
            None
        }
    };
    let method = match target.method {
        Method::Post => HttpMethod::POST,
        Method::Put => HttpMethod::PUT,
        Method::Get => HttpMethod::GET,
    };
    let mut request = Request::new(method, url);
    if let Some((content_type, text)) = body {
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        // Given by hand, because a stream's length is not known and many destinations read no chunks.
        headers.insert(CONTENT_LENGTH, HeaderValue::from(text.len()));
        *request.body_mut() = Some(watched(text, leaving));
    }
    request
        .headers_mut()
        .insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    own_headers(scope, request.headers_mut())?;
    let key = HeaderValue::from_str(&offer.delivery_id)
        .map_err(|_| "the delivery id does not fit into a header".to_owned())?;
    request
        .headers_mut()
        .insert(HeaderName::from_static("idempotency-key"), key);
    Ok(request)
}

fn form(scope: Scope<'_>) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(scope.pairs())
        .finish()
}

/// A body that notes when a connection first reads it.
fn watched(text: String, leaving: &Leaving) -> Body {
    let leaving = leaving.clone();
    Body::wrap_stream(stream::once(async move {
        leaving.begin();
        Ok::<_, std::convert::Infallible>(text)
    }))
}

/// A text as a header can have it: typed text may have line breaks.
fn one_line(text: &str) -> String {
    text.replace("\r\n", " ").replace(['\n', '\r'], " ")
}

/// Puts the target's headers in; a message names the header and never its value.
fn own_headers(scope: Scope<'_>, headers: &mut HeaderMap) -> Result<(), String> {
    for (name, template) in &scope.target.headers {
        let fault = || format!("target.headers.{name}: the name or this lead's value does not fit");
        let text = one_line(&scope.text(template));
        let mut value = HeaderValue::from_bytes(text.as_bytes()).map_err(|_| fault())?;
        value.set_sensitive(true);
        let name: HeaderName = name.parse().map_err(|_| fault())?;
        headers.insert(name, value);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn line_breaks_of_a_lead_end_no_header() {
        let text = one_line("Hi,\r\nX-Other: 1\n\rplease call");
        assert_eq!(text, "Hi, X-Other: 1  please call");
    }
}
