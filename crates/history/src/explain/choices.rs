//! The choices of a step, each with what it saw and how it was made.

use pointsman_flow::{Node, NodeIdx, Op, Program, Readings, Why};
use pointsman_router::{Choice, Context, Draw, Drawn};
use serde::Serialize;

use super::{bids::BidExplanation, words};

/// One choice of a step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChoiceExplanation {
    /// Name of the node.
    pub node: String,
    /// Its kind, as documents write it.
    pub kind: &'static str,
    /// The node that it leads to; none at a `reject`.
    pub to: Option<String>,
    /// What a rule saw; none at any other node.
    pub rule: Option<Why>,
    /// How chance chose; none where there was none, or where it cannot be drawn again.
    pub draw: Option<DrawExplanation>,
    /// The whole of it, in words.
    pub detail: String,
}

/// How chance chose an arm.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DrawExplanation {
    /// What was drawn by: the unit key, or what keeps the arm. That is the hash of a field's value; under
    /// semantics version 1, the value itself.
    pub unit: String,
    /// The arms with their weights and scores, as declared.
    pub arms: Vec<ArmShare>,
    /// The points drawn, under semantics version 1. The last is of the arm taken, those before it fell to
    /// arms that could not be taken.
    pub points: Vec<Point>,
}

/// The weight of an arm.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArmShare {
    /// Its name.
    pub arm: String,
    /// What it was drawn with, in parts per million; 0 for an arm of a bandit that could not be drawn while the others shared.
    pub weight_ppm: u32,
    /// Its score, from semantics version 2 on: of the arms that could be taken the one with the smallest was.
    /// None for an arm without weight.
    pub score: Option<f64>,
}

/// A point that was drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Point {
    /// In `[0, 1_000_000)`. Each arm has as many points as its weight, in declared order.
    pub ppm: u32,
    /// The arm that it falls to.
    pub arm: String,
}

/// * `bids`: of the auction that a choice of a bidder follows, the best first.
pub(super) fn explained(
    context: Context<'_>,
    readings: &Readings,
    trace: &[Choice],
    draws: &[Draw],
    bids: &[BidExplanation],
) -> Vec<ChoiceExplanation> {
    let choices = trace.iter().map(|&Choice(node, choice)| {
        let program = context.program;
        let to = child(context, node, choice).map(|to| program.node_name(to).to_owned());
        let rule = program.why(node, readings);
        let draw = draws.iter().find(|draw| draw.node == node);
        let draw = draw.map(|draw| draw_of(context, draw));
        let written = program.expanded().nodes.get(program.node_name(node));
        ChoiceExplanation {
            node: program.node_name(node).to_owned(),
            kind: written.map_or("", Node::kind),
            detail: detail(context, (node, choice), rule.as_ref(), draw.as_ref(), bids),
            to,
            rule,
            draw,
        }
    });
    choices.collect()
}

fn draw_of(context: Context<'_>, draw: &Draw) -> DrawExplanation {
    let arms = context.program.node(draw.node).arms();
    let name = |arm: usize| arms.get(arm).map_or(String::new(), |arm| arm.name.clone());
    let (points, scores): (&[(u32, usize)], &[Option<f64>]) = match &draw.drawn {
        Drawn::Points(points) => (points, &[]),
        Drawn::Scores(scores) => (&[], scores),
    };
    let points = points.iter().map(|&(ppm, arm)| Point {
        ppm,
        arm: name(arm),
    });
    let scores = scores.iter().copied().chain(std::iter::repeat(None));
    let weights = arms.iter().zip(&draw.weights_ppm).zip(scores);
    DrawExplanation {
        unit: draw.unit.clone(),
        arms: weights
            .map(|((arm, &weight_ppm), score)| ArmShare {
                arm: arm.name.clone(),
                weight_ppm,
                score,
            })
            .collect(),
        points: points.collect(),
    }
}

fn detail(
    context: Context<'_>,
    (node, choice): (NodeIdx, u16),
    rule: Option<&Why>,
    draw: Option<&DrawExplanation>,
    bids: &[BidExplanation],
) -> String {
    let program = context.program;
    let to = child(context, node, choice).map_or("nowhere", |to| program.node_name(to));
    match program.node(node) {
        Op::Rule { .. } => {
            let saw = rule.map(words::rule).unwrap_or_default();
            format!("{saw}; so it leads to `{to}`")
        }
        Op::Reject { reason } => format!("it declines the lead: {reason}"),
        Op::Waterfall { .. } => {
            format!("port {}, `{to}`, is the first that is left", choice + 1)
        }
        Op::Auction { .. } => {
            let bid = bids.iter().find(|bid| bid.destination == to);
            let bid = bid.map_or(String::new(), |bid| format!(": {}", bid.detail));
            format!("`{to}` has the highest bid that is left{bid}")
        }
        Op::Rotate { .. } if draw.is_none() => {
            format!("`{to}` is the first of its order that can be had")
        }
        op @ (Op::Split { .. } | Op::Bandit { .. } | Op::Rotate { .. }) => {
            let arm = op.arms().get(usize::from(choice));
            drawn(arm.map_or(to, |arm| &arm.name), draw)
        }
        Op::Destination(_) => String::new(),
    }
}

/// The node that a choice leads to.
pub(super) fn child(context: Context<'_>, node: NodeIdx, choice: u16) -> Option<NodeIdx> {
    let children = context.program.node(node).children();
    children.get(usize::from(choice)).copied()
}

/// Why a node took the choice that it took, in few words; `None` where it has no choice.
pub(super) fn because(program: &Program, node: NodeIdx, readings: &Readings) -> Option<String> {
    match program.node(node) {
        Op::Rule { .. } => program.why(node, readings).map(|why| words::rule(&why)),
        Op::Waterfall { .. } => Some("it comes first".to_owned()),
        Op::Split { .. } | Op::Bandit { .. } => Some("it was drawn".to_owned()),
        Op::Rotate { .. } => Some("it was its turn".to_owned()),
        Op::Auction { .. } => Some("it bid most".to_owned()),
        Op::Destination(_) | Op::Reject { .. } => None,
    }
}

fn drawn(arm: &str, draw: Option<&DrawExplanation>) -> String {
    let Some(draw) = draw else {
        return format!("it drew `{arm}`");
    };
    let share = draw.arms.iter().find(|share| share.arm == arm);
    let weight = words::ppm(share.map_or(0, |share| share.weight_ppm));
    if let Some(score) = share.and_then(|share| share.score) {
        return rendezvous(arm, &weight, score, &draw.arms);
    }
    match draw.points.split_last() {
        None => format!(
            "it drew `{arm}`, of weight {weight}, among the arms that could be had, after too many draws in vain"
        ),
        Some((last, vain)) => {
            let point = words::ppm(last.ppm);
            let again = match vain {
                [] => String::new(),
                [one] => format!(
                    ", after {}, which is of `{}` and could not be had",
                    words::ppm(one.ppm),
                    one.arm
                ),
                many => format!(", after {} draws of arms that could not be had", many.len()),
            };
            format!(
                "it drew the point {point} of 1,000,000, which is of `{arm}`, of weight {weight}{again}"
            )
        }
    }
}

/// An arm that had the smallest score of those that could be taken.
fn rendezvous(arm: &str, weight: &str, score: f64, arms: &[ArmShare]) -> String {
    let ahead: Vec<&ArmShare> = arms
        .iter()
        .filter(|share| share.score.is_some_and(|other| other < score))
        .collect();
    let ahead = match ahead.as_slice() {
        [] => String::new(),
        [one] => format!("; `{}` has a smaller one and could not be taken", one.arm),
        many => format!(
            "; {} arms have smaller ones and could not be taken",
            many.len()
        ),
    };
    format!("it drew `{arm}`, of weight {weight}, by the score {score:.3e}{ahead}")
}
