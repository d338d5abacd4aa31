//! Puts a value on two policies over one log.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    estimate::{Estimate, Pair},
    histogram::Histogram,
    load::{Load, Loads},
    log::LogLead,
    policy::Policy,
    report::Report,
    verdict::judge,
    weigh::{Weighed, weigh},
};

/// Leads that a thread takes at once; fewer are not worth a thread.
const SHARE_MIN: usize = 256;
/// Leads that are weighed at once.
const BATCH: usize = 4_096;

/// What an evaluation needs to know besides leads and policies.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Name of the run, for the report.
    pub run: String,
    /// What rewards are counted in: clicks, sales, a currency.
    pub unit: String,
    /// The loss that does not matter.
    pub tolerance: Tolerance,
    /// Every destination that the log knows; others of a flow count as free.
    pub destinations: BTreeSet<Arc<str>>,
    /// What the reader of the report should know beforehand.
    pub warnings: Vec<String>,
    /// Whether leads have clusters; one without is then a cluster of its own. [`evaluate`] finds out by itself.
    pub has_clusters: bool,
}

/// A loss that does not matter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Tolerance {
    /// In units of reward a lead.
    Absolute(f64),
    /// As a share of the baseline's value: 0.01 is one per cent.
    Share(f64),
}

impl Default for Tolerance {
    fn default() -> Self {
        Self::Share(0.01)
    }
}

impl Tolerance {
    fn of(self, baseline: &Estimate) -> f64 {
        match self {
            Self::Absolute(tolerance) => tolerance,
            Self::Share(share) => share * baseline.ips.abs(),
        }
    }
}

/// Puts a value on a candidate and a baseline over the leads of a log, in one pass.
///
/// Equal leads in equal order give equal reports, bit for bit, on any number of cores. The value
/// is that under the logged availability. Where any lead has a cluster, one without is a cluster of
/// its own.
///
/// * `leads`: with fields of the schema that both flows were checked against.
///
/// # Example
///
/// ```
/// use pointsman_replay::{Options, Policy, evaluate};
///
/// let report = evaluate([], &Policy::Logged, &Policy::Logged, Options::default());
/// assert_eq!(report.candidate.n, 0);
/// ```
pub fn evaluate(
    leads: impl IntoIterator<Item = LogLead>,
    candidate: &Policy,
    baseline: &Policy,
    options: Options,
) -> Report {
    // All of them, because the last lead may be the first with a cluster.
    let leads: Vec<LogLead> = leads.into_iter().collect();
    let has_clusters = leads.iter().any(|lead| lead.cluster.is_some());
    let options = Options {
        has_clusters,
        ..options
    };
    let mut evaluation = Evaluation::new(candidate, baseline, options);
    for batch in leads.chunks(BATCH) {
        evaluation.add(batch);
    }
    evaluation.finish()
}

/// An evaluation under way. Its memory does not grow with the leads, only with their clusters.
#[derive(Debug)]
pub struct Evaluation<'a> {
    candidate: &'a Policy,
    baseline: &'a Policy,
    options: Options,
    pair: Pair,
    histogram: Histogram,
    loads: Loads,
    n_offers: u64,
    n_books_missing: u64,
    n_orders_missing: u64,
    strangers: BTreeMap<Arc<str>, u64>,
}

impl<'a> Evaluation<'a> {
    /// An evaluation that has seen no lead yet.
    pub fn new(candidate: &'a Policy, baseline: &'a Policy, options: Options) -> Self {
        let pair = Pair::new(options.has_clusters);
        Self {
            candidate,
            baseline,
            options,
            pair,
            histogram: Histogram::default(),
            loads: Loads::new(candidate),
            n_offers: 0,
            n_books_missing: 0,
            n_orders_missing: 0,
            strangers: BTreeMap::new(),
        }
    }

    /// Takes in more leads: weighs them on all cores, and adds them up in their order.
    pub fn add(&mut self, leads: &[LogLead]) {
        let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
        let share = leads.len().div_ceil(n_threads).max(SHARE_MIN);
        let (candidate, baseline, known) =
            (self.candidate, self.baseline, &self.options.destinations);
        let one = |lead: &LogLead| {
            let mut load = Load::default();
            let weighed = weigh(candidate, lead, known, Some(&mut load));
            (weighed, weigh(baseline, lead, known, None), load)
        };
        let one = &one;
        let weighed: Vec<(Weighed, Weighed, Load)> = std::thread::scope(|scope| {
            let workers: Vec<_> = leads
                .chunks(share)
                .map(|leads| scope.spawn(move || leads.iter().map(one).collect::<Vec<_>>()))
                .collect();
            let shares = workers.into_iter().map(|worker| {
                worker
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            });
            shares.flatten().collect()
        });
        for (lead, (candidate, baseline, load)) in leads.iter().zip(&weighed) {
            self.pair.add(candidate, baseline, lead.cluster.as_deref());
            self.histogram.add(candidate.weight());
            self.loads.add(load, lead.received_at);
            self.n_offers += lead.offers.len() as u64;
            self.n_books_missing += u64::from(candidate.book_missing || baseline.book_missing);
            self.n_orders_missing += u64::from(candidate.orders_missing || baseline.orders_missing);
            self.see_strangers(lead);
        }
    }

    /// Counts offers to destinations that the candidate does not have.
    fn see_strangers(&mut self, lead: &LogLead) {
        let Policy::Flow(flow) = self.candidate else {
            return;
        };
        for offer in &lead.offers {
            if flow.program.destination_idx(&offer.destination).is_none() {
                *self
                    .strangers
                    .entry(Arc::clone(&offer.destination))
                    .or_default() += 1;
            }
        }
    }

    /// The report on everything added so far.
    pub fn finish(self) -> Report {
        let (candidate, baseline) = (self.pair.candidate(), self.pair.baseline());
        let difference = self.pair.difference();
        let tolerance = self.options.tolerance.of(&baseline);
        let overloads = self.loads.overloads();
        let verdict = judge(&candidate, &baseline, &difference, tolerance, &overloads);
        let warnings = self.warnings(&candidate);
        Report {
            run: self.options.run,
            unit: self.options.unit,
            n_offers: self.n_offers,
            n_clusters: self.pair.n_clusters(),
            candidate,
            baseline,
            difference,
            tolerance,
            verdict,
            weight_histogram: self.histogram,
            warnings,
        }
    }

    fn warnings(&self, candidate: &Estimate) -> Vec<String> {
        let mut warnings = self.options.warnings.clone();
        for (who, policy) in [("candidate", self.candidate), ("baseline", self.baseline)] {
            if let Policy::Flow(flow) = policy {
                warnings.extend(flow.unknown_bandits().into_iter().map(|node| {
                    format!("{who}: no book knows the bandit `{node}`; it draws by its prior, all arms alike")
                }));
            }
        }
        if let Some((n, error)) = &self.pair.left_out {
            warnings.push(format!("{n} leads are left out: {error}"));
        }
        if self.n_books_missing > 0 {
            warnings.push(format!(
                "the books of {} leads are not at hand; their bandits draw by the prior",
                self.n_books_missing
            ));
        }
        if self.n_orders_missing > 0 {
            warnings.push(format!(
                "the log does not tell the order of a rotation for {} leads; they draw its eligible arms alike",
                self.n_orders_missing
            ));
        }
        if !self.strangers.is_empty() {
            let n_offers: u64 = self.strangers.values().sum();
            let names: Vec<&str> = self.strangers.keys().take(10).map(|name| &**name).collect();
            warnings.push(format!(
                "the candidate never offers to {} of the log's destinations, which got {n_offers} offers: {}",
                self.strangers.len(),
                names.join(", ")
            ));
        }
        #[expect(clippy::cast_precision_loss, reason = "leads are far below 2^53")]
        let enough = (0.1 * candidate.n as f64).max(1_000.0);
        if candidate.ess < enough {
            warnings.push(format!(
                "overlap is thin: the leads are worth {:.0} evenly weighted ones of {}",
                candidate.ess, candidate.n
            ));
        }
        if candidate.max_weight_share > 0.02 {
            warnings.push(format!(
                "one lead carries {:.1} % of all weight",
                100.0 * candidate.max_weight_share
            ));
        }
        warnings
    }
}
