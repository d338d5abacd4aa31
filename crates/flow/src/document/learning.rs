//! How a bandit learns, where it is not to learn as usual.

use serde::{Deserialize, Serialize};

/// How a bandit learns. What is left out is as usual; what is set belongs to the version of the flow.
///
/// All of it is read when weights are made. None of it is part of what is counted, so an edit forgets nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LearningSettings {
    /// After how many hours a trial counts half, 1 to 87,600; none: old trials count like new ones until a change is seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub half_life_hours: Option<u32>,
    /// Only the trials of the last so many hours count, 1 to 87,600; none: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_hours: Option<u32>,
    /// Money that comes later than this many hours after its trial does not count, 1 to 8,760; none: 720, thirty days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribution_hours: Option<u32>,
    /// What is assumed of how many leads an arm takes; none: what the node's arms take together, for a trial or two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept_prior: Option<RatePrior>,
    /// What is assumed of how often each kind of later money comes; none: one in six, for six trials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversion_prior: Option<RatePrior>,
    /// What is assumed of how late it comes; none: what other live nodes know of the destination, or else anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_prior: Option<DelayPrior>,
    /// Percent of the power by which weights follow the chances of the arms to be best, 0 to 1,000; at 100 a weight is
    /// the chance. None: 250.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub focus_percent: Option<u32>,
}

/// A rate that is assumed before anything is known: a Beta with this mean and size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RatePrior {
    /// The rate in parts per million, 1 to 999,999.
    pub rate_ppm: u32,
    /// For how many trials it counts, 1 to 1,000,000.
    pub strength: u32,
}

/// A delay that is assumed before anything is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DelayPrior {
    /// Mean of the delays in hours, 1 to 8,760.
    pub mean_hours: u32,
    /// For how many conversions it counts, 1 to 1,000,000.
    pub strength: u32,
}

impl LearningSettings {
    /// Whether nothing is set.
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// Every number that is set, by its place in the node, such as `learning.half_life_hours`.
    pub fn said(&self) -> Vec<(&'static str, u32)> {
        let numbers = self.numbers().into_iter();
        numbers.map(|it| (it.part, it.value)).collect()
    }

    /// The same with the range that each has to be in.
    pub(crate) fn numbers(&self) -> Vec<Number> {
        let Self {
            half_life_hours,
            window_hours,
            attribution_hours,
            accept_prior,
            conversion_prior,
            delay_prior,
            focus_percent,
        } = *self;
        let number =
            |part, value: Option<u32>, range| value.map(|value| Number { part, value, range });
        let (accept, conversion) = (accept_prior.as_ref(), conversion_prior.as_ref());
        let delay = delay_prior.as_ref();
        let numbers = [
            number("learning.half_life_hours", half_life_hours, TEN_YEARS),
            number("learning.window_hours", window_hours, TEN_YEARS),
            number("learning.attribution_hours", attribution_hours, A_YEAR),
            number(
                "learning.accept_prior.rate_ppm",
                accept.map(|it| it.rate_ppm),
                RATES,
            ),
            number(
                "learning.accept_prior.strength",
                accept.map(|it| it.strength),
                STRENGTHS,
            ),
            number(
                "learning.conversion_prior.rate_ppm",
                conversion.map(|it| it.rate_ppm),
                RATES,
            ),
            number(
                "learning.conversion_prior.strength",
                conversion.map(|it| it.strength),
                STRENGTHS,
            ),
            number(
                "learning.delay_prior.mean_hours",
                delay.map(|it| it.mean_hours),
                A_YEAR,
            ),
            number(
                "learning.delay_prior.strength",
                delay.map(|it| it.strength),
                STRENGTHS,
            ),
            number("learning.focus_percent", focus_percent, (0, 1_000)),
        ];
        numbers.into_iter().flatten().collect()
    }
}

const TEN_YEARS: (u32, u32) = (1, 87_600);
const A_YEAR: (u32, u32) = (1, 8_760);
const RATES: (u32, u32) = (1, 999_999);
const STRENGTHS: (u32, u32) = (1, 1_000_000);

/// A number that a bandit says of its learning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Number {
    /// Where it stands in the node.
    pub(crate) part: &'static str,
    pub(crate) value: u32,
    /// The least and the most that it may be.
    pub(crate) range: (u32, u32),
}
