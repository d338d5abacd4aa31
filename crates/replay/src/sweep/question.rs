//! A sweep as somebody asks for it, one value after the other.

use pointsman_flow::{Diagnostic, Document};
use pointsman_lead::Problem;
use serde::Deserialize;

use super::{Decimal, Place, Plan, point};
use crate::{
    curve::{Sweep, SweepPoint},
    report::Report,
};

/// Most bytes of the way to a number.
const PARAMETER_BYTES_MAX: usize = 500;

/// Which number of a flow is to take which values.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SweepQuestion {
    /// Node and number in it: `graded.if`, `both.if#2`, `market.reserve`, `either.arms[0].weight_ppm`.
    pub parameter: String,
    /// The least value, as it would stand in the flow.
    pub from: String,
    /// The largest value.
    pub to: String,
    /// How many values, both ends among them.
    pub points: i64,
}

/// A flow in which one number takes several values.
#[derive(Debug, Clone)]
pub struct SweptFlow {
    parameter: String,
    place: Place,
    values: Vec<Decimal>,
}

impl SweepQuestion {
    /// Looks for the number, and makes the values.
    ///
    /// # Errors
    ///
    /// All that is wrong with the question, at `sweep.parameter`, `sweep.from`, `sweep.to` and `sweep.points`.
    pub fn of(&self, document: &Document) -> Result<SweptFlow, Vec<Problem>> {
        let Self {
            parameter,
            from,
            to,
            points,
        } = self;
        let place = if parameter.len() > PARAMETER_BYTES_MAX {
            let message = format!("the way to a number has at most {PARAMETER_BYTES_MAX} bytes");
            Err(Problem::new("sweep_parameter_unknown", "", message))
        } else {
            Place::find(document, parameter.trim())
        };
        let place = place.map_err(|problem| Problem {
            path: "sweep.parameter".to_owned(),
            ..problem
        });
        match (place, Plan::of(parameter, [from, to], *points)) {
            (Ok(place), Ok(plan)) => Ok(SweptFlow {
                values: plan.values(place.scale()),
                parameter: plan.parameter,
                place,
            }),
            (place, plan) => {
                let mut problems: Vec<Problem> = place.err().into_iter().collect();
                problems.extend(plan.err().into_iter().flatten());
                Err(problems)
            }
        }
    }
}

impl SweptFlow {
    /// How many values there are: at least two.
    pub fn n_values(&self) -> usize {
        self.values.len()
    }

    /// A value in words: `55 for graded.if`.
    pub fn words(&self, position: usize) -> String {
        format!("{} for `{}`", self.values[position], self.parameter)
    }

    /// The flow with a value.
    ///
    /// * `position`: below [`SweptFlow::n_values`].
    ///
    /// # Errors
    ///
    /// A value that cannot stand there.
    pub fn document(&self, position: usize) -> Result<Document, Vec<Diagnostic>> {
        self.place.with(self.values[position])
    }

    /// What a replay of the flow with a value says of it.
    pub fn point(&self, position: usize, report: &Report) -> SweepPoint {
        point(self.values[position], report)
    }

    /// What the points say together.
    ///
    /// * `points`: one for each value, in their order.
    pub fn sweep(&self, points: Vec<SweepPoint>) -> Sweep {
        let present = self.place.present().to_string();
        Sweep::of(self.parameter.clone(), present, points)
    }
}
