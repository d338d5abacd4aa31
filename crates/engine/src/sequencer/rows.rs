//! What a step writes down, as rows.

use std::time::Instant;

use pointsman_history::record::json;
use pointsman_lead::Timestamp;
use pointsman_router::Answer;
use pointsman_store::{
    AttemptFinish, AttemptRow, DeliveryRow, DeliveryState, LeadRow, LeadStatus, Mode as StoredMode,
};

use crate::{
    Mode,
    active_lead::{ActiveLead, Current},
    step_result::OfferResult,
};

pub(super) fn state_of(answer: Answer) -> DeliveryState {
    match answer {
        Answer::Accepted => DeliveryState::Accepted,
        Answer::Rejected => DeliveryState::Rejected,
        Answer::NotSent => DeliveryState::NotSent,
        Answer::Unknown => DeliveryState::Held,
    }
}

pub(super) fn lead_row(active: &ActiveLead, seq: i64) -> LeadRow {
    LeadRow {
        id: active.lead_id.clone(),
        seq,
        vertical: active.route.program.schema().vertical().to_owned(),
        flow: active.route.program.flow().to_owned(),
        source: active.source.clone(),
        idempotency_key: active.idempotency_key.clone(),
        fingerprint: active.fingerprint.clone(),
        fields_body: json(&*active.fields),
        unit_key: active.unit_key.clone(),
        is_test: active.is_test,
        mode: match active.mode {
            Mode::Sync => StoredMode::Sync,
            Mode::Async => StoredMode::Async,
        },
        status: LeadStatus::Queued,
        response_body: None,
        revenue: 0,
        received_at: active.received_at.0,
        settled_at: None,
    }
}

/// The hashes that sticky nodes draw by: they can be made again when the values are gone.
pub(super) fn unit_hashes_body(active: &ActiveLead) -> Option<String> {
    let hashes = active.subject.unit_hashes(&active.route.program);
    (!hashes.is_empty()).then(|| json(&hashes))
}

pub(super) fn delivery_row(
    active: &ActiveLead,
    current: &Current,
    seq: i64,
    at: Timestamp,
) -> DeliveryRow {
    let left = active.deadline.saturating_duration_since(Instant::now());
    DeliveryRow {
        id: current.delivery_id.clone(),
        lead_id: active.lead_id.clone(),
        decision_id: active.decision_id.clone(),
        n: active.n_steps,
        destination: current.destination.name.clone(),
        click_id: current.click_id.clone(),
        state: DeliveryState::Sending,
        reserved_seq: seq,
        settled_seq: None,
        settled_at: None,
        price: None,
        redirect_url: None,
        reason: None,
        created_at: at.0,
        deadline_at: at
            .plus(i64::try_from(left.as_micros()).unwrap_or(i64::MAX))
            .0,
        conversion_totals_body: None,
        finding: None,
    }
}

/// The attempt is on disk before its first byte leaves: after a crash it counts as unknown.
pub(super) fn attempt_row(current: &Current, at: Timestamp) -> AttemptRow {
    AttemptRow {
        delivery_id: current.delivery_id.clone(),
        n: 0,
        started_at: at.0,
        finished_at: None,
        outcome: None,
        status: None,
        latency_ms: None,
        request_excerpt: None,
        response_excerpt: None,
    }
}

pub(super) fn finish_of(current: &Current, result: &OfferResult, at: Timestamp) -> AttemptFinish {
    AttemptFinish {
        delivery_id: current.delivery_id.clone(),
        n: 0,
        finished_at: at.0,
        outcome: result.outcome.word().to_owned(),
        status: result.status.map(i64::from),
        latency_ms: i64::try_from(result.latency_ms).unwrap_or(i64::MAX),
        response_excerpt: result.response_excerpt.clone(),
    }
}
