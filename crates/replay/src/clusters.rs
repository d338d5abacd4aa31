//! Numbers for the names of clusters, in the order in which they were first seen.

use std::collections::HashMap;

use foldhash::fast::RandomState;

/// Names of clusters with their numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Clusters {
    numbers: HashMap<String, u64, RandomState>,
}

impl Clusters {
    /// The number of a lead's cluster; none if the lead has none and stands alone.
    pub(crate) fn number(&mut self, cluster: Option<&str>) -> Option<u64> {
        let cluster = cluster?;
        if let Some(number) = self.numbers.get(cluster) {
            return Some(*number);
        }
        let number = self.numbers.len() as u64;
        self.numbers.insert(cluster.to_owned(), number);
        Some(number)
    }
}
