//! The choices of a step, each with what it saw and how it was made.

use pointsman_flow::{Node, NodeIdx, Op, Program, Readings, Why};
use pointsman_router::{Choice, Context, Draw};
use serde::Serialize;

use super::{bids::BidExplanation, words};

/// One choice of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DrawExplanation {
    /// What was drawn by: the unit key, or the value of the field that keeps its arm.
    pub unit: String,
    /// The arms with their weights, as declared.
    pub arms: Vec<ArmShare>,
    /// The points drawn. The last is of the arm taken, those before it fell to arms that could not be.
    pub points: Vec<Point>,
}

/// The weight of an arm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ArmShare {
    /// Its name.
    pub arm: String,
    /// In parts per million.
    pub weight_ppm: u32,
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
    let points = draw.points.iter().map(|&(ppm, arm)| Point {
        ppm,
        arm: name(arm),
    });
    let weights = arms.iter().zip(&draw.weights_ppm);
    DrawExplanation {
        unit: draw.unit.clone(),
        arms: weights
            .map(|(arm, &weight_ppm)| ArmShare {
                arm: arm.name.clone(),
                weight_ppm,
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
    let weight = draw.arms.iter().find(|share| share.arm == arm);
    let weight = words::ppm(weight.map_or(0, |share| share.weight_ppm));
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
