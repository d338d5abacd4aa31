//! Requests that came before under the same idempotency key: they are answered as they were then.

use std::collections::BTreeMap;

use pointsman_lead::{Id, kinds};
use pointsman_store::{Error, LeadRow, LeadStatus, Mode as StoredMode, WriteTx};

use super::{
    command::Command,
    reply::{Advance, Reply},
};
use crate::{LeadOutcome, LeadState, Mode, Refused, active_lead::ActiveLead, ident};

/// A source and its key.
pub(super) type Key = (String, String);
/// The leads whose keys came before.
pub(crate) type Known = BTreeMap<Key, KnownLead>;

/// A lead whose key came before.
#[derive(Debug)]
pub(crate) struct KnownLead {
    lead: LeadRow,
    /// Its decision; absent for a lead that has ended.
    decision_id: Option<Id<kinds::Decision>>,
}

/// The key that a request names.
pub(super) fn key_of(active: &ActiveLead) -> Option<Key> {
    Some((active.source.clone(), active.idempotency_key.clone()?))
}

/// Looks for the leads of all keys at once.
pub(super) async fn find(commands: &[Command], tx: &WriteTx) -> Result<Known, Error> {
    let keys = commands.iter().filter_map(|command| match command {
        Command::Accept { active, .. } => key_of(active),
        _ => None,
    });
    let keys: Vec<Key> = keys.collect();
    if keys.is_empty() {
        return Ok(Known::new());
    }
    let leads = tx.read().find_leads_by_keys(&keys).await?;
    let is_open = |lead: &&LeadRow| lead.status == LeadStatus::Queued;
    let open: Vec<String> = leads
        .iter()
        .filter(is_open)
        .map(|it| it.id.clone())
        .collect();
    let mut decision_ids = BTreeMap::new();
    if !open.is_empty() {
        let decisions = tx.read().decisions_of_leads(&open).await?;
        for decision in decisions {
            decision_ids.insert(decision.lead_id, ident::stored(&decision.id)?);
        }
    }
    let known = leads.into_iter().filter_map(|lead| {
        let key = (lead.source.clone(), lead.idempotency_key.clone()?);
        let decision_id = decision_ids.remove(&lead.id);
        Some((key, KnownLead::new(lead, decision_id)))
    });
    Ok(known.collect())
}

impl KnownLead {
    pub(super) fn new(lead: LeadRow, decision_id: Option<Id<kinds::Decision>>) -> Self {
        Self { lead, decision_id }
    }

    /// The answer to the same request again: the stored outcome, or that it is queued if its sender
    /// did not want to wait for more.
    pub(super) fn answer(&self, again: &ActiveLead) -> Result<Advance, Refused> {
        let Self { lead, decision_id } = self;
        let key = lead.idempotency_key.clone().unwrap_or_default();
        if !again.is_of_request(&lead.fingerprint) {
            return Err(Refused::KeyReused(key));
        }
        match (lead.status, lead.mode) {
            (LeadStatus::Queued, StoredMode::Async) => {
                let unreadable = |what: &str| Refused::Unreadable {
                    what: format!("the {what} of lead {}", lead.id),
                };
                Ok(repeated(LeadOutcome {
                    lead_id: lead.id.parse().map_err(|_| unreadable("id"))?,
                    decision_id: decision_id.ok_or_else(|| unreadable("decision"))?,
                    ..again.outcome(LeadState::Queued, None)
                }))
            }
            (LeadStatus::Queued, StoredMode::Sync) => Err(Refused::InProgress(key)),
            _ => {
                let body = lead.response_body.as_deref();
                let outcome = body.and_then(|body| serde_json::from_str(body).ok());
                outcome.map(repeated).ok_or_else(|| Refused::Unreadable {
                    what: format!("the response of lead {}", lead.id),
                })
            }
        }
    }
}

/// The same for a request whose first is in the same transaction.
pub(super) fn of_this_batch(
    first: &Command,
    answer: Option<&Reply>,
    again: &ActiveLead,
) -> Result<Advance, Refused> {
    let key = again.idempotency_key.clone().unwrap_or_default();
    let Command::Accept { active, .. } = first else {
        return Err(Refused::InProgress(key));
    };
    if !again.is_of_request(&active.fingerprint) {
        return Err(Refused::KeyReused(key));
    }
    match answer {
        Some(Reply::Lead(Ok(Advance::Ended(outcome)))) => Ok(repeated(LeadOutcome::clone(outcome))),
        Some(Reply::Lead(Ok(Advance::OnItsWay(first)))) if first.mode == Mode::Async => {
            Ok(repeated(first.outcome(LeadState::Queued, None)))
        }
        _ => Err(Refused::InProgress(key)),
    }
}

fn repeated(outcome: LeadOutcome) -> Advance {
    Advance::Repeated(Box::new(LeadOutcome {
        replayed: true,
        ..outcome
    }))
}
