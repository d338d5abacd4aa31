//! Two policies over one log: their values, their difference, and how well the log supports either.

use crate::weighted::{
    self, Error, Estimate, Paired, Step, Weighted, check, spans,
    tails::{Powers, Rows, Tail, tail},
};

mod apart;
pub(crate) mod payments;

use apart::{Apart, ROUNDING, apart, most_weight, signed_value};
use payments::Payments;

/// Clusters, as equally large ones, that draws which stick to them must have: by chance many of few may have got one arm.
const STICKY_CLUSTERS_MIN: f64 = 100.0;

/// One lead under one policy.
#[derive(Debug, Clone, Copy)]
pub struct Lead<'a> {
    /// Its decisions in order, as for [`Weighted::add`].
    pub steps: &'a [Step],
    /// Probability, weighted, of going where the log never goes; none if the log does not say.
    pub unsupported: Option<f64>,
}

/// Adds up two policies, lead by lead. Memory grows with the clusters, not with the leads.
///
/// # Example
///
/// ```
/// use pointsman_stats::{comparison::{Comparison, Lead}, weighted::Step};
///
/// let mut comparison = Comparison::default();
/// for lead in 0..1_000 {
///     let reward = if lead % 5 == 0 { 1.0 } else { 0.0 };
///     let weight = if lead % 2 == 0 { 2.0 } else { 0.0 };
///     let [candidate, baseline] = [[Step { weight, reward }], [Step { weight: 1.0, reward }]];
///     let of = |steps| Lead { steps, unsupported: Some(0.0) };
///     comparison.add(of(&candidate), of(&baseline), None);
/// }
/// assert!(comparison.compare().difference.diff.abs() < 1e-12);
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Comparison {
    candidate: Side,
    baseline: Side,
    difference: Paired,
    rows: Rows<11>,
    payments: Payments,
    weights: [Powers; 2],
    extremes: Extremes,
    apart: f64,
    left_out: Option<(u64, Error)>,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Side {
    weighted: Weighted,
    unsupported: f64,
    n_untold: u64,
}

/// The most that one more reward could bring.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Extremes {
    gain: f64,
    loss: f64,
    reward: f64,
}

/// What a log says about two policies.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// The policy in question.
    pub candidate: Valued,
    /// The policy that it is compared with.
    pub baseline: Valued,
    /// Candidate minus baseline.
    pub difference: Contrast,
    /// Leads that could not be added, with the reason of the first one.
    pub left_out: Option<(u64, Error)>,
}

/// The value of a policy with what it is worth.
#[derive(Debug, Clone, PartialEq)]
pub struct Valued {
    /// Leads.
    pub n: u64,
    /// The value; an error where there is none.
    pub estimate: Result<Estimate, Error>,
    /// Clusters, and leads that stand alone beside them; none if leads are independent.
    pub n_clusters: Option<u64>,
    /// Share of the policy's decisions that the log does not support; none if that is unknown.
    pub unsupported: Option<f64>,
    /// Leads without logged probabilities of the alternatives.
    pub n_untold: u64,
    /// How many equal rewards the value rests on.
    pub rewards: f64,
    /// 95 % intervals of `ips` and of `snips`; none where they cannot be trusted.
    pub ci95: Option<[[f64; 2]; 2]>,
    /// How many standard errors these two intervals reach to either side; none where they cannot be trusted.
    pub spans: Option<[spans::Span; 2]>,
}

/// By how much the candidate is worth more, per lead.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contrast {
    /// Difference of the `ips` values; not a number for fewer than two independent leads.
    pub diff: f64,
    /// Its standard error, from the differences lead by lead.
    pub se_paired: f64,
    /// Its 95 % interval; none where it cannot be trusted.
    pub ci95: Option<[f64; 2]>,
    /// Rewards that speak for the candidate.
    pub gains: Tail,
    /// Rewards that speak against it.
    pub losses: Tail,
    /// How many equal rewards the difference rests on.
    pub rewards: f64,
    /// Whether a few payments of the log outweigh all others.
    pub is_top_heavy: bool,
    /// Clusters, as equally large ones, where draws stick to them and they are too few.
    pub few_sticky: Option<f64>,
    /// Limits that hold though one side is empty; none where neither is, or leads have clusters.
    pub one_sided: Option<[f64; 2]>,
    /// Mean distance of the two weights; 0 where both decide alike on every lead.
    pub apart: f64,
}

impl Comparison {
    /// Adds a lead, and returns whether it was added. One that cannot be weighed is counted and left out.
    ///
    /// * `cluster`: as for [`Weighted::add`].
    pub fn add(&mut self, candidate: Lead<'_>, baseline: Lead<'_>, cluster: Option<u64>) -> bool {
        let added = self.try_add(candidate, baseline, cluster);
        if let Err(error) = added {
            self.left_out.get_or_insert((0, error)).0 += 1;
        }
        added.is_ok()
    }

    fn try_add(
        &mut self,
        candidate: Lead<'_>,
        baseline: Lead<'_>,
        cluster: Option<u64>,
    ) -> Result<(), Error> {
        // First, so that a lead is added everywhere or nowhere.
        check(candidate.steps)?;
        check(baseline.steps)?;
        self.candidate.add(candidate, cluster)?;
        self.baseline.add(baseline, cluster)?;
        let Apart {
            value,
            gain,
            loss,
            reward,
        } = apart(candidate.steps, baseline.steps);
        self.difference.add_difference(value, cluster);
        self.payments.add(reward);
        self.apart += gain.max(loss);
        let Extremes {
            gain: most_gain,
            loss: most_loss,
            reward: most,
        } = &mut self.extremes;
        *most_gain = most_gain.max(gain);
        *most_loss = most_loss.max(loss);
        *most = most.max(reward);
        let [c, b] = [candidate.steps, baseline.steps].map(signed_value);
        let [c_weight, b_weight] = [candidate.steps, baseline.steps].map(most_weight);
        let row = [
            value.max(0.0),
            (-value).max(0.0),
            gain,
            loss,
            c[0],
            c[1],
            c_weight,
            b[0],
            b[1],
            b_weight,
            1.0,
        ];
        self.weights[0].add(c_weight);
        self.weights[1].add(b_weight);
        self.rows.add(&row, cluster);
        Ok(())
    }

    /// Clusters so far, without the leads that stand alone.
    pub fn n_clusters(&self) -> u64 {
        self.rows.n_clusters()
    }

    /// What the leads added so far say.
    pub fn compare(&self) -> Compared {
        let [
            gain,
            loss,
            up,
            down,
            c_gain,
            c_loss,
            c_weight,
            b_gain,
            b_loss,
            b_weight,
            leads,
        ] = self.rows.powers();
        let is_top_heavy = self.payments.are_top_heavy();
        let few_sticky =
            (leads.count() < STICKY_CLUSTERS_MIN && self.are_draws_sticky()).then(|| leads.count());
        let clustered = (self.n_clusters() > 0).then(|| self.difference.independent());
        let side = |side: &Side, gain, loss, weight| {
            side.valued(
                [tail(gain, weight), tail(loss, weight)],
                clustered,
                is_top_heavy || few_sticky.is_some(),
            )
        };
        Compared {
            candidate: side(&self.candidate, c_gain, c_loss, c_weight),
            baseline: side(&self.baseline, b_gain, b_loss, b_weight),
            difference: self.contrast(tail(gain, up), tail(loss, down), is_top_heavy, few_sticky),
            left_out: self.left_out,
        }
    }

    /// Whether the leads of a cluster mostly have one weight: then a draw is one of a cluster, and not of a lead.
    fn are_draws_sticky(&self) -> bool {
        let is_sticky = |column: usize, weights: &Powers| {
            let n = weighted::count(self.candidate.weighted.n());
            let of_mean = weights.sum() * weights.sum() / n;
            let between = self.rows.squares_between(column, 10) - of_mean;
            let all = weights.squares() - of_mean;
            self.n_clusters() > 0 && between > 0.5 * all && all > ROUNDING * of_mean
        };
        is_sticky(6, &self.weights[0]) || is_sticky(9, &self.weights[1])
    }

    fn contrast(
        &self,
        gains: Tail,
        losses: Tail,
        is_top_heavy: bool,
        few_sticky: Option<f64>,
    ) -> Contrast {
        let (diff, se_paired, clusters) = match self.difference.difference() {
            Ok(found) => (found.diff, found.se_paired, found.clusters),
            Err(_) => (f64::NAN, f64::NAN, None),
        };
        let n = weighted::count(self.candidate.weighted.n());
        let span = spans::of_difference(&gains, &losses, clusters)
            .filter(|_| !is_top_heavy && few_sticky.is_none());
        let apart = self.apart / n;
        let ci95 = if self.apart <= 0.0 && n > 0.0 {
            Some([0.0, 0.0])
        } else {
            span.map(|span| span.around(diff, se_paired))
        };
        let sum = gains.rewards.sum() + losses.rewards.sum();
        let squares = gains.rewards.squares() + losses.rewards.squares();
        let unseen = |weight: f64| spans::unseen_rewards() * weight * self.extremes.reward / n;
        let one_sided = match (clusters, gains.is_empty(), losses.is_empty()) {
            (None, false, true) => spans::of_one_side(&gains).map(|span| {
                let [lower, upper] = span.around(diff, se_paired);
                [lower - unseen(self.extremes.loss), upper]
            }),
            (None, true, false) => spans::of_one_side(&losses).map(|span| {
                let [lower, upper] = span.around(-diff, se_paired);
                [-upper, -lower + unseen(self.extremes.gain)]
            }),
            _ => None,
        };
        Contrast {
            diff,
            se_paired,
            ci95,
            gains,
            losses,
            rewards: if squares > 0.0 {
                sum * sum / squares
            } else {
                0.0
            },
            is_top_heavy,
            few_sticky,
            one_sided: one_sided.filter(|_| !is_top_heavy),
            apart,
        }
    }
}

impl Side {
    fn add(&mut self, lead: Lead<'_>, cluster: Option<u64>) -> Result<(), Error> {
        self.weighted.add(lead.steps, cluster)?;
        match lead.unsupported {
            Some(unsupported) => self.unsupported += unsupported,
            None => self.n_untold += 1,
        }
        Ok(())
    }

    fn valued(
        &self,
        [gains, losses]: [Tail; 2],
        n_clusters: Option<u64>,
        is_hidden: bool,
    ) -> Valued {
        let n = self.weighted.n();
        let estimate = self.weighted.estimate();
        let span = |clusters| spans::of_value(&gains, &losses, clusters);
        let shown = estimate.ok().filter(|_| !is_hidden);
        let spans = shown.and_then(|found| {
            let of = |which: usize| span(found.clusters.map(|clusters| clusters[which]));
            Some([of(0)?, of(1)?])
        });
        let ci95 = shown.zip(spans).map(|(found, [ips, snips])| {
            [
                ips.around(found.ips, found.ips_se),
                snips.around(found.snips, found.snips_se_linearised),
            ]
        });
        let (sum, squares) = (
            gains.rewards.sum() + losses.rewards.sum(),
            gains.rewards.squares() + losses.rewards.squares(),
        );
        Valued {
            n,
            estimate,
            n_clusters,
            unsupported: (self.n_untold == 0 && n > 0)
                .then(|| self.unsupported / weighted::count(n)),
            n_untold: self.n_untold,
            rewards: if squares > 0.0 {
                sum * sum / squares
            } else {
                0.0
            },
            ci95,
            spans,
        }
    }
}

#[cfg(test)]
mod tests;
