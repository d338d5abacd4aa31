//! Metrics over time.

use async_graphql::{Context, Object, Result, SimpleObject};

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        fault::OrFault as _,
        paging::weigh,
        types::metrics::{Metrics, MetricsBucket, MetricsDimension, MetricsFilterInput, question},
        user_error::UserError,
    },
};

/// Metrics, or the errors of the question.
#[derive(SimpleObject)]
pub(crate) struct MetricsPayload {
    /// The metrics; null when `userErrors` is not empty.
    metrics: Option<Metrics>,
    /// All errors of the question.
    user_errors: Vec<UserError>,
}

/// The query of metrics.
#[derive(Debug, Default)]
pub(crate) struct MetricsQuery;

#[Object]
impl MetricsQuery {
    /// Sums of leads over time by hour, by day, or in total; out of what is added up beside the work, so that it may
    /// be behind by a moment: see `asOf`.
    #[graphql(complexity = "weigh(100, 1, child_complexity)")]
    async fn metrics(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Filter; default: the leads of the last days.")] filter: Option<
            MetricsFilterInput,
        >,
        #[graphql(desc = "Dimensions to group by, at most 3.", default)] by: Vec<MetricsDimension>,
        #[graphql(
            desc = "Time covered by a point.",
            default_with = "MetricsBucket::Hour"
        )]
        bucket: MetricsBucket,
        #[graphql(
            desc = "IANA zone of days, such as `America/New_York`.",
            default_with = "\"UTC\".to_owned()"
        )]
        zone: String,
        #[graphql(
            desc = "Number of groups with points of their own, those with most leads, 1 to 1,000; all others are one.",
            default = 20
        )]
        groups: i32,
    ) -> Result<MetricsPayload> {
        context.require(Right::Read)?;
        let question = question(filter.unwrap_or_default(), by.clone(), bucket, zone, groups);
        let now = context.engine()?.clock().now();
        let found = context.history()?.metrics(&question, now).await;
        Ok(match found.or_fault()? {
            Ok(answer) => MetricsPayload {
                metrics: Some(Metrics { answer, by }),
                user_errors: Vec::new(),
            },
            Err(problems) => MetricsPayload {
                metrics: None,
                user_errors: problems.into_iter().map(UserError::from).collect(),
            },
        })
    }
}
