//! Releases of held offers: a sale as a conversion, and the status that the lead has by it.

use std::collections::BTreeMap;

use pointsman_lead::{Micros, Postback, Timestamp};
use pointsman_store::{
    DeliveryReleaseRow, DeliveryRow, DeliveryState, Error, LeadStatus, Read, ReleaseOrigin, WriteTx,
};

use super::{changed::Changed, money};
use crate::{
    ReleaseAnswer, ReleaseOutcome,
    postback::{Click, KnownPostback, PreparedPostback},
    release::PreparedRelease,
};

/// The transaction of what a destination pays at once for a lead that was held.
const TRANSACTION: &str = "released";

/// Releases a held offer, unless its answer is known.
pub(super) async fn take(
    tx: &WriteTx,
    release: &PreparedRelease,
    at: Timestamp,
    changed: &mut Changed<'_>,
) -> Result<ReleaseOutcome, Error> {
    let id = release.click.delivery_id.to_string();
    let delivery = tx.read().find_delivery(&id).await?;
    if delivery.is_none_or(|delivery| delivery.state != DeliveryState::Held) {
        return Ok(ReleaseOutcome::NotHeld);
    }
    if is_released(&tx.read(), &id).await? {
        return Ok(ReleaseOutcome::Known);
    }
    let row = DeliveryReleaseRow {
        delivery_id: id,
        seq: changed.memory.next_seq(),
        at: at.0,
        answer: release.answer.state(),
        origin: release.origin,
        by_whom: release.by_whom.clone(),
        reason: release.reason.clone(),
    };
    tracing::info!(delivery.id = row.delivery_id, answer = ?row.answer, origin = ?row.origin, "released");
    write(tx, row, &release.click).await?;
    if let ReleaseAnswer::Accepted { price: Some(price) } = release.answer
        && let Some(sale) = sale(&release.click, price)
    {
        money::take(tx, &sale, at, changed).await?;
    }
    if let Some(change) = &release.change {
        tx.insert_settings_change(change.clone()).await?;
    }
    Ok(ReleaseOutcome::Released)
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
    };
    write(tx, row, click).await
}

async fn is_released(read: &Read<'_>, delivery_id: &str) -> Result<bool, Error> {
    let ids = [delivery_id.to_owned()];
    Ok(!read.releases_of_deliveries(&ids).await?.is_empty())
}

/// Writes a release, and the status of a lead that was held for it.
async fn write(tx: &WriteTx, row: DeliveryReleaseRow, click: &Click) -> Result<(), Error> {
    let answer = row.answer;
    tx.drop_due(std::slice::from_ref(&row.delivery_id)).await?;
    tx.insert_release(row).await?;
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
    let held = offers.into_iter().filter(|it| it.state == DeliveryState::Held);
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
    })))
}
