//! One transaction's worth of commands: first all walks, then all postbacks.

use std::collections::BTreeMap;

use pointsman_bandit::Observation;
use pointsman_lead::Timestamp;
use pointsman_store::{
    AttemptFinish, AttemptRow, BidsUpdate, DecisionEnd, DecisionRow, DecisionStepRow, DeliveryRow,
    DeliveryUpdate, Error, LeadRow, LeadUpdate, WriteTx,
};

use super::{Command, Sequencer, money, repeat, reply::Reply};
use crate::{postback::Click, step_result::StepResult};
use repeat::{Key, Known, key_of};

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

/// What a batch came to: replies and what bandits learn from, both for after the commit.
#[derive(Debug)]
pub(crate) struct Written {
    /// One for each command, in their order.
    pub(crate) answers: Vec<Reply>,
    pub(crate) observations: Vec<Observation>,
}

/// What commands come to before any of it is written.
#[derive(Debug, Default)]
pub(crate) struct Decided {
    pub(crate) rows: Rows,
    /// One for each command, in their order; absent for those that this does not decide.
    pub(crate) answers: Vec<Option<Reply>>,
}

/// Does everything but the commit. The commands stay as they are, to be done again if this fails.
pub(crate) async fn write(
    commands: &[Command],
    tx: &WriteTx,
    sequencer: &mut Sequencer,
    at: Timestamp,
) -> Result<Written, Error> {
    let known = repeat::find(commands, tx).await?;
    let Decided {
        mut rows,
        mut answers,
    } = decide(commands, &known, sequencer, at);
    rows.write(tx).await?;
    for lead_id in std::mem::take(&mut rows.reported) {
        money::settle_status(tx, &lead_id).await?;
    }
    for (command, answer) in commands.iter().zip(&mut answers) {
        match command {
            Command::Postback { postback, .. } => {
                let observations = &mut rows.observations;
                let taken = money::take(tx, sequencer, postback, at, observations).await?;
                *answer = Some(Reply::Postback(Ok(taken)));
            }
            Command::Probe { .. } => tx.try_room().await?,
            _ => {}
        }
    }
    for click in std::mem::take(&mut rows.settled_clicks) {
        if sequencer.parked.remove(&click.id) {
            money::take_parked(tx, sequencer, &click, at, &mut rows.observations).await?;
        }
    }
    let answers = answers.into_iter();
    Ok(Written {
        answers: answers
            .map(|answer| answer.unwrap_or(Reply::Ready))
            .collect(),
        observations: rows.observations,
    })
}

/// Takes the next step of each lead, in memory alone: commands in, rows and answers out.
///
/// * `known`: the leads whose keys came before.
pub(crate) fn decide(
    commands: &[Command],
    known: &Known,
    sequencer: &mut Sequencer,
    at: Timestamp,
) -> Decided {
    let mut decided = Decided::default();
    decided.answers.resize_with(commands.len(), || None);
    let Decided { rows, answers } = &mut decided;
    // Answers first: they give cap units back that new leads may take.
    for (command, answer) in commands.iter().zip(&mut *answers) {
        if let Command::Settle { active, result, .. } = command {
            let active = active.clone();
            let advance = match result {
                StepResult::Offer(result) => sequencer.settle(active, result, at, rows),
                StepResult::Bids(bids) => sequencer.take_bids(active, bids, at, rows),
            };
            *answer = Some(Reply::Step(advance));
        }
    }
    let mut fresh: BTreeMap<Key, usize> = BTreeMap::new();
    for (position, command) in commands.iter().enumerate() {
        let Command::Accept { active, .. } = command else {
            continue;
        };
        let key = key_of(active);
        let before = key.as_ref().and_then(|key| fresh.get(key).copied());
        let answer = if let Some(lead) = key.as_ref().and_then(|key| known.get(key)) {
            lead.answer(active)
        } else if let Some(before) = before {
            repeat::of_this_batch(&commands[before], answers[before].as_ref(), active)
        } else {
            let advance = sequencer.accept(active.clone(), at, rows);
            fresh.extend(key.map(|key| (key, position)));
            Ok(advance)
        };
        answers[position] = Some(Reply::Lead(answer));
    }
    decided
}
