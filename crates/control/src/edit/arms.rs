//! Edits of the arms of splits, bandits and rotations; the weights of a split always add up.

use pointsman_bandit::{TOTAL_PPM, apportion};
use pointsman_flow::{BanditArm, Document, Node, Objective, RotateArm, SplitArm};
use pointsman_lead::Problem;

use super::find::{find, wrong_kind};

/// The kinds of nodes that have arms.
const ARMED: &str = "split, bandit or rotate";

/// The kinds of nodes that draw.
const DRAWING: &str = "split or bandit";

/// Names of a node's arms, as readouts show them.
pub(super) fn arm_names(document: &Document, name: &str) -> Vec<String> {
    let arms: Vec<(Option<&str>, &str)> = match document.nodes.get(name) {
        Some(Node::Split { arms, .. }) => arms
            .iter()
            .map(|arm| (arm.name.as_deref(), arm.to.as_str()))
            .collect(),
        Some(Node::Bandit { arms, .. }) => arms
            .iter()
            .map(|arm| (arm.name.as_deref(), arm.to.as_str()))
            .collect(),
        Some(Node::Rotate { arms, .. }) => arms
            .iter()
            .map(|arm| (arm.name.as_deref(), arm.to.as_str()))
            .collect(),
        _ => Vec::new(),
    };
    arms.into_iter()
        .map(|(own, to)| document.arm_name(own, to).to_owned())
        .collect()
}

pub(super) fn unknown_arm(path: String, arm: &str, names: &[String]) -> Problem {
    let problem = Problem::new("unknown_arm", path, format!("there is no arm `{arm}`"));
    problem.hint(format!("its arms are {}", names.join(", ")))
}

pub(super) fn splits<'a>(
    document: &'a mut Document,
    name: &str,
) -> Result<&'a mut Vec<SplitArm>, Problem> {
    match find(document, name)? {
        Node::Split { arms, .. } => Ok(arms),
        other => Err(wrong_kind(name, other, "split")),
    }
}

pub(super) fn set_weights(
    document: &mut Document,
    node: &str,
    weights: &[(String, u32)],
) -> Result<(), Problem> {
    let names = arm_names(document, node);
    let arms = splits(document, node)?;
    let mut is_set = vec![false; arms.len()];
    for (idx, (arm, weight)) in weights.iter().enumerate() {
        let position = names.iter().position(|name| name == arm);
        let position =
            position.ok_or_else(|| unknown_arm(format!("weights[{idx}].arm"), arm, &names))?;
        arms[position].weight_ppm = *weight;
        is_set[position] = true;
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
    match find(document, node)? {
        Node::Bandit { arms, .. } => {
            if weight_ppm.is_some() {
                return Err(no_weight("weight_of_bandit", "a bandit learns its weights"));
            }
            arms.push(BanditArm {
                name: name.cloned(),
                key: None,
                to: to.to_owned(),
            });
        }
        Node::Split { arms, .. } => {
            let n_arms = u32::try_from(arms.len())
                .unwrap_or(u32::MAX)
                .saturating_add(1);
            let weight = weight_ppm.unwrap_or(TOTAL_PPM / n_arms);
            if weight > TOTAL_PPM {
                let message = format!("a weight of {weight} is more than everything");
                return Err(
                    Problem::new("out_of_range", "weight_ppm", message).hint("at most 1,000,000")
                );
            }
            let others: Vec<usize> = (0..arms.len()).collect();
            share(arms, &others, TOTAL_PPM - weight);
            arms.push(SplitArm {
                name: name.cloned(),
                key: None,
                weight_ppm: weight,
                to: to.to_owned(),
            });
        }
        Node::Rotate { arms, .. } => {
            if weight_ppm.is_some() {
                return Err(no_weight("weight_of_rotation", "a rotation has no weights"));
            }
            arms.push(RotateArm {
                name: name.cloned(),
                to: to.to_owned(),
                daily: None,
                monthly: None,
            });
        }
        other => return Err(wrong_kind(node, other, ARMED)),
    }
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
    let names = arm_names(document, node);
    match find(document, node)? {
        Node::Rotate { arms, .. } => {
            let position = names.iter().position(|name| name == arm);
            let position = position.ok_or_else(|| unknown_arm("arm".to_owned(), arm, &names))?;
            arms[position].daily = daily;
            arms[position].monthly = monthly;
            Ok(())
        }
        other => Err(wrong_kind(node, other, "rotate")),
    }
}

/// Sets how much of a bandit's traffic is spread evenly.
pub(super) fn set_explore(document: &mut Document, node: &str, new: u32) -> Result<(), Problem> {
    match find(document, node)? {
        Node::Bandit { explore_ppm, .. } => {
            *explore_ppm = new;
            Ok(())
        }
        other => Err(wrong_kind(node, other, "bandit")),
    }
}

/// Sets what a bandit raises.
pub(super) fn set_objective(
    document: &mut Document,
    node: &str,
    new: Objective,
) -> Result<(), Problem> {
    match find(document, node)? {
        Node::Bandit { maximize, .. } => {
            *maximize = new;
            Ok(())
        }
        other => Err(wrong_kind(node, other, "bandit")),
    }
}

/// Sets what keeps the draws of a node apart; none takes it away.
pub(super) fn set_salt(
    document: &mut Document,
    node: &str,
    new: Option<&str>,
) -> Result<(), Problem> {
    match find(document, node)? {
        Node::Split { salt, .. } | Node::Bandit { salt, .. } => {
            *salt = new.map(str::to_owned);
            Ok(())
        }
        other => Err(wrong_kind(node, other, DRAWING)),
    }
}

/// Sets what draws know an arm by; none takes it away.
pub(super) fn set_key(
    document: &mut Document,
    node: &str,
    arm: &str,
    new: Option<&str>,
) -> Result<(), Problem> {
    let names = arm_names(document, node);
    let found = find(document, node)?;
    let position = names.iter().position(|name| name == arm);
    let position = position.ok_or_else(|| unknown_arm("arm".to_owned(), arm, &names));
    match found {
        Node::Split { arms, .. } => arms[position?].key = new.map(str::to_owned),
        Node::Bandit { arms, .. } => arms[position?].key = new.map(str::to_owned),
        other => return Err(wrong_kind(node, other, DRAWING)),
    }
    Ok(())
}

pub(super) fn remove_arm(document: &mut Document, node: &str, arm: &str) -> Result<(), Problem> {
    let names = arm_names(document, node);
    let found = find(document, node)?;
    let position = names.iter().position(|name| name == arm);
    match found {
        Node::Bandit { arms, .. } => {
            let position = position.ok_or_else(|| unknown_arm("arm".to_owned(), arm, &names))?;
            arms.remove(position);
        }
        Node::Split { arms, .. } => {
            let position = position.ok_or_else(|| unknown_arm("arm".to_owned(), arm, &names))?;
            arms.remove(position);
            let others: Vec<usize> = (0..arms.len()).collect();
            share(arms, &others, TOTAL_PPM);
        }
        Node::Rotate { arms, .. } => {
            let position = position.ok_or_else(|| unknown_arm("arm".to_owned(), arm, &names))?;
            arms.remove(position);
        }
        other => return Err(wrong_kind(node, other, ARMED)),
    }
    Ok(())
}
