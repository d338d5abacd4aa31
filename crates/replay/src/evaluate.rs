//! Puts a value on two policies over one log.

use std::{collections::BTreeSet, panic::resume_unwind, sync::Arc, thread};

use pointsman_stats::{
    comparison::{Compared, Comparison, Lead, Valued},
    verdict::{Beside, judge},
    weighted::{Step, value},
};
use smallvec::SmallVec;

use crate::{
    clusters::Clusters,
    decidable::decidable,
    doubly_robust::DoublyRobust,
    estimate::{Difference, Estimate},
    log::LogLead,
    maturity::{Matured, Maturity, Ripening},
    policy::Policy,
    report::Report,
    transitions::Moves,
    unsupported::UnsupportedDestination,
    verdict::{Verdict, VerdictKind},
    weigh::{Reading, WeightIdx, WeightTable},
};

mod batch_weights;
pub(crate) mod ripe;
mod totals;

use batch_weights::{BatchWeights, KnownKinds};
use ripe::{Leads, Ripe};
use totals::Totals;

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
    /// Whether a lead's last offer ended its walk, however it was answered, and would have under any flow. Without that, what
    /// follows the last refusal of a log that does not tell how walks end is unsupported.
    pub last_offer_ends: bool,
    /// How long leads may take to bring what they bring; younger ones are left out. None: every outcome is in the log.
    pub maturity: Option<Maturity>,
    /// What the check of the candidate proves to be of no use: node, and the part of it; the empty part is the whole node.
    pub dead_rules: BTreeSet<(String, String)>,
    /// What the reader of the report should know beforehand.
    pub warnings: Vec<String>,
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
/// is that under the logged availability. A lead without a cluster stands alone, wherever it is in the log.
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
    let mut evaluation = Evaluation::new(candidate, baseline, options);
    let mut leads = leads.into_iter();
    loop {
        let batch: Vec<LogLead> = leads.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            return evaluation.finish();
        }
        evaluation.add(&batch);
    }
}

/// An evaluation under way. Its memory does not grow with the leads, only with their clusters.
#[derive(Debug)]
pub struct Evaluation<'a> {
    candidate: &'a Policy,
    baseline: &'a Policy,
    options: Options,
    /// Of the candidate and of the baseline.
    tables: [WeightTable<'a>; 2],
    comparison: Comparison,
    clusters: Clusters,
    kinds: KnownKinds,
    doubly_robust: [DoublyRobust; 2],
    ripening: Ripening,
    moves: Moves,
    totals: Totals<'a>,
}

impl<'a> Evaluation<'a> {
    /// An evaluation that has seen no lead yet.
    pub fn new(candidate: &'a Policy, baseline: &'a Policy, options: Options) -> Self {
        Self {
            candidate,
            baseline,
            tables: [
                WeightTable::new(candidate, true),
                WeightTable::new(baseline, false),
            ],
            comparison: Comparison::default(),
            clusters: Clusters::default(),
            kinds: KnownKinds::default(),
            doubly_robust: <[DoublyRobust; 2]>::default(),
            ripening: Ripening::default(),
            moves: Moves::default(),
            totals: Totals::new(candidate, &options),
            options,
        }
    }

    /// Takes in more leads: weighs them on all cores, and adds them up in their order. Sums that do not need each other are
    /// added up side by side.
    pub fn add(&mut self, leads: &[LogLead]) {
        self.add_leads(Leads::Whole(leads));
    }

    pub(crate) fn add_leads(&mut self, leads: Leads<'_>) {
        let ripe = self.ripening.take(leads, self.options.maturity);
        let reading = Reading {
            known: &self.options.destinations,
            last_offer_ends: self.options.last_offer_ends,
        };
        let weights = self.kinds.weigh(leads, &ripe, &mut self.tables, reading);
        let clusters = self.clusters.of(leads, &ripe);
        let [of_candidate, of_baseline] = &self.tables;
        let batch = BatchWeights {
            tables: [of_candidate, of_baseline],
            weights,
        };
        let (comparison, totals) = (&mut self.comparison, &mut self.totals);
        let compared = beside(
            || compare(comparison, &ripe, &batch, &clusters),
            || totals.add(leads, &ripe, &batch),
        );
        let leads = ripe.iter().zip(batch.both()).zip(&clusters).zip(compared);
        let taken: Vec<Taken<'_>> = leads
            .filter_map(|(((lead, both), cluster), values)| {
                Some(Taken {
                    lead,
                    both,
                    cluster: *cluster,
                    values: values?,
                })
            })
            .collect();
        let moves = &mut self.moves;
        let policies = [self.candidate, self.baseline];
        let [of_candidate, of_baseline] = &mut self.doubly_robust;
        let expect = |sums: &mut DoublyRobust, side: usize| {
            for Taken {
                lead,
                both,
                cluster,
                ..
            } in &taken
            {
                let idx = both[side];
                let weight = batch.tables[side].get(idx);
                sums.add((idx, weight), &lead.brought, *cluster);
            }
        };
        beside(
            || expect(of_candidate, 0),
            || {
                expect(of_baseline, 1);
                for taken in &taken {
                    let [candidate, baseline] = batch.weights(taken.both);
                    let both = [
                        (policies[0], taken.both[0], candidate),
                        (policies[1], taken.both[1], baseline),
                    ];
                    moves.add(taken.lead.like, both, taken.values);
                }
            },
        );
    }

    /// The report on everything added so far.
    pub fn finish(mut self) -> Report {
        let [of_candidate, of_baseline] = &self.tables;
        self.totals.finish([of_candidate, of_baseline]);
        let doubly_robust = std::mem::take(&mut self.doubly_robust);
        let [dr_of_candidate, dr_of_baseline] = doubly_robust.map(DoublyRobust::finish);
        let compared = self.compared();
        let [of_candidate, of_baseline] = &self.totals.supports;
        let candidate = Estimate::of(&compared.candidate, dr_of_candidate, of_candidate.n_leads());
        let baseline = Estimate::of(&compared.baseline, dr_of_baseline, of_baseline.n_leads());
        let tolerance = self.options.tolerance.of(&baseline);
        let maturity = self.options.maturity;
        let matured = maturity.map(|maturity| self.ripening.report(maturity));
        let overloads = self.totals.loads.overloads();
        let beside = Beside {
            overloads: &overloads,
            ..Beside::default()
        };
        let mut verdict: Verdict = judge(&compared, tolerance, beside).into();
        if verdict.kind == VerdictKind::NotEnoughEvidence {
            let excuse = matured.as_ref().and_then(Matured::excuse);
            verdict.because.extend(excuse);
        }
        let mut warnings = self.warnings(&compared, &candidate);
        let unsupported_destinations = self.unsupported_destinations(candidate.n);
        let decidable = decidable(
            verdict.kind,
            &compared,
            tolerance,
            &unsupported_destinations,
            matured.as_ref(),
            self.totals.pace,
        );
        let has_clusters = compared.candidate.n_clusters.is_some();
        warnings.extend(matured.iter().flat_map(Matured::sentences));
        Report {
            run: self.options.run,
            unit: self.options.unit,
            n_offers: self.totals.n_offers,
            n_clusters: compared.candidate.n_clusters,
            immature_leads: matured.as_ref().map(|matured| matured.left_out),
            maturity: matured,
            sweep: None,
            stateful: None,
            candidate,
            baseline,
            difference: Difference::of(&compared),
            assumed: None,
            tolerance,
            verdict,
            decidable,
            unsupported_destinations,
            moves: self
                .moves
                .finish([self.candidate, self.baseline], has_clusters),
            cold_rules: self.totals.rules.cold(),
            weight_histogram: self.totals.histogram,
            warnings,
        }
    }

    fn unsupported_destinations(&mut self, n: u64) -> Vec<UnsupportedDestination> {
        let Policy::Flow(flow) = self.candidate else {
            return Vec::new();
        };
        let unsupported = std::mem::take(&mut self.totals.unsupported);
        unsupported.finish(self.totals.supports[0].by_destination(), &flow.program, n)
    }

    /// What the leads say, with what was learnt of the log's own decisions.
    fn compared(&self) -> Compared {
        let mut compared = self.comparison.compare();
        let Compared {
            candidate,
            baseline,
            ..
        } = &mut compared;
        for (side, support) in [candidate, baseline].into_iter().zip(&self.totals.supports) {
            let Valued { n, unsupported, .. } = side;
            #[expect(clippy::cast_precision_loss, reason = "leads are far below 2^53")]
            if let Some(share) = unsupported {
                *share += support.unsupported() / *n as f64;
            }
        }
        compared
    }

    fn warnings(&self, compared: &Compared, candidate: &Estimate) -> Vec<String> {
        let mut warnings = self.options.warnings.clone();
        for (who, policy) in [("candidate", self.candidate), ("baseline", self.baseline)] {
            if let Policy::Flow(flow) = policy {
                warnings.extend(flow.unknown_bandits().into_iter().map(|node| {
                    format!("{who}: no allocation knows the bandit `{node}`; it draws by its prior, all arms alike")
                }));
            }
        }
        if let Some((n, error)) = &compared.left_out {
            warnings.push(format!("{n} leads are left out: {error}"));
        }
        if self.totals.n_allocations_missing > 0 {
            warnings.push(format!(
                "the allocations of {} leads are not at hand; their bandits draw by the prior",
                self.totals.n_allocations_missing
            ));
        }
        if self.totals.n_orders_missing > 0 {
            warnings.push(format!(
                "the log does not tell the order of a rotation for {} leads; they draw its eligible arms alike",
                self.totals.n_orders_missing
            ));
        }
        let unknown_destinations = self.totals.unknown_destinations();
        if !unknown_destinations.is_empty() {
            let n_offers: u64 = unknown_destinations.values().sum();
            let names: Vec<&str> = unknown_destinations.keys().copied().take(10).collect();
            warnings.push(format!(
                "the candidate never offers to {} of the log's destinations, which got {n_offers} offers: {}",
                unknown_destinations.len(),
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

/// A lead that could be compared.
struct Taken<'a> {
    lead: &'a Ripe<'a>,
    /// The numbers of its weights under the candidate and under the baseline.
    both: [WeightIdx; 2],
    cluster: Option<u64>,
    /// What it is worth under each, by weights.
    values: [f64; 2],
}

/// Adds a batch to a comparison: what each lead is worth under both policies, and nothing for those that cannot be weighed.
fn compare(
    comparison: &mut Comparison,
    leads: &[Ripe<'_>],
    batch: &BatchWeights<'_, '_>,
    clusters: &[Option<u64>],
) -> Vec<Option<[f64; 2]>> {
    let leads = leads.iter().zip(batch.both()).zip(clusters);
    let values = leads.map(|((lead, both), cluster)| {
        let weights = batch.weights(both);
        let steps =
            weights.map(|weight| weight.steps(&lead.brought).collect::<SmallVec<[Step; 4]>>());
        let of = |side: usize| Lead {
            steps: &steps[side],
            unsupported: weights[side].unsupported,
        };
        let is_added = comparison.add(of(0), of(1), *cluster);
        is_added.then(|| [value(&steps[0]), value(&steps[1])])
    });
    values.collect()
}

/// Does two things at once, and returns what the first says.
fn beside<T: Send>(first: impl FnOnce() -> T + Send, second: impl FnOnce()) -> T {
    thread::scope(|scope| {
        let first = scope.spawn(first);
        second();
        first.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}
