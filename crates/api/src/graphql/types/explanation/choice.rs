//! The choices of a step with their rules and draws.

use async_graphql::SimpleObject;
use pointsman_history as history;

use super::rule::ExplainedRule;

/// One choice on the path of a step, with its inputs and its draw.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedChoice {
    /// Name of the node.
    node: String,
    /// Its kind, as documents write it.
    kind: String,
    /// Name of the chosen child node; null at a `reject`.
    to: Option<String>,
    /// How the rule was evaluated; null at a node that is no rule.
    rule: Option<ExplainedRule>,
    /// How the arm was drawn; null without a draw.
    draw: Option<ExplainedDraw>,
    /// Explanation in words.
    detail: String,
}

/// The draw of an arm.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedDraw {
    /// What this draw was made from: the lead's `unitKey`, or at a sticky split the hash of the field's value (under
    /// semantics version 1 the value itself).
    unit: String,
    /// Arms with their weights and scores, in declared order.
    arms: Vec<ExplainedShare>,
    /// Random points, under semantics version 1 only; else empty. Points were drawn until one belonged to an arm that
    /// could be taken: the last one.
    points: Vec<ExplainedPoint>,
}

/// Weight of an arm.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ExplainedShare {
    /// Name of the arm.
    arm: String,
    /// What it was drawn with, in parts per million; 0 for an arm of a bandit that could not be drawn while the others shared.
    weight_ppm: u32,
    /// Score of the arm in this draw, from semantics version 2 on. Of the arms that could be taken, the one with the
    /// smallest score was drawn. Null for an arm with weight 0.
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
            let history::ArmShare {
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
