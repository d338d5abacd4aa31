//! After a start: what the last process knew, read back from the database.

use std::collections::BTreeMap;

use imbl::{OrdMap, OrdSet};
use pointsman_history::{
    CommitLog, CommittedEvent, Library, Reports, Routes, WalkRows, answer_of, rotation, settled_at,
};
use pointsman_lead::{Id, Timestamp, kinds};
use pointsman_ledger::{Ledger, LedgerEvent};
use pointsman_store::{DecisionStepRow, Read, Store};

use crate::{
    Dispatcher, Error, ident,
    sequencer::{Advance, Memory},
    step_result::{OfferResult, StepResult},
};

mod resume;

/// Decisions, deliveries or parked postbacks read at once.
const PAGE: u64 = 256;

/// The sequencer's memory at the end of history: order, caps, breakers, turns, parked clicks.
pub(crate) async fn memory(store: &Store, library: &mut Library) -> Result<Memory, Error> {
    let read = store.read();
    let mut ledger = Ledger::new();
    let mut commit_log = CommitLog::new(store.read());
    while let Some(event) = commit_log.next().await? {
        match event {
            CommittedEvent::Step { step, decision } => {
                if step.destination.is_some() {
                    let program = library.program(&read, &decision).await?;
                    ledger.apply(&reserved(&program, &step)?, Timestamp(step.at));
                }
            }
            CommittedEvent::Settled { delivery, failed } => {
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
    let seq = read.max_seq().await?;
    let last = read.last_moment().await?;
    let last_at = Timestamp(last.map_or(0, |last| last.at));
    let (parked, early) = (parked(&read).await?, early(&read).await?);
    Ok(Memory::new(ledger, seq, last_at, parked, early))
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

async fn parked(read: &Read<'_>) -> Result<OrdSet<Id<kinds::Click>>, Error> {
    let mut clicks = OrdSet::new();
    let mut after = None;
    loop {
        let page = read.waiting_postbacks(after.as_ref(), PAGE).await?;
        // A click that is none of ours waits for no offer.
        let named = page
            .items
            .iter()
            .map(|row| row.click_id.parse::<Id<kinds::Click>>());
        clicks.extend(named.flatten());
        after = page.next;
        if after.is_none() {
            return Ok(clicks);
        }
    }
}

/// Settles the offers that the last process left without an answer: nobody knows what became of them.
/// Walks that may go on go on. Pings bind nobody, so they are made again.
pub(crate) async fn go_on(
    store: &Store,
    library: &mut Library,
    routes: &Routes,
    dispatcher: &Dispatcher,
) -> Result<(), Error> {
    // Read before anything moves: a walk that goes on may come to a ping of its own.
    let pinging = resume::pinging(&store.read(), library, routes).await?;
    let active_leads = resume::offered(&store.read(), library, routes).await?;
    for active in active_leads {
        tracing::warn!(lead.id = %active.lead_id, "an offer was interrupted; its answer is unknown");
        let interrupted = StepResult::Offer(OfferResult::interrupted());
        let advance = dispatcher.store_result(&active, &interrupted).await;
        if let Some(Advance::OnItsWay(next)) = advance {
            dispatcher.dispatch(next);
        }
    }
    for active in pinging {
        tracing::info!(lead.id = %active.lead_id, "a ping was interrupted; it is made again");
        dispatcher.dispatch(Box::new(active));
    }
    Ok(())
}
