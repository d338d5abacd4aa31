//! Whether the draws of nodes are kept apart by their salts.

use std::{borrow::Cow, collections::BTreeMap};

use crate::{
    Diagnostic, Node, Place,
    diagnostic::note,
    document::salt_text,
    subflow::{Expanded, Origin},
};

/// Warns of nodes with one salt: a lead that comes to the one draws at the other as if it came for the
/// second time, and one that comes to either has the same luck at both. A node that is there twice,
/// with its subflow, is one node.
pub(super) fn check(expanded: &Expanded<'_>, found: &mut Vec<Diagnostic>) {
    let nodes = &expanded.document.nodes;
    if nodes.values().all(|node| node.salt().is_none()) {
        return; // The names of flow and node tell all nodes apart.
    }
    let mut first: BTreeMap<Cow<'_, str>, (&str, Origin<'_>)> = BTreeMap::new();
    for (name, node) in nodes {
        if !matches!(node, Node::Split { .. } | Node::Bandit { .. }) {
            continue;
        }
        let origin = expanded.origin(name);
        let salt = salt_text(origin.flow, origin.node, node.salt());
        let &mut (other, known) = first.entry(salt).or_insert((name, origin));
        if known != origin {
            let place = Place::node(name).part("salt");
            let message =
                format!("`{other}` draws by the same salt, so a lead has the same luck at both");
            let warning = Diagnostic::warning("shared_salt", place, message);
            note(
                found,
                warning.hint("give one of them a salt that no other node has"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use crate::fixture::{checked, findings};

    fn found(first: &str, second: &str) -> String {
        let split = |salt: &str| {
            format!(
                r#"{{"kind": "split", {salt} "arms": [{{"weight_ppm": 500000, "to": "acme"}}, {{"weight_ppm": 500000, "to": "zenith"}}]}}"#
            )
        };
        let nodes = format!(
            r#""start": {{"kind": "when", "if": "age < 30", "then": "one", "otherwise": "other"}}, "one": {}, "other": {},
            "rest": {{"kind": "waterfall", "to": ["start", "nobody"]}}"#,
            split(first),
            split(second)
        );
        let found = match checked(&nodes) {
            Ok(checked) => checked.warnings,
            Err(found) => found,
        };
        let own = found.into_iter().filter(|finding| {
            let place = &finding.place;
            ["shared_salt", "bad_name"].contains(&finding.code) && place.node.is_some()
        });
        findings(&own.collect::<Vec<_>>())
    }

    #[test]
    fn two_nodes_with_one_salt_are_told() {
        assert_snapshot!(found(r#""salt": "spring","#, r#""salt": "spring","#), @"shared_salt other:salt: `one` draws by the same salt, so a lead has the same luck at both | give one of them a salt that no other node has");
        assert_snapshot!(found("", r#""salt": "test/one","#), @"shared_salt other:salt: `one` draws by the same salt, so a lead has the same luck at both | give one of them a salt that no other node has");
        assert_eq!(found("", ""), "");
        assert_eq!(found(r#""salt": "spring","#, r#""salt": "autumn","#), "");
    }

    #[test]
    fn a_salt_is_a_text_of_some_length() {
        assert_snapshot!(found(r#""salt": "","#, ""), @"bad_name one:salt: a salt has 1 to 200 bytes | leave it out to draw by the names of flow and node");
    }
}
