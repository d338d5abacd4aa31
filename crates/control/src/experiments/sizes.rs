//! How many leads an experiment on a flow needs.

use pointsman_experiment::{Metric, PastLeads, Size, Sought, size};
use pointsman_lead::Problem;
use pointsman_store::LeadSums;

use crate::{Control, Error};

/// Microseconds of a day.
const DAY: f64 = 86_400e6;

impl Control {
    /// How many leads an experiment on a flow needs, from the leads of the last days that are old enough to count.
    ///
    /// * `days`: how far back, 1 to 365.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for an unknown flow; [`Error::Problems`] if no size follows from these leads, with the reason.
    pub async fn experiment_size(
        &self,
        flow: &str,
        sought: &Sought,
        days: u32,
    ) -> Result<Size, Error> {
        self.flow_row(flow).await?;
        if !(1..=365).contains(&days) {
            let message = format!("{days} is not within 1 to 365");
            return Err(Error::problem(Problem::new(
                "out_of_range",
                "days",
                message,
            )));
        }
        #[expect(clippy::cast_possible_truncation, reason = "90 days at most")]
        let window = (sought.window_days.clamp(0.0, 90.0) * DAY) as i64;
        let until = self.inner.clock.now().0.saturating_sub(window);
        #[expect(clippy::cast_possible_truncation, reason = "a year at most")]
        let from = until - (f64::from(days) * DAY) as i64;
        let sums = self.inner.store.read().lead_sums(flow, from, until).await?;
        let past = past(&sums, sought.metric, until);
        size(&past, sought).map_err(|why| {
            let problem = Problem::new("no_size", "flow", why);
            Error::problem(problem.hint("send leads for a while first, or ask for more days"))
        })
    }
}

fn past(sums: &LeadSums, metric: Metric, until: i64) -> PastLeads {
    let (sum, squared) = match metric {
        Metric::AcceptRate => (sums.accepted, sums.accepted),
        Metric::ConversionRate => (sums.converted, sums.converted),
        Metric::ReturnRate => (sums.returned, sums.returned),
        Metric::Revenue => (sums.revenue, sums.revenue_squared),
    };
    #[expect(clippy::cast_precision_loss, reason = "a span of days")]
    let days = (until - sums.first_at.unwrap_or(until)) as f64 / DAY;
    PastLeads {
        leads: u64::try_from(sums.leads).unwrap_or(0),
        // Not less than an hour: a burst is no rate.
        days: days.max(1.0 / 24.0),
        sum,
        squared,
    }
}
