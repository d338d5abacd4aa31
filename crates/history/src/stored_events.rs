//! History in commit order, from the tables of decisions, deliveries and conversions: steps, settlements and reports, as
//! the sequencer made them. It goes back to the first decision; the commit log only to the release that began to write it.

use std::collections::{BTreeMap, VecDeque};

use pointsman_flow::Program;
use pointsman_lead::Timestamp;
use pointsman_ledger::{LedgerEvent, ReportedAmounts};
use pointsman_store::{
    AttemptRow, ConversionRow, DecisionRow, DecisionStepRow, DeliveryReleaseRow, DeliveryRow,
    DeliveryState, Read,
};

use crate::{AttemptOutcome, Error};

/// Rows read at once.
const PAGE: u64 = 1_000;

/// One thing that the sequencer did.
#[derive(Debug)]
pub enum StoredEvent {
    /// A step of a walk.
    Step {
        /// The step.
        step: Box<DecisionStepRow>,
        /// The decision that it belongs to, as it is now.
        decision: DecisionRow,
    },
    /// The answer to an offer.
    Settled {
        /// The offer, as it is now.
        delivery: DeliveryRow,
        /// Whether it speaks against the destination's health.
        failed: bool,
    },
    /// What was reported of an offer.
    Reported {
        /// What it adds.
        report: StoredReport,
        /// The decision that the offer belongs to, as it is now.
        decision: DecisionRow,
    },
}

/// A conversion, as far as caps count it.
#[derive(Debug, Clone)]
pub struct StoredReport {
    /// Its number in commit order.
    pub seq: i64,
    /// When it was stored.
    pub at: Timestamp,
    /// The destination that was offered the lead.
    pub destination: String,
    /// The source of the lead.
    pub source: String,
    /// What it adds to what caps count.
    pub amounts: ReportedAmounts,
}

impl StoredReport {
    /// What it is for a ledger, by the settings of its destination in a program; `None` where no cap counts it.
    pub fn event(&self, program: &Program) -> Option<LedgerEvent> {
        let idx = program.destination_idx(&self.destination)?;
        let destination = &program.destinations()[usize::from(idx.0)];
        let counting = (destination.name.as_str(), &*destination.settings.caps);
        LedgerEvent::reported(counting, &self.source, self.amounts)
    }
}

impl StoredEvent {
    /// Its number in commit order.
    pub fn seq(&self) -> i64 {
        match self {
            Self::Step { step, .. } => step.seq,
            Self::Settled { delivery, .. } => delivery.settled_seq.unwrap_or_default(),
            Self::Reported { report, .. } => report.seq,
        }
    }
}

/// Reads history from its beginning, a page at a time.
#[derive(Debug)]
pub struct StoredEvents<'a> {
    read: Read<'a>,
    steps: VecDeque<(DecisionStepRow, DecisionRow)>,
    settled: VecDeque<(DeliveryRow, bool)>,
    /// Offers as they were when their answers were found to be unknown, before these became known.
    held: VecDeque<(DeliveryRow, bool)>,
    reported: VecDeque<(StoredReport, DecisionRow)>,
    last_step: Option<i64>,
    last_settled: Option<i64>,
    last_held: Option<i64>,
    last_reported: Option<i64>,
}

impl<'a> StoredEvents<'a> {
    /// A reader that stands at the beginning.
    pub fn new(read: Read<'a>) -> Self {
        Self {
            read,
            steps: VecDeque::new(),
            settled: VecDeque::new(),
            held: VecDeque::new(),
            reported: VecDeque::new(),
            last_step: Some(0),
            last_settled: Some(0),
            last_held: Some(0),
            last_reported: Some(0),
        }
    }

    /// The next entry, or `None` at the present.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], and [`Error::Stored`] for a step or a report whose decision is not there.
    pub async fn next(&mut self) -> Result<Option<StoredEvent>, Error> {
        if self.steps.is_empty() {
            self.read_steps().await?;
        }
        if self.settled.is_empty() {
            self.read_settled().await?;
        }
        if self.held.is_empty() {
            self.read_held().await?;
        }
        if self.reported.is_empty() {
            self.read_reported().await?;
        }
        let number = |queue: &VecDeque<(DeliveryRow, bool)>| {
            let (delivery, _) = queue.front()?;
            delivery.settled_seq
        };
        let step = self.steps.front().map(|(step, _)| step.seq);
        let (settled, held) = (number(&self.settled), number(&self.held));
        let reported = self.reported.front().map(|(report, _)| report.seq);
        let numbers = [step, settled, held, reported];
        let Some(first) = numbers.into_iter().flatten().min() else {
            return Ok(None);
        };
        // A number is given out once.
        let next = if step == Some(first) {
            let step = self.steps.pop_front();
            step.map(|(step, decision)| StoredEvent::Step {
                step: Box::new(step),
                decision,
            })
        } else if held == Some(first) {
            let held = self.held.pop_front();
            held.map(|(delivery, failed)| StoredEvent::Settled { delivery, failed })
        } else if settled == Some(first) {
            let settled = self.settled.pop_front();
            settled.map(|(delivery, failed)| StoredEvent::Settled { delivery, failed })
        } else {
            let reported = self.reported.pop_front();
            reported.map(|(report, decision)| StoredEvent::Reported { report, decision })
        };
        Ok(next)
    }

    async fn read_reported(&mut self) -> Result<(), Error> {
        let Some(after) = self.last_reported else {
            return Ok(());
        };
        let conversions = self.read.conversions_in_order(after, PAGE).await?;
        self.last_reported = conversions.last().map(|row| row.seq);
        let reports = reports_of(&self.read, conversions).await?;
        self.reported.extend(reports);
        Ok(())
    }

    async fn read_held(&mut self) -> Result<(), Error> {
        let Some(after) = self.last_held else {
            return Ok(());
        };
        let releases = self.read.releases_held_in_order(after, PAGE).await?;
        self.last_held = releases.last().and_then(|release| release.held_seq);
        let ids: Vec<String> = releases.iter().map(|it| it.delivery_id.clone()).collect();
        let failed = failures_of(&self.read, &ids).await?;
        let deliveries = self.read.deliveries_by_id(&ids).await?;
        let mut deliveries: BTreeMap<String, DeliveryRow> = deliveries
            .into_iter()
            .map(|it| (it.id.clone(), it))
            .collect();
        for release in releases {
            let delivery = deliveries.remove(&release.delivery_id);
            let delivery = delivery.ok_or_else(|| Error::Stored {
                what: format!("delivery {}", release.delivery_id),
            })?;
            let failed = failed.get(&delivery.id).copied().unwrap_or(false);
            self.held
                .push_back((as_it_was_held(delivery, &release), failed));
        }
        Ok(())
    }

    async fn read_steps(&mut self) -> Result<(), Error> {
        let Some(after) = self.last_step else {
            return Ok(());
        };
        let steps = self.read.steps_in_order(after, PAGE).await?;
        self.last_step = steps.last().map(|step| step.seq);
        let mut ids: Vec<String> = steps.iter().map(|step| step.decision_id.clone()).collect();
        ids.sort_unstable();
        ids.dedup();
        let decisions = self.read.decisions_by_id(&ids).await?;
        let decisions: BTreeMap<String, DecisionRow> = decisions
            .into_iter()
            .map(|decision| (decision.id.clone(), decision))
            .collect();
        for step in steps {
            let decision = decisions
                .get(&step.decision_id)
                .ok_or_else(|| Error::Stored {
                    what: format!("decision {}", step.decision_id),
                })?;
            self.steps.push_back((step, decision.clone()));
        }
        Ok(())
    }

    async fn read_settled(&mut self) -> Result<(), Error> {
        let Some(after) = self.last_settled else {
            return Ok(());
        };
        let deliveries = self.read.deliveries_settled_in_order(after, PAGE).await?;
        self.last_settled = deliveries.last().and_then(|delivery| delivery.settled_seq);
        let ids: Vec<String> = deliveries
            .iter()
            .map(|delivery| delivery.id.clone())
            .collect();
        let failed = failures_of(&self.read, &ids).await?;
        for delivery in deliveries {
            let failed = failed.get(&delivery.id).copied().unwrap_or(false);
            self.settled.push_back((delivery, failed));
        }
        Ok(())
    }
}

/// A delivery as it was while its answer was unknown.
pub(crate) fn as_it_was_held(delivery: DeliveryRow, release: &DeliveryReleaseRow) -> DeliveryRow {
    DeliveryRow {
        state: DeliveryState::Held,
        settled_seq: release.held_seq,
        settled_at: release.held_at,
        price: None,
        ..delivery
    }
}

/// Conversions with the decisions of their offers.
async fn reports_of(
    read: &Read<'_>,
    conversions: Vec<ConversionRow>,
) -> Result<Vec<(StoredReport, DecisionRow)>, Error> {
    let mut ids: Vec<String> = conversions
        .iter()
        .map(|row| row.delivery_id.clone())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let deliveries = read.deliveries_by_id(&ids).await?;
    let mut ids: Vec<String> = deliveries.iter().map(|it| it.decision_id.clone()).collect();
    ids.sort_unstable();
    ids.dedup();
    let decisions = read.decisions_by_id(&ids).await?;
    let mut ids: Vec<String> = deliveries.iter().map(|it| it.lead_id.clone()).collect();
    ids.sort_unstable();
    ids.dedup();
    let leads = read.leads_by_id(&ids).await?;
    let sources: BTreeMap<&str, &str> = leads
        .iter()
        .map(|it| (it.id.as_str(), it.source.as_str()))
        .collect();
    let deliveries: BTreeMap<&str, &DeliveryRow> =
        deliveries.iter().map(|it| (it.id.as_str(), it)).collect();
    let decisions: BTreeMap<&str, &DecisionRow> =
        decisions.iter().map(|it| (it.id.as_str(), it)).collect();
    let reports = conversions.into_iter().map(|row| {
        let delivery = deliveries.get(row.delivery_id.as_str());
        let decision = delivery.and_then(|it| decisions.get(it.decision_id.as_str()));
        let (delivery, decision) = delivery.zip(decision).ok_or_else(|| Error::Stored {
            what: format!("the delivery of conversion {}", row.id),
        })?;
        let source = sources.get(delivery.lead_id.as_str());
        let report = StoredReport {
            seq: row.seq,
            at: Timestamp(row.received_at),
            destination: delivery.destination.clone(),
            source: source.copied().unwrap_or_default().to_owned(),
            amounts: amounts_of(&row, delivery),
        };
        Ok((report, DecisionRow::clone(decision)))
    });
    reports.collect()
}

/// What a conversion adds to what caps count.
pub(crate) fn amounts_of(row: &ConversionRow, delivery: &DeliveryRow) -> ReportedAmounts {
    ReportedAmounts {
        sales: row.sales,
        revenue: row.revenue,
        accepted: row.accepted,
        offered_at: Timestamp(delivery.created_at),
    }
}

/// Of some deliveries, whether each speaks against its destination's health.
///
/// # Errors
///
/// [`Error::Store`].
pub async fn failures_of(read: &Read<'_>, ids: &[String]) -> Result<BTreeMap<String, bool>, Error> {
    let attempts = read.attempts_of_deliveries(ids).await?;
    Ok(attempts.into_iter().map(failure_of).collect())
}

fn failure_of(attempt: AttemptRow) -> (String, bool) {
    let outcome = attempt.outcome.as_deref();
    let outcome = outcome.and_then(AttemptOutcome::from_word);
    let failed = outcome.is_some_and(AttemptOutcome::is_failure);
    (attempt.delivery_id, failed)
}
