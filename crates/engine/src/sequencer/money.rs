//! Postbacks in the sequencer's transaction: money as a sum of what was reported, and something to learn from.

use pointsman_history::{ReportedOffer, record::json, status_of};
use pointsman_lead::{Id, Timestamp, kinds};
use pointsman_ledger::{LedgerEvent, ReportedAmounts};
use pointsman_store::{ConversionRow, Error, ParkedPostbackRow, ParkedReason, Read, WriteTx};

use super::{changed::Changed, release, returns};
use crate::{
    PostbackOutcome, ident,
    postback::{KnownPostback, PreparedPostback},
};
pub(super) use effect::Effect;
use effect::{Change, Counted, status_after};

mod effect;
pub(super) mod parked;

/// Stores a postback and everything that follows from it, or puts it aside.
pub(super) async fn take(
    tx: &WriteTx,
    ready: &PreparedPostback,
    at: Timestamp,
    changed: &mut Changed<'_>,
) -> Result<PostbackOutcome, Error> {
    match ready {
        PreparedPostback::Apply(report) => {
            let effect = Effect::of(&tx.read(), report, at).await?;
            if returns::is_request(report) && matches!(effect, Effect::Counts(_)) {
                // Boxed: rare, and larger than all that is common.
                return Box::pin(returns::by_postback(tx, report, at, changed)).await;
            }
            write(tx, report, effect, at, changed).await
        }
        PreparedPostback::Park(row) => park(tx, ParkedPostbackRow::clone(row), changed).await,
    }
}

async fn park(
    tx: &WriteTx,
    mut row: ParkedPostbackRow,
    changed: &mut Changed<'_>,
) -> Result<PostbackOutcome, Error> {
    if is_of_erased(&tx.read(), &row.click_id).await? {
        // What a destination says of a person who is forgotten is not kept.
        "{}".clone_into(&mut row.raw_body);
        row.problems_body = None;
    }
    tx.park_postback(row).await?;
    // Nothing of it is folded, but where the answer to the commit is lost the log says whether it is kept.
    changed.memory.next_seq();
    Ok(PostbackOutcome::Parked)
}

/// Whether a click is of a lead whose personal values were removed.
async fn is_of_erased(read: &Read<'_>, click: &str) -> Result<bool, Error> {
    let found = read.find_deliveries_by_clicks(&[click.to_owned()]).await?;
    let Some(delivery) = found.into_iter().next() else {
        return Ok(false);
    };
    let lead = read.find_lead(&delivery.lead_id).await?;
    Ok(lead.is_some_and(|lead| lead.is_erased()))
}

/// Writes what a report comes to.
pub(super) async fn write(
    tx: &WriteTx,
    report: &KnownPostback,
    effect: Effect,
    at: Timestamp,
    changed: &mut Changed<'_>,
) -> Result<PostbackOutcome, Error> {
    let counted = match effect {
        Effect::Counts(counted) => *counted,
        Effect::Known => return Ok(PostbackOutcome::Duplicate),
        Effect::Aside(row) => {
            if row.reason == Some(ParkedReason::AwaitingAnswer) {
                changed.memory.parked.insert(report.click.id);
                changed.committed.parked.push(report.click.id);
            }
            return park(tx, *row, changed).await;
        }
    };
    let Counted {
        change,
        lead,
        status,
        offer,
        observations: learned,
        held,
        offered_at,
    } = counted;
    let mut row = conversion_row(report, &change, changed.memory.next_seq(), at);
    if lead.is_erased() {
        // What a destination says of a person who is forgotten is not kept either.
        "{}".clone_into(&mut row.raw_body);
    }
    if !tx.insert_conversion(row).await? {
        return Ok(PostbackOutcome::Duplicate);
    }
    let (click, delta) = (&report.click, change.delta);
    let counting = (click.destination.as_str(), &*click.terms.caps);
    let amounts = ReportedAmounts {
        sales: delta.sales,
        revenue: delta.revenue,
        accepted: report.accepted,
        offered_at,
    };
    if let Some(counted) = LedgerEvent::reported(counting, &lead.source, amounts) {
        changed.memory.ledger.apply(&counted, at);
        changed.committed.ledger.push(counted);
    }
    let delivery_id = report.click.delivery_id.to_string();
    tx.put_accounts(vec![(delivery_id, json(&change.totals))])
        .await?;
    tx.earn(vec![(lead.id, status, change.delta.revenue)])
        .await?;
    if lead.settled_at.is_none() {
        let lead = report.click.lead_id;
        let reports = changed.memory.early.entry(lead).or_default();
        reports.insert(offer, change.total);
        changed.committed.reported.push(ReportedOffer {
            lead,
            offer,
            revenue: change.total.revenue,
            sales: change.total.sales,
        });
    }
    changed.committed.observations.extend(learned);
    if let Some(delivery) = held {
        let click = &report.click;
        Box::pin(release::by_conversion(tx, &delivery, click, at, changed)).await?;
    }
    Ok(PostbackOutcome::Applied)
}

/// The status of a sold lead, of which something was reported before its walk had ended.
pub(super) async fn settle_status(tx: &WriteTx, lead_id: Id<kinds::Lead>) -> Result<(), Error> {
    let read = tx.read();
    let Some(lead) = read.find_lead(&lead_id.to_string()).await? else {
        return Ok(());
    };
    let ids = [lead.id.clone()];
    let deliveries = read.deliveries_of_leads(&ids).await?;
    let status = status_after(&lead, &deliveries, None)?;
    if status == lead.status {
        return Ok(());
    }
    tx.earn(vec![(lead.id, status, 0)]).await
}

fn conversion_row(
    report: &KnownPostback,
    change: &Change,
    seq: i64,
    at: Timestamp,
) -> ConversionRow {
    let KnownPostback {
        postback, click, ..
    } = report;
    let event_body = json(&change.event);
    let txid = change.txid.clone();
    ConversionRow {
        id: ident::id::<kinds::Conversion>(at).to_string(),
        seq,
        delivery_id: click.delivery_id.to_string(),
        natural_key: format!(
            "{}\u{1f}{}\u{1f}{}",
            click.id,
            txid.as_deref().unwrap_or_default(),
            ident::fingerprint(&event_body),
        ),
        click_id: click.id.to_string(),
        txid,
        status: status_of(change.event.kind),
        original_status: postback.original_status.clone(),
        revenue: change.delta.revenue,
        currency: click.terms.currency.to_string(),
        occurred_at: change.event.happened_at.unwrap_or(at).0,
        received_at: at.0,
        raw_body: json(&postback.raw),
        event_body: Some(event_body),
        sales: change.delta.sales,
        accepted: report.accepted,
    }
}
