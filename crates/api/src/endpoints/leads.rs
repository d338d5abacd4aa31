//! `/v1/leads`: submitting one lead or many, and reading their results.

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use pointsman_engine::{LeadOutcome, LeadState, Refused, Submitted};
use pointsman_history::DeliveryState;
use pointsman_lead::Problem;
use serde::Serialize;
use serde_json::Value;

use super::{body, lead_body, lines, segment::Segment};
use crate::{
    ApiState, LEAD_BYTES_MAX,
    access::{LeadScope, Right, Sender},
    failure::Failure,
};

/// How often a lead is tried again because settings changed meanwhile.
const TRIES: usize = 8;
/// Longest `Idempotency-Key` of many leads, in bytes.
const BATCH_KEY_BYTES_MAX: usize = 200;

/// Takes one lead as JSON, or many as lines of JSON.
pub(crate) async fn submit(
    State(state): State<ApiState>,
    request: Request,
) -> Result<Response, Failure> {
    let (parts, body) = request.into_parts();
    let sender = state.sender(&parts.headers).await?;
    match body::media_type(&parts.headers).as_str() {
        "application/json" => one(&state, &sender, &parts.headers, body).await,
        "application/x-ndjson" | "application/jsonl" => {
            body::check_encoding(&parts.headers)?;
            let key = batch_key(&parts.headers)?;
            Ok(lines::many(state, sender, key, body))
        }
        _ => Err(Failure::media_type(
            "application/json, or many leads as application/x-ndjson",
        )),
    }
}

async fn one(
    state: &ApiState,
    sender: &Sender,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let bytes = body::read(headers, body, LEAD_BYTES_MAX).await?;
    let lead = take(state, sender, body::json(&bytes)?, key(headers)?).await?;
    let status = if lead.status == LeadState::Queued {
        StatusCode::ACCEPTED
    } else {
        StatusCode::OK
    };
    let replayed = lead.replayed;
    let mut response = (status, axum::Json(Answer::from(lead))).into_response();
    if replayed {
        response
            .headers_mut()
            .insert("idempotent-replayed", HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// Submits a lead from its JSON.
pub(super) async fn take(
    state: &ApiState,
    sender: &Sender,
    lead: Value,
    key: Option<String>,
) -> Result<LeadOutcome, Failure> {
    let Sender {
        principal,
        allowed_at,
    } = sender;
    let mut lead = lead_body::read(lead, principal, key).map_err(Failure::problems)?;
    let mut allowed_at = *allowed_at;
    for _ in 0..TRIES {
        match state
            .engine
            .intake()
            .submit_allowed(lead, allowed_at)
            .await?
        {
            Submitted::Stored(outcome) => return Ok(outcome),
            Submitted::AskAgain(same) => lead = *same,
        }
        // Settings have changed meanwhile: the token may have been ended by that.
        allowed_at = state.control.settings_revision();
        if !state.control.is_still_valid(principal).await? {
            return Err(Failure::unauthenticated());
        }
    }
    Err(Refused::Busy.into())
}

/// The request's `Idempotency-Key`, with or without quotes.
pub(super) fn key(headers: &HeaderMap) -> Result<Option<String>, Failure> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let text = value.to_str().map_err(|_| {
        let message = "the header `Idempotency-Key` is not plain ASCII";
        Failure::problems(vec![
            Problem::new("malformed", "idempotency_key", message).hint("a UUID is a good key"),
        ])
    })?;
    let text = text.trim();
    let quoted = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    Ok(Some(quoted.unwrap_or(text).to_owned()))
}

/// The `Idempotency-Key` of many leads: the numbers of their lines are added to it.
fn batch_key(headers: &HeaderMap) -> Result<Option<String>, Failure> {
    let key = key(headers)?;
    if key
        .as_ref()
        .is_some_and(|key| key.is_empty() || key.len() > BATCH_KEY_BYTES_MAX)
    {
        let message = format!("the key of a batch has 1 to {BATCH_KEY_BYTES_MAX} bytes");
        let problem = Problem::new("malformed", "Idempotency-Key", message);
        return Err(Failure::problems(vec![
            problem.hint("a UUID is a good key"),
        ]));
    }
    Ok(key)
}

/// The answer to a submitted lead.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    lead_id: String,
    decision_id: String,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    destination: Option<String>,
    /// In main units of the currency, as text: `12.50`.
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<String>,
    currency: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl From<LeadOutcome> for Answer {
    fn from(outcome: LeadOutcome) -> Self {
        Self {
            lead_id: outcome.lead_id.to_string(),
            decision_id: outcome.decision_id.to_string(),
            status: outcome.status.word(),
            destination: outcome.destination,
            price: outcome.price.map(|price| price.to_string()),
            currency: outcome.currency.to_string(),
            redirect_url: outcome.redirect_url,
            reason: outcome.reason,
        }
    }
}

/// A lead as its source may read it later.
#[derive(Debug, Serialize)]
struct Shown {
    lead_id: String,
    flow: String,
    source: String,
    test: bool,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    destination: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    idempotency_key: Option<String>,
    received_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    settled_at: Option<String>,
}

/// Answers with the state of a lead. A source token sees its own leads only.
pub(crate) async fn show(
    State(state): State<ApiState>,
    Segment(id): Segment,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let principal = match state.allowed(&headers, Right::SendLeads).await {
        Ok(principal) => principal,
        Err(_) => state.allowed(&headers, Right::Read).await?,
    };
    let scope = LeadScope::of(&principal).map_err(Failure::forbidden)?;
    let nowhere = || Failure::not_found("there is no such lead");
    let id = id.parse().map_err(|_| nowhere())?;
    let history = state.engine.history();
    let lead = history.find_lead(id).await?;
    let lead = lead
        .filter(|lead| scope.holds(&lead.source))
        .ok_or_else(nowhere)?;
    let deliveries = history.deliveries_of_leads(&[lead.id]).await?;
    let taken = deliveries
        .into_iter()
        .find(|delivery| delivery.state == DeliveryState::Accepted);
    let (destination, price, redirect_url) = match taken {
        Some(delivery) => (
            Some(delivery.destination),
            delivery.price,
            delivery.redirect_url,
        ),
        None => (None, None, None),
    };
    let shown = Shown {
        lead_id: lead.id.to_string(),
        flow: lead.flow,
        source: lead.source,
        test: lead.is_test,
        status: lead.status.word(),
        destination,
        price: price.map(|price| price.to_string()),
        redirect_url,
        idempotency_key: lead.idempotency_key,
        received_at: lead.received_at.to_string(),
        settled_at: lead.settled_at.map(|at| at.to_string()),
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], axum::Json(shown)).into_response())
}
