//! What happened to the leads, read back from the database.

use std::collections::BTreeMap;

use pointsman_history::{StoredWalk, StoredWalks, trace_of};
use pointsman_store::{DeliveryState, EndState, Read};

use super::flows::BANDIT;

/// Number of parts of the run.
pub(super) const QUARTERS: usize = 4;

/// The run in numbers.
#[derive(Debug, Default)]
pub(super) struct History {
    /// Leads by how they ended.
    pub(super) ends: BTreeMap<&'static str, u64>,
    /// Micro-units, cancelled sales taken off.
    pub(super) revenue: i64,
    /// Postbacks that counted: sales, and sales taken back.
    pub(super) n_conversions: u64,
    /// What the bandit chose first, by arm.
    pub(super) arms: BTreeMap<String, ArmHistory>,
}

/// The leads for which the bandit chose this arm first.
#[derive(Debug, Default)]
pub(super) struct ArmHistory {
    /// By quarter of the run.
    pub(super) n_first: [u64; QUARTERS],
    /// How many of them its destination took.
    pub(super) n_accepted: u64,
    /// What its destination paid for them, in micro-units.
    pub(super) revenue: i64,
}

impl ArmHistory {
    pub(super) fn n(&self) -> u64 {
        self.n_first.iter().sum()
    }
}

impl History {
    /// Reads everything.
    ///
    /// * `n_leads`: how many there are, to tell the quarters.
    ///
    /// # Errors
    ///
    /// A database that does not answer, or a row that cannot be read.
    pub(super) async fn read(read: Read<'_>, n_leads: usize) -> anyhow::Result<Self> {
        let mut history = Self::default();
        let (mut walks, mut n_seen) = (StoredWalks::new(read), 0);
        while let Some(page) = walks.next_page(|_| true).await? {
            for walk in &page {
                let quarter = (n_seen * QUARTERS / n_leads.max(1)).min(QUARTERS - 1);
                history.add(walk, quarter)?;
                n_seen += 1;
            }
        }
        Ok(history)
    }

    fn add(&mut self, walk: &StoredWalk, quarter: usize) -> anyhow::Result<()> {
        let StoredWalk { decision, rows, .. } = walk;
        *self.ends.entry(end_word(decision.end_state)).or_default() += 1;
        self.n_conversions += rows.conversions.len() as u64;
        let earned = rows.deliveries.iter().map(|delivery| rows.earned(delivery));
        self.revenue += earned.sum::<i64>();
        let Some(step) = rows.steps.first() else {
            return Ok(());
        };
        let Some(arm) = trace_of(step)?
            .into_iter()
            .find(|record| record.node == BANDIT)
            .and_then(|record| record.arm)
        else {
            return Ok(());
        };
        let arm = self.arms.entry(arm).or_default();
        arm.n_first[quarter] += 1;
        if let Some(delivery) = rows.delivery_of(step) {
            arm.n_accepted += u64::from(delivery.state == DeliveryState::Accepted);
            arm.revenue += rows.earned(delivery);
        }
        Ok(())
    }
}

fn end_word(end: Option<EndState>) -> &'static str {
    match end {
        Some(EndState::Sold) => "sold",
        Some(EndState::Declined) => "declined",
        Some(EndState::Unsold) => "unsold",
        Some(EndState::Held) => "held",
        None => "open",
    }
}
