//! Worlds whose truth is known: a bandit that publishes every hour has to find the best arm.

use std::collections::BTreeMap;

use super::*;

const HOUR: i64 = BUCKET_WIDTH;

/// A small generator for these worlds (Knuth's MMIX constants); the product's draws are not made with it.
struct Chance(u64);

impl Chance {
    /// A number in `(0, 1)`.
    fn uniform(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let uniform = ((self.0 >> 11) as f64 + 0.5) / 9_007_199_254_740_992.0;
        uniform
    }
}

/// An arm as it truly is.
struct Truth {
    name: &'static str,
    rate: f64,
    payout: i64,
    delay_hours: f64,
}

/// Leads of one world: arms drawn by the allocation, successes that arrive late.
struct World {
    truths: Vec<Truth>,
    chance: Chance,
    state: State,
    allocation: Allocation,
    /// Rewards on their way, by arrival.
    pending: BTreeMap<(i64, u32), Observation>,
    drawn: BTreeMap<&'static str, u32>,
}

impl World {
    fn new(seed: u64, truths: Vec<Truth>) -> Self {
        Self {
            truths,
            chance: Chance(seed),
            state: State::default(),
            allocation: Allocation::prior(),
            pending: BTreeMap::new(),
            drawn: BTreeMap::new(),
        }
    }

    fn run(&mut self, hours: i64, leads_per_hour: u32, spec: &BanditSpec, config: &Config) {
        for hour in 0..hours {
            let now = hour * HOUR;
            for lead in 0..leads_per_hour {
                self.route(
                    now + i64::from(lead) * (HOUR / i64::from(leads_per_hour)),
                    hour,
                    lead,
                );
            }
            let later = self.pending.split_off(&(now + HOUR, 0));
            for reward in std::mem::replace(&mut self.pending, later).into_values() {
                self.state.apply(&reward);
            }
            self.allocation = publish(
                &self.allocation,
                &self.state,
                now + HOUR,
                config,
                std::slice::from_ref(spec),
            )
            .allocation;
        }
    }

    fn route(&mut self, at: i64, hour: i64, lead: u32) {
        let names: Vec<&str> = self.truths.iter().map(|truth| truth.name).collect();
        let mut left = self.chance.uniform() * 1e6;
        let weights = self.allocation.weights(&key(""), &names);
        let drawn = weights.iter().position(|weight| {
            left -= f64::from(*weight);
            left < 0.0
        });
        let truth = &self.truths[drawn.unwrap()];
        *self.drawn.entry(truth.name).or_default() += 1;
        let arm = truth.name.to_owned();
        self.state.apply(&Observation::Trial {
            key: key(""),
            arm: arm.clone(),
            at,
        });
        let taken = Outcome {
            accepted: true,
            ..Outcome::default()
        };
        self.state.apply(&Observation::Reward {
            key: key(""),
            arm: arm.clone(),
            trial_at: at,
            at,
            before: Outcome::default(),
            after: taken,
            is_later: false,
        });
        if self.chance.uniform() < truth.rate {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_precision_loss,
                reason = "delays are days"
            )]
            let delay = (-self.chance.uniform().ln() * truth.delay_hours * HOUR as f64) as i64;
            let after = Outcome {
                converted: true,
                revenue: truth.payout,
                ..taken
            };
            let reward = Observation::Reward {
                key: key(""),
                arm,
                trial_at: at,
                at: at + delay,
                before: taken,
                after,
                is_later: true,
            };
            self.pending.insert(
                (at + delay, u32::try_from(hour).unwrap() * 10_000 + lead),
                reward,
            );
        }
    }
}

fn truth(name: &'static str, rate: f64, payout: i64, delay_hours: f64) -> Truth {
    Truth {
        name,
        rate,
        payout,
        delay_hours,
    }
}

#[test]
fn the_arm_with_the_best_revenue_ends_with_most_weight() {
    let truths = vec![
        truth("often", 0.12, 30_000_000, 6.0),
        truth("best", 0.08, 70_000_000, 6.0),
        truth("rare", 0.02, 90_000_000, 6.0),
    ];
    let mut world = World::new(11, truths);
    let spec = BanditSpec {
        objective: Objective::NetRevenue,
        ..spec(&["often", "best", "rare"], 20_000)
    };
    world.run(
        24 * 10,
        30,
        &spec,
        &Config {
            window: 3 * 24 * HOUR,
            ..Config::default()
        },
    );
    let arms = &world.allocation.entries[&key("")].arms;
    assert!(arms["best"] > 900_000, "{arms:?}");
    assert!(world.drawn["best"] > 4_000, "{:?}", world.drawn);
}

#[test]
fn a_good_arm_that_converts_slowly_is_not_taken_for_a_bad_one() {
    let truths = || vec![truth("fast", 0.08, 0, 1.0), truth("slow", 0.11, 0, 36.0)];
    let config = Config {
        window: 10 * 24 * HOUR,
        half_life: Some(36 * HOUR),
        ..Config::default()
    };
    let spec = spec(&["fast", "slow"], 1_000_000);
    let mut world = World::new(3, truths());
    // All explored evenly, so that both arms have the same leads to be judged by.
    world.run(24 * 12, 200, &spec, &config);
    let as_of = 24 * 12 * HOUR;
    let node = world.state.node("auto", "premium").unwrap();
    let believed = crate::posteriors(
        node,
        "",
        &["fast", "slow"],
        Objective::Conversions,
        as_of,
        &config,
    );
    assert!(
        believed[1].mean_value > believed[0].mean_value,
        "{believed:?}"
    );
    assert!((believed[1].mean_value - 0.11).abs() < 0.01, "{believed:?}");

    // With pending leads as failures the slow arm looks worse than it is, and loses.
    let at_once = Config {
        window: 1,
        ..config
    };
    let believed = crate::posteriors(
        node,
        "",
        &["fast", "slow"],
        Objective::Conversions,
        as_of,
        &at_once,
    );
    assert!(
        believed[1].mean_value < believed[0].mean_value,
        "{believed:?}"
    );
}

#[test]
fn a_change_of_the_best_arm_is_found_when_old_trials_fade() {
    let mut world = World::new(
        5,
        vec![truth("first", 0.2, 0, 1.0), truth("second", 0.05, 0, 1.0)],
    );
    let spec = spec(&["first", "second"], 50_000);
    let config = Config {
        window: 24 * HOUR,
        half_life: Some(24 * HOUR),
        ..Config::default()
    };
    world.run(24 * 5, 40, &spec, &config);
    assert!(world.allocation.entries[&key("")].arms["first"] > 900_000);
    let mut after = World::new(
        6,
        vec![truth("first", 0.05, 0, 1.0), truth("second", 0.2, 0, 1.0)],
    );
    // The same hours again would be the past; the second world starts where the first one ended.
    let shift = 24 * 5 * HOUR;
    for (hour, lead) in (0..24 * 5).flat_map(|hour| (0..40_u32).map(move |lead| (hour, lead))) {
        if lead == 0 {
            world.allocation = publish(
                &world.allocation,
                &world.state,
                shift + hour * HOUR,
                &config,
                std::slice::from_ref(&spec),
            )
            .allocation;
            after.allocation = world.allocation.clone();
        }
        after.state = std::mem::take(&mut world.state);
        after.route(shift + hour * HOUR, shift / HOUR + hour, lead);
        world.state = std::mem::take(&mut after.state);
        for reward in std::mem::take(&mut after.pending).into_values() {
            world.state.apply(&reward);
        }
    }
    assert!(
        world.allocation.entries[&key("")].arms["second"] > 900_000,
        "{:?}",
        world.allocation
    );
}
