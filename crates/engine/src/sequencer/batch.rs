//! One transaction's worth of commands: first all walks, then all postbacks.

use std::collections::BTreeMap;

use pointsman_bandit::Observation;
use pointsman_history::{Committed, HeldKeys, record::json};
use pointsman_lead::Timestamp;
use pointsman_store::{Error, WriteTx};

use super::{
    changed::Changed,
    command::Command,
    held, late,
    late_answer::LateAnswer,
    memory::Memory,
    money, release,
    repeat::{self, Key, Known, key_of},
    reply::{Advance, Reply},
    returns,
    rows::Rows,
};
use crate::{
    Refused, ReleaseOutcome, active_lead::ActiveLead, release::PreparedRelease,
    step_result::StepResult,
};

/// What a batch came to: replies and what bandits learn from, both for after the commit.
#[derive(Debug)]
pub(crate) struct Written {
    /// One for each command, in their order.
    pub(crate) answers: Vec<Reply>,
    pub(crate) observations: Vec<Observation>,
    /// The last number in commit order that it gave out.
    pub(crate) number: i64,
    /// Bytes that it added to the commit log.
    pub(crate) n_logged: usize,
}

/// What commands come to before any of it is written.
#[derive(Debug, Default)]
pub(crate) struct Decided {
    pub(crate) rows: Rows,
    /// One for each command, in their order; absent for those that this does not decide.
    pub(crate) answers: Vec<Option<Reply>>,
}

/// Does everything but the commit. The commands stay as they are, to be done again if this fails.
///
/// * `memory`: of everything up to the number that the transaction begins with.
pub(crate) async fn write(
    commands: &[Command],
    tx: &WriteTx,
    memory: &mut Memory,
    at: Timestamp,
) -> Result<Written, Error> {
    let known = repeat::find(commands, tx).await?;
    let held = held::find(commands, tx).await?;
    let released = Box::pin(release::find(commands, tx)).await?;
    let Decided {
        mut rows,
        mut answers,
    } = decide(commands, &known, held, memory, tx.order().revision, at);
    release::decide(commands, &mut answers, released, (memory, &mut rows), at);
    rows.write(tx).await?;
    held::write(&rows.held, tx).await?;
    for lead_id in std::mem::take(&mut rows.reported) {
        money::settle_status(tx, lead_id).await?;
    }
    let mut committed = std::mem::take(&mut rows.committed);
    let mut changed = Changed {
        memory,
        committed: &mut committed,
    };
    for (command, answer) in commands.iter().zip(&mut answers) {
        match command {
            Command::Postback { postback, .. } => {
                let taken = money::take(tx, postback, at, &mut changed).await?;
                *answer = Some(Reply::Postback(Ok(taken)));
            }
            Command::Release { release, .. } => {
                // Boxed: rare, and larger than all that is common.
                Box::pin(take_release(tx, release, answer, at, &mut changed)).await?;
            }
            Command::Return { prepared, .. } => {
                let taken = Box::pin(returns::take(tx, prepared, at, &mut changed)).await?;
                *answer = Some(Reply::Return(Box::new(taken)));
            }
            Command::Probe { .. } => tx.try_room().await?,
            _ => {}
        }
    }
    for click in std::mem::take(&mut rows.settled_clicks) {
        if changed.memory.parked.remove(&click.id).is_some() {
            changed.committed.released.push(click.id);
            money::parked::take(tx, &click, at, &mut changed).await?;
        }
    }
    for answer in std::mem::take(&mut rows.late) {
        late::take(tx, &answer, at, &mut changed).await?;
    }
    let number = memory.seq();
    let n_logged = log(tx, &committed, number, at).await?;
    let answers = answers.into_iter();
    Ok(Written {
        answers: answers
            .map(|answer| answer.unwrap_or(Reply::Ready))
            .collect(),
        observations: committed.observations,
        number,
        n_logged,
    })
}

/// Releases an offer unless its walk went on by that, and keeps the record of who did.
async fn take_release(
    tx: &WriteTx,
    release: &PreparedRelease,
    answer: &mut Option<Reply>,
    at: Timestamp,
    changed: &mut Changed<'_>,
) -> Result<(), Error> {
    if answer.is_none() {
        let taken = release::take(tx, release, at, changed).await?;
        *answer = Some(Reply::Released(Ok(taken)));
    }
    let is_made = matches!(
        answer,
        Some(Reply::Released(Ok((ReleaseOutcome::Released, _))))
    );
    if let Some(change) = release.change.clone().filter(|_| is_made) {
        tx.insert_settings_change(change).await?;
    }
    Ok(())
}

/// Adds the batch to the commit log, and says how many bytes that took.
async fn log(
    tx: &WriteTx,
    committed: &Committed,
    number: i64,
    at: Timestamp,
) -> Result<usize, Error> {
    // What gave out no number has changed nothing.
    if number == tx.order().number {
        return Ok(0);
    }
    let body = json(committed);
    let n_logged = body.len();
    tx.log(number, at.0, body).await?;
    Ok(n_logged)
}

/// Takes the next step of each lead, in memory alone: commands in, rows and answers out.
///
/// * `known`: the leads whose keys came before.
/// * `held`: which leads stand in the way of these.
/// * `revision`: that of the settings; leads that were prepared under an earlier one have to be prepared again.
pub(crate) fn decide(
    commands: &[Command],
    known: &Known,
    held: HeldKeys,
    memory: &mut Memory,
    revision: i64,
    at: Timestamp,
) -> Decided {
    let mut decided = Decided::default();
    decided.answers.resize_with(commands.len(), || None);
    let Decided { rows, answers } = &mut decided;
    rows.held = held;
    // Answers first: they give cap units back that new leads may take.
    for (command, answer) in commands.iter().zip(&mut *answers) {
        if let Command::Settle { active, result, .. } = command {
            *answer = Some(Reply::Step(next(memory, active, result, at, rows)));
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
        } else if active.revision < revision {
            Ok(Advance::Outdated { revision })
        } else if memory.taken_over.contains(&active.lease) {
            Err(Refused::lease_lost())
        } else {
            let advance = memory.accept(active.clone(), at, rows);
            fresh.extend(key.map(|key| (key, position)));
            Ok(advance)
        };
        answers[position] = Some(Reply::Lead(answer));
    }
    decided
}

/// The next step of a lead, if it is still on its way here.
fn next(
    memory: &mut Memory,
    active: &ActiveLead,
    result: &StepResult,
    at: Timestamp,
    rows: &mut Rows,
) -> Advance {
    if memory.taken_over.contains(&active.lease) {
        if let StepResult::Offer(result) = result {
            rows.late.extend(LateAnswer::of(active, result));
        }
        return Advance::TakenOver;
    }
    let active = Box::new(active.clone());
    match result {
        StepResult::Offer(result) => memory.settle(active, result, at, rows),
        StepResult::Bids(bids) => memory.take_bids(active, bids, at, rows),
        StepResult::Later(result, wait) => memory.put_off(active, (result, *wait), at, rows),
        StepResult::Again => memory.again(active, at, rows),
    }
}
