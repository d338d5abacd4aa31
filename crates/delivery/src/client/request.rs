//! From a target and an offer to the bytes of a request.

use std::{
    convert::Infallible,
    time::{SystemTime, UNIX_EPOCH},
};

use futures_util::stream;
use reqwest::{
    Body, Method as HttpMethod, Request,
    header::{
        ACCEPT_ENCODING, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName,
        HeaderValue,
    },
};
use url::{Url, form_urlencoded};

use super::Leaving;
use crate::{
    Auth, Format, Method, Offer, Target,
    auth::{basic, sign, webhook_key},
    template::{Scope, Signed},
    xml,
};

/// A request that could leave.
#[derive(Debug, Clone)]
pub(super) struct Prepared {
    pub(super) method: HttpMethod,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    /// `None` for parameters in the address.
    pub(super) body: Option<String>,
}

impl Prepared {
    /// The request, or what keeps it from being one.
    ///
    /// * `token`: of a server of tokens, where the target wants one.
    pub(super) fn new(target: &Target, offer: &Offer, token: Option<&str>) -> Result<Self, String> {
        let scope = Scope::new(target, offer);
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
            Format::Xml => Some(("application/xml; charset=utf-8", document(scope.xml())?)),
            Format::Soap => Some(("text/xml; charset=utf-8", envelope(SOAP, &scope.xml())?)),
            Format::Soap12 => Some((
                "application/soap+xml; charset=utf-8",
                envelope(SOAP_12, &scope.xml())?,
            )),
        };
        let method = match target.method {
            Method::Post => HttpMethod::POST,
            Method::Put => HttpMethod::PUT,
            Method::Get => HttpMethod::GET,
        };
        let mut headers = HeaderMap::new();
        if let Some((content_type, _)) = &body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        if target.format == Format::Soap {
            // The older protocol wants one, also an empty one.
            let name = HeaderName::from_static("soapaction");
            headers.insert(name, HeaderValue::from_static("\"\""));
        }
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let mut prepared = Self {
            method,
            url,
            headers,
            body: body.map(|(_, text)| text),
        };
        own_headers(scope, &mut prepared.headers)?;
        prepared.prove(scope, token)?;
        let key = HeaderValue::from_str(&offer.delivery_id)
            .map_err(|_| "the delivery id does not fit into a header".to_owned())?;
        let name = HeaderName::from_static("idempotency-key");
        prepared.headers.insert(name, key);
        Ok(prepared)
    }

    /// Puts in what shows that it is from us.
    fn prove(&mut self, scope: Scope<'_>, token: Option<&str>) -> Result<(), String> {
        let Some(auth) = &scope.target.auth else {
            return Ok(());
        };
        let timestamp_s = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        let body = self.body.clone();
        let body = body.or_else(|| self.url.query().map(str::to_owned));
        let body = body.unwrap_or_default();
        let scope = Scope {
            signed: Some(Signed {
                body: &body,
                timestamp_s,
            }),
            ..scope
        };
        match auth {
            Auth::Basic { user, password } => {
                let value = basic(&scope.text(user), &scope.text(password));
                self.secret_header(AUTHORIZATION.as_str(), &value)
            }
            Auth::Bearer { token } => {
                let value = format!("Bearer {}", scope.text(token));
                self.secret_header(AUTHORIZATION.as_str(), &value)
            }
            Auth::OAuth { .. } => {
                let token = token.ok_or_else(|| "target.auth: no token".to_owned())?;
                self.secret_header(AUTHORIZATION.as_str(), &format!("Bearer {token}"))
            }
            Auth::Hmac {
                key,
                header,
                hash,
                encoding,
                prefix,
                signed,
                timestamp_header,
            } => {
                let key = scope.text(key);
                let signature = sign(key.as_bytes(), &scope.text(signed), *hash, *encoding);
                if let Some(name) = timestamp_header {
                    self.secret_header(name, &timestamp_s.to_string())?;
                }
                self.secret_header(header, &format!("{prefix}{signature}"))
            }
            Auth::StandardWebhooks { key } => {
                let key = webhook_key(&scope.text(key))
                    .ok_or_else(|| "target.auth.key: the key is not in Base64".to_owned())?;
                let id = &scope.offer.delivery_id;
                let signed = format!("{id}.{timestamp_s}.{body}");
                let (hash, encoding) = (
                    crate::SignatureHash::Sha256,
                    crate::SignatureEncoding::Base64,
                );
                let signature = sign(&key, &signed, hash, encoding);
                self.secret_header("webhook-id", id)?;
                self.secret_header("webhook-timestamp", &timestamp_s.to_string())?;
                self.secret_header("webhook-signature", &format!("v1,{signature}"))
            }
        }
    }

    fn secret_header(&mut self, name: &str, value: &str) -> Result<(), String> {
        let fault = || format!("target.auth: the header {name} or its value does not fit");
        let mut value = HeaderValue::from_str(value).map_err(|_| fault())?;
        value.set_sensitive(true);
        let name: HeaderName = name.parse().map_err(|_| fault())?;
        self.headers.insert(name, value);
        Ok(())
    }

    /// As what a connection sends.
    pub(super) fn into_request(self, leaving: &Leaving) -> Request {
        let Self {
            method,
            url,
            headers,
            body,
        } = self;
        let mut request = Request::new(method, url);
        *request.headers_mut() = headers;
        if let Some(text) = body {
            // Given by hand, because a stream's length is not known and many destinations read no chunks.
            let length = HeaderValue::from(text.len());
            request.headers_mut().insert(CONTENT_LENGTH, length);
            *request.body_mut() = Some(watched(text, leaving));
        }
        request
    }
}

/// The namespaces of both versions of SOAP.
const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const SOAP_12: &str = "http://www.w3.org/2003/05/soap-envelope";

/// A whole document. What is not well-formed is not sent.
fn document(text: String) -> Result<String, String> {
    xml::read(&text).map_err(|fault| format!("target.body: {fault}"))?;
    Ok(text)
}

/// A document inside of an envelope, if it is none itself.
fn envelope(namespace: &str, text: &str) -> Result<String, String> {
    let tree = xml::read(text).map_err(|fault| format!("target.body: {fault}"))?;
    if tree.get("Envelope").is_some() {
        return Ok(text.to_owned());
    }
    let trimmed = text.trim_start();
    let content = match trimmed
        .strip_prefix("<?xml")
        .and_then(|rest| rest.split_once("?>"))
    {
        Some((_, content)) => content,
        None => trimmed,
    };
    Ok(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soap:Envelope xmlns:soap=\"{namespace}\"><soap:Body>{content}\
         </soap:Body></soap:Envelope>"
    ))
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
        Ok::<_, Infallible>(text)
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
