//! `/v1/sources/{name}/leads` and `/v1/intake/{token}`: leads as publishers send them, read by the document of their source.

use axum::{
    body::Body,
    extract::{RawQuery, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Response},
};
use pointsman_control::Role;
use pointsman_engine::{GivenLead, LeadOutcome, LeadRequest, LeadState, Mode, Refused, Submitted};
use pointsman_history::SourceRoute;
use pointsman_lead::Problem;
use pointsman_source::{
    Accepts, Payload, PayloadReading, Preset, Sent, SignatureError, SourceDocument,
};
use serde_json::json;

use super::{
    body,
    leads::{self, Answer},
    segment::Segment,
    sent_payload,
};
use crate::{ApiState, LEAD_BYTES_MAX, access::Sender, failure::Failure};

/// How often a lead is tried again because settings changed meanwhile.
const TRIES: usize = 8;
/// How long a browser may remember what it was allowed, in seconds.
const ALLOWED_FOR: &str = "600";

/// Takes what a source sends, whose token is in a header.
pub(crate) async fn by_name(
    State(state): State<ApiState>,
    Segment(name): Segment,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    // A browser asks whether it may send before it sends a token.
    let sender = if request.method() == Method::OPTIONS {
        Ok(None)
    } else {
        state.sender(request.headers()).await.and_then(|sender| {
            let own = sender.principal.source.as_ref();
            if own.is_some_and(|own| *own != name) {
                return Err(Failure::forbidden("the token is bound to another source"));
            }
            Ok(Some(sender))
        })
    };
    answer(&state, sender, &name, query, request).await
}

/// The same, whose token is a part of the address: forms and platforms can send no header.
pub(crate) async fn by_token(
    State(state): State<ApiState>,
    Segment(secret): Segment,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    match sender_of(&state, &secret).await {
        Ok((sender, name)) => answer(&state, Ok(Some(sender)), &name, query, request).await,
        Err(failure) => failure.into_response(),
    }
}

/// Who sends by the secret in an address. Only a token that can do nothing but send leads of one source may stand there.
async fn sender_of(state: &ApiState, secret: &str) -> Result<(Sender, String), Failure> {
    let allowed_at = state.control.settings_revision();
    let principal = state.control.authenticate_by_settings(secret).await?;
    let principal = principal.ok_or_else(|| {
        let detail =
            "the address has no valid token; create a token of role source for this source";
        let title = "Authentication required";
        Failure::new(StatusCode::UNAUTHORIZED, "unauthenticated", title, detail).at(
            "token",
            "the last segment of the address is the secret of the token",
        )
    })?;
    if principal.role != Role::Source {
        let detail = "an address holds tokens of role source alone: others see it";
        return Err(Failure::forbidden(detail));
    }
    let Some(name) = principal.source.clone() else {
        let detail =
            "the token is bound to no source, so that nobody knows how to read what it sends";
        return Err(Failure::forbidden(detail));
    };
    let sender = Sender {
        principal,
        allowed_at,
    };
    Ok((sender, name))
}

/// Answers a request, so that a page of an allowed origin can read the answer, also a refusal.
async fn answer(
    state: &ApiState,
    sender: Result<Option<Sender>, Failure>,
    name: &str,
    query: Option<String>,
    request: Request,
) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let route = state.control.find_source_route(name).await;
    let route = match route {
        Ok(Some(route)) => route,
        // Whoever has no valid token does not learn which sources there are.
        Ok(None) => {
            return sender
                .err()
                .unwrap_or_else(|| unknown_source(name))
                .into_response();
        }
        Err(error) => return Failure::from(error).into_response(),
    };
    let mut response = match check_origin(&route.document, origin.as_ref()) {
        Err(failure) => failure.into_response(),
        Ok(()) if request.method() == Method::OPTIONS => preflight(origin.as_ref()),
        Ok(()) => match sender {
            Ok(Some(sender)) => {
                let taken = take(state, &sender, name, query, request).await;
                taken.unwrap_or_else(Failure::into_response)
            }
            Ok(None) => Failure::unauthenticated().into_response(),
            Err(failure) => failure.into_response(),
        },
    };
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(origin) = origin
        && check_origin(&route.document, Some(&origin)).is_ok()
    {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    response
}

fn unknown_source(name: &str) -> Failure {
    let detail = format!("source `{name}` has no document that says how its payloads are read");
    let (status, title) = (StatusCode::NOT_FOUND, "Unknown source");
    Failure::new(status, "unknown_source", title, detail).at(
        "source",
        "put one with `putSource` or `pointsman source put`, or send our own JSON to /v1/leads",
    )
}

/// Refuses pages of other origins than those that the source allows. Who is no browser says no origin.
fn check_origin(document: &SourceDocument, origin: Option<&HeaderValue>) -> Result<(), Failure> {
    let Some(origin) = origin else {
        return Ok(());
    };
    let origin = origin.to_str().unwrap_or("?");
    if document.allows_origin(origin) {
        return Ok(());
    }
    let detail = format!("pages of `{origin}` may not send to this source");
    let (status, title) = (StatusCode::FORBIDDEN, "Origin not allowed");
    Err(
        Failure::new(status, "origin_not_allowed", title, detail).at(
            "Origin",
            "add it to `origins` in the document of the source",
        ),
    )
}

/// The answer to a browser that asks whether a page may send.
fn preflight(origin: Option<&HeaderValue>) -> Response {
    let allow = [(header::ALLOW, "GET, POST, OPTIONS")];
    if origin.is_none() {
        return (StatusCode::NO_CONTENT, allow).into_response();
    }
    let allowed = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "authorization, content-type, idempotency-key",
        ),
        (header::ACCESS_CONTROL_MAX_AGE, ALLOWED_FOR),
    ];
    (StatusCode::NO_CONTENT, allow, allowed).into_response()
}

/// What was sent, before a document reads it.
struct Delivered {
    payload: Payload,
    bytes: Vec<u8>,
}

async fn take(
    state: &ApiState,
    sender: &Sender,
    name: &str,
    query: Option<String>,
    request: Request,
) -> Result<Response, Failure> {
    let (parts, body) = request.into_parts();
    let route = route_of(state, name).await?;
    let document = &route.document;
    let query = Payload::from_form(query.unwrap_or_default().as_bytes());
    if parts.method == Method::GET
        && let Ok(asked) = &query
        && let Some(challenge) = document.answer_challenge(asked)
    {
        let challenge = challenge.map_err(untrusted)?;
        let plain = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
        return Ok((plain, challenge.to_owned()).into_response());
    }
    if !document.is_active() {
        return Err(Failure::source_stopped(name));
    }
    let query = query.map_err(Failure::problems)?;
    let delivered = delivered(document, &parts, body, query).await?;
    let signature = document.preset().signature_header();
    let signature = signature.and_then(|name| parts.headers.get(name)?.to_str().ok());
    let verified = document.verify(&Sent {
        body: &delivered.bytes,
        signature,
        payload: &delivered.payload,
        now: state.engine.clock().now(),
    });
    verified.map_err(untrusted)?;
    let header_key = leads::key(&parts.headers)?;
    let outcome = submit(state, sender, name, &delivered.payload, header_key).await?;
    Ok(shown(document.preset(), outcome))
}

async fn route_of(state: &ApiState, name: &str) -> Result<SourceRoute, Failure> {
    let route = state.control.find_source_route(name).await?;
    route.ok_or_else(|| unknown_source(name))
}

/// The payload of a request: its body, with the parameters of its address for what the body does not say.
async fn delivered(
    document: &SourceDocument,
    parts: &Parts,
    body: Body,
    query: Payload,
) -> Result<Delivered, Failure> {
    if parts.method == Method::GET {
        if !document.accepts(Accepts::Query) {
            return Err(Failure::method_not_allowed());
        }
        return Ok(Delivered {
            payload: query,
            bytes: Vec::new(),
        });
    }
    let form = form_of(document, &parts.headers)?;
    let bytes = body::read(&parts.headers, body, LEAD_BYTES_MAX).await?;
    let mut payload = match form {
        Accepts::Multipart => sent_payload::multipart(&parts.headers, &bytes).await?,
        Accepts::Form | Accepts::Query => Payload::from_form(&bytes).map_err(Failure::problems)?,
        Accepts::Json => Payload::from_json(body::text(&bytes)?).map_err(Failure::unreadable)?,
    };
    // What a platform sends is its body alone.
    if document.preset() == Preset::Form {
        payload.add(query);
    }
    Ok(Delivered { payload, bytes })
}

/// The form of a body, if the source may send it.
fn form_of(document: &SourceDocument, headers: &HeaderMap) -> Result<Accepts, Failure> {
    let form = sent_payload::form_of(&body::media_type(headers));
    let form = form.filter(|form| document.accepts(*form));
    form.ok_or_else(|| {
        let known = [
            (Accepts::Json, "application/json"),
            (Accepts::Form, "application/x-www-form-urlencoded"),
            (Accepts::Multipart, "multipart/form-data"),
        ];
        let accepted = known
            .into_iter()
            .filter(|(form, _)| document.accepts(*form));
        let accepted: Vec<&str> = accepted.map(|(_, name)| name).collect();
        if accepted.is_empty() {
            return Failure::method_not_allowed();
        }
        Failure::media_type(&accepted.join(" or "))
    })
}

fn untrusted(why: SignatureError) -> Failure {
    let (detail, hint) = match why {
        SignatureError::Missing => (
            "the request is not signed",
            "the platform signs what it sends; enter this address there",
        ),
        SignatureError::Wrong => (
            "the signature of the request is not that of its body",
            "compare the secret in the document of the source with that of the platform",
        ),
        SignatureError::TooOld => (
            "the request was signed more than five minutes ago, or in the future",
            "check the clock of this server",
        ),
    };
    let title = "Signature refused";
    Failure::new(StatusCode::UNAUTHORIZED, "bad_signature", title, detail).at("signature", hint)
}

/// Submits a payload as a lead; read again if settings change meanwhile.
async fn submit(
    state: &ApiState,
    sender: &Sender,
    name: &str,
    payload: &Payload,
    header_key: Option<String>,
) -> Result<LeadOutcome, Failure> {
    let mut allowed_at = sender.allowed_at;
    for _ in 0..TRIES {
        let route = route_of(state, name).await?;
        let reading = state.control.try_payload(name, &route.document, payload);
        let Some(reading) = reading else {
            return Err(Refused::UnknownFlow(route.document.flow().to_owned()).into());
        };
        let request = request_of(&route, name, &reading, header_key.clone())?;
        let intake = state.engine.intake();
        match intake.submit_allowed(request, allowed_at).await? {
            Submitted::Stored(outcome) => return Ok(outcome),
            Submitted::AskAgain(_) => {}
        }
        allowed_at = state.control.settings_revision();
        if !state.control.is_still_valid(&sender.principal).await? {
            return Err(Failure::unauthenticated());
        }
    }
    Err(Refused::Busy.into())
}

fn request_of(
    route: &SourceRoute,
    name: &str,
    reading: &PayloadReading,
    header_key: Option<String>,
) -> Result<LeadRequest, Failure> {
    let mut problems = reading.problems.clone();
    let key = reading.idempotency_key.clone();
    if let (Some(own), Some(header)) = (&key, &header_key)
        && own != header
    {
        let message = "the header `Idempotency-Key` is not the id of the lead in the payload";
        let problem = Problem::new("contradiction", "idempotency_key", message);
        problems.push(problem.hint("send one of the two"));
    }
    if !problems.is_empty() {
        return Err(Failure::problems(problems));
    }
    let given = reading.given();
    Ok(LeadRequest {
        flow: route.document.flow().to_owned(),
        source: name.to_owned(),
        sub_ids: reading.sub_ids(),
        idempotency_key: key.or(header_key),
        fields: reading.declared(),
        is_test: reading.is_test(),
        mode: if route.document.waits() {
            Mode::Sync
        } else {
            Mode::Async
        },
        deadline_ms: None,
        given: Some(GivenLead {
            source_revision: route.revision,
            body: json!({ "fields": given.fields, "unknown": given.unknown }),
        }),
    })
}

fn shown(preset: Preset, outcome: LeadOutcome) -> Response {
    // A platform sends again what is answered by anything but 200.
    let is_queued = outcome.status == LeadState::Queued && preset == Preset::Form;
    let status = if is_queued {
        StatusCode::ACCEPTED
    } else {
        StatusCode::OK
    };
    let replayed = outcome.replayed;
    let mut response = (status, axum::Json(Answer::from(outcome))).into_response();
    if replayed {
        let replayed = HeaderValue::from_static("true");
        response
            .headers_mut()
            .insert("idempotent-replayed", replayed);
    }
    response
}
