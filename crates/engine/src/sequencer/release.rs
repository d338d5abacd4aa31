//! Releases of held offers: the walk goes on where it had ended, or the lead has another status beside it.

use std::collections::BTreeMap;

use pointsman_history::totals_of;
use pointsman_lead::{Micros, Postback, Timestamp};
use pointsman_store::{
    DecisionRow, DeliveryReleaseRow, DeliveryRow, DeliveryState, EndState, Error, LeadStatus, Read,
    ReleaseOrigin, WriteTx,
};

use super::{
    changed::Changed,
    command::Command,
    memory::Memory,
    money,
    reply::{Advance, Reply},
    rows::Rows,
};
use crate::{
    Refused, ReleaseAnswer, ReleaseOutcome,
    postback::{Click, KnownPostback, PreparedPostback},
    release::{HeldOffer, PreparedRelease},
};

/// The transaction of what a destination pays at once for a lead that was held.
const TRANSACTION: &str = "released";

/// Those offers whose releases are among the commands and at which walks have ended, by the id of the delivery.
pub(super) async fn find(
    commands: &[Command],
    tx: &WriteTx,
) -> Result<BTreeMap<String, HeldOffer>, Error> {
    let asked = commands.iter().filter_map(|command| match command {
        Command::Release { release, .. } if release.active.is_some() => {
            Some((release.click.delivery_id.to_string(), &release.person))
        }
        _ => None,
    });
    let persons: BTreeMap<String, &Vec<String>> = asked.collect();
    let ids: Vec<String> = persons.keys().cloned().collect();
    let mut found = BTreeMap::new();
    if ids.is_empty() {
        return Ok(found);
    }
    let read = tx.read();
    let released = read.releases_of_deliveries(&ids).await?;
    for delivery in read.deliveries_by_id(&ids).await? {
        if released
            .iter()
            .any(|release| release.delivery_id == delivery.id)
        {
            continue;
        }
        let lead = read.find_lead(&delivery.lead_id).await?;
        if lead.is_none_or(|lead| lead.is_erased()) {
            // Nobody else may get a lead whose person was forgotten.
            continue;
        }
        let person = persons.get(&delivery.id);
        if let Some(person) = person
            && read.is_suppressed(person).await?
        {
            // Nor one of a person who has asked since to be left alone.
            continue;
        }
        let decision = read.find_decision(&delivery.decision_id).await?;
        if let Some(held) = decision.and_then(|decision| held_offer(&delivery, &decision)) {
            found.insert(delivery.id, held);
        }
    }
    Ok(found)
}

fn held_offer(delivery: &DeliveryRow, decision: &DecisionRow) -> Option<HeldOffer> {
    let is_held =
        delivery.state == DeliveryState::Held && decision.end_state == Some(EndState::Held);
    let totals = totals_of(delivery).ok()?;
    Some(HeldOffer {
        is_reported: totals.has_reports(),
        is_sold: totals.sales() > 0,
        held_seq: delivery.settled_seq.filter(|_| is_held)?,
        held_at: delivery.settled_at?,
        ended_seq: decision.ended_seq?,
        finding: delivery.finding.clone(),
        reference: delivery.reference.clone(),
    })
}

/// Lets the walks of released offers go on, in memory alone.
pub(super) fn decide(
    commands: &[Command],
    answers: &mut [Option<Reply>],
    mut held: BTreeMap<String, HeldOffer>,
    (memory, rows): (&mut Memory, &mut Rows),
    at: Timestamp,
) {
    for (command, answer) in commands.iter().zip(answers) {
        let Command::Release { release, .. } = command else {
            continue;
        };
        let found = held.remove(&release.click.delivery_id.to_string());
        let (Some(active), Some(held)) = (&release.active, found) else {
            continue;
        };
        *answer = Some(Reply::Released(
            if memory.taken_over.contains(&active.lease) {
                Err(Refused::lease_lost())
            } else if held.is_sold && !release.is_acceptance() {
                // Its destination has reported a sale: nobody else gets the lead.
                Ok((ReleaseOutcome::Known, None))
            } else {
                let active = Box::new(active.as_ref().clone());
                let advance = memory.release(active, (release, &held), at, rows);
                Ok((ReleaseOutcome::Released, Some(advance)))
            },
        ));
    }
}

/// Releases a held offer at which no walk stands, unless its answer is known.
pub(super) async fn take(
    tx: &WriteTx,
    release: &PreparedRelease,
    at: Timestamp,
    changed: &mut Changed<'_>,
) -> Result<(ReleaseOutcome, Option<Advance>), Error> {
    let id = release.click.delivery_id.to_string();
    if is_released(&tx.read(), &id).await? {
        return Ok((ReleaseOutcome::Known, None));
    }
    let delivery = tx.read().find_delivery(&id).await?;
    let Some(delivery) = delivery.filter(|it| it.state == DeliveryState::Held) else {
        return Ok((ReleaseOutcome::NotHeld, None));
    };
    let totals = totals_of(&delivery).unwrap_or_default();
    if totals.sales() > 0 && !release.is_acceptance() {
        return Ok((ReleaseOutcome::Known, None));
    }
    let lead = tx.read().find_lead(&delivery.lead_id).await?;
    let is_erased = lead.is_some_and(|lead| lead.is_erased());
    let row = DeliveryReleaseRow {
        delivery_id: id,
        seq: changed.memory.next_seq(),
        at: at.0,
        answer: release.answer.state(),
        origin: release.origin,
        by_whom: release.by_whom.clone(),
        // What is said of a person who is forgotten is not kept.
        reason: release.reason.clone().filter(|_| !is_erased),
        held_seq: None,
        held_at: None,
        ended_seq: None,
    };
    write(tx, row, &release.click).await?;
    // What was reported says what it is worth.
    if let ReleaseAnswer::Accepted { price: Some(price) } = release.answer
        && !totals.has_reports()
        && let Some(sale) = sale(&release.click, price)
    {
        money::take(tx, &sale, at, changed).await?;
    }
    Ok((ReleaseOutcome::Released, None))
}

/// A report proves that the destination has the lead: its offer is held no longer.
pub(super) async fn by_conversion(
    tx: &WriteTx,
    delivery: &DeliveryRow,
    click: &Click,
    at: Timestamp,
    changed: &mut Changed<'_>,
) -> Result<(), Error> {
    if delivery.state != DeliveryState::Held || is_released(&tx.read(), &delivery.id).await? {
        return Ok(());
    }
    let row = DeliveryReleaseRow {
        delivery_id: delivery.id.clone(),
        seq: changed.memory.next_seq(),
        at: at.0,
        answer: DeliveryState::Accepted,
        origin: ReleaseOrigin::Conversion,
        by_whom: None,
        reason: None,
        held_seq: None,
        held_at: None,
        ended_seq: None,
    };
    write(tx, row, click).await
}

/// Whether what a destination paid at once was counted when its offer was released.
pub(super) async fn is_paid(read: &Read<'_>, delivery_id: &str) -> Result<bool, Error> {
    let found = read.conversions_of_transaction(delivery_id, Some(TRANSACTION));
    Ok(!found.await?.is_empty())
}

async fn is_released(read: &Read<'_>, delivery_id: &str) -> Result<bool, Error> {
    let ids = [delivery_id.to_owned()];
    Ok(!read.releases_of_deliveries(&ids).await?.is_empty())
}

/// Writes a release, and the status of a lead that was held for it.
async fn write(tx: &WriteTx, row: DeliveryReleaseRow, click: &Click) -> Result<(), Error> {
    let answer = row.answer;
    tx.drop_due(std::slice::from_ref(&row.delivery_id)).await?;
    tx.insert_releases(vec![row]).await?;
    let lead_id = click.lead_id.to_string();
    let read = tx.read();
    let lead = read.find_lead(&lead_id).await?;
    if lead.is_none_or(|lead| lead.status != LeadStatus::Held) {
        // One that was passed on has ended, or ends, as its walk does.
        return Ok(());
    }
    let status = match answer {
        DeliveryState::Accepted => LeadStatus::Sold,
        _ if is_held_elsewhere(&read, &lead_id).await? => return Ok(()),
        _ => LeadStatus::Unsold,
    };
    tx.earn(vec![(lead_id, status, 0)]).await
}

/// Whether another offer of the lead is held.
async fn is_held_elsewhere(read: &Read<'_>, lead_id: &str) -> Result<bool, Error> {
    let offers = read.deliveries_of_leads(&[lead_id.to_owned()]).await?;
    let held = offers
        .into_iter()
        .filter(|it| it.state == DeliveryState::Held);
    let held: Vec<String> = held.map(|it| it.id).collect();
    let released = read.releases_of_deliveries(&held).await?;
    Ok(released.len() < held.len())
}

/// What the destination pays at once, as if it had reported it.
fn sale(click: &Click, price: Micros) -> Option<PreparedPostback> {
    let params = BTreeMap::from([
        ("click_id".to_owned(), click.id.to_string()),
        ("payout".to_owned(), price.to_string()),
        ("currency".to_owned(), click.terms.currency.to_string()),
        ("txid".to_owned(), TRANSACTION.to_owned()),
    ]);
    let postback = Postback::from_params(&params).ok()?;
    Some(PreparedPostback::Apply(Box::new(KnownPostback {
        postback,
        click: click.clone(),
        token_of: None,
        accepted: 0,
    })))
}
