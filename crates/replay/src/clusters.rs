//! Numbers for the names of clusters, in the order in which they were first seen.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::{
    evaluate::ripe::{Leads, Ripe},
    log::Cells,
};

/// Names of clusters with their numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Clusters {
    numbers: HashMap<Box<str>, u64, RandomState>,
}

impl Clusters {
    /// The numbers of the clusters of some leads.
    pub(crate) fn of(&mut self, leads: Leads<'_>, ripe: &[Ripe<'_>]) -> Vec<Option<u64>> {
        let cells = match leads {
            Leads::Whole(_) => &Cells::Absent,
            Leads::Batch(batch) => batch.clusters(),
        };
        let number = |lead: &Ripe<'_>| match lead.own {
            Some(own) => self.number(cells.text(own.position).as_deref()),
            None => self.number(lead.like.cluster.as_deref()),
        };
        ripe.iter().map(number).collect()
    }

    /// The number of a lead's cluster; none if the lead has none and stands alone.
    pub(crate) fn number(&mut self, cluster: Option<&str>) -> Option<u64> {
        let cluster = cluster?;
        if let Some(number) = self.numbers.get(cluster) {
            return Some(*number);
        }
        let number = self.numbers.len() as u64;
        self.numbers.insert(cluster.into(), number);
        Some(number)
    }
}
