//! Every quantity that there is a reference for.

use crate::line::Line;
use crate::{best, late, policies, rates, special};
use crate::{differences, plans, sequences, splits};

pub(crate) fn lines() -> Vec<Line> {
    [
        special::special_functions(),
        special::incomplete(),
        best::best_arms(),
        best::routing(),
        late::delays(),
        rates::two_rates(),
        rates::groups(),
        differences::two_shares(),
        differences::score_intervals(),
        differences::welch(),
        differences::units(),
        differences::growthbook(),
        sequences::asymptotic(),
        sequences::mixture_test(),
        sequences::boundaries(),
        sequences::bounded(),
        sequences::planned_looks(),
        splits::sample_ratio(),
        splits::adaptive(),
        plans::power(),
        plans::multiplicity(),
        policies::small(),
        policies::open_bandit(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
