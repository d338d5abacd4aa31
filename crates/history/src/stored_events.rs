//! History in commit order, from the tables of decisions and deliveries: steps and settlements, as the sequencer made
//! them. It goes back to the first decision; the commit log only to the release that began to write it.

use std::collections::{BTreeMap, VecDeque};

use pointsman_store::{
    AttemptRow, DecisionRow, DecisionStepRow, DeliveryReleaseRow, DeliveryRow, DeliveryState, Read,
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
}

impl StoredEvent {
    /// Its number in commit order.
    pub fn seq(&self) -> i64 {
        match self {
            Self::Step { step, .. } => step.seq,
            Self::Settled { delivery, .. } => delivery.settled_seq.unwrap_or_default(),
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
    last_step: Option<i64>,
    last_settled: Option<i64>,
    last_held: Option<i64>,
}

impl<'a> StoredEvents<'a> {
    /// A reader that stands at the beginning.
    pub fn new(read: Read<'a>) -> Self {
        Self {
            read,
            steps: VecDeque::new(),
            settled: VecDeque::new(),
            held: VecDeque::new(),
            last_step: Some(0),
            last_settled: Some(0),
            last_held: Some(0),
        }
    }

    /// The next entry, or `None` at the present.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], and [`Error::Stored`] for a step whose decision is not there.
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
        let number = |queue: &VecDeque<(DeliveryRow, bool)>| {
            let (delivery, _) = queue.front()?;
            delivery.settled_seq
        };
        if let Some(held) = number(&self.held)
            && self.steps.front().is_none_or(|(step, _)| held < step.seq)
            && number(&self.settled).is_none_or(|settled| held < settled)
        {
            let event = self.held.pop_front();
            return Ok(event.map(|(delivery, failed)| StoredEvent::Settled { delivery, failed }));
        }
        let step_seq = self.steps.front().map(|(step, _)| step.seq);
        let settled_seq = number(&self.settled);
        let step_is_next = match (step_seq, settled_seq) {
            (Some(step), Some(settled)) => step < settled,
            (step, _) => step.is_some(),
        };
        Ok(if step_is_next {
            self.steps
                .pop_front()
                .map(|(step, decision)| StoredEvent::Step {
                    step: Box::new(step),
                    decision,
                })
        } else {
            self.settled
                .pop_front()
                .map(|(delivery, failed)| StoredEvent::Settled { delivery, failed })
        })
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
