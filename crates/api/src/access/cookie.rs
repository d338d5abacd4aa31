//! The cookie of a session of the web console, and the defence against pages of other sites that would use it.

use axum::http::{HeaderMap, header};
use url::Url;

use crate::{ApiOptions, failure::Failure};

/// Its name where browsers reach the server by plain HTTP.
const PLAIN: &str = "pointsman_session";
/// Its name where they reach it by HTTPS: browsers keep such a cookie only from HTTPS, for this host alone.
const SECURE: &str = "__Host-pointsman_session";

fn is_secure(options: &ApiOptions) -> bool {
    let address = options.public_url.as_ref();
    address.is_some_and(|url| url.scheme() == "https")
}

/// The session that a request names.
pub(crate) fn read<'a>(headers: &'a HeaderMap, options: &ApiOptions) -> Option<&'a str> {
    let wanted = if is_secure(options) { SECURE } else { PLAIN };
    let texts = headers.get_all(header::COOKIE).iter();
    let pairs = texts
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'));
    let mut found = pairs.filter_map(|pair| pair.trim().split_once('='));
    found
        .find(|(name, value)| *name == wanted && !value.is_empty())
        .map(|(_, value)| value)
}

/// Whether a request uses the session of a browser, in which personal values are covered.
pub(crate) fn is_browser(headers: &HeaderMap, options: &ApiOptions) -> bool {
    !headers.contains_key(header::AUTHORIZATION) && read(headers, options).is_some()
}

/// A `Set-Cookie`.
///
/// * `seconds`: how long it lasts; 0 removes it.
pub(crate) fn write(value: &str, seconds: u64, options: &ApiOptions) -> String {
    let (name, secure) = if is_secure(options) {
        (SECURE, "; Secure")
    } else {
        (PLAIN, "")
    };
    format!("{name}={value}; HttpOnly; SameSite=Strict; Path=/; Max-Age={seconds}{secure}")
}

/// Refuses a request that does not come from a page of this server: the browser itself says where it comes from.
///
/// # Errors
///
/// 403 for another site, and for a client that does not say.
///
/// # Source
///
/// OWASP, *Cross-Site Request Forgery Prevention Cheat Sheet*: Fetch Metadata headers, then standard headers.
pub(crate) fn check_own_page(headers: &HeaderMap, options: &ApiOptions) -> Result<(), Failure> {
    if is_own_page(headers, options) {
        return Ok(());
    }
    let detail = "a session counts for pages of this server alone";
    Err(Failure::new(
        axum::http::StatusCode::FORBIDDEN,
        "foreign_origin",
        "Foreign origin",
        detail,
    )
    .at(
        "Origin",
        "send a token in `Authorization`, or set `public_url` to the address in the browser",
    ))
}

/// Whether the request comes from a page of this server, as the browser says.
pub(crate) fn is_own_page(headers: &HeaderMap, options: &ApiOptions) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    let Some(origin) = text("origin").and_then(|origin| Url::parse(origin).ok()) else {
        return false;
    };
    if let Some(public) = &options.public_url {
        return origin.origin() == public.origin();
    }
    let host =
        text("host").and_then(|host| Url::parse(&format!("{}://{host}", origin.scheme())).ok());
    host.is_some_and(|host| host.origin() == origin.origin())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| {
            let name = axum::http::HeaderName::from_static(name);
            (name, HeaderValue::from_static(value))
        });
        pairs.collect()
    }

    fn at(url: &str) -> ApiOptions {
        ApiOptions {
            public_url: Url::parse(url).ok(),
            ..ApiOptions::default()
        }
    }

    #[test]
    fn only_pages_of_this_server_count() {
        let own = |pairs: &[_]| is_own_page(&headers(pairs), &ApiOptions::default());
        assert!(own(&[("sec-fetch-site", "same-origin")]));
        assert!(own(&[
            ("host", "leads.test:80"),
            ("origin", "http://leads.test")
        ]));
        for foreign in [
            &[][..],
            &[("host", "leads.test")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[
                ("sec-fetch-site", "cross-site"),
                ("host", "leads.test"),
                ("origin", "http://leads.test"),
            ],
            &[("host", "leads.test"), ("origin", "http://evil.test")],
            &[("host", "leads.test"), ("origin", "http://leads.test:8080")],
            &[("host", "leads.test"), ("origin", "null")],
        ] {
            assert!(!own(foreign), "{foreign:?}");
        }
    }

    #[test]
    fn behind_a_proxy_the_public_address_counts() {
        let options = at("https://leads.test");
        let own = |origin| {
            let pairs = [("host", "127.0.0.1:8080"), ("origin", origin)];
            is_own_page(&headers(&pairs), &options)
        };
        assert!(own("https://leads.test"));
        assert!(!own("http://127.0.0.1:8080"));
        assert!(!own("http://leads.test"));
    }

    #[test]
    fn a_cookie_is_bound_to_the_host_where_there_is_https() {
        let (plain, https) = (ApiOptions::default(), at("https://leads.test"));
        let written = write("x", 60, &plain);
        assert_eq!(
            written,
            "pointsman_session=x; HttpOnly; SameSite=Strict; Path=/; Max-Age=60"
        );
        let written = write("x", 60, &https);
        assert!(
            written.starts_with("__Host-pointsman_session=x; "),
            "{written}"
        );
        assert!(written.ends_with("; Secure"), "{written}");
        let sent = headers(&[(
            "cookie",
            "a=1; pointsman_session=p; __Host-pointsman_session=s",
        )]);
        assert_eq!(read(&sent, &plain), Some("p"));
        assert_eq!(read(&sent, &https), Some("s"));
        assert_eq!(
            read(&headers(&[("cookie", "pointsman_session=")]), &plain),
            None
        );
    }
}
