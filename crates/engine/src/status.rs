//! Asks destinations what became of offers whose answer is unknown, when that is due.

use futures_util::{StreamExt as _, stream};
use pointsman_delivery::{Exchange, Offer, Outcome, Target};
use pointsman_store::{DeliveryRow, DeliveryState, OutboxKind, OutboxRow, ReleaseOrigin, Store};

use crate::{
    Error, Refused, ReleaseAnswer, Releases,
    follower::{Follow, Follower},
    releases::Said,
};

/// Questions of one look.
const PAGE: u64 = 64;
/// Questions under way at once.
const AT_ONCE: usize = 8;

/// Asks by what it takes to release.
#[derive(Debug, Clone)]
pub(crate) struct StatusQuestions(pub(crate) Releases);

impl Follow for StatusQuestions {
    const DUTY: &'static str = "status";
    const FAILED: &'static str = "destinations could not be asked yet";

    async fn look(&mut self, follower: &Follower) -> Result<(), Error> {
        let read = follower.store.read();
        let due = read
            .due(OutboxKind::Status, self.0.clock.now().0, PAGE)
            .await?;
        if due.is_empty() || !follower.claims::<Self>().await? {
            return Ok(());
        }
        let asked = stream::iter(due)
            .take_while(|_| std::future::ready(!follower.is_stopping()))
            .map(|due| self.ask(&follower.store, due));
        let mut asked = asked.buffer_unordered(AT_ONCE);
        while let Some(result) = asked.next().await {
            result?;
        }
        Ok(())
    }
}

impl StatusQuestions {
    /// Asks once, and releases the offer or says when it is asked again.
    async fn ask(&self, store: &Store, due: OutboxRow) -> Result<(), Error> {
        let read = store.read();
        let delivery = read.find_delivery(&due.delivery_id).await?;
        let held = delivery.filter(|delivery| delivery.state == DeliveryState::Held);
        let target = held.as_ref().and_then(|it| self.target_of(&it.destination));
        let (Some(delivery), Some(target)) = (held, target) else {
            return forget(store, due.delivery_id).await;
        };
        let Some(probe) = target.status.as_ref() else {
            return forget(store, due.delivery_id).await;
        };
        let lead = read.find_lead(&delivery.lead_id).await?;
        // Of the flow that decided: another one with this destination may count in another.
        let click = self.0.postbacks.click_of_delivery(&delivery).await?;
        let fields = lead.and_then(|lead| serde_json::from_str(&lead.fields_body).ok());
        let offer = Offer {
            delivery_id: delivery.id.clone(),
            click_id: delivery.click_id.clone(),
            lead_id: delivery.lead_id.clone(),
            destination: delivery.destination.clone(),
            fields: fields.unwrap_or_default(),
            price: None,
            bid: None,
            ping_id: None,
            reference: delivery.reference.clone(),
            currency: click.terms.currency,
        };
        let exchange = self.0.dispatcher.client().status(&target, &offer).await;
        if let Some((answer, reason)) = exchange.and_then(answer_of)
            && self.release(&delivery, answer, reason).await?
        {
            return Ok(());
        }
        let n = u32::try_from(due.n).unwrap_or(u32::MAX).saturating_add(1);
        let Some(wait) = probe.wait(n) else {
            tracing::warn!(
                delivery.id,
                destination = delivery.destination,
                "asked often enough; it stays held"
            );
            return forget(store, due.delivery_id).await;
        };
        let wait = i64::try_from(wait.as_micros()).unwrap_or(i64::MAX);
        let again = OutboxRow {
            n: n.into(),
            due_at: self.0.clock.now().plus(wait).0,
            ..due
        };
        let put = store.note(move |tx| Box::pin(async move { tx.move_due(again).await }));
        Ok(put.await?)
    }

    /// Where a destination is today.
    fn target_of(&self, destination: &str) -> Option<Target> {
        let routes = self.0.routes.get();
        let mut routes = routes.all();
        routes.find_map(|route| route.targets.get(destination).cloned())
    }

    /// Whether it is released.
    async fn release(
        &self,
        delivery: &DeliveryRow,
        answer: ReleaseAnswer,
        reason: Option<String>,
    ) -> Result<bool, Error> {
        let said = Said {
            origin: ReleaseOrigin::Status,
            reason,
            change: None,
        };
        match self.0.release_as(delivery, answer, said).await {
            Ok(_) => Ok(true),
            Err(Refused::Unavailable(error)) => Err(error.into()),
            // It is asked again after a while, and not for ever.
            Err(refused) => {
                tracing::warn!(delivery.id, error = %refused, "a release has to wait");
                Ok(false)
            }
        }
    }
}

/// What an answer says; `None` if that is neither yes nor no.
fn answer_of(exchange: Exchange) -> Option<(ReleaseAnswer, Option<String>)> {
    match exchange.outcome {
        Outcome::Accepted { price, .. } => Some((ReleaseAnswer::Accepted { price }, None)),
        Outcome::Rejected { reason, .. } => Some((ReleaseAnswer::Rejected, Some(reason))),
        Outcome::NotSent { why } => Some((ReleaseAnswer::NotSent, Some(why.to_string()))),
        Outcome::Unknown { .. } => None,
    }
}

async fn forget(store: &Store, delivery_id: String) -> Result<(), Error> {
    let dropped = store.note(move |tx| Box::pin(async move { tx.drop_due(&[delivery_id]).await }));
    Ok(dropped.await?)
}
