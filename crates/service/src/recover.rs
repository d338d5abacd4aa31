//! After a start: what the last process knew, read back from the database.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Instant,
};

use pointsman_lead::{Fields, Micros, Timestamp};
use pointsman_router::{Context, Event, Ledger, Reservation, Settlement, Step, Subject, Walk};
use pointsman_store::{
    DecisionStepRow, DeliveryRow, Mode as StoredMode, Read, StepKind, Store, UnfinishedDelivery,
};

use crate::{
    Mode, Route, Routes,
    chronicle::{Chronicle, Entry},
    flight::{Current, Flight, Sold},
    learn::{History, answer_of},
    library::Library,
    platform::Error,
    rotation,
    writer::Desk,
};

/// Deliveries read at once.
const PAGE: u64 = 256;

/// What offers without an answer hold, by decision.
pub(crate) type Reservations = BTreeMap<String, Reservation>;

/// The writer's memory at the end of history: order, caps, breakers, turns, parked clicks. With what
/// offers that await their answer hold in it.
pub(crate) async fn desk(
    store: &Store,
    library: &mut Library,
) -> Result<(Desk, Reservations), Error> {
    let read = store.read();
    let mut ledger = Ledger::new();
    let mut open = Reservations::new();
    let mut last_at = Timestamp(0);
    let mut chronicle = Chronicle::new(store.read());
    while let Some(entry) = chronicle.next().await? {
        match entry {
            Entry::Step { step, decision } => {
                last_at = last_at.max(Timestamp(step.at));
                if step.destination.is_some() {
                    let program = library
                        .program(&read, &decision.version_hash, &decision.catalog_hash)
                        .await?;
                    open.insert(decision.id, reserve(&mut ledger, &program, &step)?);
                }
            }
            Entry::Settled { delivery, failed } => {
                let at = Timestamp(delivery.settled_at.unwrap_or_default());
                last_at = last_at.max(at);
                if let Some(reservation) = open.remove(&delivery.decision_id) {
                    ledger.settle(
                        &reservation,
                        Settlement {
                            answer: answer_of(delivery.state),
                            failed,
                        },
                        at,
                    );
                }
            }
        }
    }
    let seq = read.max_seq().await?;
    let desk = Desk::new(ledger, seq, last_at, parked(&read).await?);
    Ok((desk, open))
}

fn reserve(
    ledger: &mut Ledger,
    program: &pointsman_flow::Program,
    step: &DecisionStepRow,
) -> Result<Reservation, Error> {
    let stored = |what: &str| Error::Stored {
        what: format!("{what} of step {} of decision {}", step.n, step.decision_id),
    };
    let name = step.destination.as_deref().unwrap_or_default();
    let idx = program
        .destination_idx(name)
        .ok_or_else(|| stored("the destination"))?;
    let arms = rotation::charged(program, step).ok_or_else(|| stored("the rotations"))?;
    let destination = &program.destinations()[usize::from(idx.0)];
    let at = Timestamp(step.at);
    Ok(ledger.reserve(&destination.name, &destination.settings, &arms, at))
}

async fn parked(read: &Read<'_>) -> Result<BTreeSet<String>, Error> {
    let mut clicks = BTreeSet::new();
    let mut after = None;
    loop {
        let page = read.parked_postbacks(after.as_ref(), PAGE).await?;
        clicks.extend(page.items.into_iter().map(|row| row.click_id));
        after = page.next;
        if after.is_none() {
            return Ok(clicks);
        }
    }
}

/// The leads whose last offer has no answer, each standing where its walk stood.
pub(crate) async fn flights(
    store: &Store,
    library: &mut Library,
    routes: &Routes,
    mut reservations: Reservations,
) -> Result<Vec<Flight>, Error> {
    let read = store.read();
    let mut flights = Vec::new();
    let mut after = 0;
    loop {
        let unfinished = read.unfinished_deliveries(after, PAGE).await?;
        let Some(last) = unfinished.last() else {
            return Ok(flights);
        };
        after = last.delivery.reserved_seq;
        for row in unfinished {
            let reservation =
                reservations
                    .remove(&row.decision.id)
                    .ok_or_else(|| Error::Stored {
                        what: format!("the last offer of decision {}", row.decision.id),
                    })?;
            flights.push(flight(&read, library, routes, row, reservation).await?);
        }
    }
}

async fn flight(
    read: &Read<'_>,
    library: &mut Library,
    routes: &Routes,
    row: UnfinishedDelivery,
    reservation: Reservation,
) -> Result<Flight, Error> {
    let UnfinishedDelivery {
        delivery,
        lead,
        decision,
    } = row;
    let stored = |what: &str| Error::Stored {
        what: format!("{what} of lead {}", lead.id),
    };
    let program = library
        .program(read, &decision.version_hash, &decision.catalog_hash)
        .await?;
    let book = library.book(read, decision.epoch).await?;
    let json: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&lead.fields_body).map_err(|_| stored("the fields"))?;
    let fields = Fields::from_stored(program.schema(), &json).map_err(|_| stored("the fields"))?;
    let subject = Subject::new(&program, &book, &fields, &decision.unit_key);
    let history = History::load(read, &lead.flow, &delivery).await?;
    let (walk, n_steps) = walk_again(&program, &subject, &history)?;
    let (tally, _) = history.replay();
    let accepted = history
        .deliveries
        .iter()
        .filter(|other| answer_of(other.state) == pointsman_router::Answer::Accepted);
    let idx = program
        .destination_idx(&delivery.destination)
        .ok_or_else(|| stored("the destination"))?;
    let destination = program.destinations()[usize::from(idx.0)].clone();
    let targets = routes
        .flows
        .values()
        .find(|route| route.targets.contains_key(&delivery.destination));
    let revenue = accepted.clone().filter_map(|other| other.price).sum();
    Ok(Flight {
        sold: accepted.min_by_key(|other| other.n).map(sold),
        revenue,
        current: Some(Current {
            delivery_id: delivery.id,
            click_id: delivery.click_id,
            destination,
            reservation,
            offer: history.deliveries.len() - 1,
        }),
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
            targets: targets
                .map(|route| Arc::clone(&route.targets))
                .unwrap_or_default(),
        },
        epoch: book.epoch,
        subject: Arc::new(subject),
        walk,
        tally,
        n_steps,
        n_offers: history.deliveries.len(),
        // Nobody waits any more, but a lead that may be passed on gets its time for that.
        deadline: Instant::now() + std::time::Duration::from_secs(30),
        last_reason: None,
    })
}

fn sold(delivery: &DeliveryRow) -> Sold {
    Sold {
        destination: delivery.destination.clone(),
        price: delivery.price.map(Micros),
        redirect_url: delivery.redirect_url.clone(),
    }
}

/// Walks through the stored steps of a decision, up to the offer that awaits its answer.
fn walk_again(
    program: &pointsman_flow::Program,
    subject: &Subject,
    history: &History,
) -> Result<(Walk, i64), Error> {
    let context = Context { program, subject };
    let mut walk = Walk::new(context);
    let mut steps: Vec<&DecisionStepRow> = history
        .steps
        .iter()
        .filter(|step| step.kind == StepKind::Offer)
        .collect();
    steps.sort_by_key(|step| step.n);
    let mut event = Event::Start;
    for step in &steps {
        let stored = || Error::Stored {
            what: format!("step {} of decision {}", step.n, step.decision_id),
        };
        let standing = rotation::stored_standing(program, step).ok_or_else(stored)?;
        let Step::Offer(_) = walk.next(context, &standing, event) else {
            return Err(stored());
        };
        let delivery = history
            .deliveries
            .iter()
            .find(|delivery| Some(&delivery.destination) == step.destination.as_ref());
        event = Event::Answer(answer_of(delivery.ok_or_else(stored)?.state));
    }
    Ok((walk, steps.len().try_into().unwrap_or(i64::MAX)))
}
