//! Which rules of a flow a lead could come to.

use pointsman_flow::NodeIdx;
use pointsman_router::Context;

/// Every rule that decides for a lead, wherever chance, order, bids and answers may take it: node, and place among its rules.
pub(super) fn rules_met(context: Context<'_>) -> Vec<(NodeIdx, u16)> {
    let program = context.program;
    let mut is_seen = vec![false; program.n_nodes()];
    let mut to_visit = vec![program.root()];
    let mut met = Vec::new();
    while let Some(node) = to_visit.pop() {
        if std::mem::replace(&mut is_seen[usize::from(node.0)], true) {
            continue;
        }
        met.extend(context.rule(node).map(|rule| (node, rule)));
        to_visit.extend(context.leads_to(node));
    }
    met
}
