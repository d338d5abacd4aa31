//! How long it takes to publish a thousand segments of five arms, in which each arm has trials, refusals, payments at once and later ones.
//!
//! `cargo run --release -p pointsman-bandit --example publish_segments` prints the shortest of five times, on one thread.
#![expect(clippy::print_stdout, reason = "a figure for people")]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use pointsman_bandit::{
    Allocation, BanditKey, BanditSpec, Config, Objective, Observation, Outcome, Settings, State,
    publish,
};

const SEGMENTS: u64 = 1_000;
const LEADS: u64 = 60;
const HOUR: i64 = 3_600_000_000;

fn main() {
    let arms = ["quick", "certain", "soon", "choosy", "late"];
    let state = state(&arms);
    let spec = BanditSpec {
        flow: "flow".to_owned(),
        node: "node".to_owned(),
        arms: arms.map(str::to_owned).to_vec(),
        explore_ppm: 50_000,
        objective: Objective::NetRevenue,
        limits: BTreeMap::new(),
        settings: Settings::default(),
        destinations: BTreeMap::new(),
    };
    let config = Config {
        segments: 1_000,
        ..Config::default()
    };
    let (mut shortest, mut changes) = (Duration::MAX, 0);
    for _ in 0..5 {
        let start = Instant::now();
        let bandits = std::slice::from_ref(&spec);
        let published = publish(&Allocation::prior(), &state, 720 * HOUR, &config, bandits);
        shortest = shortest.min(start.elapsed());
        changes = published.changes.len();
    }
    println!(
        "{changes} entries of 5 arms published in {} ms",
        shortest.as_millis()
    );
}

/// Sixty leads a segment over a month; what an arm accepts and pays depends on the number of the lead alone.
fn state(arms: &[&str]) -> State {
    let mut state = State::default();
    let mut dice = 1_u64;
    let mut roll = |part: u64| {
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % part
    };
    for segment in 0..SEGMENTS {
        let key = BanditKey {
            flow: "flow".to_owned(),
            node: "node".to_owned(),
            segment: format!("segment {segment}"),
        };
        for _ in 0..LEADS {
            let i = usize::try_from(roll(5)).unwrap_or(0);
            let at = i64::try_from(roll(24 * 29)).unwrap_or(0) * HOUR;
            let arm = arms[i].to_owned();
            state.apply(&Observation::Trial {
                key: key.clone(),
                arm: arm.clone(),
                at,
            });
            let accepted = roll(100) < [80, 95, 42, 62, 85][i];
            let elsewhere = !accepted && roll(100) < 60;
            let is_later = accepted && matches!(i, 2 | 4);
            let money = match i {
                0 | 3 => 15_000_000,
                1 => 9_000_000,
                2 => 80_000_000,
                _ => 150_000_000,
            };
            if is_later && roll(100) >= 20 || !accepted && !elsewhere {
                continue;
            }
            let revenue = if elsewhere { 12_000_000 } else { money };
            state.apply(&Observation::Reward {
                key: key.clone(),
                arm,
                trial_at: at,
                at: if is_later {
                    at + i64::try_from(roll(150)).unwrap_or(0) * HOUR
                } else {
                    at
                },
                before: Outcome::default(),
                after: Outcome {
                    accepted: true,
                    converted: is_later,
                    revenue,
                    elsewhere: if elsewhere { revenue } else { 0 },
                    only_elsewhere: elsewhere,
                },
                is_later,
            });
        }
    }
    state
}
