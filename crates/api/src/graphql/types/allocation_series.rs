//! The weights of one bandit and segment over time, in columns as a chart takes them.

use std::sync::Arc;

use async_graphql::{Context, Object, Result, SimpleObject};
use pointsman_bandit::{Kind, Place, Posterior, StreamBelief};
use pointsman_history::{WeightsOverTime, WeightsPoint};

use super::bandit_weights::{StreamKind, StreamPlace, unit};
use crate::graphql::{
    asking::Asking as _,
    fault::OrFault as _,
    scalars::{Epoch, Timestamp},
};

/// The weights of one bandit and segment over time.
pub(in crate::graphql) struct AllocationSeries(pub(in crate::graphql) Arc<WeightsOverTime>);

/// Weights and beliefs of one bandit and segment over time, as they were published. Each list has one entry for each point; a
/// point holds until the next one. Money is in main units of `currency`, a lead.
#[Object]
impl AllocationSeries {
    /// Name of the flow.
    async fn flow(&self) -> &str {
        &self.0.key.flow
    }

    /// Name of the bandit node.
    async fn node(&self) -> &str {
        &self.0.key.node
    }

    /// Segment; empty for all segments that have no weights of their own.
    async fn segment(&self) -> &str {
        &self.0.key.segment
    }

    /// Where the time begins.
    async fn from(&self) -> Timestamp {
        self.0.from.into()
    }

    /// Where it ends.
    async fn until(&self) -> Timestamp {
        self.0.until.into()
    }

    /// ISO 4217 code of the currency of worth and cost; null for a bandit that maximises a count, where they are in successes a lead.
    async fn currency(&self, context: &Context<'_>) -> Result<Option<String>> {
        if self.0.is_count() == Some(true) {
            return Ok(None);
        }
        let control = context.control()?;
        let page = control.versions_of(&self.0.key.flow, None, 1).await;
        let Some((_, version)) = page.or_fault()?.entries.into_iter().next() else {
            return Ok(None);
        };
        Ok(Some(version.document().or_fault()?.currency.to_string()))
    }

    /// Whether changes were left out because there were more than points.
    async fn is_thinned(&self) -> bool {
        self.0.is_thinned
    }

    /// From when the weights held; the first may have held before `from`.
    async fn times(&self) -> Vec<Timestamp> {
        self.0.points.iter().map(|it| it.at.into()).collect()
    }

    /// Times up to which the beliefs take observations into account.
    async fn as_of(&self) -> Vec<Timestamp> {
        self.0.points.iter().map(|it| it.as_of.into()).collect()
    }

    /// Epochs in which the weights were published.
    async fn epochs(&self) -> Vec<Epoch> {
        self.0.points.iter().map(|it| Epoch(it.epoch)).collect()
    }

    /// Whether the weights are the segment's own; else they are those of all segments that have none.
    async fn is_own(&self) -> Vec<bool> {
        self.0.points.iter().map(|it| it.is_own).collect()
    }

    /// What exploring costs: how much less a lead is expected to bring by these weights than by the arm first that is believed to be
    /// worth most, in the unit of `meanValue`. Null where a belief is not known.
    async fn exploration_cost(&self) -> Vec<Option<f64>> {
        let points = self.0.points.iter();
        let costs = points.map(|point| {
            let belief = point.posteriors.values().next()?;
            Some(point.exploration_cost()? / unit(belief.is_count))
        });
        costs.collect()
    }

    /// Arms by name, those included that have left or joined in that time.
    #[graphql(complexity = "8 * child_complexity")]
    async fn arms(&self) -> Vec<ArmSeries> {
        let arms = self.0.arms().into_iter();
        arms.map(|name| ArmSeries {
            name: name.to_owned(),
            series: Arc::clone(&self.0),
        })
        .collect()
    }
}

/// One arm of a series.
pub(in crate::graphql) struct ArmSeries {
    name: String,
    series: Arc<WeightsOverTime>,
}

impl ArmSeries {
    /// A figure of the belief at each point.
    fn of<T>(&self, figure: impl Fn(&Posterior) -> Option<T>) -> Vec<Option<T>> {
        let points = self.series.points.iter();
        points
            .map(|point| figure(point.posteriors.get(&self.name)?))
            .collect()
    }

    fn quantile(&self, i: usize) -> Vec<Option<f64>> {
        self.of(|belief| Some(belief.quantiles[i] / unit(belief.is_count)))
    }
}

/// Weight of one arm and what was believed of it over time. An entry is null where the arm was not there, or where a segment was
/// given the weights of all others.
#[Object]
impl ArmSeries {
    /// Name.
    async fn name(&self) -> &str {
        &self.name
    }

    /// Share of draws, in parts per million.
    async fn weight_ppm(&self) -> Vec<Option<u32>> {
        let weight = |point: &WeightsPoint| point.entry.arms.get(&self.name).copied();
        self.series.points.iter().map(weight).collect()
    }

    /// Trials of the arm so far.
    async fn trials(&self) -> Vec<Option<u64>> {
        self.of(|belief| Some(belief.trials))
    }

    /// Expected worth of a lead.
    async fn mean_value(&self) -> Vec<Option<f64>> {
        self.of(|belief| Some(belief.mean_value / unit(belief.is_count)))
    }

    /// The worth below which 5 % of the belief lie.
    async fn p5(&self) -> Vec<Option<f64>> {
        self.quantile(0)
    }

    /// The worth below which half of the belief lies.
    async fn p50(&self) -> Vec<Option<f64>> {
        self.quantile(1)
    }

    /// The worth below which 95 % of the belief lie.
    async fn p95(&self) -> Vec<Option<f64>> {
        self.quantile(2)
    }

    /// Probability that no other arm is worth more.
    async fn best_probability(&self) -> Vec<Option<f64>> {
        self.of(|belief| Some(belief.best))
    }

    /// Believed share of what past leads bring that had not come yet, from 0 to 1.
    async fn waiting_share(&self) -> Vec<Option<f64>> {
        self.of(Posterior::waiting_share)
    }

    /// What the worth is made of: what comes at once, and what comes later and is still expected in part. Streams that the arm had at
    /// some point.
    #[graphql(complexity = "4 * child_complexity")]
    async fn streams(&self) -> Vec<StreamSeries> {
        let beliefs = self.series.points.iter();
        let beliefs = beliefs.filter_map(|point| point.posteriors.get(&self.name));
        let mut streams: Vec<(Place, Kind)> = beliefs
            .flat_map(|belief| belief.streams.iter().map(|it| (it.place, it.kind)))
            .collect();
        streams.sort_unstable();
        streams.dedup();
        let of_arm = |(place, kind)| StreamSeries::of(self, place, kind);
        streams.into_iter().map(of_arm).collect()
    }
}

/// One stream of an arm over time: of its money, or of its conversions where those are maximised. An entry is null where the stream
/// was not there.
#[derive(SimpleObject)]
pub(in crate::graphql) struct StreamSeries {
    /// Where the money comes from.
    place: StreamPlace,
    /// How it comes.
    kind: StreamKind,
    /// Events so far, after fading.
    events: Vec<Option<f64>>,
    /// What the stream adds to the worth of a lead; below 0 for what is taken back.
    mean_value: Vec<Option<f64>>,
    /// What it adds, below which 5 % of the belief lie.
    p5: Vec<Option<f64>>,
    /// What it adds, below which half of the belief lies.
    p50: Vec<Option<f64>>,
    /// What it adds, below which 95 % of the belief lie.
    p95: Vec<Option<f64>>,
    /// Believed mean delay after the trial in days; 0 for what comes at once.
    delay_days: Vec<Option<f64>>,
    /// Believed share of the events of past leads that is still expected, from 0 to 1.
    waiting_share: Vec<Option<f64>>,
}

impl StreamSeries {
    fn of(arm: &ArmSeries, place: Place, kind: Kind) -> Self {
        let figure = |figure: &dyn Fn(&StreamBelief, f64) -> Option<f64>| {
            arm.of(|belief| {
                let mut streams = belief.streams.iter();
                let stream = streams.find(|it| (it.place, it.kind) == (place, kind))?;
                figure(stream, unit(belief.is_count))
            })
        };
        let quantile = |i: usize| figure(&|it, unit| Some(it.quantiles?[i] / unit));
        Self {
            place: place.into(),
            kind: kind.into(),
            events: figure(&|it, _| Some(it.events)),
            mean_value: figure(&|it, unit| Some(it.mean_value / unit)),
            p5: quantile(0),
            p50: quantile(1),
            p95: quantile(2),
            delay_days: figure(&|it, _| Some(it.delay_days)),
            waiting_share: figure(&|it, _| Some(it.waiting)),
        }
    }
}
