//! Somebody looks 99 times.

use std::sync::LazyLock;

use pointsman_stats::experiment::always_valid::{ConfidenceSequence, MixtureTest};
use pointsman_stats::experiment::betting::{self, Betting, EmpiricalBernstein};
use pointsman_stats::experiment::clusters::ClusterSums;
use pointsman_stats::experiment::group_sequential::{Sides, Spending, boundaries};
use pointsman_stats::experiment::{ArmDifference, Mean, SampleMoments};

use super::{Claim, Promise, World, bernoulli, claim, covers, payment};
use crate::chance::Chance;

/// Units of each arm at the first look, between looks, and at the last.
const FIRST: u64 = 100;
const STEP: u64 = 50;
const LAST: u64 = 5_000;

const AA: &[Claim] = &[
    claim(
        "a p-value for one look is below 5 % at any look",
        Promise::Shown,
    ),
    claim("the same, at the last look only", Promise::Just(0.05)),
    claim(
        "the confidence sequence leaves out 0 at any look",
        Promise::AtMost(0.05),
    ),
    claim(
        "the mixture test is below 5 % at any look",
        Promise::AtMost(0.05),
    ),
];

pub(super) fn worlds() -> Vec<World> {
    let world = |name, claims, runs, run| World {
        name,
        claims,
        runs,
        run,
    };
    vec![
        world("A/A, 99 looks, sales 10 %", AA, [2_000, 60], |chance| {
            arms(chance, 0.02, 0.0, |chance, _| bernoulli(chance, 0.1))
        }),
        world(
            "A/A, 99 looks, lognormal money",
            AA,
            [2_000, 60],
            |chance| {
                arms(chance, 1.0, 0.0, |chance, _| {
                    bernoulli(chance, 0.1) * payment(chance, 40.0)
                })
            },
        ),
        world(
            "A/A, 99 looks, young leads by the share that has arrived",
            AA,
            [2_000, 20],
            young,
        ),
        world(
            "A/A, 99 looks, 50 sticky sources",
            AA,
            [2_000, 40],
            |chance| sources(chance, 0.0),
        ),
        world(
            "10 % against 13 %, 99 looks",
            ALL_HOLD,
            [2_000, 60],
            |chance| {
                let mut found = arms(chance, 0.02, 0.03, |chance, arm| {
                    bernoulli(chance, if arm == 0 { 0.1 } else { 0.13 })
                });
                // What misses the truth at any look does not hold it at all looks.
                for it in &mut found {
                    *it = it.map(|missed| !missed);
                }
                found[2..].to_vec()
            },
        ),
        world(
            "one share of 10 %, 500 looks",
            EXACT,
            [2_000, 60],
            one_share,
        ),
        world(
            "A/A, 5 planned looks",
            PLANNED,
            [20_000, 1_000],
            planned_looks,
        ),
    ]
}

const ALL_HOLD: &[Claim] = &[
    claim(
        "the confidence sequence holds the difference at all looks",
        Promise::AtLeast(0.95),
    ),
    claim(
        "the mixture test's interval holds it at all looks",
        Promise::AtLeast(0.95),
    ),
];

/// Whether the truth was missed: by one look at any of them, by the last one, by the sequence, by the mixture test.
#[derive(Default)]
struct Missed([bool; 4]);

impl Missed {
    fn look(
        &mut self,
        contrast: ArmDifference,
        n: u64,
        (sequence, mixture): (ConfidenceSequence, MixtureTest),
        truth: f64,
    ) {
        let [any, last, of_sequence, of_mixture] = &mut self.0;
        *last = !covers(contrast.interval(0.95).unwrap(), truth);
        *any |= *last;
        *of_sequence |= !covers(sequence.interval(contrast, n).unwrap(), truth);
        *of_mixture |= !covers(mixture.interval(contrast, 0.95).unwrap(), truth);
    }

    fn answers(&self) -> Vec<Option<bool>> {
        self.0.map(Some).to_vec()
    }
}

fn tests(tau: f64) -> (ConfidenceSequence, MixtureTest) {
    (
        ConfidenceSequence::new(0.95, 5_000).unwrap(),
        MixtureTest::new(tau).unwrap(),
    )
}

/// Two arms of independent units.
fn arms(
    chance: &mut Chance,
    tau: f64,
    truth: f64,
    draw: impl Fn(&mut Chance, usize) -> f64,
) -> Vec<Option<bool>> {
    let tests = tests(tau);
    let mut arms = [SampleMoments::<1>::default(); 2];
    let mut missed = Missed::default();
    for n in 1..=LAST {
        for (position, arm) in arms.iter_mut().enumerate() {
            arm.add([draw(chance, position)]).unwrap();
        }
        if n < FIRST || n % STEP > 0 {
            continue;
        }
        let [control, treatment] = arms.map(|arm| Mean::of(&arm).unwrap());
        // Where nobody bought yet there is nothing to say.
        if let Ok(contrast) = ArmDifference::between(control, treatment) {
            missed.look(contrast, 2 * n, tests, truth);
        }
    }
    missed.answers()
}

/// Leads convert late: 10 % do, after an exponential time; each look divides what has arrived by the share that has by then.
fn young(chance: &mut Chance) -> Vec<Option<bool>> {
    /// Leads of each arm that come in a mean delay.
    const PER_DELAY: f64 = 400.0;
    /// The age from which a lead counts, in leads: a younger one says nothing yet, and would be divided by nothing.
    const YOUNGEST: usize = 40;
    /// One over the share of conversions that have arrived, by age.
    static WEIGHTS: LazyLock<Vec<f64>> = LazyLock::new(|| {
        let arrived = |age: u64| -(-count(age) / PER_DELAY).exp_m1();
        (0..=LAST).map(|age| arrived(age).recip()).collect()
    });
    let tests = tests(0.02);
    // After how many more leads each conversion arrives; infinity for none.
    let mut arms = [Vec::new(), Vec::new()];
    for _ in 0..LAST {
        for arm in &mut arms {
            let converts = chance.next() < 0.1;
            let delay = -PER_DELAY * (1.0 - chance.next()).ln();
            arm.push(if converts { delay } else { f64::INFINITY });
        }
    }
    let mut missed = Missed::default();
    for n in (FIRST..=LAST).step_by(usize::try_from(STEP).unwrap()) {
        let now = usize::try_from(n).unwrap();
        let [control, treatment] = [0, 1].map(|arm: usize| {
            let mut moments = SampleMoments::<1>::default();
            for (come, delay) in arms[arm][..now - YOUNGEST].iter().enumerate() {
                let age = now - come;
                let has_arrived = *delay <= count(age as u64);
                let value = if has_arrived { WEIGHTS[age] } else { 0.0 };
                moments.add([value]).unwrap();
            }
            Mean::of(&moments)
        });
        let (Ok(control), Ok(treatment)) = (control, treatment) else {
            continue;
        };
        if let Ok(contrast) = ArmDifference::between(control, treatment) {
            missed.look(contrast, 2 * n, tests, 0.0);
        }
    }
    missed.answers()
}

#[expect(clippy::cast_precision_loss, reason = "some thousand leads")]
fn count(n: u64) -> f64 {
    n as f64
}

/// Draws stick to 50 sources; the largest is eight times the smallest, and some sell twice as well as others.
pub(super) struct Sources {
    upto: Vec<f64>,
    sources: Vec<(usize, f64)>,
}

impl Sources {
    pub(super) fn draw(chance: &mut Chance, n: usize) -> Self {
        let (mut upto, mut sources, mut sum) = (Vec::new(), Vec::new(), 0.0);
        for _ in 0..n {
            sum += 2.0_f64.powf(3.0 * chance.next());
            upto.push(sum);
            let arm = usize::from(chance.next() < 0.5);
            sources.push((arm, 2.0 / 3.0 + 2.0 / 3.0 * chance.next()));
        }
        Self { upto, sources }
    }

    /// The source of the next lead, its arm, and how well it sells.
    pub(super) fn next(&self, chance: &mut Chance) -> (usize, usize, f64) {
        let at = chance.next() * self.upto.last().copied().unwrap_or(0.0);
        let source = self.upto.partition_point(|upto| *upto <= at);
        let (arm, quality) = self.sources[source.min(self.sources.len() - 1)];
        (source, arm, quality)
    }
}

fn sources(chance: &mut Chance, truth: f64) -> Vec<Option<bool>> {
    let tests = tests(0.02);
    let sources = Sources::draw(chance, 50);
    let mut arms = [ClusterSums::default(), ClusterSums::default()];
    let mut missed = Missed::default();
    for n in 1..=2 * LAST {
        let (source, arm, quality) = sources.next(chance);
        let value = bernoulli(chance, 0.2 * quality);
        arms[arm].add(source as u64, value).unwrap();
        if n < 2 * FIRST || n % (2 * STEP) > 0 {
            continue;
        }
        let (Ok(control), Ok(treatment)) = (arms[0].mean(), arms[1].mean()) else {
            continue;
        };
        if let Ok(contrast) = ArmDifference::between(control, treatment) {
            missed.look(contrast, n, tests, truth);
        }
    }
    missed.answers()
}

const EXACT: &[Claim] = &[
    claim(
        "the beta-binomial sequence holds it at all looks",
        Promise::AtLeast(0.95),
    ),
    claim(
        "the empirical Bernstein sequence holds it at all looks",
        Promise::AtLeast(0.95),
    ),
    claim(
        "the betting sequence holds it at all looks",
        Promise::AtLeast(0.95),
    ),
];

fn one_share(chance: &mut Chance) -> Vec<Option<bool>> {
    const P: f64 = 0.1;
    let mut bernstein = EmpiricalBernstein::new(0.95).unwrap();
    let mut better = Betting::new(0.95, 50).unwrap();
    let (mut successes, mut hold) = (0, [true; 3]);
    for n in 1..=500_u64 {
        let value = bernoulli(chance, P);
        successes += u64::from(value > 0.5);
        bernstein.add(value).unwrap();
        better.add(value).unwrap();
        // Its search takes longest; it misses between looks as seldom as at them.
        if n % 10 == 0 {
            hold[0] &= covers(betting::share(successes, n, 0.95, 500).unwrap(), P);
        }
        hold[1] &= covers(bernstein.interval(), P);
    }
    hold[2] = covers(better.narrowest(), P);
    hold.map(Some).to_vec()
}

const PLANNED: &[Claim] = &[
    claim(
        "a limit after O'Brien and Fleming is crossed",
        Promise::Just(0.05),
    ),
    claim("a limit after Pocock is crossed", Promise::Just(0.05)),
    claim("the limit of one look is crossed", Promise::Shown),
];

fn planned_looks(chance: &mut Chance) -> Vec<Option<bool>> {
    const LOOKS: [f64; 5] = [0.1, 0.4, 0.5, 0.8, 1.0];
    static LIMITS: LazyLock<[Vec<f64>; 2]> = LazyLock::new(|| {
        [Spending::ObrienFleming, Spending::Pocock]
            .map(|spending| boundaries(&LOOKS, 0.05, spending, Sides::Two).unwrap())
    });
    let (mut sum, mut before, mut crossed) = (0.0, 0.0_f64, [false; 3]);
    for (look, t) in LOOKS.into_iter().enumerate() {
        sum += (t - before).sqrt() * chance.normal();
        before = t;
        let z = (sum / t.sqrt()).abs();
        crossed[0] |= z > LIMITS[0][look];
        crossed[1] |= z > LIMITS[1][look];
        crossed[2] |= z > pointsman_stats::normal::Z_95;
    }
    crossed.map(Some).to_vec()
}
