//! A stored decision, walked again with its eyes open.

use std::collections::{BTreeMap, BTreeSet};

use pointsman_flow::{DestinationIdx, Mask, NodeIdx, Program, ProgramDestination};
use pointsman_lead::{Id, Timestamp, kinds};
use pointsman_ledger::{Ledger, Unavailability};
use pointsman_router::{Answer, Choice, Context, Event, Trace, Walk};
use pointsman_store::{DecisionRow, DecisionStepRow, DeliveryRow, Read, StepKind, Store};

use super::{
    EndExplanation, Explanation, TakenStep, Turn, WalkExplainer, bandits, past::PastLedger,
};
use crate::{
    Error, Inputs, Library, Mismatch, StoredWalk, answer_of, hash_key,
    record::{self, BidRecord, DEADLINE, TraceRecord},
    rotation, stored,
    verify::{differences, end_word},
};

/// Explains a stored decision; `None` if there is none of this id.
///
/// Caps and breakers are those of the moment of each step: the deliveries of the destinations that were
/// not free are followed in commit order up to it.
///
/// # Errors
///
/// [`Error::Store`], and [`Error::Stored`] for rows that this release cannot read.
pub async fn explain(
    store: &Store,
    decision_id: Id<kinds::Decision>,
) -> Result<Option<Explanation>, Error> {
    let read = store.read();
    let Some(walk) = StoredWalk::find(&read, decision_id).await? else {
        return Ok(None);
    };
    let StoredWalk {
        decision,
        lead,
        rows,
    } = walk;
    let (steps, deliveries) = (rows.steps, rows.deliveries);
    let mut library = Library::new(hash_key(&read).await?);
    let inputs = Inputs::of(&mut library, &read, &decision, &lead).await?;
    let context = inputs.context();
    let Inputs {
        program,
        allocation,
        fields,
        ..
    } = &inputs;
    let unavailable = unavailable(store, program, &decision, &lead.source, &steps).await?;
    let readings = program.readings(fields);
    let again = Again {
        context,
        decision: &decision,
        deliveries: &deliveries,
    };
    let mut explainer = WalkExplainer::new(context, &readings);
    let (steps, mismatches) = again.steps(&mut explainer, &steps, unavailable)?;
    let rows = read.allocation_at(decision.epoch).await?;
    let mut bandits = bandits::explained(context, allocation.epoch);
    for bandit in &mut bandits {
        bandit.believe(program, &rows)?;
    }
    Ok(Some(Explanation {
        flow: decision.flow.clone(),
        version_hash: decision.version_hash.clone(),
        catalog_hash: decision.catalog_hash.clone(),
        epoch: allocation.epoch,
        unit_key: decision.unit_key.clone(),
        seen: program.seen(&readings),
        rules: explainer.rules(),
        steps,
        end: decision.end_state.map(|state| EndExplanation {
            state: end_word(state),
            reason: decision.end_reason.clone(),
        }),
        bandits,
        mismatches,
        decision_id: Some(decision_id),
    }))
}

fn is_expired(decision: &DecisionRow, step: &DecisionStepRow) -> bool {
    step.kind == StepKind::Done && decision.end_reason.as_deref() == Some(DEADLINE)
}

/// A stored set of destinations.
fn mask(program: &Program, step: &DecisionStepRow, hex: &str) -> Result<Mask, Error> {
    let n_destinations = u16::try_from(program.destinations().len()).ok();
    let mask = n_destinations.and_then(|n| Mask::from_hex(n, hex).ok());
    mask.ok_or_else(|| unreadable(step, "a set of destinations"))
}

fn unreadable(step: &DecisionStepRow, what: &str) -> Error {
    Error::Stored {
        what: format!("{what} of step {} of decision {}", step.n, step.decision_id),
    }
}

/// For each step, why each destination was not free, by name.
async fn unavailable(
    store: &Store,
    program: &Program,
    decision: &DecisionRow,
    source: &str,
    steps: &[DecisionStepRow],
) -> Result<Vec<BTreeMap<String, Vec<Unavailability>>>, Error> {
    let settings_alone = Ledger::new();
    let mut told_by_history = BTreeSet::new();
    for step in steps.iter().filter(|step| !is_expired(decision, step)) {
        for destination in not_free(program, step)? {
            // Switches and schedules follow from the settings.
            let ProgramDestination { name, settings } = destination;
            if settings_alone.is_free(name, settings, Some(source), Timestamp(step.at)) {
                told_by_history.insert(name.clone());
            }
        }
    }
    let names = followed(&store.read(), program, &told_by_history).await?;
    let end = steps.iter().map(|step| step.seq).max().unwrap_or_default();
    let mut past = PastLedger::new(store.read(), names, end);
    let mut all = Vec::with_capacity(steps.len());
    for step in steps {
        let ledger = if told_by_history.is_empty() {
            &settings_alone
        } else {
            past.before(step.seq).await?
        };
        let closed = not_free(program, step)?.into_iter().map(|destination| {
            let (name, settings) = (&destination.name, &destination.settings);
            let unavailable = ledger.unavailable(name, settings, Some(source), Timestamp(step.at));
            (name.clone(), unavailable)
        });
        all.push(if is_expired(decision, step) {
            BTreeMap::new()
        } else {
            closed.collect()
        });
    }
    Ok(all)
}

/// The destinations whose offers say why some were not free: those, or all where a group may be the reason.
async fn followed(
    read: &Read<'_>,
    program: &Program,
    asked: &BTreeSet<String>,
) -> Result<Vec<String>, Error> {
    let is_grouped = |destination: &ProgramDestination| {
        let mut caps = destination.settings.caps.iter();
        asked.contains(&destination.name) && caps.any(|cap| cap.group.is_some())
    };
    if program.destinations().iter().any(is_grouped) {
        let all = read.destinations().await?;
        return Ok(all.into_iter().map(|row| row.name).collect());
    }
    Ok(asked.iter().cloned().collect())
}

/// The destinations that were not free at a step.
fn not_free<'a>(
    program: &'a Program,
    step: &DecisionStepRow,
) -> Result<Vec<&'a ProgramDestination>, Error> {
    let free = mask(program, step, &step.availability)?;
    let destinations = (0..).map(DestinationIdx).zip(program.destinations());
    let not_free = destinations.filter(|(idx, _)| !free.get(*idx));
    Ok(not_free.map(|(_, destination)| destination).collect())
}

/// A walk that is made again.
struct Again<'a> {
    context: Context<'a>,
    decision: &'a DecisionRow,
    deliveries: &'a [DeliveryRow],
}

impl Again<'_> {
    /// The steps, and where they differ from what was stored.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`] for what cannot be read.
    fn steps(
        &self,
        explainer: &mut WalkExplainer<'_>,
        steps: &[DecisionStepRow],
        unavailable: Vec<BTreeMap<String, Vec<Unavailability>>>,
    ) -> Result<(Vec<super::StepExplanation>, Vec<Mismatch>), Error> {
        let program = self.context.program;
        let mut walk = Walk::new(self.context);
        let mut event = Some(Event::Start);
        let mut mismatches = Vec::new();
        let mut explained = Vec::with_capacity(steps.len());
        for (step, unavailable) in steps.iter().zip(unavailable) {
            let path = stored::trace_of(step)?;
            let trace = trace_of(program, &path);
            let mut draws = Vec::new();
            if let Some(event) = event.take() {
                let conditions = rotation::stored_conditions(program, step)
                    .ok_or_else(|| unreadable(step, "the conditions"))?;
                let before = walk.clone();
                let outcome = walk.next(self.context, &conditions, event.clone());
                let differs = differences(step, self.context, &outcome, self.decision);
                if differs.is_empty() {
                    draws = before.draws(self.context, &conditions, event, &trace);
                }
                mismatches.extend(differs);
            }
            let bids = stored::bids_of(step)?.unwrap_or_default();
            let answer = self.answer(step);
            // A walk that has gone astray is told as it was stored, and not made again.
            event = self
                .next_event(step, &bids, answer)
                .filter(|_| mismatches.is_empty());
            explained.push(
                explainer.step(TakenStep {
                    n: step.n,
                    at: Timestamp(step.at),
                    kind: turn(step.kind),
                    free: mask(program, step, &step.availability)?,
                    unavailable,
                    expired: is_expired(self.decision, step),
                    trace,
                    path,
                    draws,
                    propensity: step.propensity,
                    outlook: stored::outlook_of(step)?,
                    destination: step
                        .destination
                        .as_ref()
                        .and_then(|name| program.destination_idx(name)),
                    node: step.node.as_deref().and_then(|name| node(program, name)),
                    asked: match &step.asked {
                        Some(asked) => mask(program, step, asked)?,
                        None => nobody(program),
                    },
                    bids,
                    answer,
                    rotations: rotation::rotations_of(step)
                        .ok_or_else(|| unreadable(step, "the rotations"))?,
                    end: self.decision.end_state.map(end_word),
                }),
            );
        }
        Ok((explained, mismatches))
    }

    /// What came of the offer of a step, once it is known.
    fn answer(&self, step: &DecisionStepRow) -> Option<Answer> {
        let mut deliveries = self.deliveries.iter();
        let delivery = deliveries.find(|it| step.destination.as_ref() == Some(&it.destination))?;
        delivery.settled_seq.map(|_| answer_of(delivery.state))
    }

    fn next_event(
        &self,
        step: &DecisionStepRow,
        bids: &[BidRecord],
        answer: Option<Answer>,
    ) -> Option<Event> {
        match step.kind {
            StepKind::Ping => step
                .bids_body
                .as_ref()
                .map(|_| Event::Bids(record::bids(self.context.program, bids))),
            StepKind::Offer => answer.map(Event::Answer),
            StepKind::Done => None,
        }
    }
}

fn nobody(program: &Program) -> Mask {
    Mask::with_len(u16::try_from(program.destinations().len()).unwrap_or(u16::MAX))
}

fn turn(kind: StepKind) -> Turn {
    match kind {
        StepKind::Ping => Turn::Ping,
        StepKind::Offer => Turn::Offer,
        StepKind::Done => Turn::Done,
    }
}

fn node(program: &Program, name: &str) -> Option<NodeIdx> {
    let mut nodes = program.nodes().map(|(node, _)| node);
    nodes.find(|&node| program.node_name(node) == name)
}

/// The choices that were written down; those of nodes that the program does not have are left out.
fn trace_of(program: &Program, path: &[TraceRecord]) -> Trace {
    let choices = path
        .iter()
        .filter_map(|record| Some(Choice(node(program, &record.node)?, record.choice)));
    choices.collect()
}
