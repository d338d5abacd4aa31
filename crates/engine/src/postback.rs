//! Postbacks: made ready in the caller's task, so that the writer's transaction has little left to do.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use pointsman_flow::{Catalog, Pays};
use pointsman_history::Clock;
use pointsman_lead::{Currency, Micros, Postback, Problem, Timestamp, kinds};
use pointsman_store::{DeliveryRow, Error, ParkedPostbackRow, ParkedReason, Read, Store};
use serde::Serialize;
use tokio::sync::oneshot;

use crate::{
    Refused, ident,
    sequencer::{Command, SequencerHandle},
};

mod replay;

/// What a postback did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PostbackOutcome {
    /// It was new, and it counts.
    Applied,
    /// It was known; nothing changed.
    Duplicate,
    /// It is not about an offer that was accepted; it is kept.
    Parked,
}

/// What the sequencer is to do with a postback.
#[derive(Debug)]
pub(crate) enum PreparedPostback {
    /// Apply it, if its offer was accepted.
    Apply(Box<KnownPostback>),
    /// Keep it where a person can see it.
    Park(Box<ParkedPostbackRow>),
}

/// A postback whose click is known.
#[derive(Debug, Clone)]
pub(crate) struct KnownPostback {
    pub(crate) postback: Postback,
    pub(crate) click: Click,
    /// Whose token it came with; `None` for one of all destinations.
    pub(crate) token_of: Option<String>,
}

/// What never changes of an offer, as far as its postbacks need it.
#[derive(Debug, Clone)]
pub(crate) struct Click {
    pub(crate) id: String,
    pub(crate) delivery_id: String,
    pub(crate) lead_id: String,
    pub(crate) decision_id: String,
    pub(crate) destination: String,
    pub(crate) terms: Terms,
}

/// What money is counted in, and what a sale is worth that names no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Terms {
    pub(crate) currency: Currency,
    pub(crate) usual: Option<Micros>,
}

impl Terms {
    /// * `price`: what the destination pays for a lead, if that is fixed.
    pub(crate) fn new(currency: Currency, pays: Pays, price: Option<Micros>) -> Self {
        Self {
            currency,
            usual: price.filter(|_| pays == Pays::Conversion),
        }
    }
}

impl PreparedPostback {
    /// The click that it names, and whose token it came with.
    pub(crate) fn subject(&self) -> (&str, Option<&str>) {
        match self {
            Self::Apply(report) => (&report.click.id, report.token_of.as_deref()),
            Self::Park(row) => (&row.click_id, row.destination.as_deref()),
        }
    }
}

impl KnownPostback {
    /// What is wrong with its currency.
    pub(crate) fn wrong_currency(&self) -> Option<Problem> {
        let flow = self.click.terms.currency;
        let named = self.postback.currency.filter(|mark| !mark.allows(flow))?;
        let named = match named {
            pointsman_lead::CurrencyMark::One(named) => named.to_string(),
            pointsman_lead::CurrencyMark::AnyOf(several) => several.join(" or "),
        };
        let message = format!("this lead was sold in {flow}, not in {named}");
        let hint = format!("convert the amount and send currency={flow}");
        Some(Problem::new("wrong_currency", "currency", message).hint(hint))
    }
}

/// The terms of catalogs that were asked for lately, by hash and destination: a catalog is read once and
/// not for each postback.
#[derive(Debug, Default)]
struct KnownTerms(RwLock<BTreeMap<String, Arc<BTreeMap<String, Terms>>>>);

/// Longest wait of a postback to be stored. It may still come to be stored after that; sent again, it
/// changes nothing.
const POSTBACK_MAX: Duration = Duration::from_secs(30);
/// Most catalogs whose terms are remembered.
const CATALOGS_MAX: usize = 256;

impl KnownTerms {
    async fn of(&self, read: &Read<'_>, hash: &str, destination: &str) -> Result<Terms, Error> {
        let known = self
            .0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(hash)
            .cloned();
        let terms = match known {
            Some(terms) => terms,
            None => self.read(read, hash).await?,
        };
        terms
            .get(destination)
            .copied()
            .ok_or_else(|| Error::Corrupt {
                what: format!("catalog {hash} does not know {destination}"),
            })
    }

    async fn read(
        &self,
        read: &Read<'_>,
        hash: &str,
    ) -> Result<Arc<BTreeMap<String, Terms>>, Error> {
        let row = read.find_catalog(hash).await?;
        let catalog: Option<Catalog> = row.and_then(|row| Catalog::from_stored(&row.body).ok());
        let catalog = catalog.ok_or_else(|| Error::Corrupt {
            what: format!("catalog {hash} cannot be read"),
        })?;
        let destinations = catalog.destinations.into_iter().map(|(name, settings)| {
            let terms = Terms::new(catalog.currency, settings.pays, settings.price);
            (name, terms)
        });
        let terms = Arc::new(destinations.collect());
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= CATALOGS_MAX {
            known.clear();
        }
        known.insert(hash.to_owned(), Arc::clone(&terms));
        Ok(terms)
    }
}

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
    /// applied is kept, with the reason, where [`Read::parked_postbacks`] finds it.
    ///
    /// * `destination`: whose token it came with; `None` for one that speaks for all of them.
    /// * `problems`: what its door found wrong with it.
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
            let other = keep(&click.id, ParkedReason::OtherDestination, &[]);
            return Ok((other, Vec::new()));
        }
        let report = KnownPostback {
            postback: postback.clone(),
            click,
            token_of: token_of.clone(),
        };
        if let Some(problem) = report.wrong_currency() {
            let problems = vec![problem];
            let refused = keep(&report.click.id, ParkedReason::Refused, &problems);
            return Ok((refused, problems));
        }
        Ok((PreparedPostback::Apply(Box::new(report)), Vec::new()))
    }

    async fn click_of(&self, postback: &Postback) -> Result<Option<Click>, Error> {
        let read = self.store.read();
        let known = read.find_deliveries_by_clicks(&postback.clicks).await?;
        let named = |click: &String| known.iter().find(|delivery| delivery.click_id == *click);
        let Some(delivery) = postback.clicks.iter().find_map(named) else {
            return Ok(None);
        };
        let decision = read.find_decision(&delivery.decision_id).await?;
        let decision = decision.ok_or_else(|| Error::Corrupt {
            what: format!("delivery {} has no decision", delivery.id),
        })?;
        let terms = &self.terms;
        let terms = terms
            .of(&read, &decision.catalog_hash, &delivery.destination)
            .await?;
        Ok(Some(click_of(delivery, terms)))
    }
}

fn click_of(delivery: &DeliveryRow, terms: Terms) -> Click {
    Click {
        id: delivery.click_id.clone(),
        delivery_id: delivery.id.clone(),
        lead_id: delivery.lead_id.clone(),
        decision_id: delivery.decision_id.clone(),
        destination: delivery.destination.clone(),
        terms,
    }
}

/// A postback to keep where a person can see it.
pub(crate) fn aside(
    params: &BTreeMap<String, String>,
    click_id: &str,
    destination: Option<String>,
    reason: ParkedReason,
    problems: &[Problem],
    at: Timestamp,
) -> ParkedPostbackRow {
    // Plain maps and records become JSON without fail.
    let raw_body = serde_json::to_string(params).unwrap_or_default();
    let owner = destination.as_deref().unwrap_or_default();
    // Whose token it came with is part of the key, so that nobody shuts out another's postback.
    let key = format!("{reason:?}\u{1f}{owner}\u{1f}{raw_body}");
    ParkedPostbackRow {
        id: ident::id::<kinds::Postback>(at),
        click_id: click_id.to_owned(),
        natural_key: ident::fingerprint(&key),
        raw_body,
        received_at: at.0,
        destination,
        reason: Some(reason),
        problems_body: (!problems.is_empty())
            .then(|| serde_json::to_string(problems).unwrap_or_default()),
        times: 1,
    }
}
