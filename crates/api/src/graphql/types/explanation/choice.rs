//! The choices of a step, each with how it was made.

use async_graphql::SimpleObject;
use pointsman_history as history;

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
    /// What was drawn by: the unit key, or the value of the field that keeps its arm.
    unit: String,
    /// The arms with their weights, as declared.
    arms: Vec<ExplainedShare>,
    /// The points drawn. The last is of the arm taken, those before it fell to arms that could not be.
    points: Vec<ExplainedPoint>,
}

/// The weight of an arm.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedShare {
    /// Name of the arm.
    arm: String,
    /// In parts per million.
    weight_ppm: u32,
}

/// A point that was drawn.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedPoint {
    /// From 0 to 999,999. Each arm has as many points as its weight, in declared order.
    ppm: u32,
    /// The arm that it falls to.
    arm: String,
}

impl From<history::ChoiceExplanation> for ExplainedChoice {
    fn from(choice: history::ChoiceExplanation) -> Self {
        let history::ChoiceExplanation {
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

impl From<history::DrawExplanation> for ExplainedDraw {
    fn from(draw: history::DrawExplanation) -> Self {
        let history::DrawExplanation { unit, arms, points } = draw;
        let arms = arms.into_iter().map(|share| {
            let history::ArmShare { arm, weight_ppm } = share;
            ExplainedShare { arm, weight_ppm }
        });
        let points = points.into_iter().map(|point| {
            let history::Point { ppm, arm } = point;
            ExplainedPoint { ppm, arm }
        });
        Self {
            unit,
            arms: arms.collect(),
            points: points.collect(),
        }
    }
}
