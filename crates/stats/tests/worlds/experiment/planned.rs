//! Experiments of the planned size find the planned effect as often as was said.

use std::sync::LazyLock;

use pointsman_stats::experiment::always_valid::ConfidenceSequence;
use pointsman_stats::experiment::clusters::ClusterSums;
use pointsman_stats::experiment::power::{self, Design, Formula};
use pointsman_stats::experiment::{ArmDifference, Mean, SampleMoments, covariate};
use pointsman_stats::proportion::{self, Proportion};

use super::{Claim, Promise, World, bernoulli, claim};
use crate::chance::Chance;

const FOUND: &[Claim] = &[claim("the effect is found", Promise::Just(0.8))];
const FOUND_TWO: &[Claim] = &[
    claim("the effect is found with the covariate", Promise::Just(0.8)),
    claim("it is found without", Promise::Shown),
];
const FOUND_BY_LAST: &[Claim] = &[
    claim(
        "the confidence sequence finds the effect by the last look",
        Promise::AtLeast(0.8),
    ),
    claim("it finds it by the first half", Promise::Shown),
];

pub(super) fn worlds() -> Vec<World> {
    let world = |name, claims, run| World {
        name,
        claims,
        runs: [1_000, 100],
        run,
    };
    vec![
        world(
            "planned: 10 % against 12 %, treatment twice as large",
            FOUND,
            shares,
        ),
        world(
            "planned: means 0.3 standard deviations apart, by t",
            FOUND,
            means,
        ),
        world(
            "planned: a covariate of correlation 0.7",
            FOUND_TWO,
            with_covariate,
        ),
        world(
            "planned: 300 clusters of leads that are alike",
            FOUND,
            clusters,
        ),
        world("planned: looking all the time", FOUND_BY_LAST, always),
    ]
}

fn design(ratio: f64) -> Design {
    Design::new(0.05, 0.8, ratio).unwrap()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "some thousand units"
)]
fn units(n: f64) -> u64 {
    n.ceil() as u64
}

fn shares(chance: &mut Chance) -> Vec<Option<bool>> {
    let n = power::proportions(design(2.0), 0.10, 0.12, Formula::Fleiss).unwrap();
    let n = units(n);
    let [control, treatment] = [(0.10, n), (0.12, 2 * n)].map(|(p, n)| {
        let successes = (0..n).filter(|_| chance.next() < p).count();
        Proportion::new(successes as u64, n).unwrap()
    });
    let test = proportion::compare(control, treatment).unwrap();
    vec![Some(test.p_two_sided < 0.05)]
}

fn is_found(control: Mean, treatment: Mean) -> bool {
    let contrast = ArmDifference::between(control, treatment).unwrap();
    contrast.p_two_sided() < 0.05
}

fn means(chance: &mut Chance) -> Vec<Option<bool>> {
    static N: LazyLock<u64> = LazyLock::new(|| units(power::means_t(design(1.0), 0.3).unwrap()));
    let [control, treatment] = [0.0, 0.3].map(|mean| {
        let mut arm = SampleMoments::<1>::default();
        for _ in 0..*N {
            arm.add([mean + chance.normal()]).unwrap();
        }
        Mean::of(&arm).unwrap()
    });
    vec![Some(is_found(control, treatment))]
}

fn with_covariate(chance: &mut Chance) -> Vec<Option<bool>> {
    const CORRELATION: f64 = 0.7;
    let n = power::means(design(1.0), 0.15).unwrap();
    let n = units(n * power::covariate_factor(CORRELATION).unwrap());
    let mut arms = [SampleMoments::<2>::default(); 2];
    let mut plain = [SampleMoments::<1>::default(); 2];
    for (position, gain) in [0.0, 0.15].into_iter().enumerate() {
        for _ in 0..n {
            let known = chance.normal();
            let rest = (1.0 - CORRELATION * CORRELATION).sqrt() * chance.normal();
            let value = CORRELATION * known + rest + gain;
            arms[position].add([value, known]).unwrap();
            plain[position].add([value]).unwrap();
        }
    }
    let adjusted = covariate::adjust(&arms[0], &arms[1]).unwrap();
    let [c, t] = plain.map(|arm| Mean::of(&arm).unwrap());
    vec![
        Some(is_found(adjusted.control, adjusted.treatment)),
        Some(is_found(c, t)),
    ]
}

fn clusters(chance: &mut Chance) -> Vec<Option<bool>> {
    /// Clusters are told apart by a deviation of 0.3; a lead has 1 beside it.
    const BETWEEN: f64 = 0.3;
    const SIZE: u32 = 10;
    let correlation = BETWEEN * BETWEEN / (1.0 + BETWEEN * BETWEEN);
    let factor = power::cluster_factor(f64::from(SIZE), 0.0, correlation).unwrap();
    // So large an effect that 150 clusters an arm find it.
    let n = f64::from(150 * SIZE) / factor;
    let unit = 1.0 + BETWEEN * BETWEEN;
    let gain = power::smallest_difference(design(1.0), [unit; 2], 2.0 * n, [0.5; 2]).unwrap();
    let [control, treatment] = [0.0, gain].map(|gain| {
        let mut arm = ClusterSums::default();
        for cluster in 0..150 {
            let own = gain + BETWEEN * chance.normal();
            for _ in 0..SIZE {
                arm.add(cluster, own + chance.normal()).unwrap();
            }
        }
        arm.mean().unwrap()
    });
    vec![Some(is_found(control, treatment))]
}

fn always(chance: &mut Chance) -> Vec<Option<bool>> {
    let variances = [0.10 * 0.90, 0.14 * 0.86];
    let n = power::total_always_valid(design(1.0), variances, 0.04, [0.5; 2]).unwrap();
    let sequence = ConfidenceSequence::new(0.95, n).unwrap();
    let mut arms = [SampleMoments::<1>::default(); 2];
    let mut found = [false; 2];
    let half = n / 2;
    for unit in 1..=half {
        for (arm, p) in arms.iter_mut().zip([0.10, 0.14]) {
            arm.add([bernoulli(chance, p)]).unwrap();
        }
        if unit % (half / 50) > 0 && unit < half {
            continue;
        }
        let [control, treatment] = arms.map(|arm| Mean::of(&arm).unwrap());
        let Ok(contrast) = ArmDifference::between(control, treatment) else {
            continue;
        };
        let is_out = sequence.interval(contrast, 2 * unit).unwrap()[0] > 0.0;
        found[0] |= is_out;
        found[1] |= is_out && 2 * unit <= half;
    }
    found.map(Some).to_vec()
}
