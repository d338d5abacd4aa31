//! Releases in: of offers whose answer was unknown, by a person or by what their destination says when it is asked.

use pointsman_lead::{Id, kinds};
use pointsman_store::{DeliveryRow, Error, NewSettingsChange, ReleaseOrigin};
use tokio::sync::oneshot;

use super::{POSTBACK_MAX, Postbacks, click_of};
use crate::{
    Refused, ReleaseAnswer, ReleaseOutcome, postback::Click, release::PreparedRelease,
    sequencer::Command,
};

impl Postbacks {
    /// Says what became of an offer whose answer is unknown; `None` if there is no such offer. An acceptance counts its
    /// price, if that is given or fixed.
    ///
    /// * `reason`: how somebody knows.
    /// * `change`: the record of who says so.
    ///
    /// # Errors
    ///
    /// [`Refused::Busy`], [`Refused::Unavailable`], [`Refused::Stopping`].
    pub async fn release(
        &self,
        delivery: Id<kinds::Delivery>,
        answer: ReleaseAnswer,
        reason: &str,
        change: NewSettingsChange,
    ) -> Result<Option<ReleaseOutcome>, Refused> {
        let read = self.store.read();
        let found = read.find_delivery(&delivery.to_string()).await;
        let Some(delivery) = found.map_err(Refused::Unavailable)? else {
            return Ok(None);
        };
        let by_whom = Some(change.by_whom.clone());
        let reason = Some(reason.to_owned()).filter(|reason| !reason.is_empty());
        let released = self
            .release_as(&delivery, answer, reason, (ReleaseOrigin::Person, by_whom), Some(change))
            .await?;
        Ok(Some(released))
    }

    /// The same for an offer that is at hand.
    pub(crate) async fn release_as(
        &self,
        delivery: &DeliveryRow,
        answer: ReleaseAnswer,
        reason: Option<String>,
        (origin, by_whom): (ReleaseOrigin, Option<String>),
        change: Option<NewSettingsChange>,
    ) -> Result<ReleaseOutcome, Refused> {
        let click = self
            .click_of_delivery(delivery)
            .await
            .map_err(Refused::Unavailable)?;
        let answer = match answer {
            ReleaseAnswer::Accepted { price } => ReleaseAnswer::Accepted {
                price: price.or(click.terms.at_once),
            },
            other => other,
        };
        let release = PreparedRelease {
            click,
            answer,
            origin,
            by_whom,
            reason,
            change,
        };
        let (reply, outcome) = oneshot::channel();
        self.sequencer.offer(Command::Release {
            release: Box::new(release),
            reply,
        })?;
        let outcome = tokio::time::timeout(POSTBACK_MAX, outcome).await;
        outcome
            .map_err(|_| Refused::Busy)?
            .map_err(|_| Refused::Stopping)?
    }

    /// What never changes of an offer.
    pub(super) async fn click_of_delivery(&self, delivery: &DeliveryRow) -> Result<Click, Error> {
        let read = self.store.read();
        let decision = read.find_decision(&delivery.decision_id).await?;
        let decision = decision.ok_or_else(|| Error::Corrupt {
            what: format!("delivery {} has no decision", delivery.id),
        })?;
        let terms = self
            .terms
            .of(&read, &decision.catalog_hash, &delivery.destination)
            .await?;
        click_of(delivery, terms)
    }
}
