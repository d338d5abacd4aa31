//! The bandits of flows, as far as weights depend on them.

use pointsman_bandit::{BanditSpec, DelayPrior, Limits, Objective, RatePrior, Settings};
use pointsman_flow::Program;

/// The bandit nodes of flows, each once. One that stands in several flows has the arms of all
/// of them, and else the settings of its own flow, or of the first that holds it.
pub fn bandit_specs<'a>(programs: impl Iterator<Item = &'a Program>) -> Vec<BanditSpec> {
    let mut specs: Vec<(bool, BanditSpec)> = programs
        .flat_map(|program| {
            bandits_of(program).map(move |spec| (spec.flow != program.flow(), spec))
        })
        .collect();
    specs.sort_by_key(|(is_guest, _)| *is_guest);
    let mut bandits: Vec<BanditSpec> = Vec::new();
    for (_, spec) in specs {
        let known = bandits
            .iter_mut()
            .find(|known| known.flow == spec.flow && known.node == spec.node);
        match known {
            Some(known) => {
                for (arm, destination) in spec.destinations {
                    known.destinations.entry(arm).or_insert(destination);
                }
                for arm in spec.arms {
                    if !known.arms.contains(&arm) {
                        known.arms.push(arm);
                    }
                }
            }
            None => bandits.push(spec),
        }
    }
    bandits
}

fn bandits_of(program: &Program) -> impl Iterator<Item = BanditSpec> + '_ {
    program.nodes().filter_map(|(node, op)| {
        let learning = op.bandit()?;
        let origin = program.origin(node);
        let arms = op.arms().iter().map(|arm| arm.name.clone());
        let limits = arms.clone().zip(learning.limits);
        Some(BanditSpec {
            flow: origin.flow.to_owned(),
            node: origin.node.to_owned(),
            arms: arms.collect(),
            explore_ppm: learning.explore_ppm,
            objective: objective(learning.maximize),
            limits: limits
                .map(|(arm, limits)| (arm, floor_and_ceiling(*limits)))
                .collect(),
            settings: settings(learning.settings),
            destinations: op
                .arms()
                .iter()
                .filter_map(|arm| {
                    let destination = program.node(arm.to).destination()?;
                    let destination = &program.destinations()[usize::from(destination.0)];
                    Some((arm.name.clone(), destination.name.clone()))
                })
                .collect(),
        })
    })
}

/// The document's word as the learner's.
pub(super) fn objective(maximize: pointsman_flow::Objective) -> Objective {
    match maximize {
        pointsman_flow::Objective::NetRevenue => Objective::NetRevenue,
        pointsman_flow::Objective::Conversions => Objective::Conversions,
        pointsman_flow::Objective::Accepted => Objective::Accepted,
    }
}

/// The document's floor and ceiling as the learner's.
fn floor_and_ceiling(limits: pointsman_flow::ArmLimits) -> Limits {
    let pointsman_flow::ArmLimits {
        floor_ppm,
        ceiling_ppm,
    } = limits;
    Limits {
        floor_ppm,
        ceiling_ppm,
    }
}

/// The document's settings as the learner's.
fn settings(settings: &pointsman_flow::LearningSettings) -> Settings {
    let pointsman_flow::LearningSettings {
        half_life_hours,
        window_hours,
        attribution_hours,
        accept_prior,
        conversion_prior,
        delay_prior,
        focus_percent,
    } = *settings;
    let rate = |prior: pointsman_flow::RatePrior| RatePrior {
        rate_ppm: prior.rate_ppm,
        strength: prior.strength,
    };
    Settings {
        half_life_hours,
        window_hours,
        attribution_hours,
        accept_prior: accept_prior.map(rate),
        conversion_prior: conversion_prior.map(rate),
        delay_prior: delay_prior.map(|prior| DelayPrior {
            mean_hours: prior.mean_hours,
            strength: prior.strength,
        }),
        focus_percent,
    }
}
