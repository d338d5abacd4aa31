//! GraphQL over HTTP: what a request is, who sends it, and in which shape it is answered.
//!
//! # Source
//!
//! *GraphQL over HTTP*, working draft; validation errors are answered with 400, as the official audit
//! wants it.

use std::time::Duration;

use async_graphql::{
    Request, Response as Answer, Value, Variables,
    dataloader::DataLoader,
    parser::types::{ExecutableDocument, OperationType, Selection},
};
use axum::{
    body::Bytes,
    extract::{RawQuery, State, rejection::BytesRejection},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{Html, IntoResponse as _, Response},
};
use serde_json::{Map, Value as Json, json};
use url::form_urlencoded;

use super::{
    fault, literals,
    loaders::{self, Rows},
};
use crate::{Doors, GRAPHQL_BYTES_MAX, access::Caller};

/// Real time for a query. Mutations are never cut off: nobody would know what they did.
const PATIENCE: Duration = Duration::from_secs(10);

/// In which shape the caller wants its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// `application/graphql-response+json`: the status tells whether the request was one.
    GraphQl,
    /// `application/json`: 200 for everything that is a GraphQL request.
    Json,
}

impl Shape {
    fn of(headers: &HeaderMap) -> Option<Self> {
        let Some(accept) = headers.get(header::ACCEPT) else {
            return Some(Self::Json);
        };
        let accept = accept.to_str().ok()?;
        accept.split(',').find_map(|range| {
            match range.split(';').next().unwrap_or_default().trim() {
                "application/graphql-response+json" => Some(Self::GraphQl),
                "application/json" | "application/*" | "*/*" => Some(Self::Json),
                _ => None,
            }
        })
    }

    fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::GraphQl => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        })
    }

    fn answer(self, status: StatusCode, body: &Json) -> Response {
        let mut response = (status, body.to_string()).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, self.content_type());
        response
    }

    fn refuse(self, status: StatusCode, code: &str, message: &str) -> Response {
        let body = json!({ "errors": [{ "message": message, "extensions": { "code": code } }] });
        let mut response = self.answer(status, &body);
        if status == StatusCode::METHOD_NOT_ALLOWED {
            let methods = HeaderValue::from_static("GET, POST");
            response.headers_mut().insert(header::ALLOW, methods);
        }
        if status == StatusCode::UNAUTHORIZED {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// Answers a GraphQL request.
pub(crate) async fn handle(
    State(doors): State<Doors>,
    method: Method,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let Some(shape) = Shape::of(&headers) else {
        let message = "the answer is application/graphql-response+json or application/json";
        return Shape::Json.refuse(StatusCode::NOT_ACCEPTABLE, "NOT_ACCEPTABLE", message);
    };
    let request = match read(&method, &headers, query, body) {
        Ok(request) => request,
        Err((status, message)) => return shape.refuse(status, fault::BAD_REQUEST, &message),
    };
    match doors.caller(&headers).await {
        Ok(caller) => run(&doors, caller, shape, &method, request).await,
        Err(failure) => failure.into_response(),
    }
}

async fn run(
    doors: &Doors,
    caller: Caller,
    shape: Shape,
    method: &Method,
    mut request: Request,
) -> Response {
    let name = request.operation_name.clone();
    // A document that does not parse is refused by the execution below, with the place in it.
    let document = request.parsed_query().ok();
    let operation = document.and_then(|document| operation_of(document, name.as_deref()));
    let is_query = operation.is_none_or(|(kind, _)| kind == OperationType::Query);
    if *method == Method::GET && !is_query {
        let message = "only queries may be sent by GET";
        return shape.refuse(StatusCode::METHOD_NOT_ALLOWED, fault::BAD_REQUEST, message);
    }
    let may_be_anonymous = operation.is_none_or(|(_, asks_nothing)| asks_nothing);
    let request = match caller {
        Caller::Known(principal) => request.data(principal),
        Caller::Refused => {
            let message = "this token is not valid";
            return shape.refuse(StatusCode::UNAUTHORIZED, fault::UNAUTHENTICATED, message);
        }
        Caller::Anonymous if may_be_anonymous => request,
        Caller::Anonymous => {
            let status = if shape == Shape::GraphQl {
                StatusCode::UNAUTHORIZED
            } else {
                StatusCode::OK
            };
            let message = "send a token: `Authorization: Bearer pm_…`";
            return shape.refuse(status, fault::UNAUTHENTICATED, message);
        }
    };
    let platform = doors.platform.clone();
    let rows = DataLoader::new(Rows::new(platform.clone()), tokio::spawn)
        .max_batch_size(loaders::BATCH_MAX);
    let execution = doors.schema.execute(request.data(platform).data(rows));
    let answer = if is_query {
        if let Ok(answer) = tokio::time::timeout(PATIENCE, execution).await {
            answer
        } else {
            let message = format!(
                "this query takes more than {} seconds; ask for less",
                PATIENCE.as_secs()
            );
            return shape.refuse(StatusCode::SERVICE_UNAVAILABLE, fault::TIMEOUT, &message);
        }
    } else {
        execution.await
    };
    written(shape, answer)
}

fn written(shape: Shape, mut answer: Answer) -> Response {
    fault::name_all(&mut answer);
    let was_no_request = answer.data == Value::Null
        && !answer.errors.is_empty()
        && answer.errors.iter().all(|error| error.path.is_empty());
    let mut body = serde_json::to_value(&answer).unwrap_or_default();
    if was_no_request && let Json::Object(members) = &mut body {
        members.remove("data");
    }
    let status = if was_no_request && shape == Shape::GraphQl {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    shape.answer(status, &body)
}

type Unreadable = (StatusCode, String);

fn read(
    method: &Method,
    headers: &HeaderMap,
    query: Option<String>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Request, Unreadable> {
    let bad = |message: &str| (StatusCode::BAD_REQUEST, message.to_owned());
    if *method == Method::GET {
        return request(Json::Object(params(&query.unwrap_or_default())?));
    }
    if *method != Method::POST {
        return Err((StatusCode::METHOD_NOT_ALLOWED, "use GET or POST".to_owned()));
    }
    // Other types would let a page of another site send requests without asking first.
    let media_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let media_type = media_type
        .and_then(|value| value.split(';').next())
        .unwrap_or_default()
        .trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        let message = "send the request as application/json".to_owned();
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    }
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            let message = format!("the request has more than {GRAPHQL_BYTES_MAX} bytes");
            (StatusCode::PAYLOAD_TOO_LARGE, message)
        }
        status => (status, "the body broke off".to_owned()),
    })?;
    request(literals::read(&body).map_err(|why| bad(&format!("the body cannot be taken: {why}")))?)
}

/// The parameters of a GET, in the shape of a POST.
fn params(query: &str) -> Result<Map<String, Json>, Unreadable> {
    let mut members = Map::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "query" | "operationName" => {
                members.insert(name.into_owned(), value.into_owned().into());
            }
            "variables" | "extensions" => {
                let bad = |why| (StatusCode::BAD_REQUEST, format!("`{name}` cannot be taken: {why}"));
                let value = literals::read(value.as_bytes()).map_err(bad)?;
                members.insert(name.into_owned(), value);
            }
            _ => {}
        }
    }
    Ok(members)
}

fn request(body: Json) -> Result<Request, Unreadable> {
    let bad = |message: &str| (StatusCode::BAD_REQUEST, message.to_owned());
    let Json::Object(mut members) = body else {
        return Err(bad(
            "a request is a JSON object; lists of requests are not taken",
        ));
    };
    let mut member = |name: &str| members.remove(name).filter(|value| !value.is_null());
    let Some(Json::String(query)) = member("query") else {
        return Err(bad("`query` is a text and must be there"));
    };
    literals::check(&query).map_err(|why| bad(&why))?;
    let mut request = Request::new(query);
    match member("operationName") {
        None => {}
        Some(Json::String(name)) => request = request.operation_name(name),
        Some(_) => return Err(bad("`operationName` is a text")),
    }
    match member("variables") {
        None => {}
        Some(variables @ Json::Object(_)) => {
            request = request.variables(Variables::from_json(variables));
        }
        Some(_) => return Err(bad("`variables` is an object")),
    }
    match member("extensions") {
        None | Some(Json::Object(_)) => Ok(request),
        Some(_) => Err(bad("`extensions` is an object")),
    }
}

/// The operation that would run: what it is, and whether it asks for nothing but `__typename`.
fn operation_of(
    document: &ExecutableDocument,
    name: Option<&str>,
) -> Option<(OperationType, bool)> {
    let mut operations = document.operations.iter();
    let (_, operation) = match name {
        Some(name) => operations.find(|(own, _)| own.is_some_and(|own| own == name))?,
        None => operations.next()?,
    };
    let asks_nothing =
        operation
            .node
            .selection_set
            .node
            .items
            .iter()
            .all(|item| match &item.node {
                Selection::Field(field) => field.node.name.node == "__typename",
                Selection::FragmentSpread(_) | Selection::InlineFragment(_) => false,
            });
    Some((
        operation.node.ty,
        asks_nothing && operation.node.ty == OperationType::Query,
    ))
}

/// The page to try GraphQL in. It loads nothing from elsewhere.
pub(crate) async fn page() -> Html<&'static str> {
    Html(include_str!("page.html"))
}
