//! After a start: what the last process knew, read back from the database.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use futures_util::future::join_all;
use imbl::{OrdMap, OrdSet};
use pointsman_bandit::State;
use pointsman_flow::Program;
use pointsman_history::{
    Clock, CommitLog, Folded, Library, Progress, Reports, Routes, StoredEvent, StoredEvents,
    WalkRows, answer_of, rebuild, rotation, settled_at,
};
use pointsman_lead::{Id, Micros, Timestamp, kinds};
use pointsman_ledger::{Ledger, LedgerEvent};
use pointsman_store::{DecisionRow, DecisionStepRow, Read, Store};

use tokio_util::sync::CancellationToken;

use crate::{
    Dispatcher, Error,
    active_lead::ActiveLead,
    ident,
    sequencer::{Advance, Memory},
    step_result::{OfferResult, StepResult},
};

mod resume;

pub(crate) use resume::held_at_offer;

/// Decisions, deliveries or parked postbacks read at once.
const PAGE: u64 = 256;

/// Real time until interrupted leads are looked at again, after the database was away.
const AGAIN: Duration = Duration::from_secs(1);

/// What is known at a number in commit order.
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
    let folds = loop {
        let before = end(store).await?;
        let folds = folds(store, library, before).await?;
        // Everything is folded from several tables, one after the other: what others commit meanwhile would be in
        // some of them.
        if !folds.is_anew || end(store).await? == before {
            break folds;
        }
    };
    let Folds {
        ledger,
        arms,
        is_anew,
    } = folds;
    let read = store.read();
    let seq = ledger.number.max(arms.number);
    let last = read.last_moment().await?;
    let last_at = last.map_or(now, |last| Timestamp(last.at).min(now));
    // What others have committed since is in these already, and taking it in twice changes nothing.
    let (parked, early) = (parked(&read).await?, early(&read).await?);
    let memory = Memory::new(ledger.fold, seq, last_at, parked, early);
    Ok(Recovered {
        memory,
        arms: Folded {
            number: seq,
            ..arms
        },
        is_anew,
    })
}

/// The last number in commit order that was given out.
async fn end(store: &Store) -> Result<i64, Error> {
    let read = store.read();
    Ok(read.order().await?.number.max(read.max_seq().await?))
}

/// Ledger and arms at the end of history.
struct Folds {
    ledger: Folded<Ledger>,
    arms: Folded<State>,
    is_anew: bool,
}

/// * `end`: the last number at least that they must hold.
async fn folds(store: &Store, library: &mut Library, end: i64) -> Result<Folds, Error> {
    let (ledger_before, arms_before) = match last_folds(store).await {
        // The other tables hold all that the log does.
        Err(Error::Stored { what }) => {
            tracing::error!(what, "cannot be read; all of history is folded anew");
            (None, None)
        }
        known => known?,
    };
    // An empty history is one as well: servers that join under load need a snapshot to start from.
    let is_anew = ledger_before.is_none() || arms_before.is_none();
    let mut ledger = match ledger_before {
        Some(known) => known,
        None => Folded {
            fold: ledger_of_history(store, library).await?,
            number: end,
        },
    };
    let mut arms = match arms_before {
        Some(known) => known,
        None => Folded {
            fold: rebuild(store).await?,
            number: end,
        },
    };
    // Transactions that changed nothing of it come after the last one that did.
    ledger.number = ledger.number.max(end);
    arms.number = arms.number.max(end);
    Ok(Folds {
        ledger,
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
async fn ledger_of_history(store: &Store, library: &mut Library) -> Result<Ledger, Error> {
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
                    let source = source_of(&read, &program, &decision).await?;
                    let reserved = reserved(&program, &source, &step)?;
                    ledger.apply(&reserved, Timestamp(step.at));
                }
            }
            StoredEvent::Settled { delivery, failed } => {
                let at = settled_at(&delivery)?;
                let (offer, answer) = (&delivery.decision_id, answer_of(delivery.state));
                let price = delivery.price.map(Micros);
                ledger.apply(&LedgerEvent::settled(offer, answer, failed, price), at);
            }
            StoredEvent::Reported { report, decision } => {
                let program = library.program(&read, &decision).await?;
                if let Some(reported) = report.event(&program) {
                    ledger.apply(&reported, report.at);
                }
            }
        }
    }
    Ok(ledger)
}

/// The source of a decision's lead, where a cap of its program asks for it.
async fn source_of(
    read: &Read<'_>,
    program: &Program,
    decision: &DecisionRow,
) -> Result<String, Error> {
    let mut destinations = program.destinations().iter();
    if !destinations.any(|it| it.settings.counts_sources()) {
        return Ok(String::new());
    }
    let lead = read.find_lead(&decision.lead_id).await?;
    let lead = lead.ok_or_else(|| Error::Stored {
        what: format!("the lead of decision {}", decision.id),
    })?;
    Ok(lead.source)
}

fn reserved(program: &Program, source: &str, step: &DecisionStepRow) -> Result<LedgerEvent, Error> {
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
    let charged = (destination.name.as_str(), &destination.settings);
    let offer = &step.decision_id;
    Ok(LedgerEvent::reserved(offer, charged, source, arms))
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

/// What was taken over, and the means to go on with it.
pub(crate) struct TakenOver {
    pub(crate) store: Store,
    pub(crate) library: Library,
    pub(crate) routes: Arc<Routes>,
    pub(crate) dispatcher: Dispatcher,
    /// The leases under which its leads were taken.
    pub(crate) leases: BTreeSet<i64>,
    /// The lease that they go on under.
    pub(crate) by: i64,
    /// The number of the transaction that took it over. What comes after it is under way in this process.
    pub(crate) until: i64,
    pub(crate) clock: Clock,
    pub(crate) stopping: CancellationToken,
}

/// What was taken over, gone on with a page at a time while new leads come in.
pub(crate) struct Resumption {
    of: TakenOver,
    /// Number of the last offer that was gone on with.
    offers_after: i64,
    /// Number of the last decision whose pings were gone on with.
    pings_after: i64,
}

impl Resumption {
    pub(crate) fn new(of: TakenOver) -> Self {
        Self {
            of,
            offers_after: 0,
            pings_after: 0,
        }
    }

    /// Settles the offers that have no answer: nobody knows what became of them. Walks that may go on go on. Pings bind
    /// nobody, so they are made again. Goes on while the database is away.
    pub(crate) async fn run(mut self) {
        loop {
            match self.go_on().await {
                Ok(()) => return,
                Err(Error::Store(error)) if error.is_passing() => {
                    tracing::warn!(error = %error, "interrupted leads have to wait");
                }
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "interrupted leads stay as they are"
                    );
                    return;
                }
            }
            tokio::select! {
                () = tokio::time::sleep(AGAIN) => {}
                () = self.of.stopping.cancelled() => return,
            }
        }
    }

    async fn go_on(&mut self) -> Result<(), Error> {
        self.settle_offers().await?;
        self.repeat_pings().await
    }

    async fn settle_offers(&mut self) -> Result<(), Error> {
        while !self.of.stopping.is_cancelled() {
            let Some(page) = resume::offered(&mut self.of, self.offers_after).await? else {
                break;
            };
            self.offers_after = page.last;
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
        let dispatcher = &self.of.dispatcher;
        if active
            .current
            .as_ref()
            .is_some_and(|current| current.due.is_some())
        {
            tracing::info!(lead.id = %active.lead_id, "an offer that was surely not sent is made again");
            dispatcher.dispatch(Box::new(active));
            return;
        }
        tracing::warn!(lead.id = %active.lead_id, "an offer was interrupted; its answer is unknown");
        let interrupted = StepResult::Offer(OfferResult::interrupted());
        let advance = dispatcher.store_result(Arc::new(active), interrupted).await;
        if let Some(Advance::OnItsWay(next)) = advance {
            dispatcher.dispatch(next);
        }
    }

    async fn repeat_pings(&mut self) -> Result<(), Error> {
        while !self.of.stopping.is_cancelled() {
            let Some(page) = resume::pinging(&mut self.of, self.pings_after).await? else {
                break;
            };
            self.pings_after = page.last;
            for active in page.active_leads {
                tracing::info!(lead.id = %active.lead_id, "a ping was interrupted; it is made again");
                self.of.dispatcher.dispatch(Box::new(active));
            }
        }
        Ok(())
    }
}
