//! Returns in: leads that their buyers give back, and what is decided about them.

use std::time::Duration;

use pointsman_history::LeadReturn;
use pointsman_lead::{Id, kinds};
use pointsman_store::{DeliveryRow, Error, ReturnOrigin, Store};
use tokio::sync::oneshot;

use crate::{
    Engine, Postbacks, Refused, SequencerHandle,
    lead_return::{
        DecidedReturn, PreparedReturn, RequestedReturn, ReturnRequest, ReturnSubject,
        ReturnVerdict, check_note, delivery_not_found, not_found,
    },
    sequencer::Command,
};

/// Longest wait of a return to be stored. It may still come to be stored after that; asked for again, it changes nothing.
const RETURN_MAX: Duration = Duration::from_secs(30);

/// Takes returns in. Cheap to clone; clones are the same.
#[derive(Debug, Clone)]
pub struct Returns {
    store: Store,
    sequencer: SequencerHandle,
    postbacks: Postbacks,
}

impl Engine {
    /// Takes in leads that are given back.
    pub fn returns(&self) -> Returns {
        Returns {
            store: self.store().clone(),
            sequencer: self.sequencer().clone(),
            postbacks: self.postbacks().clone(),
        }
    }
}

impl Returns {
    /// Asks for a lead to be taken back, and gives the return as it is then: requested, or accepted where the terms of
    /// its destination, or its kind, need no decision. The same key once more gives the same return.
    ///
    /// # Errors
    ///
    /// [`Refused::Problems`] for all that speaks against it, [`Refused::Busy`], [`Refused::Unavailable`],
    /// [`Refused::Stopping`].
    pub async fn request(&self, request: ReturnRequest) -> Result<LeadReturn, Refused> {
        let mut problems = request.problems();
        let delivery = self.delivery_of(&request.subject);
        let delivery = delivery.await.map_err(Refused::Unavailable)?;
        // Of others' leads nobody is told that they are there.
        let is_theirs = |row: &DeliveryRow| {
            let own = request.destination.as_ref();
            own.is_none_or(|own| *own == row.destination)
        };
        let Some(delivery) = delivery.filter(is_theirs) else {
            problems.insert(0, delivery_not_found(&request.subject));
            return Err(Refused::Problems(problems));
        };
        if !problems.is_empty() {
            return Err(Refused::Problems(problems));
        }
        let click = self.postbacks.click_of_delivery(&delivery).await;
        let ReturnRequest {
            subject: _,
            key,
            reason,
            kind,
            by,
            destination,
        } = request;
        self.take(PreparedReturn::Request(RequestedReturn {
            click: click.map_err(Refused::Unavailable)?,
            kind,
            origin: match destination {
                Some(_) => ReturnOrigin::Token,
                None => ReturnOrigin::Operator,
            },
            key,
            reason: Some(reason),
            by,
        }))
        .await
    }

    /// Decides about a return, or reverses one. What is so already stays so.
    ///
    /// * `note`: what is said to it; empty: nothing.
    /// * `by`: who decides.
    ///
    /// # Errors
    ///
    /// [`Refused::Problems`] for all that speaks against it, [`Refused::Busy`], [`Refused::Unavailable`],
    /// [`Refused::Stopping`].
    pub async fn decide(
        &self,
        id: Option<Id<kinds::Return>>,
        verdict: ReturnVerdict,
        note: &str,
        by: &str,
    ) -> Result<LeadReturn, Refused> {
        let mut problems: Vec<_> = check_note(note).into_iter().collect();
        let read = self.store.read();
        let found = match id {
            Some(id) => read.find_return(&id.to_string()).await,
            None => Ok(None),
        };
        let Some(row) = found.map_err(Refused::Unavailable)? else {
            problems.insert(0, not_found("id", "return with this id"));
            return Err(Refused::Problems(problems));
        };
        if !problems.is_empty() {
            return Err(Refused::Problems(problems));
        }
        let delivery = read.find_delivery(&row.delivery_id).await;
        let delivery = delivery.map_err(Refused::Unavailable)?;
        let delivery = delivery.ok_or_else(|| Refused::Unreadable {
            what: format!("the delivery of return {}", row.id),
        })?;
        let click = self.postbacks.click_of_delivery(&delivery).await;
        self.take(PreparedReturn::Decide(DecidedReturn {
            id: row.id,
            click: click.map_err(Refused::Unavailable)?,
            verdict,
            note: Some(note.trim().to_owned()).filter(|note| !note.is_empty()),
            by: by.to_owned(),
        }))
        .await
    }

    async fn delivery_of(&self, subject: &ReturnSubject) -> Result<Option<DeliveryRow>, Error> {
        let read = self.store.read();
        match subject {
            ReturnSubject::Delivery(id) => match id.parse::<Id<kinds::Delivery>>() {
                Ok(id) => read.find_delivery(&id.to_string()).await,
                Err(_) => Ok(None),
            },
            ReturnSubject::Click(click) => match click.parse::<Id<kinds::Click>>() {
                Ok(click) => read.find_delivery_by_click(&click.to_string()).await,
                Err(_) => Ok(None),
            },
        }
    }

    async fn take(&self, prepared: PreparedReturn) -> Result<LeadReturn, Refused> {
        let (reply, taken) = oneshot::channel();
        self.sequencer.offer(Command::Return {
            prepared: Box::new(prepared),
            reply,
        })?;
        let taken = tokio::time::timeout(RETURN_MAX, taken).await;
        let row = taken
            .map_err(|_| Refused::Busy)?
            .map_err(|_| Refused::Stopping)??;
        LeadReturn::of(row).map_err(|error| Refused::Unreadable {
            what: error.to_string(),
        })
    }
}
