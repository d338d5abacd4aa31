//! The choices of a step, each with how it was made.

use async_graphql::SimpleObject;
use pointsman_service as service;

use super::rule::ExplainedRule;

/// One choice of a step.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedChoice {
    /// Name of the node.
    node: String,
    /// Its kind, as documents write it.
    kind: String,
    /// The node that it leads to; absent at a `reject`.
    to: Option<String>,
    /// What a rule saw; absent at any other node.
    rule: Option<ExplainedRule>,
    /// How chance chose; absent where there was none, or where it cannot be drawn again.
    draw: Option<ExplainedDraw>,
    /// The whole of it, in words.
    detail: String,
}

/// How chance chose an arm.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedDraw {
    /// What was drawn by: the unit key, or what keeps the arm. That is the hash of a field's value; under
    /// semantics version 1, the value itself.
    unit: String,
    /// The arms with their weights and scores, as declared.
    arms: Vec<ExplainedShare>,
    /// The points drawn, under semantics version 1. The last is of the arm taken, those before it fell to
    /// arms that could not be taken.
    points: Vec<ExplainedPoint>,
}

/// The weight of an arm.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedShare {
    /// Name of the arm.
    arm: String,
    /// In parts per million.
    weight_ppm: u32,
    /// Its score, from semantics version 2 on: of the arms that could be taken the one with the smallest was.
    /// Absent for an arm without weight.
    score: Option<f64>,
}

/// A point that was drawn.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedPoint {
    /// From 0 to 999,999. Each arm has as many points as its weight, in declared order.
    ppm: u32,
    /// The arm that it falls to.
    arm: String,
}

impl From<service::ChoiceExplanation> for ExplainedChoice {
    fn from(choice: service::ChoiceExplanation) -> Self {
        let service::ChoiceExplanation {
            node,
            kind,
            to,
            rule,
            draw,
            detail,
        } = choice;
        Self {
            node,
            kind: kind.to_owned(),
            to,
            rule: rule.map(ExplainedRule::from),
            draw: draw.map(ExplainedDraw::from),
            detail,
        }
    }
}

impl From<service::DrawExplanation> for ExplainedDraw {
    fn from(draw: service::DrawExplanation) -> Self {
        let service::DrawExplanation { unit, arms, points } = draw;
        let arms = arms.into_iter().map(|share| {
            let service::ArmShare {
                arm,
                weight_ppm,
                score,
            } = share;
            ExplainedShare {
                arm,
                weight_ppm,
                score,
            }
        });
        let points = points.into_iter().map(|point| {
            let service::Point { ppm, arm } = point;
            ExplainedPoint { ppm, arm }
        });
        Self {
            unit,
            arms: arms.collect(),
            points: points.collect(),
        }
    }
}
