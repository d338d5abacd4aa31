//! Whether the draws of nodes are kept apart by their salts.

use std::{borrow::Cow, collections::BTreeMap};

use crate::{
    Diagnostic, Place,
    diagnostic::note,
    document::salt_text,
    subflow::{Expanded, Origin},
};

/// Warns of nodes with one salt: a lead that comes to the one draws at the other as if it came for the
/// second time, and one that comes to either has the same luck at both. A node that is there twice,
/// with its subflow, is one node.
pub(super) fn check(expanded: &Expanded<'_>, found: &mut Vec<Diagnostic>) {
    let draws = expanded.document.nodes.iter();
    let draws = draws.filter_map(|(name, node)| Some((name, node.draw()?.salt)));
    let draws: Vec<(&String, Option<&str>)> = draws.collect();
    if draws.iter().all(|(_, salt)| salt.is_none()) {
        return; // The names of flow and node tell all nodes apart.
    }
    let mut first: BTreeMap<Cow<'_, str>, (&str, Origin<'_>)> = BTreeMap::new();
    for (name, salt) in draws {
        let origin = expanded.origin(name);
        let salt = salt_text(origin.flow, origin.node, salt);
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

    #[test]
    fn a_salt_has_no_characters_that_nobody_sees() {
        assert_snapshot!(found(r#""salt": "a\u0000b","#, ""), @"bad_name one:salt: a salt has no control characters, such as line breaks | nobody sees them, and draws depend on them");
        assert_snapshot!(found("\"salt\": \"cafe\u{301}\",", ""), @"bad_name one:salt: a salt is written in the normal form NFC | in another form it looks the same and draws anew");
        // Letters that look alike are different letters, as in every text.
        assert_eq!(
            found("\"salt\": \"caf\u{e9}\",", "\"salt\": \"c\u{430}f\u{e9}\","),
            ""
        );
        let long = format!(r#""salt": "{}","#, "x".repeat(10_000));
        assert_snapshot!(found(&long, ""), @"bad_name one:salt: a salt has 1 to 200 bytes | leave it out to draw by the names of flow and node");
    }
}
