//! Edits of how bandits learn.

use async_graphql::InputObject;
use pointsman_control::Edit;
use pointsman_flow as flow;

/// Settings of the learning of a bandit; all of them are replaced.
#[derive(Debug, InputObject)]
pub(crate) struct SetLearningEdit {
    /// Name of the bandit node.
    node: String,
    /// The settings; what is omitted is as usual from then on.
    learning: LearningSettingsInput,
}

/// How a bandit learns; see `LearningSettings`. What is omitted is as usual.
#[derive(Debug, InputObject)]
pub(crate) struct LearningSettingsInput {
    /// Hours after which a trial counts half, 1 to 87,600.
    half_life_hours: Option<u32>,
    /// Only the trials of the last so many hours count, 1 to 87,600.
    window_hours: Option<u32>,
    /// Money that comes later than this many hours after its trial does not count, 1 to 8,760.
    attribution_hours: Option<u32>,
    /// What is assumed of how many leads an arm takes.
    accept_prior: Option<RatePriorInput>,
    /// What is assumed of how often each kind of later money comes.
    conversion_prior: Option<RatePriorInput>,
    /// What is assumed of how late it comes.
    delay_prior: Option<DelayPriorInput>,
    /// Percent of the power by which weights follow the chances of the arms to be best, 0 to 1,000.
    focus_percent: Option<u32>,
}

/// A rate that is assumed before anything is known: a Beta with this mean and size.
#[derive(Debug, InputObject)]
pub(crate) struct RatePriorInput {
    /// The rate in parts per million, 1 to 999,999.
    rate_ppm: u32,
    /// For how many trials it counts, 1 to 1,000,000.
    strength: u32,
}

/// A delay that is assumed before anything is known.
#[derive(Debug, InputObject)]
pub(crate) struct DelayPriorInput {
    /// Mean of the delays in hours, 1 to 8,760.
    mean_hours: u32,
    /// For how many conversions it counts, 1 to 1,000,000.
    strength: u32,
}

impl From<SetLearningEdit> for Edit {
    fn from(edit: SetLearningEdit) -> Self {
        let SetLearningEdit { node, learning } = edit;
        Self::SetLearning {
            node,
            learning: learning.into(),
        }
    }
}

impl From<LearningSettingsInput> for flow::LearningSettings {
    fn from(input: LearningSettingsInput) -> Self {
        let LearningSettingsInput {
            half_life_hours,
            window_hours,
            attribution_hours,
            accept_prior,
            conversion_prior,
            delay_prior,
            focus_percent,
        } = input;
        let rate = |RatePriorInput { rate_ppm, strength }| flow::RatePrior { rate_ppm, strength };
        Self {
            half_life_hours,
            window_hours,
            attribution_hours,
            accept_prior: accept_prior.map(rate),
            conversion_prior: conversion_prior.map(rate),
            delay_prior: delay_prior.map(
                |DelayPriorInput {
                     mean_hours,
                     strength,
                 }| flow::DelayPrior {
                    mean_hours,
                    strength,
                },
            ),
            focus_percent,
        }
    }
}
