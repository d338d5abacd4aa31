//! Differences between arms, with what is known of them.

use serde::{Deserialize, Serialize};

/// How a difference is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Means of units, within each set of weights.
    #[default]
    Means,
    /// Leads weighted by the probabilities of their draws, which depended on what earlier leads brought.
    AdaptiveAipw,
    /// Means of units, within each set of weights, without what covariates explain (CUPED).
    Adjusted,
}

/// A difference with what is known of it. Of a rate in shares of leads, of revenue in units of the currency per lead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// Arm minus first arm.
    pub difference: f64,
    /// Holds the true difference with the plan's confidence, however often one looks.
    pub interval: [f64; 2],
    /// The chance of such evidence at any look, if there is no difference.
    pub p_value: f64,
    /// Holds the true difference with the plan's confidence for one who looks once, at a time fixed before.
    pub fixed_interval: [f64; 2],
    /// The chance of such a difference at one look, if there is none.
    pub fixed_p_value: f64,
    /// The difference as a share of the first arm's mean; absent where that is 0.
    pub relative: Option<f64>,
    /// The limits of `interval` as shares of the first arm's mean.
    pub relative_interval: Option<[f64; 2]>,
    /// The chance that the arm is better, if nothing was known before.
    pub chance_to_win: f64,
    /// What is lost per lead on average by choosing the arm, where it is worse.
    pub expected_loss: f64,
    /// What is lost per lead on average by keeping the first arm, where that is worse.
    pub expected_loss_of_first: f64,
    /// Its standard error.
    pub se: f64,
    /// Units behind it.
    pub units: u64,
    /// How it is estimated.
    #[serde(default)]
    pub method: Method,
}

/// A difference without what the covariates explain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Adjustment {
    /// The difference; its base is the first arm's mean, adjusted likewise.
    pub effect: Effect,
    /// The share of the variance that the covariates removed. Below 0 where they explain nothing.
    pub variance_removed: f64,
    /// The covariates that it is adjusted by.
    pub by: Vec<String>,
}
