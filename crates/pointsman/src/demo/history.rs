//! What happened to the leads, read back from the database.

use std::collections::BTreeMap;

use pointsman_history::{Inputs, Library, StoredWalk, StoredWalks, drawn_arm, hash_key, trace_of};
use pointsman_store::{DeliveryState, EndState, Read};
use pointsman_testkit::{GeneratedLead, Traits, World};

use super::{flows::BANDIT, gain::Gain};

/// Number of parts of the run.
pub(super) const QUARTERS: usize = 4;

/// The run in numbers.
#[derive(Debug)]
pub(super) struct History {
    /// Leads by how they ended.
    pub(super) ends: BTreeMap<&'static str, u64>,
    /// Micro-units, cancelled sales taken off.
    pub(super) revenue: i64,
    /// Postbacks that counted: sales, and sales taken back.
    pub(super) n_conversions: u64,
    /// What the bandit chose first, by arm.
    pub(super) arms: BTreeMap<String, ArmHistory>,
    /// What its choices were worth, beside others.
    pub(super) gain: Gain,
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
    /// What all destinations paid for them: also those that got what this one refused.
    pub(super) walk_revenue: i64,
}

impl ArmHistory {
    pub(super) fn n(&self) -> u64 {
        self.n_first.iter().sum()
    }
}

impl History {
    /// A run without leads.
    pub(super) fn new(world: World) -> Self {
        Self {
            ends: BTreeMap::new(),
            revenue: 0,
            n_conversions: 0,
            arms: BTreeMap::new(),
            gain: Gain::new(world),
        }
    }

    /// Reads everything.
    ///
    /// * `leads`: those that were sent.
    ///
    /// # Errors
    ///
    /// A database that does not answer, or a row that cannot be read.
    pub(super) async fn read(
        read: Read<'_>,
        leads: &[GeneratedLead],
        world: World,
    ) -> anyhow::Result<Self> {
        let traits = leads
            .iter()
            .map(|lead| (lead.key.as_str(), world.traits(lead)));
        let traits: BTreeMap<&str, Traits> = traits.collect();
        let mut library = Library::new(hash_key(&read).await?);
        let mut history = Self::new(world);
        let (mut walks, mut n_seen) = (StoredWalks::new(read), 0);
        while let Some(page) = walks.next_page(|_| true).await? {
            for walk in &page {
                let quarter = (n_seen * QUARTERS / leads.len().max(1)).min(QUARTERS - 1);
                n_seen += 1;
                if !history.add(walk, quarter)? {
                    continue;
                }
                let StoredWalk {
                    decision,
                    lead,
                    rows,
                } = walk;
                let inputs = Inputs::of(&mut library, walks.read(), decision, lead).await?;
                let drawn = drawn_arm(&inputs, rows, BANDIT)?;
                let traits = lead
                    .idempotency_key
                    .as_deref()
                    .and_then(|key| traits.get(key));
                if let (Some(drawn), Some(traits)) = (drawn, traits) {
                    history.gain.add(traits, &drawn.arm, &drawn.weights);
                }
            }
        }
        Ok(history)
    }

    /// Adds a lead, and says whether the bandit drew for it.
    fn add(&mut self, walk: &StoredWalk, quarter: usize) -> anyhow::Result<bool> {
        let StoredWalk { decision, rows, .. } = walk;
        *self.ends.entry(end_word(decision.end_state)).or_default() += 1;
        self.n_conversions += rows.conversions.len() as u64;
        let earned = rows.deliveries.iter().map(|delivery| rows.earned(delivery));
        let earned: i64 = earned.sum();
        self.revenue += earned;
        let Some(step) = rows.steps.first() else {
            return Ok(false);
        };
        let Some(arm) = trace_of(step)?
            .into_iter()
            .find(|record| record.node == BANDIT)
            .and_then(|record| record.arm)
        else {
            return Ok(false);
        };
        let arm = self.arms.entry(arm).or_default();
        arm.n_first[quarter] += 1;
        arm.walk_revenue += earned;
        if let Some(delivery) = rows.delivery_of(step) {
            arm.n_accepted += u64::from(delivery.state == DeliveryState::Accepted);
            arm.revenue += rows.earned(delivery);
        }
        Ok(true)
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
