//! What one lead's walk teaches its bandits: trials and rewards, in the order in which they happen.
//!
//! The same attribution serves the live service and the rebuild from history, which is why both end with
//! the same state, bit for bit.

use pointsman_bandit::{BanditKey, Observation, Outcome};
use pointsman_lead::Timestamp;
use pointsman_router::Answer;

use crate::record::TraceRecord;

/// The first draw of one bandit node for one lead, and what has come of it.
#[derive(Debug, Clone, PartialEq)]
struct PendingTrial {
    key: BanditKey,
    arm: String,
    drawn_at: Timestamp,
    /// Position of the first offer that this draw led to.
    from_offer: usize,
    counted: bool,
    sales: i64,
    outcome: Outcome,
}

/// The trials of one lead's walk.
///
/// A draw is a trial as soon as an offer at or after it is accepted or rejected, or a ping is answered; its reward is
/// everything that offers at or after it earn. Only the first draw of a node counts: later ones see
/// the leads that others have refused. Not-sent and unknown offers teach nothing by themselves.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RewardAttribution {
    flow: String,
    trials: Vec<PendingTrial>,
    n_offers: usize,
}

impl RewardAttribution {
    /// An attribution of no trial yet.
    ///
    /// * `flow`: name of the flow that is walked.
    pub fn new(flow: &str) -> Self {
        Self {
            flow: flow.to_owned(),
            ..Self::default()
        }
    }

    /// A step ended in the next offer.
    pub fn offered(&mut self, trace: &[TraceRecord], at: Timestamp) {
        self.asked(trace, at);
        self.n_offers += 1;
    }

    /// A step ended in a ping: what was drawn on the way to it may lead to the next offer.
    pub fn asked(&mut self, trace: &[TraceRecord], at: Timestamp) {
        for record in trace {
            let (Some(bandit), Some(arm)) = (&record.bandit, &record.arm) else {
                continue;
            };
            let (flow, node) = match &bandit.origin {
                Some(origin) => (&origin.flow, &origin.node),
                None => (&self.flow, &record.node),
            };
            let mut known = self.trials.iter().map(|trial| &trial.key);
            if known.any(|key| key.flow == *flow && key.node == *node) {
                continue;
            }
            let key = BanditKey {
                flow: flow.clone(),
                node: node.clone(),
                segment: bandit.segment.clone(),
            };
            self.trials.push(PendingTrial {
                key,
                arm: arm.clone(),
                drawn_at: at,
                from_offer: self.n_offers,
                counted: false,
                sales: 0,
                outcome: Outcome::default(),
            });
        }
    }

    /// A ping was answered, with bids or without. An arm whose auction nobody bids in has had its
    /// answer; leaving it out would judge the arm by its good days alone.
    pub fn bid(&mut self) -> Vec<Observation> {
        self.trials
            .iter_mut()
            .filter_map(PendingTrial::count)
            .collect()
    }

    /// An offer was answered.
    ///
    /// * `offer`: its position in the walk, from 0.
    /// * `revenue`: micros earned by the acceptance itself.
    pub fn answered(
        &mut self,
        offer: usize,
        answer: Answer,
        revenue: i64,
        at: Timestamp,
    ) -> Vec<Observation> {
        let mut observations = Vec::new();
        if !matches!(answer, Answer::Accepted | Answer::Rejected) {
            return observations;
        }
        for trial in self
            .trials
            .iter_mut()
            .filter(|trial| trial.from_offer <= offer)
        {
            observations.extend(trial.count());
            let accepted = answer == Answer::Accepted;
            observations.extend(trial.earn(revenue, 0, accepted, at));
        }
        observations
    }

    /// An offer earned or lost something later.
    ///
    /// * `sales`: +1 for a sale, -1 for one taken back, 0 otherwise.
    pub fn converted(
        &mut self,
        offer: usize,
        revenue: i64,
        sales: i64,
        at: Timestamp,
    ) -> Vec<Observation> {
        let mut observations = Vec::new();
        for trial in self
            .trials
            .iter_mut()
            .filter(|trial| trial.from_offer <= offer)
        {
            // Where its answer was unknown, the conversion proves that the destination has the lead.
            observations.extend(trial.count());
            observations.extend(trial.earn(revenue, sales, false, at));
        }
        observations
    }
}

impl PendingTrial {
    fn count(&mut self) -> Option<Observation> {
        let is_first = !std::mem::replace(&mut self.counted, true);
        is_first.then(|| Observation::Trial {
            key: self.key.clone(),
            arm: self.arm.clone(),
            at: self.drawn_at.0,
        })
    }

    /// * `accepted`: whether an offer has just been; once is for ever.
    fn earn(
        &mut self,
        revenue: i64,
        sales: i64,
        accepted: bool,
        at: Timestamp,
    ) -> Option<Observation> {
        self.sales += sales;
        let after = Outcome {
            accepted: self.outcome.accepted || accepted,
            converted: self.sales > 0,
            revenue: self.outcome.revenue.saturating_add(revenue),
        };
        let before = std::mem::replace(&mut self.outcome, after);
        (before != after).then(|| Observation::Reward {
            key: self.key.clone(),
            arm: self.arm.clone(),
            trial_at: self.drawn_at.0,
            at: at.0,
            before,
            after,
        })
    }
}

#[cfg(test)]
mod tests;
