//! A version that keeps people, while its share is raised.

use pointsman_experiment::{Metric, Plan, Subject, Verdict, read};

use crate::leads::{Chance, Leads, Sold};

/// Shares of the candidate, one after the other.
const SHARES_PPM: [u32; 3] = [100_000, 250_000, 500_000];
const PEOPLE: u64 = 600;

fn plan(sticky: Option<&str>) -> Plan {
    Plan {
        hypothesis: String::new(),
        subject: Subject::Version,
        primary: Metric::AcceptRate,
        smallest_effect_ppm: 50_000,
        guardrails: Vec::new(),
        secondary: Vec::new(),
        covariates: Vec::new(),
        slow_ms: pointsman_experiment::SLOW_MS,
        sticky: sticky.map(str::to_owned),
        layer: None,
        window_hours: 0,
        confidence_ppm: 950_000,
    }
}

/// Leads of people who come again under each share and are very unlike each other; what readouts find at many looks.
fn looks(seed: u64, plans: [&Plan; 2], gain: f64) -> [(bool, bool); 2] {
    let mut chance = Chance::new(seed);
    let people: Vec<(f64, f64)> = (0..PEOPLE)
        .map(|_| (chance.uniform(), 0.9 * chance.uniform()))
        .collect();
    let mut leads = Leads::default();
    let mut found = [(false, false); 2];
    for share_ppm in SHARES_PPM {
        let weights = [("live", 1_000_000 - share_ppm), ("candidate", share_ppm)];
        for n in 1..=3_000 {
            let person = chance.index(PEOPLE);
            let (place, worth) = people[usize::try_from(person).unwrap()];
            let is_candidate = place < f64::from(share_ppm) / 1e6;
            let (arm, gain) = if is_candidate {
                ("candidate", gain)
            } else {
                ("live", 0.0)
            };
            let sold = Sold::at_once(chance.below(worth + gain), 1.0);
            leads.add(person, &weights, arm, sold);
            if n % 500 != 0 {
                continue;
            }
            let evidence = leads.evidence();
            for (plan, (differs, broken)) in plans.iter().zip(&mut found) {
                let readout = read(plan, &evidence);
                *broken |= readout.split.is_broken;
                let verdict = readout.primary("candidate").unwrap().verdict;
                *differs |= matches!(verdict, Verdict::Better | Verdict::Worse);
            }
        }
    }
    found
}

#[test]
fn people_who_come_again_under_other_shares_are_no_new_evidence() {
    let (kept, each) = (plan(Some("email")), plan(None));
    let (mut found, mut broken, mut found_as_if_new) = (0, 0, 0);
    let runs = 200;
    for seed in 0..runs {
        let [of_kept, of_each] = looks(seed, [&kept, &each], 0.0);
        found += u32::from(of_kept.0);
        broken += u32::from(of_kept.1);
        found_as_if_new += u32::from(of_each.0);
    }
    // 5 % of 200 are 10; 21 or more have a probability of 1e-3 at that rate.
    assert!(found < 21, "{found} of {runs}");
    assert!(broken < 5, "{broken} of {runs} splits called broken");
    assert!(found <= found_as_if_new, "{found} and {found_as_if_new}");
}

#[test]
fn a_difference_of_a_candidate_that_keeps_people_is_found() {
    let kept = plan(Some("email"));
    let found = (0..20).filter(|seed| looks(*seed, [&kept; 2], 0.3)[0].0);
    assert!(found.count() >= 18);
}
