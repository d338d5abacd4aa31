//! What one lead's walk teaches its bandits: trials and rewards, in the order in which they happen.
//!
//! The same attribution serves the live service and the rebuild from history, which is why both end with
//! the same state, bit for bit.

use pointsman_bandit::{BanditKey, Observation, Outcome};
use pointsman_lead::{Answer, Timestamp};

use super::TraceRecord;

/// The first draw of one bandit node for one lead, and what has come of it.
#[derive(Debug, Clone, PartialEq)]
struct PendingTrial {
    key: BanditKey,
    arm: String,
    drawn_at: Timestamp,
    /// Position of the first offer that this draw led to.
    from_offer: usize,
    /// Position of the first offer after the walk had left the arm, once it has.
    left_at: Option<usize>,
    /// Position of its node on the path of the walk.
    depth: usize,
    counted: bool,
    /// Whether an offer of the arm has no known answer, and none since.
    is_unanswered: bool,
    /// Whether a destination of the arm took the lead.
    is_taken: bool,
    sales: i64,
    outcome: Outcome,
}

/// The trials of one lead's walk.
///
/// A draw is a trial as soon as an offer at or after it is accepted or rejected, or a ping is answered; its reward is
/// everything that offers at or after it earn, and of that it is told apart what offers earn which the walk made after it
/// had left the arm. Only the first draw of a node counts: later ones see the leads that others have refused. Not-sent
/// offers teach nothing; one whose answer is not known is told as that, until it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RewardAttribution {
    flow: String,
    trials: Vec<PendingTrial>,
    /// Names of the nodes from the root to the last choice.
    path: Vec<String>,
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
        if let Some(first) = trace.first() {
            self.go_back_to(&first.node);
        }
        for record in trace {
            self.path.push(record.node.clone());
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
                left_at: None,
                depth: self.path.len() - 1,
                counted: false,
                is_unanswered: false,
                is_taken: false,
                sales: 0,
                outcome: Outcome::default(),
            });
        }
    }

    /// Notes where a step began: at a node of the path that had another choice. The arms drawn there and below are left.
    fn go_back_to(&mut self, node: &str) {
        // A node that is not on the path asked for bids, and stands below all that are.
        let Some(depth) = self.path.iter().position(|known| known == node) else {
            return;
        };
        self.path.truncate(depth);
        for trial in &mut self.trials {
            if trial.depth >= depth {
                trial.left_at.get_or_insert(self.n_offers);
            }
        }
    }

    /// A ping was answered, with bids or without. An arm whose auction nobody bids in has had its
    /// answer; leaving it out would judge the arm by its good days alone.
    pub fn bid(&mut self) -> Vec<Observation> {
        self.trials
            .iter_mut()
            .flat_map(PendingTrial::count)
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
        if answer == Answer::NotSent {
            return observations;
        }
        for trial in self
            .trials
            .iter_mut()
            .filter(|trial| trial.from_offer <= offer)
        {
            if answer == Answer::Unknown {
                observations.extend(trial.leave_open(offer));
                continue;
            }
            observations.extend(trial.count());
            let earned = Earned {
                offer,
                revenue,
                sales: 0,
                is_accepted: answer == Answer::Accepted,
                is_later: false,
            };
            observations.extend(trial.earn(&earned, at));
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
            let earned = Earned {
                offer,
                revenue,
                sales,
                is_accepted: false,
                is_later: true,
            };
            observations.extend(trial.earn(&earned, at));
        }
        observations
    }
}

/// What an offer has just brought.
struct Earned {
    /// Its position in the walk.
    offer: usize,
    /// Micros, negative for what is taken back.
    revenue: i64,
    /// +1 for a sale, -1 for one taken back.
    sales: i64,
    /// Whether it has just been accepted; once is for ever.
    is_accepted: bool,
    /// Whether a conversion brought it.
    is_later: bool,
}

impl PendingTrial {
    /// Counts it, if it has not been.
    fn count(&mut self) -> Vec<Observation> {
        if std::mem::replace(&mut self.counted, true) {
            return Vec::new();
        }
        let was_unanswered = std::mem::take(&mut self.is_unanswered);
        let over = was_unanswered.then(|| self.unanswered(true));
        let trial = Observation::Trial {
            key: self.key.clone(),
            arm: self.arm.clone(),
            at: self.drawn_at.0,
        };
        over.into_iter().chain([trial]).collect()
    }

    /// Tells that an answer is not known, once, of an offer of the arm.
    fn leave_open(&mut self, offer: usize) -> Option<Observation> {
        let is_new = !self.counted && !self.is_unanswered && self.is_own(offer);
        self.is_unanswered |= is_new;
        is_new.then(|| self.unanswered(false))
    }

    fn unanswered(&self, is_over: bool) -> Observation {
        Observation::Unanswered {
            key: self.key.clone(),
            arm: self.arm.clone(),
            at: self.drawn_at.0,
            is_over,
        }
    }

    /// Whether an offer was made below the arm.
    fn is_own(&self, offer: usize) -> bool {
        self.left_at.is_none_or(|left_at| offer < left_at)
    }

    fn earn(&mut self, earned: &Earned, at: Timestamp) -> Option<Observation> {
        let is_own = self.is_own(earned.offer);
        self.sales += earned.sales;
        // Where its answer was unknown, a conversion proves that the destination has the lead.
        let is_accepted = earned.is_accepted || earned.is_later;
        self.is_taken |= is_accepted && is_own;
        let accepted = self.outcome.accepted || is_accepted;
        let elsewhere = if is_own { 0 } else { earned.revenue };
        let after = Outcome {
            accepted,
            converted: self.sales > 0,
            revenue: self.outcome.revenue.saturating_add(earned.revenue),
            elsewhere: self.outcome.elsewhere.saturating_add(elsewhere),
            only_elsewhere: accepted && !self.is_taken,
        };
        let before = std::mem::replace(&mut self.outcome, after);
        (before != after).then(|| Observation::Reward {
            key: self.key.clone(),
            arm: self.arm.clone(),
            trial_at: self.drawn_at.0,
            at: at.0,
            before,
            after,
            is_later: earned.is_later,
        })
    }
}

#[cfg(test)]
mod tests;
