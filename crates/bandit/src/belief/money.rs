//! What a lead given to an arm is worth: the sum of its streams.

use super::{ArmBelief, NodeBelief, Part, Prior, RateBelief, Taught, exposures};
use crate::facts::{CONVERSIONS, Facts, Sums, is_after_refusal, place_and_kind, stream};
use crate::posterior::{QUANTILES, StreamBelief};
use crate::rate::Exposed;
use crate::state::{Kind, Place};
use pointsman_stats::law::Law;

/// The stream of sales of the arm's own destinations, which any arm may have.
pub(super) const OWN_SALES: usize = 1;

/// Whether money of a stream comes after the answer.
pub(super) fn is_later(k: usize) -> bool {
    place_and_kind(k).1 != Kind::AtOnce
}

/// What a payment is assumed to be while none is known: all arms are then alike, so any amount does.
const UNKNOWN: f64 = 1e6;

/// The largest coefficient of variation of a believed mean amount: laws are not to be trusted beyond it. Only amounts that are next to
/// nothing would have more, of which the other segments have hardly seen any.
const PAYOUT_CV_MAX: f64 = 2.0;

/// Trials that the other arms' share of refused leads that earned elsewhere at once counts for.
const ELSEWHERE_SIZE: f64 = 4.0;

/// An arm as one segment sees it.
pub(super) struct ArmView<'a> {
    pub(super) node: &'a NodeBelief<'a>,
    pub(super) arm: &'a ArmBelief,
    pub(super) own: &'a Facts,
    pub(super) is_part: bool,
}

impl ArmView<'_> {
    /// The law of what a lead is worth, and the streams that it is made of.
    pub(super) fn money(&self) -> (Law, Vec<StreamBelief>) {
        let mut streams = Vec::new();
        let accepted = self.share(|facts| (facts.taken, facts.trials));
        let accept = Law::beta_mixture(&[accepted]);
        let k = stream(Place::Own, Kind::AtOnce);
        let paid = self.payout(k, |facts| facts.paid);
        let worth = accept.product_quantiles(&paid, QUANTILES);
        streams.push(at_once(k, self.own, [&accept, &paid], worth));
        let refused = self.elsewhere(Place::Refused, 1.0 - accept.mean(), &mut streams);
        let mut law = accept.blend(&paid, &refused);
        law = law.plus(&self.later(Place::Own, 1.0, &mut streams));
        law = law.plus(&self.elsewhere(Place::Shared, 1.0, &mut streams));
        streams.retain(|stream| stream.events > 0.0 || stream.mean_value != 0.0);
        (law, streams)
    }

    /// What a lead earns elsewhere that is exposed to it.
    ///
    /// * `exposed`: share of the leads that are, for the streams' worth.
    fn elsewhere(&self, place: Place, exposed: f64, streams: &mut Vec<StreamBelief>) -> Law {
        let k = stream(place, Kind::AtOnce);
        let pool = &self.node.pool;
        let sum = self.later(place, exposed, streams);
        if pool.streams[k].events <= 0.0 {
            return sum;
        }
        let n = |facts: &Facts| {
            if is_after_refusal(k) {
                facts.elsewhere_refused
            } else {
                facts.trials
            }
        };
        let mean = ((0.5 + pool.streams[k].events) / (1.0 + n(pool))).clamp(0.01, 0.99);
        let prior = (ELSEWHERE_SIZE * mean, ELSEWHERE_SIZE * (1.0 - mean));
        let rate =
            Law::beta_mixture(&[self.learnt(prior, |facts| (facts.streams[k].events, n(facts)))]);
        let payout = self.payout(k, |facts| facts.streams[k].events);
        let worth = rate.times(&payout);
        let quantiles = QUANTILES.map(|probability| exposed * worth.quantile(probability));
        streams.push(StreamBelief {
            mean_value: exposed * worth.mean(),
            ..at_once(k, self.own, [&rate, &payout], quantiles)
        });
        sum.plus(&worth)
    }

    /// What comes later, in all kinds.
    fn later(&self, place: Place, exposed: f64, streams: &mut Vec<StreamBelief>) -> Law {
        let mut sum = Law::point(0.0);
        for kind in [Kind::Sale, Kind::Rebill, Kind::Return] {
            let k = stream(place, kind);
            let Some(rate) = self.rate(k) else {
                continue;
            };
            let payout = self.payout(k, |facts| facts.streams[k].events);
            let rate_law = rate.law();
            let law = rate_law.times(&payout);
            let law = if kind == Kind::Return {
                law.scaled(-1.0)
            } else {
                law
            };
            let quantiles = QUANTILES.map(|probability| exposed * law.quantile(probability));
            streams.push(StreamBelief {
                delay_days: rate.delay_days,
                waiting: rate.waiting,
                mean_value: exposed * law.mean(),
                ..at_once(k, self.own, [&rate_law, &payout], quantiles)
            });
            sum = sum.plus(&law);
        }
        sum
    }

    /// How often money of a later stream comes; none for a stream that nobody has seen.
    pub(super) fn rate(&self, k: usize) -> Option<RateBelief> {
        let of_arm = self.arm.streams[k].as_ref()?;
        let laws = &self.node.model.laws;
        let config = self.node.model.config;
        let (a, b) = config.conversion_prior;
        let prior = Prior { a, b };
        if !self.is_part {
            return Some(prior.believe(
                laws,
                &of_arm.ln_laws,
                None,
                &of_arm.exposed,
                &of_arm.ln_delays,
            ));
        }
        let exposed = Exposed::new(laws, exposures(self.own, k));
        let ln_delays = laws.ln_likelihoods(&self.own.streams[k].delays);
        let taught = Taught {
            exposed: &of_arm.exposed,
            ln_delays: &of_arm.ln_delays,
            strength: config.segment_strength,
        };
        Some(prior.believe(laws, &of_arm.ln_laws, Some(&taught), &exposed, &ln_delays))
    }

    /// The Beta of a share that is known at once.
    ///
    /// Its prior has the mean of the node as a whole and its smaller parameter 1: an arm without trials is believed to be
    /// like the others, and not better. A node may say another prior.
    pub(super) fn share(&self, count: impl Fn(&Facts) -> (f64, f64)) -> Part {
        if let Some(prior) = self.node.model.config.accept_prior {
            return self.learnt(prior, count);
        }
        let (yes, n) = count(&self.node.pool);
        let (a, b) = (1.0 + yes.max(0.0), 1.0 + (n - yes).max(0.0));
        let prior = if a < b { (1.0, b / a) } else { (a / b, 1.0) };
        self.learnt(prior, count)
    }

    /// The Beta after what the arm's other segments and this one have seen.
    fn learnt(&self, (mut a, mut b): (f64, f64), count: impl Fn(&Facts) -> (f64, f64)) -> Part {
        let (yes, n) = count(self.own);
        if self.is_part {
            let (all_yes, all_n) = count(&self.arm.facts);
            let (rest_yes, rest_n) = ((all_yes - yes).max(0.0), (all_n - n).max(0.0));
            let rest = Prior::limited(
                a + rest_yes,
                b + (rest_n - rest_yes).max(0.0),
                self.node.model.config.segment_strength.max(a + b),
            );
            (a, b) = (rest.a, rest.b);
        }
        Part {
            weight: 1.0,
            a: a + yes.max(0.0),
            b: b + (n - yes).max(0.0),
        }
    }

    /// The law of the mean amount of a stream, for each of so many.
    fn payout(&self, k: usize, count: impl Fn(&Facts) -> f64) -> Law {
        let config = self.node.model.config;
        let pool = &self.node.pool;
        let at_once = &pool.streams[stream(Place::Own, Kind::AtOnce)];
        let expected = if count(pool) > 0.0 {
            pool.streams[k].money / count(pool)
        } else if at_once.events > 0.0 {
            at_once.money / at_once.events
        } else {
            UNKNOWN
        };
        let mut mean = MeanAmount {
            mean: expected,
            variance: (config.payout_cv * expected).powi(2),
            n: config.payout_strength,
        };
        if self.is_part {
            let (all, own) = (&self.arm.facts, self.own);
            let rest = all.streams[k].less(&own.streams[k]);
            mean = mean
                .learnt(&rest, (count(all) - count(own)).max(0.0))
                .limited(config.segment_payout_strength);
        }
        let mean = mean.learnt(&self.own.streams[k], count(self.own));
        let amount = mean.mean.max(0.0);
        let variance = mean.variance / mean.n;
        Law::gamma(amount, variance.min((PAYOUT_CV_MAX * amount).powi(2)))
    }
}

/// The one stream of a bandit that counts conversions: each is worth 1.
pub(super) fn counted(own: &Facts, rate: &RateBelief, law: &Law) -> StreamBelief {
    let quantiles = QUANTILES.map(|probability| law.quantile(probability));
    StreamBelief {
        delay_days: rate.delay_days,
        waiting: rate.waiting,
        ..at_once(CONVERSIONS, own, [law, &Law::point(1.0)], quantiles)
    }
}

/// What is believed of amounts: their mean and variance, as if seen so many times.
#[derive(Debug, Clone, Copy)]
struct MeanAmount {
    mean: f64,
    variance: f64,
    n: f64,
}

impl MeanAmount {
    /// Takes in so many amounts.
    fn learnt(self, sums: &Sums, n: f64) -> Self {
        if n <= 0.0 {
            return self;
        }
        let squares = (sums.squares - sums.money * sums.money / n).max(0.0);
        Self {
            mean: (self.n * self.mean + sums.money) / (self.n + n),
            variance: (self.n * self.variance + squares) / (self.n + (n - 1.0).max(0.0)),
            n: self.n + n,
        }
    }

    fn limited(self, n: f64) -> Self {
        Self {
            n: self.n.min(n),
            ..self
        }
    }
}

/// The figures of a stream whose rate is known at once, and to which every lead is exposed.
///
/// * `[rate, payout]`: the laws of the stream.
/// * `quantiles`: of what it adds to the worth of a lead.
fn at_once(k: usize, own: &Facts, [rate, payout]: [&Law; 2], quantiles: [f64; 3]) -> StreamBelief {
    let (place, kind) = place_and_kind(k);
    StreamBelief {
        place,
        kind,
        events: own.streams[k].events,
        rate: rate.mean(),
        rate_sd: rate.variance().sqrt(),
        payout: payout.mean(),
        payout_sd: payout.variance().sqrt(),
        mean_value: rate.mean() * payout.mean(),
        quantiles: Some(quantiles),
        delay_days: 0.0,
        waiting: 0.0,
    }
}
