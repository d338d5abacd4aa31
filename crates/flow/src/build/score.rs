//! Scorecards: points added up, as a number that predicates of the same flow may read.

use pointsman_lead::Integer;

use super::{
    Builder, Column, HalfOpen, Predicate, ValueOf,
    field::{sealed, whole_numbers},
    predicate::{compare, is_in, lies_in},
    steps::StepIdx,
};
use crate::{Points, ScorecardNode};

/// A scorecard of the flow branded `'f`. Every lead has a score: a predicate that is unknown adds
/// no points.
pub struct Score<'f, L> {
    builder: Builder<'f, L>,
    step: StepIdx,
    text: String,
}

impl<'f, L> Builder<'f, L> {
    /// A scorecard without points yet.
    ///
    /// * `name`: what predicates call it; no field of the lead has this name.
    #[track_caller]
    pub fn scorecard(self, name: &str) -> Score<'f, L> {
        Score {
            builder: self,
            step: self
                .steps
                .add_named(name, ScorecardNode { points: Vec::new() }),
            text: name.to_owned(),
        }
    }
}

impl<'f, L> Score<'f, L> {
    /// What predicates call it.
    pub fn name(&self) -> &str {
        &self.text
    }

    /// Adds `points`, which may be negative, for a lead of which `predicate` is true.
    #[must_use]
    pub fn points(self, predicate: Predicate<'f, L>, points: i64) -> Self {
        let condition = predicate.into_text();
        let steps = self.builder.steps;
        steps.change(self.step, |node: &mut ScorecardNode| {
            node.points.push(Points { condition, points });
        });
        self
    }
}

whole_numbers!(['f, L] Score<'f, L>, 'f, []);

impl<L> sealed::Sealed for Score<'_, L> {}
impl<L> sealed::Sealed for &Score<'_, L> {}

impl<'f, L> Column<'f, L> for &Score<'f, L> {
    type Value = Integer;

    fn column(self) -> String {
        self.text.clone()
    }
}

impl<L> std::fmt::Debug for Score<'_, L> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Score({})", self.text)
    }
}
