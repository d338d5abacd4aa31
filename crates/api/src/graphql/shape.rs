//! The media type and status of answers to GraphQL requests.

use async_graphql::{Response as Answer, Value};
use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde_json::{Value as Json, json};

use super::{fault, limits::Refused};

/// Most errors of one answer; a document may have a mistake in each of its words.
const ERRORS_MAX: usize = 100;

/// In which shape the caller wants its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// `application/graphql-response+json`: the status says whether it was a request.
    GraphQl,
    /// `application/json`: 200 for everything that is a GraphQL request.
    Json,
}

impl Shape {
    /// What the `Accept` header asks for: of the two the one with more weight, and the first of equals.
    /// `None` if it wants neither.
    ///
    /// # Source
    ///
    /// Fielding, Nottingham, Reschke, *HTTP Semantics*, RFC 9110, 2022, section 12.5.1: of the ranges that
    /// fit a type the most specific one counts, and weight 0 means not acceptable.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let mut ranges = Vec::new();
        for value in headers.get_all(header::ACCEPT) {
            ranges.extend(value.to_str().ok()?.split(',').filter_map(Range::read));
        }
        if ranges.is_empty() {
            return Some(Self::Json);
        }
        let wanted = |shape: Self| {
            let fits = ranges.iter().enumerate().filter_map(|(place, range)| {
                let specificity = range.specificity(shape.essence())?;
                Some((specificity, place, range.weight))
            });
            // The first of the most specific ranges.
            let best =
                fits.max_by_key(|(specificity, place, _)| (*specificity, usize::MAX - place));
            best.filter(|(_, _, weight)| *weight > 0)
                .map(|(specificity, place, weight)| {
                    (weight, specificity, usize::MAX - place, shape)
                })
        };
        // With `*/*` alone both fit alike: then it is JSON, which everybody reads.
        let offers = [wanted(Self::GraphQl), wanted(Self::Json)];
        let best = offers
            .into_iter()
            .flatten()
            .max_by_key(|(weight, specificity, place, _)| (*weight, *specificity > 0, *place));
        best.map(|(.., shape)| shape)
    }

    fn essence(self) -> &'static str {
        match self {
            Self::GraphQl => "application/graphql-response+json",
            Self::Json => "application/json",
        }
    }

    fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::GraphQl => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        })
    }

    pub(super) fn answer(self, status: StatusCode, body: &Json) -> Response {
        let mut response = (status, body.to_string()).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, self.content_type());
        response
    }

    pub(super) fn refuse(self, status: StatusCode, code: &str, message: &str) -> Response {
        let body = json!({ "errors": [{ "message": message, "extensions": { "code": code } }] });
        let mut response = self.answer(status, &body);
        let headers = response.headers_mut();
        if status == StatusCode::METHOD_NOT_ALLOWED {
            headers.insert(header::ALLOW, HeaderValue::from_static("GET, POST"));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }

    /// Refuses a document that is none, or that asks for too much.
    pub(super) fn refuse_document(self, refused: Refused) -> Response {
        let Refused {
            message,
            at,
            is_limit,
        } = refused;
        let mut error = json!({ "message": message, "extensions": { "code": fault::BAD_REQUEST } });
        if let Some(at) = at {
            error["locations"] = json!([{ "line": at.line, "column": at.column }]);
        }
        // Limits are ours and no matter of the language: they have one status in either shape.
        let status = if is_limit {
            StatusCode::BAD_REQUEST
        } else {
            self.no_request()
        };
        self.answer(status, &json!({ "errors": [error] }))
    }

    /// The status for what is JSON, but no GraphQL request that can be executed.
    fn no_request(self) -> StatusCode {
        match self {
            Self::GraphQl => StatusCode::BAD_REQUEST,
            Self::Json => StatusCode::OK,
        }
    }

    /// What the execution came to.
    pub(super) fn write(self, mut answer: Answer) -> Response {
        fault::name_all(&mut answer);
        let was_no_request = answer.data == Value::Null
            && !answer.errors.is_empty()
            && answer.errors.iter().all(|error| error.path.is_empty());
        let n_errors = answer.errors.len();
        answer.errors.truncate(ERRORS_MAX);
        let mut body = serde_json::to_value(&answer).unwrap_or_default();
        if n_errors > ERRORS_MAX {
            body["extensions"] = json!({ "errorsLeftOut": n_errors - ERRORS_MAX });
        }
        if was_no_request && let Json::Object(members) = &mut body {
            members.remove("data");
        }
        let status = if was_no_request {
            self.no_request()
        } else {
            StatusCode::OK
        };
        self.answer(status, &body)
    }
}

/// One media range of an `Accept` header.
#[derive(Debug)]
struct Range {
    kind: String,
    /// From 0 to 1, in thousandths.
    weight: u16,
}

impl Range {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let kind = parts.next()?.to_ascii_lowercase();
        if kind.is_empty() {
            return None;
        }
        let weight = parts.find_map(|part| {
            let (name, value) = part.split_once('=')?;
            name.trim()
                .eq_ignore_ascii_case("q")
                .then(|| weight(value.trim()))
        });
        Some(Self {
            kind,
            weight: weight.unwrap_or(1_000),
        })
    }

    /// How closely it fits a type, if it does.
    fn specificity(&self, essence: &str) -> Option<u8> {
        match self.kind.as_str() {
            "*/*" => Some(0),
            "application/*" => Some(1),
            kind => (kind == essence).then_some(2),
        }
    }
}

/// `0.25` in thousandths. What is no weight counts as none.
fn weight(text: &str) -> u16 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let is_number = part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    match (whole, is_number) {
        ("0", true) => format!("{part:0<3}").parse().unwrap_or(0),
        ("1", _) => 1_000,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(accept: &[&str]) -> Option<Shape> {
        let mut headers = HeaderMap::new();
        for value in accept {
            headers.append(header::ACCEPT, HeaderValue::from_str(value).unwrap());
        }
        Shape::of(&headers)
    }

    #[test]
    fn the_accept_header_is_weighed() {
        let (graphql, json) = (Some(Shape::GraphQl), Some(Shape::Json));
        for (accept, wanted) in [
            ("", json),
            ("*/*", json),
            ("application/*", json),
            ("application/json", json),
            ("application/graphql-response+json", graphql),
            (
                "application/graphql-response+json, application/json",
                graphql,
            ),
            ("application/json, application/graphql-response+json", json),
            (
                "application/graphql-response+json;q=0.5, application/json",
                json,
            ),
            (
                "application/json;q=0.9,application/graphql-response+json ; Q=0.95",
                graphql,
            ),
            ("application/json;q=0", None),
            ("application/json;q=0.000, text/html", None),
            ("application/json;q=0, */*", graphql),
            ("application/graphql-response+json;q=0, */*;q=0.1", json),
            ("application/json;charset=utf-8;q=0.2, */*;q=0.9", graphql),
            ("*/*;q=0", None),
            ("text/html", None),
            ("text/html, */*", json),
        ] {
            assert_eq!(of(&[accept]), wanted, "{accept}");
        }
        assert_eq!(of(&["text/html", "application/json"]), json);
        assert_eq!(of(&[]), json);
    }
}
