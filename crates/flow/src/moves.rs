//! How many people change arm from one version of a flow to another, node by node.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::{
    Document, Node, Semantics, Subflow,
    document::salt_text,
    subflow::{Expanded, expanded},
};

/// A version of a flow, with all that its draws depend on.
#[derive(Debug, Clone, Copy)]
pub struct Version<'a> {
    /// What it says.
    pub document: &'a Document,
    /// What its references to other flows mean. Without, the nodes of subflows are left out.
    pub subflows: &'a BTreeMap<String, Subflow>,
    /// How it draws.
    pub semantics: Semantics,
}

/// How many of the people who draw at a node change arm.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Moves {
    /// The node, as the new version calls it.
    pub node: String,
    /// Their share of all who draw there, in `[0, 1]`.
    pub share: f64,
    /// The same in words, such as `20 % of the people who draw at "premium" change arm`.
    pub message: String,
}

/// A node that draws.
struct Draw {
    name: String,
    salt: String,
    /// The share of each arm, by key.
    shares: BTreeMap<String, f64>,
    is_bandit: bool,
}

/// The people who change arm from `old` to `new`, by node; nodes that draw as before are left out.
///
/// A node is the same if its name is, or else its salt. With shares `x` before and `y` after, by the keys
/// of arms, the share of those who stay is `Σᵢ 1 / Σⱼ max(xⱼ/xᵢ, yⱼ/yᵢ)` over the arms that have a share
/// in both: an arm's score is exponential with its weight as the rate, and divided by another weight it
/// is the same variable. So a person stays with `i` if `Eᵢ ≤ Eⱼ · min(xᵢ/xⱼ, yᵢ/yⱼ)` for each `j`, where
/// all `E` have rate 1, and of such a race `i` wins one part in the sum of the rates. Where the salt or
/// the semantics change, draws are independent, and those who stay are `Σᵢ xᵢ yᵢ`.
///
/// A bandit is taken to weigh its arms evenly: what it has learned is no part of a flow.
pub fn moves(old: &Version<'_>, new: &Version<'_>) -> Vec<Moves> {
    let (before, after) = (draws(old), draws(new));
    let is_redrawn = old.semantics != new.semantics;
    let names: BTreeSet<&str> = after.iter().map(|draw| draw.name.as_str()).collect();
    let found = after.iter().filter_map(|draw| {
        let same_name = before.iter().find(|old| old.name == draw.name);
        // The name of a node that is still there is not that of another.
        let same_salt = || {
            let gone = before.iter().filter(|old| !names.contains(&*old.name));
            gone.into_iter().find(|old| old.salt == draw.salt)
        };
        let old = same_name.or_else(same_salt)?;
        let is_independent = is_redrawn || old.salt != draw.salt;
        if !is_independent && old.shares == draw.shares {
            return None;
        }
        let stay = if is_independent {
            let both = draw.shares.iter();
            both.map(|(key, y)| y * old.shares.get(key).unwrap_or(&0.0))
                .sum()
        } else {
            staying(&old.shares, &draw.shares)
        };
        let share = f64::clamp(1.0 - stay, 0.0, 1.0);
        Some(Moves {
            message: words(draw, share),
            node: draw.name.clone(),
            share,
        })
    });
    found.collect()
}

/// The share of people who keep their arm when shares `x` become `y`.
fn staying(x: &BTreeMap<String, f64>, y: &BTreeMap<String, f64>) -> f64 {
    let keys: BTreeSet<&String> = x.keys().chain(y.keys()).collect();
    let of = |shares: &BTreeMap<String, f64>, key| shares.get(key).copied().unwrap_or(0.0);
    let stays = keys.iter().map(|&i| {
        let (xi, yi) = (of(x, i), of(y, i));
        if xi <= 0.0 || yi <= 0.0 {
            return 0.0;
        }
        let rates = keys.iter().map(|&j| f64::max(of(x, j) / xi, of(y, j) / yi));
        1.0 / rates.sum::<f64>()
    });
    stays.sum()
}

fn words(draw: &Draw, share: f64) -> String {
    let percent = format!("{:.1}", share * 100.0);
    let percent = percent.trim_end_matches('0').trim_end_matches('.');
    let name = &draw.name;
    let even = if draw.is_bandit {
        ", if its arms weigh the same"
    } else {
        ""
    };
    format!("{percent} % of the people who draw at `{name}` change arm{even}")
}

/// The nodes of a version that draw, by name.
fn draws(version: &Version<'_>) -> Vec<Draw> {
    let expanded = expanded(version.document, version.subflows, &mut Vec::new());
    let reached = expanded.document.node_hashes();
    let nodes = expanded.document.nodes.iter();
    let draws = nodes.filter(|(name, _)| reached.contains_key(*name));
    draws
        .filter_map(|(name, node)| draw(&expanded, name, node))
        .collect()
}

fn draw(expanded: &Expanded<'_>, name: &str, node: &Node) -> Option<Draw> {
    let arms = expanded.document.draw_keys(node);
    let weights: Vec<f64> = match node {
        Node::Split { arms, .. } => arms.iter().map(|arm| f64::from(arm.weight_ppm)).collect(),
        Node::Bandit { arms, .. } => vec![1.0; arms.len()],
        Node::Destination { .. }
        | Node::Reject { .. }
        | Node::When { .. }
        | Node::Switch { .. }
        | Node::Table { .. }
        | Node::Rotate { .. }
        | Node::Auction { .. }
        | Node::Waterfall { .. }
        | Node::Subflow { .. }
        | Node::Scorecard { .. }
        | Node::Derive { .. } => return None,
    };
    let sum: f64 = weights.iter().sum();
    let shares = arms.iter().zip(&weights);
    let shares = shares.filter(|(_, weight)| **weight > 0.0);
    let origin = expanded.origin(name);
    Some(Draw {
        name: name.to_owned(),
        salt: salt_text(origin.flow, origin.node, node.salt()).into_owned(),
        shares: shares
            .map(|((_, key), weight)| ((*key).to_owned(), weight / sum))
            .collect(),
        is_bandit: matches!(node, Node::Bandit { .. }),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use insta::assert_snapshot;

    use super::{Version, moves};
    use crate::{Document, Semantics, fixture};

    fn document(nodes: &str) -> Document {
        let leaves = r#""acme": {"kind": "destination"}, "zenith": {"kind": "destination"}, "harbor": {"kind": "destination"}"#;
        fixture::document(&format!("{nodes}, {leaves}")).unwrap()
    }

    fn split(weights: &[(&str, u32)]) -> String {
        let arms = weights
            .iter()
            .map(|(to, weight)| format!(r#"{{"to": "{to}", "weight_ppm": {weight}}}"#));
        let arms: Vec<String> = arms.collect();
        format!(r#"{{"kind": "split", "arms": [{}]}}"#, arms.join(", "))
    }

    fn told_under(old: (&str, Semantics), new: (&str, Semantics)) -> String {
        let (before, after) = (document(old.0), document(new.0));
        let subflows = BTreeMap::new();
        let version = |document, semantics| Version {
            document,
            subflows: &subflows,
            semantics,
        };
        let (old, new) = (version(&before, old.1), version(&after, new.1));
        let found = moves(&old, &new);
        let lines = found.into_iter().map(|moves| moves.message);
        lines.collect::<Vec<_>>().join("\n")
    }

    fn told(old: &str, new: &str) -> String {
        let old = format!(r#""start": {old}"#);
        let new = format!(r#""start": {new}"#);
        told_under((&old, Semantics::V2), (&new, Semantics::V2))
    }

    #[test]
    fn an_edit_says_how_many_people_change_arm() {
        let thirds = split(&[("acme", 100_000), ("zenith", 100_000), ("harbor", 800_000)]);
        let cases = [
            (
                split(&[("acme", 200_000), ("zenith", 200_000), ("harbor", 600_000)]),
                "20 %",
            ),
            (
                split(&[("acme", 300_000), ("zenith", 150_000), ("harbor", 550_000)]),
                "25.9 %",
            ),
            // Who leaves an arm that is gone goes to the others by their shares, which are as they were.
            (split(&[("zenith", 111_111), ("harbor", 888_889)]), "10 %"),
        ];
        for (after, percent) in cases {
            let said = format!("{percent} of the people who draw at `start` change arm");
            assert_eq!(told(&thirds, &after), said);
        }
        let (halves, joined) = (
            split(&[("acme", 500_000), ("zenith", 500_000)]),
            split(&[("acme", 340_000), ("zenith", 330_000), ("harbor", 330_000)]),
        );
        assert_snapshot!(told(&halves, &joined), @"33.3 % of the people who draw at `start` change arm");
    }

    #[test]
    fn arms_in_another_order_say_nothing() {
        let (one, other) = (
            split(&[("acme", 100_000), ("harbor", 900_000)]),
            split(&[("harbor", 900_000), ("acme", 100_000)]),
        );
        assert_eq!(told(&one, &other), "");
    }

    #[test]
    fn a_renamed_node_is_known_by_its_salt_and_another_salt_draws_anew() {
        let drawn = split(&[("acme", 500_000), ("zenith", 500_000)]);
        let salted = drawn.replace(r#""arms""#, r#""salt": "test/start", "arms""#);
        let salt = format!(r#""start": {{"kind": "waterfall", "to": ["best"]}}, "best": {salted}"#);
        let old = format!(r#""start": {drawn}"#);
        assert_eq!(
            told_under((&old, Semantics::V2), (&salt, Semantics::V2)),
            ""
        );
        let anew = drawn.replace(r#""arms""#, r#""salt": "spring", "arms""#);
        assert_snapshot!(told(&drawn, &anew), @"50 % of the people who draw at `start` change arm");
    }

    #[test]
    fn other_semantics_draw_everybody_anew() {
        let halves = format!(
            r#""start": {}"#,
            split(&[("acme", 500_000), ("zenith", 500_000)])
        );
        assert_snapshot!(told_under((&halves, Semantics::V1), (&halves, Semantics::V2)), @"50 % of the people who draw at `start` change arm");
        let bandit = r#""start": {"kind": "bandit", "explore_ppm": 20000, "arms": [{"to": "acme"}, {"to": "zenith"}, {"to": "harbor"}]}"#;
        assert_snapshot!(told_under((bandit, Semantics::V1), (bandit, Semantics::V2)), @"66.7 % of the people who draw at `start` change arm, if its arms weigh the same");
    }
}
