//! What a node says of its learning, laid over the usual.

use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::state::BUCKET_WIDTH;

/// What a bandit node says of its learning; what it leaves out is as [`Config`] has it.
///
/// Settings are read when weights are made, and are no part of what is counted: another setting is another look at the same state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// After how many hours a trial counts half, above 0.
    pub half_life_hours: Option<u32>,
    /// Only trials of the last so many hours count, above 0.
    pub window_hours: Option<u32>,
    /// Money that comes later than so many hours after its trial does not count, above 0.
    pub attribution_hours: Option<u32>,
    /// How many leads an arm is assumed to take.
    pub accept_prior: Option<RatePrior>,
    /// How often each kind of later money is assumed to come.
    pub conversion_prior: Option<RatePrior>,
    /// How late it is assumed to come.
    pub delay_prior: Option<DelayPrior>,
    /// Percent of the power by which weights follow the chances to be best.
    pub focus_percent: Option<u32>,
}

/// A rate that is assumed before anything is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RatePrior {
    /// The rate in parts per million, between 0 and all.
    pub rate_ppm: u32,
    /// For how many trials it counts, above 0.
    pub strength: u32,
}

/// A delay that is assumed before anything is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DelayPrior {
    /// Mean delay in hours, above 0.
    pub mean_hours: u32,
    /// For how many conversions it counts.
    pub strength: u32,
}

impl RatePrior {
    /// The parameters of the Beta.
    fn beta(self) -> (f64, f64) {
        let (rate, strength) = (f64::from(self.rate_ppm), f64::from(self.strength));
        (strength * rate / 1e6, strength * (1e6 - rate) / 1e6)
    }
}

impl Config {
    /// These settings, where a node says something, and otherwise what is here.
    #[must_use]
    pub fn with(&self, settings: &Settings) -> Self {
        let Settings {
            half_life_hours,
            window_hours,
            attribution_hours,
            accept_prior,
            conversion_prior,
            delay_prior,
            focus_percent,
        } = *settings;
        let time = |hours: u32| i64::from(hours) * BUCKET_WIDTH;
        let delay = delay_prior.map(|it| (f64::from(it.mean_hours) / 24.0, f64::from(it.strength)));
        Self {
            half_life: half_life_hours.map(time).or(self.half_life),
            trials_within: window_hours.map(time).or(self.trials_within),
            window: attribution_hours.map_or(self.window, time),
            accept_prior: accept_prior.map(RatePrior::beta).or(self.accept_prior),
            conversion_prior: conversion_prior.map_or(self.conversion_prior, RatePrior::beta),
            delay_prior: delay.or(self.delay_prior),
            focus: focus_percent.map_or(self.focus, |percent| f64::from(percent) / 100.0),
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_that_says_nothing_learns_as_usual() {
        let usual = Config::default();
        assert_eq!(usual.with(&Settings::default()), usual);
    }

    #[test]
    fn what_a_node_says_stands_in_place_of_the_usual() {
        let even = RatePrior {
            rate_ppm: 500_000,
            strength: 2,
        };
        let settings = Settings {
            half_life_hours: Some(336),
            window_hours: Some(2_160),
            attribution_hours: Some(48),
            accept_prior: Some(even),
            conversion_prior: Some(even),
            delay_prior: Some(DelayPrior {
                mean_hours: 36,
                strength: 10,
            }),
            focus_percent: Some(100),
        };
        let config = Config {
            half_life: Some(336 * BUCKET_WIDTH),
            trials_within: Some(2_160 * BUCKET_WIDTH),
            window: 48 * BUCKET_WIDTH,
            accept_prior: Some((1.0, 1.0)),
            conversion_prior: (1.0, 1.0),
            delay_prior: Some((1.5, 10.0)),
            focus: 1.0,
            ..Config::default()
        };
        assert_eq!(Config::default().with(&settings), config);
    }
}
