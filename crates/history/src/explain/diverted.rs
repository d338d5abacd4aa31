//! Which nodes led a lead away from a destination.

use pointsman_flow::{DestinationIdx, NodeIdx, Readings};
use pointsman_router::{Choice, Context};
use serde::Serialize;

use super::choices::{because, child};

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
    for (node, _) in program.nodes() {
        if !reached[usize::from(node.0)] {
            continue;
        }
        for to in context.leads_to(node) {
            reached[usize::from(to.0)] = true;
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
        .any(|(node, op)| reached[usize::from(node.0)] && op.destination() == Some(destination));
    if leads_there {
        let last = path.iter().rfind(|Choice(node, _)| is_below(*node));
        return last
            .map(|&Choice(node, choice)| by_choice(context, readings, node, choice))
            .into_iter()
            .collect();
    }
    let bars = program.nodes().filter(|(node, op)| {
        let bars = |to: NodeIdx| op.is_rule() && !is_below(to);
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

fn by_choice(context: Context<'_>, readings: &Readings, node: NodeIdx, choice: u16) -> DivertedBy {
    let program = context.program;
    let to = child(context, node, choice).map(|to| program.node_name(to).to_owned());
    let name = program.node_name(node).to_owned();
    let led_to = to
        .as_deref()
        .map_or("nowhere".to_owned(), |to| format!("to `{to}`"));
    let because = because(program, node, readings);
    let because = because.map_or(String::new(), |because| format!(": {because}"));
    DivertedBy {
        detail: format!("`{name}` led {led_to}{because}"),
        node: name,
        to,
    }
}
