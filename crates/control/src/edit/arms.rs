//! Edits of the arms of splits, bandits and rotations; the weights of a split always add up.

use std::collections::BTreeMap;

use pointsman_bandit::{TOTAL_PPM, apportion};
use pointsman_flow::{
    BanditArm, BanditNode, Document, Node, OfKind as _, RotateArm, RotateNode, SplitArm, SplitNode,
};
use pointsman_lead::Problem;

use super::find::{find, of_kind, wrong_kind};

/// The kinds of nodes that have arms.
const ARMED: &str = "split, bandit or rotate";

/// The kinds of nodes that draw.
const DRAWING: &str = "split or bandit";

/// Most names of arms that a hint lists: a draft may hold a hundred thousand.
const LISTED_MAX: usize = 20;

/// Position of an arm by its name, as readouts show it.
///
/// * `path`: where the edit names it.
fn position(document: &Document, node: &str, arm: &str, path: &str) -> Result<usize, Problem> {
    let mut names = arm_names(document, node);
    names
        .position(|name| name == arm)
        .ok_or_else(|| unknown_arm(document, node, arm, path))
}

fn arm_names<'a>(document: &'a Document, node: &str) -> impl Iterator<Item = &'a str> {
    let arms = document.nodes.get(node).and_then(Node::arms);
    let arms = arms.unwrap_or_default().into_iter();
    arms.map(|arm| document.arm_name(arm.name, arm.to))
}

fn unknown_arm(document: &Document, node: &str, arm: &str, path: &str) -> Problem {
    let problem = Problem::new("unknown_arm", path, format!("there is no arm `{arm}`"));
    let mut names = arm_names(document, node);
    let listed: Vec<&str> = names.by_ref().take(LISTED_MAX).collect();
    let more = match names.count() {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    problem.hint(format!("its arms are {}{more}", listed.join(", ")))
}

pub(super) fn set_weights(
    document: &mut Document,
    node: &str,
    weights: &[(String, u32)],
) -> Result<(), Problem> {
    of_kind::<SplitNode>(document, node)?;
    let mut positions: BTreeMap<&str, usize> = BTreeMap::new();
    for (position, name) in arm_names(document, node).enumerate() {
        positions.entry(name).or_insert(position);
    }
    let named = weights.iter().enumerate().map(|(idx, (arm, weight))| {
        let position = positions.get(arm.as_str()).copied();
        let path = || format!("weights[{idx}].arm");
        let position = position.ok_or_else(|| unknown_arm(document, node, arm, &path()))?;
        Ok((position, *weight))
    });
    let named: Vec<(usize, u32)> = named.collect::<Result<_, Problem>>()?;
    let arms = &mut of_kind::<SplitNode>(document, node)?.arms;
    let mut is_set = vec![false; arms.len()];
    for (idx, (position, weight)) in named.into_iter().enumerate() {
        arms[position].weight_ppm = weight;
        if std::mem::replace(&mut is_set[position], true) {
            let message = format!("arm `{}` has a weight already", weights[idx].0);
            let problem = Problem::new("duplicate_arm", format!("weights[{idx}].arm"), message);
            return Err(problem.hint("give each arm one weight"));
        }
    }
    let given: u64 = weights.iter().map(|(_, weight)| u64::from(*weight)).sum();
    let Some(rest) = u64::from(TOTAL_PPM).checked_sub(given) else {
        let message = format!("these weights sum to {given}");
        return Err(Problem::new("weights_sum", "weights", message)
            .hint("at most 1,000,000 parts per million"));
    };
    let others: Vec<usize> = (0..arms.len()).filter(|&idx| !is_set[idx]).collect();
    if others.is_empty() && rest > 0 {
        let message = format!("these weights sum to {given}");
        return Err(Problem::new("weights_sum", "weights", message)
            .hint("all arms are named: they must sum to 1,000,000"));
    }
    share(arms, &others, u32::try_from(rest).unwrap_or(TOTAL_PPM));
    Ok(())
}

/// Scales the weights of some arms to a sum, in their proportions.
pub(super) fn share(arms: &mut [SplitArm], positions: &[usize], sum: u32) {
    let shares: Vec<u128> = positions
        .iter()
        .map(|&idx| u128::from(arms[idx].weight_ppm))
        .collect();
    let mut given = 0;
    let whole = apportion(&shares);
    for (&idx, part) in positions.iter().zip(&whole) {
        let weight = u64::from(*part) * u64::from(sum) / u64::from(TOTAL_PPM);
        arms[idx].weight_ppm = u32::try_from(weight).unwrap_or(sum);
        given += arms[idx].weight_ppm;
    }
    // What rounding down left over goes to the first ones.
    for &idx in positions
        .iter()
        .cycle()
        .take((sum - given.min(sum)) as usize)
    {
        arms[idx].weight_ppm += 1;
    }
}

pub(super) fn add_arm(
    document: &mut Document,
    node: &str,
    name: Option<&String>,
    to: &str,
    weight_ppm: Option<u32>,
) -> Result<(), Problem> {
    let found = find(document, node)?;
    if let Some(split) = SplitNode::of_mut(found) {
        return add_to_split(split, name, to, weight_ppm);
    }
    if let Some(bandit) = BanditNode::of_mut(found) {
        if weight_ppm.is_some() {
            return Err(no_weight("weight_of_bandit", "a bandit learns its weights"));
        }
        bandit.arms.push(BanditArm {
            name: name.cloned(),
            key: None,
            to: to.to_owned(),
            floor_ppm: None,
            ceiling_ppm: None,
        });
        return Ok(());
    }
    if let Some(rotation) = RotateNode::of_mut(found) {
        if weight_ppm.is_some() {
            return Err(no_weight("weight_of_rotation", "a rotation has no weights"));
        }
        rotation.arms.push(RotateArm {
            name: name.cloned(),
            to: to.to_owned(),
            daily: None,
            monthly: None,
        });
        return Ok(());
    }
    Err(wrong_kind(node, found, ARMED))
}

fn add_to_split(
    split: &mut SplitNode,
    name: Option<&String>,
    to: &str,
    weight_ppm: Option<u32>,
) -> Result<(), Problem> {
    let arms = &mut split.arms;
    let n_arms = u32::try_from(arms.len())
        .unwrap_or(u32::MAX)
        .saturating_add(1);
    let weight = weight_ppm.unwrap_or(TOTAL_PPM / n_arms);
    if weight > TOTAL_PPM {
        let message = format!("a weight of {weight} is more than everything");
        let problem = Problem::new("out_of_range", "weight_ppm", message);
        return Err(problem.hint("at most 1,000,000"));
    }
    let others: Vec<usize> = (0..arms.len()).collect();
    share(arms, &others, TOTAL_PPM - weight);
    arms.push(SplitArm {
        name: name.cloned(),
        key: None,
        weight_ppm: weight,
        to: to.to_owned(),
    });
    Ok(())
}

fn no_weight(code: &'static str, message: &str) -> Problem {
    Problem::new(code, "weight_ppm", message).hint("leave it out")
}

/// Sets what an arm of a rotation by deficit is to get; none takes a target away.
pub(super) fn set_targets(
    document: &mut Document,
    node: &str,
    arm: &str,
    daily: Option<u32>,
    monthly: Option<u32>,
) -> Result<(), Problem> {
    of_kind::<RotateNode>(document, node)?;
    let at = position(document, node, arm, "arm")?;
    let arm = &mut of_kind::<RotateNode>(document, node)?.arms[at];
    arm.daily = daily;
    arm.monthly = monthly;
    Ok(())
}

/// Sets the least and the most that an arm of a bandit draws; none takes a limit away.
pub(super) fn set_limits(
    document: &mut Document,
    node: &str,
    arm: &str,
    floor_ppm: Option<u32>,
    ceiling_ppm: Option<u32>,
) -> Result<(), Problem> {
    of_kind::<BanditNode>(document, node)?;
    let at = position(document, node, arm, "arm")?;
    let arm = &mut of_kind::<BanditNode>(document, node)?.arms[at];
    arm.floor_ppm = floor_ppm;
    arm.ceiling_ppm = ceiling_ppm;
    Ok(())
}

/// Sets what keeps the draws of a node apart; none takes it away.
pub(super) fn set_salt(
    document: &mut Document,
    node: &str,
    new: Option<&str>,
) -> Result<(), Problem> {
    let found = find(document, node)?;
    match found.salt_mut() {
        Some(salt) => *salt = new.map(str::to_owned),
        None => return Err(wrong_kind(node, found, DRAWING)),
    }
    Ok(())
}

/// Sets what draws know an arm by; none takes it away.
pub(super) fn set_key(
    document: &mut Document,
    node: &str,
    arm: &str,
    new: Option<&str>,
) -> Result<(), Problem> {
    let found = find(document, node)?;
    if found.salt_mut().is_none() {
        return Err(wrong_kind(node, found, DRAWING));
    }
    let at = position(document, node, arm, "arm")?;
    let arm = find(document, node)?.arms_mut().into_iter().nth(at);
    if let Some(key) = arm.and_then(|arm| arm.key) {
        *key = new.map(str::to_owned);
    }
    Ok(())
}

pub(super) fn remove_arm(document: &mut Document, node: &str, arm: &str) -> Result<(), Problem> {
    let found = find(document, node)?;
    if found.arms().is_none() {
        return Err(wrong_kind(node, found, ARMED));
    }
    let at = position(document, node, arm, "arm")?;
    let found = find(document, node)?;
    if let Some(split) = SplitNode::of_mut(found) {
        split.arms.remove(at);
        let others: Vec<usize> = (0..split.arms.len()).collect();
        share(&mut split.arms, &others, TOTAL_PPM);
    } else if let Some(bandit) = BanditNode::of_mut(found) {
        bandit.arms.remove(at);
    } else if let Some(rotation) = RotateNode::of_mut(found) {
        rotation.arms.remove(at);
    } else {
        return Err(wrong_kind(node, found, ARMED));
    }
    Ok(())
}
