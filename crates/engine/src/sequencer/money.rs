//! Postbacks in the sequencer's transaction: money as a sum of what was reported, and something to learn from.

use std::collections::BTreeMap;

use pointsman_bandit::Observation;
use pointsman_history::{ConversionDelta, WalkRows, record::json, status_of, totals_of};
use pointsman_lead::{
    ConversionEvent, ConversionTotals, Micros, Postback, Problem, Reported, Timestamp, Transaction,
    kinds,
};
use pointsman_store::{
    ConversionRow, DeliveryRow, DeliveryState, Error, LeadRow, LeadStatus, ParkedPostbackRow,
    ParkedReason, WriteTx,
};

use super::memory::Memory;
use crate::{
    PostbackOutcome, ident,
    postback::{Click, KnownPostback, PreparedPostback, aside},
};

/// Most events of one transaction. A postback beyond is kept aside: its tracker counts something else.
const EVENTS_MAX: usize = 1_000;

/// Stores a postback and everything that follows from it, or puts it aside.
pub(super) async fn take(
    tx: &WriteTx,
    memory: &mut Memory,
    ready: &PreparedPostback,
    at: Timestamp,
    observations: &mut Vec<Observation>,
) -> Result<PostbackOutcome, Error> {
    match ready {
        PreparedPostback::Apply(report) => apply(tx, memory, report, at, observations).await,
        PreparedPostback::Park(row) => park(tx, ParkedPostbackRow::clone(row)).await,
    }
}

/// Applies what was parked until the answer to the offer was known.
pub(super) async fn take_parked(
    tx: &WriteTx,
    memory: &mut Memory,
    click: &Click,
    at: Timestamp,
    observations: &mut Vec<Observation>,
) -> Result<(), Error> {
    for parked in tx.take_parked(&click.id).await? {
        let Ok(params) = serde_json::from_str::<BTreeMap<String, String>>(&parked.raw_body) else {
            park(tx, unreadable(parked)).await?;
            continue;
        };
        let token_of = parked.destination.clone();
        let keep = |reason, problems: &[Problem]| ParkedPostbackRow {
            received_at: parked.received_at,
            times: parked.times,
            ..aside(&params, &click.id, token_of.clone(), reason, problems, at)
        };
        let postback = match Postback::from_params(&params) {
            Ok(postback) => postback,
            Err(problems) => {
                park(tx, keep(ParkedReason::Refused, &problems)).await?;
                continue;
            }
        };
        if token_of
            .as_ref()
            .is_some_and(|name| *name != click.destination)
        {
            park(tx, keep(ParkedReason::OtherDestination, &[])).await?;
            continue;
        }
        let report = KnownPostback {
            postback,
            click: click.clone(),
            token_of: token_of.clone(),
        };
        // Its destination was answered that it is kept, so it is.
        if let Some(problem) = report.wrong_currency() {
            park(tx, keep(ParkedReason::Refused, &[problem])).await?;
            continue;
        }
        apply(tx, memory, &report, at, observations).await?;
    }
    Ok(())
}

/// A parked postback whose stored text cannot be read: kept as it is, with what is wrong.
fn unreadable(parked: ParkedPostbackRow) -> ParkedPostbackRow {
    let message = "what was stored of this postback cannot be read";
    let problem =
        Problem::new("unreadable", "", message).hint("ask the destination to send it again");
    ParkedPostbackRow {
        reason: Some(ParkedReason::Refused),
        problems_body: Some(json(&[problem])),
        ..parked
    }
}

async fn park(tx: &WriteTx, row: ParkedPostbackRow) -> Result<PostbackOutcome, Error> {
    tx.park_postback(row).await?;
    Ok(PostbackOutcome::Parked)
}

async fn apply(
    tx: &WriteTx,
    memory: &mut Memory,
    report: &KnownPostback,
    at: Timestamp,
    observations: &mut Vec<Observation>,
) -> Result<PostbackOutcome, Error> {
    let read = tx.read();
    let KnownPostback {
        postback,
        click,
        token_of,
    } = report;
    let missing = |what: &str| Error::Corrupt {
        what: format!("delivery {} has no {what}", click.delivery_id),
    };
    let deliveries = read
        .deliveries_of_leads(std::slice::from_ref(&click.lead_id))
        .await?;
    let delivery = deliveries.iter().find(|it| it.id == click.delivery_id);
    let delivery = delivery.ok_or_else(|| missing("row"))?;
    let keep = |reason, problems: &[Problem]| {
        aside(
            &postback.raw,
            &click.id,
            token_of.clone(),
            reason,
            problems,
            at,
        )
    };
    match delivery.state {
        DeliveryState::Pending | DeliveryState::Sending => {
            memory.parked.insert(click.id.clone());
            return park(tx, keep(ParkedReason::AwaitingAnswer, &[])).await;
        }
        DeliveryState::Rejected | DeliveryState::NotSent => {
            return park(tx, keep(ParkedReason::NotAccepted, &[])).await;
        }
        // Where the answer is unknown, the report proves that the destination has the lead.
        DeliveryState::Accepted | DeliveryState::Held => {}
    }
    let reported = postback.about(&click.id, click.terms.usual);
    let txid = reported.txid.as_deref();
    let known = read.conversions_of_transaction(&delivery.id, txid).await?;
    if known.len() >= EVENTS_MAX {
        let message = format!("a transaction has at most {EVENTS_MAX} events");
        let problem = Problem::new("too_many", "txid", message).hint("send an id for each sale");
        return park(tx, keep(ParkedReason::Refused, &[problem])).await;
    }
    let Some(change) = Change::of(delivery, &known, reported)? else {
        return Ok(PostbackOutcome::Duplicate);
    };
    let lead = read.find_lead(&click.lead_id).await?;
    let lead = lead.ok_or_else(|| missing("lead"))?;
    let row = conversion_row(report, &change, memory.next_seq(), at);
    if !tx.insert_conversion(row).await? {
        return Ok(PostbackOutcome::Duplicate);
    }
    tx.put_accounts(vec![(delivery.id.clone(), json(&change.totals))])
        .await?;
    let status = status_after(&lead, &deliveries, Some((&delivery.id, change.totals)))?;
    tx.earn(vec![(lead.id.clone(), status, change.delta.revenue)])
        .await?;
    let steps = read
        .steps_of_decisions(std::slice::from_ref(&click.decision_id))
        .await?;
    let history = WalkRows {
        flow: lead.flow.clone(),
        steps,
        deliveries,
        conversions: Vec::new(),
    };
    if lead.settled_at.is_none() {
        let offer = history.offer_of(&click.delivery_id);
        let reports = memory.early.entry(lead.id.clone()).or_default();
        reports.insert(offer, change.total);
    }
    if !lead.is_test {
        observations.extend(history.learn_from(&click.delivery_id, change.delta, at)?);
    }
    Ok(PostbackOutcome::Applied)
}

/// What an event changes.
struct Change {
    txid: Option<String>,
    event: ConversionEvent,
    totals: ConversionTotals,
    delta: ConversionDelta,
    /// What was reported of the delivery in all.
    total: ConversionDelta,
}

impl Change {
    /// `None` if the event was known.
    fn of(
        delivery: &DeliveryRow,
        known: &[ConversionRow],
        reported: Reported,
    ) -> Result<Option<Self>, Error> {
        let mut transaction: Transaction = known.iter().map(event_of).collect::<Result<_, _>>()?;
        let Reported { txid, event } = reported;
        let before = transaction.totals(txid.is_some());
        let Some(event) = transaction.record(event) else {
            return Ok(None);
        };
        let old = totals_of(delivery)?;
        let totals = old.changed(before, transaction.totals(txid.is_some()));
        let price = Micros(delivery.price.unwrap_or(0));
        let delta = ConversionDelta::between(old, totals, price);
        Ok(Some(Self {
            txid,
            event,
            totals,
            delta,
            total: ConversionDelta::between(ConversionTotals::default(), totals, price),
        }))
    }
}

fn event_of(row: &ConversionRow) -> Result<ConversionEvent, Error> {
    let body = row.event_body.as_deref();
    let event = body.and_then(|body| serde_json::from_str(body).ok());
    event.ok_or_else(|| Error::Corrupt {
        what: format!("the event of conversion {}", row.id),
    })
}

/// What a lead has come to: sold, or returned if all that it earned was taken back. Other ends stay.
///
/// * `changed`: a delivery whose totals is another one by now.
fn status_after(
    lead: &LeadRow,
    deliveries: &[DeliveryRow],
    changed: Option<(&str, ConversionTotals)>,
) -> Result<LeadStatus, Error> {
    if !matches!(lead.status, LeadStatus::Sold | LeadStatus::Returned) {
        return Ok(lead.status);
    }
    let (mut earned, mut has_reversals) = (0, false);
    for delivery in deliveries {
        let totals = match changed {
            Some((id, totals)) if id == delivery.id => totals,
            _ => totals_of(delivery)?,
        };
        earned += totals.earned(Micros(delivery.price.unwrap_or(0))).0;
        has_reversals |= totals.has_reversals();
    }
    Ok(if has_reversals && earned == 0 {
        LeadStatus::Returned
    } else {
        LeadStatus::Sold
    })
}

/// The status of a sold lead, of which something was reported before its walk had ended.
pub(super) async fn settle_status(tx: &WriteTx, lead_id: &str) -> Result<(), Error> {
    let read = tx.read();
    let Some(lead) = read.find_lead(lead_id).await? else {
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
        id: ident::id::<kinds::Conversion>(at),
        seq,
        delivery_id: click.delivery_id.clone(),
        natural_key: format!(
            "{}\u{1f}{}\u{1f}{}",
            click.id,
            txid.as_deref().unwrap_or_default(),
            ident::fingerprint(&event_body),
        ),
        click_id: click.id.clone(),
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
    }
}
