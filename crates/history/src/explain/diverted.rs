//! Which nodes led a lead away from a destination.

use pointsman_flow::{DestinationIdx, NodeIdx, Op, Readings};
use pointsman_router::{Choice, Context};
use serde::Serialize;

use super::words;

/// Most nodes that are named.
const NODES_MAX: usize = 3;

/// A node that could have led to a destination, and led elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DivertedBy {
    /// Its name.
    pub node: String,
    /// The node that it led to instead, if it led anywhere.
    pub to: Option<String>,
    /// Why, in words.
    pub detail: String,
}

/// What the rules leave of a program for one lead: the nodes that some choice leads to.
pub(super) fn reached(context: Context<'_>) -> Vec<bool> {
    let program = context.program;
    let mut reached = vec![false; program.n_nodes()];
    reached[usize::from(program.root().0)] = true;
    // Parents come before their children.
    for (node, op) in program.nodes() {
        if !reached[usize::from(node.0)] {
            continue;
        }
        let mut go_to = |to: NodeIdx| reached[usize::from(to.0)] = true;
        match op {
            Op::Rule { ports } => {
                let port = program.pick(node, context.subject.codes());
                go_to(ports[usize::from(port)]);
            }
            Op::Split { arms, .. } | Op::Bandit { arms, .. } => {
                let weights = context.subject.weights(node, op);
                let drawn = arms.iter().zip(weights).filter(|(_, weight)| **weight > 0);
                drawn.for_each(|(arm, _)| go_to(arm.to));
            }
            _ => op.children().into_iter().for_each(go_to),
        }
    }
    reached
}

/// The nodes that led the lead away from a destination.
///
/// Where rules alone bar every way to it, those rules; else the last node of the path from which there
/// was a way to it.
///
/// * `reached`: what [`reached`] gave.
/// * `path`: the choices from the root down to where the walk stands.
pub(super) fn diverted_by(
    context: Context<'_>,
    readings: &Readings,
    reached: &[bool],
    path: &[Choice],
    destination: DestinationIdx,
) -> Vec<DivertedBy> {
    let program = context.program;
    let is_below = |node: NodeIdx| program.leaves(node).mask.get(destination);
    let leads_there = program
        .nodes()
        .any(|(node, op)| reached[usize::from(node.0)] && *op == Op::Destination(destination));
    if leads_there {
        let last = path.iter().rfind(|Choice(node, _)| is_below(*node));
        return last
            .map(|&Choice(node, choice)| by_choice(context, readings, node, choice))
            .into_iter()
            .collect();
    }
    let bars = program.nodes().filter(|(node, op)| {
        let bars = |to: NodeIdx| matches!(op, Op::Rule { .. }) && !is_below(to);
        reached[usize::from(node.0)]
            && is_below(*node)
            && child(context, *node, program.pick(*node, context.subject.codes())).is_some_and(bars)
    });
    bars.take(NODES_MAX)
        .map(|(node, _)| {
            let port = program.pick(node, context.subject.codes());
            by_choice(context, readings, node, port)
        })
        .collect()
}

/// The node that a choice leads to.
pub(super) fn child(context: Context<'_>, node: NodeIdx, choice: u16) -> Option<NodeIdx> {
    let children = context.program.node(node).children();
    children.get(usize::from(choice)).copied()
}

fn by_choice(context: Context<'_>, readings: &Readings, node: NodeIdx, choice: u16) -> DivertedBy {
    let program = context.program;
    let to = child(context, node, choice).map(|to| program.node_name(to).to_owned());
    let name = program.node_name(node).to_owned();
    let whither = to
        .as_deref()
        .map_or("nowhere".to_owned(), |to| format!("to `{to}`"));
    let because = match program.node(node) {
        Op::Rule { .. } => program.why(node, readings).map(|why| words::rule(&why)),
        Op::Waterfall { .. } => Some("it comes first".to_owned()),
        Op::Split { .. } | Op::Bandit { .. } => Some("it was drawn".to_owned()),
        Op::Rotate { .. } => Some("it was its turn".to_owned()),
        Op::Auction { .. } => Some("it bid most".to_owned()),
        Op::Destination(_) | Op::Reject { .. } => None,
    };
    let because = because.map_or(String::new(), |because| format!(": {because}"));
    DivertedBy {
        detail: format!("`{name}` led {whither}{because}"),
        node: name,
        to,
    }
}
