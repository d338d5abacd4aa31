//! Where a candidate would send leads that the log says nothing about.

use std::{collections::BTreeMap, sync::Arc};

use pointsman_flow::{DestinationIdx, Program};
use serde::Serialize;

use crate::weigh::LeadWeight;

/// Leads that are named as examples.
const EXAMPLES_MAX: usize = 5;

/// A destination to which a candidate would offer leads where the log never goes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UnsupportedDestination {
    /// The destination.
    pub destination: Arc<str>,
    /// Share of the candidate's leads that would be offered to it there.
    pub share: f64,
    /// Some of these leads; none for a log that tells only what was done.
    pub examples: Vec<String>,
}

/// Adds up unsupported offers.
#[derive(Debug, Default)]
pub(crate) struct Unsupported(BTreeMap<DestinationIdx, (f64, Vec<String>)>);

impl Unsupported {
    /// * `name`: of the lead; only called for examples.
    pub(crate) fn add(&mut self, weight: &LeadWeight, name: impl Fn() -> String) {
        for (destination, share) in &weight.unsupported_at {
            let (sum, examples) = self.0.entry(*destination).or_default();
            *sum += share;
            if examples.len() < EXAMPLES_MAX {
                let name = name();
                if examples.last() != Some(&name) {
                    examples.push(name);
                }
            }
        }
    }

    /// The destinations, those with the largest share first.
    ///
    /// * `learnt`: what was learnt of logs that tell only what was done.
    /// * `n`: leads.
    pub(crate) fn finish(
        mut self,
        learnt: BTreeMap<DestinationIdx, f64>,
        program: &Program,
        n: u64,
    ) -> Vec<UnsupportedDestination> {
        for (destination, weight) in learnt {
            self.0.entry(destination).or_default().0 += weight;
        }
        #[expect(clippy::cast_precision_loss, reason = "leads are far below 2^53")]
        let n = n.max(1) as f64;
        let found = self.0.into_iter().filter(|(_, (weight, _))| *weight > 0.0);
        let mut found: Vec<UnsupportedDestination> = found
            .filter_map(|(destination, (weight, examples))| {
                let destination = program.destinations().get(usize::from(destination.0))?;
                Some(UnsupportedDestination {
                    destination: destination.name.as_str().into(),
                    share: weight / n,
                    examples,
                })
            })
            .collect();
        found.sort_by(|a, b| b.share.total_cmp(&a.share));
        found
    }
}
