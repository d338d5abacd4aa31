//! What readouts say of the arms of a bandit whose truth is known.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "readouts/leads.rs"]
#[expect(
    dead_code,
    reason = "another binary of tests uses the rest of what makes up leads"
)]
mod leads;

use std::collections::BTreeMap;

use leads::{Chance, Leads};
use pointsman_experiment::{
    Action, AdaptiveDraws, Evidence, Method, Metric, Plan, Readout, Subject, UnitTotals, read,
};

fn plan() -> Plan {
    Plan {
        hypothesis: String::new(),
        subject: Subject::Bandit {
            node: "learned".to_owned(),
            arms: vec!["acme".to_owned(), "zenith".to_owned()],
        },
        primary: Metric::AcceptRate,
        smallest_effect_ppm: 50_000,
        guardrails: Vec::new(),
        secondary: Vec::new(),
        covariates: Vec::new(),
        slow_ms: pointsman_experiment::SLOW_MS,
        sticky: None,
        layer: None,
        window_hours: 0,
        confidence_ppm: 950_000,
    }
}

/// The draws of a bandit that follows what was accepted so far, with two kinds of leads and a third arm that is not compared.
///
/// * `accept`: of each kind of lead, how often each of the two arms accepts it.
/// * `lost`: share of the second arm's leads that are not recorded.
fn draws(seed: u64, n: u32, accept: [[f64; 2]; 2], lost: f64) -> AdaptiveDraws {
    let mut chance = Chance::new(seed);
    let mut draws = AdaptiveDraws::new(&plan());
    let mut seen = [[[1.0, 2.0]; 2]; 2];
    let mut weights = [[400_000_u32; 2]; 2];
    for i in 0..n {
        if i % 200 == 0 {
            for (weights, seen) in weights.iter_mut().zip(&seen) {
                let [a, b] = seen.map(|[yes, all]| (yes / all) * (yes / all));
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a weight"
                )]
                let first = (50_000.0 + 700_000.0 * a / (a + b)) as u32;
                *weights = [first, 800_000 - first];
            }
        }
        let kind = usize::from(chance.below(0.5));
        let [first, second] = weights[kind];
        let at = chance.index(1_000_000);
        let (arm, name) = match at {
            at if at < u64::from(first) => (0, "acme"),
            at if at < 800_000 => (1, "zenith"),
            _ => continue,
        };
        let is_accepted = chance.below(accept[kind][arm]);
        seen[kind][arm][0] += f64::from(u8::from(is_accepted));
        seen[kind][arm][1] += 1.0;
        if arm == 1 && chance.below(lost) {
            continue;
        }
        let all = [("acme", first), ("zenith", second), ("third", 200_000)];
        let all: BTreeMap<String, u32> = all.map(|(arm, ppm)| (arm.to_owned(), ppm)).into();
        let totals = UnitTotals {
            leads: 1.0,
            accepted: f64::from(u8::from(is_accepted)),
            ..UnitTotals::default()
        };
        // The latest tenth does not count yet.
        let counts = i < n - n / 10;
        draws.add(name, &all, counts.then_some(&totals)).unwrap();
    }
    draws
}

fn readout(draws: AdaptiveDraws) -> Readout {
    let evidence = Evidence {
        adaptive: Some(draws),
        ..Leads::default().evidence()
    };
    read(&plan(), &evidence)
}

#[test]
fn arms_of_a_bandit_are_compared_by_the_probabilities_of_their_draws() {
    // Means of leads would say the contrary: zenith gets the leads that nobody takes.
    let accept = [[0.8, 0.75], [0.10, 0.35]];
    let found = readout(draws(5, 40_000, accept, 0.0));
    let effect = found.primary("zenith").unwrap().effect.clone().unwrap();
    assert_eq!(effect.method, Method::AdaptiveAipw);
    let truth = 0.5 * (0.75 + 0.35) - 0.5 * (0.8 + 0.10);
    assert!(
        effect.interval[0] < truth && truth < effect.interval[1],
        "{effect:?}"
    );
    assert!((effect.difference - truth).abs() < 4.0 * effect.se && effect.se < 0.01);
    assert_eq!(found.advice.action, Action::Ship, "{:?}", found.advice);
    assert!(!found.split.is_broken, "{:?}", found.split);
    let base = found.arms[0].measured[0].value.unwrap();
    assert!((base - 0.45).abs() < 0.02, "{base}");
}

#[test]
fn a_bandit_whose_leads_are_lost_has_a_broken_split() {
    let found = readout(draws(6, 40_000, [[0.5, 0.5]; 2], 0.1));
    assert!(found.split.is_broken, "{:?}", found.split);
    assert_eq!(found.advice.action, Action::Repair);
}

#[test]
fn a_bandit_of_few_draws_says_nothing_and_draws_that_cannot_be_are_refused() {
    let found = readout(AdaptiveDraws::new(&plan()));
    assert_eq!(found.advice.action, Action::Wait);
    let comparison = found.primary("zenith").unwrap();
    assert!(comparison.effect.is_none() && comparison.why_not.is_some());
    assert!(found.split.p_value.is_none());

    let mut draws = AdaptiveDraws::new(&plan());
    let weights = BTreeMap::from([("acme".to_owned(), 1_000_000)]);
    assert!(draws.add("zenith", &weights, None).is_err());
    assert!(draws.add("third", &weights, None).is_err());
}
