//! What readouts say of made-up leads whose truth is known.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "readouts/adjustments.rs"]
mod adjustments;
#[path = "readouts/leads.rs"]
mod leads;
#[path = "readouts/people.rs"]
mod people;

use leads::{Leads, Sold, two_arms};
use pointsman_experiment::{
    Action, Guardrail, Metric, Plan, Readout, Role, Subject, Verdict, read,
};

fn plan() -> Plan {
    Plan {
        hypothesis: String::new(),
        subject: Subject::Split {
            node: "ab".to_owned(),
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

fn readout(plan: &Plan, leads: &Leads) -> Readout {
    read(plan, &leads.evidence())
}

#[test]
fn a_better_arm_is_shipped_and_a_worse_one_is_not() {
    for (accept, action) in [(0.60, Action::Ship), (0.40, Action::Keep)] {
        let leads = two_arms(7, 20_000, [0.5, accept]);
        let found = readout(&plan(), &leads);
        assert_eq!(found.advice.action, action, "{}", found.advice.sentence);
        let effect = found.primary("zenith").unwrap().effect.as_ref().unwrap();
        let [low, high] = effect.interval;
        assert!(low < accept - 0.5 && accept - 0.5 < high, "{effect:?}");
        let [fixed_low, fixed_high] = effect.fixed_interval;
        assert!(low < fixed_low && fixed_high < high, "{effect:?}");
        assert!(!found.split.is_broken);
    }
}

#[test]
fn equal_arms_are_kept_once_a_difference_that_matters_is_out_of_the_question() {
    let leads = two_arms(11, 200_000, [0.5, 0.5]);
    let found = readout(&plan(), &leads);
    assert_eq!(found.primary("zenith").unwrap().verdict, Verdict::NoMatter);
    assert_eq!(
        found.advice.action,
        Action::Keep,
        "{}",
        found.advice.sentence
    );
}

#[test]
fn a_few_leads_say_nothing_and_some_say_how_long_it_takes() {
    let found = readout(&plan(), &two_arms(3, 150, [0.5, 0.9]));
    let comparison = found.primary("zenith").unwrap();
    assert_eq!(
        (comparison.verdict, &comparison.effect),
        (Verdict::NotYet, &None)
    );
    assert!(comparison.why_not.as_ref().unwrap().contains("below 100"));
    assert!(found.arms.iter().all(|arm| arm.measured[0].value.is_none()));

    // 2,000 leads took a day; the difference that matters is a twentieth of one half.
    let found = readout(&plan(), &two_arms(3, 2_000, [0.5, 0.5]));
    assert_eq!(found.advice.action, Action::Wait);
    let days = found.advice.days_more.unwrap();
    assert!((3.0..20.0).contains(&days), "{}", found.advice.sentence);
    assert!(
        found.advice.sentence.contains("you lose"),
        "{}",
        found.advice.sentence
    );
    let days_after = readout(&plan(), &two_arms(3, 8_000, [0.5, 0.5]));
    assert_eq!(days_after.advice.action, Action::Wait);
}

#[test]
fn without_a_lead_there_is_no_number() {
    let found = readout(&plan(), &Leads::default());
    assert_eq!(found.advice.action, Action::Wait);
    assert_eq!(found.split.p_value, None);
    let comparison = found.primary("zenith").unwrap();
    assert_eq!(comparison.effect, None);
    assert!(comparison.why_not.is_some());
}

#[test]
fn a_guardrail_stops_what_earns_more_and_harms() {
    let mut leads = Leads::default();
    let mut chance = leads::Chance::new(5);
    for n in 0..30_000 {
        let (arm, accept, price) = if chance.below(0.5) {
            ("acme", 0.6, 10.0)
        } else {
            ("zenith", 0.4, 20.0)
        };
        let sold = chance.below(accept);
        leads.add(
            n,
            &[("acme", 500_000), ("zenith", 500_000)],
            arm,
            Sold::at_once(sold, price),
        );
    }
    let plan = Plan {
        primary: Metric::Revenue,
        guardrails: vec![Guardrail {
            metric: Metric::AcceptRate,
            worst_ppm: 100_000,
        }],
        ..plan()
    };
    let found = readout(&plan, &leads);
    assert_eq!(found.primary("zenith").unwrap().verdict, Verdict::Better);
    assert_eq!(
        found.advice.action,
        Action::Stop,
        "{}",
        found.advice.sentence
    );
    assert!(
        found
            .broken_guardrail()
            .unwrap()
            .contains("accept rate of `zenith`")
    );
    // A guardrail that allows as much harm as there is holds.
    let lenient = Plan {
        guardrails: vec![Guardrail {
            metric: Metric::AcceptRate,
            worst_ppm: 400_000,
        }],
        ..plan
    };
    let found = readout(&lenient, &leads);
    let guardrail = found
        .comparisons
        .iter()
        .find(|it| it.role == Role::Guardrail);
    assert_eq!(guardrail.unwrap().verdict, Verdict::NoMatter);
    assert_eq!(found.advice.action, Action::Ship);
}

#[test]
fn leads_that_get_lost_in_one_arm_are_told_before_any_difference() {
    let mut leads = Leads::default();
    let mut chance = leads::Chance::new(8);
    for n in 0..20_000 {
        let is_second = chance.below(0.5);
        // One in twelve leads of the second arm is never stored.
        if is_second && chance.below(1.0 / 12.0) {
            continue;
        }
        let arm = if is_second { "zenith" } else { "acme" };
        let sold = chance.below(if is_second { 0.6 } else { 0.5 });
        leads.add(
            n,
            &[("acme", 500_000), ("zenith", 500_000)],
            arm,
            Sold::at_once(sold, 1.0),
        );
    }
    let found = readout(&plan(), &leads);
    assert!(found.split.is_broken);
    assert_eq!(
        found.advice.action,
        Action::Repair,
        "{}",
        found.advice.sentence
    );
}

#[test]
fn a_change_of_weights_in_a_better_week_is_no_difference() {
    let mut leads = Leads::default();
    let mut chance = leads::Chance::new(9);
    for n in 0..40_000 {
        // In the second week more leads sell, and most of them go to the second arm.
        let (share, accept) = if n < 20_000 { (0.1, 0.3) } else { (0.9, 0.6) };
        let second = if n < 20_000 { 100_000 } else { 900_000 };
        let weights = [("acme", 1_000_000 - second), ("zenith", second)];
        let arm = if chance.below(share) {
            "zenith"
        } else {
            "acme"
        };
        leads.add(n, &weights, arm, Sold::at_once(chance.below(accept), 1.0));
    }
    let found = readout(&plan(), &leads);
    assert!(!found.split.is_broken);
    let effect = found.primary("zenith").unwrap().effect.as_ref().unwrap();
    assert!(effect.difference.abs() < 0.02, "{effect:?}");
    assert!(effect.p_value > 0.05);
    assert!(
        found
            .notes
            .iter()
            .any(|note| note.contains("2 sets of weights"))
    );
}

#[test]
fn revenue_that_few_leads_carry_is_no_evidence() {
    let mut leads = Leads::default();
    for n in 0..4_000 {
        let arm = if n % 2 == 0 { "acme" } else { "zenith" };
        let price = if n % 400 < 2 { 500.0 } else { 0.0 };
        leads.add(
            n,
            &[("acme", 500_000), ("zenith", 500_000)],
            arm,
            Sold::at_once(price > 0.0, price),
        );
    }
    let plan = Plan {
        primary: Metric::Revenue,
        ..plan()
    };
    let found = readout(&plan, &leads);
    let comparison = found.primary("zenith").unwrap();
    assert_eq!(comparison.effect, None);
    assert!(
        comparison
            .why_not
            .as_ref()
            .unwrap()
            .contains("so few leads")
    );
}

#[test]
fn more_returns_are_worse() {
    let mut leads = Leads::default();
    let mut chance = leads::Chance::new(12);
    for n in 0..40_000 {
        let (arm, returned) = if chance.below(0.5) {
            ("acme", 0.05)
        } else {
            ("zenith", 0.10)
        };
        let sold = Sold::at_once(true, 1.0).returned(chance.below(returned));
        leads.add(n, &[("acme", 500_000), ("zenith", 500_000)], arm, sold);
    }
    let plan = Plan {
        primary: Metric::ReturnRate,
        ..plan()
    };
    let found = readout(&plan, &leads);
    assert_eq!(found.primary("zenith").unwrap().verdict, Verdict::Worse);
    let effect = found.primary("zenith").unwrap().effect.as_ref().unwrap();
    assert!(effect.difference > 0.0 && effect.chance_to_win < 1e-6);
    assert!(effect.expected_loss > 0.04, "{effect:?}");
}

#[test]
fn a_guardrail_on_time_stops_what_keeps_leads_waiting() {
    let mut leads = Leads::default();
    let mut chance = leads::Chance::new(14);
    for n in 0..8_000 {
        let (arm, slower) = if chance.below(0.5) {
            ("acme", 1.0)
        } else {
            ("zenith", 1.4)
        };
        let took = 400.0 * slower * (0.5 + chance.uniform());
        let sold = Sold::at_once(chance.below(0.5), 1.0).taking(took);
        leads.add(n, &[("acme", 500_000), ("zenith", 500_000)], arm, sold);
    }
    let limited = |worst_ppm| Plan {
        guardrails: vec![Guardrail {
            metric: Metric::Latency,
            worst_ppm,
        }],
        ..plan()
    };
    let found = readout(&limited(200_000), &leads);
    assert_eq!(found.advice.action, Action::Stop);
    assert!(
        found
            .broken_guardrail()
            .unwrap()
            .contains("time on the way of `zenith`")
    );
    assert!(found.to_text().contains(" ms"));
    let found = readout(&limited(600_000), &leads);
    let guardrail = found
        .comparisons
        .iter()
        .find(|it| it.role == Role::Guardrail);
    assert_eq!(guardrail.unwrap().verdict, Verdict::NoMatter);
}

/// Looks once after each twentieth of the leads; says whether any look found a difference.
fn finds_a_difference(seed: u64, n: u64, accept: [f64; 2], units: u64) -> (bool, bool) {
    let mut leads = Leads::default();
    let mut chance = leads::Chance::new(seed);
    let (mut found, mut broken) = (false, false);
    // What the leads of a unit have in common.
    let of_unit: Vec<f64> = (0..units).map(|_| chance.uniform() - 0.5).collect();
    for lead in 0..n {
        let unit = if units == 0 {
            lead
        } else {
            chance.index(units)
        };
        let is_second = if units == 0 {
            chance.below(0.5)
        } else {
            leads::Chance::new(seed ^ (unit + 1)).below(0.5)
        };
        let (arm, accept) = if is_second {
            ("zenith", accept[1])
        } else {
            ("acme", accept[0])
        };
        let shift = of_unit
            .get(usize::try_from(unit).unwrap())
            .map_or(0.0, |it| 0.2 * it);
        let sold = Sold::at_once(chance.below(accept + shift), 1.0);
        leads.add(unit, &[("acme", 500_000), ("zenith", 500_000)], arm, sold);
        if (lead + 1) % (n / 20) == 0 {
            let look = readout(&plan(), &leads);
            broken |= look.split.is_broken;
            found |= matches!(
                look.primary("zenith").unwrap().verdict,
                Verdict::Better | Verdict::Worse
            );
        }
    }
    (found, broken)
}

#[test]
fn looking_twenty_times_at_equal_arms_finds_a_difference_rarely() {
    let runs = 200;
    for units in [0, 400] {
        let runs_with = (0..runs).map(|seed| finds_a_difference(seed, 2_000, [0.3, 0.3], units));
        let (found, broken) = runs_with.fold((0, 0), |(found, broken), (f, b)| {
            (found + u32::from(f), broken + u32::from(b))
        });
        // 5 % of 200 are 10; 21 or more have a probability of 1e-3 at that rate.
        assert!(found < 21, "{found} of {runs} with {units} units");
        assert!(broken < 5, "{broken} of {runs} splits called broken");
    }
}

#[test]
fn a_readout_is_read_back_as_written() {
    let found = readout(&plan(), &two_arms(7, 3_000, [0.5, 0.6]));
    let text = serde_json::to_string(&found).unwrap();
    let again: Readout = serde_json::from_str(&text).unwrap();
    assert_eq!(again.advice.sentence, found.advice.sentence);
    let of = |readout: &Readout| readout.primary("zenith").unwrap().effect.clone().unwrap();
    // A float in JSON may be off in its last digit.
    assert!((of(&again).interval[0] - of(&found).interval[0]).abs() < 1e-15);
}
