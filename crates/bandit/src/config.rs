//! How observations become beliefs, and beliefs weights.

use serde::{Deserialize, Serialize};

use crate::state::DAY;

/// How observations become beliefs, and beliefs weights. The default learns from all that lies within the last 30 days of delay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// After how many microseconds a trial counts half, so that old truths fade; none to count all alike. Above 0.
    pub half_life: Option<i64>,
    /// Only trials of the last so many microseconds count, above 0; none for all.
    pub trials_within: Option<i64>,
    /// After how many microseconds money of a trial no longer counts; above 0.
    pub window: i64,
    /// How far the chances of an arm to be best are sharpened: a weight follows `chance^focus`. At 1 it is the chance
    /// itself, as in Thompson's sampling; above, less is tried and more is earned of what is known. At least 0.
    pub focus: f64,
    /// Taken and refused leads assumed of an arm before any trial, each above 0; none for the mean of the node's arms, with the smaller of
    /// both numbers 1.
    pub accept_prior: Option<(f64, f64)>,
    /// Conversions and failures assumed of each stream of conversions before any trial; above 0.
    pub conversion_prior: (f64, f64),
    /// Mean delay in days assumed of money that comes later, and for how many conversions it counts; none for all delays of the grid
    /// alike.
    pub delay_prior: Option<(f64, f64)>,
    /// Share of the belief in a delay of an arm's own conversions that follows the other arms of the node: the rest knows nothing
    /// of them. In `[0, 1)`. What is earned elsewhere comes from the same destinations after whichever arm, and follows
    /// the other arms by half.
    pub delay_kinship: f64,
    /// Share of the belief in a delay that allows for a quick and a slow part in one stream, in `[0, 1)`.
    pub delay_mixed: f64,
    /// How many conversions of other arms teach about the delay of one, at most.
    pub delay_lesson: f64,
    /// How many payments the mean of the other arms counts for in what an arm pays; above 0.
    pub payout_strength: f64,
    /// Coefficient of variation that is assumed of those payments.
    pub payout_cv: f64,
    /// For how many trials the other segments of an arm count, at most, in what is believed of one.
    pub segment_strength: f64,
    /// For how many payments they count in what it pays.
    pub segment_payout_strength: f64,
    /// How many segments of a node have beliefs of their own: those with the most trials in 30 days.
    pub segments: usize,
    /// Days after which what the walk earned elsewhere counts half: it changes as the node learns. Above 0.
    pub elsewhere_half_life: f64,
    /// By how much likelier, in logarithms, a change of an arm's rates must be than none, to forget what was before.
    pub change_alarm: f64,
    /// A segment is published again when an arm's weight has moved by at least this many ppm.
    pub change_ppm: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            half_life: None,
            trials_within: None,
            window: 30 * DAY,
            focus: 2.5,
            accept_prior: None,
            conversion_prior: (1.0, 5.0),
            delay_prior: None,
            delay_kinship: 0.0,
            delay_mixed: 0.3,
            delay_lesson: 3.0,
            payout_strength: 1.0,
            payout_cv: 0.5,
            segment_strength: 50.0,
            segment_payout_strength: 2.0,
            segments: 500,
            elsewhere_half_life: 45.0,
            change_alarm: 12.0,
            change_ppm: 1_000,
        }
    }
}
