//! Postbacks in: made ready in the caller's task, so that the sequencer's transaction has little left to do.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use pointsman_history::Clock;
use pointsman_lead::{Postback, Problem};
use pointsman_store::{DeliveryRow, Error, ParkedReason, Store};
use tokio::sync::oneshot;

use crate::{
    PostbackOutcome, Refused, ident,
    postback::{Click, KnownPostback, PreparedPostback, Terms, aside},
    sequencer::{Command, SequencerHandle},
};
use terms::KnownTerms;

mod replay;
mod terms;

/// Longest wait of a postback to be stored. It may still come to be stored after that; sent again, it
/// changes nothing.
const POSTBACK_MAX: Duration = Duration::from_secs(30);

/// Takes in what destinations report. Cheap to clone; clones are the same.
#[derive(Debug, Clone)]
pub struct Postbacks {
    store: Store,
    sequencer: SequencerHandle,
    clock: Clock,
    terms: Arc<KnownTerms>,
}

impl Postbacks {
    pub(crate) fn new(store: Store, sequencer: SequencerHandle, clock: Clock) -> Self {
        Self {
            store,
            sequencer,
            clock,
            terms: Arc::default(),
        }
    }

    /// Takes in what a destination reports: the parameters of a postback. One that is refused or cannot be
    /// applied is kept, with the reason, where [`History::parked_postbacks`](pointsman_history::History::parked_postbacks) finds it.
    ///
    /// * `destination`: whose token it came with; `None` for one that speaks for all of them.
    /// * `problems`: what its endpoint found wrong with it.
    ///
    /// # Errors
    ///
    /// [`Refused::Problems`] for all that is wrong with it, [`Refused::Busy`], [`Refused::Unavailable`],
    /// [`Refused::Stopping`].
    pub async fn report(
        &self,
        params: &BTreeMap<String, String>,
        destination: Option<String>,
        problems: Vec<Problem>,
    ) -> Result<PostbackOutcome, Refused> {
        let (ready, problems) = self.read_report(params, destination, problems).await?;
        let outcome = self.take_report(ready).await?;
        if problems.is_empty() {
            Ok(outcome)
        } else {
            Err(Refused::Problems(problems))
        }
    }

    async fn take_report(&self, ready: PreparedPostback) -> Result<PostbackOutcome, Refused> {
        let (reply, outcome) = oneshot::channel();
        self.sequencer.offer(Command::Postback {
            postback: ready,
            reply,
        })?;
        let outcome = tokio::time::timeout(POSTBACK_MAX, outcome).await;
        outcome
            .map_err(|_| Refused::Busy)?
            .map_err(|_| Refused::Stopping)?
    }

    /// Reads a postback: what is to be done with it, and all that is wrong with it.
    async fn read_report(
        &self,
        params: &BTreeMap<String, String>,
        destination: Option<String>,
        mut problems: Vec<Problem>,
    ) -> Result<(PreparedPostback, Vec<Problem>), Refused> {
        match Postback::from_params(params) {
            Ok(postback) if problems.is_empty() => self.made_ready(postback, destination).await,
            read => {
                problems.extend(read.err().into_iter().flatten());
                let now = self.clock.now();
                let row = aside(
                    params,
                    "",
                    destination,
                    ParkedReason::Refused,
                    &problems,
                    now,
                );
                Ok((PreparedPostback::Park(Box::new(row)), problems))
            }
        }
    }

    /// Finds what a postback is about, and what is wrong with it.
    async fn made_ready(
        &self,
        postback: Postback,
        token_of: Option<String>,
    ) -> Result<(PreparedPostback, Vec<Problem>), Refused> {
        let found = self
            .click_of(&postback)
            .await
            .map_err(Refused::Unavailable)?;
        let now = self.clock.now();
        let keep = |click: &str, reason, problems: &[Problem]| {
            let row = aside(
                &postback.raw,
                click,
                token_of.clone(),
                reason,
                problems,
                now,
            );
            PreparedPostback::Park(Box::new(row))
        };
        let Some(click) = found else {
            let first = postback.clicks.first().map_or("", String::as_str);
            return Ok((keep(first, ParkedReason::UnknownClick, &[]), Vec::new()));
        };
        // Somebody else's click: a token speaks for its own destination only.
        if token_of
            .as_ref()
            .is_some_and(|name| *name != click.destination)
        {
            let other = keep(&click.id.to_string(), ParkedReason::OtherDestination, &[]);
            return Ok((other, Vec::new()));
        }
        let report = KnownPostback {
            postback: postback.clone(),
            click,
            token_of: token_of.clone(),
            accepted: 0,
        };
        if let Some(problem) = report.wrong_currency() {
            let problems = vec![problem];
            let refused = keep(
                &report.click.id.to_string(),
                ParkedReason::Refused,
                &problems,
            );
            return Ok((refused, problems));
        }
        Ok((PreparedPostback::Apply(Box::new(report)), Vec::new()))
    }

    /// What never changes of an offer.
    pub(crate) async fn click_of_delivery(&self, delivery: &DeliveryRow) -> Result<Click, Error> {
        let read = self.store.read();
        let decision = read.find_decision(&delivery.decision_id).await?;
        let decision = decision.ok_or_else(|| Error::Corrupt {
            what: format!("delivery {} has no decision", delivery.id),
        })?;
        let terms = &self.terms;
        let terms = terms
            .of(&read, &decision.catalog_hash, &delivery.destination)
            .await?;
        click_of(delivery, terms)
    }

    async fn click_of(&self, postback: &Postback) -> Result<Option<Click>, Error> {
        let read = self.store.read();
        let known = read.find_deliveries_by_clicks(&postback.clicks).await?;
        let named = |click: &String| known.iter().find(|delivery| delivery.click_id == *click);
        let Some(delivery) = postback.clicks.iter().find_map(named) else {
            return Ok(None);
        };
        Ok(Some(self.click_of_delivery(delivery).await?))
    }
}

fn click_of(delivery: &DeliveryRow, terms: Terms) -> Result<Click, Error> {
    Ok(Click {
        id: ident::stored(&delivery.click_id)?,
        delivery_id: ident::stored(&delivery.id)?,
        lead_id: ident::stored(&delivery.lead_id)?,
        decision_id: ident::stored(&delivery.decision_id)?,
        destination: delivery.destination.clone(),
        terms,
    })
}
