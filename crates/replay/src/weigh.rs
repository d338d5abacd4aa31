//! What one logged lead says about a policy: its importance weight and its weighted reward.

use std::{collections::BTreeSet, sync::Arc};

use pointsman_flow::{CapKind, Program};
use pointsman_router::{Answer, Context, Filter, Outlook, Standing, Subject};
use pointsman_stats::weighted::Step;

use crate::{
    load::Load,
    log::{LogEnd, LogLead, LogOffer, LogOutlook},
    policy::{FlowPolicy, Policy},
};

/// A propensity this near to 1 left no other outcome.
const CERTAIN: f64 = 1.0 - 1e-12;

/// One lead under one policy.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Weighed {
    /// Each offer and the end of the walk: how much likelier the policy is to come this far than
    /// the logged one was, and what it brought.
    pub(crate) steps: Vec<Step>,
    /// Probability of going where the log never goes, weighted; `None` if the log does not tell.
    pub(crate) unsupported: Option<f64>,
    /// Whether the book that the lead was decided by is missing.
    pub(crate) book_missing: bool,
    /// Whether a rotation drew its arms alike, because the log does not tell its order.
    pub(crate) orders_missing: bool,
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
/// * `load`: gets the units that the policy would ask of capped destinations.
pub(crate) fn weigh(
    policy: &Policy,
    lead: &LogLead,
    known: &BTreeSet<Arc<str>>,
    load: Option<&mut Load>,
) -> Weighed {
    match policy {
        Policy::Logged => Weighed {
            steps: lead
                .offers
                .iter()
                .map(|offer| Step {
                    weight: 1.0,
                    reward: offer.reward,
                })
                .collect(),
            unsupported: Some(0.0),
            book_missing: false,
            orders_missing: false,
        },
        Policy::Flow(flow) => weigh_flow(flow, lead, known, load),
    }
}

fn weigh_flow(
    flow: &FlowPolicy,
    lead: &LogLead,
    known: &BTreeSet<Arc<str>>,
    load: Option<&mut Load>,
) -> Weighed {
    let (book, is_theirs) = flow.books.of(lead.epoch);
    let program = &flow.program;
    let subject = Subject::new(program, book, &lead.fields, &lead.unit_key);
    let context = Context {
        program,
        subject: &subject,
    };
    let book_missing = !is_theirs && flow.has_bandits();
    let mut walk = Walked {
        context,
        filter: Filter::new(context),
        load,
        has_ended: false,
        weighed: Weighed {
            steps: Vec::with_capacity(lead.offers.len() + 1),
            unsupported: Some(0.0),
            book_missing,
            orders_missing: false,
        },
    };
    let standing = |logged| flow.standing(logged, known, lead.received_at);
    for offer in &lead.offers {
        let standing = standing(offer.into());
        walk.weighed.orders_missing |= flow.lacks_orders(&standing);
        walk.offer(offer, &standing);
        if walk.weighed.weight() <= 0.0 {
            return walk.weighed;
        }
    }
    if let Some(end) = &lead.end {
        let standing = standing(end.into());
        walk.weighed.orders_missing |= flow.lacks_orders(&standing);
        walk.end(end, &standing);
    }
    walk.weighed
}

/// A walk that follows the log.
struct Walked<'a> {
    context: Context<'a>,
    filter: Filter,
    load: Option<&'a mut Load>,
    has_ended: bool,
    weighed: Weighed,
}

impl Weighed {
    /// How much likelier the policy is to make this whole walk than the logged one was.
    pub(crate) fn weight(&self) -> f64 {
        self.steps.last().map_or(1.0, |step| step.weight)
    }
}

impl Walked<'_> {
    fn offer(&mut self, offer: &LogOffer, standing: &Standing) {
        if self.has_ended {
            // The policy has stopped for sure, and the log went on for sure.
            self.lose(Some(1.0));
            self.step(0.0, 0.0);
            return;
        }
        let program = self.context.program;
        let outlook = self.filter.outlook(self.context, standing);
        let logged = Logged::of_offer(offer);
        let lost = logged.map(|logged| logged.lost(program, outlook));
        let destination = program.destination_idx(&offer.destination);
        let probability = destination.map_or(0.0, |destination| outlook.of(destination));
        if let Some(load) = &mut self.load {
            let before = self.weighed.weight();
            for (capped, probability) in &outlook.offers {
                if !program.destinations()[usize::from(capped.0)]
                    .settings
                    .caps
                    .is_empty()
                {
                    load.add(*capped, CapKind::Offers, before * probability);
                }
            }
        }
        self.lose(lost);
        self.step(probability / offer.propensity, offer.reward);
        if let (Some(load), Some(destination), Answer::Accepted) =
            (&mut self.load, destination, offer.answer)
        {
            load.add(destination, CapKind::Accepted, self.weighed.weight());
        }
        if let Some(destination) = destination {
            self.filter.observe(destination);
            self.has_ended = self.filter.answer(self.context, offer.answer).is_some();
        }
    }

    /// The last step counts as well: without it the mean weight would not be 1.
    ///
    /// Declined and unsold are one outcome here. Neither brings anything, and both end the walk.
    fn end(&mut self, end: &LogEnd, standing: &Standing) {
        if self.has_ended {
            self.step(1.0 / end.propensity, 0.0);
            return;
        }
        let outlook = self.filter.outlook(self.context, standing);
        let lost = Logged::of_end(end).map(|logged| logged.lost(self.context.program, outlook));
        let probability = outlook.declined + outlook.unsold;
        self.lose(lost);
        self.step(probability / end.propensity, 0.0);
    }

    fn step(&mut self, ratio: f64, reward: f64) {
        let weight = self.weighed.weight() * ratio;
        self.weighed.steps.push(Step { weight, reward });
    }

    /// Counts a share of the present weight that the log can say nothing about.
    fn lose(&mut self, lost: Option<f64>) {
        let weight = self.weighed.weight();
        self.weighed.unsupported = self
            .weighed
            .unsupported
            .zip(lost)
            .map(|(sum, lost)| sum + weight * lost);
    }
}

/// What the logged policy could have done at a step.
#[derive(Clone, Copy)]
enum Logged<'a> {
    OnlyOffer(&'a str),
    OnlyEnd,
    Outlook(&'a LogOutlook),
}

impl<'a> Logged<'a> {
    fn of_offer(offer: &'a LogOffer) -> Option<Self> {
        match &offer.outlook {
            _ if offer.propensity >= CERTAIN => Some(Self::OnlyOffer(&offer.destination)),
            Some(outlook) => Some(Self::Outlook(outlook)),
            None => None,
        }
    }

    fn of_end(end: &'a LogEnd) -> Option<Self> {
        match &end.outlook {
            _ if end.propensity >= CERTAIN => Some(Self::OnlyEnd),
            Some(outlook) => Some(Self::Outlook(outlook)),
            None => None,
        }
    }

    /// The probability of what could not have happened in the log.
    fn lost(self, program: &Program, outlook: &Outlook) -> f64 {
        let could_offer = |name: &str| match self {
            Self::OnlyOffer(only) => only == name,
            Self::OnlyEnd => false,
            Self::Outlook(logged) => logged
                .offers
                .get(name)
                .is_some_and(|&probability| probability > 0.0),
        };
        let could_end = match self {
            Self::OnlyOffer(_) => false,
            Self::OnlyEnd => true,
            Self::Outlook(logged) => logged.declined + logged.unsold > 0.0,
        };
        let names = program.destinations();
        let offers: f64 = outlook
            .offers
            .iter()
            .filter(|(destination, _)| !could_offer(&names[usize::from(destination.0)].name))
            .map(|(_, probability)| probability)
            .sum();
        offers
            + if could_end {
                0.0
            } else {
                outlook.declined + outlook.unsold
            }
    }
}
