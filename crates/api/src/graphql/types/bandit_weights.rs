//! Weights and posteriors of bandits.

use std::collections::BTreeMap;

use async_graphql::{Context, Object, Result, SimpleObject, connection::Connection};
use pointsman_bandit::Posterior;
use pointsman_history::SegmentWeights;

use crate::graphql::{
    asking::Asking as _,
    fault::OrFault as _,
    paging::{Paging, cost},
    scalars::Epoch,
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
        let arms = entry.arms.into_iter();
        let arms = arms.map(|(name, weight_ppm)| BanditArmWeight {
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
    /// Share of draws, in parts per million.
    weight_ppm: u32,
    /// Posterior when these weights were computed.
    posterior: Option<ArmPosterior>,
    /// Current posterior; a new allocation is published only when a weight has moved by 1,000 ppm. Null for
    /// an arm that is not in the live flow.
    posterior_now: Option<ArmPosterior>,
}

/// What is believed of an arm: a lead succeeds with an unknown probability, distributed as Beta(a, b), and a success
/// is worth `payout` on average.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ArmPosterior {
    /// Leads of the segment that drew this arm at their first draw at the node, and then got an answer: an
    /// acceptance, a rejection, the end of an auction, or a conversion.
    trials: u64,
    /// Number of successful trials so far.
    successes: i64,
    /// Trials that can be judged by now: each is counted for the probability that its success would have been
    /// reported by its age, so a young one counts little.
    trials_effective: f64,
    /// Alpha of the Beta distribution: prior plus successes.
    a: f64,
    /// Beta of the Beta distribution: prior plus failures, that is `trialsEffective` less the successes.
    b: f64,
    /// Mean payout of a success: in main units of the currency for net revenue, else 1.
    payout: f64,
    /// Standard error of the mean payout.
    payout_se: f64,
    /// Expected value of a lead, in the unit of the payout.
    mean_value: f64,
}

impl From<Posterior> for ArmPosterior {
    fn from(posterior: Posterior) -> Self {
        let Posterior {
            trials,
            successes,
            trials_effective,
            a,
            b,
            payout,
            payout_se,
            mean_value,
        } = posterior;
        let micros = if is_money(&posterior) { 1e6 } else { 1.0 };
        Self {
            trials,
            successes,
            trials_effective,
            a,
            b,
            payout: payout / micros,
            payout_se: payout_se / micros,
            mean_value: mean_value / micros,
        }
    }
}

/// Whether the payout is money, in micro-units. For the other objectives it is exactly 1, and no success
/// is sold for a millionth.
fn is_money(posterior: &Posterior) -> bool {
    #[expect(clippy::float_cmp, reason = "1 is written as such, never calculated")]
    let is_count = posterior.payout == 1.0 && posterior.payout_se == 0.0;
    !is_count
}
