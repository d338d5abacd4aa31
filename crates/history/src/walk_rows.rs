//! The rows of a stored walk, and what bandits learn from them.

use std::collections::BTreeMap;

use pointsman_bandit::Observation;
use pointsman_lead::{ConversionTotals, Micros, Timestamp};
use pointsman_router::Answer;
use pointsman_store::{
    ConversionRow, DecisionStepRow, DeliveryReleaseRow, DeliveryRow, DeliveryState, Error, StepKind,
};

use crate::{ConversionDelta, RewardAttribution, stored, totals_of};

/// What was reported of a walk's offers in all, by their position in it from 0.
pub type Reports = BTreeMap<usize, ConversionDelta>;

/// The rows of one walk: steps, deliveries and conversions.
#[derive(Debug, Clone, Default)]
pub struct WalkRows {
    /// Name of the flow.
    pub flow: String,
    /// Its steps.
    pub steps: Vec<DecisionStepRow>,
    /// Its offers.
    pub deliveries: Vec<DeliveryRow>,
    /// What was reported of its offers.
    pub conversions: Vec<ConversionRow>,
    /// Offers that were held for a time, and whose answer became known.
    pub releases: Vec<DeliveryReleaseRow>,
}

/// Something that happened to a walk.
enum WalkEvent<'a> {
    Asked(&'a DecisionStepRow),
    Bid,
    Offered(&'a DecisionStepRow),
    Answered(&'a DeliveryRow),
    Held(&'a DeliveryReleaseRow),
    Converted(&'a ConversionRow),
}

impl WalkRows {
    /// Everything that the walk has taught so far, each with its number in commit order, and the attribution to go on with.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] that names the row which cannot be read.
    pub fn replay(&self) -> Result<(RewardAttribution, Vec<(i64, Observation)>), Error> {
        let mut attribution = RewardAttribution::new(&self.flow);
        let mut observations = Vec::new();
        for (number, event) in self.in_order() {
            let taught = match event {
                WalkEvent::Asked(step) => {
                    attribution.asked(&stored::trace_of(step)?, Timestamp(step.at));
                    Vec::new()
                }
                WalkEvent::Bid => attribution.bid(),
                WalkEvent::Offered(step) => {
                    attribution.offered(&stored::trace_of(step)?, Timestamp(step.at));
                    Vec::new()
                }
                WalkEvent::Answered(delivery) => attribution.answered(
                    self.offer_of(&delivery.id),
                    answer_of(delivery.state),
                    delivery.price.unwrap_or(0),
                    settled_at(delivery)?,
                ),
                WalkEvent::Held(release) => attribution.answered(
                    self.offer_of(&release.delivery_id),
                    Answer::Unknown,
                    0,
                    Timestamp(release.held_at.unwrap_or(release.at)),
                ),
                WalkEvent::Converted(row) => attribution.converted(
                    self.offer_of(&row.delivery_id),
                    row.revenue,
                    row.sales,
                    Timestamp(row.received_at),
                ),
            };
            observations.extend(taught.into_iter().map(|observation| (number, observation)));
        }
        Ok((attribution, observations))
    }

    /// What one more conversion teaches. The walk's own conversions are not asked for: the totals of
    /// its deliveries hold what they add up to.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] that names the row which cannot be read.
    pub fn learn_from(
        &self,
        delivery_id: &str,
        delta: ConversionDelta,
        at: Timestamp,
    ) -> Result<Vec<Observation>, Error> {
        let (mut attribution, _) = self.replay()?;
        for (offer, so_far) in self.reports()? {
            attribution.converted(offer, so_far.revenue, so_far.sales, at);
        }
        Ok(attribution.converted(self.offer_of(delivery_id), delta.revenue, delta.sales, at))
    }

    /// What was reported of the walk's offers in all.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] that names the totals which cannot be read.
    pub fn reports(&self) -> Result<Reports, Error> {
        let deliveries = self.deliveries.iter();
        let reported = deliveries.filter(|delivery| delivery.conversion_totals_body.is_some());
        reported
            .map(|delivery| {
                let price = Micros(delivery.price.unwrap_or(0));
                let total = ConversionDelta::between(
                    ConversionTotals::default(),
                    totals_of(delivery)?,
                    price,
                );
                Ok((self.offer_of(&delivery.id), total))
            })
            .collect()
    }

    /// The offer of a step, if it made one.
    pub fn delivery_of(&self, step: &DecisionStepRow) -> Option<&DeliveryRow> {
        self.deliveries.iter().find(|delivery| delivery.n == step.n)
    }

    /// What an offer earned in all, in micro-units: its price, and what was reported of it.
    pub fn earned(&self, delivery: &DeliveryRow) -> i64 {
        let conversions = self.conversions.iter();
        let reported = conversions.filter(|row| row.delivery_id == delivery.id);
        delivery.price.unwrap_or(0) + reported.map(|row| row.revenue).sum::<i64>()
    }

    /// Position of a delivery among the offers of its walk.
    pub fn offer_of(&self, delivery_id: &str) -> usize {
        let Some(delivery) = self
            .deliveries
            .iter()
            .find(|delivery| delivery.id == delivery_id)
        else {
            return 0;
        };
        self.deliveries
            .iter()
            .filter(|other| other.n < delivery.n)
            .count()
    }

    /// Everything that happened, by its number in commit order.
    fn in_order(&self) -> Vec<(i64, WalkEvent<'_>)> {
        let steps = self.steps.iter().filter_map(|step| {
            let event = match step.kind {
                StepKind::Ping => WalkEvent::Asked(step),
                StepKind::Offer => WalkEvent::Offered(step),
                StepKind::Done => return None,
            };
            Some(((step.seq, 1), event))
        });
        // Bids are stored together with the step that comes after them.
        let bids = self.steps.iter().filter_map(|step| {
            let is_next = |next: &&DecisionStepRow| {
                next.decision_id == step.decision_id && next.n == step.n + 1
            };
            let next = self.steps.iter().find(is_next)?;
            (step.kind == StepKind::Ping).then_some(((next.seq, 0), WalkEvent::Bid))
        });
        let answered = self.deliveries.iter().filter_map(|delivery| {
            Some(((delivery.settled_seq?, 1), WalkEvent::Answered(delivery)))
        });
        let held = self
            .releases
            .iter()
            .filter_map(|release| Some(((release.held_seq?, 1), WalkEvent::Held(release))));
        let converted = self
            .conversions
            .iter()
            .map(|row| ((row.seq, 1), WalkEvent::Converted(row)));
        let mut all: Vec<((i64, u8), WalkEvent<'_>)> = steps
            .chain(bids)
            .chain(answered)
            .chain(held)
            .chain(converted)
            .collect();
        all.sort_by_key(|(order, _)| *order);
        all.into_iter()
            .map(|((number, _), event)| (number, event))
            .collect()
    }
}

/// When a delivery was settled.
///
/// # Errors
///
/// [`Error::Corrupt`] for one that was settled at no time.
pub fn settled_at(delivery: &DeliveryRow) -> Result<Timestamp, Error> {
    let at = delivery.settled_at.ok_or_else(|| Error::Corrupt {
        what: format!("delivery {} was settled at no time", delivery.id),
    })?;
    Ok(Timestamp(at))
}

/// The answer that a settled delivery stands for.
pub fn answer_of(state: DeliveryState) -> Answer {
    match state {
        DeliveryState::Accepted => Answer::Accepted,
        DeliveryState::Rejected => Answer::Rejected,
        DeliveryState::NotSent => Answer::NotSent,
        DeliveryState::Pending | DeliveryState::Sending | DeliveryState::Held => Answer::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stored::tests::step;

    #[test]
    fn a_walk_whose_trace_cannot_be_read_teaches_nothing_and_is_named() {
        let history = WalkRows {
            flow: "auto".to_owned(),
            steps: vec![step("{")],
            ..WalkRows::default()
        };
        let told = history.replay().unwrap_err().to_string();
        assert!(told.contains("step 3 of decision dec_1"), "{told}");
        let taught = history.learn_from("dlv_1", ConversionDelta::default(), Timestamp(0));
        assert!(taught.is_err());
    }
}
