//! Leads with their decisions, ready to be weighed.

use std::collections::BTreeMap;

use super::Error;
use crate::weighted::{self, Step};

/// Expected rewards beyond this are none.
const REWARD_MAX: f64 = 1e30;

/// One decision of a lead's walk, under the policy in question.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Decision {
    /// Product, over the decisions up to this one, of the policy's probability over the logged one, in `[0, 1e60]`.
    pub weight: f64,
    /// What this decision brought, in the unit of the value, in `[-1e30, 1e30]`.
    pub reward: f64,
    /// q: what a model that did not see this lead expects of this decision and all that follow it under the policy, in the unit
    /// of the value. 0 without a model.
    pub expected: f64,
    /// v: the same as a mean over what the policy would have decided here, with its probabilities. 0 without a model.
    pub mean: f64,
}

/// A log under one policy. Its memory grows with the decisions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Log {
    decisions: Vec<Decision>,
    /// Where each lead's decisions end.
    ends: Vec<usize>,
    /// The group of each lead, from 0: those of a cluster share one, and each lead that stands alone has its own.
    groups: Vec<usize>,
    n_groups: usize,
    clusters: BTreeMap<u64, usize>,
}

impl Log {
    /// Adds a lead.
    ///
    /// * `decisions`: in order, shape `(k,)`. A lead without any counts, with weight 1 and no reward.
    /// * `cluster`: what leads that are alike share, such as a hash of their source. A lead without one stands alone.
    ///
    /// # Errors
    ///
    /// [`Error::Weight`], [`Error::Reward`] and [`Error::Model`] for the first number out of range; the lead is not added then.
    pub fn add(&mut self, decisions: &[Decision], cluster: Option<u64>) -> Result<(), Error> {
        check(decisions)?;
        self.decisions.extend_from_slice(decisions);
        self.ends.push(self.decisions.len());
        let next = self.n_groups;
        let group = match cluster {
            Some(cluster) => *self.clusters.entry(cluster).or_insert(next),
            None => next,
        };
        self.n_groups = self.n_groups.max(group + 1);
        self.groups.push(group);
        Ok(())
    }

    /// Leads.
    pub fn n_leads(&self) -> usize {
        self.ends.len()
    }

    /// Clusters, and leads that stand alone beside them.
    pub fn n_independent(&self) -> usize {
        self.n_groups
    }

    /// Whether any lead has a cluster.
    pub fn has_clusters(&self) -> bool {
        !self.clusters.is_empty()
    }

    /// The decisions of each lead.
    pub fn leads(&self) -> impl Iterator<Item = &[Decision]> {
        let begins = std::iter::once(0).chain(self.ends.iter().copied());
        begins
            .zip(&self.ends)
            .map(|(begin, end)| &self.decisions[begin..*end])
    }

    /// The group of each lead, from 0 and below [`Log::n_independent`].
    pub(crate) fn groups(&self) -> &[usize] {
        &self.groups
    }

    /// Decisions of the longest walk.
    pub(crate) fn n_decisions_max(&self) -> usize {
        self.leads().map(<[Decision]>::len).max().unwrap_or(0)
    }
}

/// How much likelier the policy is to make this whole walk than the logged one was.
pub(crate) fn final_weight(decisions: &[Decision]) -> f64 {
    decisions.last().map_or(1.0, |decision| decision.weight)
}

fn check(decisions: &[Decision]) -> Result<(), Error> {
    for (decision, found) in decisions.iter().enumerate() {
        let Decision {
            weight,
            reward,
            expected,
            mean,
        } = *found;
        weighted::check(&[Step { weight, reward }]).map_err(|error| match error {
            weighted::Error::Weight { value, .. } => Error::Weight { decision, value },
            _ => Error::Reward {
                decision,
                value: reward,
            },
        })?;
        for value in [expected, mean] {
            if !(-REWARD_MAX..=REWARD_MAX).contains(&value) {
                return Err(Error::Model { decision, value });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_is_refused_and_changes_nothing() {
        let good = Decision {
            weight: 1.0,
            ..Decision::default()
        };
        let mut log = Log::default();
        for (bad, error) in [
            (
                Decision {
                    weight: -1.0,
                    ..good
                },
                Error::Weight {
                    decision: 1,
                    value: -1.0,
                },
            ),
            (
                Decision {
                    reward: f64::INFINITY,
                    ..good
                },
                Error::Reward {
                    decision: 1,
                    value: f64::INFINITY,
                },
            ),
            (
                Decision { mean: 1e31, ..good },
                Error::Model {
                    decision: 1,
                    value: 1e31,
                },
            ),
        ] {
            assert_eq!(log.add(&[good, bad], Some(1)), Err(error));
        }
        assert_eq!(log, Log::default());
    }

    #[test]
    fn leads_of_a_cluster_share_a_group_and_others_have_their_own() {
        let mut log = Log::default();
        for cluster in [Some(7), None, Some(3), Some(7), None] {
            log.add(&[], cluster).unwrap();
        }
        assert_eq!(log.groups(), [0, 1, 2, 0, 3]);
        assert_eq!(
            (log.n_leads(), log.n_independent(), log.has_clusters()),
            (5, 4, true)
        );
    }
}
