//! Leads that are held because an answer is unknown, once it becomes known.

use pointsman_engine::{ReleaseAnswer, ReleaseOutcome};
use pointsman_history::verify;
use pointsman_lead::{Id, Micros, kinds};
use pointsman_store::{DeliveryRow, DeliveryState, EndState, LeadStatus, NewSettingsChange};
use serde_json::json;

use crate::platform::{Platform, TIMEOUT};

const ACCEPTED: ReleaseAnswer = ReleaseAnswer::Accepted {
    price: Some(Micros(5_000_000)),
};

impl Platform {
    /// The offers of a lead, in order.
    pub(crate) async fn offers(&self, id: &Id<kinds::Lead>) -> Vec<DeliveryRow> {
        let read = self.engine.store().read();
        let mut offers = read.deliveries_of_leads(&[id.to_string()]).await.unwrap();
        offers.sort_by_key(|offer| offer.n);
        offers
    }

    /// A lead whose first buyer hangs up.
    async fn held(&mut self) -> Id<kinds::Lead> {
        let id = self.send_async().await;
        self.offered().await.1.break_off();
        self.ended(&id).await;
        assert_eq!(self.lead(&id).await.status, LeadStatus::Held);
        id
    }

    /// Releases the n-th offer of a lead.
    async fn release(
        &self,
        id: &Id<kinds::Lead>,
        n: usize,
        answer: ReleaseAnswer,
    ) -> ReleaseOutcome {
        let delivery = self.offers(id).await[n].id.parse().unwrap();
        let change = NewSettingsChange {
            at: 0,
            by_whom: "ann".to_owned(),
            by_token: None,
            kind: "delivery_released".to_owned(),
            object: self.offers(id).await[n].id.clone(),
            note: None,
            before: None,
            after: None,
        };
        let released = self
            .engine
            .releases()
            .release(delivery, answer, "their log", change);
        released.await.unwrap().unwrap()
    }

    /// Every decision comes out as stored, also what it has taught.
    pub(crate) async fn verified(&self) {
        self.learned_the_same().await;
        let found = verify(self.engine.store(), &mut |_| {}).await.unwrap();
        assert!(found.is_reproduced(), "{found:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_walk_of_a_held_lead_goes_on_once_its_answer_is_known() {
    let settings = json!({"on_unknown": "hold", "dedupe": {"fields": ["age"], "window_minutes": 1, "sold_only": true}});
    let mut platform = Platform::open(1, settings).await;
    let sold = platform.held().await;
    let (first, second) = (platform.held().await, platform.held().await);
    // Others come and go meanwhile.
    platform.sold(r#"{"price": 3}"#).await;
    assert_eq!(
        platform.release(&sold, 0, ACCEPTED).await,
        ReleaseOutcome::Released
    );
    assert_eq!(platform.earned(&sold).await, (500, LeadStatus::Sold));
    assert_eq!(
        platform.release(&sold, 0, ACCEPTED).await,
        ReleaseOutcome::NotHeld
    );
    platform.verified().await;
    platform.release(&first, 0, ReleaseAnswer::Rejected).await;
    let (_, offer) = platform.offered().await;
    assert_eq!(platform.lead(&first).await.status, LeadStatus::Queued);
    platform.verified().await;
    offer.accept(r#"{"price": 7}"#);
    platform.ended(&first).await;
    assert_eq!(platform.earned(&first).await, (700, LeadStatus::Sold));
    platform.release(&second, 0, ReleaseAnswer::NotSent).await;
    platform.offered().await.1.reject();
    platform.ended(&second).await;
    assert_eq!(platform.lead(&second).await.status, LeadStatus::Unsold);
    platform.verified().await;
    let before = platform.knows().await;
    platform = platform.restart().await;
    assert!(platform.knows().await == before);
    platform.verified().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_that_goes_on_survives_the_process_and_may_be_held_again() {
    let mut platform = Platform::open(1, json!({"on_unknown": "hold"})).await;
    let id = platform.held().await;
    platform = platform.restart().await;
    platform.release(&id, 0, ReleaseAnswer::Rejected).await;
    // The second buyer has it before it when the process ends.
    let _unanswered = platform.offered().await;
    platform = platform.restart().await;
    platform.ended(&id).await;
    assert_eq!(platform.lead(&id).await.status, LeadStatus::Held);
    platform.verified().await;
    assert_eq!(
        platform.release(&id, 1, ACCEPTED).await,
        ReleaseOutcome::Released
    );
    assert_eq!(platform.earned(&id).await, (500, LeadStatus::Sold));
    let states: Vec<_> = platform
        .offers(&id)
        .await
        .iter()
        .map(|offer| offer.state)
        .collect();
    assert_eq!(states, [DeliveryState::Rejected, DeliveryState::Accepted]);
    platform.verified().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_release_at_once_release_once() {
    let mut platform = Platform::open(1, json!({"on_unknown": "hold"})).await;
    let id = platform.held().await;
    let (one, two) = tokio::join!(
        platform.release(&id, 0, ACCEPTED),
        platform.release(&id, 0, ACCEPTED)
    );
    let n_released = [one, two]
        .iter()
        .filter(|it| **it == ReleaseOutcome::Released)
        .count();
    assert_eq!(n_released, 1, "{one:?} {two:?}");
    assert_eq!(platform.earned(&id).await, (500, LeadStatus::Sold));
    platform.verified().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversion_proves_that_its_buyer_has_the_lead() {
    let mut platform = Platform::open(1, json!({"on_unknown": "hold"})).await;
    let id = platform.held().await;
    let click = platform.offers(&id).await[0].click_id.clone();
    platform
        .report(&format!("click_id={click}&txid=1&status=declined"))
        .await
        .unwrap();
    assert_eq!(platform.lead(&id).await.status, LeadStatus::Held);
    platform
        .report(&format!("click_id={click}&txid=2&payout=9"))
        .await
        .unwrap();
    assert_eq!(platform.earned(&id).await, (900, LeadStatus::Sold));
    assert_eq!(
        platform.release(&id, 0, ReleaseAnswer::Rejected).await,
        ReleaseOutcome::Known
    );
    let read = platform.engine.store().read();
    let ids = [platform.offers(&id).await[0].decision_id.clone()];
    let decision = read.decisions_by_id(&ids).await.unwrap().remove(0);
    assert_eq!(decision.end_state, Some(EndState::Held));
    platform.verified().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_that_was_passed_on_is_released_beside_its_walk() {
    let mut platform = Platform::open(2, json!({"on_unknown": "pass_on"})).await;
    let id = platform.send_async().await;
    platform.offered().await.1.break_off();
    tokio::time::timeout(TIMEOUT, platform.offered())
        .await
        .unwrap()
        .1
        .reject();
    platform.ended(&id).await;
    assert_eq!(
        platform.release(&id, 0, ACCEPTED).await,
        ReleaseOutcome::Released
    );
    assert_eq!(platform.earned(&id).await.0, 500);
    assert_eq!(platform.offers(&id).await[0].state, DeliveryState::Held);
    platform.verified().await;
}
