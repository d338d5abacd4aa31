//! What is believed of each arm at a moment, from what was observed until then.

use pointsman_stats::{
    arms::Error,
    law::{Law, ahead_of_the_rest, largest},
};
use serde::{Deserialize, Serialize};

use crate::belief::{Model, NodeBelief};
use crate::config::Config;
use crate::observation::Objective;
use crate::rest::parts;
use crate::state::{Kind, NodeState, Place};

/// What is believed of one arm: what a lead given to it is worth, in all and by stream of money.
///
/// Money is in micro-units; for objectives that count, a success is worth 1.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Posterior {
    /// Trials of the arm in the segment, each counted once.
    pub trials: u64,
    /// Those of them that are accepted or converted now, as the objective says; for money, payments at once and first
    /// conversions of the arm's own.
    pub successes: i64,
    /// Expected worth of a lead.
    pub mean_value: f64,
    /// Standard deviation of what a lead is believed to be worth on average.
    pub sd: f64,
    /// The worth below which 5, 50 and 95 % of the belief lie.
    pub quantiles: [f64; 3],
    /// Probability that no other arm of the node is worth more; the weight follows it.
    pub best: f64,
    /// Whether worth is a count of successes, and not money.
    pub is_count: bool,
    /// From which trial on rates are judged, epoch microseconds, if an alarm says that they have changed.
    pub changed_at: Option<i64>,
    /// What the worth is made of; each adds its `mean_value`.
    pub streams: Vec<StreamBelief>,
}

/// Probabilities of the quantiles of a belief.
pub(crate) const QUANTILES: [f64; 3] = [0.05, 0.5, 0.95];

/// What is believed of one stream of money of an arm; where conversions are maximised, the stream of those, worth 1 each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StreamBelief {
    /// Where the money comes from.
    pub place: Place,
    /// How it comes.
    pub kind: Kind,
    /// Events so far, after fading.
    pub events: f64,
    /// Believed events for each lead that is exposed to them: given to the arm, or refused by it.
    pub rate: f64,
    /// Standard deviation of the rate.
    pub rate_sd: f64,
    /// Believed mean amount of an event.
    pub payout: f64,
    /// Standard deviation of that mean.
    pub payout_sd: f64,
    /// What the stream adds to the worth of a lead; below 0 for what is taken back.
    pub mean_value: f64,
    /// What it adds, below which 5, 50 and 95 % of the belief lie; none in what an early release stored.
    #[serde(default)]
    pub quantiles: Option<[f64; 3]>,
    /// Believed mean delay after the trial in days; 0 for what comes at once.
    pub delay_days: f64,
    /// Believed share of the events of past leads that have not come yet, in `[0, 1]`.
    pub waiting: f64,
}

/// What is believed of each arm of a node in one segment, as of a moment.
///
/// A pure function: it reads no clock, and an earlier `as_of` leaves out the hours that begin later.
/// - *Streams*: what an arm's destinations pay at once and later, each kind of conversion with a rate, a payout and a delay of its
///   own; what the walk earns elsewhere once they have refused, or sold the lead again; less what is taken back.
/// - *Rate*: a Beta, mixed over a grid of laws of the delay. A young trial without its conversion counts as a failure only as
///   far as the conversion would have come; while nothing tells a rare, quick buyer from a good, slow one, both stay possible.
/// - *Payout*: the mean amount is a Gamma with the believed mean and variance, pulled to what the other arms pay.
/// - *Segments*: an arm's other segments are the prior of this one, in rate, payout and delay.
/// - *Change*: once a change of its rates is far likelier than none, an arm is judged by what came after.
///
/// * `segment`: the empty text for all segments together, or for one that has not been seen.
/// * `arms`: names of the node's arms, shape `(k,)`; the answer has their order.
/// * `as_of`: epoch microseconds.
pub fn posteriors(
    node: &NodeState,
    segment: &str,
    arms: &[&str],
    objective: Objective,
    as_of: i64,
    config: &Config,
) -> Vec<Posterior> {
    let model = Model::new(config, as_of);
    let belief = NodeBelief::new(&model, node, arms, objective, &[]);
    let mut believed = belief.arms_in(node, segment);
    // Beliefs without chances are still beliefs.
    let _ = chances(&mut believed);
    believed
        .into_iter()
        .map(|(posterior, _)| posterior)
        .collect()
}

/// Fills in each arm's chance to be best, and gives them.
///
/// # Errors
///
/// [`Error::Empty`] without arms; [`Error::Sum`] if the integral failed its own check.
pub(crate) fn chances(believed: &mut [(Posterior, Law)]) -> Result<Vec<f64>, Error> {
    if believed.is_empty() {
        return Err(Error::Empty);
    }
    let laws: Vec<Law> = believed.iter().map(|(_, law)| law.clone()).collect();
    let chances = largest(&laws).probabilities;
    let sum: f64 = chances.iter().sum();
    if sum.is_nan() || (sum - 1.0).abs() >= 1e-6 {
        return Err(Error::Sum { sum });
    }
    for ((posterior, _), chance) in believed.iter_mut().zip(&chances) {
        posterior.best = *chance;
    }
    Ok(chances)
}

/// The parts of the arms when not all of them can be drawn, in their order.
///
/// * `focus`: as in [`Config`].
pub(crate) fn rest(believed: &[(Posterior, Law)], focus: f64) -> Vec<u64> {
    let mut ranking: Vec<usize> = (0..believed.len()).collect();
    ranking.sort_by(|&i, &j| believed[j].1.mean().total_cmp(&believed[i].1.mean()));
    let laws: Vec<Law> = ranking.iter().map(|&arm| believed[arm].1.clone()).collect();
    parts(&ranking, &ahead_of_the_rest(&laws), focus)
}

#[cfg(test)]
mod tests;
