//! Intervals for one look.

use pointsman_stats::beta::Beta;
use pointsman_stats::experiment::adaptive::{Steps, Weights};
use pointsman_stats::experiment::always_valid::ConfidenceSequence;
use pointsman_stats::experiment::clusters::ClusterSums;
use pointsman_stats::experiment::rates::Rates;
use pointsman_stats::experiment::{
    ArmDifference, Mean, SampleMoments, covariate, proportions, strata,
};
use pointsman_stats::proportion::{self, Proportion};

use super::peeking::Sources;
use super::split::Bandit;
use super::{Claim, Promise, World, bernoulli, claim, covers, payment};
use crate::chance::Chance;

const JUST: Promise = Promise::Just(0.95);

pub(super) fn worlds() -> Vec<World> {
    let world = |name, claims, run| World {
        name,
        claims,
        runs: [2_000, 100],
        run,
    };
    vec![
        world("10 % of 1,000 against 12 %", SHARES, |chance| {
            shares(chance, [0.10, 0.12], 1_000)
        }),
        world("1 % of 2,000 against 1.5 %", SHARES, |chance| {
            shares(chance, [0.010, 0.015], 2_000)
        }),
        world(
            "lognormal money, 2,000 an arm, with a covariate",
            MONEY,
            money,
        ),
        world("people with several leads each", RATIO, people),
        world("50 sticky sources", STICKY, |chance| sticky(chance, 50)),
        world("400 sticky sources", STICKY_MANY, |chance| {
            sticky(chance, 400)
        }),
        world("weights that follow the season", EPOCHS, seasons),
        World {
            runs: [1_000, 40],
            ..world("rates drawn from the prior", BAYES, from_prior)
        },
        World {
            runs: [2_000, 20],
            ..world("a bandit of three arms, 5 % floor", ADAPTIVE, bandit)
        },
        World {
            runs: [2_000, 20],
            ..world(
                "a bandit with two segments, 5 % floor",
                SEGMENTED,
                segmented,
            )
        },
        World {
            runs: [2_000, 10],
            ..world(
                "a bandit of arms that are alike, 50 looks",
                ADAPTIVE_LOOKS,
                alike,
            )
        },
    ]
}

const SHARES: &[Claim] = &[
    claim("Newcombe's interval covers", JUST),
    claim("the score interval covers", JUST),
    claim("Agresti and Caffo's interval covers", JUST),
    claim("the score interval of the ratio covers", JUST),
    claim("Wald's interval covers", Promise::Shown),
];

fn shares(chance: &mut Chance, [p, q]: [f64; 2], n: u64) -> Vec<Option<bool>> {
    let [control, treatment] = [p, q].map(|p| {
        let successes = (0..n).filter(|_| chance.next() < p).count();
        Proportion::new(successes as u64, n).unwrap()
    });
    let truth = q - p;
    let score = proportions::score(control, treatment, 0.95).unwrap();
    let caffo = proportions::agresti_caffo(control, treatment, 0.95).unwrap();
    let ratio = proportions::score_ratio(control, treatment, 0.95).ok();
    let wald = proportions::wald(control, treatment).ok();
    vec![
        Some(covers(
            proportion::newcombe(control, treatment, 0.95),
            truth,
        )),
        Some(covers(score, truth)),
        Some(covers(caffo, truth)),
        ratio.map(|interval| covers(interval, q / p)),
        wald.map(|it| covers(it.interval(0.95).unwrap(), truth)),
    ]
}

fn holds(control: Mean, treatment: Mean, truth: f64) -> bool {
    let contrast = ArmDifference::between(control, treatment).unwrap();
    covers(contrast.interval(0.95).unwrap(), truth)
}

const MONEY: &[Claim] = &[
    claim("Welch's interval covers", JUST),
    claim("the interval by CUPED covers", JUST),
    claim("the interval of the relative difference covers", JUST),
];

fn money(chance: &mut Chance) -> Vec<Option<bool>> {
    let (mut plain, mut with) = (
        [SampleMoments::<1>::default(); 2],
        [SampleMoments::<2>::default(); 2],
    );
    for arm in 0..2 {
        for _ in 0..2_000 {
            let known = payment(chance, 10.0);
            let gain = if arm == 0 { 0.0 } else { 2.0 };
            let value = bernoulli(chance, 0.5) * payment(chance, known) + gain;
            plain[arm].add([value]).unwrap();
            with[arm].add([value, known]).unwrap();
        }
    }
    let [control, treatment] = plain.map(|arm| Mean::of(&arm).unwrap());
    let adjusted = covariate::adjust(&with[0], &with[1]).unwrap();
    let relative = ArmDifference::ln_ratio(control, treatment).unwrap();
    vec![
        Some(holds(control, treatment, 2.0)),
        Some(holds(adjusted.control, adjusted.treatment, 2.0)),
        Some(covers(relative.relative_interval(0.95).unwrap(), 0.4)),
    ]
}

const RATIO: &[Claim] = &[
    claim("the interval by the delta method covers", JUST),
    claim(
        "the interval as if leads were independent covers",
        Promise::Shown,
    ),
];

fn people(chance: &mut Chance) -> Vec<Option<bool>> {
    let (mut units, mut leads) = (
        [SampleMoments::<2>::default(); 2],
        [SampleMoments::<1>::default(); 2],
    );
    for arm in 0..2 {
        for _ in 0..1_000 {
            let quality = chance.next();
            let (mut sum, mut n) = (0.0, 0.0);
            // Better people come back more often.
            while n < 1.0 || chance.next() < 0.4 + 0.4 * quality {
                let value = 5.0 * bernoulli(chance, 0.2 + 0.5 * quality);
                leads[arm].add([value]).unwrap();
                sum += value;
                n += 1.0;
            }
            units[arm].add([sum, n]).unwrap();
        }
    }
    let [control, treatment] = units.map(|arm| Mean::of_ratio(&arm).unwrap());
    let [c, t] = leads.map(|arm| Mean::of(&arm).unwrap());
    vec![Some(holds(control, treatment, 0.0)), Some(holds(c, t, 0.0))]
}

const STICKY: &[Claim] = &[
    claim("the interval by the jackknife and t covers", JUST),
    claim(
        "the interval by linearised errors and z covers",
        Promise::Shown,
    ),
    claim(
        "the interval as if leads were independent covers",
        Promise::Shown,
    ),
];

const STICKY_MANY: &[Claim] = &[
    claim(
        "the interval by jackknife or linearised errors covers",
        JUST,
    ),
    claim("the interval by linearised errors and z covers", JUST),
    claim(
        "the interval as if leads were independent covers",
        Promise::Shown,
    ),
];

fn sticky(chance: &mut Chance, n: usize) -> Vec<Option<bool>> {
    const GAIN: f64 = 0.03;
    let sources = Sources::draw(chance, n);
    let mut arms = [ClusterSums::default(), ClusterSums::default()];
    let mut leads = [SampleMoments::<1>::default(); 2];
    for _ in 0..4_000 {
        let (source, arm, quality) = sources.next(chance);
        let gain = if arm == 0 { 0.0 } else { GAIN };
        let value = bernoulli(chance, 0.2 * quality + gain);
        arms[arm].add(source as u64, value).unwrap();
        leads[arm].add([value]).unwrap();
    }
    let [robust, linear] = [ClusterSums::mean, ClusterSums::linearised].map(|of| {
        let means = (of(&arms[0]).ok()?, of(&arms[1]).ok()?);
        ArmDifference::between(means.0, means.1).ok()
    });
    let [c, t] = leads.map(|arm| Mean::of(&arm).unwrap());
    vec![
        robust.map(|it| covers(it.interval(0.95).unwrap(), GAIN)),
        linear.map(|it| covers(it.as_normal().interval(0.95).unwrap(), GAIN)),
        Some(holds(c, t, GAIN)),
    ]
}

const EPOCHS: &[Claim] = &[
    claim("the interval over periods covers", JUST),
    claim("the plain interval covers", Promise::Shown),
];

fn seasons(chance: &mut Chance) -> Vec<Option<bool>> {
    /// Sales in a period, and the share of leads that the treatment gets.
    const PERIODS: [(f64, f64); 4] = [(0.10, 0.5), (0.14, 0.7), (0.20, 0.9), (0.08, 0.8)];
    let mut periods = [[(SampleMoments::<1>::default(), 0_u64); 4]; 2];
    let mut plain = [SampleMoments::<1>::default(); 2];
    for (period, (sells, share)) in PERIODS.into_iter().enumerate() {
        for _ in 0..1_000 {
            let arm = usize::from(chance.next() < share);
            let value = [bernoulli(chance, sells)];
            periods[arm][period].0.add(value).unwrap();
            periods[0][period].1 += 1;
            periods[1][period].1 += 1;
            plain[arm].add(value).unwrap();
        }
    }
    let [control, treatment] = periods.map(|arm| strata::mean(&arm).unwrap());
    let [c, t] = plain.map(|arm| Mean::of(&arm).unwrap());
    vec![Some(holds(control, treatment, 0.0)), Some(holds(c, t, 0.0))]
}

const BAYES: &[Claim] = &[
    claim("95 % of what is believed of the uplift holds it", JUST),
    claim("a chance to win above 90 % is right", Promise::AtLeast(0.9)),
];

fn from_prior(chance: &mut Chance) -> Vec<Option<bool>> {
    const PRIOR: [f64; 2] = [3.0, 27.0];
    let law = Beta::new(PRIOR[0], PRIOR[1]);
    let truth = [0, 1].map(|_| law.quantile(chance.next()));
    let [control, treatment] = truth.map(|p| {
        let successes = (0..400).filter(|_| chance.next() < p).count();
        Proportion::new(successes as u64, 400).unwrap()
    });
    let rates = Rates::after(control, treatment, PRIOR, [1.0; 2]).unwrap();
    let uplift = truth[1] / truth[0] - 1.0;
    let odds = rates.odds().unwrap();
    let is_likely = odds.chance_to_win > 0.9;
    vec![
        Some(covers(rates.uplift_interval(0.95).unwrap(), uplift)),
        is_likely.then_some(uplift > 0.0),
    ]
}

const ADAPTIVE: &[Claim] = &[
    claim("constant allocation: the worst arm's interval covers", JUST),
    claim(
        "two-point allocation: the worst arm's interval covers",
        JUST,
    ),
    claim(
        "constant allocation: the interval of best less worst covers",
        JUST,
    ),
    claim(
        "two-point allocation: the interval of best less worst covers",
        JUST,
    ),
    claim("the worst arm's plain interval covers", Promise::Shown),
];

const SEGMENTED: &[Claim] = &[
    claim(
        "stable weights: the interval of the difference covers",
        JUST,
    ),
    claim(
        "constant allocation: the interval of the difference covers",
        Promise::Shown,
    ),
];

/// A bandit with weights for each of two segments: the arm that is good in one is bad in the other.
fn segmented(chance: &mut Chance) -> Vec<Option<bool>> {
    const RATES: [[f64; 3]; 2] = [[0.10, 0.12, 0.16], [0.40, 0.36, 0.30]];
    let mut bandits = RATES.map(|rates| Bandit::new(rates, 0.05));
    let mut steps = Steps::new(3, 0.1).unwrap();
    for _ in 0..25 {
        let weights = [0, 1].map(|segment: usize| bandits[segment].weights());
        for _ in 0..400 {
            let segment = usize::from(chance.next() < 0.5);
            let (arm, reward) = bandits[segment].step(chance, weights[segment]);
            steps.add(arm, reward, &weights[segment]).unwrap();
        }
    }
    let truth = 0.5 * (RATES[0][2] + RATES[1][2]) - 0.5 * (RATES[0][0] + RATES[1][0]);
    let held = [Weights::Stable, Weights::Constant].map(|kind| {
        let contrast = steps.difference(0, 2, kind).unwrap();
        Some(covers(contrast.interval(0.95).unwrap(), truth))
    });
    held.to_vec()
}

const ADAPTIVE_LOOKS: &[Claim] = &[claim(
    "stable weights: the confidence sequence leaves out 0 at any look",
    Promise::AtMost(0.05),
)];

/// A bandit of arms that are alike, looked at 50 times, and not before each arm has the 100 leads that a readout asks for.
fn alike(chance: &mut Chance) -> Vec<Option<bool>> {
    let mut bandit = Bandit::new([0.12; 3], 0.05);
    let mut steps = Steps::new(3, 0.0).unwrap();
    let sequence = ConfidenceSequence::new(0.95, 5_000).unwrap();
    let mut is_out = false;
    let mut leads = [0; 3];
    for _ in 0..50 {
        let weights = bandit.weights();
        for _ in 0..200 {
            let (arm, reward) = bandit.step(chance, weights);
            steps.add(arm, reward, &weights).unwrap();
            leads[arm] += 1;
        }
        if leads.iter().any(|n| *n < 100) {
            continue;
        }
        let contrast = steps.difference(0, 2, Weights::Stable).unwrap();
        let interval = sequence.interval(contrast, steps.n() as u64).unwrap();
        is_out |= !covers(interval, 0.0);
    }
    vec![Some(is_out)]
}

fn bandit(chance: &mut Chance) -> Vec<Option<bool>> {
    const RATES: [f64; 3] = [0.10, 0.12, 0.16];
    let mut bandit = Bandit::new(RATES, 0.05);
    let mut steps = Steps::new(3, 0.1).unwrap();
    let mut plain = SampleMoments::<1>::default();
    for _ in 0..25 {
        let weights = bandit.weights();
        for _ in 0..400 {
            let (arm, reward) = bandit.step(chance, weights);
            steps.add(arm, reward, &weights).unwrap();
            if arm == 0 {
                plain.add([reward]).unwrap();
            }
        }
    }
    let kinds = [Weights::Constant, Weights::TwoPoint { decay: 0.7 }];
    let worst = kinds.map(|kind| {
        let mean = steps.mean(0, kind).unwrap();
        let reach = pointsman_stats::normal::Z_95 * mean.se();
        Some(covers(
            [mean.value() - reach, mean.value() + reach],
            RATES[0],
        ))
    });
    let apart = kinds.map(|kind| {
        let contrast = steps.difference(0, 2, kind).unwrap();
        Some(covers(
            contrast.interval(0.95).unwrap(),
            RATES[2] - RATES[0],
        ))
    });
    let plain = Mean::of(&plain).unwrap();
    let reach = pointsman_stats::normal::Z_95 * plain.se();
    let plain = covers([plain.value() - reach, plain.value() + reach], RATES[0]);
    vec![worst[0], worst[1], apart[0], apart[1], Some(plain)]
}
