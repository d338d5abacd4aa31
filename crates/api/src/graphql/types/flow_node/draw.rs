//! Nodes that draw an arm: splits and bandits.

use async_graphql::{Enum, SimpleObject};
use pointsman_flow as flow;
use pointsman_flow::Document;

/// A split: draws an arm by fixed weights.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SplitNode {
    /// Name of the node.
    name: String,
    /// Arms in declared order.
    arms: Vec<SplitArm>,
    /// Sticky field: leads with the same value get the same arm; null: each lead draws independently.
    sticky: Option<String>,
    /// Salt that is hashed into the draws of this node; null: the names of flow and node, `flow/node`. Set it to the
    /// old one when the flow or the node is renamed, and people keep their arm.
    salt: Option<String>,
}

/// An arm of a split.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SplitArm {
    /// Name of the arm.
    name: String,
    /// Key that is hashed for this arm in draws; null: the arm's name. Set it to the old name when the arm is
    /// renamed, and people keep their arm.
    key: Option<String>,
    /// Share in parts per million.
    weight_ppm: u32,
    /// Name of the child node.
    to: String,
}

/// Objective of a bandit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "flow::Objective")]
pub(in crate::graphql) enum Objective {
    /// Revenue after returns.
    NetRevenue,
    /// Leads that convert.
    Conversions,
    /// Leads that are accepted.
    Accepted,
}

/// A bandit: draws an arm by learned weights.
#[derive(SimpleObject)]
pub(in crate::graphql) struct BanditNode {
    /// Name of the node.
    name: String,
    /// Arms in declared order.
    arms: Vec<BanditArm>,
    /// Objective of learning.
    maximize: Objective,
    /// Exploration: share of draws spread evenly over all arms, in parts per million.
    explore_ppm: u32,
    /// Fields that segment the weights.
    segment_by: Vec<String>,
    /// Salt that is hashed into the draws of this node; null: the names of flow and node, `flow/node`. Set it to the
    /// old one when the flow or the node is renamed, and people keep their arm.
    salt: Option<String>,
    /// How it learns, where that is not as usual.
    learning: LearningSettings,
}

/// How a bandit learns; null is as usual. All of it is read when weights are made and is no part of what is counted, so that an
/// edit forgets nothing.
#[derive(SimpleObject)]
pub(in crate::graphql) struct LearningSettings {
    /// Hours after which a trial counts half; null: old trials count like new ones until a change is seen.
    half_life_hours: Option<u32>,
    /// Only the trials of the last so many hours count; null: all.
    window_hours: Option<u32>,
    /// Money that comes later than this many hours after its trial does not count; null: 720.
    attribution_hours: Option<u32>,
    /// What is assumed of how many leads an arm takes; null: what the node's arms take together.
    accept_prior: Option<RatePrior>,
    /// What is assumed of how often each kind of later money comes; null: one in six, for six trials.
    conversion_prior: Option<RatePrior>,
    /// What is assumed of how late it comes; null: what other nodes know of the destination.
    delay_prior: Option<DelayPrior>,
    /// Percent of the power by which weights follow the chances of the arms to be best; null: 250.
    focus_percent: Option<u32>,
}

/// A rate that is assumed before anything is known: a Beta with this mean and size.
#[derive(SimpleObject)]
pub(in crate::graphql) struct RatePrior {
    /// The rate in parts per million.
    rate_ppm: u32,
    /// For how many trials it counts.
    strength: u32,
}

/// A delay that is assumed before anything is known.
#[derive(SimpleObject)]
pub(in crate::graphql) struct DelayPrior {
    /// Mean of the delays in hours.
    mean_hours: u32,
    /// For how many conversions it counts.
    strength: u32,
}

/// An arm of a bandit.
#[derive(SimpleObject)]
pub(in crate::graphql) struct BanditArm {
    /// Name of the arm; what is learned is kept under it.
    name: String,
    /// Key that is hashed for this arm in draws; null: the arm's name. Set it to the old name when the arm is
    /// renamed, and people keep their arm.
    key: Option<String>,
    /// Name of the child node.
    to: String,
    /// Least part of the leads that it draws, in parts per million; null: its part of the exploration.
    floor_ppm: Option<u32>,
    /// Largest part of the leads that it draws, in parts per million; null: all.
    ceiling_ppm: Option<u32>,
}

impl SplitNode {
    pub(super) fn new(document: &Document, name: String, node: flow::SplitNode) -> Self {
        let flow::SplitNode { arms, sticky, salt } = node;
        let arms = arms.into_iter().map(|arm| SplitArm {
            name: document.arm_name(arm.name.as_deref(), &arm.to).to_owned(),
            key: arm.key,
            weight_ppm: arm.weight_ppm,
            to: arm.to,
        });
        Self {
            name,
            arms: arms.collect(),
            sticky,
            salt,
        }
    }
}

impl BanditNode {
    pub(super) fn new(document: &Document, name: String, node: flow::BanditNode) -> Self {
        let flow::BanditNode {
            arms,
            maximize,
            explore_ppm,
            segment_by,
            salt,
            learning,
        } = node;
        let arms = arms.into_iter().map(|arm| BanditArm {
            name: document.arm_name(arm.name.as_deref(), &arm.to).to_owned(),
            key: arm.key,
            to: arm.to,
            floor_ppm: arm.floor_ppm,
            ceiling_ppm: arm.ceiling_ppm,
        });
        Self {
            name,
            arms: arms.collect(),
            maximize: maximize.into(),
            explore_ppm,
            segment_by,
            salt,
            learning: LearningSettings::new(learning),
        }
    }
}

impl LearningSettings {
    pub(in crate::graphql) fn new(settings: flow::LearningSettings) -> Self {
        let flow::LearningSettings {
            half_life_hours,
            window_hours,
            attribution_hours,
            accept_prior,
            conversion_prior,
            delay_prior,
            focus_percent,
        } = settings;
        let rate = |prior: flow::RatePrior| RatePrior {
            rate_ppm: prior.rate_ppm,
            strength: prior.strength,
        };
        Self {
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
}
