//! The steps of walks, in memory alone: a lead or the result of a step in, rows and how the lead advances out.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use pointsman_history::{
    record::{self, BidRecord, json},
    rotation,
};
use pointsman_lead::{Micros, Timestamp};
use pointsman_ledger::{Hold, LedgerEvent};
use pointsman_router::{Answer, Conditions, Context, Event, Step};
use pointsman_store::{
    BidsUpdate, DeliveryReleaseRow, DeliveryUpdate, LeadStatus, LeadUpdate, OutboxKind, OutboxRow,
    Reopened,
};

use super::{
    memory::Memory,
    reply::Advance,
    rows::{Rows, attempt_row, click_of, decision_row, finish_of, given_row, lead_row, state_of},
    step_rows::{self, StepInput},
};
use crate::{
    LeadState,
    active_lead::{ActiveLead, Current, Sold},
    release::{HeldOffer, PreparedRelease},
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

/// When a destination is asked what became of an offer, if it can be asked.
fn question(active: &ActiveLead, current: &Current, at: Timestamp) -> Option<OutboxRow> {
    let target = active.route.targets.get(&current.destination.name)?;
    let wait = target.status.as_ref()?.wait(0)?;
    Some(OutboxRow {
        delivery_id: current.delivery_id.to_string(),
        kind: OutboxKind::Status,
        n: 0,
        due_at: at
            .plus(i64::try_from(wait.as_micros()).unwrap_or(i64::MAX))
            .0,
    })
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

    /// Writes down the end of the current attempt, its answer, and the next step.
    pub(super) fn settle(
        &mut self,
        active: Box<ActiveLead>,
        result: &OfferResult,
        at: Timestamp,
        rows: &mut Rows,
    ) -> Advance {
        if let Some(current) = &active.current {
            rows.attempt_finishes.push(finish_of(current, result, at));
            if result.outcome.answer() == Answer::Unknown {
                rows.due.extend(question(&active, current, at));
            }
        }
        self.answer(active, result, at, rows)
    }

    /// Writes down what became known of an offer that was held, and takes the next step: the walk goes on from where it had
    /// ended, as if the answer had come only now.
    pub(super) fn release(
        &mut self,
        active: Box<ActiveLead>,
        (release, held): (&PreparedRelease, &HeldOffer),
        at: Timestamp,
        rows: &mut Rows,
    ) -> Advance {
        let delivery_id = release.click.delivery_id.to_string();
        rows.reopened.push(Reopened {
            decision_id: active.decision_id.to_string(),
            ended_seq: held.ended_seq,
            lease: active.lease,
        });
        rows.releases.push(DeliveryReleaseRow {
            delivery_id: delivery_id.clone(),
            // That of the answer.
            seq: self.seq() + 1,
            at: at.0,
            answer: release.answer.state(),
            origin: release.origin,
            by_whom: release.by_whom.clone(),
            reason: release.reason.clone(),
            held_seq: Some(held.held_seq),
            held_at: Some(held.held_at),
            ended_seq: Some(held.ended_seq),
        });
        rows.done.push(delivery_id);
        rows.lead_updates.insert(
            active.lead_id,
            LeadUpdate {
                id: active.lead_id.to_string(),
                status: LeadStatus::Queued,
                response_body: None,
                settled_at: None,
                earned: 0,
            },
        );
        let result = release.result(held);
        self.answer(active, &result, at, rows)
    }

    /// Writes down the answer to the current offer and takes the next step.
    fn answer(
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
            reference: result.reference.clone(),
        });
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

    /// Writes down that the current offer was surely not sent, and when it is made again. Nothing is settled by that: caps
    /// and breakers wait for the last attempt.
    pub(super) fn put_off(
        &mut self,
        mut active: Box<ActiveLead>,
        (result, wait): (&OfferResult, Duration),
        at: Timestamp,
        rows: &mut Rows,
    ) -> Advance {
        if let Some(current) = &mut active.current {
            rows.attempt_finishes.push(finish_of(current, result, at));
            current.attempt += 1;
            current.due = Some(Instant::now() + wait);
            rows.due.push(OutboxRow {
                delivery_id: current.delivery_id.to_string(),
                kind: OutboxKind::Retry,
                n: current.attempt.into(),
                due_at: at
                    .plus(i64::try_from(wait.as_micros()).unwrap_or(i64::MAX))
                    .0,
            });
            // Where the answer to the commit is lost, the log says whether this is kept.
            self.next_seq();
        }
        Advance::OnItsWay(active)
    }

    /// Writes down that the current offer is about to be made again: after a crash its answer is unknown.
    pub(super) fn again(
        &mut self,
        mut active: Box<ActiveLead>,
        at: Timestamp,
        rows: &mut Rows,
    ) -> Advance {
        if let Some(current) = &mut active.current {
            current.due = None;
            rows.attempts.push(attempt_row(current, at));
            rows.done.push(current.delivery_id.to_string());
            self.next_seq();
        }
        Advance::OnItsWay(active)
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
        let is_closed = expired || active.is_suppressed || active.duplicate_of.is_some();
        let mut conditions = if is_closed {
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
