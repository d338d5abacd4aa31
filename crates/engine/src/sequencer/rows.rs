//! The rows that a transaction writes, and those of a lead and its offers.

use std::{collections::BTreeMap, time::Instant};

use pointsman_history::{Committed, HeldKeys, record::json};
use pointsman_lead::{Id, Timestamp, kinds};
use pointsman_router::Answer;
use pointsman_store::{
    AttemptFinish, AttemptRow, BidsUpdate, DecisionEnd, DecisionRow, DecisionStepRow,
    DeliveryReleaseRow, DeliveryRow, DeliveryState, DeliveryUpdate, Error, LeadGivenRow, LeadRow,
    LeadStatus, LeadUpdate, Mode as StoredMode, OutboxRow, Reopened, WriteTx,
};

use crate::{
    Mode,
    active_lead::{ActiveLead, Current},
    postback::{Click, Terms},
    sequencer::late_answer::LateAnswer,
    step_result::OfferResult,
};

/// The rows that a batch writes.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub(crate) leads: Vec<LeadRow>,
    pub(crate) given: Vec<LeadGivenRow>,
    pub(crate) decisions: Vec<DecisionRow>,
    pub(crate) steps: Vec<DecisionStepRow>,
    pub(crate) bids: Vec<BidsUpdate>,
    pub(crate) deliveries: Vec<DeliveryRow>,
    pub(crate) attempts: Vec<AttemptRow>,
    pub(crate) delivery_updates: Vec<DeliveryUpdate>,
    pub(crate) attempt_finishes: Vec<AttemptFinish>,
    /// What is due for offers from here on.
    pub(crate) due: Vec<OutboxRow>,
    /// Deliveries for which nothing is due any more.
    pub(crate) done: Vec<String>,
    /// Walks that had ended for an unknown answer and go on.
    pub(crate) reopened: Vec<Reopened>,
    /// What became known of their offers.
    pub(crate) releases: Vec<DeliveryReleaseRow>,
    pub(crate) decision_ends: BTreeMap<Id<kinds::Decision>, DecisionEnd>,
    pub(crate) lead_updates: BTreeMap<Id<kinds::Lead>, LeadUpdate>,
    /// Which leads stand in the way of others.
    pub(crate) held: HeldKeys,
    /// What the batch changes of what is folded.
    pub(crate) committed: Committed,
    /// What acceptances earned, by lead.
    pub(crate) revenue: BTreeMap<Id<kinds::Lead>, i64>,
    /// Clicks of the offers that were answered in this batch.
    pub(crate) settled_clicks: Vec<Click>,
    /// Leads that ended in this batch, and of which something was reported before.
    pub(crate) reported: Vec<Id<kinds::Lead>>,
    /// Answers to offers of leads that another process has taken over.
    pub(crate) late: Vec<LateAnswer>,
}

impl Rows {
    /// A walk that ended at its first step is inserted in its final state.
    pub(crate) fn end_at_once(
        &mut self,
        lead_id: Id<kinds::Lead>,
        decision_id: Id<kinds::Decision>,
    ) {
        if let (Some(update), Some(lead)) =
            (self.lead_updates.remove(&lead_id), self.leads.last_mut())
        {
            let LeadUpdate {
                id: _,
                status,
                response_body,
                settled_at,
                earned,
            } = update;
            lead.status = status;
            lead.response_body = response_body;
            lead.settled_at = settled_at;
            lead.revenue += earned;
        }
        if let (Some(end), Some(decision)) = (
            self.decision_ends.remove(&decision_id),
            self.decisions.last_mut(),
        ) {
            let DecisionEnd {
                id: _,
                end_state,
                end_reason,
                ended_seq,
            } = end;
            decision.end_state = Some(end_state);
            decision.end_reason = end_reason;
            decision.ended_seq = Some(ended_seq);
        }
    }

    /// Writes all of them but what comes after.
    pub(super) async fn write(&mut self, tx: &WriteTx) -> Result<(), Error> {
        tx.reopen(&std::mem::take(&mut self.reopened)).await?;
        tx.insert_releases(std::mem::take(&mut self.releases))
            .await?;
        tx.insert_leads(std::mem::take(&mut self.leads)).await?;
        tx.insert_given(std::mem::take(&mut self.given)).await?;
        tx.insert_decisions(std::mem::take(&mut self.decisions))
            .await?;
        tx.insert_steps(std::mem::take(&mut self.steps)).await?;
        tx.update_bids(std::mem::take(&mut self.bids)).await?;
        tx.insert_deliveries(std::mem::take(&mut self.deliveries))
            .await?;
        tx.insert_attempts(std::mem::take(&mut self.attempts))
            .await?;
        tx.update_deliveries(std::mem::take(&mut self.delivery_updates))
            .await?;
        tx.finish_attempts(std::mem::take(&mut self.attempt_finishes))
            .await?;
        tx.drop_due(&std::mem::take(&mut self.done)).await?;
        tx.put_due(std::mem::take(&mut self.due)).await?;
        tx.end_decisions(
            std::mem::take(&mut self.decision_ends)
                .into_values()
                .collect(),
        )
        .await?;
        tx.update_leads(self.final_leads()).await?;
        let revenue = std::mem::take(&mut self.revenue).into_iter();
        let revenue = revenue.map(|(lead_id, earned)| (lead_id.to_string(), earned));
        tx.add_revenue(revenue.collect()).await
    }

    /// The ends of leads, each with what it earned in this batch: one change of its row and not two.
    fn final_leads(&mut self) -> Vec<LeadUpdate> {
        let updates = std::mem::take(&mut self.lead_updates).into_iter();
        let updates = updates.map(|(lead_id, update)| LeadUpdate {
            earned: update.earned + self.revenue.remove(&lead_id).unwrap_or(0),
            ..update
        });
        updates.collect()
    }
}

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
        id: active.lead_id.to_string(),
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

/// What the lead was given as, where it was not our own JSON.
pub(super) fn given_row(active: &ActiveLead) -> Option<LeadGivenRow> {
    let given = active.given.as_ref()?;
    Some(LeadGivenRow {
        lead_id: active.lead_id.to_string(),
        source_revision: given.source_revision,
        body: given.body.to_string(),
    })
}

pub(super) fn decision_row(active: &ActiveLead, seq: i64) -> DecisionRow {
    DecisionRow {
        id: active.decision_id.to_string(),
        lead_id: active.lead_id.to_string(),
        flow: active.route.program.flow().to_owned(),
        version_hash: active.route.program.flow_hash().to_string(),
        catalog_hash: active.route.program.catalog_hash().to_string(),
        semantics: i64::from(active.route.program.semantics().version()),
        epoch: i64::try_from(active.epoch).unwrap_or(i64::MAX),
        unit_key: active.unit_key.clone(),
        unit_hashes_body: unit_hashes_body(active),
        started_seq: seq,
        end_state: None,
        end_reason: None,
        ended_seq: None,
        lease: active.lease,
    }
}

/// The hashes that sticky nodes draw by, and by which experiments know people, also when the values are gone.
fn unit_hashes_body(active: &ActiveLead) -> Option<String> {
    let mut hashes = active.subject.unit_hashes(&active.route.program);
    for kept in &active.kept_by {
        hashes.insert(kept.field.clone(), kept.hash.clone());
    }
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
        id: current.delivery_id.to_string(),
        lead_id: active.lead_id.to_string(),
        decision_id: active.decision_id.to_string(),
        n: active.n_steps,
        destination: current.destination.name.clone(),
        click_id: current.click_id.to_string(),
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
        reference: None,
    }
}

/// The attempt is on disk before its first byte leaves: after a crash it counts as unknown.
pub(super) fn attempt_row(current: &Current, at: Timestamp) -> AttemptRow {
    AttemptRow {
        delivery_id: current.delivery_id.to_string(),
        n: current.attempt.into(),
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
        delivery_id: current.delivery_id.to_string(),
        n: current.attempt.into(),
        finished_at: at.0,
        outcome: result.outcome.word().to_owned(),
        status: result.status.map(i64::from),
        latency_ms: i64::try_from(result.latency_ms).unwrap_or(i64::MAX),
        response_excerpt: result.response_excerpt.clone(),
    }
}

/// What the postbacks of an offer need to know of it.
pub(super) fn click_of(active: &ActiveLead, current: &Current) -> Click {
    let settings = &current.destination.settings;
    let currency = active.route.program.document().currency;
    Click {
        id: current.click_id,
        delivery_id: current.delivery_id,
        lead_id: active.lead_id,
        decision_id: active.decision_id,
        destination: current.destination.name.clone(),
        terms: Terms::new(currency, settings),
    }
}
