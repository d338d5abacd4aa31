//! Differences adjusted by what was known of leads before they drew.

use pointsman_stats::experiment::always_valid::ConfidenceSequence;
use pointsman_stats::experiment::covariates::{
    AdjustedByAll, ArmsStratum, UnitMoments, adjust_by_all,
};
use pointsman_stats::experiment::{ArmDifference, SampleMoments};

use super::{Claim, Promise, World, bernoulli, claim, covers, payment};
use crate::chance::Chance;

pub(super) fn worlds() -> Vec<World> {
    let world = |name, claims, run| World {
        name,
        claims,
        runs: [2_000, 80],
        run,
    };
    vec![
        world("a field that explains half, 20 looks", HALF, half),
        world("fields that explain nothing", NOTHING, nothing),
        world(
            "people with several leads, a field that is often missing",
            PEOPLE,
            people,
        ),
    ]
}

/// Units of two arms: value, leads, covariates.
type Arms<const K: usize> = [SampleMoments<K>; 2];

fn adjusted<const K: usize>(arms: &Arms<K>) -> AdjustedByAll {
    let [control, treatment] = arms.map(|arm| UnitMoments::of(&arm).unwrap());
    let stratum = ArmsStratum {
        control,
        treatment,
        leads: 1,
    };
    adjust_by_all(&[stratum]).unwrap()
}

fn contrast(found: &AdjustedByAll) -> ArmDifference {
    ArmDifference::between(found.control, found.treatment).unwrap()
}

fn is_covered(found: &AdjustedByAll, truth: f64) -> bool {
    covers(contrast(found).interval(0.95).unwrap(), truth)
}

const HALF: &[Claim] = &[
    claim("the interval for one look covers", Promise::Just(0.95)),
    claim(
        "the confidence sequence leaves out the truth at any look",
        Promise::AtMost(0.05),
    ),
    claim(
        "the variance that is left is 1 − ρ², within 0.05",
        Promise::AtLeast(0.99),
    ),
];

/// A value of which the field explains one half: ρ² is 0.5. Arms differ.
fn half(chance: &mut Chance) -> Vec<Option<bool>> {
    const GAIN: f64 = 0.1;
    let mut arms: Arms<4> = Default::default();
    let sequence = ConfidenceSequence::new(0.95, 2_000).unwrap();
    let mut is_out = false;
    for look in 1..=20 {
        for _ in 0..200 {
            let [known, useless] = [chance.normal(), chance.normal()];
            let arm = usize::from(chance.next() < 0.5);
            let gain = if arm == 0 { 0.0 } else { GAIN };
            let value = known + chance.normal() + gain;
            arms[arm].add([value, 1.0, 20.0 + known, useless]).unwrap();
        }
        let interval = sequence.interval(contrast(&adjusted(&arms)), 200 * look);
        is_out |= !covers(interval.unwrap(), GAIN);
    }
    let found = adjusted(&arms);
    vec![
        Some(is_covered(&found, GAIN)),
        Some(is_out),
        Some((found.variance_left - 0.5).abs() < 0.05),
    ]
}

const NOTHING: &[Claim] = &[
    claim("the interval for one look covers", Promise::Just(0.95)),
    claim(
        "the variance that is left is that of before, within 0.03",
        Promise::AtLeast(0.99),
    ),
];

/// Eight fields that say nothing, and 400 leads: slopes that are estimated cost their degrees of freedom.
fn nothing(chance: &mut Chance) -> Vec<Option<bool>> {
    let mut arms: Arms<10> = Default::default();
    for _ in 0..400 {
        let mut row = [1.0; 10];
        row[0] = bernoulli(chance, 0.3);
        for field in &mut row[2..] {
            *field = payment(chance, 1.0);
        }
        arms[usize::from(chance.next() < 0.5)].add(row).unwrap();
    }
    let found = adjusted(&arms);
    vec![
        Some(is_covered(&found, 0.0)),
        Some((found.variance_left - 1.0).abs() < 0.03),
    ]
}

const PEOPLE: &[Claim] = &[
    claim("the interval for one look covers", Promise::Just(0.95)),
    claim(
        "less variance is left than was there",
        Promise::AtLeast(0.99),
    ),
];

/// Six hundred people of one to five leads with skewed money; what is known of them is missing in a third.
fn people(chance: &mut Chance) -> Vec<Option<bool>> {
    const GAIN: f64 = 1.5;
    let mut arms: Arms<4> = Default::default();
    for _ in 0..600 {
        let arm = usize::from(chance.next() < 0.5);
        let is_missing = chance.next() < 1.0 / 3.0;
        let worth = payment(chance, 10.0);
        let mut row = [0.0; 4];
        let n_leads = (1.0 + 5.0 * chance.next()).floor();
        for _ in 0..5 {
            if row[1] >= n_leads {
                break;
            }
            let gain = if arm == 0 { 0.0 } else { GAIN };
            row[0] += bernoulli(chance, 0.8) * worth + gain;
            row[1] += 1.0;
            row[2] += if is_missing { 0.0 } else { worth };
            row[3] += f64::from(u8::from(is_missing));
        }
        arms[arm].add(row).unwrap();
    }
    let found = adjusted(&arms);
    vec![
        Some(is_covered(&found, GAIN)),
        Some(found.variance_left < 1.0),
    ]
}
