//! How many people change arm from one version of a flow to another, node by node.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::{
    Document, Node, Semantics, Subflow,
    document::{NodeDraw, salt_text},
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
    let NodeDraw {
        salt,
        sticky,
        weights_ppm,
    } = node.draw()?;
    let keys = expanded.document.draw_keys(node);
    let is_bandit = weights_ppm.is_none();
    let weights: Vec<f64> = weights_ppm.map_or_else(
        || vec![1.0; keys.len()],
        |weights| weights.into_iter().map(f64::from).collect(),
    );
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
    let salt = salt.filter(|_| !is_v1);
    Some(Draw {
        name: name.to_owned(),
        salt: salt_text(origin.flow, origin.node, salt).into_owned(),
        sticky: sticky.map(str::to_owned),
        arms,
        is_bandit,
    })
}

#[cfg(test)]
mod tests;
