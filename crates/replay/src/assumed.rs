//! What a log without propensities says of two policies, if nothing unmeasured had a part in who got a lead.
//!
//! Nobody can check that. So a value of this kind comes with its assumption, and never with more than `not_enough_evidence`.
//!
//! The unit is the lead, and what is decided is its first offer: what follows a refusal stays as it was in the log. *Matching*
//! takes, for each choice of a policy, the mean of what leads alike brought at that destination. The *direct method* asks a
//! linear model of each destination instead, fitted to the other half of the log.
//!
//! # Source
//!
//! Rosenbaum and Rubin, *The central role of the propensity score*, 1983, for the assumption; Iacus, King, Porro, *Causal
//! inference without balance checking: coarsened exact matching*, 2012; Beygelzimer and Langford, *The offset tree for learning
//! with partial labels*, 2009, for the direct method.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use pointsman_lead::Schema;
use pointsman_router::{Answer, Context, Filter, HashKey, Subject, Unit};
use serde::Serialize;

use crate::{
    clusters::Clusters,
    log::LogLead,
    policy::{LoggedConditions, Policy},
};

mod direct;
mod matching;
mod measured;
mod words;

use measured::Measured;

/// Leads that are kept in memory; what comes after them is left out, and told.
const LEADS_MAX: usize = 4_000_000;
/// A larger share of choices without a match has no interval.
const UNMATCHED_MAX: f64 = 0.01;
/// With a larger share of choices without a match there is no value at all.
const UNMATCHED_VALUE_MAX: f64 = 0.1;
/// Fewer independent leads or clusters than this have no interval.
const INDEPENDENT_MIN: usize = 200;

/// What a log without propensities says, and under which assumption.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Assumed {
    /// What must be true for the values to be right.
    pub assumption: String,
    /// Fields by which leads count as alike, those that matter most first.
    pub matched_by: Vec<String>,
    /// Fields that only the direct method takes into account: by them as well, too few leads would be alike.
    pub not_matched_by: Vec<String>,
    /// What else must be kept in mind.
    pub conditions: Vec<String>,
    /// The candidate.
    pub candidate: AssumedValue,
    /// The baseline.
    pub baseline: AssumedValue,
    /// Candidate minus baseline.
    pub difference: AssumedValue,
}

/// Reward a lead, under the assumption.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AssumedValue {
    /// By the direct method; none where the log never goes.
    pub direct: Option<f64>,
    /// By matching; none if too many choices have no match.
    pub matched: Option<f64>,
    /// Standard error of `matched`; over clusters where the log has them.
    pub matched_se: Option<f64>,
    /// Its 95 % interval.
    pub matched_ci95: Option<[f64; 2]>,
    /// Share of choices that no lead alike was given in the log.
    pub unmatched_share: f64,
}

/// Which destination a policy offers a lead to first, by destination and probability.
type Plan = Vec<(u32, f64)>;

/// The plan of whoever decided when the log was written.
const AS_LOGGED: u32 = u32::MAX;

/// A lead, as far as its value goes.
#[derive(Debug, Clone, Copy)]
struct Seen {
    /// Who got it first; none if nobody did.
    destination: Option<u32>,
    reward: f64,
    /// What it shares with others that are not independent of it.
    cluster: u64,
    /// What candidate and baseline would have done.
    plans: [u32; 2],
}

/// Plans, each kept once.
#[derive(Debug, Default)]
struct Plans {
    numbers: HashMap<Vec<(u32, u64)>, u32>,
    plans: Vec<Plan>,
}

impl Plans {
    fn number(&mut self, plan: Plan) -> u32 {
        let key = plan.iter().map(|(to, p)| (*to, p.to_bits())).collect();
        *self.numbers.entry(key).or_insert_with(|| {
            self.plans.push(plan);
            u32::try_from(self.plans.len() - 1).unwrap_or(AS_LOGGED)
        })
    }
}

/// The leads of a log without propensities, gathered before anything is computed.
#[derive(Debug)]
pub(crate) struct Gathering<'a> {
    policies: [&'a Policy; 2],
    known: &'a BTreeSet<Arc<str>>,
    destinations: HashMap<Arc<str>, u32>,
    plans: Plans,
    leads: Vec<Seen>,
    measured: Measured,
    clusters: Clusters,
    n_left_out: u64,
    n_refused: u64,
    n_nobody: u64,
    n_later_offers: u64,
}

impl<'a> Gathering<'a> {
    /// * `known`: every destination of the log; others of a flow count as free.
    /// * `fields`: names of the fields that the log measures.
    pub(crate) fn new(
        candidate: &'a Policy,
        baseline: &'a Policy,
        known: &'a BTreeSet<Arc<str>>,
        schema: &Schema,
        fields: &[String],
    ) -> Self {
        Self {
            policies: [candidate, baseline],
            known,
            destinations: HashMap::new(),
            plans: Plans::default(),
            leads: Vec::new(),
            measured: Measured::new(schema, fields),
            clusters: Clusters::default(),
            n_left_out: 0,
            n_refused: 0,
            n_nobody: 0,
            n_later_offers: 0,
        }
    }

    /// Takes in more leads.
    pub(crate) fn add(&mut self, leads: &[LogLead]) {
        for lead in leads {
            if self.leads.len() == LEADS_MAX {
                self.n_left_out += 1;
                continue;
            }
            let first = lead.offers.first().map(|offer| &offer.destination);
            let destination = first.map(|name| self.destination(name));
            let plans = self.policies.map(|policy| self.plan(policy, lead));
            let alone = u64::MAX - self.leads.len() as u64;
            let cluster = self.clusters.number(lead.cluster.as_deref());
            self.n_nobody += u64::from(destination.is_none());
            self.n_refused += u64::from(
                lead.offers
                    .first()
                    .is_some_and(|offer| offer.answer == Answer::Rejected),
            );
            self.n_later_offers += u64::from(lead.offers.len() > 1);
            self.measured.add(&lead.fields);
            self.leads.push(Seen {
                destination,
                reward: lead.offers.iter().map(|offer| offer.reward).sum(),
                cluster: cluster.unwrap_or(alone),
                plans,
            });
        }
    }

    fn destination(&mut self, name: &Arc<str>) -> u32 {
        let next = u32::try_from(self.destinations.len()).unwrap_or(u32::MAX);
        *self.destinations.entry(Arc::clone(name)).or_insert(next)
    }

    /// What a policy would do first with a lead. What it would ask bids for goes to a destination that nobody has.
    fn plan(&mut self, policy: &Policy, lead: &LogLead) -> u32 {
        let Policy::Flow(flow) = policy else {
            return AS_LOGGED;
        };
        let (allocation, _) = flow.allocations.of(lead.epoch);
        let program = &flow.program;
        let unit = Unit::new(&lead.unit_key, HashKey::default());
        let subject = Subject::new(program, allocation, &lead.fields, unit);
        let context = Context {
            program,
            subject: &subject,
        };
        let logged = lead.offers.first().map(LoggedConditions::from);
        let logged = logged.unwrap_or_default();
        let conditions = flow.conditions(logged, self.known, lead.received_at);
        let mut filter = Filter::new(context);
        let outlook = filter.outlook(context, &conditions);
        let mut plan = Plan::with_capacity(outlook.offers.len());
        for (destination, probability) in &outlook.offers {
            let name = &program.destinations()[usize::from(destination.0)].name;
            plan.push((self.destination(&name.as_str().into()), *probability));
        }
        let pings = outlook.pings.iter();
        let pings: f64 = pings.map(|(_, probability)| probability).sum();
        if pings > 0.0 {
            plan.push((u32::MAX, pings));
        }
        self.plans.number(plan)
    }

    /// The values, and all that there is to say of them.
    pub(crate) fn finish(self) -> Assumed {
        let n_destinations = self.destinations.len();
        let gathered = Gathered {
            leads: &self.leads,
            plans: &self.plans.plans,
            n_destinations,
        };
        let codes = self.measured.codes(&self.leads, n_destinations);
        let direct = direct::value(gathered, &codes);
        let matched = matching::value(gathered, &codes);
        let value = |policy: usize| {
            let value = &matched.values[policy];
            self.assumed_value(
                direct[policy],
                value.value,
                &value.influences,
                value.unmatched,
            )
        };
        let [candidate, baseline] = [value(0), value(1)];
        let [of_candidate, of_baseline] = &matched.values;
        let influences: Vec<f64> = of_candidate
            .influences
            .iter()
            .zip(&of_baseline.influences)
            .map(|(a, b)| a - b)
            .collect();
        let minus = |of: [Option<f64>; 2]| of[0].zip(of[1]).map(|(a, b)| a - b);
        let difference = self.assumed_value(
            minus(direct),
            of_candidate.value - of_baseline.value,
            &influences,
            of_candidate.unmatched.max(of_baseline.unmatched),
        );
        let (matched_by, not_matched_by) = codes.names(matched.n_fields);
        let mut measured: Vec<&str> = matched_by.iter().map(String::as_str).collect();
        measured.extend(not_matched_by.iter().map(String::as_str));
        Assumed {
            assumption: words::assumption(&measured),
            conditions: self.conditions(&not_matched_by),
            matched_by,
            not_matched_by,
            candidate,
            baseline,
            difference,
        }
    }

    fn assumed_value(
        &self,
        direct: Option<f64>,
        value: f64,
        influences: &[f64],
        unmatched: f64,
    ) -> AssumedValue {
        let (se, n_independent) = self.standard_error(influences);
        let matched = (unmatched <= UNMATCHED_VALUE_MAX && value.is_finite()).then_some(value);
        let has_interval = unmatched <= UNMATCHED_MAX && n_independent >= INDEPENDENT_MIN;
        let se = se.filter(|_| has_interval && matched.is_some());
        AssumedValue {
            direct: direct.filter(|_| unmatched <= UNMATCHED_VALUE_MAX),
            matched,
            matched_se: se,
            matched_ci95: se.map(|se| [value - 1.959_964 * se, value + 1.959_964 * se]),
            unmatched_share: unmatched,
        }
    }

    /// Standard error of a mean whose leads have these influences, and over how many independent sums.
    fn standard_error(&self, influences: &[f64]) -> (Option<f64>, usize) {
        let mut sums: HashMap<u64, f64> = HashMap::new();
        let mut order = Vec::new();
        for (lead, influence) in self.leads.iter().zip(influences) {
            let sum = sums.entry(lead.cluster).or_insert_with(|| {
                order.push(lead.cluster);
                0.0
            });
            *sum += influence;
        }
        // In the order of the log, so that equal logs give equal digits.
        let squares: f64 = order.iter().map(|cluster| sums[cluster].powi(2)).sum();
        let n = order.len();
        let (g, n_leads) = (count(n), count(self.leads.len()));
        let se = (n > 1).then(|| (squares * g / (g - 1.0)).sqrt() / n_leads);
        (se.filter(|se| se.is_finite()), n)
    }

    fn conditions(&self, not_matched_by: &[String]) -> Vec<String> {
        let mut conditions = Vec::new();
        let n = self.leads.len();
        if self.n_refused == 0 {
            conditions.push(
                "the log names no buyer that refused a lead: whoever got one may have been asked because it would say yes, and would refuse others".to_owned(),
            );
        }
        if self.n_nobody > 0 {
            conditions.push(format!(
                "{} of {n} leads went to nobody in the log; what a buyer would have paid for them is taken from leads alike that were sold",
                self.n_nobody
            ));
        }
        if self.n_later_offers > 0 {
            conditions.push(format!(
                "{} of {n} leads were offered more than once: the policies are compared by their first offer, and what follows a refusal stays as it was in the log",
                self.n_later_offers
            ));
        }
        if !not_matched_by.is_empty() {
            conditions.push(format!(
                "leads count as alike whatever their {}: by these as well, too few would be",
                not_matched_by.join(", ")
            ));
        }
        if self.n_left_out > 0 {
            conditions.push(format!(
                "only the first {LEADS_MAX} leads count; {} more are left out",
                self.n_left_out
            ));
        }
        conditions
    }
}

/// What was gathered.
#[derive(Debug, Clone, Copy)]
struct Gathered<'a> {
    leads: &'a [Seen],
    plans: &'a [Plan],
    /// Destinations of the log and of the policies.
    n_destinations: usize,
}

impl Gathered<'_> {
    /// What a policy would have done with a lead; none for what was done.
    fn plan(&self, number: u32) -> Option<&[(u32, f64)]> {
        self.plans.get(number as usize).map(Vec::as_slice)
    }
}

/// A number of leads as a number.
#[expect(clippy::cast_precision_loss, reason = "leads are far below 2^53")]
fn count(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests;
