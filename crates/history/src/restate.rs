//! Revenue and status of stored leads, reckoned again from what was stored of their deliveries and
//! conversions.
//!
//! Earlier releases set a lead's revenue from memory, and let the order of postbacks decide what they
//! were worth. This runs once a database, at the first start of a release that adds up what was said. It
//! goes a page of leads at a time, each in its transaction, and goes on after a stop. Whatever comes out
//! otherwise is listed with the old value, see [`RestatementRow`].

use std::collections::BTreeMap;

use pointsman_lead::{
    ConversionEvent, ConversionKind, ConversionTotals, Micros, Postback, Reported, Timestamp,
    Transaction,
};
use pointsman_store::{
    ConversionRow, ConversionStatus, ConversionUpdate, DeliveryRow, DeliveryState, Error, LeadRow,
    LeadStatus, Read, RestatementProgressRow, RestatementRow, Store, WriteTx,
};

use crate::{ConversionDelta, record::json, status_of};

/// Name of this reckoning: another fold would be another one.
const NAME: &str = "transactions";
/// Leads of one transaction.
const PAGE: u64 = 200;

/// Reckons the revenue and status of all stored leads again, unless that was done before; says how many
/// came out otherwise.
///
/// # Errors
///
/// [`Error::Unavailable`]; it goes on where it stopped when it is called again.
pub async fn restate(store: &Store, now: Timestamp) -> Result<u64, Error> {
    let known = store.read().restatement_progress(NAME).await?;
    if known.as_ref().is_some_and(|known| known.done_at.is_some()) {
        return Ok(0);
    }
    let mut after_seq = known.map_or(0, |known| known.after_seq);
    let mut n_changed = 0;
    loop {
        let (last, changed) = store
            .write(move |tx| Box::pin(async move { page(tx, after_seq, now).await }))
            .await?;
        n_changed += changed;
        let Some(last) = last else {
            if n_changed > 0 {
                tracing::warn!(
                    leads = n_changed,
                    "revenue or status of stored leads was reckoned again and came out otherwise; `restatements` lists them"
                );
            }
            return Ok(n_changed);
        };
        after_seq = last;
    }
}

/// Reckons a page of leads; the place of the last one, or `None` at the end, and how many came out
/// otherwise.
async fn page(tx: &WriteTx, after_seq: i64, now: Timestamp) -> Result<(Option<i64>, u64), Error> {
    let leads = tx.read().leads_in_order(after_seq, PAGE).await?;
    let last = leads.last().map(|lead| lead.seq);
    let ids: Vec<String> = leads.iter().map(|lead| lead.id.clone()).collect();
    let mut walks = Walks::load(&tx.read(), &ids).await?;
    let (mut earned, mut n_changed) = (Vec::new(), 0);
    for lead in leads {
        let (revenue, status) = walks.settle(&lead);
        if (revenue, status) == (lead.revenue, lead.status) {
            continue;
        }
        n_changed += 1;
        tx.insert_restatement(RestatementRow {
            lead_id: lead.id.clone(),
            revenue_before: lead.revenue,
            revenue_after: revenue,
            status_before: lead.status,
            status_after: status,
            restated_at: now.0,
        })
        .await?;
        // What was wrong may be anything, the difference of two 64 bits too.
        earned.push((lead.id, status, revenue.saturating_sub(lead.revenue)));
    }
    tx.earn(earned).await?;
    tx.update_conversions(walks.conversions).await?;
    tx.put_accounts(walks.totals).await?;
    tx.put_restatement_progress(RestatementProgressRow {
        name: NAME.to_owned(),
        after_seq: last.unwrap_or(after_seq),
        done_at: last.is_none().then_some(now.0),
    })
    .await?;
    Ok((last, n_changed))
}

/// What is stored of the walks of a page of leads, and what it comes to.
struct Walks {
    deliveries: BTreeMap<String, Vec<DeliveryRow>>,
    of_delivery: BTreeMap<String, Vec<ConversionRow>>,
    totals: Vec<(String, String)>,
    conversions: Vec<ConversionUpdate>,
}

impl Walks {
    async fn load(read: &Read<'_>, lead_ids: &[String]) -> Result<Self, Error> {
        let mut walks = Self {
            deliveries: BTreeMap::new(),
            of_delivery: BTreeMap::new(),
            totals: Vec::new(),
            conversions: Vec::new(),
        };
        let mut ids = Vec::new();
        for delivery in read.deliveries_of_leads(lead_ids).await? {
            ids.push(delivery.id.clone());
            let of_lead = walks.deliveries.entry(delivery.lead_id.clone());
            of_lead.or_default().push(delivery);
        }
        for row in read.conversions_of_deliveries(&ids).await? {
            let of_delivery = walks.of_delivery.entry(row.delivery_id.clone());
            of_delivery.or_default().push(row);
        }
        Ok(walks)
    }

    /// Revenue and status of a lead.
    fn settle(&mut self, lead: &LeadRow) -> (i64, LeadStatus) {
        let (mut revenue, mut has_reversals) = (0, false);
        for delivery in self.deliveries.remove(&lead.id).unwrap_or_default() {
            let rows = self.of_delivery.remove(&delivery.id).unwrap_or_default();
            let has_it = matches!(
                delivery.state,
                DeliveryState::Accepted | DeliveryState::Held
            );
            // What was applied to an offer that was not accepted was nobody's to report.
            let totals = self.settle_delivery(&delivery, &rows, has_it);
            if has_it {
                revenue += totals.earned(price_of(&delivery)).0;
                has_reversals |= totals.has_reversals();
            }
            if totals.has_reports() {
                self.totals.push((delivery.id, json(&totals)));
            }
        }
        let status = match lead.status {
            LeadStatus::Sold | LeadStatus::Returned if has_reversals && revenue == 0 => {
                LeadStatus::Returned
            }
            LeadStatus::Sold | LeadStatus::Returned => LeadStatus::Sold,
            other => other,
        };
        (revenue, status)
    }

    fn settle_delivery(
        &mut self,
        delivery: &DeliveryRow,
        rows: &[ConversionRow],
        has_it: bool,
    ) -> ConversionTotals {
        let mut transactions: BTreeMap<Option<String>, Transaction> = BTreeMap::new();
        let mut totals = ConversionTotals::default();
        for row in rows {
            let Reported { txid, event } = read(row);
            let is_named = txid.is_some();
            let transaction = transactions.entry(txid.clone()).or_default();
            let before = transaction.totals(is_named);
            let kept = transaction.record(event.clone()).unwrap_or(event);
            let after = totals.changed(before, transaction.totals(is_named));
            let mut delta = ConversionDelta::between(totals, after, price_of(delivery));
            if has_it {
                totals = after;
            } else {
                delta = ConversionDelta::default();
            }
            self.conversions.push(ConversionUpdate {
                id: row.id.clone(),
                txid,
                status: status_of(kept.kind),
                event_body: json(&kept),
                revenue: delta.revenue,
                sales: delta.sales,
            });
        }
        totals
    }
}

fn price_of(delivery: &DeliveryRow) -> Micros {
    Micros(delivery.price.unwrap_or(0))
}

/// What a stored conversion says, by the postback as it came; by what was made of it then, if that can
/// be read no more.
fn read(row: &ConversionRow) -> Reported {
    if let Some(event) = row
        .event_body
        .as_deref()
        .and_then(|body| serde_json::from_str(body).ok())
    {
        return Reported {
            txid: row.txid.clone(),
            event,
        };
    }
    let usual = (row.status == ConversionStatus::Sale).then_some(Micros(row.revenue));
    let params = serde_json::from_str(&row.raw_body).ok();
    let postback = params.and_then(|params| Postback::from_params(&params).ok());
    if let Some(postback) = postback {
        return postback.about(&row.click_id, usual);
    }
    let (kind, amount) = match row.status {
        ConversionStatus::Pending => (ConversionKind::Pending, 0),
        ConversionStatus::Sale => (ConversionKind::Sale, row.revenue),
        ConversionStatus::Rebill => (ConversionKind::Rebill, row.revenue),
        ConversionStatus::Cancelled => (ConversionKind::Cancelled, 0),
        // Such rows say what happened, in `event_body`.
        ConversionStatus::Returned => (ConversionKind::Returned, 0),
        ConversionStatus::Reinstated => (ConversionKind::Reinstated, 0),
    };
    Reported {
        txid: row.txid.clone(),
        event: ConversionEvent {
            kind,
            amount: Micros(amount.max(0)),
            assumed: false,
            happened_at: None,
            mark: (kind == ConversionKind::Cancelled).then(|| row.original_status.clone()),
            round: 0,
        },
    }
}

#[cfg(test)]
mod tests;
