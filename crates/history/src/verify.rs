//! Runs every stored decision again from what was stored, and compares.

use std::{collections::BTreeMap, sync::Arc};

use pointsman_flow::Program;
use pointsman_lead::Timestamp;
use pointsman_ledger::{Ledger, LedgerEvent};
use pointsman_router::{Answer, Conditions, Context, Done, Event, HashKey, Step, Subject, Walk};
use pointsman_store::{DecisionRow, DecisionStepRow, EndState, Read, StepKind, Store};
use serde::Serialize;

mod arms;
mod ledgers;

use crate::{
    Error, FoldHash, Inputs, Library, StoredEvent, StoredEvents, answer_of, hash_key,
    record::{self, DEADLINE},
    rotation, settled_at, stored,
};

use ledgers::StoredLedgers;

/// One difference between what was stored and what came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    /// Which decision.
    pub decision_id: String,
    /// Which of its steps, from 0.
    pub step: i64,
    /// What differs, or cannot be read: `availability`, `rotations`, `path`, `destination`, `ping`, `bids`,
    /// `propensity`, `outlook` or `end`.
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
    /// The first hundred differences.
    pub mismatches: Vec<Mismatch>,
}

impl Verification {
    /// Whether everything came out as stored.
    pub fn is_reproduced(&self) -> bool {
        self.reproduced == self.decisions && self.wrong_ledgers_at.is_empty() && !self.arms_differ
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
                verifier.settle(
                    &delivery.decision_id,
                    answer,
                    failed,
                    settled_at(&delivery)?,
                );
            }
        }
    }
    ledgers.compare_before(i64::MAX, &verifier.ledger);
    let arms = arms::compare(store).await?;
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
    running: BTreeMap<String, Running>,
    found: Verification,
}

impl<'a> Verifier<'a> {
    fn new(read: Read<'a>, hash_key: HashKey) -> Self {
        Self {
            read,
            library: Library::new(hash_key),
            ledger: Ledger::new(),
            running: BTreeMap::new(),
            found: Verification::default(),
        }
    }

    fn settle(&mut self, decision_id: &str, answer: Answer, failed: bool, at: Timestamp) {
        let Some(running) = self.running.get_mut(decision_id) else {
            return;
        };
        running.event = Event::Answer(answer);
        let settled = LedgerEvent::Settled {
            offer: decision_id.to_owned(),
            answer,
            failed,
        };
        self.ledger.apply(&settled, at);
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
        let n_destinations =
            u16::try_from(running.program.destinations().len()).unwrap_or(u16::MAX);
        self.found.availability_bits += u64::from(n_destinations);
        let at = Timestamp(step.at);
        let expired =
            step.kind == StepKind::Done && decision.end_reason.as_deref() == Some(DEADLINE);
        let conditions = if expired {
            Conditions::closed(&running.program)
        } else {
            self.ledger.conditions(&running.program, at)
        };
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
        if let (Step::Offer(_), Some(name)) = (&outcome, &step.destination)
            && let Some(idx) = running.program.destination_idx(name)
        {
            let destination = &running.program.destinations()[usize::from(idx.0)];
            let (name, settings) = (&destination.name, &destination.settings);
            let reserved = LedgerEvent::reserved(&decision.id, name, settings, arms);
            self.ledger.apply(&reserved, at);
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
            program, subject, ..
        } = inputs;
        Ok(Running {
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

struct Comparison<'a> {
    step: &'a DecisionStepRow,
    differences: Vec<Mismatch>,
}

impl Comparison<'_> {
    /// What was stored, or a difference that says that it cannot be read.
    fn readable<T>(&mut self, what: &str, read: Result<T, pointsman_store::Error>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(error) => {
                self.same(what, &error.to_string(), "-");
                None
            }
        }
    }

    fn same(&mut self, what: &str, stored: &str, computed: &str) {
        if stored != computed {
            self.differences.push(Mismatch {
                decision_id: self.step.decision_id.clone(),
                step: self.step.n,
                what: what.to_owned(),
                stored: stored.to_owned(),
                computed: computed.to_owned(),
            });
        }
    }
}

/// Where an outcome differs from the step that was stored.
pub(crate) fn differences(
    step: &DecisionStepRow,
    context: Context<'_>,
    outcome: &Step,
    decision: &DecisionRow,
) -> Vec<Mismatch> {
    let mut comparison = Comparison {
        step,
        differences: Vec::new(),
    };
    compare(&mut comparison, context, outcome, decision);
    comparison.differences
}

fn compare(
    comparison: &mut Comparison<'_>,
    context: Context<'_>,
    outcome: &Step,
    decision: &DecisionRow,
) {
    let step = comparison.step;
    let (trace, propensity, outlook) = match outcome {
        Step::Ping(ping) => (&ping.trace, ping.propensity, &ping.outlook),
        Step::Offer(offer) => (&offer.trace, offer.propensity, &offer.outlook),
        Step::Done(done) => (&done.trace, done.propensity, &done.outlook),
    };
    if let Some(path) = comparison.readable("path", stored::trace_of(step)) {
        let computed = record::trace(context, trace);
        comparison.same("path", &format!("{path:?}"), &format!("{computed:?}"));
    }
    let destination = match outcome {
        Step::Offer(offer) => Some(
            context.program.destinations()[usize::from(offer.destination.0)]
                .name
                .as_str(),
        ),
        Step::Ping(_) | Step::Done(_) => None,
    };
    comparison.same(
        "destination",
        step.destination.as_deref().unwrap_or("-"),
        destination.unwrap_or("-"),
    );
    let asked = match outcome {
        Step::Ping(ping) => format!(
            "{} {}",
            context.program.node_name(ping.node),
            ping.destinations.to_hex()
        ),
        Step::Offer(_) | Step::Done(_) => "-".to_owned(),
    };
    let stored = match (&step.node, &step.asked) {
        (Some(node), Some(asked)) => format!("{node} {asked}"),
        _ => "-".to_owned(),
    };
    comparison.same("ping", &stored, &asked);
    comparison.same(
        "propensity",
        &step.propensity.to_bits().to_string(),
        &propensity.to_bits().to_string(),
    );
    // As text: a number read back from JSON may be off in its last digit, a written one never is.
    let computed = record::outlook(context.program, outlook);
    let computed = serde_json::to_string(&computed).unwrap_or_default();
    comparison.same("outlook", &step.outlook_body, &computed);
    if let Step::Done(done) = outcome {
        comparison.same(
            "end",
            decision.end_state.map_or("-", end_word),
            done_word(done),
        );
    }
}

fn done_word(done: &Done) -> &'static str {
    done.end.word()
}

pub(crate) fn end_word(end: EndState) -> &'static str {
    match end {
        EndState::Sold => "sold",
        EndState::Declined => "declined",
        EndState::Unsold => "unsold",
        EndState::Held => "held",
    }
}

#[cfg(test)]
mod tests;
