//! What the sequencer remembers: the order of commits, the ledger; and how it takes one step at a time.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Instant,
};

use pointsman_history::{
    Reports,
    record::{self, DEADLINE, json},
    rotation::{self, RotationRecord},
    span,
};
use pointsman_lead::{Micros, Timestamp, kinds};
use pointsman_ledger::{Ledger, LedgerEvent};
use pointsman_router::{Conditions, Done, End, Event, Offer, Step};
use pointsman_store::{
    DecisionEnd, DecisionRow, DecisionStepRow, DeliveryUpdate, EndState, LeadStatus, LeadUpdate,
    StepKind,
};

use crate::{
    LeadOutcome,
    active_lead::{ActiveLead, Current, Sold},
    ident,
    postback::{Click, Terms},
    sequencer::{Advance, batch::Rows},
    step_result::OfferResult,
};

use super::rows::{attempt_row, delivery_row, finish_of, lead_row, state_of, unit_hashes_body};

/// The shortest step back of the clock that is told, in microseconds.
const STEP_TOLD: i64 = 1_000_000;

/// The sequencer's memory. A failed transaction puts back the copy from before it.
#[derive(Debug, Clone)]
pub(crate) struct Sequencer {
    pub(crate) ledger: Ledger,
    seq: i64,
    /// Time of the last transaction.
    last_at: Timestamp,
    /// Clicks whose postbacks came before the answer to their offer.
    pub(crate) parked: BTreeSet<String>,
    /// What was reported of a lead while its walk goes on: the active lead learns it at its next step.
    pub(crate) early: BTreeMap<String, Reports>,
}

/// What a step is decided by beside the lead: its place in the order of commits and the conditions there.
pub(super) struct StepInput {
    pub(super) seq: i64,
    pub(super) at: Timestamp,
    pub(super) conditions: Conditions,
    pub(super) rotations: Vec<RotationRecord>,
    /// Whether the time of the walk is up.
    expired: bool,
}

impl Sequencer {
    pub(crate) fn new(
        ledger: Ledger,
        seq: i64,
        last_at: Timestamp,
        parked: BTreeSet<String>,
        early: BTreeMap<String, Reports>,
    ) -> Self {
        Self {
            ledger,
            seq,
            last_at,
            parked,
            early,
        }
    }

    /// Tells an active lead what was reported while it was away. The learner knows it already.
    pub(super) fn catch_up(&self, active: &mut ActiveLead, at: Timestamp) {
        let Some(reports) = self.early.get(&active.lead_id) else {
            return;
        };
        for (&offer, &total) in reports {
            let known = active.reported.insert(offer, total).unwrap_or_default();
            let (revenue, sales) = (total.revenue - known.revenue, total.sales - known.sales);
            active.attribution.converted(offer, revenue, sales, at);
        }
    }

    /// The time of a transaction: the clock's, also where that has stepped back. What must be in order
    /// goes by numbers, and a cap unit is charged to the window of its own time.
    pub(crate) fn tick(&mut self, now: Timestamp) -> Timestamp {
        let back = self.last_at.0.saturating_sub(now.0);
        if back > STEP_TOLD {
            let back = span(back);
            tracing::warn!(from = %self.last_at, to = %now, "the clock has stepped back by {back}");
        }
        self.last_at = now;
        now
    }

    /// The next number in commit order.
    pub(crate) fn next_seq(&mut self) -> i64 {
        self.seq += 1;
        self.seq
    }

    /// Decides a new lead and writes it down.
    pub(crate) fn accept(
        &mut self,
        active: Box<ActiveLead>,
        at: Timestamp,
        rows: &mut Rows,
    ) -> Advance {
        let seq = self.next_seq();
        rows.decisions.push(DecisionRow {
            id: active.decision_id.clone(),
            lead_id: active.lead_id.clone(),
            flow: active.route.program.flow().to_owned(),
            version_hash: active.route.program.flow_hash().to_string(),
            catalog_hash: active.route.program.catalog_hash().to_string(),
            semantics: i64::from(active.route.program.semantics().version()),
            epoch: i64::try_from(active.epoch).unwrap_or(i64::MAX),
            unit_key: active.unit_key.clone(),
            unit_hashes_body: unit_hashes_body(&active),
            started_seq: seq,
            end_state: None,
            end_reason: None,
            ended_seq: None,
        });
        rows.leads.push(lead_row(&active, seq));
        let (lead_id, decision_id) = (active.lead_id.clone(), active.decision_id.clone());
        let advance = self.step(active, Event::Start, seq, at, rows);
        if let Advance::Ended(_) = advance {
            rows.end_at_once(&lead_id, &decision_id);
        }
        advance
    }

    /// Writes down the answer to the current offer and takes the next step.
    pub(crate) fn settle(
        &mut self,
        mut active: Box<ActiveLead>,
        result: &OfferResult,
        at: Timestamp,
        rows: &mut Rows,
    ) -> Advance {
        let Some(current) = active.current.take() else {
            return Advance::Ended(Box::new(active.outcome("unsold", None)));
        };
        self.catch_up(&mut active, at);
        let answer = result.outcome.answer();
        let seq = self.next_seq();
        let settled = LedgerEvent::Settled {
            offer: active.decision_id.clone(),
            answer,
            failed: result.outcome.is_failure(),
        };
        self.ledger.apply(&settled, at);
        rows.delivery_updates.push(DeliveryUpdate {
            id: current.delivery_id.clone(),
            state: state_of(answer),
            settled_seq: Some(seq),
            settled_at: Some(at.0),
            price: result.price.map(|Micros(micros)| micros),
            redirect_url: result.redirect_url.clone(),
            reason: result.reason.clone(),
            finding: result.finding.clone(),
        });
        rows.attempt_finishes.push(finish_of(&current, result, at));
        rows.settled_clicks.push(click_of(&active, &current));
        let earned = result.price.map_or(0, |Micros(micros)| micros);
        if !active.is_test {
            rows.observations.extend(active.attribution.answered(
                current.offer,
                answer,
                earned,
                at,
            ));
        }
        if answer == pointsman_router::Answer::Accepted {
            *rows.revenue.entry(active.lead_id.clone()).or_default() += earned;
            active.sold.get_or_insert_with(|| Sold {
                destination: current.destination.name.clone(),
                price: result.price,
                redirect_url: result.redirect_url.clone(),
            });
        }
        active.last_reason.clone_from(&result.reason);
        let seq = self.next_seq();
        self.step(active, Event::Answer(answer), seq, at, rows)
    }

    pub(super) fn step(
        &mut self,
        mut active: Box<ActiveLead>,
        event: Event,
        seq: i64,
        at: Timestamp,
        rows: &mut Rows,
    ) -> Advance {
        let program = std::sync::Arc::clone(&active.route.program);
        let subject = std::sync::Arc::clone(&active.subject);
        let context = pointsman_router::Context {
            program: &program,
            subject: &subject,
        };
        // Whoever took the lead took it, also after the deadline: only further offers need time.
        let goes_on =
            event != Event::Answer(pointsman_router::Answer::Accepted) || program.max_sold() > 1;
        let expired = goes_on && Instant::now() >= active.deadline;
        let conditions = if expired {
            Conditions::closed(&program)
        } else {
            self.ledger.conditions(&program, at)
        };
        let input = StepInput {
            seq,
            at,
            rotations: rotation::found(&program, &self.ledger, &conditions, at),
            conditions,
            expired,
        };
        match active.walk.next(context, &input.conditions, event) {
            Step::Ping(ping) => {
                Self::ping(&mut active, &ping, &input, rows);
                Advance::OnItsWay(active)
            }
            Step::Offer(offer) => {
                self.offer(&mut active, &offer, input, rows);
                Advance::OnItsWay(active)
            }
            Step::Done(done) => {
                self.early.remove(&active.lead_id);
                Advance::Ended(Box::new(end(&mut active, &done, &input, rows)))
            }
        }
    }

    fn offer(&mut self, active: &mut ActiveLead, offer: &Offer, input: StepInput, rows: &mut Rows) {
        let StepInput {
            seq,
            at,
            conditions,
            mut rotations,
            expired: _,
        } = input;
        let program = &active.route.program;
        let destination = program.destinations()[usize::from(offer.destination.0)].clone();
        let trace = record::trace(active.context(), &offer.trace);
        active.attribution.offered(&trace, at);
        let arms = rotation::charge(program, &offer.turns, &mut rotations);
        rows.steps.push(DecisionStepRow {
            decision_id: active.decision_id.clone(),
            n: active.n_steps,
            seq,
            at: at.0,
            availability: conditions.free.to_hex(),
            trace_body: json(&trace),
            kind: StepKind::Offer,
            destination: Some(destination.name.clone()),
            propensity: offer.propensity,
            outlook_body: json(&record::outlook(program, &offer.outlook)),
            rotation_body: rotation::body(&rotations),
            node: None,
            asked: None,
            bids_body: None,
        });
        // A decision has one open offer at a time, so its own id tells it from those of others.
        let (name, settings) = (&destination.name, &destination.settings);
        let reserved = LedgerEvent::reserved(&active.decision_id, name, settings, arms);
        self.ledger.apply(&reserved, at);
        let current = Current {
            delivery_id: ident::id::<kinds::Delivery>(at),
            click_id: ident::id::<kinds::Click>(at),
            destination,
            offer: active.n_offers,
        };
        rows.deliveries
            .push(delivery_row(active, &current, seq, at));
        rows.attempts.push(attempt_row(&current, at));
        active.n_steps += 1;
        active.n_offers += 1;
        active.current = Some(current);
    }
}

/// What the postbacks of an offer need to know of it.
fn click_of(active: &ActiveLead, current: &Current) -> Click {
    let settings = &current.destination.settings;
    let currency = active.route.program.document().currency;
    Click {
        id: current.click_id.clone(),
        delivery_id: current.delivery_id.clone(),
        lead_id: active.lead_id.clone(),
        decision_id: active.decision_id.clone(),
        destination: current.destination.name.clone(),
        terms: Terms::new(currency, settings.pays, settings.price),
    }
}

fn end(active: &mut ActiveLead, done: &Done, input: &StepInput, rows: &mut Rows) -> LeadOutcome {
    let StepInput {
        seq,
        at,
        conditions,
        rotations,
        expired,
    } = input;
    let (seq, at, expired) = (*seq, *at, *expired);
    let program = &active.route.program;
    rows.steps.push(DecisionStepRow {
        decision_id: active.decision_id.clone(),
        n: active.n_steps,
        seq,
        at: at.0,
        availability: conditions.free.to_hex(),
        trace_body: json(&record::trace(active.context(), &done.trace)),
        kind: StepKind::Done,
        destination: None,
        propensity: done.propensity,
        outlook_body: json(&record::outlook(program, &done.outlook)),
        rotation_body: rotation::body(rotations),
        node: None,
        asked: None,
        bids_body: None,
    });
    let reason = match &done.end {
        End::Declined { reason } => Some(reason.to_string()),
        End::Unsold if expired => Some(DEADLINE.to_owned()),
        End::Held => active.last_reason.clone(),
        End::Sold | End::Unsold => None,
    };
    let outcome = active.outcome(done.end.word(), reason.as_deref());
    rows.decision_ends.insert(
        active.decision_id.clone(),
        DecisionEnd {
            id: active.decision_id.clone(),
            end_state: match done.end {
                End::Sold => EndState::Sold,
                End::Declined { .. } => EndState::Declined,
                End::Unsold => EndState::Unsold,
                End::Held => EndState::Held,
            },
            end_reason: if expired {
                Some(DEADLINE.to_owned())
            } else {
                reason
            },
            ended_seq: seq,
        },
    );
    rows.lead_updates.insert(
        active.lead_id.clone(),
        LeadUpdate {
            id: active.lead_id.clone(),
            status: match done.end {
                End::Sold => LeadStatus::Sold,
                End::Declined { .. } => LeadStatus::Declined,
                End::Unsold => LeadStatus::Unsold,
                End::Held => LeadStatus::Held,
            },
            response_body: Some(json(&outcome)),
            settled_at: Some(at.0),
        },
    );
    if !active.reported.is_empty() {
        rows.reported.push(active.lead_id.clone());
    }
    active.n_steps += 1;
    outcome
}
