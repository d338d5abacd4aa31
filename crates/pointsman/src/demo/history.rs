//! What happened to the leads, read back from the database.

use std::collections::BTreeMap;

use anyhow::Context as _;
use pointsman_history::record::TraceRecord;
use pointsman_store::{DecisionRow, DecisionStepRow, DeliveryRow, DeliveryState, EndState, Read};

use super::flows::BANDIT;

/// Number of parts of the run.
pub(super) const QUARTERS: usize = 4;
/// Decisions read at once.
const PAGE: u64 = 500;

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
        let (mut after, mut n_seen) = (0, 0);
        loop {
            let decisions = read.decisions_in_order(after, PAGE).await?;
            let Some(last) = decisions.last() else {
                return Ok(history);
            };
            after = last.started_seq;
            let walks = Walks::load(&read, &decisions).await?;
            history.n_conversions += walks.n_conversions;
            for decision in &decisions {
                let quarter = (n_seen * QUARTERS / n_leads.max(1)).min(QUARTERS - 1);
                history.add(decision, &walks, quarter)?;
                n_seen += 1;
            }
        }
    }

    fn add(&mut self, decision: &DecisionRow, walks: &Walks, quarter: usize) -> anyhow::Result<()> {
        *self.ends.entry(end_word(decision.end_state)).or_default() += 1;
        let deliveries = walks
            .deliveries
            .get(&decision.id)
            .map_or(&[][..], Vec::as_slice);
        let earned = |delivery: &DeliveryRow| walks.earned.get(&delivery.id).copied().unwrap_or(0);
        self.revenue += deliveries.iter().map(earned).sum::<i64>();
        let Some(step) = walks.first_steps.get(&decision.id) else {
            return Ok(());
        };
        let trace: Vec<TraceRecord> = serde_json::from_str(&step.trace_body)
            .with_context(|| format!("the first step of {}", decision.id))?;
        let Some(arm) = trace
            .into_iter()
            .find(|record| record.node == BANDIT)
            .and_then(|record| record.arm)
        else {
            return Ok(());
        };
        let arm = self.arms.entry(arm).or_default();
        arm.n_first[quarter] += 1;
        if let Some(delivery) = deliveries.iter().find(|delivery| delivery.n == step.n) {
            arm.n_accepted += u64::from(delivery.state == DeliveryState::Accepted);
            arm.revenue += earned(delivery);
        }
        Ok(())
    }
}

/// The rows of a page of decisions, by decision; what was earned by delivery.
struct Walks {
    first_steps: BTreeMap<String, DecisionStepRow>,
    deliveries: BTreeMap<String, Vec<DeliveryRow>>,
    earned: BTreeMap<String, i64>,
    n_conversions: u64,
}

impl Walks {
    async fn load(read: &Read<'_>, decisions: &[DecisionRow]) -> anyhow::Result<Self> {
        let ids: Vec<String> = decisions
            .iter()
            .map(|decision| decision.id.clone())
            .collect();
        let lead_ids: Vec<String> = decisions
            .iter()
            .map(|decision| decision.lead_id.clone())
            .collect();
        let steps = read
            .steps_of_decisions(&ids)
            .await?
            .into_iter()
            .filter(|step| step.n == 0);
        let first_steps = steps.map(|step| (step.decision_id.clone(), step)).collect();
        let rows = read.deliveries_of_leads(&lead_ids).await?;
        let delivery_ids: Vec<String> = rows.iter().map(|delivery| delivery.id.clone()).collect();
        let mut earned: BTreeMap<String, i64> = rows
            .iter()
            .map(|delivery| (delivery.id.clone(), delivery.price.unwrap_or(0)))
            .collect();
        let mut n_conversions = 0;
        for conversion in read.conversions_of_deliveries(&delivery_ids).await? {
            n_conversions += 1;
            *earned.entry(conversion.delivery_id).or_default() += conversion.revenue;
        }
        let mut deliveries: BTreeMap<String, Vec<DeliveryRow>> = BTreeMap::new();
        for delivery in rows {
            deliveries
                .entry(delivery.decision_id.clone())
                .or_default()
                .push(delivery);
        }
        Ok(Self {
            first_steps,
            deliveries,
            earned,
            n_conversions,
        })
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
