//! Releases in: of offers whose answer was unknown, by a person or by what their destination says when it is asked.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use pointsman_history::{Clock, Library, LiveRoutes, StoredWalk};
use pointsman_lead::{Fields, Id, kinds};
use pointsman_router::HashKey;
use pointsman_store::{
    DeliveryRow, DeliveryState, EndState, NewSettingsChange, ReleaseOrigin, Store,
};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::{
    Dispatcher, Error, Intake, Postbacks, Refused, ReleaseAnswer, ReleaseOutcome, SequencerHandle,
    active_lead::ActiveLead,
    intake::person_hashes,
    lease::Lease,
    recovery::{TakenOver, held_at_offer},
    release::PreparedRelease,
    sequencer::{Advance, Command},
};

/// Longest wait of a release to be stored. It may still come to be stored after that; made again, it changes nothing.
const RELEASE_MAX: Duration = Duration::from_secs(30);

/// Takes in what became of offers whose answer was unknown. Cheap to clone; clones are the same.
#[derive(Debug, Clone)]
pub struct Releases {
    store: Store,
    sequencer: SequencerHandle,
    pub(crate) dispatcher: Dispatcher,
    pub(crate) postbacks: Postbacks,
    pub(crate) routes: LiveRoutes,
    pub(crate) clock: Clock,
    hash_key: HashKey,
    lease: Lease,
    stopping: CancellationToken,
}

/// Who says what became of an offer, and how they know.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) origin: ReleaseOrigin,
    pub(crate) reason: Option<String>,
    /// The record of who says so, where that is a person.
    pub(crate) change: Option<NewSettingsChange>,
}

impl Releases {
    pub(crate) fn beside(intake: &Intake, postbacks: &Postbacks) -> Self {
        Self {
            store: intake.store.clone(),
            sequencer: intake.sequencer.clone(),
            dispatcher: intake.dispatcher.clone(),
            postbacks: postbacks.clone(),
            routes: intake.routes.clone(),
            clock: intake.clock.clone(),
            hash_key: intake.hash_key,
            lease: intake.lease.clone(),
            stopping: intake.stopping.clone(),
        }
    }

    /// Says what became of an offer whose answer is unknown; `None` if there is no such offer. An acceptance counts its
    /// price, if that is given or fixed. Where the walk of its lead had ended at the offer, it goes on from there.
    ///
    /// * `reason`: how somebody knows.
    /// * `change`: the record of who says so.
    ///
    /// # Errors
    ///
    /// [`Refused::Unreadable`], [`Refused::Busy`], [`Refused::Unavailable`], [`Refused::Stopping`].
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
        let said = Said {
            origin: ReleaseOrigin::Person,
            reason: Some(reason.to_owned()).filter(|reason| !reason.is_empty()),
            change: Some(change),
        };
        self.release_as(&delivery, answer, said).await.map(Some)
    }

    /// The same for an offer that is at hand.
    pub(crate) async fn release_as(
        &self,
        delivery: &DeliveryRow,
        answer: ReleaseAnswer,
        said: Said,
    ) -> Result<ReleaseOutcome, Refused> {
        if delivery.state != DeliveryState::Held {
            return Ok(ReleaseOutcome::NotHeld);
        }
        let click = self.postbacks.click_of_delivery(delivery).await;
        let click = click.map_err(Refused::Unavailable)?;
        let active = self.held_walk(delivery).await.map_err(refused)?;
        let person = match &active {
            Some(active) => self.person_of(active).await.map_err(refused)?,
            None => Vec::new(),
        };
        let answer = match answer {
            ReleaseAnswer::Accepted { price } => ReleaseAnswer::Accepted {
                price: price.or(click.terms.at_once),
            },
            other => other,
        };
        let Said {
            origin,
            reason,
            change,
        } = said;
        let release = PreparedRelease {
            click,
            active: active.map(Arc::new),
            person,
            answer,
            origin,
            by_whom: change.as_ref().map(|change| change.by_whom.clone()),
            reason,
            change,
        };
        let (reply, outcome) = oneshot::channel();
        self.sequencer.offer(Command::Release {
            release: Box::new(release),
            reply,
        })?;
        // Whoever waits may go away; a walk that is on disk goes on.
        let (done, stored) = oneshot::channel();
        let dispatcher = self.dispatcher.clone();
        tokio::spawn(async move {
            let stored = match outcome.await {
                Ok(Ok((outcome, advance))) => {
                    if let Some(Advance::OnItsWay(next)) = advance {
                        dispatcher.dispatch(next);
                    }
                    Ok(outcome)
                }
                Ok(Err(refused)) => Err(refused),
                Err(_) => Err(Refused::Stopping),
            };
            let _ = done.send(stored);
        });
        let stored = tokio::time::timeout(RELEASE_MAX, stored).await;
        stored
            .map_err(|_| Refused::Busy)?
            .map_err(|_| Refused::Stopping)?
    }

    /// By what the suppression list has the person of a lead, if it has them.
    async fn person_of(&self, active: &ActiveLead) -> Result<Vec<String>, Error> {
        let schema = active.route.program.schema();
        let fields = Fields::from_stored(schema, &active.fields).map_err(|_| Error::Stored {
            what: format!("the fields of lead {}", active.lead_id),
        })?;
        Ok(person_hashes(&self.store.read(), schema, &fields).await?)
    }

    /// The lead where its walk had ended, if it had ended for want of this offer's answer.
    async fn held_walk(&self, delivery: &DeliveryRow) -> Result<Option<ActiveLead>, Error> {
        let read = self.store.read();
        let decision = read.find_decision(&delivery.decision_id).await?;
        let held = decision.filter(|decision| decision.end_state == Some(EndState::Held));
        let Some(decision) = held else {
            return Ok(None);
        };
        let Some(walk) = StoredWalk::load(&read, vec![decision]).await?.pop() else {
            return Ok(None);
        };
        if walk
            .rows
            .deliveries
            .iter()
            .any(|other| other.n > delivery.n)
        {
            return Ok(None);
        }
        let mut of = TakenOver {
            store: self.store.clone(),
            library: Library::new(self.hash_key),
            routes: self.routes.get(),
            dispatcher: self.dispatcher.clone(),
            leases: BTreeSet::new(),
            by: self.lease.number(),
            until: 0,
            clock: self.clock.clone(),
            stopping: self.stopping.clone(),
        };
        held_at_offer(&read, &mut of, walk, delivery)
            .await
            .map(Some)
    }
}

fn refused(error: Error) -> Refused {
    match error {
        Error::Store(error) => Refused::Unavailable(error),
        other => Refused::Unreadable {
            what: other.to_string(),
        },
    }
}
