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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moves {
    /// The node, as the new version calls it.
    pub node: String,
    /// Their share of all who draw there, in parts per million.
    pub share_ppm: u32,
    /// The same in words, such as "20 % of the people who draw at `premium` change arm".
    pub message: String,
}

/// A node that draws.
#[derive(Debug)]
struct Draw {
    name: String,
    salt: String,
    /// The field whose value is the unit; none: the lead is.
    sticky: Option<String>,
    /// The key and share of each arm that has a share, in the order that counts.
    arms: Vec<(String, f64)>,
    is_bandit: bool,
}

impl Draw {
    /// Whether both draw by the same hashes.
    fn is_coupled_with(&self, other: &Self) -> bool {
        self.salt == other.salt && self.sticky == other.sticky
    }
}

/// The people who change arm from `old` to `new`, by node; nodes at which nobody does are left out.
///
/// A node is the same if its name is, or else its salt. With shares `x` before and `y` after, by the keys
/// of arms, the share of those who stay is `Σᵢ 1 / Σⱼ max(xⱼ/xᵢ, yⱼ/yᵢ)` over the arms that have a share
/// in both: an arm's score is exponential with its weight as the rate, and divided by another weight it
/// is the same variable. So a person stays with `i` if `Eᵢ ≤ Eⱼ · min(xᵢ/xⱼ, yᵢ/yⱼ)` for each `j`, where
/// all `E` have rate 1, and of such a race `i` wins one part in the sum of the rates. Where the salt, the
/// sticky field or the semantics change, draws are independent, and those who stay are `Σᵢ xᵢ yᵢ`.
///
/// All arms are taken to be eligible, and a bandit to weigh its arms evenly: who is free and what was
/// learned is no part of a flow.
pub fn moves(old: &Version<'_>, new: &Version<'_>) -> Vec<Moves> {
    let (before, after) = (draws(old), draws(new));
    let is_redrawn = old.semantics != new.semantics;
    let names: BTreeSet<&str> = after.iter().map(|draw| draw.name.as_str()).collect();
    let by_name: BTreeMap<&str, &Draw> = before.iter().map(|old| (&*old.name, old)).collect();
    // The name of a node that is still there is not that of another.
    let gone = before.iter().filter(|old| !names.contains(&*old.name));
    let by_salt: BTreeMap<&str, &Draw> = gone.map(|old| (&*old.salt, old)).collect();
    let found = after.iter().filter_map(|draw| {
        let same_name = by_name.get(&*draw.name);
        let old = same_name.or_else(|| by_salt.get(&*draw.salt))?;
        let stay = if is_redrawn || !old.is_coupled_with(draw) {
            let both = shares_by_key(&old.arms, &draw.arms).into_values();
            both.map(|(x, y)| x * y).sum()
        } else if old.arms == draw.arms {
            return None;
        } else {
            match new.semantics {
                Semantics::V1 => staying_by_point(&old.arms, &draw.arms),
                Semantics::V2 => {
                    staying(shares_by_key(&old.arms, &draw.arms).into_values().collect())
                }
            }
        };
        let share = f64::clamp(1.0 - stay, 0.0, 1.0);
        let share_ppm = ppm(share);
        (share_ppm > 0).then(|| Moves {
            message: words(draw, share),
            node: draw.name.clone(),
            share_ppm,
        })
    });
    found.collect()
}

/// The shares of each arm before and after.
fn shares_by_key<'a>(
    x: &'a [(String, f64)],
    y: &'a [(String, f64)],
) -> BTreeMap<&'a str, (f64, f64)> {
    let mut both: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for (key, share) in x {
        both.entry(key).or_default().0 = *share;
    }
    for (key, share) in y {
        both.entry(key).or_default().1 = *share;
    }
    both
}

/// The share of people who keep their arm under a weighted rendezvous.
///
/// * `arms`: shares before and after; no arm is without both.
fn staying(mut arms: Vec<(f64, f64)>) -> f64 {
    // Of two rates the larger one is that of before for all arms that lose at least as much as this one,
    // and that of after for the others.
    arms.sort_by(|(x1, y1), (x2, y2)| (x2 / y2).total_cmp(&(x1 / y1)));
    let mut after: f64 = arms.iter().map(|(_, y)| y).sum();
    let mut before = 0.0;
    let mut stay = 0.0;
    for (x, y) in arms {
        before += x;
        after -= y;
        if x > 0.0 && y > 0.0 {
            stay += 1.0 / (before / x + f64::max(after, 0.0) / y);
        }
    }
    stay
}

/// The share of people who keep their arm where one point falls into the ranges of arms in their order:
/// what the ranges of each arm have in common.
fn staying_by_point(x: &[(String, f64)], y: &[(String, f64)]) -> f64 {
    let before = ranges(x);
    let common = ranges(y).into_iter().map(|(key, (from, to))| {
        let (old_from, old_to) = before.get(key).copied().unwrap_or_default();
        f64::max(f64::min(to, old_to) - f64::max(from, old_from), 0.0)
    });
    common.sum()
}

fn ranges(arms: &[(String, f64)]) -> BTreeMap<&str, (f64, f64)> {
    let mut upper = 0.0;
    let ranges = arms.iter().map(|(key, share)| {
        let lower = upper;
        upper += share;
        (key.as_str(), (lower, upper))
    });
    ranges.collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share is in [0, 1]"
)]
fn ppm(share: f64) -> u32 {
    (share * 1e6).round() as u32
}

fn words(draw: &Draw, share: f64) -> String {
    let percent = if share < 0.001 {
        "less than 0.1".to_owned()
    } else {
        let digits = format!("{:.1}", share * 100.0);
        digits.strip_suffix(".0").unwrap_or(&digits).to_owned()
    };
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
        .filter_map(|(name, node)| draw(&expanded, name, node, version.semantics))
        .collect()
}

fn draw(expanded: &Expanded<'_>, name: &str, node: &Node, semantics: Semantics) -> Option<Draw> {
    let keys = expanded.document.draw_keys(node);
    let (weights, sticky): (Vec<f64>, _) = match node {
        Node::Split { arms, sticky, .. } => {
            let weights = arms.iter().map(|arm| f64::from(arm.weight_ppm));
            (weights.collect(), sticky.clone())
        }
        Node::Bandit { arms, .. } => (vec![1.0; arms.len()], None),
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
    let weighed = keys.into_iter().zip(weights);
    let weighed = weighed.filter(|(_, weight)| *weight > 0.0);
    let origin = expanded.origin(name);
    let is_v1 = semantics == Semantics::V1;
    let arms = weighed.map(|((name, key), weight)| {
        let key = if is_v1 { name } else { key };
        (key.to_owned(), weight / sum)
    });
    let mut arms: Vec<(String, f64)> = arms.collect();
    if !is_v1 {
        arms.sort_by(|(a, _), (b, _)| a.cmp(b));
    }
    let salt = if is_v1 { None } else { node.salt() };
    Some(Draw {
        name: name.to_owned(),
        salt: salt_text(origin.flow, origin.node, salt).into_owned(),
        sticky,
        arms,
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
    fn a_node_says_nothing_if_nobody_changes_arm_and_little_if_few_do() {
        let only = format!(r#""start": {}"#, split(&[("acme", 1_000_000)]));
        assert_eq!(
            told_under((&only, Semantics::V1), (&only, Semantics::V2)),
            ""
        );
        let halves = split(&[("acme", 500_000), ("zenith", 500_000)]);
        let almost = split(&[("acme", 500_200), ("zenith", 499_800)]);
        assert_snapshot!(told(&halves, &almost), @"less than 0.1 % of the people who draw at `start` change arm");
    }

    #[test]
    fn the_sorted_sum_is_the_sum_over_all_pairs() {
        let arms = [
            (0.1, 0.3),
            (0.25, 0.05),
            (0.4, 0.4),
            (0.25, 0.0),
            (0.0, 0.25),
        ];
        let both = arms.iter().filter(|(x, y)| *x > 0.0 && *y > 0.0);
        let pairs: f64 = both
            .map(|(xi, yi)| {
                let rates = arms.iter().map(|(xj, yj)| f64::max(xj / xi, yj / yi));
                1.0 / rates.sum::<f64>()
            })
            .sum();
        assert!((super::staying(arms.to_vec()) - pairs).abs() < 1e-12);
    }

    #[test]
    fn another_sticky_field_draws_everybody_anew() {
        let halves = split(&[("acme", 500_000), ("zenith", 500_000)]);
        let sticky = halves.replace(r#""arms""#, r#""sticky": "phone", "arms""#);
        assert_eq!(told(&sticky, &sticky), "");
        assert_snapshot!(told(&halves, &sticky), @"50 % of the people who draw at `start` change arm");
    }

    #[test]
    fn version_1_draws_by_the_ranges_of_arms_in_their_order() {
        let told = |old: &str, new: &str| {
            let (old, new) = (format!(r#""start": {old}"#), format!(r#""start": {new}"#));
            told_under((&old, Semantics::V1), (&new, Semantics::V1))
        };
        let old = split(&[("acme", 100_000), ("zenith", 100_000), ("harbor", 800_000)]);
        let new = split(&[("acme", 200_000), ("zenith", 200_000), ("harbor", 600_000)]);
        assert_eq!(told(&old, &old), "");
        assert_snapshot!(told(&old, &new), @"30 % of the people who draw at `start` change arm");
        let turned = split(&[("harbor", 800_000), ("acme", 100_000), ("zenith", 100_000)]);
        assert_snapshot!(told(&old, &turned), @"40 % of the people who draw at `start` change arm");
        let keyed = new.replacen(r#"{"to""#, r#"{"key": "other", "to""#, 1);
        assert_eq!(told(&new, &keyed), "");
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
