//! Postbacks: what a destination reports later, as money and as something to learn from.

use pointsman_bandit::Observation;
use pointsman_flow::{Catalog, Pays};
use pointsman_lead::{Currency, Micros, Problem, Timestamp, kinds};
use pointsman_store::{
    ConversionRow, ConversionStatus, DeliveryRow, DeliveryState, Error, LeadStatus, LeadUpdate,
    ParkedPostbackRow, WriteTx,
};

use crate::{
    ConversionStatus as Status, Postback, PostbackOutcome, Refused, ident,
    learn::{Effect, History},
    writer::Desk,
};

/// What became of a postback in the writer's transaction.
#[derive(Debug)]
pub(super) enum Taken {
    Done(PostbackOutcome),
    /// It names another currency than that of the flow, and nothing was stored.
    WrongCurrency {
        named: Currency,
        flow: Currency,
    },
}

impl Taken {
    /// What its destination is told.
    pub(super) fn answer(self) -> Result<PostbackOutcome, Refused> {
        match self {
            Self::Done(outcome) => Ok(outcome),
            Self::WrongCurrency { named, flow } => {
                let message = format!("this lead was sold in {flow}, not in {named}");
                let problem = Problem::new("wrong_currency", "currency", message);
                let hint = format!("convert the amount and send currency={flow}");
                Err(Refused::Problems(vec![problem.hint(hint)]))
            }
        }
    }
}

/// Stores a postback and everything that follows from it, or parks it.
///
/// * `destination`: whose token it came with; `None` for one of all destinations.
pub(super) async fn take(
    tx: &WriteTx,
    desk: &mut Desk,
    postback: &Postback,
    destination: Option<&str>,
    at: Timestamp,
    observations: &mut Vec<Observation>,
) -> Result<Taken, Error> {
    let delivery = tx.read().find_delivery_by_click(&postback.click_id).await?;
    // Somebody else's click is as good as unknown: a token speaks for its own destination only.
    let delivery =
        delivery.filter(|delivery| destination.is_none_or(|name| name == delivery.destination));
    let Some(delivery) = delivery else {
        return park(tx, postback, at).await.map(Taken::Done);
    };
    if matches!(
        delivery.state,
        DeliveryState::Pending | DeliveryState::Sending
    ) {
        desk.parked.insert(postback.click_id.clone());
        return park(tx, postback, at).await.map(Taken::Done);
    }
    apply(tx, desk, postback, &delivery, at, observations).await
}

/// Applies what was parked until the answer to the offer was known.
pub(super) async fn take_parked(
    tx: &WriteTx,
    desk: &mut Desk,
    click_id: &str,
    at: Timestamp,
    observations: &mut Vec<Observation>,
) -> Result<(), Error> {
    let Some(delivery) = tx.read().find_delivery_by_click(click_id).await? else {
        return Ok(());
    };
    for parked in tx.take_parked(click_id).await? {
        let params = serde_json::from_str(&parked.raw_body).unwrap_or_default();
        if let Ok(postback) = Postback::from_params(&params) {
            let taken = apply(tx, desk, &postback, &delivery, at, observations).await?;
            // Its destination was told that it is kept, so it is.
            if let Taken::WrongCurrency { named, flow } = taken {
                tracing::warn!(delivery.id = %delivery.id, %named, %flow, "a parked postback is in another currency");
                park(tx, &postback, at).await?;
            }
        }
    }
    Ok(())
}

async fn park(tx: &WriteTx, postback: &Postback, at: Timestamp) -> Result<PostbackOutcome, Error> {
    let row = ParkedPostbackRow {
        id: ident::id::<kinds::Postback>(at),
        click_id: postback.click_id.clone(),
        natural_key: postback.natural_key(),
        raw_body: serde_json::to_string(&postback.raw).unwrap_or_default(),
        received_at: at.0,
    };
    tx.park_postback(row).await?;
    Ok(PostbackOutcome::Parked)
}

async fn apply(
    tx: &WriteTx,
    desk: &mut Desk,
    postback: &Postback,
    delivery: &DeliveryRow,
    at: Timestamp,
    observations: &mut Vec<Observation>,
) -> Result<Taken, Error> {
    let read = tx.read();
    let Some(lead) = read.find_lead(&delivery.lead_id).await? else {
        return Err(Error::Corrupt {
            what: format!("delivery {} has no lead", delivery.id),
        });
    };
    let Some(decision) = read.find_decision(&delivery.decision_id).await? else {
        return Err(Error::Corrupt {
            what: format!("delivery {} has no decision", delivery.id),
        });
    };
    let catalog = read.find_catalog(&decision.catalog_hash).await?;
    let catalog: Option<Catalog> = catalog.and_then(|row| serde_json::from_str(&row.body).ok());
    if let (Some(named), Some(Catalog { currency: flow, .. })) = (postback.currency, &catalog)
        && named != *flow
    {
        return Ok(Taken::WrongCurrency { named, flow: *flow });
    }
    let history = History::load(&read, &lead.flow, delivery).await?;
    let mut account = history.account(&delivery.id, delivery.price);
    let effect = account.apply(
        postback.status,
        postback.txid.as_deref(),
        reported(postback, delivery, catalog.as_ref()),
    );
    let currency = catalog
        .map(|catalog| catalog.currency.to_string())
        .unwrap_or_default();
    let row = conversion_row(postback, delivery, effect, &currency, desk.next_seq(), at);
    if !tx.insert_conversion(row).await? {
        return Ok(Taken::Done(PostbackOutcome::Duplicate));
    }
    let revenue = lead.revenue.saturating_add(effect.revenue);
    let is_return =
        postback.status == Status::Cancelled && lead.status == LeadStatus::Sold && revenue <= 0;
    tx.update_leads(vec![LeadUpdate {
        id: lead.id.clone(),
        status: if is_return {
            LeadStatus::Returned
        } else {
            lead.status
        },
        response_body: lead.response_body.clone(),
        revenue,
        settled_at: lead.settled_at,
    }])
    .await?;
    if !lead.is_test {
        observations.extend(history.learn_from(&delivery.id, effect, at)?);
    }
    Ok(Taken::Done(PostbackOutcome::Applied))
}

/// What the postback says it is worth; a sale without an amount is worth the destination's price,
/// if that is paid on conversion.
fn reported(postback: &Postback, delivery: &DeliveryRow, catalog: Option<&Catalog>) -> i64 {
    let settings = catalog.and_then(|catalog| catalog.destinations.get(&delivery.destination));
    let price = settings
        .filter(|settings| settings.pays == Pays::Conversion)
        .and_then(|settings| settings.price);
    let Micros(micros) = match postback.status {
        Status::Sale => postback.revenue.or(price).unwrap_or_default(),
        _ => postback.revenue.unwrap_or_default(),
    };
    micros
}

fn conversion_row(
    postback: &Postback,
    delivery: &DeliveryRow,
    effect: Effect,
    currency: &str,
    seq: i64,
    at: Timestamp,
) -> ConversionRow {
    ConversionRow {
        id: ident::id::<kinds::Conversion>(at),
        seq,
        delivery_id: delivery.id.clone(),
        natural_key: postback.natural_key(),
        click_id: postback.click_id.clone(),
        txid: postback.txid.clone(),
        status: match postback.status {
            Status::Pending => ConversionStatus::Pending,
            Status::Sale => ConversionStatus::Sale,
            Status::Rebill => ConversionStatus::Rebill,
            Status::Cancelled => ConversionStatus::Cancelled,
        },
        original_status: postback.original_status.clone(),
        revenue: effect.revenue,
        currency: currency.to_owned(),
        occurred_at: at.0,
        received_at: at.0,
        raw_body: serde_json::to_string(&postback.raw).unwrap_or_default(),
    }
}
