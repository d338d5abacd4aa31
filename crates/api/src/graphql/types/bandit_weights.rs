//! Weights and posteriors of bandits.

use std::collections::BTreeMap;

use async_graphql::{Context, Enum, Object, Result, SimpleObject, connection::Connection};
use pointsman_bandit::{Posterior, StreamBelief};
use pointsman_history::SegmentWeights;

use crate::graphql::{
    asking::Asking as _,
    fault::OrFault as _,
    paging::{Paging, cost},
    scalars::{Epoch, Timestamp},
};

/// The weights of one bandit in one segment.
pub(in crate::graphql) struct BanditWeights(pub(in crate::graphql) SegmentWeights);

/// Weights of one bandit in one segment, as published in an epoch.
#[Object]
impl BanditWeights {
    /// Name of the flow.
    async fn flow(&self) -> &str {
        &self.0.key.flow
    }

    /// Name of the bandit node.
    async fn node(&self) -> &str {
        &self.0.key.node
    }

    /// Segment, such as `state=CA|device=mobile`; empty for a bandit without segments.
    async fn segment(&self) -> &str {
        &self.0.key.segment
    }

    /// Epoch in which these weights were published.
    async fn epoch(&self) -> Epoch {
        Epoch(self.0.epoch)
    }

    /// Why the weights could not be updated; null if they are current.
    async fn finding(&self, context: &Context<'_>) -> Result<Option<String>> {
        Ok(context.engine()?.learner().stale_weights(&self.0.key))
    }

    /// Arms by name.
    async fn arms(&self, context: &Context<'_>) -> Result<Vec<BanditArmWeight>> {
        let entry = self.0.entry().or_fault()?;
        let mut posteriors = self.0.posteriors().or_fault()?;
        let mut beliefs = if context.look_ahead().field("posteriorNow").exists() {
            context.engine()?.learner().beliefs(&self.0.key)
        } else {
            BTreeMap::new()
        };
        let rest_shares = entry.rest_shares();
        let arms = entry.arms.into_iter();
        let arms = arms.map(|(name, weight_ppm)| BanditArmWeight {
            rest_share: rest_shares.get(&name).copied(),
            posterior: posteriors.remove(&name).map(ArmPosterior::from),
            posterior_now: beliefs.remove(&name).map(ArmPosterior::from),
            name,
            weight_ppm,
        });
        Ok(arms.collect())
    }

    /// Earlier weights of this bandit and segment, newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn history(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 100; default 50.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the entry after which the page starts.")] after: Option<String>,
    ) -> Result<Connection<String, BanditWeights>> {
        let paging = Paging::new(first, after.as_deref())?;
        let page = context
            .history()?
            .weights_of_segment(&self.0.key, paging.after.as_ref(), paging.limit)
            .await;
        Ok(paging.of(page.or_fault()?, BanditWeights))
    }
}

/// The weight of one bandit arm.
#[derive(SimpleObject)]
pub(in crate::graphql) struct BanditArmWeight {
    /// Name.
    name: String,
    /// Share of draws while all arms can be drawn, in parts per million.
    weight_ppm: u32,
    /// In what proportions arms are drawn when not all of them can be, after a refusal or at a full cap: those that are left share by
    /// these numbers, but for the exploration. From 0 to 1; they sum to 1. Null in what an early release published.
    rest_share: Option<f64>,
    /// Posterior when these weights were computed.
    posterior: Option<ArmPosterior>,
    /// Current posterior; a new allocation is published only when a weight has moved by 1,000 ppm. Null for
    /// an arm that is not in the live flow.
    posterior_now: Option<ArmPosterior>,
}

/// What is believed of an arm: what a lead given to it is worth, in all and by stream of money. Worth is in main units of
/// the currency for net revenue, else in successes.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ArmPosterior {
    /// Leads of the segment that drew this arm at their first draw at the node, and then got an answer: an
    /// acceptance, a rejection, the end of an auction, or a conversion.
    trials: u64,
    /// Those of them that are accepted or converted now, as the objective says; for net revenue, payments at once and
    /// first conversions of the arm's own destinations.
    successes: i64,
    /// Expected worth of a lead.
    mean_value: f64,
    /// Standard deviation of the belief in that worth.
    sd: f64,
    /// The worth below which 5 % of the belief lie.
    p5: f64,
    /// The worth below which half of the belief lies.
    p50: f64,
    /// The worth below which 95 % of the belief lie.
    p95: f64,
    /// Probability that no other arm is worth more. The weight follows it, sharpened and mixed with exploration.
    best_probability: f64,
    /// Trials that rates are judged by begin here, where an alarm says that the rates have changed.
    changed_at: Option<Timestamp>,
    /// What the worth is made of; for `CONVERSIONS` the one stream of those, worth 1 each; empty for `ACCEPTED`.
    streams: Vec<StreamPosterior>,
}

/// Where money of a stream comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "pointsman_bandit::Place")]
pub(in crate::graphql) enum StreamPlace {
    /// The arm's own destinations.
    Own,
    /// Offers after the arm's own had refused the lead.
    Refused,
    /// Offers after one of the arm's own had taken the lead, which was sold again.
    Shared,
}

/// How money of a stream comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "pointsman_bandit::Kind")]
pub(in crate::graphql) enum StreamKind {
    /// With the answer.
    AtOnce,
    /// With the first conversion.
    Sale,
    /// With a further conversion of a lead that is sold already.
    Rebill,
    /// Taken back.
    Return,
}

/// What is believed of one stream of an arm: of its money, or of its conversions where those are maximised.
#[derive(SimpleObject)]
pub(in crate::graphql) struct StreamPosterior {
    /// Where the money comes from.
    place: StreamPlace,
    /// How it comes.
    kind: StreamKind,
    /// Events so far, after fading.
    events: f64,
    /// Believed events for each lead given to the arm; for those after a refusal, for each lead that it refused.
    rate: f64,
    /// Standard deviation of the rate.
    rate_sd: f64,
    /// Believed mean amount of an event, in main units of the currency; 1 where conversions are counted.
    payout: f64,
    /// Standard deviation of that mean.
    payout_sd: f64,
    /// What the stream adds to the worth of a lead; below 0 for what is taken back.
    mean_value: f64,
    /// What it adds, below which 5 % of the belief lie; null in what an early release stored.
    p5: Option<f64>,
    /// What it adds, below which half of the belief lies.
    p50: Option<f64>,
    /// What it adds, below which 95 % of the belief lie.
    p95: Option<f64>,
    /// Believed mean delay after the trial in days; 0 for what comes at once.
    delay_days: f64,
    /// Believed share of the events of past leads that is still expected, from 0 to 1.
    waiting_share: f64,
}

/// Micro-units in a main unit.
const MICROS: f64 = 1e6;

/// What worth is divided by: micro-units in a main unit, or nothing where successes are counted.
pub(in crate::graphql) fn unit(is_count: bool) -> f64 {
    if is_count { 1.0 } else { MICROS }
}

impl From<Posterior> for ArmPosterior {
    fn from(posterior: Posterior) -> Self {
        let Posterior {
            trials,
            successes,
            mean_value,
            sd,
            quantiles,
            best,
            is_count,
            changed_at,
            streams,
        } = posterior;
        let unit = unit(is_count);
        let [p5, p50, p95] = quantiles.map(|worth| worth / unit);
        Self {
            trials,
            successes,
            mean_value: mean_value / unit,
            sd: sd / unit,
            p5,
            p50,
            p95,
            best_probability: best,
            changed_at: changed_at.map(Timestamp),
            streams: streams
                .into_iter()
                .map(|belief| StreamPosterior::of(&belief, unit))
                .collect(),
        }
    }
}

impl StreamPosterior {
    /// * `unit`: what worth is divided by.
    fn of(belief: &StreamBelief, unit: f64) -> Self {
        let StreamBelief {
            place,
            kind,
            events,
            rate,
            rate_sd,
            payout,
            payout_sd,
            mean_value,
            quantiles,
            delay_days,
            waiting,
        } = *belief;
        let quantile = |i: usize| quantiles.map(|quantiles| quantiles[i] / unit);
        Self {
            place: place.into(),
            kind: kind.into(),
            events,
            rate,
            rate_sd,
            payout: payout / unit,
            payout_sd: payout_sd / unit,
            mean_value: mean_value / unit,
            p5: quantile(0),
            p50: quantile(1),
            p95: quantile(2),
            delay_days,
            waiting_share: waiting,
        }
    }
}
