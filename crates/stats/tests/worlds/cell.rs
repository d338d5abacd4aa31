//! Worlds whose truth is known: logs that chance made in them, and how often a verdict on such a log is wrong.

use pointsman_stats::{
    comparison::{Compared, Comparison, Lead},
    verdict::{Beside, Kind, judge},
    weighted::Step,
};

use crate::chance::{Chance, at_least};

#[path = "counted.rs"]
mod counted;

pub(crate) use counted::{misses_95, share};

/// The loss that does not matter, as a share of the baseline's value: what a scenario has by default.
pub(crate) const TOLERANCE: f64 = 0.01;

/// Share of logs with a verdict from which a cell counts as evidence.
pub(crate) const EVIDENCE: f64 = 0.3;

/// What an arm does with the leads it gets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arm {
    /// The share of the leads that it gets in the log.
    pub(crate) drawn: f64,
    /// The share that the candidate gives it.
    pub(crate) wanted: f64,
    /// The share of its leads that bring something.
    pub(crate) sells: f64,
    /// What such a lead brings on average.
    pub(crate) pays: f64,
}

/// How a world departs from the plain one, in which leads are independent and payments equal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Twist {
    Plain,
    /// Payments are lognormal with this standard deviation of their logarithm.
    Spread(f64),
    /// The second arm's share is drawn anew for each lead, evenly from here to there.
    Uneven(f64, f64),
    /// A fifth of the payments is taken back in the end, twice.
    Returns,
    /// Draws stick to this many sources of uneven size, whose leads are alike.
    Sources(usize),
    /// A lead that the first arm refuses is offered to the other one; the candidate always begins with the second arm.
    TwoTries,
}

/// A world.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) name: &'static str,
    pub(crate) arms: Vec<Arm>,
    pub(crate) twist: Twist,
}

/// What was found in one log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub(crate) kind: Kind,
    /// Whether each interval covers the truth, where it is shown: the difference, the candidate by IPS and by SNIPS, the baseline.
    pub(crate) covers: [Option<bool>; 4],
}

impl World {
    /// Value a lead of the candidate and of the log.
    pub(crate) fn truth(&self) -> [f64; 2] {
        if self.twist == Twist::TwoTries {
            let [a, b] = [self.arms[0], self.arms[1]];
            let first = |x: Arm, y: Arm| x.sells * x.pays + (1.0 - x.sells) * y.sells * y.pays;
            return [first(b, a), a.drawn * first(a, b) + b.drawn * first(b, a)];
        }
        let kept = if self.twist == Twist::Returns {
            0.6
        } else {
            1.0
        };
        [|arm: &Arm| arm.wanted, |arm: &Arm| arm.drawn].map(|share| {
            let values = self.arms.iter();
            values
                .map(|arm| share(arm) * arm.sells * arm.pays * kept)
                .sum()
        })
    }

    /// Makes a log of `n` leads and judges the candidate by it.
    pub(crate) fn judge(&self, n: u64, seed: u64) -> Found {
        self.found(&self.compare(n, seed))
    }

    /// Makes a log of `n` leads, and says what it says.
    pub(crate) fn compare(&self, n: u64, seed: u64) -> Compared {
        let mut chance = Chance(seed);
        let mut comparison = Comparison::default();
        match self.twist {
            Twist::TwoTries => self.two_tries(n, &mut chance, &mut comparison),
            Twist::Sources(sources) => self.sources(n, sources, &mut chance, &mut comparison),
            _ => {
                for _ in 0..n {
                    self.one_try(&mut chance, &mut comparison);
                }
            }
        }
        comparison.compare()
    }

    fn found(&self, compared: &Compared) -> Found {
        let [candidate, baseline] = self.truth();
        let value = compared.baseline.estimate.map_or(0.0, |found| found.ips);
        let verdict = judge(compared, TOLERANCE * value.abs(), Beside::default());
        let covers = |interval: [f64; 2], truth: f64| interval[0] <= truth && truth <= interval[1];
        let of = |side: Option<[[f64; 2]; 2]>, which: usize, truth| {
            side.map(|intervals| covers(intervals[which], truth))
        };
        Found {
            kind: verdict.kind,
            covers: [
                compared
                    .difference
                    .ci95
                    .map(|interval| covers(interval, candidate - baseline)),
                of(compared.candidate.ci95, 0, candidate),
                of(compared.candidate.ci95, 1, candidate),
                of(compared.baseline.ci95, 0, baseline),
            ],
        }
    }

    fn one_try(&self, chance: &mut Chance, comparison: &mut Comparison) {
        let shift = match self.twist {
            // All arms but the second keep their proportions.
            Twist::Uneven(low, high) => Some(low + (high - low) * chance.next()),
            _ => None,
        };
        let drawn = |position: usize, arm: &Arm| match shift {
            Some(share) if position == 1 => share,
            Some(share) => arm.drawn * (1.0 - share) / (1.0 - self.arms[1].drawn),
            None => arm.drawn,
        };
        let mut left = chance.next();
        let mut taken = self.arms.len() - 1;
        for (position, arm) in self.arms.iter().enumerate() {
            left -= drawn(position, arm);
            if left < 0.0 {
                taken = position;
                break;
            }
        }
        let arm = &self.arms[taken];
        let reward = self.reward(arm, arm.sells, chance);
        let weight = arm.wanted / drawn(taken, arm);
        add(
            comparison,
            &[Step { weight, reward }],
            &[Step {
                weight: 1.0,
                reward,
            }],
            None,
        );
    }

    fn reward(&self, arm: &Arm, sells: f64, chance: &mut Chance) -> f64 {
        if chance.next() >= sells {
            return 0.0;
        }
        match self.twist {
            Twist::Spread(sd) => arm.pays * (sd * chance.normal() - sd * sd / 2.0).exp(),
            Twist::Returns if chance.next() < 0.2 => -arm.pays,
            _ => arm.pays,
        }
    }

    /// Sources get an arm each; the largest is eight times the smallest, and some sell twice as well as others.
    fn sources(&self, n: u64, sources: usize, chance: &mut Chance, comparison: &mut Comparison) {
        let drawn: Vec<(usize, f64, f64)> = (0..sources)
            .map(|_| {
                let arm = usize::from(chance.next() >= self.arms[0].drawn);
                (
                    arm,
                    2.0_f64.powf(3.0 * chance.next()),
                    2.0 / 3.0 + 2.0 / 3.0 * chance.next(),
                )
            })
            .collect();
        let mut upto = Vec::with_capacity(sources);
        let mut sum = 0.0;
        for (_, size, _) in &drawn {
            sum += size;
            upto.push(sum);
        }
        for _ in 0..n {
            let at = chance.next() * sum;
            let source = upto.partition_point(|upto| *upto <= at).min(sources - 1);
            let (arm, _, quality) = drawn[source];
            let arm = &self.arms[arm];
            let reward = self.reward(arm, arm.sells * quality, chance);
            let weight = arm.wanted / arm.drawn;
            let steps = [Step { weight, reward }];
            add(
                comparison,
                &steps,
                &[Step {
                    weight: 1.0,
                    reward,
                }],
                Some(source as u64),
            );
        }
    }

    fn two_tries(&self, n: u64, chance: &mut Chance, comparison: &mut Comparison) {
        for _ in 0..n {
            let first = usize::from(chance.next() >= self.arms[0].drawn);
            let weight = if first == 1 {
                1.0 / self.arms[1].drawn
            } else {
                0.0
            };
            let mut steps = [
                [Step {
                    weight,
                    reward: 0.0,
                }; 2],
                [Step {
                    weight: 1.0,
                    reward: 0.0,
                }; 2],
            ];
            for (k, arm) in [first, 1 - first].into_iter().enumerate() {
                let reward = self.reward(&self.arms[arm], self.arms[arm].sells, chance);
                steps[0][k].reward = reward;
                steps[1][k].reward = reward;
                if reward > 0.0 {
                    break;
                }
            }
            add(comparison, &steps[0], &steps[1], None);
        }
    }
}

fn add(comparison: &mut Comparison, candidate: &[Step], baseline: &[Step], cluster: Option<u64>) {
    let [candidate, baseline] = [candidate, baseline].map(|steps| Lead {
        steps,
        unsupported: Some(0.0),
    });
    comparison.add(candidate, baseline, cluster);
}

/// What many logs of one cell gave.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Outcomes {
    pub(crate) logs: u64,
    pub(crate) ship: u64,
    pub(crate) canary: u64,
    pub(crate) do_not_ship: u64,
    /// Logs in which each interval is shown, and covers.
    pub(crate) shown: [u64; 4],
    pub(crate) covers: [u64; 4],
}

impl Outcomes {
    pub(crate) fn add(&mut self, found: Found) {
        self.logs += 1;
        match found.kind {
            Kind::Ship => self.ship += 1,
            Kind::Canary => self.canary += 1,
            Kind::DoNotShip => self.do_not_ship += 1,
            Kind::NotEnoughEvidence => {}
        }
        for (position, covers) in found.covers.into_iter().enumerate() {
            self.shown[position] += u64::from(covers.is_some());
            self.covers[position] += u64::from(covers == Some(true));
        }
    }

    /// Share of the logs with another verdict than not enough evidence.
    pub(crate) fn evidence(&self) -> f64 {
        share(self.ship + self.canary + self.do_not_ship, self.logs)
    }

    /// Logs with a wrong `ship` and with a wrong `do_not_ship`.
    pub(crate) fn wrong(&self, world: &World) -> [u64; 2] {
        let [candidate, baseline] = world.truth();
        let (diff, tolerance) = (candidate - baseline, TOLERANCE * baseline.abs());
        let rounding = 1e-9 * baseline.abs();
        [
            if diff <= -tolerance + rounding {
                self.ship
            } else {
                0
            },
            if diff >= -tolerance - rounding {
                self.do_not_ship
            } else {
                0
            },
        ]
    }
}

/// All worlds: those that are asked for first, then those in which intervals find it hard.
pub(crate) fn worlds() -> Vec<World> {
    let two = |share: f64, old: (f64, f64), new: (f64, f64)| {
        let arm = |drawn, wanted, (sells, pays): (f64, f64)| Arm {
            drawn,
            wanted,
            sells,
            pays,
        };
        vec![arm(1.0 - share, 0.0, old), arm(share, 1.0, new)]
    };
    // What the second arm must be worth, beside one of 1, for the candidate to be worse by just the tolerance.
    let at_tolerance = |share: f64| {
        let kept = 1.0 - TOLERANCE;
        kept * (1.0 - share) / (1.0 - kept * share)
    };
    let world = |name, arms, twist| World { name, arms, twist };
    let plain = |name, arms| world(name, arms, Twist::Plain);
    let three = [
        (0.2, 0.5, 0.10, 10.0),
        (0.3, 0.3, 0.05, 21.0),
        (0.5, 0.2, 0.20, 5.2),
    ];
    let three = three
        .map(|(drawn, wanted, sells, pays)| Arm {
            drawn,
            wanted,
            sells,
            pays,
        })
        .to_vec();
    vec![
        plain(
            "worse by just the tolerance",
            two(0.5, (0.1, 10.0), (0.1, 10.0 * at_tolerance(0.5))),
        ),
        plain("A/A, sales 20 %", two(0.5, (0.2, 10.0), (0.2, 10.0))),
        plain("A/A, sales 0.5 %", two(0.5, (0.005, 10.0), (0.005, 10.0))),
        plain("A/A, sales 0.1 %", two(0.5, (0.001, 10.0), (0.001, 10.0))),
        plain("10 % worse", two(0.5, (0.1, 10.0), (0.09, 10.0))),
        plain(
            "20 % better at 12 % share",
            two(0.12, (0.2, 10.0), (0.24, 10.0)),
        ),
        plain(
            "equal, 50 × 10 % against 250 × 2 % at 15 %",
            two(0.15, (0.1, 50.0), (0.02, 250.0)),
        ),
        plain(
            "the same, worse by just the tolerance",
            two(0.15, (0.1, 50.0), (0.02, 250.0 * at_tolerance(0.15))),
        ),
        plain(
            "A/A at 20 % share, sales 0.5 %",
            two(0.2, (0.005, 10.0), (0.005, 10.0)),
        ),
        world(
            "lognormal payments (σ = 1), at the tolerance",
            two(0.5, (0.1, 10.0), (0.1, 10.0 * at_tolerance(0.5))),
            Twist::Spread(1.0),
        ),
        world(
            "propensities from 0.02 to 0.98",
            two(0.5, (0.2, 10.0), (0.2, 10.0)),
            Twist::Uneven(0.02, 0.98),
        ),
        world(
            "a fifth is taken back, at the tolerance",
            two(0.3, (0.2, 10.0), (0.2, 10.0 * at_tolerance(0.3))),
            Twist::Returns,
        ),
        world(
            "60 sticky sources, at the tolerance",
            two(0.5, (0.2, 10.0), (0.2, 10.0 * at_tolerance(0.5))),
            Twist::Sources(60),
        ),
        world(
            "300 sticky sources, A/A",
            two(0.3, (0.1, 10.0), (0.1, 10.0)),
            Twist::Sources(300),
        ),
        world(
            "two tries, at the tolerance",
            two(0.5, (0.2, 10.0), (0.4, second_first(0.2, 10.0, 0.4))),
            Twist::TwoTries,
        ),
        plain("three arms, mixed otherwise", three),
    ]
}

/// What the second arm must pay so that beginning with it is worse by just the tolerance than beginning with either at random.
fn second_first(first_sells: f64, first_pays: f64, sells: f64) -> f64 {
    // first(b, a) = kept / 2 · (first(a, b) + first(b, a)), which is linear in what the second arm pays.
    let half = (1.0 - TOLERANCE) / 2.0;
    let of_second = (1.0 - half) * sells - half * (1.0 - first_sells) * sells;
    let of_first = half * first_sells - (1.0 - half) * (1.0 - sells) * first_sells;
    of_first * first_pays / of_second
}
