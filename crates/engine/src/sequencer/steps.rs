//! The steps of walks, in memory alone: a lead or the result of a step in, rows and how the lead advances out.

use std::{sync::Arc, time::Instant};

use pointsman_history::{
    record::{self, BidRecord, json},
    rotation,
};
use pointsman_lead::{Micros, Timestamp};
use pointsman_ledger::{Hold, LedgerEvent};
use pointsman_router::{Answer, Conditions, Context, Event, Step};
use pointsman_store::{BidsUpdate, DeliveryUpdate};

use super::{
    memory::Memory,
    reply::Advance,
    rows::{Rows, click_of, decision_row, finish_of, given_row, lead_row, state_of},
    step_rows::{self, StepInput},
};
use crate::{
    LeadState,
    active_lead::{ActiveLead, Sold},
    step_result::OfferResult,
};

/// A lead comes into its flow: as a duplicate, or in the way of those that come after it.
fn enter(active: &mut ActiveLead, at: Timestamp, rows: &mut Rows) {
    let (program, lead) = (&active.route.program, active.lead_id);
    let first = active.keys.first(program, rows.held.holds(), lead, at);
    if first.is_none() {
        active.keys.enter(&mut rows.held, Hold { lead, at });
    }
    active.duplicate_of = first;
}

impl Memory {
    /// Decides a new lead and writes it down.
    pub(super) fn accept(
        &mut self,
        mut active: Box<ActiveLead>,
        at: Timestamp,
        rows: &mut Rows,
    ) -> Advance {
        let seq = self.next_seq();
        rows.decisions.push(decision_row(&active, seq));
        rows.leads.push(lead_row(&active, seq));
        rows.given.extend(given_row(&active));
        let (lead_id, decision_id) = (active.lead_id, active.decision_id);
        enter(&mut active, at, rows);
        let advance = self.step(active, Event::Start, seq, at, rows);
        if let Advance::Ended(_) = advance {
            rows.end_at_once(lead_id, decision_id);
        }
        advance
    }

    /// Writes down the answer to the current offer and takes the next step.
    pub(super) fn settle(
        &mut self,
        mut active: Box<ActiveLead>,
        result: &OfferResult,
        at: Timestamp,
        rows: &mut Rows,
    ) -> Advance {
        let Some(current) = active.current.take() else {
            return Advance::Ended(Box::new(active.outcome(LeadState::Unsold, None)));
        };
        self.catch_up(&mut active, at);
        let answer = result.outcome.answer();
        let seq = self.next_seq();
        let name = &current.destination.name;
        let (program, lead) = (&active.route.program, active.lead_id);
        active
            .keys
            .answer(program, &mut rows.held, name, lead, answer);
        let (offer, failed) = (active.decision_id.to_string(), result.outcome.is_failure());
        let settled = LedgerEvent::settled(&offer, answer, failed, result.price);
        self.ledger.apply(&settled, at);
        rows.committed.ledger.push(settled);
        rows.delivery_updates.push(DeliveryUpdate {
            id: current.delivery_id.to_string(),
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
            let attribution = &mut active.attribution;
            let observations = attribution.answered(current.offer, answer, earned, at);
            rows.committed.observations.extend(observations);
        }
        if answer == Answer::Accepted {
            *rows.revenue.entry(active.lead_id).or_default() += earned;
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

    /// Writes down what was bid and takes the next step.
    pub(super) fn take_bids(
        &mut self,
        mut active: Box<ActiveLead>,
        bids: &[BidRecord],
        at: Timestamp,
        rows: &mut Rows,
    ) -> Advance {
        let Some(pinging) = active.pinging.take() else {
            return Advance::Ended(Box::new(active.outcome(LeadState::Unsold, None)));
        };
        self.catch_up(&mut active, at);
        rows.bids.push(BidsUpdate {
            decision_id: active.decision_id.to_string(),
            n: pinging.step,
            bids_body: json(&bids),
        });
        let observations = active.attribution.bid();
        if !active.is_test {
            rows.committed.observations.extend(observations);
        }
        let event = Event::Bids(record::bids(&active.route.program, bids));
        active.remember(bids);
        let seq = self.next_seq();
        self.step(active, event, seq, at, rows)
    }

    fn step(
        &mut self,
        mut active: Box<ActiveLead>,
        event: Event,
        seq: i64,
        at: Timestamp,
        rows: &mut Rows,
    ) -> Advance {
        let (program, subject) = (
            Arc::clone(&active.route.program),
            Arc::clone(&active.subject),
        );
        let context = Context {
            program: &program,
            subject: &subject,
        };
        // Whoever took the lead took it, also after the deadline: only further offers need time.
        let goes_on = event != Event::Answer(Answer::Accepted) || program.max_sold() > 1;
        let expired = goes_on && Instant::now() >= active.deadline;
        let mut conditions = if expired || active.duplicate_of.is_some() {
            Conditions::closed(&program)
        } else {
            self.ledger.conditions(&program, &active.source, at)
        };
        let (lead, holds) = (active.lead_id, rows.held.holds());
        active
            .keys
            .close(&program, holds, lead, at, &mut conditions.free);
        let input = StepInput {
            seq,
            at,
            rotations: rotation::found(&program, &self.ledger, &conditions, at),
            conditions,
            expired,
        };
        match active.walk.next(context, &input.conditions, event) {
            Step::Ping(ping) => {
                step_rows::ping(&mut active, &ping, &input, rows);
                Advance::OnItsWay(active)
            }
            Step::Offer(offer) => {
                let reserved = step_rows::offer(&mut active, &offer, input, rows);
                active
                    .keys
                    .offer(&mut rows.held, offer.destination, Hold { lead, at });
                self.ledger.apply(&reserved, at);
                rows.committed.ledger.push(reserved);
                Advance::OnItsWay(active)
            }
            Step::Done(done) => {
                if self.early.remove(&active.lead_id).is_some() {
                    rows.committed.ended.push(active.lead_id);
                }
                Advance::Ended(Box::new(step_rows::end(&mut active, &done, &input, rows)))
            }
        }
    }
}
