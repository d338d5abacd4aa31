//! Runs every stored decision again from what was stored, and compares.

use std::{collections::BTreeMap, sync::Arc};

use pointsman_flow::Program;
use pointsman_lead::{Id, Micros, Timestamp, kinds};
use pointsman_ledger::{Hold, Ledger, LedgerEvent, RotationArm};
use pointsman_router::{Answer, Conditions, Context, Event, HashKey, Step, Subject, Walk};
use pointsman_store::{DecisionRow, DecisionStepRow, LeadStatus, Read, StepKind, Store};
use serde::Serialize;

mod arms;
mod comparison;
mod holds;
mod ledgers;

use crate::{
    Error, FoldHash, HeldKeys, Inputs, LeadKeys, Library, StoredEvent, StoredEvents, StoredReport,
    answer_of, duplicate_reason, hash_key,
    record::{self, DEADLINE},
    rotation, settled_at, stored,
};

use comparison::{Comparison, compare};
pub(crate) use comparison::{differences, end_word};
use holds::wrong_holds;
use ledgers::StoredLedgers;

/// One difference between what was stored and what came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    /// Which decision.
    pub decision_id: String,
    /// Which of its steps, from 0.
    pub step: i64,
    /// What differs, or cannot be read: `availability`, `rotations`, `path`, `destination`, `ping`, `bids`,
    /// `propensity`, `outlook`, `duplicate` or `end`.
    pub what: String,
    /// What was stored.
    pub stored: String,
    /// What came out.
    pub computed: String,
}

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Decisions in the database.
    pub decisions: u64,
    /// Those that came out as stored, step by step.
    pub reproduced: u64,
    /// Steps in all.
    pub steps: u64,
    /// Availability bits compared.
    pub availability_bits: u64,
    /// Ledgers of snapshots and of the commit log that were compared with what the decisions come to.
    pub ledgers: u64,
    /// The numbers in commit order at which such a ledger is damaged, or another one.
    pub wrong_ledgers_at: Vec<i64>,
    /// What the decisions have taught of bandits' arms. Absent where somebody writes meanwhile.
    pub arms: Option<FoldHash>,
    /// Whether the newest snapshot and the commit log after it have come to something else.
    pub arms_differ: bool,
    /// Keys of duplicates that are held by another lead than the decisions come to.
    pub wrong_holds: u64,
    /// The first hundred differences.
    pub mismatches: Vec<Mismatch>,
}

impl Verification {
    /// Whether everything came out as stored.
    pub fn is_reproduced(&self) -> bool {
        self.reproduced == self.decisions
            && self.wrong_ledgers_at.is_empty()
            && !self.arms_differ
            && self.wrong_holds == 0
    }
}

/// Most differences that are told in full.
const MISMATCHES_MAX: usize = 100;

/// A decision that is being run again.
#[derive(Debug)]
struct Running {
    program: Arc<Program>,
    subject: Subject,
    walk: Walk,
    /// The lead, and by what it is known as a duplicate.
    lead: Id<kinds::Lead>,
    source: String,
    keys: LeadKeys,
    /// The lead that it was a duplicate of.
    first: Option<Id<kinds::Lead>>,
    /// Whether nobody may have it, since its person wants to be left alone.
    is_suppressed: bool,
    /// Who was offered it last.
    offered: Option<String>,
    /// What the walk has been told since its last step.
    event: Event,
    differs: bool,
}

/// Verifies all decisions in commit order, walking caps and breakers along with them, and then what they have taught.
///
/// * `progress`: told the number of steps done after each thousand.
///
/// # Errors
///
/// [`Error::Store`], and [`Error::Stored`] for a row that this release cannot read.
pub async fn verify(
    store: &Store,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<Verification, Error> {
    let mut verifier = Verifier::new(store.read(), hash_key(&store.read()).await?);
    let mut ledgers = StoredLedgers::read(store.read()).await?;
    let mut events = StoredEvents::new(store.read());
    while let Some(event) = events.next().await? {
        ledgers.compare_before(event.seq(), &verifier.ledger);
        match event {
            StoredEvent::Step { step, decision } => {
                verifier.step(&step, &decision).await?;
                if verifier.found.steps.is_multiple_of(1_000) {
                    progress(verifier.found.steps);
                }
            }
            StoredEvent::Settled { delivery, failed } => {
                let answer = answer_of(delivery.state);
                let price = delivery.price.map(Micros);
                let settled = LedgerEvent::settled(&delivery.decision_id, answer, failed, price);
                verifier.settle(
                    &delivery.decision_id,
                    answer,
                    &settled,
                    settled_at(&delivery)?,
                );
            }
            StoredEvent::Reported { report, decision } => {
                verifier.report(&report, &decision).await?;
            }
        }
    }
    ledgers.compare_before(i64::MAX, &verifier.ledger);
    let arms = arms::compare(store).await?;
    verifier.found.wrong_holds = wrong_holds(&store.read(), verifier.held.holds()).await?;
    Ok(Verification {
        arms_differ: arms.as_ref().is_some_and(|arms| arms.differs),
        arms: arms.map(|arms| arms.rebuilt),
        ledgers: ledgers.n_compared,
        wrong_ledgers_at: ledgers.wrong_at,
        ..verifier.finish()
    })
}

struct Verifier<'a> {
    read: Read<'a>,
    library: Library,
    ledger: Ledger,
    held: HeldKeys,
    running: BTreeMap<String, Running>,
    found: Verification,
}

impl<'a> Verifier<'a> {
    fn new(read: Read<'a>, hash_key: HashKey) -> Self {
        Self {
            read,
            library: Library::new(hash_key),
            ledger: Ledger::new(),
            held: HeldKeys::default(),
            running: BTreeMap::new(),
            found: Verification::default(),
        }
    }

    /// What was reported of an offer counts for the caps of its destination.
    async fn report(&mut self, report: &StoredReport, decision: &DecisionRow) -> Result<(), Error> {
        let program = self.library.program(&self.read, decision).await?;
        if let Some(reported) = report.event(&program) {
            self.ledger.apply(&reported, report.at);
        }
        Ok(())
    }

    fn settle(&mut self, decision_id: &str, answer: Answer, settled: &LedgerEvent, at: Timestamp) {
        let Some(running) = self.running.get_mut(decision_id) else {
            return;
        };
        running.event = Event::Answer(answer);
        let offered = match answer {
            // It may become known later who has the lead.
            Answer::Unknown => running.offered.clone(),
            _ => running.offered.take(),
        };
        if let Some(name) = offered {
            let (program, held) = (&running.program, &mut self.held);
            running
                .keys
                .answer(program, held, &name, running.lead, answer);
        }
        self.ledger.apply(settled, at);
    }

    async fn step(&mut self, step: &DecisionStepRow, decision: &DecisionRow) -> Result<(), Error> {
        if step.n == 0 {
            let running = self.start(decision).await?;
            self.found.decisions += 1;
            self.running.insert(decision.id.clone(), running);
        }
        let Some(mut running) = self.running.remove(&decision.id) else {
            return Err(Error::Stored {
                what: format!("the first step of decision {}", decision.id),
            });
        };
        self.found.steps += 1;
        let at = Timestamp(step.at);
        if step.n == 0 {
            self.enter(&mut running, at);
        }
        let conditions = self.conditions(&running, step, decision);
        let mut comparison = Comparison {
            step,
            differences: Vec::new(),
        };
        comparison.same(
            "availability",
            &step.availability,
            &conditions.free.to_hex(),
        );
        let mut rotations = rotation::found(&running.program, &self.ledger, &conditions, at);
        // What was decided is judged by what was stored; a wrong bit is told once, not twice. What
        // cannot be read is no bit at all, and differs from every text that is written.
        let known = rotation::stored_conditions(&running.program, step).unwrap_or(conditions);
        let event = std::mem::replace(&mut running.event, Event::Start);
        let context = Context {
            program: &running.program,
            subject: &running.subject,
        };
        let outcome = running.walk.next(context, &known, event);
        compare(&mut comparison, context, &outcome, decision);
        if let Some(first) = running.first {
            let stored = decision.end_reason.as_deref().unwrap_or("-");
            comparison.same("duplicate", stored, &duplicate_reason(first));
        }
        let turns = match &outcome {
            Step::Offer(offer) => offer.turns.as_slice(),
            Step::Ping(_) | Step::Done(_) => &[],
        };
        let arms = rotation::charge(&running.program, turns, &mut rotations);
        comparison.same(
            "rotations",
            step.rotation_body.as_deref().unwrap_or("-"),
            rotation::body(&rotations).as_deref().unwrap_or("-"),
        );
        if let (Step::Offer(_), Some(name)) = (&outcome, &step.destination) {
            self.offer(&mut running, &decision.id, name, arms, at);
        }
        if step.kind == StepKind::Done {
            self.leave(&running, decision);
        }
        if step.kind == StepKind::Ping {
            let bids = comparison.readable("bids", stored::bids_of(step));
            let bids = bids.flatten().unwrap_or_default();
            running.event = Event::Bids(record::bids(&running.program, &bids));
        }
        let differences = comparison.differences;
        self.note(step, running, differences);
        Ok(())
    }

    /// The walk of a lead ends, and its keys are held on or not.
    fn leave(&mut self, running: &Running, decision: &DecisionRow) {
        if let (None, Some(end)) = (running.first, decision.end_state) {
            let (keys, program) = (&running.keys, &running.program);
            keys.leave(program, &mut self.held, running.lead, end);
        }
    }

    /// A lead comes into its flow, as a duplicate or not.
    fn enter(&mut self, running: &mut Running, at: Timestamp) {
        let (program, lead) = (&running.program, running.lead);
        running.first = running.keys.first(program, self.held.holds(), lead, at);
        if running.first.is_none() {
            running.keys.enter(&mut self.held, Hold { lead, at });
        }
    }

    /// What a step is decided by, as everything before it has it.
    fn conditions(
        &mut self,
        running: &Running,
        step: &DecisionStepRow,
        decision: &DecisionRow,
    ) -> Conditions {
        let (program, at) = (&running.program, Timestamp(step.at));
        let n_destinations = u16::try_from(program.destinations().len()).unwrap_or(u16::MAX);
        self.found.availability_bits += u64::from(n_destinations);
        let expired =
            step.kind == StepKind::Done && decision.end_reason.as_deref() == Some(DEADLINE);
        let is_closed = expired || running.is_suppressed || running.first.is_some();
        let mut conditions = if is_closed {
            Conditions::closed(program)
        } else {
            self.ledger.conditions(program, &running.source, at)
        };
        let (holds, free) = (self.held.holds(), &mut conditions.free);
        running.keys.close(program, holds, running.lead, at, free);
        conditions
    }

    /// An offer takes what it takes of caps and turns, and the keys of its destination.
    fn offer(
        &mut self,
        running: &mut Running,
        decision_id: &str,
        name: &str,
        arms: Vec<RotationArm>,
        at: Timestamp,
    ) {
        let Some(idx) = running.program.destination_idx(name) else {
            return;
        };
        let destination = &running.program.destinations()[usize::from(idx.0)];
        let charged = (name, &destination.settings);
        let reserved = LedgerEvent::reserved(decision_id, charged, &running.source, arms);
        self.ledger.apply(&reserved, at);
        let lead = running.lead;
        running.keys.offer(&mut self.held, idx, Hold { lead, at });
        running.offered = Some(name.to_owned());
    }

    /// Counts what differs at a step, and keeps the walk for the next one.
    fn note(&mut self, step: &DecisionStepRow, mut running: Running, differences: Vec<Mismatch>) {
        running.differs |= !differences.is_empty();
        let found = &mut self.found;
        let room = MISMATCHES_MAX.saturating_sub(found.mismatches.len());
        found.mismatches.extend(differences.into_iter().take(room));
        if step.kind == StepKind::Done {
            found.reproduced += u64::from(!running.differs);
        } else {
            self.running.insert(step.decision_id.clone(), running);
        }
    }

    async fn start(&mut self, decision: &DecisionRow) -> Result<Running, Error> {
        let lead = self.read.find_lead(&decision.lead_id).await?;
        let lead = lead.ok_or_else(|| Error::Stored {
            what: format!("the lead of decision {}", decision.id),
        })?;
        let inputs = Inputs::of(&mut self.library, &self.read, decision, &lead).await?;
        let walk = Walk::new(inputs.context());
        let Inputs {
            program,
            subject,
            keys,
            ..
        } = inputs;
        Ok(Running {
            keys,
            is_suppressed: lead.status == LeadStatus::Suppressed,
            lead: lead.id.parse().map_err(|_| Error::Stored {
                what: format!("the id of lead {}", lead.id),
            })?,
            source: lead.source,
            first: None,
            offered: None,
            program,
            subject,
            walk,
            event: Event::Start,
            differs: false,
        })
    }

    /// Walks that are still under way count as reproduced if all their steps so far were.
    fn finish(mut self) -> Verification {
        let open = self
            .running
            .values()
            .filter(|running| !running.differs)
            .count();
        self.found.reproduced += open as u64;
        self.found
    }
}

#[cfg(test)]
mod tests;
