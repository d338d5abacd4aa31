//! Splits that are right, and one that is not.

use pointsman_stats::arms::{self, Arm};
use pointsman_stats::experiment::sample_ratio::{self, ALARM, ChangingSplit};

use super::{Claim, Promise, World, bernoulli, claim};
use crate::chance::Chance;

pub(super) fn worlds() -> Vec<World> {
    let world = |name, claims, runs, run| World {
        name,
        claims,
        runs,
        run,
    };
    vec![
        world("a split of 60, 30, 10", FIXED, [10_000, 1_000], fixed),
        world(
            "a bandit's own weights",
            CHANGING,
            [10_000, 150],
            |chance| changing(chance, 0.0),
        ),
        world(
            "a bandit, 5 % of one arm lost",
            LOST,
            [1_000, 60],
            |chance| {
                let found = changing(chance, 0.05);
                vec![found[0]]
            },
        ),
        world(
            "a bandit's own weights, 100 looks",
            CHANGING_LOOKS,
            [10_000, 150],
            |chance| {
                let found = changing_looks(chance, 0.0);
                vec![Some(found < ALARM), Some(found < 0.05)]
            },
        ),
        world(
            "a bandit, a tenth of one arm lost, 100 looks",
            LOST_LOOKS,
            [1_000, 60],
            |chance| vec![Some(changing_looks(chance, 0.1) < ALARM)],
        ),
        world("an even split, 99 looks", LOOKS, [2_000, 200], |chance| {
            looks(chance, 0.5)
        }),
        world(
            "52 to 48 for an even split, 99 looks",
            NOTICED,
            [1_000, 100],
            |chance| vec![looks(chance, 0.52)[0]],
        ),
    ]
}

const FIXED: &[Claim] = &[
    claim("χ² is below 0.001", Promise::Just(0.001)),
    claim("χ² is below 0.05", Promise::Just(0.05)),
];

fn fixed(chance: &mut Chance) -> Vec<Option<bool>> {
    let mut counts = [0; 3];
    for _ in 0..2_000 {
        let at = chance.next();
        counts[usize::from(at >= 0.6) + usize::from(at >= 0.9)] += 1;
    }
    let p = sample_ratio::fixed(&counts, &[0.6, 0.3, 0.1]).unwrap().p;
    vec![Some(p < ALARM), Some(p < 0.05)]
}

/// Thompson sampling by exact probabilities with a floor.
pub(super) struct Bandit {
    rates: [f64; 3],
    floor: f64,
    counts: [[f64; 2]; 3],
}

impl Bandit {
    pub(super) fn new(rates: [f64; 3], floor: f64) -> Self {
        Self {
            rates,
            floor,
            counts: [[1.0; 2]; 3],
        }
    }

    pub(super) fn weights(&self) -> [f64; 3] {
        let arms = self.counts.map(|[a, b]| Arm { a, b, payout: 1.0 });
        let best = arms::best(&arms).unwrap().probabilities;
        let sum: f64 = best.iter().sum();
        [0, 1, 2].map(|arm: usize| self.floor + (1.0 - 3.0 * self.floor) * best[arm] / sum)
    }

    /// The arm of a lead, and what it brought.
    pub(super) fn step(&mut self, chance: &mut Chance, weights: [f64; 3]) -> (usize, f64) {
        let at = chance.next();
        let arm = usize::from(at >= weights[0]) + usize::from(at >= weights[0] + weights[1]);
        let reward = bernoulli(chance, self.rates[arm]);
        self.counts[arm][0] += reward;
        self.counts[arm][1] += 1.0 - reward;
        (arm, reward)
    }
}

const CHANGING: &[Claim] = &[
    claim(
        "Q of the changing probabilities is below 0.001",
        Promise::Just(0.001),
    ),
    claim("Q is below 0.05", Promise::Just(0.05)),
    claim(
        "Pearson's χ² against the same expectation is below 0.05",
        Promise::Shown,
    ),
];

const LOST: &[Claim] = &[claim("Q is below 0.001", Promise::Shown)];

/// A bandit of 4,000 leads; a share of the leads of its last arm is not recorded.
fn changing(chance: &mut Chance, lost: f64) -> Vec<Option<bool>> {
    let mut bandit = Bandit::new([0.10, 0.12, 0.16], 0.01);
    let mut split = ChangingSplit::new(3);
    for _ in 0..10 {
        let weights = bandit.weights();
        let mut counts = [0; 3];
        for _ in 0..400 {
            let (arm, _) = bandit.step(chance, weights);
            counts[arm] += u64::from(arm < 2 || chance.next() >= lost);
        }
        split.add_many(&counts, &weights).unwrap();
    }
    let found = split.test().unwrap().p;
    let pearson = sample_ratio::fixed(split.observed(), split.expected()).unwrap();
    vec![
        Some(found < ALARM),
        Some(found < 0.05),
        Some(pearson.p < 0.05),
    ]
}

const CHANGING_LOOKS: &[Claim] = &[
    claim(
        "the sequential test is below 0.001 at any look",
        Promise::AtMost(0.001),
    ),
    claim(
        "the sequential test is below 0.05 at any look",
        Promise::AtMost(0.05),
    ),
];

const LOST_LOOKS: &[Claim] = &[claim(
    "the sequential test is below 0.001 at any look",
    Promise::Shown,
)];

/// The least chance that the test gives at 100 looks at the same bandit with 10,000 leads.
fn changing_looks(chance: &mut Chance, lost: f64) -> f64 {
    let mut bandit = Bandit::new([0.10, 0.12, 0.16], 0.01);
    let mut split = ChangingSplit::new(3);
    let mut least = 1.0;
    for _ in 0..100 {
        let weights = bandit.weights();
        let mut counts = [0; 3];
        for _ in 0..100 {
            let (arm, _) = bandit.step(chance, weights);
            counts[arm] += u64::from(arm < 2 || chance.next() >= lost);
        }
        split.add_many(&counts, &weights).unwrap();
        least = f64::min(least, split.sequential_p().unwrap());
    }
    least
}

const LOOKS: &[Claim] = &[
    claim(
        "the sequential test is below 0.05 at any look",
        Promise::AtMost(0.05),
    ),
    claim("χ² is below 0.05 at any look", Promise::Shown),
];

const NOTICED: &[Claim] = &[claim(
    "the sequential test is below 0.05 at any look",
    Promise::Shown,
)];

fn looks(chance: &mut Chance, share: f64) -> Vec<Option<bool>> {
    let (mut counts, mut below) = ([0; 2], [false; 2]);
    for n in 1..=9_900_u32 {
        counts[usize::from(chance.next() >= share)] += 1;
        if n % 100 == 0 {
            let weights = [0.5, 0.5];
            below[0] |= sample_ratio::sequential_p(&counts, &weights, 100.0).unwrap() < 0.05;
            below[1] |= sample_ratio::fixed(&counts, &weights).unwrap().p < 0.05;
        }
    }
    below.map(Some).to_vec()
}
