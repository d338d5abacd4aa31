//! Sums of leads over time, told apart by at most three things, out of what is added up by the hour.

use std::collections::BTreeSet;

use pointsman_lead::{Micros, Problem, Timestamp};
use pointsman_store::{RollupCell, RollupQuery, RollupSums};

use crate::{
    Error, History, LatencyRange, latency_quantile,
    rollup::{REST, is, part, sum},
};

mod question;

pub use question::{MetricsBucket, MetricsDimension, MetricsQuestion};

/// Most points of an answer.
const POINTS_MAX: usize = 2_000;

/// Sums of leads over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metrics {
    /// Everything that was committed before this moment is in them; `None` if nothing was added up yet.
    pub as_of: Option<Timestamp>,
    /// The number in commit order up to which everything is in them, at least.
    pub as_of_number: i64,
    /// How many hours or days a point is about: more than one where there would be more than 2,000 points.
    pub step: usize,
    /// In order of time, those with most leads first; those of no lead are left out.
    pub points: Vec<MetricsPoint>,
}

/// Sums of some leads that came within a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricsPoint {
    /// The leads came then or later.
    pub from: Timestamp,
    /// And before this.
    pub until: Timestamp,
    /// The values of what is told apart, in the order that was asked for; `None` where there is none, and in the rest.
    pub by: Vec<Option<String>>,
    /// Whether it is about all that have no point of their own.
    pub is_rest: bool,
    /// ISO 4217.
    pub currency: String,
    sums: RollupCell,
}

impl MetricsPoint {
    /// Leads; of a destination those that were offered to it, of a node those that it drew for.
    pub fn leads(&self) -> i64 {
        self.sums[sum::LEADS]
    }

    /// Leads that somebody accepted.
    pub fn sold(&self) -> i64 {
        self.sums[sum::SOLD]
    }

    /// Leads of which a sale was reported that stands.
    pub fn converted(&self) -> i64 {
        self.sums[sum::CONVERTED]
    }

    /// Leads of which something was taken back.
    pub fn returned(&self) -> i64 {
        self.sums[sum::RETURNED]
    }

    /// Offers.
    pub fn offers(&self) -> i64 {
        self.sums[sum::OFFERS]
    }

    /// Offers that were accepted.
    pub fn accepted(&self) -> i64 {
        self.sums[sum::ACCEPTED]
    }

    /// Offers that were rejected.
    pub fn rejected(&self) -> i64 {
        self.sums[sum::REJECTED]
    }

    /// Offers that reached nobody.
    pub fn not_sent(&self) -> i64 {
        self.sums[sum::NOT_SENT]
    }

    /// Offers whose answer is unknown.
    pub fn unknown(&self) -> i64 {
        self.sums[sum::UNKNOWN]
    }

    /// Reports of something that is not worth money yet.
    pub fn pending_reports(&self) -> i64 {
        self.sums[sum::PENDING_REPORTS]
    }

    /// Reports of sales, corrections among them.
    pub fn sale_reports(&self) -> i64 {
        self.sums[sum::SALE_REPORTS]
    }

    /// Reports of rebills.
    pub fn rebill_reports(&self) -> i64 {
        self.sums[sum::REBILL_REPORTS]
    }

    /// Reports of declines, cancellations and refunds.
    pub fn cancel_reports(&self) -> i64 {
        self.sums[sum::CANCEL_REPORTS]
    }

    /// Sales that stand.
    pub fn sales(&self) -> i64 {
        self.sums[sum::SALES]
    }

    /// What destinations pay, less what was taken back.
    pub fn revenue(&self) -> Micros {
        narrow(self.micros(sum::REVENUE_UNITS, sum::REVENUE_MICROS))
    }

    /// What was taken back.
    pub fn taken_back(&self) -> Micros {
        narrow(self.micros(sum::TAKEN_UNITS, sum::TAKEN_MICROS))
    }

    /// What sources are paid in the currency of the point. What they are paid for each lead, whatever becomes of it, is not
    /// told apart by destination.
    pub fn payout(&self) -> Micros {
        narrow(self.micros(sum::PAYOUT_UNITS, sum::PAYOUT_MICROS))
    }

    /// Revenue less what sources are paid.
    pub fn margin(&self) -> Micros {
        let revenue = self.micros(sum::REVENUE_UNITS, sum::REVENUE_MICROS);
        narrow(revenue - self.micros(sum::PAYOUT_UNITS, sum::PAYOUT_MICROS))
    }

    /// Revenue of a lead on average, rounded to the nearest micro-unit; `None` without leads.
    pub fn revenue_per_lead(&self) -> Option<Micros> {
        let leads = i128::from(self.leads());
        let revenue = self.micros(sum::REVENUE_UNITS, sum::REVENUE_MICROS);
        (leads > 0).then(|| narrow((2 * revenue + leads).div_euclid(2 * leads)))
    }

    /// Of the offers that destinations answered or may have got, the share that was accepted, in `[0, 1]`; `None`
    /// without any.
    pub fn accept_rate(&self) -> Option<f64> {
        let sent = self.accepted() + self.rejected() + self.unknown();
        share(self.accepted(), sent)
    }

    /// The share of leads that converted, in `[0, 1]`; `None` without leads.
    pub fn conversion_rate(&self) -> Option<f64> {
        share(self.converted(), self.leads())
    }

    /// The share of leads of which something was taken back, in `[0, 1]`; `None` without leads.
    pub fn return_rate(&self) -> Option<f64> {
        share(self.returned(), self.leads())
    }

    /// How long answers took: the range in which a quantile lies; `None` where nothing was measured.
    ///
    /// * `ppm`: the quantile in parts per million, in `[0, 1_000_000]`.
    pub fn latency(&self, ppm: u32) -> Option<LatencyRange> {
        latency_quantile(&self.sums[sum::LATENCY..], ppm)
    }

    fn micros(&self, units: usize, micros: usize) -> i128 {
        i128::from(self.sums[units]) * 1_000_000 + i128::from(self.sums[micros])
    }
}

fn narrow(micros: i128) -> Micros {
    let beyond = if micros < 0 { i64::MIN } else { i64::MAX };
    Micros(i64::try_from(micros).unwrap_or(beyond))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a share is not worth more digits than a float has"
)]
fn share(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

impl History {
    /// Adds up what was asked for, or says everything that is wrong with the question.
    ///
    /// * `now`: of the clock that leads live in.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn metrics(
        &self,
        question: &MetricsQuestion,
        now: Timestamp,
    ) -> Result<Result<Metrics, Vec<Problem>>, Error> {
        let asked = match question.read(now) {
            Ok(asked) => asked,
            Err(problems) => return Ok(Err(problems)),
        };
        let read = self.rows();
        // Before the sums: they hold at least this.
        let as_of_number = read.rollup_progress().await?.folded_seq;
        let as_of = if as_of_number >= read.order().await?.number {
            Some(now)
        } else {
            let at = read.committed_at(as_of_number).await?;
            at.map(Timestamp)
        };
        let whole = asked.query(vec![(asked.from.0, asked.until.0)]);
        let groups = read.largest_rollups(&whole, question.groups).await?;
        let currencies: BTreeSet<&String> = groups.iter().map(|(_, currency)| currency).collect();
        let n_rests = if question.by.is_empty() {
            0
        } else {
            currencies.len()
        };
        let n_groups = (groups.len() + n_rests).max(1);
        let (step, buckets) = asked.buckets((POINTS_MAX / n_groups).max(1));
        let query = asked.query(buckets);
        let found = read.rollup_sums(&query, &groups).await?;
        Ok(Ok(Metrics {
            as_of,
            as_of_number,
            step,
            points: points(&query, found),
        }))
    }
}

fn points(query: &RollupQuery, mut found: Vec<RollupSums>) -> Vec<MetricsPoint> {
    let is_rest = |it: &RollupSums| it.parts.iter().any(|part| part == REST);
    found.sort_by_cached_key(|it| {
        let leads = std::cmp::Reverse(it.sums[sum::LEADS]);
        (
            it.bucket,
            is_rest(it),
            leads,
            it.parts.clone(),
            it.currency.clone(),
        )
    });
    let points = found.into_iter().filter_map(|it| {
        let (from, until) = *query.buckets.get(it.bucket)?;
        let is_rest = is_rest(&it);
        Some(MetricsPoint {
            from: Timestamp(from),
            until: Timestamp(until),
            by: it
                .parts
                .iter()
                .map(|it| it.strip_prefix('=').map(str::to_owned))
                .collect(),
            is_rest,
            currency: it.currency,
            sums: it.sums,
        })
    });
    points.collect()
}
