//! After a start: what the last process knew, read back from the database.

use std::{collections::BTreeMap, sync::Arc};

use futures_util::future::join_all;
use imbl::{OrdMap, OrdSet};
use pointsman_bandit::State;
use pointsman_history::{
    CommitLog, Folded, Library, Progress, Reports, Routes, StoredEvent, StoredEvents, WalkRows,
    answer_of, rebuild, rotation, settled_at,
};
use pointsman_lead::{Id, Timestamp, kinds};
use pointsman_ledger::{Ledger, LedgerEvent};
use pointsman_store::{DecisionStepRow, Read, Store};

use tokio_util::sync::CancellationToken;

use crate::{
    Dispatcher, Error,
    active_lead::ActiveLead,
    ident,
    sequencer::{Advance, Memory},
    step_result::{OfferResult, StepResult},
};

mod resume;

/// Decisions, deliveries or parked postbacks read at once.
const PAGE: u64 = 256;

/// What the last process knew.
pub(crate) struct Recovered {
    /// Order, caps, breakers, turns and parked clicks.
    pub(crate) memory: Memory,
    /// What bandits have observed.
    pub(crate) arms: Folded<State>,
    /// Whether snapshots were missing or of no use, so that something had to be folded anew.
    pub(crate) is_anew: bool,
}

/// What was known at the end of history: from the last snapshots and the log after them, or from everything.
///
/// * `now`: a clock that was found to be right, or accepted.
pub(crate) async fn recover(
    store: &Store,
    library: &mut Library,
    now: Timestamp,
) -> Result<Recovered, Error> {
    let read = store.read();
    let seq = read.max_seq().await?;
    let (ledger_before, arms_before) = match last_folds(store).await {
        // The other tables hold all that the log does.
        Err(Error::Stored { what }) => {
            tracing::error!(what, "cannot be read; all of history is folded anew");
            (None, None)
        }
        known => known?,
    };
    let is_anew = seq > 0 && (ledger_before.is_none() || arms_before.is_none());
    let ledger = if let Some(known) = ledger_before {
        known.fold
    } else {
        ledger(store, library).await?
    };
    let arms = if let Some(known) = arms_before {
        known
    } else {
        let fold = rebuild(store).await?;
        Folded { fold, number: seq }
    };
    let last = read.last_moment().await?;
    let last_at = last.map_or(now, |last| Timestamp(last.at).min(now));
    let (parked, early) = (parked(&read).await?, early(&read).await?);
    let memory = Memory::new(ledger, seq, last_at, parked, early);
    Ok(Recovered {
        memory,
        arms,
        is_anew,
    })
}

/// Ledger and arms by the last snapshots and the log after them, which is read once for both. Absent is what has no
/// snapshot that can be used.
async fn last_folds(
    store: &Store,
) -> Result<(Option<Folded<Ledger>>, Option<Folded<State>>), Error> {
    let read = store.read();
    let mut ledger = Folded::<Ledger>::newest(&read).await?;
    let mut arms = Folded::<State>::newest(&read).await?;
    let numbers = [
        ledger.as_ref().map(|known| known.number),
        arms.as_ref().map(|known| known.number),
    ];
    let Some(first) = numbers.into_iter().flatten().min() else {
        return Ok((None, None));
    };
    let mut log = CommitLog::after(read, first);
    while let Some(commit) = log.next().await? {
        if let Some(ledger) = &mut ledger {
            ledger.take(&commit);
        }
        if let Some(arms) = &mut arms {
            arms.take(&commit);
        }
    }
    Ok((ledger, arms))
}

/// The ledger that all of history comes to.
async fn ledger(store: &Store, library: &mut Library) -> Result<Ledger, Error> {
    let read = store.read();
    let mut ledger = Ledger::new();
    let mut progress = Progress::new("ledger", read.max_seq().await?);
    let mut events = StoredEvents::new(store.read());
    while let Some(event) = events.next().await? {
        progress.at(event.seq());
        match event {
            StoredEvent::Step { step, decision } => {
                if step.destination.is_some() {
                    let program = library.program(&read, &decision).await?;
                    ledger.apply(&reserved(&program, &step)?, Timestamp(step.at));
                }
            }
            StoredEvent::Settled { delivery, failed } => {
                let at = settled_at(&delivery)?;
                let settled = LedgerEvent::Settled {
                    answer: answer_of(delivery.state),
                    offer: delivery.decision_id,
                    failed,
                };
                ledger.apply(&settled, at);
            }
        }
    }
    Ok(ledger)
}

fn reserved(
    program: &pointsman_flow::Program,
    step: &DecisionStepRow,
) -> Result<LedgerEvent, Error> {
    let stored = |what: &str| Error::Stored {
        what: format!("{what} of step {} of decision {}", step.n, step.decision_id),
    };
    let idx = step
        .destination
        .as_deref()
        .and_then(|name| program.destination_idx(name))
        .ok_or_else(|| stored("the destination"))?;
    let arms = rotation::charged(program, step).ok_or_else(|| stored("the rotations"))?;
    let destination = &program.destinations()[usize::from(idx.0)];
    let (name, settings) = (&destination.name, &destination.settings);
    Ok(LedgerEvent::reserved(
        &step.decision_id,
        name,
        settings,
        arms,
    ))
}

/// What was reported of leads whose walk goes on.
async fn early(read: &Read<'_>) -> Result<OrdMap<Id<kinds::Lead>, Reports>, Error> {
    let mut early = OrdMap::new();
    let mut after = 0;
    loop {
        let open = read.open_decisions(after, PAGE).await?;
        let Some(last) = open.last() else {
            return Ok(early);
        };
        after = last.started_seq;
        let ids: Vec<String> = open.iter().map(|it| it.lead_id.clone()).collect();
        let mut walks: BTreeMap<String, WalkRows> = BTreeMap::new();
        for delivery in read.deliveries_of_leads(&ids).await? {
            let walk = walks.entry(delivery.lead_id.clone()).or_default();
            walk.deliveries.push(delivery);
        }
        for (lead_id, walk) in walks {
            let reports = walk.reports()?;
            if !reports.is_empty() {
                early.insert(ident::stored(&lead_id)?, reports);
            }
        }
    }
}

/// Clicks of offers that await their answer and of which something was reported.
async fn parked(read: &Read<'_>) -> Result<OrdSet<Id<kinds::Click>>, Error> {
    let mut clicks = OrdSet::new();
    let mut after = 0;
    loop {
        let open = read.unfinished_deliveries(after, PAGE).await?;
        let Some(last) = open.last() else {
            return Ok(clicks);
        };
        after = last.reserved_seq;
        let ids: Vec<String> = open.into_iter().map(|it| it.click_id).collect();
        for click in read.awaited_clicks(&ids).await? {
            clicks.insert(ident::stored(&click)?);
        }
    }
}

/// What the last process left under way, taken up a page at a time while new leads come in already.
pub(crate) struct Resumption {
    pub(crate) store: Store,
    pub(crate) library: Library,
    pub(crate) routes: Arc<Routes>,
    pub(crate) dispatcher: Dispatcher,
    /// The last number that the last process gave out. What comes after it is under way in this one.
    pub(crate) until: i64,
    pub(crate) stopping: CancellationToken,
}

impl Resumption {
    /// Settles the offers that have no answer: nobody knows what became of them. Walks that may go on go on. Pings bind
    /// nobody, so they are made again.
    ///
    /// # Errors
    ///
    /// [`Error`]: something stored cannot be read, or the database does not answer. The next start goes on from there.
    pub(crate) async fn run(mut self) -> Result<(), Error> {
        self.settle_offers().await?;
        self.repeat_pings().await
    }

    async fn settle_offers(&mut self) -> Result<(), Error> {
        let mut after = 0;
        while !self.stopping.is_cancelled() {
            let Some(page) = resume::offered(self, after).await? else {
                break;
            };
            after = page.last;
            // Together, so that they share transactions.
            join_all(
                page.active_leads
                    .into_iter()
                    .map(|active| self.settle(active)),
            )
            .await;
        }
        Ok(())
    }

    async fn settle(&self, active: ActiveLead) {
        tracing::warn!(lead.id = %active.lead_id, "an offer was interrupted; its answer is unknown");
        let interrupted = StepResult::Offer(OfferResult::interrupted());
        let advance = self
            .dispatcher
            .store_result(Arc::new(active), interrupted)
            .await;
        if let Some(Advance::OnItsWay(next)) = advance {
            self.dispatcher.dispatch(next);
        }
    }

    async fn repeat_pings(&mut self) -> Result<(), Error> {
        let mut after = 0;
        while !self.stopping.is_cancelled() {
            let Some(page) = resume::pinging(self, after).await? else {
                break;
            };
            after = page.last;
            for active in page.active_leads {
                tracing::info!(lead.id = %active.lead_id, "a ping was interrupted; it is made again");
                self.dispatcher.dispatch(Box::new(active));
            }
        }
        Ok(())
    }
}
