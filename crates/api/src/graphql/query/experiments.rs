//! Experiments.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject, connection::Connection};
use pointsman_experiment::Sought;

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        fault::OrFault as _,
        node_id::name_of,
        paging::{Paging, cost, weigh},
        types::experiment::{Experiment, ExperimentMetric, size::ExperimentSize},
        user_error::{UserError, sorted},
    },
};

/// An experiment whose size is asked for.
#[derive(Debug, InputObject)]
pub(crate) struct ExperimentSizeInput {
    /// Name of the flow.
    flow: String,
    /// Metric that decides.
    metric: ExperimentMetric,
    /// Smallest change that matters, as a share of the past mean, in parts per million.
    #[graphql(default = 50_000)]
    smallest_effect_ppm: u32,
    /// Share of leads that the first arm gets, in parts per million.
    #[graphql(default = 500_000)]
    first_share_ppm: u32,
    /// Share of leads that the other arm gets, in parts per million.
    #[graphql(default = 500_000)]
    other_share_ppm: u32,
    /// Attribution window in hours.
    #[graphql(default = 0)]
    window_hours: u32,
    /// Confidence of the intervals, in parts per million.
    #[graphql(default = 950_000)]
    confidence_ppm: u32,
    /// Probability of finding the change where it is there, in parts per million.
    #[graphql(default = 800_000)]
    power_ppm: u32,
    /// Days of past leads to judge by, 1 to 365.
    #[graphql(default = 30)]
    days: u32,
    /// Lead field that keeps people with their arm: leads of one person are alike, and more of them are needed. Without it
    /// each lead counts by itself.
    sticky: Option<String>,
}

/// The size, or why there is none.
#[derive(SimpleObject)]
pub(crate) struct ExperimentSizePayload {
    /// The size; null when `userErrors` is not empty.
    size: Option<ExperimentSize>,
    /// All errors of the input, and why no size follows from the past leads.
    user_errors: Vec<UserError>,
}

/// Queries of experiments.
#[derive(Debug, Default)]
pub(crate) struct ExperimentQuery;

#[Object]
impl ExperimentQuery {
    /// Experiments, newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn experiments(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only those of this flow.")] flow: Option<String>,
        #[graphql(desc = "Page size, 1 to 100; default 50.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the entry after which the page starts.")] after: Option<String>,
    ) -> Result<Connection<String, Experiment>> {
        context.require(Right::Read)?;
        let paging = Paging::new(first, after.as_deref())?;
        let control = context.control()?;
        let page = control
            .experiments(flow.as_deref(), paging.after.as_ref(), paging.limit)
            .await;
        Ok(paging.of(page.or_fault()?, Experiment))
    }

    /// How many leads an experiment on a flow would need, judged by its past leads; or why that is not known.
    #[graphql(complexity = "weigh(500, 1, child_complexity)")]
    async fn experiment_size(
        &self,
        context: &Context<'_>,
        input: ExperimentSizeInput,
    ) -> Result<ExperimentSizePayload> {
        context.require(Right::Read)?;
        let ppm = |value: u32| f64::from(value) / 1e6;
        let sought = Sought {
            metric: input.metric.into(),
            effect: ppm(input.smallest_effect_ppm),
            shares: [ppm(input.first_share_ppm), ppm(input.other_share_ppm)],
            confidence: ppm(input.confidence_ppm),
            power: ppm(input.power_ppm),
            window_days: f64::from(input.window_hours) / 24.0,
        };
        let control = context.control()?;
        let found =
            control.experiment_size(&input.flow, &sought, input.days, input.sticky.as_deref());
        Ok(match sorted(found.await)? {
            Ok(size) => ExperimentSizePayload {
                size: Some(size.into()),
                user_errors: Vec::new(),
            },
            Err((user_errors, _)) => ExperimentSizePayload {
                size: None,
                user_errors,
            },
        })
    }

    /// An experiment by name or id.
    async fn experiment(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Name or id.")] name: String,
    ) -> Result<Option<Experiment>> {
        context.require(Right::Read)?;
        let name = name_of("experiment", &name);
        let found = context.control()?.find_experiment(name).await;
        Ok(found.or_fault()?.map(Experiment))
    }
}
