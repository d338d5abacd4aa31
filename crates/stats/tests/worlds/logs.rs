//! Worlds whose truth is known, and what the estimators say of one log of each.
//!
//! Six segments of leads, five destinations with the acceptance rates and payouts of a lead-routing simulation. The logged policy
//! follows what a destination is worth, with a floor for each.

use pointsman_stats::ope::{
    Decision, Estimator, Influence, Log, Readouts,
    fitted_q::{self, Choice, Settings, Walk},
    fold,
    model::{Linear, TrainingRow},
};

#[path = "chance.rs"]
mod chance;

#[path = "counted.rs"]
mod counted;
#[path = "market.rs"]
mod market;
#[path = "outcomes.rs"]
mod outcomes;

use chance::at_least;
pub(crate) use chance::{Chance, seed};
pub(crate) use counted::{misses_95, share};
pub(crate) use outcomes::Outcomes;

use market::{
    N_ARMS, N_SEGMENTS, PAYOUTS, Policy, RATES, SEGMENTS, accepts, by_worth, explained_sd,
    fallback_value, of_arms, paid, pick, worth,
};

const FOLDS: usize = 5;
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
        let log = if self.twist == Twist::Explained {
            self.explained(n, &mut chance)
        } else {
            self.read_walks(n, &mut chance, expect)
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

    /// Makes `n` walks and reads them: leads, and how many rows of one cell for each destination their cells are in.
    ///
    /// Not for the world in which each offer is paid, whose model is no table.
    pub(crate) fn read_walks<T>(
        &self,
        n: usize,
        chance: &mut Chance,
        read: impl FnOnce(&[Walk<'_>], usize) -> T,
    ) -> T {
        if self.twist == Twist::Fallbacks {
            self.fallbacks(n, chance, read)
        } else {
            self.one_offer(n, chance, read)
        }
    }

    /// One offer a lead, with a table of segments and destinations as the model.
    fn one_offer<T>(
        &self,
        n: usize,
        chance: &mut Chance,
        read: impl FnOnce(&[Walk<'_>], usize) -> T,
    ) -> T {
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
        read(&walks, N_SEGMENTS)
    }

    /// Two offers, the second one only after a refusal. Cells of second offers also know who refused.
    fn fallbacks<T>(
        &self,
        n: usize,
        chance: &mut Chance,
        read: impl FnOnce(&[Walk<'_>], usize) -> T,
    ) -> T {
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
                let accepts = chance.next() < market::accepts(segment, arm, quality);
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
        read(&walks, N_SEGMENTS * (1 + N_ARMS))
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
            let rows: Vec<TrainingRow<'_>> = (0..n)
                .filter(|lead| fold_of(*lead) != of && leads[*lead].2 == arm)
                .map(|lead| TrainingRow {
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

/// Expects what cells bring, with destinations as their groups.
fn expect(walks: &[Walk<'_>], n_rows: usize) -> Log {
    let groups: Vec<usize> = (0..n_rows * N_ARMS).map(|cell| cell % N_ARMS).collect();
    let settings = Settings {
        groups: &groups,
        n_folds: FOLDS,
        strength: 20.0,
    };
    fitted_q::expect(walks, settings).expect("weights and rewards are finite")
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
