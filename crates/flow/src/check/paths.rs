//! How many ways chance may take through a flow: a step weighs them all.

use std::collections::BTreeMap;

use crate::{Diagnostic, Document, Node, Place, diagnostic::note, graph::Graph};

/// Most ways that one draw after the other may take from a node to what it offers.
///
/// The exact propensity of an offer is a sum over all of them, at every step of every lead. A ladder of
/// twenty splits, of which both arms lead to the next, would have a million.
const MAX_WAYS: u64 = 1_024;

/// Refuses a flow with more. Only meaningful without cycles.
pub(super) fn check(document: &Document, graph: &Graph<'_>, found: &mut Vec<Diagnostic>) {
    let mut ways: BTreeMap<&str, u64> = BTreeMap::new();
    for &name in &graph.reached {
        let node = &document.nodes[name];
        let of_ports = node.targets().into_iter();
        let of_ports = of_ports.map(|port| ways.get(port).copied().unwrap_or(1));
        let n_ways = match node {
            Node::Split { .. } | Node::Bandit { .. } | Node::Rotate { .. } => {
                of_ports.fold(0, u64::saturating_add)
            }
            // A lead takes one port at a time.
            _ => of_ports.max().unwrap_or(1),
        };
        if n_ways > MAX_WAYS {
            let message = format!(
                "chance may take {n_ways} ways from here, draw after draw; {MAX_WAYS} is the limit"
            );
            let error = Diagnostic::error("too_large", Place::node(name), message);
            note(
                found,
                error.hint("draw once, over the arms of the nodes below"),
            );
            return; // All nodes above have as many.
        }
        ways.insert(name, n_ways);
    }
}

#[cfg(test)]
mod tests {
    use crate::fixture::{checked, findings};

    /// A ladder of splits, both arms of each leading to the next, and the last ones to the buyers.
    fn ladder(n_levels: usize) -> String {
        let level = |at: usize| {
            let below = |last: &str| match at + 1 {
                next if next < n_levels => format!("level-{next}"),
                _ => last.to_owned(),
            };
            let name = if at == 0 {
                "start".to_owned()
            } else {
                format!("level-{at}")
            };
            format!(
                r#""{name}": {{"kind": "split", "arms": [
                    {{"name": "left", "weight_ppm": 500000, "to": "{}"}}, {{"name": "right", "weight_ppm": 500000, "to": "{}"}}]}}"#,
                below("acme"),
                below("zenith"),
            )
        };
        let nodes: Vec<String> = (0..n_levels).map(level).collect();
        match checked(&nodes.join(",")) {
            Ok(_) => "sound".to_owned(),
            Err(found) => findings(&found),
        }
    }

    #[test]
    fn draws_after_draws_are_bounded() {
        assert_eq!(ladder(10), "sound");
        insta::assert_snapshot!(ladder(40), @"
        too_large level-29:: chance may take 2048 ways from here, draw after draw; 1024 is the limit | draw once, over the arms of the nodes below
        unreachable nobody:: no lead can reach this node | connect it, or delete it
        ");
    }
}
