//! A step that was run again, held against what was stored of it.

use pointsman_router::{Context, Done, Step};
use pointsman_store::{DecisionRow, DecisionStepRow, EndState};

use super::Mismatch;
use crate::{record, stored};

/// A step as it was stored, with where what came out differs from it.
pub(super) struct Comparison<'a> {
    pub(super) step: &'a DecisionStepRow,
    pub(super) differences: Vec<Mismatch>,
}

impl Comparison<'_> {
    /// What was stored, or a difference that says that it cannot be read.
    pub(super) fn readable<T>(
        &mut self,
        what: &str,
        read: Result<T, pointsman_store::Error>,
    ) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(error) => {
                self.same(what, &error.to_string(), "-");
                None
            }
        }
    }

    pub(super) fn same(&mut self, what: &str, stored: &str, computed: &str) {
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

pub(super) fn compare(
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
