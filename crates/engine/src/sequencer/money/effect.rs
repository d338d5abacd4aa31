//! What a report comes to, before anything of it is written.

use pointsman_bandit::Observation;
use pointsman_history::{ConversionDelta, WalkRows, totals_of};
use pointsman_lead::{
    ConversionEvent, ConversionKind, ConversionTotals, Micros, Problem, Reported, Timestamp,
    Transaction,
};
use pointsman_store::{
    ConversionRow, DeliveryRow, DeliveryState, Error, LeadRow, LeadStatus, ParkedPostbackRow,
    ParkedReason, Read,
};

use crate::postback::{KnownPostback, aside};

/// Most events of one transaction. A postback beyond is kept aside: its tracker counts something else.
const EVENTS_MAX: usize = 1_000;

/// What a report comes to.
pub(in crate::sequencer) enum Effect {
    /// It counts.
    Counts(Box<Counted>),
    /// It was known; nothing changes.
    Known,
    /// It cannot be applied, or not yet, and is kept.
    Aside(Box<ParkedPostbackRow>),
}

/// Everything that follows from a report that counts.
pub(in crate::sequencer) struct Counted {
    pub(in crate::sequencer) change: Change,
    pub(super) lead: LeadRow,
    /// What the lead has come to by it.
    pub(super) status: LeadStatus,
    /// Position of the offer in its walk, from 0.
    pub(super) offer: usize,
    /// What bandits learn from it.
    pub(super) observations: Vec<Observation>,
    /// The delivery, if its answer is unknown and the report proves that the destination has the lead.
    pub(super) held: Option<DeliveryRow>,
    /// When the lead was offered.
    pub(super) offered_at: Timestamp,
}

impl Effect {
    /// Reads what a report is about, and finds what follows from it.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] for what is missing or cannot be read of its lead; nothing is written then.
    pub(in crate::sequencer) async fn of(
        read: &Read<'_>,
        report: &KnownPostback,
        at: Timestamp,
    ) -> Result<Self, Error> {
        let KnownPostback {
            postback, click, ..
        } = report;
        let (lead_id, delivery_id) = (click.lead_id.to_string(), click.delivery_id.to_string());
        let missing = |what: &str| Error::Corrupt {
            what: format!("delivery {delivery_id} has no {what}"),
        };
        let deliveries = read
            .deliveries_of_leads(std::slice::from_ref(&lead_id))
            .await?;
        let delivery = deliveries.iter().find(|it| it.id == delivery_id);
        let delivery = delivery.ok_or_else(|| missing("row"))?;
        if let Some(reason) = not_applied(delivery.state) {
            return Ok(Self::aside(report, reason, &[], at));
        }
        let reported = postback.about(&click.id.to_string(), click.terms.usual);
        let txid = reported.txid.as_deref();
        let known = read.conversions_of_transaction(&delivery.id, txid).await?;
        if known.len() >= EVENTS_MAX {
            let message = format!("a transaction has at most {EVENTS_MAX} events");
            let problem =
                Problem::new("too_many", "txid", message).hint("send an id for each sale");
            return Ok(Self::aside(report, ParkedReason::Refused, &[problem], at));
        }
        let Some(change) = Change::of(delivery, &known, reported)? else {
            return Ok(Self::Known);
        };
        let lead = read.find_lead(&lead_id).await?;
        let lead = lead.ok_or_else(|| missing("lead"))?;
        // One that takes back or refuses a sale speaks of no lead that it has.
        let is_proof = matches!(
            change.event.kind,
            ConversionKind::Pending | ConversionKind::Sale | ConversionKind::Rebill
        );
        let held = delivery.state == DeliveryState::Held && is_proof;
        let held = held.then(|| delivery.clone());
        let offered_at = Timestamp(delivery.created_at);
        let status = status_after(&lead, &deliveries, Some((&delivery.id, change.totals)))?;
        let ids: Vec<String> = deliveries.iter().map(|it| it.id.clone()).collect();
        let releases = read.releases_of_deliveries(&ids).await?;
        let steps = read
            .steps_of_decisions(&[click.decision_id.to_string()])
            .await?;
        let walk = WalkRows {
            flow: lead.flow.clone(),
            steps,
            deliveries,
            conversions: Vec::new(),
            releases,
        };
        let observations = if lead.is_test {
            Vec::new()
        } else {
            walk.learn_from(&delivery_id, change.delta, at)?
        };
        Ok(Self::Counts(Box::new(Counted {
            offer: walk.offer_of(&delivery_id),
            change,
            lead,
            status,
            observations,
            held,
            offered_at,
        })))
    }

    fn aside(
        report: &KnownPostback,
        reason: ParkedReason,
        problems: &[Problem],
        at: Timestamp,
    ) -> Self {
        let (raw, token_of) = (&report.postback.raw, report.token_of.clone());
        let click_id = report.click.id.to_string();
        let row = aside(raw, &click_id, token_of, reason, problems, at);
        Self::Aside(Box::new(row))
    }
}

/// Why a report of an offer in this state is kept aside, if it is.
fn not_applied(state: DeliveryState) -> Option<ParkedReason> {
    match state {
        DeliveryState::Pending | DeliveryState::Sending => Some(ParkedReason::AwaitingAnswer),
        DeliveryState::Rejected | DeliveryState::NotSent => Some(ParkedReason::NotAccepted),
        // Where the answer is unknown, the report proves that the destination has the lead.
        DeliveryState::Accepted | DeliveryState::Held => None,
    }
}

/// What an event changes of its delivery.
pub(in crate::sequencer) struct Change {
    pub(super) txid: Option<String>,
    pub(super) event: ConversionEvent,
    pub(super) totals: ConversionTotals,
    pub(in crate::sequencer) delta: ConversionDelta,
    /// What was reported of the delivery in all.
    pub(super) total: ConversionDelta,
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
pub(super) fn status_after(
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
