//! Answers that come when another process has taken their lead over: kept as a finding, and an acceptance as a sale.

use std::collections::BTreeMap;

use pointsman_history::AttemptOutcome;
use pointsman_lead::{Micros, Postback, Timestamp};
use pointsman_store::{Error, LATE_ACCEPTANCE, LeadStatus, WriteTx};

use super::{changed::Changed, money, rows::click_of};
use crate::{
    active_lead::ActiveLead,
    postback::{Click, KnownPostback, PreparedPostback},
    step_result::OfferResult,
};

/// What is kept of other late answers.
const LATE_ANSWER: &str = "answered after the lead was taken over";
/// The transaction of a sale that only its late answer tells of.
const TRANSACTION: &str = "late-acceptance";

/// An answer whose lead is on its way in another process.
#[derive(Debug)]
pub(crate) struct LateAnswer {
    click: Click,
    outcome: AttemptOutcome,
    price: Option<Micros>,
    currency: String,
}

impl LateAnswer {
    /// `None` where nothing was offered.
    pub(super) fn of(active: &ActiveLead, result: &OfferResult) -> Option<Self> {
        let current = active.current.as_ref()?;
        Some(Self {
            click: click_of(active, current),
            outcome: result.outcome,
            price: result.price,
            currency: active.route.program.document().currency.to_string(),
        })
    }

    fn finding(&self) -> String {
        let Self { outcome, price, .. } = self;
        match (outcome, price) {
            (AttemptOutcome::Accepted, Some(price)) => format!("{LATE_ACCEPTANCE}, for {price}"),
            (AttemptOutcome::Accepted, None) => LATE_ACCEPTANCE.to_owned(),
            _ => format!("{LATE_ANSWER}: {}", outcome.word()),
        }
    }

    /// Whoever took the lead has it: what it paid counts as if the destination had reported it. The process that took
    /// the lead over knows the offer as one whose answer is unknown.
    fn sale(&self) -> Option<PreparedPostback> {
        let price = self
            .price
            .filter(|_| self.outcome == AttemptOutcome::Accepted)?;
        let params = BTreeMap::from([
            ("click_id".to_owned(), self.click.id.to_string()),
            ("payout".to_owned(), price.to_string()),
            ("currency".to_owned(), self.currency.clone()),
            ("txid".to_owned(), TRANSACTION.to_owned()),
        ]);
        let postback = Postback::from_params(&params).ok()?;
        Some(PreparedPostback::Apply(Box::new(KnownPostback {
            postback,
            click: self.click.clone(),
            token_of: None,
        })))
    }
}

/// Keeps a late answer.
pub(super) async fn take(
    tx: &WriteTx,
    answer: &LateAnswer,
    at: Timestamp,
    changed: &mut Changed<'_>,
) -> Result<(), Error> {
    let delivery = answer.click.delivery_id.to_string();
    tracing::warn!(
        delivery.id = delivery,
        finding = answer.finding(),
        "an answer came late"
    );
    tx.add_finding(&delivery, &answer.finding()).await?;
    if let Some(sale) = answer.sale() {
        money::take(tx, &sale, at, changed).await?;
    }
    if answer.outcome == AttemptOutcome::Accepted {
        sell(tx, &answer.click.lead_id.to_string()).await?;
    }
    Ok(())
}

/// A lead that was held because nobody knew who has it is sold. One that goes on its way ends as it does.
async fn sell(tx: &WriteTx, lead_id: &str) -> Result<(), Error> {
    let lead = tx.read().find_lead(lead_id).await?;
    if lead.is_some_and(|lead| lead.status == LeadStatus::Held) {
        tx.earn(vec![(lead_id.to_owned(), LeadStatus::Sold, 0)])
            .await?;
    }
    Ok(())
}
