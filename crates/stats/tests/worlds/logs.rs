//! Worlds whose truth is known, and what the estimators say of one log of each.
//!
//! Six segments of leads, five destinations with the acceptance rates and payouts of a lead-routing simulation. The logged policy
//! follows what a destination is worth, with a floor for each.

use pointsman_stats::ope::{
    Decision, Estimator, Influence, Log, Readouts,
    fitted_q::{self, Choice, Settings, Walk},
    fold,
    model::{Linear, Row},
};

#[path = "chance.rs"]
mod chance;

pub(crate) use chance::{Chance, misses_95, seed, share};

const N_SEGMENTS: usize = 6;
const N_ARMS: usize = 5;
const FOLDS: usize = 5;
const SEGMENTS: [f64; N_SEGMENTS] = [0.35, 0.25, 0.15, 0.12, 0.08, 0.05];
const PAYOUTS: [f64; N_ARMS] = [55.0, 48.0, 60.0, 90.0, 40.0];
/// Probability that a lead of a segment converts at a destination.
const RATES: [[f64; N_ARMS]; N_SEGMENTS] = [
    [
        0.114_677_809_580_381_65,
        0.177_654_774_897_514_9,
        0.179_261_131_530_630_72,
        0.042_680_055_713_332_53,
        0.055_275_492_494_420_92,
    ],
    [
        0.081_903_797_634_593_73,
        0.135_184_837_312_922_44,
        0.143_409_922_793_370_86,
        0.113_062_923_993_077_12,
        0.117_050_432_149_071_96,
    ],
    [
        0.100_077_259_085_648_8,
        0.077_417_070_359_406_15,
        0.081_433_829_336_475_67,
        0.100_875_442_904_894_27,
        0.091_554_004_510_586_3,
    ],
    [
        0.106_278_039_654_339_13,
        0.061_770_270_694_596_06,
        0.103_003_398_747_910_68,
        0.038_185_753_100_013_514,
        0.068_602_030_323_403_26,
    ],
    [
        0.109_738_329_797_708_13,
        0.059_558_958_567_671_96,
        0.099_539_968_042_840_83,
        0.063_540_059_324_216_91,
        0.071_225_084_275_311_89,
    ],
    [
        0.073_238_791_476_097_21,
        0.092_528_679_645_214_36,
        0.138_911_944_861_220_5,
        0.051_594_004_315_274_53,
        0.098_998_124_779_368_33,
    ],
];
/// Mean days from a lead to what it brings, by destination, in the world with a young tail.
const DELAYS: [f64; N_ARMS] = [4.0, 7.0, 10.0, 14.0, 5.0];
/// Days that the log of that world goes back.
const DAYS: f64 = 60.0;
/// Leads of which less than this share would have brought what they bring are left out.
const ARRIVED_MIN: f64 = 0.25;
/// Sources in the world with clusters.
const SOURCES: usize = 200;

/// The estimators, in the order of the results.
pub(crate) const ESTIMATORS: [Estimator; 4] = [
    Estimator::Ips,
    Estimator::Snips,
    Estimator::Dr,
    Estimator::Sndr,
];

/// What a world is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Twist {
    /// One offer a lead.
    Plain,
    /// A lead that was refused is offered once more, and leads differ in more than their segment.
    Fallbacks,
    /// Young leads have not yet brought what they will.
    YoungTail,
    /// Every offer is paid, and fields explain half of the variance.
    Explained,
    /// Sources whose leads are alike.
    Sources,
}

/// How the log drew.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Logged {
    /// Of the softmax of what destinations are worth.
    temperature: f64,
    /// For each destination.
    floor: f64,
}

/// A world with a policy whose value is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct World {
    pub(crate) name: &'static str,
    pub(crate) twist: Twist,
    logged: Logged,
    /// Whether the policy gives all to the best destination; otherwise it draws evenly.
    is_greedy: bool,
}

/// What was found in one log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    /// Value by each estimator.
    pub(crate) values: [f64; 4],
    /// Whether each interval covers the truth, where it is shown; that of the default is last.
    pub(crate) covers: [Option<bool>; 5],
}

type Policy = [[f64; N_ARMS]; N_SEGMENTS];

fn worth(segment: usize, arm: usize) -> f64 {
    RATES[segment][arm] * PAYOUTS[arm]
}

/// The destinations of a segment, the one that is worth most first.
fn by_worth(segment: usize) -> [usize; N_ARMS] {
    let mut arms: [usize; N_ARMS] = std::array::from_fn(|arm| arm);
    arms.sort_by(|a, b| worth(segment, *b).total_cmp(&worth(segment, *a)));
    arms
}

fn pick(weights: &[f64], chance: &mut Chance) -> usize {
    let mut left = chance.next() * weights.iter().sum::<f64>();
    for (position, weight) in weights.iter().enumerate() {
        left -= weight;
        if left < 0.0 {
            return position;
        }
    }
    weights
        .iter()
        .rposition(|weight| *weight > 0.0)
        .unwrap_or(0)
}

impl World {
    fn logged_policy(&self) -> Policy {
        let Logged { temperature, floor } = self.logged;
        std::array::from_fn(|segment| {
            let odds: [f64; N_ARMS] =
                std::array::from_fn(|arm| (worth(segment, arm) / temperature).exp());
            let sum: f64 = odds.iter().sum();
            odds.map(|odds| floor + (1.0 - 5.0 * floor) * odds / sum)
        })
    }

    fn policy(&self) -> Policy {
        std::array::from_fn(|segment| {
            let best = by_worth(segment)[0];
            std::array::from_fn(|arm| match (self.is_greedy, arm == best) {
                (true, true) => 1.0,
                (true, false) => 0.0,
                (false, _) => 0.2,
            })
        })
    }

    /// The policy's value a lead.
    pub(crate) fn truth(&self) -> f64 {
        let policy = self.policy();
        let of_segment = |segment: usize| match self.twist {
            Twist::Fallbacks => [0.5, 1.5]
                .map(|quality| fallback_value(segment, quality) / 2.0)
                .iter()
                .sum(),
            Twist::Explained => of_arms(&policy[segment], |arm| paid(segment, arm, 0.5)),
            Twist::Plain | Twist::YoungTail | Twist::Sources => {
                of_arms(&policy[segment], |arm| worth(segment, arm))
            }
        };
        let segments = SEGMENTS.iter().enumerate();
        segments
            .map(|(segment, share)| share * of_segment(segment))
            .sum()
    }

    /// Makes a log of `n` leads, and reads it.
    pub(crate) fn find(&self, n: usize, seed: u64) -> Found {
        let mut chance = Chance(seed);
        let log = match self.twist {
            Twist::Fallbacks => self.fallbacks(n, &mut chance),
            Twist::Explained => self.explained(n, &mut chance),
            Twist::Plain | Twist::YoungTail | Twist::Sources => self.one_offer(n, &mut chance),
        };
        let readouts = Readouts::of(&log, Some(0.0));
        let truth = self.truth();
        let covers = |interval: [f64; 2]| interval[0] <= truth && truth <= interval[1];
        let of = |estimator: Estimator| {
            let of_estimator = readouts.all.iter();
            of_estimator.clone().find(|it| it.estimator == estimator)
        };
        let value = |estimator| {
            let found = of(estimator).and_then(|it| it.estimate.as_ref().ok());
            found.map_or(f64::NAN, Influence::value)
        };
        let shown = |estimator| of(estimator)?.ci95.ok().map(covers);
        let default = readouts.default().and_then(|it| it.ci95.ok()).map(covers);
        let mut found = Found {
            values: ESTIMATORS.map(value),
            covers: [default; 5],
        };
        found.covers[..4].copy_from_slice(&ESTIMATORS.map(shown));
        found
    }

    /// One offer a lead, with a table of segments and destinations as the model.
    fn one_offer(&self, n: usize, chance: &mut Chance) -> Log {
        let (logged, policy) = (self.logged_policy(), self.policy());
        let options = options(&policy);
        let qualities: Vec<f64> = (0..SOURCES).map(|_| 2.0 * chance.next()).collect();
        let mut choices = Vec::with_capacity(n);
        let mut clusters = Vec::with_capacity(n);
        for _ in 0..n {
            let segment = pick(&SEGMENTS, chance);
            let arm = pick(&logged[segment], chance);
            let source = pick(&[1.0; SOURCES], chance);
            let is_clustered = self.twist == Twist::Sources;
            let quality = if is_clustered { qualities[source] } else { 1.0 };
            let converts = chance.next() < RATES[segment][arm] * quality;
            let mut reward = if converts { PAYOUTS[arm] } else { 0.0 };
            if self.twist == Twist::YoungTail {
                let age = DAYS * chance.next();
                let arrived = DELAYS.map(|delay| 1.0 - (-age / delay).exp());
                // By age alone: what was drawn must not decide which leads are left out.
                if arrived.iter().any(|share| *share < ARRIVED_MIN) {
                    continue;
                }
                let has_come = chance.next() < arrived[arm];
                reward = if has_come { reward / arrived[arm] } else { 0.0 };
            }
            choices.push([Choice {
                weight: policy[segment][arm] / logged[segment][arm],
                reward,
                cell: Some(segment * N_ARMS + arm),
                options: &options[segment],
            }]);
            clusters.push(is_clustered.then_some(source as u64));
        }
        let walks: Vec<Walk<'_>> = choices
            .iter()
            .zip(&clusters)
            .map(|(choices, cluster)| Walk {
                choices,
                cluster: *cluster,
            })
            .collect();
        expect(&walks, N_SEGMENTS)
    }

    /// Two offers, the second one only after a refusal. Cells of second offers also know who refused.
    fn fallbacks(&self, n: usize, chance: &mut Chance) -> Log {
        let logged = self.logged_policy();
        let first_cell = |segment: usize, arm: usize| segment * N_ARMS + arm;
        let second_cell = |segment: usize, refused: usize, arm: usize| {
            N_SEGMENTS * N_ARMS + (segment * N_ARMS + refused) * N_ARMS + arm
        };
        let wanted: [[usize; 2]; N_SEGMENTS] = std::array::from_fn(|segment| {
            let arms = by_worth(segment);
            [arms[0], arms[1]]
        });
        let next = |segment: usize, refused: usize| {
            let [best, second] = wanted[segment];
            if refused == best { second } else { best }
        };
        let firsts: Vec<[(usize, f64); 1]> = (0..N_SEGMENTS)
            .map(|segment| [(first_cell(segment, wanted[segment][0]), 1.0)])
            .collect();
        let seconds: Vec<[(usize, f64); 1]> = (0..N_SEGMENTS * N_ARMS)
            .map(|at| {
                let (segment, refused) = (at / N_ARMS, at % N_ARMS);
                [(second_cell(segment, refused, next(segment, refused)), 1.0)]
            })
            .collect();
        let mut choices = Vec::with_capacity(n);
        for _ in 0..n {
            let segment = pick(&SEGMENTS, chance);
            let quality = if chance.next() < 0.5 { 0.5 } else { 1.5 };
            let first = pick(&logged[segment], chance);
            let mut weight = ratio(first == wanted[segment][0], logged[segment][first]);
            let accepts = chance.next() < accepts(segment, first, quality);
            let mut walk = vec![Choice {
                weight,
                reward: if accepts { PAYOUTS[first] } else { 0.0 },
                cell: Some(first_cell(segment, first)),
                options: &firsts[segment],
            }];
            if !accepts {
                let mut left = logged[segment];
                left[first] = 0.0;
                let sum: f64 = left.iter().sum();
                let arm = pick(&left, chance);
                weight *= ratio(arm == next(segment, first), left[arm] / sum);
                let accepts = chance.next() < self::accepts(segment, arm, quality);
                walk.push(Choice {
                    weight,
                    reward: if accepts { PAYOUTS[arm] } else { 0.0 },
                    cell: Some(second_cell(segment, first, arm)),
                    options: &seconds[segment * N_ARMS + first],
                });
            }
            choices.push(walk);
        }
        let walks: Vec<Walk<'_>> = choices
            .iter()
            .map(|choices| Walk {
                choices,
                cluster: None,
            })
            .collect();
        expect(&walks, N_SEGMENTS * (1 + N_ARMS))
    }

    /// Every offer is paid by the lead's segment and by a number, with noise; the model is a line for each destination.
    fn explained(&self, n: usize, chance: &mut Chance) -> Log {
        let (logged, policy) = (self.logged_policy(), self.policy());
        let noise = explained_sd(&logged);
        let leads: Vec<(usize, f64, usize, f64)> = (0..n)
            .map(|_| {
                let segment = pick(&SEGMENTS, chance);
                let x = chance.next();
                let arm = pick(&logged[segment], chance);
                (
                    segment,
                    x,
                    arm,
                    paid(segment, arm, x) + noise * chance.normal(),
                )
            })
            .collect();
        let features: Vec<[f64; N_SEGMENTS + 1]> = leads
            .iter()
            .map(|(segment, x, ..)| {
                let mut row = [0.0; N_SEGMENTS + 1];
                row[*segment] = 1.0;
                row[N_SEGMENTS] = *x;
                row
            })
            .collect();
        let fold_of = |lead: usize| fold(None, lead as u64, FOLDS);
        let model = |of: usize, arm: usize| {
            let rows: Vec<Row<'_>> = (0..n)
                .filter(|lead| fold_of(*lead) != of && leads[*lead].2 == arm)
                .map(|lead| Row {
                    features: &features[lead],
                    outcome: leads[lead].3,
                })
                .collect();
            Linear::fit(&rows, 1.0).ok()
        };
        let models: Vec<[Option<Linear>; N_ARMS]> = (0..FOLDS)
            .map(|of| std::array::from_fn(|arm| model(of, arm)))
            .collect();
        let mut log = Log::default();
        for (lead, (segment, _, arm, reward)) in leads.iter().enumerate() {
            let of = &models[fold_of(lead)];
            let expected = |arm: usize| {
                let model = of[arm].as_ref();
                model.map_or(0.0, |model| model.mean(&features[lead]))
            };
            let decision = Decision {
                weight: policy[*segment][*arm] / logged[*segment][*arm],
                reward: *reward,
                expected: expected(*arm),
                mean: of_arms(&policy[*segment], expected),
            };
            log.add(&[decision], None).expect("finite numbers");
        }
        log
    }
}

fn ratio(is_wanted: bool, logged: f64) -> f64 {
    if is_wanted { 1.0 / logged } else { 0.0 }
}

fn of_arms(shares: &[f64; N_ARMS], value: impl Fn(usize) -> f64) -> f64 {
    let shares = shares.iter().enumerate();
    shares.map(|(arm, share)| share * value(arm)).sum()
}

/// What the policy would choose from, with the cells of [`World::one_offer`].
fn options(policy: &Policy) -> Vec<Vec<(usize, f64)>> {
    let of_segment = |(segment, shares): (usize, &[f64; N_ARMS])| {
        let shares = shares.iter().enumerate();
        shares
            .map(|(arm, share)| (segment * N_ARMS + arm, *share))
            .collect()
    };
    policy.iter().enumerate().map(of_segment).collect()
}

/// Cells are rows of one cell for each destination, and destinations are their groups.
fn expect(walks: &[Walk<'_>], n_rows: usize) -> Log {
    let groups: Vec<usize> = (0..n_rows * N_ARMS).map(|cell| cell % N_ARMS).collect();
    let settings = Settings {
        groups: &groups,
        n_folds: FOLDS,
        strength: 20.0,
    };
    fitted_q::expect(walks, settings).expect("weights and rewards are finite")
}

/// Probability that a destination accepts, in the world with fallbacks.
fn accepts(segment: usize, arm: usize, quality: f64) -> f64 {
    3.0 * RATES[segment][arm] * quality
}

/// What a lead of some quality brings when it is offered to the best two destinations.
fn fallback_value(segment: usize, quality: f64) -> f64 {
    let [best, second, ..] = by_worth(segment);
    let [p, q] = [best, second].map(|arm| accepts(segment, arm, quality));
    p * PAYOUTS[best] + (1.0 - p) * q * PAYOUTS[second]
}

/// Mean payment of an offer, in the world in which each is paid; `x` is even in `[0, 1)`.
fn paid(segment: usize, arm: usize, x: f64) -> f64 {
    PAYOUTS[arm] * (RATES[segment][arm] * 5.0 + x)
}

/// The standard deviation of payments around their means that is that of the means in the log.
fn explained_sd(logged: &Policy) -> f64 {
    let mut moments = [0.0; 2];
    for (segment, share) in SEGMENTS.iter().enumerate() {
        for (arm, drawn) in logged[segment].iter().enumerate() {
            let mean = paid(segment, arm, 0.5);
            moments[0] += share * drawn * mean;
            // x is even, with a variance of 1 / 12.
            moments[1] += share * drawn * (mean * mean + PAYOUTS[arm].powi(2) / 12.0);
        }
    }
    (moments[1] - moments[0] * moments[0]).sqrt()
}

/// What many logs of a world gave.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Outcomes {
    pub(crate) logs: u64,
    pub(crate) shown: [u64; 5],
    pub(crate) covers: [u64; 5],
    /// Sums of squared errors by estimator.
    squares: [f64; 4],
    sums: [f64; 4],
}

impl Outcomes {
    pub(crate) fn add(&mut self, found: Found, truth: f64) {
        self.logs += 1;
        for (position, covers) in found.covers.into_iter().enumerate() {
            self.shown[position] += u64::from(covers.is_some());
            self.covers[position] += u64::from(covers == Some(true));
        }
        for (position, value) in found.values.into_iter().enumerate() {
            self.squares[position] += (value - truth).powi(2);
            self.sums[position] += value - truth;
        }
    }

    /// Root of the mean squared error by estimator, in the unit of the value.
    pub(crate) fn rmse(&self) -> [f64; 4] {
        let n = self.logs;
        self.squares.map(|sum| (sum * share(1, n)).sqrt())
    }

    /// Mean error over its standard error, by estimator.
    pub(crate) fn bias_z(&self) -> [f64; 4] {
        let inverse = share(1, self.logs);
        std::array::from_fn(|position| {
            let mean = self.sums[position] * inverse;
            let variance = self.squares[position] * inverse - mean * mean;
            mean / (variance * inverse).sqrt()
        })
    }
}

/// All worlds: that of the reference simulation in all its policies first.
pub(crate) fn worlds() -> Vec<World> {
    let explore = Logged {
        temperature: 3.0,
        floor: 0.05,
    };
    let exploit = |floor| Logged {
        temperature: 0.5,
        floor,
    };
    let world = |name, twist, logged, is_greedy| World {
        name,
        twist,
        logged,
        is_greedy,
    };
    let plain = |name, logged, is_greedy| world(name, Twist::Plain, logged, is_greedy);
    vec![
        plain("5 % floor, best first", explore, true),
        plain("5 % floor, even policy", explore, false),
        plain("2 % floor, best first", exploit(0.02), true),
        plain("2 % floor, even policy", exploit(0.02), false),
        plain("0.5 % floor, best first", exploit(0.005), true),
        plain("0.5 % floor, even policy", exploit(0.005), false),
        world("fallbacks after refusals", Twist::Fallbacks, explore, true),
        world("a young tail", Twist::YoungTail, explore, true),
        world(
            "half of the variance explained",
            Twist::Explained,
            explore,
            true,
        ),
        world("200 sources", Twist::Sources, explore, true),
    ]
}
