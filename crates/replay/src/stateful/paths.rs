//! The way of a lead step by step, held against that of the log and against that without a state.

use std::{collections::BTreeSet, sync::Arc};

use pointsman_bandit::Allocation;
use pointsman_flow::{DestinationIdx, Mask};
use pointsman_router::{Bid, Conditions, Context, End, Event, Program, Step, Subject, Unit, Walk};

use super::answers::{AnswerSource, AskedOffer};
use crate::{
    log::{EndKind, LogEnd, LogLead, LogOffer, LogPing},
    policy::{FlowPolicy, LoggedConditions},
};

/// What a step came to, as anybody can see it from outside.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Move {
    Ping(Mask),
    Offer(DestinationIdx),
    End(EndKind),
}

/// A step, and what it was decided by.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    pub(super) to: Move,
    pub(super) propensity: f64,
    pub(super) conditions: Conditions,
}

impl Mark {
    pub(super) fn of(step: &Step, conditions: Conditions) -> Self {
        let (to, propensity) = match step {
            Step::Ping(ping) => (Move::Ping(ping.destinations.clone()), ping.propensity),
            Step::Offer(offer) => (Move::Offer(offer.destination), offer.propensity),
            Step::Done(done) => (Move::End(kind_of(&done.end)), done.propensity),
        };
        Self {
            to,
            propensity,
            conditions,
        }
    }
}

fn kind_of(end: &End) -> EndKind {
    match end {
        End::Sold => EndKind::Sold,
        End::Declined { .. } => EndKind::Declined,
        End::Unsold => EndKind::Unsold,
        End::Held => EndKind::Held,
    }
}

/// A step of the log.
#[derive(Debug, Clone, Copy)]
pub(super) enum LoggedStep<'a> {
    Ping(&'a LogPing),
    Offer(&'a LogOffer),
    End(&'a LogEnd),
}

impl<'a> LoggedStep<'a> {
    /// The steps of a lead in their order.
    pub(super) fn all(lead: &'a LogLead) -> Vec<Self> {
        let mut pings = lead.pings.iter().peekable();
        let mut steps = Vec::with_capacity(lead.pings.len() + lead.offers.len() + 1);
        for (n_offers, offer) in lead.offers.iter().enumerate() {
            while let Some(ping) = pings.next_if(|ping| ping.after_offers <= n_offers) {
                steps.push(Self::Ping(ping));
            }
            steps.push(Self::Offer(offer));
        }
        steps.extend(pings.map(Self::Ping));
        steps.extend(lead.end.iter().map(Self::End));
        steps
    }

    /// Whether the next step of a walk, after so many, is that of the log. A log that does not tell how walks end agrees with
    /// any end behind its last offer.
    pub(super) fn goes_on(
        lead: &'a LogLead,
        n_steps: usize,
        mark: &Mark,
        program: &Program,
    ) -> bool {
        match Self::all(lead).get(n_steps) {
            Some(logged) => logged.is(mark, program),
            None => lead.end.is_none() && matches!(mark.to, Move::End(_)),
        }
    }

    /// Whether a step went where the log went, and how: to the bit of its probability where the log knows that.
    pub(super) fn is(&self, mark: &Mark, program: &Program) -> bool {
        let name = |idx: DestinationIdx| program.destinations()[usize::from(idx.0)].name.as_str();
        let (is_there, propensity) = match (self, &mark.to) {
            (Self::Ping(ping), Move::Ping(asked)) => {
                let names: BTreeSet<&str> = asked.iter().map(name).collect();
                let is_same = names.len() == ping.asked.len()
                    && ping.asked.iter().all(|asked| names.contains(&**asked));
                (is_same, ping.propensity)
            }
            (Self::Offer(offer), Move::Offer(destination)) => {
                (*offer.destination == *name(*destination), offer.propensity)
            }
            (Self::End(end), Move::End(kind)) => (end.kind == *kind, end.propensity),
            _ => return false,
        };
        is_there && (propensity.is_nan() || propensity.to_bits() == mark.propensity.to_bits())
    }

    fn conditions(self) -> LoggedConditions<'a> {
        match self {
            Self::Ping(ping) => ping.into(),
            Self::Offer(offer) => offer.into(),
            Self::End(end) => end.into(),
        }
    }
}

/// Why a lead went elsewhere than without a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Because {
    /// Other destinations were free.
    Availability,
    /// A rotation stood elsewhere.
    Turns,
    /// Bandits drew by other weights.
    Weights,
}

/// What the same flow does with a lead without a state: under the availability, orders and weights of the log.
pub(super) fn stateless(
    flow: &FlowPolicy,
    lead: &LogLead,
    position: usize,
    known: &BTreeSet<Arc<str>>,
    answers: &dyn AnswerSource,
) -> Vec<Mark> {
    let program = &flow.program;
    let (allocation, _) = flow.allocations.of(lead.epoch);
    let subject = subject(flow, lead, allocation);
    let context = Context {
        program,
        subject: &subject,
    };
    let logged = LoggedStep::all(lead);
    let mut walk = Walk::new(context);
    let mut marks: Vec<Mark> = Vec::new();
    let mut event = Event::Start;
    let mut n_before = 0;
    loop {
        // Beyond the end of the log's walk things stay as they were.
        let now = logged.get(marks.len()).or(logged.last());
        let now = now.map(|step| step.conditions()).unwrap_or_default();
        let conditions = flow.conditions(now, known, lead.received_at);
        let step = walk.next(context, &conditions, event);
        marks.push(Mark::of(&step, conditions));
        let asked = |destination: DestinationIdx, n_before| AskedOffer {
            lead,
            position,
            destination: &program.destinations()[usize::from(destination.0)].name,
            n_before,
        };
        event = match step {
            Step::Done(_) => return marks,
            Step::Ping(ping) => {
                let bids = ping.destinations.iter().filter_map(|destination| {
                    Some(Bid {
                        destination,
                        amount: answers.bid(&asked(destination, n_before))??,
                    })
                });
                Event::Bids(bids.collect())
            }
            Step::Offer(offer) => {
                let Some(reply) = answers.offer(&asked(offer.destination, n_before)) else {
                    return marks;
                };
                n_before += 1;
                Event::Answer(reply.answer)
            }
        };
    }
}

/// Why a lead's steps are others than without a state; none if they are the same.
pub(super) fn difference(with_state: &[Mark], without: &[Mark]) -> Option<Because> {
    let pairs = with_state.iter().zip(without);
    let first = pairs
        .into_iter()
        .find(|(with, without)| with.to != without.to);
    let Some((with, without)) = first else {
        return (with_state.len() != without.len()).then_some(Because::Availability);
    };
    Some(if with.conditions.free != without.conditions.free {
        Because::Availability
    } else if with.conditions.orders != without.conditions.orders {
        Because::Turns
    } else {
        Because::Weights
    })
}

/// A lead as a flow sees it under an allocation. It draws as it did, by the hashes that the log has.
pub(super) fn subject(flow: &FlowPolicy, lead: &LogLead, allocation: &Allocation) -> Subject {
    let unit = Unit {
        hashes: Some(&lead.unit_hashes),
        ..Unit::new(&lead.unit_key, flow.hash_key)
    };
    Subject::new(&flow.program, allocation, &lead.fields, unit)
}
