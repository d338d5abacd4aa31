//! GraphQL over HTTP: reading, authentication and execution of requests.
//!
//! A request is authenticated before its body is read, and its document is measured before it is parsed and
//! validated. Without a token only `{ __typename }` is answered, for load balancers; it is recognised by its
//! tokens.
//!
//! # Source
//!
//! *GraphQL over HTTP*, working draft; validation errors are answered with 400, as the official audit
//! wants it.

use std::time::Duration;

use async_graphql::{
    Request, Variables,
    dataloader::DataLoader,
    parser::types::{ExecutableDocument, OperationDefinition, OperationType},
};
use axum::{
    body::Body,
    extract::{RawQuery, State},
    http::{HeaderMap, Method, StatusCode},
    response::{Html, IntoResponse as _, Response},
};
use pointsman_control::{Principal, session_id};
use pointsman_lead::unstorable_in;
use serde_json::{Map, Value as Json, json};
use url::form_urlencoded;

use super::{
    fault, limits, literals,
    loaders::{self, Batches},
    personal::FromBrowser,
    shape::Shape,
    types::session::OwnSession,
};
use crate::{
    ApiState, GRAPHQL_BYTES_MAX,
    access::{Caller, cookie},
    endpoints::body,
    failure::Failure,
};

/// Real time for a query. Mutations have no time limit: their result would be unknown.
const EXECUTION_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest request without a token, in bytes.
const PROBE_BYTES_MAX: usize = 1_024;

/// Answers a GraphQL request.
pub(crate) async fn handle(
    State(state): State<ApiState>,
    method: Method,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: Body,
) -> Response {
    let Some(shape) = Shape::of(&headers) else {
        let message =
            "supported media types are application/graphql-response+json and application/json";
        return Shape::Json.refuse(StatusCode::NOT_ACCEPTABLE, "NOT_ACCEPTABLE", message);
    };
    let caller = match envelope(&method, &headers) {
        Ok(()) => state.caller_or_session(&headers).await,
        Err(unreadable) => return unreadable.refuse(shape),
    };
    let principal = match caller {
        Ok(Caller::Known(principal)) => Some(principal),
        Ok(Caller::Anonymous) => None,
        Ok(Caller::Refused) => {
            return unauthenticated(shape, "the token is not valid, or the session is over");
        }
        Err(failure) => return failure.into_response(),
    };
    let is_browser = cookie::is_browser(&headers, &state.options);
    let own = cookie::read(&headers, &state.options).filter(|_| is_browser);
    let own = OwnSession(own.and_then(session_id));
    let sent = Sent {
        method,
        headers,
        query: query.unwrap_or_default(),
        body,
    };
    match principal {
        Some(principal) => match sent.read(GRAPHQL_BYTES_MAX).await {
            Ok((method, request)) => {
                let request = request.data(own);
                run(&state, (principal, is_browser), shape, &method, request).await
            }
            Err(unreadable) => unreadable.refuse(shape),
        },
        None => match sent.read(PROBE_BYTES_MAX).await {
            Ok((_, request)) if is_probe(&request) => shape.answer(
                StatusCode::OK,
                &json!({ "data": { "__typename": "Query" } }),
            ),
            Err(slow) if slow.status == StatusCode::REQUEST_TIMEOUT => slow.refuse(shape),
            _ => unauthenticated(
                shape,
                "authentication required; authentication required; send a token: `Authorization: Bearer pm_…`",
            ),
        },
    }
}

fn unauthenticated(shape: Shape, message: &str) -> Response {
    shape.refuse(StatusCode::UNAUTHORIZED, fault::UNAUTHENTICATED, message)
}

fn is_probe(request: &Request) -> bool {
    request.operation_name.is_none() && limits::scan(&request.query).is_ok_and(|scan| scan.is_probe)
}

async fn run(
    state: &ApiState,
    (principal, is_browser): (Principal, bool),
    shape: Shape,
    method: &Method,
    request: Request,
) -> Response {
    let document = match limits::parse(&request.query, &request.variables) {
        Ok(document) => document,
        Err(refused) => return shape.refuse_document(refused),
    };
    let kind = kind_of(&document, request.operation_name.as_deref());
    let is_query = kind.is_none_or(|kind| kind == OperationType::Query);
    if *method == Method::GET && !is_query {
        let message = "only queries are allowed by GET";
        return shape.refuse(StatusCode::METHOD_NOT_ALLOWED, fault::BAD_REQUEST, message);
    }
    let schema = state.schemas.of(&request.query);
    let request = ready(state, (principal, is_browser), request, document);
    let execution = schema.execute(request);
    let answer = if is_query {
        if let Ok(answer) = tokio::time::timeout(EXECUTION_TIMEOUT, execution).await {
            answer
        } else {
            let message = format!(
                "the query took more than {} seconds; request fewer fields",
                EXECUTION_TIMEOUT.as_secs()
            );
            return shape.refuse(StatusCode::SERVICE_UNAVAILABLE, fault::TIMEOUT, &message);
        }
    } else {
        execution.await
    };
    shape.write(answer)
}

/// A request with all that its resolvers ask for.
///
/// * `is_browser`: whether a session of the console asks.
/// * `document`: that of the request, within the limits.
pub(super) fn ready(
    state: &ApiState,
    (principal, is_browser): (Principal, bool),
    request: Request,
    document: ExecutableDocument,
) -> Request {
    let (engine, control) = (state.engine.clone(), state.control.acting_for(&principal));
    let batches = Batches::new(engine.clone(), control.clone());
    let batches = DataLoader::new(batches, tokio::spawn).max_batch_size(loaders::BATCH_MAX);
    let mut request = request
        .data(principal)
        .data(FromBrowser(is_browser))
        .data(engine)
        .data(control)
        .data(batches)
        .data(state.options.clone());
    request.set_parsed_query(document);
    request
}

/// What the operation is that would run.
fn kind_of(document: &ExecutableDocument, name: Option<&str>) -> Option<OperationType> {
    Some(operation_of(document, name)?.ty)
}

/// The operation that would run.
pub(super) fn operation_of<'d>(
    document: &'d ExecutableDocument,
    name: Option<&str>,
) -> Option<&'d OperationDefinition> {
    let mut operations = document.operations.iter();
    let (_, operation) = match name {
        Some(name) => operations.find(|(own, _)| own.is_some_and(|own| own == name))?,
        None => operations.next()?,
    };
    Some(&operation.node)
}

/// Why something that was sent is no request.
pub(super) struct Unreadable {
    status: StatusCode,
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl Unreadable {
    fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            code: fault::BAD_REQUEST,
            message: message.into(),
        }
    }

    fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    fn refuse(self, shape: Shape) -> Response {
        shape.refuse(self.status, self.code, &self.message)
    }
}

impl From<Failure> for Unreadable {
    fn from(failure: Failure) -> Self {
        Self::new(failure.status(), failure.detail())
    }
}

/// Whether method and headers are those of a request.
fn envelope(method: &Method, headers: &HeaderMap) -> Result<(), Unreadable> {
    if *method == Method::GET {
        return Ok(());
    }
    if *method != Method::POST {
        let status = StatusCode::METHOD_NOT_ALLOWED;
        return Err(Unreadable::new(status, "use GET or POST"));
    }
    // Other types would let a page of another site send requests without asking first.
    if body::media_type(headers) != "application/json" {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(Unreadable::new(
            status,
            "send the request as application/json",
        ));
    }
    Ok(body::check_encoding(headers)?)
}

/// A request as it came in.
struct Sent {
    method: Method,
    headers: HeaderMap,
    query: String,
    body: Body,
}

impl Sent {
    async fn read(self, bytes_max: usize) -> Result<(Method, Request), Unreadable> {
        if self.method == Method::GET {
            if self.query.len() > bytes_max {
                let status = StatusCode::URI_TOO_LONG;
                let message = format!("the address has more than {bytes_max} bytes");
                return Err(Unreadable::new(status, message));
            }
            let members = params(&self.query)?;
            return Ok((self.method, request(Json::Object(members))?));
        }
        let bytes = body::read(&self.headers, self.body, bytes_max).await?;
        let sent = literals::read(&bytes).map_err(Unreadable::bad)?;
        Ok((self.method, request(sent)?))
    }
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
                let value = literals::read(value.as_bytes())
                    .map_err(|why| Unreadable::bad(format!("`{name}`: {why}")))?;
                members.insert(name.into_owned(), value);
            }
            _ => {}
        }
    }
    Ok(members)
}

/// A request as JSON, with everything checked that needs no parser of documents.
pub(super) fn request(body: Json) -> Result<Request, Unreadable> {
    let Json::Object(mut members) = body else {
        return Err(Unreadable::bad(
            "a request is a JSON object; batches are not supported",
        ));
    };
    let mut member = |name: &str| members.remove(name).filter(|value| !value.is_null());
    let Some(Json::String(query)) = member("query") else {
        return Err(Unreadable::bad("`query` is required and is a string"));
    };
    literals::check(&query).map_err(Unreadable::bad)?;
    let mut request = Request::new(query);
    match member("operationName") {
        None => {}
        Some(Json::String(name)) => request = request.operation_name(name),
        Some(_) => return Err(Unreadable::bad("`operationName` is a string")),
    }
    match member("variables") {
        None => {}
        Some(variables @ Json::Object(_)) => {
            // One check for every argument there is and will be.
            if let Some(problem) = unstorable_in("variables", &variables).into_iter().next() {
                return Err(Unreadable {
                    code: fault::BAD_USER_INPUT,
                    ..Unreadable::bad(problem.to_string())
                });
            }
            request = request.variables(Variables::from_json(variables));
        }
        Some(_) => return Err(Unreadable::bad("`variables` is an object")),
    }
    match member("extensions") {
        None | Some(Json::Object(_)) => Ok(request),
        Some(_) => Err(Unreadable::bad("`extensions` is an object")),
    }
}

/// The page to try GraphQL in. It loads nothing from elsewhere.
pub(crate) async fn page() -> Html<&'static str> {
    Html(include_str!("page.html"))
}
