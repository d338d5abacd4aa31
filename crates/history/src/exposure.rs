//! What a stored walk says about an experiment: the arm that it drew, the arms it could have drawn, and what came of it.
//!
//! A pure function of the stored rows, so that what is known of an experiment's leads can be made again at any time.

use std::collections::BTreeMap;

use pointsman_experiment::{CANDIDATE_ARM, HELD_ARM, LIVE_ARM, OTHERS_ARM, Subject};
use pointsman_flow::{NodeIdx, Program};
use pointsman_router::{Event, Odds, Walk, place_in};
use pointsman_store::{
    ConversionRow, DecisionRow, DecisionStepRow, DeliveryState, EndState, ExperimentLeadRow, Read,
    StepKind,
};

use crate::{
    Error, Inputs, Library, OpenExperiment, StoredWalk, WalkRows, answer_of,
    covariates::covariates, record, rotation, stored, totals::is_taken_back, unit_hashes_of,
};

/// The first draw of a walk at a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// What was drawn by.
    pub unit: String,
    /// The arm that was drawn.
    pub arm: String,
    /// Arm and weight of each that could be drawn, in parts per million.
    pub weights: BTreeMap<String, u32>,
    /// Number of the step in commit order.
    pub seq: i64,
    /// Time of the step, microseconds.
    pub at: i64,
}

/// What a walk says about an experiment; `None` if its lead takes no part in it.
///
/// The row's arm is the one that the lead drew, which need not be the one that its unit was given first.
///
/// # Errors
///
/// [`Error::Store`], and [`Error::Stored`] for rows that this release cannot read.
pub(crate) async fn exposure(
    experiment: &OpenExperiment,
    library: &mut Library,
    read: &Read<'_>,
    walk: &StoredWalk,
) -> Result<Option<ExperimentLeadRow>, Error> {
    let StoredWalk {
        decision,
        lead,
        rows,
    } = walk;
    let Some(share_ppm) = experiment.share_at(decision.started_seq) else {
        return Ok(None);
    };
    if lead.is_test || decision.flow != experiment.flow {
        return Ok(None);
    }
    let drawn = match &experiment.plan.subject {
        Subject::Version => drawn_version(experiment, share_ppm, decision, rows)?,
        Subject::HoldOut => drawn_hold_out(experiment, decision, rows)?,
        Subject::Split { node, .. } | Subject::Bandit { node, .. } => {
            if !draws_at(rows, node)? {
                return Ok(None);
            }
            let inputs = Inputs::of(library, read, decision, lead).await?;
            drawn_arm(&inputs, rows, node)?
        }
    };
    let arms = experiment.plan.subject.arms();
    let Some(mut drawn) = drawn.filter(|drawn| arms.contains(&drawn.arm.as_str())) else {
        return Ok(None);
    };
    if experiment.plan.subject != Subject::HoldOut && !is_own(experiment, &drawn.unit) {
        return Ok(None);
    }
    if experiment.plan.subject == Subject::Version && drawn.unit != decision.unit_key {
        // Under another share the same person is drawn anew, and compared with those of that share.
        drawn.unit = format!("{}@{share_ppm}", drawn.unit);
    }
    let names = &experiment.plan.covariates;
    let known = if names.is_empty() {
        Vec::new()
    } else {
        let program = library.program(read, decision).await?;
        covariates(program.schema(), lead, names)?
    };
    Ok(Some(row(experiment, &arms, drawn, (walk, &known))))
}

/// Whether a walk drew at a node at all, which its trace tells without the program.
fn draws_at(rows: &WalkRows, node: &str) -> Result<bool, Error> {
    for step in &rows.steps {
        if stored::trace_of(step)?
            .iter()
            .any(|record| record.node == node)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn drawn_version(
    experiment: &OpenExperiment,
    share_ppm: u32,
    decision: &DecisionRow,
    rows: &WalkRows,
) -> Result<Option<Drawn>, Error> {
    let (Some(candidate), Some(first)) = (&experiment.candidate, rows.steps.first()) else {
        return Ok(None);
    };
    let is_candidate = decision.version_hash == *candidate;
    let weights = [
        (LIVE_ARM, 1_000_000 - share_ppm),
        (CANDIDATE_ARM, share_ppm),
    ];
    let weights = weights.into_iter().filter(|(_, weight)| *weight > 0);
    Ok(Some(Drawn {
        unit: unit_of(experiment, decision)?,
        arm: if is_candidate {
            CANDIDATE_ARM
        } else {
            LIVE_ARM
        }
        .to_owned(),
        weights: weights
            .map(|(arm, weight)| (arm.to_owned(), weight))
            .collect(),
        seq: decision.started_seq,
        at: first.at,
    }))
}

/// By what an experiment knows a lead where no node draws: its person, or itself.
fn unit_of(experiment: &OpenExperiment, decision: &DecisionRow) -> Result<String, Error> {
    let hashes = unit_hashes_of(decision)?.unwrap_or_default();
    let field = experiment.plan.sticky.as_ref();
    let hash = field.and_then(|field| hashes.get(field));
    Ok(hash.unwrap_or(&decision.unit_key).clone())
}

/// Whether a unit lies within the experiment's part of its layer.
fn is_own(experiment: &OpenExperiment, unit: &str) -> bool {
    let layer = experiment.plan.layer.as_ref();
    layer.is_none_or(|layer| layer.holds(place_in(&layer.name, unit)))
}

fn drawn_hold_out(
    experiment: &OpenExperiment,
    decision: &DecisionRow,
    rows: &WalkRows,
) -> Result<Option<Drawn>, Error> {
    let (Some(layer), Some(first)) = (&experiment.plan.layer, rows.steps.first()) else {
        return Ok(None);
    };
    let unit = unit_of(experiment, decision)?;
    let arm = if is_own(experiment, &unit) {
        HELD_ARM
    } else {
        OTHERS_ARM
    };
    let share_ppm = layer.share_ppm.min(1_000_000);
    let weights = [(HELD_ARM, share_ppm), (OTHERS_ARM, 1_000_000 - share_ppm)];
    Ok(Some(Drawn {
        unit,
        arm: arm.to_owned(),
        weights: weights.map(|(arm, weight)| (arm.to_owned(), weight)).into(),
        seq: decision.started_seq,
        at: first.at,
    }))
}

/// The first draw of a walk at a node, with what it could have come to; `None` if it did not draw there.
///
/// # Errors
///
/// [`Error::Stored`] for steps that cannot be read.
pub fn drawn_arm(inputs: &Inputs, rows: &WalkRows, node: &str) -> Result<Option<Drawn>, Error> {
    let (context, program) = (inputs.context(), &*inputs.program);
    let Some(idx) = node_of(program, node) else {
        return Ok(None);
    };
    let mut walk = Walk::new(context);
    let mut event = Event::Start;
    for step in &rows.steps {
        let unreadable = || Error::Stored {
            what: format!("step {} of decision {}", step.n, step.decision_id),
        };
        let conditions = rotation::stored_conditions(program, step).ok_or_else(unreadable)?;
        let trace = stored::trace_of(step)?;
        if let Some(taken) = trace.iter().find(|record| record.node == node) {
            let Some(arm) = &taken.arm else {
                return Ok(None);
            };
            let odds = walk.odds(context, &conditions, event, idx);
            return Ok(odds.map(|odds| drawn(program, idx, odds, arm, step)));
        }
        walk.next(context, &conditions, event);
        let Some(next) = next_event(program, rows, step)? else {
            return Ok(None);
        };
        event = next;
    }
    Ok(None)
}

fn drawn(program: &Program, node: NodeIdx, odds: Odds, arm: &str, step: &DecisionStepRow) -> Drawn {
    let weights = odds.weights.into_iter().filter_map(|(choice, weight)| {
        let choice = u16::try_from(choice).ok()?;
        Some((program.choice_name(node, choice)?.to_owned(), weight))
    });
    Drawn {
        unit: odds.unit,
        arm: arm.to_owned(),
        weights: weights.collect(),
        seq: step.seq,
        at: step.at,
    }
}

fn node_of(program: &Program, name: &str) -> Option<NodeIdx> {
    let mut nodes = program.nodes();
    nodes
        .find(|(idx, _)| program.node_name(*idx) == name)
        .map(|(idx, _)| idx)
}

/// What the walk was told after a step; `None` if it was told nothing yet.
fn next_event(
    program: &Program,
    rows: &WalkRows,
    step: &DecisionStepRow,
) -> Result<Option<Event>, Error> {
    Ok(match step.kind {
        StepKind::Done => None,
        StepKind::Ping => {
            let bids = stored::bids_of(step)?;
            bids.map(|bids| Event::Bids(record::bids(program, &bids)))
        }
        StepKind::Offer => {
            let delivery = rows.delivery_of(step);
            delivery.map(|delivery| Event::Answer(answer_of(delivery.state)))
        }
    })
}

fn row(
    experiment: &OpenExperiment,
    arms: &[&str],
    drawn: Drawn,
    (walk, known): (&StoredWalk, &[Option<i64>]),
) -> ExperimentLeadRow {
    let covariate = |idx: usize| known.get(idx).copied().flatten();
    let outcome = Outcome::of(walk, drawn.at, experiment.plan.window_micros());
    let latency_ms = latency_ms(&walk.rows);
    let is_comparable = arms.iter().all(|arm| drawn.weights.contains_key(*arm));
    ExperimentLeadRow {
        experiment: experiment.name.clone(),
        lead_id: walk.lead.id.clone(),
        unit: drawn.unit,
        arm: drawn.arm,
        is_crossed: false,
        weights_body: record::json(&drawn.weights),
        is_comparable,
        version_hash: walk.decision.version_hash.clone(),
        seq: drawn.seq,
        drawn_at: drawn.at,
        is_open: outcome.is_open,
        accepted: outcome.accepted,
        converted: outcome.converted,
        returned: outcome.returned,
        revenue: outcome.revenue,
        latency_ms,
        slow: i64::from(latency_ms > i64::from(experiment.plan.slow_ms)),
        covariate_1: covariate(0),
        covariate_2: covariate(1),
        covariate_3: covariate(2),
        covariate_4: covariate(3),
    }
}

/// How long a lead was on its way, from its first step to the last end of its walk; 0 before.
fn latency_ms(rows: &WalkRows) -> i64 {
    let mut ends = rows.steps.iter().filter(|it| it.kind == StepKind::Done);
    let (Some(first), Some(last)) = (rows.steps.first(), ends.next_back()) else {
        return 0;
    };
    // A clock may step back.
    last.at.saturating_sub(first.at).max(0) / 1_000
}

/// What came of a lead within a window after its draw, whichever destination it came from.
#[derive(Debug, Default, PartialEq, Eq)]
struct Outcome {
    is_open: bool,
    accepted: i64,
    converted: i64,
    returned: i64,
    revenue: i64,
}

impl Outcome {
    fn of(walk: &StoredWalk, drawn_at: i64, window: i64) -> Self {
        let StoredWalk { decision, rows, .. } = walk;
        let until = drawn_at.saturating_add(window);
        let accepted = rows.deliveries.iter();
        let accepted = accepted.filter(|it| it.state == DeliveryState::Accepted);
        let prices: i64 = accepted.clone().filter_map(|it| it.price).sum();
        let reported = rows.conversions.iter();
        let reported: Vec<_> = reported.filter(|it| it.received_at <= until).collect();
        let sales: i64 = reported.iter().map(|it| it.sales).sum();
        let is_reversal = |it: &ConversionRow| it.revenue < 0 || it.sales < 0;
        let taken_back = is_taken_back(reported.iter().copied(), is_reversal);
        let is_unknown = decision.end_state == Some(EndState::Held) && reported.is_empty();
        let money = reported.iter().map(|it| it.revenue);
        Self {
            is_open: decision.ended_seq.is_none() || is_unknown,
            accepted: i64::from(accepted.count() > 0 || sales > 0),
            converted: i64::from(sales > 0),
            returned: i64::from(taken_back),
            revenue: money.fold(prices, i64::saturating_add),
        }
    }
}
