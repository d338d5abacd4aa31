//! What a step of a walk comes to, written down: a ping, an offer, or the end.

use pointsman_history::{
    duplicate_reason,
    record::{self, DEADLINE, json},
    rotation::{self, RotationRecord},
};
use pointsman_lead::Timestamp;
use pointsman_ledger::LedgerEvent;
use pointsman_router::{Conditions, Done, End, Offer, Ping};
use pointsman_store::{DecisionEnd, DecisionStepRow, EndState, LeadStatus, LeadUpdate, StepKind};

use super::rows::{Rows, attempt_row, delivery_row};
use crate::{
    LeadOutcome, LeadState,
    active_lead::{ActiveLead, Current, Pinging},
    ident,
};

/// What the source of a duplicate is told.
const DUPLICATE: &str = "duplicate";

/// What a step is decided by beside the lead: its place in the order of commits and the conditions there.
pub(super) struct StepInput {
    pub(super) seq: i64,
    pub(super) at: Timestamp,
    pub(super) conditions: Conditions,
    pub(super) rotations: Vec<RotationRecord>,
    /// Whether the time of the walk is up.
    pub(super) expired: bool,
}

/// Writes down whom a step asks. No cap is charged: a ping binds nobody.
pub(super) fn ping(active: &mut ActiveLead, ping: &Ping, input: &StepInput, rows: &mut Rows) {
    let program = &active.route.program;
    let trace = record::trace(active.context(), &ping.trace);
    active.attribution.asked(&trace, input.at);
    rows.steps.push(DecisionStepRow {
        trace_body: json(&trace),
        propensity: ping.propensity,
        outlook_body: json(&record::outlook(program, &ping.outlook)),
        node: Some(program.node_name(ping.node).to_owned()),
        asked: Some(ping.destinations.to_hex()),
        ..blank(active, input, StepKind::Ping)
    });
    active.pinging = Some(Pinging {
        step: active.n_steps,
        destinations: record::destinations(program, &ping.destinations),
        deadline_ms: ping.deadline_ms,
    });
    active.n_steps += 1;
}

/// Writes down an offer, and gives what it takes from the ledger.
pub(super) fn offer(
    active: &mut ActiveLead,
    offer: &Offer,
    mut input: StepInput,
    rows: &mut Rows,
) -> LedgerEvent {
    let (seq, at) = (input.seq, input.at);
    let program = &active.route.program;
    let destination = program.destinations()[usize::from(offer.destination.0)].clone();
    let trace = record::trace(active.context(), &offer.trace);
    active.attribution.offered(&trace, at);
    let arms = rotation::charge(program, &offer.turns, &mut input.rotations);
    rows.steps.push(DecisionStepRow {
        trace_body: json(&trace),
        destination: Some(destination.name.clone()),
        propensity: offer.propensity,
        outlook_body: json(&record::outlook(program, &offer.outlook)),
        ..blank(active, &input, StepKind::Offer)
    });
    // A decision has one open offer at a time, so its own id tells it from those of others.
    let charged = (destination.name.as_str(), &destination.settings);
    let id = active.decision_id.to_string();
    let reserved = LedgerEvent::reserved(&id, charged, &active.source, arms);
    let current = Current {
        delivery_id: ident::id(at),
        click_id: ident::id(at),
        destination,
        offer: active.n_offers,
        attempt: 0,
        due: None,
    };
    rows.deliveries
        .push(delivery_row(active, &current, seq, at));
    rows.attempts.push(attempt_row(&current, at));
    active.n_steps += 1;
    active.n_offers += 1;
    active.current = Some(current);
    reserved
}

/// Writes down how a walk ends, and gives what its source is answered.
pub(super) fn end(
    active: &mut ActiveLead,
    done: &Done,
    input: &StepInput,
    rows: &mut Rows,
) -> LeadOutcome {
    let program = &active.route.program;
    rows.steps.push(DecisionStepRow {
        trace_body: json(&record::trace(active.context(), &done.trace)),
        propensity: done.propensity,
        outlook_body: json(&record::outlook(program, &done.outlook)),
        ..blank(active, input, StepKind::Done)
    });
    let late = input.expired.then(|| DEADLINE.to_owned());
    let (end_state, status, state, reason) = said_of(&done.end, active, late.as_ref());
    let (status, state, told, reason) = if let Some(first) = active.duplicate_of {
        let (status, state) = (LeadStatus::Duplicate, LeadState::Duplicate);
        // Whose lead came first is not for other sources to know.
        let told = Some(DUPLICATE.to_owned());
        (status, state, told, Some(duplicate_reason(first)))
    } else {
        let (keys, lead) = (&active.keys, active.lead_id);
        keys.leave(program, &mut rows.held, lead, end_state);
        if active.is_suppressed {
            let (status, state) = (LeadStatus::Suppressed, LeadState::Suppressed);
            (status, state, None, None)
        } else {
            (status, state, reason.clone(), late.or(reason))
        }
    };
    let outcome = active.outcome(state, told.as_deref());
    rows.decision_ends.insert(
        active.decision_id,
        DecisionEnd {
            id: active.decision_id.to_string(),
            end_state,
            end_reason: reason,
            ended_seq: input.seq,
        },
    );
    rows.lead_updates.insert(
        active.lead_id,
        LeadUpdate {
            id: active.lead_id.to_string(),
            status,
            response_body: Some(json(&outcome)),
            settled_at: Some(input.at.0),
            earned: 0,
        },
    );
    if !active.reported.is_empty() {
        rows.reported.push(active.lead_id);
    }
    active.n_steps += 1;
    outcome
}

/// How a walk ended, in the words of decisions, of leads and of answers, with the reason.
///
/// * `late`: the reason where the time of the walk was up.
fn said_of(
    end: &End,
    active: &ActiveLead,
    late: Option<&String>,
) -> (EndState, LeadStatus, LeadState, Option<String>) {
    match end {
        End::Sold => (EndState::Sold, LeadStatus::Sold, LeadState::Sold, None),
        End::Declined { reason } => {
            let reason = Some(reason.to_string());
            let (status, state) = (LeadStatus::Declined, LeadState::Declined);
            (EndState::Declined, status, state, reason)
        }
        End::Unsold => {
            let (status, state) = (LeadStatus::Unsold, LeadState::Unsold);
            (EndState::Unsold, status, state, late.cloned())
        }
        End::Held => {
            let reason = active.last_reason.clone();
            (EndState::Held, LeadStatus::Held, LeadState::Held, reason)
        }
    }
}

/// The row of a step, without what its kind says.
fn blank(active: &ActiveLead, input: &StepInput, kind: StepKind) -> DecisionStepRow {
    DecisionStepRow {
        decision_id: active.decision_id.to_string(),
        n: active.n_steps,
        seq: input.seq,
        at: input.at.0,
        availability: input.conditions.free.to_hex(),
        trace_body: String::new(),
        kind,
        destination: None,
        propensity: 1.0,
        outlook_body: String::new(),
        rotation_body: rotation::body(&input.rotations),
        node: None,
        asked: None,
        bids_body: None,
    }
}
