//! After a start: what the last process knew, read back from the database.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Instant,
};

use pointsman_history::{
    CommitLog, CommittedEvent, Inputs, Library, Reports, Route, Routes, StoredWalk, WalkRows,
    answer_of, bids_of,
    record::{self, BidRecord},
    rotation, settled_at,
};
use pointsman_lead::{Micros, Timestamp};
use pointsman_ledger::{Ledger, LedgerEvent};
use pointsman_router::{Event, Step, Walk};
use pointsman_store::{
    DecisionStepRow, DeliveryRow, Mode as StoredMode, Read, StepKind, Store, UnfinishedDelivery,
};

use crate::{
    Error, Mode,
    active_lead::{ActiveLead, Current, Pinging, Sold},
    sequencer::Sequencer,
};

/// Deliveries read at once.
const PAGE: u64 = 256;

/// The writer's memory at the end of history: order, caps, breakers, turns, parked clicks.
pub(crate) async fn sequencer(store: &Store, library: &mut Library) -> Result<Sequencer, Error> {
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
    Ok(Sequencer::new(ledger, seq, last_at, parked, early))
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
async fn early(read: &Read<'_>) -> Result<BTreeMap<String, Reports>, Error> {
    let mut early = BTreeMap::new();
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
                early.insert(lead_id, reports);
            }
        }
    }
}

async fn parked(read: &Read<'_>) -> Result<BTreeSet<String>, Error> {
    let mut clicks = BTreeSet::new();
    let mut after = None;
    loop {
        let page = read.waiting_postbacks(after.as_ref(), PAGE).await?;
        clicks.extend(page.items.into_iter().map(|row| row.click_id));
        after = page.next;
        if after.is_none() {
            return Ok(clicks);
        }
    }
}

/// The leads whose last offer has no answer, each where its walk stood.
pub(crate) async fn active_leads(
    store: &Store,
    library: &mut Library,
    routes: &Routes,
) -> Result<Vec<ActiveLead>, Error> {
    let read = store.read();
    let mut active_leads = Vec::new();
    let mut after = 0;
    loop {
        let unfinished = read.unfinished_deliveries(after, PAGE).await?;
        let Some(last) = unfinished.last() else {
            return Ok(active_leads);
        };
        after = last.delivery.reserved_seq;
        for row in unfinished {
            active_leads.push(active(&read, library, routes, row).await?);
        }
    }
}

/// The leads whose last step asked for bids that never came, each where its walk stood.
pub(crate) async fn pinging(
    store: &Store,
    library: &mut Library,
    routes: &Routes,
) -> Result<Vec<ActiveLead>, Error> {
    let read = store.read();
    let mut active_leads = Vec::new();
    let mut after = 0;
    loop {
        let open = read.open_decisions(after, PAGE).await?;
        let Some(last) = open.last() else {
            return Ok(active_leads);
        };
        after = last.started_seq;
        for walk in StoredWalk::load(&read, open).await? {
            let mut steps = walk.rows.steps.iter();
            if steps.any(|step| step.kind == StepKind::Ping && step.bids_body.is_none()) {
                active_leads.push(resumed(&read, library, routes, walk).await?);
            }
        }
    }
}

async fn active(
    read: &Read<'_>,
    library: &mut Library,
    routes: &Routes,
    row: UnfinishedDelivery,
) -> Result<ActiveLead, Error> {
    let UnfinishedDelivery {
        delivery, decision, ..
    } = row;
    let walk = StoredWalk::load(read, vec![decision]).await?.pop();
    let walk = walk.ok_or_else(|| Error::Stored {
        what: format!("the walk of delivery {}", delivery.id),
    })?;
    let mut active = resumed(read, library, routes, walk).await?;
    let offer = active
        .n_offers
        .checked_sub(1)
        .ok_or_else(|| Error::Stored {
            what: format!("the last offer of decision {}", active.decision_id),
        })?;
    let program = &active.route.program;
    let idx = program.destination_idx(&delivery.destination);
    let destination = idx.map(|idx| program.destinations()[usize::from(idx.0)].clone());
    let destination = destination.ok_or_else(|| Error::Stored {
        what: format!("the destination of lead {}", active.lead_id),
    })?;
    active.current = Some(Current {
        delivery_id: delivery.id,
        click_id: delivery.click_id,
        destination,
        offer,
    });
    Ok(active)
}

/// A lead whose walk stands where the last process left it, at a ping or at an offer.
async fn resumed(
    read: &Read<'_>,
    library: &mut Library,
    routes: &Routes,
    walk: StoredWalk,
) -> Result<ActiveLead, Error> {
    let inputs = Inputs::of(library, read, &walk.decision, &walk.lead).await?;
    let again = walk_again(&inputs, &walk.rows)?;
    let (attribution, _) = walk.rows.replay()?;
    let StoredWalk {
        decision,
        lead,
        rows,
    } = walk;
    let Inputs {
        program,
        allocation,
        subject,
        ..
    } = inputs;
    let json: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&lead.fields_body)
        .map_err(|_| Error::Stored {
            what: format!("the fields of lead {}", lead.id),
        })?;
    let accepted = rows
        .deliveries
        .iter()
        .filter(|other| answer_of(other.state) == pointsman_router::Answer::Accepted);
    // Where destinations are is not part of a decision: the addresses of today are the right ones.
    let names = program.destinations().iter().map(|it| &it.name);
    let targets = names.filter_map(|name| {
        let mut routes = routes.flows.values();
        let target = routes.find_map(|route| route.targets.get(name))?;
        Some((name.clone(), target.clone()))
    });
    let targets: BTreeMap<_, _> = targets.collect();
    let mut active = ActiveLead {
        sold: accepted.min_by_key(|other| other.n).map(sold),
        reported: rows.reports()?,
        current: None,
        pinging: again.pinging,
        bids: BTreeMap::new(),
        lead_id: lead.id,
        decision_id: decision.id,
        source: lead.source,
        idempotency_key: lead.idempotency_key,
        fingerprint: lead.fingerprint,
        mode: match lead.mode {
            StoredMode::Sync => Mode::Sync,
            StoredMode::Async => Mode::Async,
        },
        is_test: lead.is_test,
        received_at: Timestamp(lead.received_at),
        fields: Arc::new(json),
        unit_key: decision.unit_key,
        route: Route {
            program,
            targets: Arc::new(targets),
        },
        epoch: allocation.epoch,
        subject: Arc::new(subject),
        walk: again.walk,
        attribution,
        n_steps: again.n_steps,
        n_offers: rows.deliveries.len(),
        // Nobody waits any more, but a lead that may go on gets its time for that.
        deadline: Instant::now() + std::time::Duration::from_secs(30),
        last_reason: None,
    };
    active.remember(&again.bids);
    Ok(active)
}

fn sold(delivery: &DeliveryRow) -> Sold {
    Sold {
        destination: delivery.destination.clone(),
        price: delivery.price.map(Micros),
        redirect_url: delivery.redirect_url.clone(),
    }
}

/// A walk that stands where it stood.
struct Again {
    walk: Walk,
    n_steps: i64,
    /// The ping whose bids never came, if the walk stands at one.
    pinging: Option<Pinging>,
    /// Everything that was bid before.
    bids: Vec<BidRecord>,
}

/// Walks through the stored steps of a decision, up to the ping or offer that awaits its answer.
fn walk_again(inputs: &Inputs, rows: &WalkRows) -> Result<Again, Error> {
    let (context, program) = (inputs.context(), &*inputs.program);
    let mut again = Again {
        walk: Walk::new(context),
        n_steps: 0,
        pinging: None,
        bids: Vec::new(),
    };
    let mut steps: Vec<&DecisionStepRow> = rows.steps.iter().collect();
    steps.sort_by_key(|step| step.n);
    let mut event = Event::Start;
    for step in steps.into_iter().filter(|it| it.kind != StepKind::Done) {
        let stored = || Error::Stored {
            what: format!("step {} of decision {}", step.n, step.decision_id),
        };
        let conditions = rotation::stored_conditions(program, step).ok_or_else(stored)?;
        let taken = again.walk.next(context, &conditions, event);
        again.n_steps += 1;
        event = match (step.kind, taken) {
            (StepKind::Ping, Step::Ping(ping)) => {
                let Some(bids) = bids_of(step)? else {
                    again.pinging = Some(Pinging {
                        step: step.n,
                        destinations: record::destinations(program, &ping.destinations),
                        deadline_ms: ping.deadline_ms,
                    });
                    return Ok(again);
                };
                let event = Event::Bids(record::bids(program, &bids));
                again.bids.extend(bids);
                event
            }
            (StepKind::Offer, Step::Offer(_)) => {
                let delivery = rows
                    .deliveries
                    .iter()
                    .find(|delivery| Some(&delivery.destination) == step.destination.as_ref());
                Event::Answer(answer_of(delivery.ok_or_else(stored)?.state))
            }
            _ => return Err(stored()),
        };
    }
    Ok(again)
}
