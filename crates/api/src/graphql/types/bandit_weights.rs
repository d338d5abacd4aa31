//! How bandits share leads out, and what they believe.

use std::collections::BTreeMap;

use async_graphql::{Context, Object, Result, SimpleObject, connection::Connection};
use pointsman_bandit::{BanditKey, Entry, Posterior};
use pointsman_store::AllocationEntryRow;

use crate::graphql::{
    asking::Asking as _,
    fault::OrFault as _,
    paging::{Paging, cost},
    scalars::Epoch,
};

/// The weights of one bandit in one segment, since an epoch.
pub(in crate::graphql) struct BanditWeights(pub(in crate::graphql) AllocationEntryRow);

/// The weights of one bandit in one segment of its leads, since an epoch.
#[Object]
impl BanditWeights {
    /// Name of the flow.
    async fn flow(&self) -> &str {
        &self.0.flow
    }

    /// Name of the bandit.
    async fn node(&self) -> &str {
        &self.0.node
    }

    /// The segment, such as `state=CA|device=mobile`; empty where the bandit has none.
    async fn segment(&self) -> &str {
        &self.0.segment
    }

    /// The epoch since which these weights hold.
    async fn epoch(&self) -> Epoch {
        Epoch(self.0.epoch)
    }

    /// Why these weights are older than what is known; absent as a rule.
    async fn finding(&self, context: &Context<'_>) -> Result<Option<String>> {
        Ok(context.engine()?.stale_weights(&BanditKey {
            flow: self.0.flow.clone(),
            node: self.0.node.clone(),
            segment: self.0.segment.clone(),
        }))
    }

    /// Its arms, by name.
    async fn arms(&self, context: &Context<'_>) -> Result<Vec<BanditArmWeight>> {
        let entry: Entry = serde_json::from_str(&self.0.weights_body).or_fault()?;
        let mut posteriors: BTreeMap<String, Posterior> =
            serde_json::from_str(&self.0.posterior_body).or_fault()?;
        let mut beliefs = if context.look_ahead().field("posteriorNow").exists() {
            context.engine()?.beliefs(&BanditKey {
                flow: self.0.flow.clone(),
                node: self.0.node.clone(),
                segment: self.0.segment.clone(),
            })
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

    /// The weights of this bandit and segment over time, the latest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn history(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Most entries, 1 to 100; 50 if left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
    ) -> Result<Connection<String, BanditWeights>> {
        let paging = Paging::new(first, after.as_deref())?;
        let key = (
            self.0.flow.as_str(),
            self.0.node.as_str(),
            self.0.segment.as_str(),
        );
        let page = context
            .read()?
            .allocation_history(key, paging.after.as_ref(), paging.limit)
            .await;
        Ok(paging.of(page.or_fault()?, BanditWeights))
    }
}

/// One arm of a bandit.
#[derive(SimpleObject)]
pub(in crate::graphql) struct BanditArmWeight {
    /// Its name.
    name: String,
    /// Share of draws, in parts per million.
    weight_ppm: u32,
    /// What was believed of it when these weights were made.
    posterior: Option<ArmPosterior>,
    /// What is believed of it at this moment: there is a new allocation only when a weight has moved by 1,000 ppm.
    /// Absent for an arm that the live flow does not have.
    posterior_now: Option<ArmPosterior>,
}

/// What is believed of an arm: each lead is worth `payout · θ` with `θ ~ Beta(a, b)`.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ArmPosterior {
    /// Trials of the arm in the segment.
    trials: u64,
    /// Successes among them, so far.
    successes: i64,
    /// Trials after fading, each counted for the share of its success that would have arrived by now.
    trials_effective: f64,
    /// Prior and faded successes.
    a: f64,
    /// Prior and faded failures.
    b: f64,
    /// Mean of what a success pays: micro-units for net revenue, else 1.
    payout: f64,
    /// Standard error of that mean.
    payout_se: f64,
    /// Expected worth of a lead, in the unit of the payout.
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
        Self {
            trials,
            successes,
            trials_effective,
            a,
            b,
            payout,
            payout_se,
            mean_value,
        }
    }
}
