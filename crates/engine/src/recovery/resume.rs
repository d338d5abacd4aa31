//! Walks that the last process left open, made again up to where they stood.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use pointsman_delivery::Target;
use pointsman_flow::Program;
use pointsman_history::{
    Inputs, Route, Routes, StoredWalk, WalkRows, answer_of, bids_of,
    record::{self, BidRecord},
    rotation,
};
use pointsman_lead::{Micros, Timestamp};
use pointsman_router::{Event, Step, Walk};
use pointsman_store::{
    DecisionStepRow, DeliveryRow, Mode as StoredMode, OutboxRow, Read, StepKind,
};

use super::{PAGE, TakenOver};
use crate::{
    Error, Mode,
    active_lead::{ActiveLead, Current, Pinging, Sold},
    ident,
};

/// Leads that were under way.
pub(super) struct Page {
    /// Each where its walk stood.
    pub(super) active_leads: Vec<ActiveLead>,
    /// The number to go on from.
    pub(super) last: i64,
}

/// The next leads whose last offer has no answer; `None` at the end.
pub(super) async fn offered(of: &mut TakenOver, after: i64) -> Result<Option<Page>, Error> {
    let store = of.store.clone();
    let read = store.read();
    let mut unfinished = read.unfinished_deliveries(after, PAGE).await?;
    unfinished.retain(|delivery| delivery.reserved_seq <= of.until);
    let Some(last) = unfinished.last().map(|delivery| delivery.reserved_seq) else {
        return Ok(None);
    };
    let ids: Vec<String> = unfinished
        .iter()
        .map(|delivery| delivery.decision_id.clone())
        .collect();
    let delivery_ids: Vec<String> = unfinished.iter().map(|it| it.id.clone()).collect();
    let due: BTreeMap<String, OutboxRow> = read
        .due_of_deliveries(&delivery_ids)
        .await?
        .into_iter()
        .map(|due| (due.delivery_id.clone(), due))
        .collect();
    // In the order of their numbers, so that the last one stays.
    let attempts = read.attempts_of_deliveries(&delivery_ids).await?;
    let attempts: BTreeMap<String, i64> = attempts
        .into_iter()
        .map(|attempt| (attempt.delivery_id, attempt.n))
        .collect();
    let decisions = read.decisions_by_id(&ids).await?;
    let mut walks: BTreeMap<String, StoredWalk> = StoredWalk::load(&read, decisions)
        .await?
        .into_iter()
        .map(|walk| (walk.decision.id.clone(), walk))
        .collect();
    let mut active_leads = Vec::new();
    for delivery in unfinished {
        let walk = walks.remove(&delivery.decision_id);
        let walk = walk.ok_or_else(|| Error::Stored {
            what: format!("the walk of delivery {}", delivery.id),
        })?;
        if !of.leases.contains(&walk.decision.lease) {
            continue;
        }
        let active = resumed(&read, of, walk).await?;
        let due = due.get(&delivery.id).map(|due| (due, of.clock.now()));
        let mut active = with_offer(active, &delivery, due)?;
        if let (None, Some(current), Some(n)) =
            (due, &mut active.current, attempts.get(&delivery.id))
        {
            // A retry had begun: it is the one whose answer is unknown.
            current.attempt = u32::try_from(*n).unwrap_or_default();
        }
        active_leads.push(active);
    }
    Ok(Some(Page { active_leads, last }))
}

/// A lead whose walk had ended for want of the answer to its last offer, as it stood there.
pub(crate) async fn held_at_offer(
    read: &Read<'_>,
    of: &mut TakenOver,
    walk: StoredWalk,
    delivery: &DeliveryRow,
) -> Result<ActiveLead, Error> {
    let active = resumed(read, of, walk).await?;
    with_offer(active, delivery, None)
}

/// The next leads whose last step asked for bids that never came; `None` at the end.
pub(super) async fn pinging(of: &mut TakenOver, after: i64) -> Result<Option<Page>, Error> {
    let store = of.store.clone();
    let read = store.read();
    let mut open = read.open_decisions(after, PAGE).await?;
    open.retain(|decision| decision.started_seq <= of.until);
    let Some(last) = open.last().map(|decision| decision.started_seq) else {
        return Ok(None);
    };
    let until = of.until;
    let is_open = |step: &DecisionStepRow| {
        step.kind == StepKind::Ping && step.bids_body.is_none() && step.seq <= until
    };
    let mut active_leads = Vec::new();
    open.retain(|decision| of.leases.contains(&decision.lease));
    for walk in StoredWalk::load(&read, open).await? {
        if walk.rows.steps.iter().any(is_open) {
            active_leads.push(resumed(&read, of, walk).await?);
        }
    }
    Ok(Some(Page { active_leads, last }))
}

/// The lead with the offer that awaits its answer, or is due to be made again within the time that the lead had.
///
/// * `due`: a retry, and the present.
fn with_offer(
    mut active: ActiveLead,
    delivery: &DeliveryRow,
    due: Option<(&OutboxRow, Timestamp)>,
) -> Result<ActiveLead, Error> {
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
        delivery_id: ident::stored(&delivery.id)?,
        click_id: ident::stored(&delivery.click_id)?,
        destination,
        offer,
        attempt: due.map_or(0, |(due, _)| u32::try_from(due.n).unwrap_or(u32::MAX)),
        due: due.map(|(due, now)| Instant::now() + between(now, due.due_at)),
    });
    if let Some((_, now)) = due {
        let left = between(now, delivery.deadline_at);
        active.deadline = active.deadline.min(Instant::now() + left);
    }
    Ok(active)
}

/// A lead whose walk stands where the last process left it, at a ping or at an offer.
async fn resumed(
    read: &Read<'_>,
    of: &mut TakenOver,
    walk: StoredWalk,
) -> Result<ActiveLead, Error> {
    let inputs = Inputs::of(&mut of.library, read, &walk.decision, &walk.lead).await?;
    let again = walk_again(&inputs, &walk.rows)?;
    let (attribution, _) = walk.rows.replay()?;
    let fields = serde_json::from_str(&walk.lead.fields_body).map_err(|_| Error::Stored {
        what: format!("the fields of lead {}", walk.lead.id),
    })?;
    let StoredWalk {
        decision,
        lead,
        rows,
    } = walk;
    let Inputs {
        program,
        allocation,
        subject,
        fields: _,
        keys,
    } = inputs;
    let mut active = ActiveLead {
        sold: first_sold(&rows.deliveries),
        reported: rows.reports()?,
        current: None,
        pinging: again.pinging,
        bids: BTreeMap::new(),
        lead_id: ident::stored(&lead.id)?,
        decision_id: ident::stored(&decision.id)?,
        source: lead.source,
        idempotency_key: lead.idempotency_key,
        fingerprint: lead.fingerprint,
        mode: mode_of(lead.mode),
        is_test: lead.is_test,
        received_at: Timestamp(lead.received_at),
        fields: Arc::new(fields),
        // It is stored with the lead.
        given: None,
        keys: Arc::new(keys),
        // One that is one has ended at once.
        duplicate_of: None,
        // Likewise.
        is_suppressed: false,
        unit_key: decision.unit_key,
        // It is stored with the decision.
        kept_by: Vec::new(),
        route: Route {
            targets: Arc::new(targets(&program, &of.routes)),
            program,
        },
        epoch: allocation.epoch,
        lease: of.by,
        revision: of.routes.revision,
        subject: Arc::new(subject),
        walk: again.walk,
        attribution,
        n_steps: again.n_steps,
        n_offers: rows.deliveries.len(),
        // Nobody waits any more, but a lead that may go on gets its time for that.
        deadline: Instant::now() + Duration::from_secs(30),
        last_reason: None,
    };
    active.remember(&again.bids);
    Ok(active)
}

/// From now to a stored time; nothing if that has passed.
fn between(now: Timestamp, until: i64) -> Duration {
    let micros = until.saturating_sub(now.0);
    Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}

fn mode_of(stored: StoredMode) -> Mode {
    match stored {
        StoredMode::Sync => Mode::Sync,
        StoredMode::Async => Mode::Async,
    }
}

/// Where the destinations of a program are. That is not part of a decision: the addresses of today are the
/// right ones.
fn targets(program: &Program, routes: &Routes) -> BTreeMap<String, Target> {
    let names = program.destinations().iter().map(|it| &it.name);
    let found = names.filter_map(|name| {
        let target = routes.all().find_map(|route| route.targets.get(name))?;
        Some((name.clone(), target.clone()))
    });
    found.collect()
}

/// The first buyer that has the lead.
fn first_sold(deliveries: &[DeliveryRow]) -> Option<Sold> {
    let accepted = deliveries
        .iter()
        .filter(|other| answer_of(other.state) == pointsman_router::Answer::Accepted);
    accepted.min_by_key(|other| other.n).map(sold)
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
