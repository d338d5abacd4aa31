//! A segment in which the dear arm of the others is the cheap one.

use super::*;

const HOUR: i64 = BUCKET_WIDTH;

/// Numbers in `[0, 1)`, the same for a seed.
struct Chance(u64);

impl Chance {
    fn draw(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        #[expect(clippy::cast_precision_loss, reason = "31 bits")]
        let draw = (self.0 >> 33) as f64 / f64::from(1_u32 << 31);
        draw
    }
}

/// Weights of acme and zenith in TX after each hour of ten leads. Both arms take half of the leads; acme pays 100 in CA and 5 in TX,
/// zenith 30 in both.
fn weights_in_tx(seed: u64, leads: i64) -> Vec<[u32; 2]> {
    let arms = ["acme", "zenith"];
    let spec = BanditSpec {
        flow: "flow".to_owned(),
        node: "node".to_owned(),
        arms: arms.map(str::to_owned).to_vec(),
        explore_ppm: 50_000,
        objective: Objective::NetRevenue,
    };
    let key = |state: &str| BanditKey {
        flow: "flow".to_owned(),
        node: "node".to_owned(),
        segment: format!("state={state}"),
    };
    let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let (mut state, mut allocation) = (State::default(), Allocation::prior());
    let mut weights = Vec::new();
    for lead in 0..leads {
        let at = lead * HOUR / 10;
        let region = if chance.draw() < 0.5 { "TX" } else { "CA" };
        let of_acme = allocation.weights(&key(region), &arms)[0];
        let i = usize::from(chance.draw() * 1e6 >= f64::from(of_acme));
        let arm = arms[i].to_owned();
        state.apply(&Observation::Trial {
            key: key(region),
            arm: arm.clone(),
            at,
        });
        if chance.draw() < 0.5 {
            let pays = match (region, i) {
                ("TX", 0) => 5,
                (_, 0) => 100,
                _ => 30,
            };
            state.apply(&Observation::Reward {
                key: key(region),
                arm,
                trial_at: at,
                at,
                before: Outcome::default(),
                after: Outcome {
                    accepted: true,
                    revenue: pays * 1_000_000,
                    ..Outcome::default()
                },
                is_later: false,
            });
        }
        if lead % 10 == 9 {
            let bandits = std::slice::from_ref(&spec);
            allocation = publish(&allocation, &state, at, &Config::default(), bandits).allocation;
            let now = allocation.weights(&key("TX"), &arms);
            weights.push([now[0], now[1]]);
        }
    }
    weights
}

#[test]
fn a_segment_goes_to_its_own_best_arm_within_two_hundred_leads() {
    let runs: Vec<Vec<[u32; 2]>> = (1..=200).map(|seed| weights_in_tx(seed, 200)).collect();
    let right = |after: usize| {
        let favours = runs.iter().filter(|run| run[after / 10 - 1][1] > 500_000);
        favours.count()
    };
    let shares: Vec<usize> = [50, 100, 150, 200].map(right).to_vec();
    assert!(
        shares[3] >= 195,
        "of 200 runs after 50, 100, 150, 200 leads: {shares:?}"
    );
}
