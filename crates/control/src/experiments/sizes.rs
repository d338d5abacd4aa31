//! How many leads an experiment on a flow needs.

use std::collections::BTreeMap;

use pointsman_experiment::{Metric, PastLeads, PastUnits, Size, Sought, size};
use pointsman_lead::Problem;
use pointsman_store::{LeadSums, PastLead};
use serde_json::{Map, Value};

use super::covariates::sticky_problem;
use crate::{Control, Error};

/// Microseconds of a day.
const DAY: f64 = 86_400e6;
/// Leads that are read at once, and at most, to see how alike those of one person are.
const PAGE: u64 = 5_000;
const LEADS_MAX: u64 = 100_000;

impl Control {
    /// How many leads an experiment on a flow needs, from the leads of the last days that are old enough to count.
    ///
    /// * `days`: how far back, 1 to 365.
    /// * `sticky`: the field by which people are known; none: each lead is a unit.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for an unknown flow; [`Error::Problems`] if no size follows from these leads, with the reason.
    pub async fn experiment_size(
        &self,
        flow: &str,
        sought: &Sought,
        days: u32,
        sticky: Option<&str>,
    ) -> Result<Size, Error> {
        self.flow_row(flow).await?;
        let mut problems: Vec<Problem> = self
            .size_field_problem(flow, sticky)
            .await?
            .into_iter()
            .collect();
        if matches!(sought.metric, Metric::Latency | Metric::SlowRate) {
            let message = format!("no size is reckoned for the {}", sought.metric.words());
            let problem = Problem::new("no_size", "metric", message);
            problems.push(
                problem.hint("ask for the metric that decides, and watch times by a guardrail"),
            );
        }
        if !(1..=365).contains(&days) {
            let message = format!("{days} is not within 1 to 365");
            problems.push(Problem::new("out_of_range", "days", message));
        }
        if !problems.is_empty() {
            return Err(Error::Problems(problems));
        }
        #[expect(clippy::cast_possible_truncation, reason = "90 days at most")]
        let window = (sought.window_days.clamp(0.0, 90.0) * DAY) as i64;
        let until = self.inner.clock.now().0.saturating_sub(window);
        #[expect(clippy::cast_possible_truncation, reason = "a year at most")]
        let from = until - (f64::from(days) * DAY) as i64;
        let no_size = |why: String| {
            let problem = Problem::new("no_size", "flow", why);
            Error::problem(problem.hint("send leads for a while first, or ask for more days"))
        };
        let sums = self.inner.store.read().lead_sums(flow, from, until).await?;
        let mut past = past(&sums, sought.metric, until);
        if let Some(field) = sticky {
            let units = self.past_units(flow, (from, until), field, sought.metric);
            past.design_effect = units.await?.design_effect().map_err(no_size)?;
        }
        size(&past, sought).map_err(no_size)
    }

    /// What is wrong with knowing people by a field.
    async fn size_field_problem(
        &self,
        flow: &str,
        sticky: Option<&str>,
    ) -> Result<Option<Problem>, Error> {
        let Some(live) = self.live_document(flow).await? else {
            return Ok(None);
        };
        let schema = self.find_schema(&live.vertical).await?;
        Ok(schema.and_then(|found| sticky_problem(&found.schema, sticky)))
    }

    /// The latest leads by people. One without a value is a person by itself.
    async fn past_units(
        &self,
        flow: &str,
        span: (i64, i64),
        field: &str,
        metric: Metric,
    ) -> Result<PastUnits, Error> {
        let mut units = PastUnits::default();
        let mut people: BTreeMap<String, u64> = BTreeMap::new();
        let (mut n_people, mut before) = (0, i64::MAX);
        while units.leads() < LEADS_MAX {
            let read = self.inner.store.read();
            let page = read.past_leads(flow, span, before, PAGE).await?;
            let Some(last) = page.last() else {
                break;
            };
            before = last.seq;
            for lead in &page {
                let fields: Map<String, Value> =
                    serde_json::from_str(&lead.fields_body).unwrap_or_default();
                let value = fields.get(field).filter(|value| !value.is_null());
                let known = value.and_then(|value| people.get(&value.to_string()).copied());
                let person = known.unwrap_or(n_people);
                if known.is_none() {
                    people.extend(value.map(|value| (value.to_string(), person)));
                    n_people += 1;
                }
                units.add(person, value_of(lead, metric));
            }
        }
        Ok(units)
    }
}

fn value_of(lead: &PastLead, metric: Metric) -> f64 {
    match metric {
        Metric::AcceptRate => lead.accepted,
        Metric::ConversionRate => lead.converted,
        Metric::ReturnRate => lead.returned,
        Metric::Revenue => lead.revenue,
        // Refused before.
        Metric::Latency | Metric::SlowRate => 0.0,
    }
}

fn past(sums: &LeadSums, metric: Metric, until: i64) -> PastLeads {
    let (sum, squared) = match metric {
        Metric::AcceptRate => (sums.accepted, sums.accepted),
        Metric::ConversionRate => (sums.converted, sums.converted),
        Metric::ReturnRate => (sums.returned, sums.returned),
        Metric::Revenue => (sums.revenue, sums.revenue_squared),
        Metric::Latency | Metric::SlowRate => (0.0, 0.0),
    };
    #[expect(clippy::cast_precision_loss, reason = "a span of days")]
    let days = (until - sums.first_at.unwrap_or(until)) as f64 / DAY;
    PastLeads {
        leads: u64::try_from(sums.leads).unwrap_or(0),
        // Not less than an hour: a burst is no rate.
        days: days.max(1.0 / 24.0),
        sum,
        squared,
        design_effect: 1.0,
    }
}
