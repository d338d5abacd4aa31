//! An answer whose lead is on its way in another process.

use std::collections::BTreeMap;

use pointsman_history::AttemptOutcome;
use pointsman_lead::{Micros, Postback};
use pointsman_store::LATE_ACCEPTANCE;

use super::rows::click_of;
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
    pub(super) click: Click,
    pub(super) outcome: AttemptOutcome,
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

    pub(super) fn finding(&self) -> String {
        let Self { outcome, price, .. } = self;
        match (outcome, price) {
            (AttemptOutcome::Accepted, Some(price)) => format!("{LATE_ACCEPTANCE}, for {price}"),
            (AttemptOutcome::Accepted, None) => LATE_ACCEPTANCE.to_owned(),
            _ => format!("{LATE_ANSWER}: {}", outcome.word()),
        }
    }

    /// Whoever took the lead has it: what it paid counts as if the destination had reported it. The process that took
    /// the lead over knows the offer as one whose answer is unknown.
    pub(super) fn sale(&self) -> Option<PreparedPostback> {
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
            accepted: 0,
        })))
    }
}
