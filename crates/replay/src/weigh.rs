//! What a logged lead says about a policy: its importance weights, and which of them its rewards count by.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    log::{LogEnd, LogLead, LogOffer, LogPing},
    policy::{FlowPolicy, LoggedConditions, Policy},
};
use pointsman_flow::DestinationIdx;
use pointsman_router::{Conditions, Context, Filter, HashKey, Subject, Unit};

mod brought;
mod choice;
mod events;
mod lead_weight;
mod logged;
mod parts;
mod rules;
mod signature;
mod table;

pub(crate) use brought::Brought;
pub(crate) use choice::Likely;
use choice::likely;
use events::{LoggedEvent, in_order};
pub(crate) use lead_weight::{Asked, Decision, LeadWeight};
use logged::Logged;
use parts::{bids_of, kinds_of_caps, lost_offers, mask_of};
use rules::rules_met;
pub(crate) use table::{WeightIdx, WeightTable};

/// What a log is known to mean, beside its leads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading<'a> {
    /// Every destination of the log; others of a flow count as free.
    pub(crate) known: &'a BTreeSet<Arc<str>>,
    /// Whether a lead's last offer ended its walk, however it was answered, and would have under any flow.
    pub(crate) last_offer_ends: bool,
}

/// Weighs a lead by per-decision importance sampling.
///
/// The weight of the k-th offer is the product over j ≤ k of the policy's marginal probability of
/// the logged destination, given the logged availability and answers, over the logged propensity.
/// A forward filter gives the marginal. Weights of single offers without the product would be
/// biased as soon as a walk falls back to a second destination.
///
/// # Source
///
/// Precup, Sutton, Singh, *Eligibility traces for off-policy policy evaluation*, ICML 2000.
///
/// * `is_candidate`: whether rules that decide, and units of caps, are told too.
fn weigh(policy: &Policy, lead: &LogLead, reading: Reading<'_>, is_candidate: bool) -> LeadWeight {
    match policy {
        Policy::Logged => LeadWeight {
            decisions: (0..lead.offers.len()).map(Decision::of_log).collect(),
            unsupported: Some(0.0),
            ..LeadWeight::default()
        },
        Policy::Flow(flow) => weigh_flow(flow, lead, reading, is_candidate),
    }
}

fn weigh_flow(
    flow: &FlowPolicy,
    lead: &LogLead,
    reading: Reading<'_>,
    is_candidate: bool,
) -> LeadWeight {
    let (allocation, is_theirs) = flow.allocations.of(lead.epoch);
    let program = &flow.program;
    // Probabilities are asked for here, and they do not depend on what a lead draws by.
    let unit = Unit::new(&lead.unit_key, HashKey::default());
    let subject = Subject::new(program, allocation, &lead.fields, unit);
    let context = Context {
        program,
        subject: &subject,
    };
    let allocation_missing = !is_theirs && flow.has_bandits();
    let rules = is_candidate.then(|| rules_met(context));
    let mut walk = LogFollower {
        context,
        filter: Filter::new(context),
        tells_load: is_candidate,
        has_ended: false,
        tells_ends: lead.end.is_some(),
        n_offers: 0,
        reach: 1.0,
        stopped: 0.0,
        lead_weight: LeadWeight {
            decisions: Vec::with_capacity(lead.offers.len() + 1),
            unsupported: Some(0.0),
            allocation_missing,
            rules: rules.unwrap_or_default(),
            ..LeadWeight::default()
        },
    };
    let conditions = |logged| flow.conditions(logged, reading.known, lead.received_at);
    for event in in_order(lead) {
        let conditions = conditions(event.logged_conditions());
        walk.lead_weight.orders_missing |= flow.lacks_orders(&conditions);
        match event {
            LoggedEvent::Ping(ping) => walk.ping(ping, &conditions),
            LoggedEvent::Offer(offer) => walk.offer(offer, &conditions),
        }
        if walk.reach <= 0.0 {
            return walk.lead_weight;
        }
    }
    if let Some(end) = &lead.end {
        let conditions = conditions(end.into());
        walk.lead_weight.orders_missing |= flow.lacks_orders(&conditions);
        walk.end(end, &conditions);
    } else if !(walk.has_ended || reading.last_offer_ends) {
        let last = lead.offers.last().map(LoggedConditions::from);
        walk.break_off(&conditions(last.unwrap_or_default()));
    }
    walk.lead_weight
}

/// A walk that follows the log.
struct LogFollower<'a> {
    context: Context<'a>,
    filter: Filter,
    tells_load: bool,
    has_ended: bool,
    /// Whether the log says how this walk ended: then ends are among its decisions.
    tells_ends: bool,
    n_offers: usize,
    /// How much likelier the policy is to have come this far and to go on.
    reach: f64,
    /// How much likelier it is to have stopped before, where the log went on for sure.
    stopped: f64,
    lead_weight: LeadWeight,
}

impl LogFollower<'_> {
    /// A ping is a step without a reward: what it brings are the bids that the next steps know.
    ///
    /// A policy that would ask others, more of them or fewer, goes where this log does not go.
    fn ping(&mut self, ping: &LogPing, conditions: &Conditions) {
        let logged = Logged::of_ping(ping);
        if self.has_ended {
            self.stop_for_sure(logged);
            return;
        }
        let program = self.context.program;
        let outlook = self.filter.outlook(self.context, conditions);
        let lost = logged.map(|logged| logged.lost(program, outlook));
        let at = lost_offers(logged, program, outlook);
        let asked = mask_of(program, ping);
        let probability = asked.as_ref().map_or(0.0, |asked| outlook.of_ping(asked));
        let ends = outlook.declined + outlook.unsold;
        let likely = likely(outlook);
        self.lose(lost);
        self.lose_at(at);
        self.stop(logged, ends);
        self.step(probability / ping.propensity, false, None, likely);
        if let Some(asked) = asked {
            self.filter.observe_ping(&asked);
            self.filter.bids(&bids_of(program, ping));
        }
    }

    fn offer(&mut self, offer: &LogOffer, conditions: &Conditions) {
        let logged = Logged::of_offer(offer);
        if self.has_ended {
            self.stop_for_sure(logged);
            return;
        }
        let program = self.context.program;
        let outlook = self.filter.outlook(self.context, conditions);
        let destination = program.destination_idx(&offer.destination);
        let probability = destination.map_or(0.0, |destination| outlook.of(destination));
        if self.tells_load {
            let load = &mut self.lead_weight.load;
            for (capped, probability) in &outlook.offers {
                let kinds = kinds_of_caps(program, *capped);
                for kind in kinds.filter(|kind| kind.counts_every_offer()) {
                    load.add(*capped, kind, self.reach * probability);
                }
            }
        }
        let ends = outlook.declined + outlook.unsold;
        let likely = likely(outlook);
        match logged {
            Some(logged) => {
                let lost = logged.lost(program, outlook);
                let at = lost_offers(Some(logged), program, outlook);
                self.lose(Some(lost));
                self.lose_at(at);
            }
            None if self.tells_ends => self.lose(None),
            None => {
                self.lead_weight.asked.push(Asked {
                    n_before: self.n_offers,
                    offers: outlook.offers.to_vec(),
                    reach: self.reach,
                    logged: destination,
                });
                // A log of offers alone has held no auction.
                let pings: f64 = outlook
                    .pings
                    .iter()
                    .map(|(_, probability)| probability)
                    .sum();
                self.lose(Some(pings));
            }
        }
        self.stop(logged, ends);
        let ratio = probability / offer.propensity;
        self.step(ratio, true, destination, likely);
        self.n_offers += 1;
        if let Some(destination) = destination.filter(|_| self.tells_load) {
            let load = &mut self.lead_weight.load;
            // What every offer uses is known before the answer.
            let kinds = kinds_of_caps(program, destination);
            for kind in kinds.filter(|it| it.keeps(offer.answer) && !it.counts_every_offer()) {
                load.add(destination, kind, self.reach);
            }
        }
        if let Some(destination) = destination {
            self.filter.observe(destination);
            self.has_ended = self.filter.answer(self.context, offer.answer).is_some();
        }
    }

    /// The last step counts as well: without it the mean weight would not be 1.
    ///
    /// Declined and unsold are one outcome here. Neither brings anything, and both end the walk.
    fn end(&mut self, end: &LogEnd, conditions: &Conditions) {
        if self.has_ended {
            self.step(1.0 / end.propensity, false, None, Vec::new());
            return;
        }
        let outlook = self.filter.outlook(self.context, conditions);
        let logged = Logged::of_end(end);
        let lost = logged.map(|logged| logged.lost(self.context.program, outlook));
        let at = lost_offers(logged, self.context.program, outlook);
        let probability = outlook.declined + outlook.unsold;
        let likely = likely(outlook);
        self.lose(lost);
        self.lose_at(at);
        self.step(probability / end.propensity, false, None, likely);
    }

    /// The log ends here without saying why. What would have followed the last refusal, nobody knows.
    fn break_off(&mut self, conditions: &Conditions) {
        let outlook = self.filter.outlook(self.context, conditions);
        let offers: f64 = outlook
            .offers
            .iter()
            .map(|(_, probability)| probability)
            .sum();
        let pings: f64 = outlook
            .pings
            .iter()
            .map(|(_, probability)| probability)
            .sum();
        let at = outlook.offers.to_vec();
        self.lose(Some(offers + pings));
        self.lose_at(at);
    }

    /// Counts a share of the present weight as walks that the policy ends here.
    ///
    /// What a walk brings that has ended is known: nothing more. Where the log could have ended as well, the leads that it
    /// ended carry that weight; where it never does, every lead carries its share.
    fn stop(&mut self, logged: Option<Logged<'_>>, share: f64) {
        let log_may_end = logged.map_or(self.tells_ends, Logged::may_end);
        if !log_may_end {
            self.stopped += self.reach * share;
        }
    }

    fn stop_for_sure(&mut self, logged: Option<Logged<'_>>) {
        if logged.is_none() && self.tells_ends {
            self.lose(None);
        }
        self.stop(logged, 1.0);
        self.step(0.0, false, None, Vec::new());
    }

    fn step(
        &mut self,
        ratio: f64,
        is_offer: bool,
        destination: Option<DestinationIdx>,
        likely: Likely,
    ) {
        self.reach *= ratio;
        let (weight, reached) = if self.stopped > 0.0 {
            let weight = self.reach + self.stopped;
            (weight, self.reach / weight)
        } else {
            (self.reach, 1.0)
        };
        self.lead_weight.decisions.push(Decision {
            weight,
            reached,
            n_before: self.n_offers,
            is_offer,
            destination,
            likely,
        });
    }

    /// Notes where that share would have gone.
    fn lose_at(&mut self, at: Vec<(DestinationIdx, f64)>) {
        let weighted = at
            .into_iter()
            .map(|(destination, probability)| (destination, self.reach * probability));
        self.lead_weight.unsupported_at.extend(weighted);
    }

    /// Counts a share of the present weight that the log can say nothing about.
    fn lose(&mut self, lost: Option<f64>) {
        let weight = self.reach;
        self.lead_weight.unsupported = self
            .lead_weight
            .unsupported
            .zip(lost)
            .map(|(sum, lost)| sum + weight * lost);
    }
}
