//! One transaction's worth of commands: first all walks, then all postbacks, then the answers.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use pointsman_bandit::Observation;
use pointsman_lead::Timestamp;
use pointsman_store::{
    AttemptFinish, AttemptRow, BidsUpdate, DecisionEnd, DecisionRow, DecisionStepRow, DeliveryRow,
    DeliveryUpdate, Error, LeadRow, LeadStatus, LeadUpdate, WriteTx,
};
use tokio::sync::oneshot;

use crate::{
    LeadOutcome, PostbackOutcome, Refused,
    flight::Flight,
    postback::{Click, Ready},
    writer::{Command, Desk, Moved, News, desk::Stand, money},
};

/// The rows that a batch writes.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub(crate) leads: Vec<LeadRow>,
    pub(crate) decisions: Vec<DecisionRow>,
    pub(crate) steps: Vec<DecisionStepRow>,
    pub(crate) bids: Vec<BidsUpdate>,
    pub(crate) deliveries: Vec<DeliveryRow>,
    pub(crate) attempts: Vec<AttemptRow>,
    pub(crate) delivery_updates: Vec<DeliveryUpdate>,
    pub(crate) attempt_finishes: Vec<AttemptFinish>,
    pub(crate) decision_ends: BTreeMap<String, DecisionEnd>,
    pub(crate) lead_updates: BTreeMap<String, LeadUpdate>,
    pub(crate) observations: Vec<Observation>,
    /// What acceptances earned, by lead.
    pub(crate) revenue: BTreeMap<String, i64>,
    /// Clicks of the offers that were answered in this batch.
    pub(crate) settled_clicks: Vec<Click>,
    /// Leads that ended in this batch, and of which something was reported before.
    pub(crate) reported: Vec<String>,
}

impl Rows {
    /// A walk that ended at its first step is inserted in its final state.
    pub(crate) fn end_at_once(&mut self, lead_id: &str, decision_id: &str) {
        if let (Some(update), Some(lead)) =
            (self.lead_updates.remove(lead_id), self.leads.last_mut())
        {
            let LeadUpdate {
                id: _,
                status,
                response_body,
                settled_at,
            } = update;
            lead.status = status;
            lead.response_body = response_body;
            lead.settled_at = settled_at;
        }
        if let (Some(end), Some(decision)) = (
            self.decision_ends.remove(decision_id),
            self.decisions.last_mut(),
        ) {
            let DecisionEnd {
                id: _,
                end_state,
                end_reason,
                ended_seq,
            } = end;
            decision.end_state = Some(end_state);
            decision.end_reason = end_reason;
            decision.ended_seq = Some(ended_seq);
        }
    }

    async fn write(&mut self, tx: &WriteTx) -> Result<(), Error> {
        tx.insert_leads(std::mem::take(&mut self.leads)).await?;
        tx.insert_decisions(std::mem::take(&mut self.decisions))
            .await?;
        tx.insert_steps(std::mem::take(&mut self.steps)).await?;
        tx.update_bids(std::mem::take(&mut self.bids)).await?;
        tx.insert_deliveries(std::mem::take(&mut self.deliveries))
            .await?;
        tx.insert_attempts(std::mem::take(&mut self.attempts))
            .await?;
        tx.update_deliveries(std::mem::take(&mut self.delivery_updates))
            .await?;
        tx.finish_attempts(std::mem::take(&mut self.attempt_finishes))
            .await?;
        tx.end_decisions(
            std::mem::take(&mut self.decision_ends)
                .into_values()
                .collect(),
        )
        .await?;
        tx.update_leads(
            std::mem::take(&mut self.lead_updates)
                .into_values()
                .collect(),
        )
        .await?;
        tx.add_revenue(std::mem::take(&mut self.revenue).into_iter().collect())
            .await
    }
}

#[derive(Debug)]
struct Accept {
    flight: Box<Flight>,
    reply: oneshot::Sender<Result<Moved, Refused>>,
    result: Option<Result<Moved, Refused>>,
}

#[derive(Debug)]
struct Settle {
    flight: Box<Flight>,
    news: News,
    reply: oneshot::Sender<Result<Moved, Error>>,
    result: Option<Moved>,
}

#[derive(Debug)]
struct Incoming {
    ready: Ready,
    reply: oneshot::Sender<Result<PostbackOutcome, Refused>>,
    result: Option<PostbackOutcome>,
}

/// Commands, their rows, and their answers.
#[derive(Debug)]
pub(crate) struct Batch {
    accepts: Vec<Accept>,
    settles: Vec<Settle>,
    postbacks: Vec<Incoming>,
    rows: Rows,
}

impl Batch {
    pub(crate) fn new(commands: Vec<Command>) -> Self {
        let mut batch = Self {
            accepts: Vec::new(),
            settles: Vec::new(),
            postbacks: Vec::new(),
            rows: Rows::default(),
        };
        for command in commands {
            match command {
                Command::Accept { flight, reply } => batch.accepts.push(Accept {
                    flight,
                    reply,
                    result: None,
                }),
                Command::Settle {
                    flight,
                    news,
                    reply,
                } => {
                    batch.settles.push(Settle {
                        flight,
                        news,
                        reply,
                        result: None,
                    });
                }
                Command::Postback { ready, reply } => batch.postbacks.push(Incoming {
                    ready,
                    reply,
                    result: None,
                }),
                // The writer answers them itself.
                Command::Look { .. } => {}
            }
        }
        batch
    }

    /// Does everything but the commit.
    pub(crate) async fn run(
        &mut self,
        tx: &WriteTx,
        desk: &mut Desk,
        at: Timestamp,
    ) -> Result<(), Error> {
        // Answers first: they give cap units back that new leads may take.
        for settle in &mut self.settles {
            let (flight, rows) = (&mut settle.flight, &mut self.rows);
            let stand = match &settle.news {
                News::Answer(report) => desk.settle(flight, report, at, rows),
                News::Bids(bids) => desk.take_bids(flight, bids, at, rows),
            };
            settle.result = Some(moved(stand, &settle.flight));
        }
        self.accept_all(tx, desk, at).await?;
        self.rows.write(tx).await?;
        for lead_id in std::mem::take(&mut self.rows.reported) {
            money::settle_status(tx, &lead_id).await?;
        }
        for report in &mut self.postbacks {
            let observations = &mut self.rows.observations;
            let taken = money::take(tx, desk, &report.ready, at, observations).await?;
            report.result = Some(taken);
        }
        for click in std::mem::take(&mut self.rows.settled_clicks) {
            if desk.parked.remove(&click.id) {
                money::take_parked(tx, desk, &click, at, &mut self.rows.observations).await?;
            }
        }
        Ok(())
    }

    async fn accept_all(
        &mut self,
        tx: &WriteTx,
        desk: &mut Desk,
        at: Timestamp,
    ) -> Result<(), Error> {
        let keys: Vec<(String, String)> = self
            .accepts
            .iter()
            .filter_map(|accept| key_of(&accept.flight))
            .collect();
        let known: BTreeMap<(String, String), LeadRow> = if keys.is_empty() {
            BTreeMap::new()
        } else {
            let rows = tx.read().find_leads_by_keys(&keys).await?;
            rows.into_iter()
                .filter_map(|row| Some(((row.source.clone(), row.idempotency_key.clone()?), row)))
                .collect()
        };
        let mut fresh: BTreeSet<(String, String)> = BTreeSet::new();
        for accept in &mut self.accepts {
            let key = key_of(&accept.flight);
            if let Some(row) = key.as_ref().and_then(|key| known.get(key)) {
                accept.result = Some(answered_before(row, &accept.flight));
            } else if let Some((_, name)) = key.clone().filter(|key| !fresh.insert(key.clone())) {
                accept.result = Some(Err(Refused::InProgress(name)));
            } else {
                let stand = desk.accept(&mut accept.flight, at, &mut self.rows);
                accept.result = Some(Ok(moved(stand, &accept.flight)));
            }
        }
        Ok(())
    }

    /// Answers every command after the commit, and gives what there is to learn.
    pub(crate) fn answer(self) -> Vec<Observation> {
        let Self {
            accepts,
            settles,
            postbacks,
            rows,
        } = self;
        // A sender that has gone away misses its answer; what it asked for is done all the same.
        for Accept { reply, result, .. } in accepts {
            let _ = reply.send(result.unwrap_or(Err(Refused::Stopping)));
        }
        for Settle {
            reply,
            result,
            flight,
            ..
        } in settles
        {
            let _ =
                reply.send(Ok(result.unwrap_or_else(|| {
                    Moved::Done(Box::new(flight.outcome("queued", None)))
                })));
        }
        for Incoming { reply, result, .. } in postbacks {
            let _ = reply.send(result.ok_or(Refused::Stopping));
        }
        rows.observations
    }

    /// Tells every command that nothing was stored.
    pub(crate) fn refuse(self, error: &Arc<Error>) {
        let unavailable = || Error::Unavailable {
            source: Arc::clone(error).into(),
        };
        let Self {
            accepts,
            settles,
            postbacks,
            rows: _,
        } = self;
        for Accept { reply, .. } in accepts {
            let _ = reply.send(Err(Refused::Unavailable(unavailable())));
        }
        for Settle { reply, .. } in settles {
            let _ = reply.send(Err(unavailable()));
        }
        for Incoming { reply, .. } in postbacks {
            let _ = reply.send(Err(Refused::Unavailable(unavailable())));
        }
    }
}

fn moved(stand: Stand, flight: &Flight) -> Moved {
    match stand {
        Stand::OnItsWay => Moved::OnItsWay(Box::new(flight.clone())),
        Stand::Ended(outcome) => Moved::Done(Box::new(outcome)),
    }
}

fn key_of(flight: &Flight) -> Option<(String, String)> {
    Some((flight.source.clone(), flight.idempotency_key.clone()?))
}

/// The answer to a request whose key is known.
fn answered_before(row: &LeadRow, flight: &Flight) -> Result<Moved, Refused> {
    let key = row.idempotency_key.clone().unwrap_or_default();
    if row.fingerprint != flight.fingerprint {
        return Err(Refused::KeyReused(key));
    }
    if row.status == LeadStatus::Queued {
        return Err(Refused::InProgress(key));
    }
    let stored = row
        .response_body
        .as_deref()
        .and_then(|body| serde_json::from_str::<LeadOutcome>(body).ok());
    match stored {
        Some(outcome) => Ok(Moved::Replayed(Box::new(LeadOutcome {
            replayed: true,
            ..outcome
        }))),
        None => Err(Refused::InProgress(key)),
    }
}
