//! Differences adjusted by what was known of made-up leads whose truth is known.

use pointsman_experiment::{
    Action, Comparison, Guardrail, Method, Metric, Plan, Readout, Subject, Verdict, read,
};

use crate::leads::{Chance, Leads, Sold};

const HALVES: &[(&str, u32)] = &[("acme", 500_000), ("zenith", 500_000)];

fn plan() -> Plan {
    Plan {
        hypothesis: String::new(),
        subject: Subject::Split {
            node: "ab".to_owned(),
            arms: vec!["acme".to_owned(), "zenith".to_owned()],
        },
        primary: Metric::Revenue,
        smallest_effect_ppm: 50_000,
        guardrails: vec![Guardrail {
            metric: Metric::AcceptRate,
            worst_ppm: 100_000,
        }],
        secondary: Vec::new(),
        covariates: vec!["income".to_owned()],
        slow_ms: pointsman_experiment::SLOW_MS,
        sticky: None,
        layer: None,
        window_hours: 0,
        confidence_ppm: 950_000,
    }
}

/// Leads that pay by their income, and half a unit more in the second arm; of each third nobody knows the income.
fn by_income(seed: u64, n: u64, per_unit: u64, gain: f64) -> Leads {
    let mut leads = Leads::default();
    let mut chance = Chance::new(seed);
    let n_units = n / per_unit;
    let units: Vec<(f64, bool)> = (0..n_units)
        .map(|_| (20.0 * chance.uniform(), chance.below(0.5)))
        .collect();
    for lead in 0..n {
        let unit = lead % n_units;
        let (income, is_second) = units[usize::try_from(unit).unwrap()];
        let arm = if is_second { "zenith" } else { "acme" };
        let price = income + 4.0 * chance.uniform() + if is_second { gain } else { 0.0 };
        let known = (!unit.is_multiple_of(3)).then_some(income - 10.0);
        let sold = Sold::at_once(chance.below(0.9), price).knowing(known);
        leads.add(unit, HALVES, arm, sold);
    }
    leads
}

fn readout(leads: &Leads) -> Readout {
    read(&plan(), &leads.evidence())
}

fn primary(readout: &Readout) -> &Comparison {
    readout.primary("zenith").unwrap()
}

#[test]
fn the_adjusted_difference_decides_sooner_and_the_plain_one_stays_beside_it() {
    let found = readout(&by_income(3, 6_000, 1, 0.7));
    let comparison = primary(&found);
    let (plain, adjusted) = (
        comparison.effect.as_ref().unwrap(),
        comparison.adjusted.as_ref().unwrap(),
    );
    assert_eq!(adjusted.by, ["income"]);
    assert_eq!(
        (plain.method, adjusted.effect.method),
        (Method::Means, Method::Adjusted)
    );
    // Two thirds are known, and of those income is nearly all.
    assert!(
        (0.3..0.6).contains(&adjusted.variance_removed),
        "{adjusted:?}"
    );
    let ratio = (adjusted.effect.se / plain.se).powi(2);
    assert!((ratio - (1.0 - adjusted.variance_removed)).abs() < 1e-9);
    let truth = 0.9 * 0.7;
    for [low, high] in [adjusted.effect.interval, adjusted.effect.fixed_interval] {
        assert!(low < truth && truth < high, "{adjusted:?}");
    }
    assert_eq!(comparison.deciding(), Some(&adjusted.effect));
    assert!(plain.interval[0] < 0.0, "{plain:?}");
    assert_eq!(comparison.verdict, Verdict::Better, "{adjusted:?}");
    assert_eq!(found.advice.action, Action::Ship);
    let told = found.to_text();
    assert!(told.contains("adjusted by income") && told.contains("of the variance removed"));
    assert!(
        found
            .notes
            .iter()
            .any(|it| it.contains("33 % of the leads")),
        "{:?}",
        found.notes
    );
}

#[test]
fn what_cannot_be_adjusted_is_said_and_decides_by_the_plain_difference() {
    // Constant, or never known.
    for (known, told) in [
        (Some(0.0), None),
        (None, Some("no lead that counts has a value of `income`")),
    ] {
        let mut leads = Leads::default();
        let mut chance = Chance::new(9);
        for unit in 0..4_000 {
            let arm = if chance.below(0.5) { "zenith" } else { "acme" };
            let sold = Sold::at_once(chance.below(0.5), 1.0).knowing(known);
            leads.add(unit, HALVES, arm, sold);
        }
        let found = readout(&leads);
        let comparison = primary(&found);
        assert_eq!(comparison.adjusted, None);
        assert_eq!(
            comparison.why_not_adjusted.as_deref(),
            Some("none of the covariates differs between leads")
        );
        assert!(comparison.deciding() == comparison.effect.as_ref() && comparison.effect.is_some());
        if let Some(told) = told {
            assert!(
                found.notes.iter().any(|it| it.contains(told)),
                "{:?}",
                found.notes
            );
        }
    }
    // A few people with many leads each.
    let few = readout(&by_income(5, 3_000, 30, 0.0));
    assert!(primary(&few).effect.is_some());
    let why = primary(&few).why_not_adjusted.as_ref().unwrap();
    assert!(why.contains("units of several leads each"), "{why}");
    // Too few leads for any difference: that is what is said, once.
    let young = readout(&by_income(5, 90, 1, 0.0));
    assert_eq!(primary(&young).why_not_adjusted, None);
    assert!(primary(&young).why_not.is_some());
}

#[test]
fn people_with_several_leads_are_adjusted_by_people() {
    let found = readout(&by_income(8, 12_000, 4, 0.7));
    let comparison = primary(&found);
    let adjusted = comparison.adjusted.as_ref().unwrap();
    assert_eq!(adjusted.effect.units, 3_000);
    assert!(adjusted.variance_removed > 0.4, "{adjusted:?}");
    assert!(adjusted.effect.interval[0] < 0.63 && 0.63 < adjusted.effect.interval[1]);
}

#[test]
fn a_plan_and_a_readout_from_before_covariates_are_read() {
    let text = serde_json::to_value(Plan {
        covariates: Vec::new(),
        ..plan()
    });
    let text = text.unwrap();
    assert!(text.get("covariates").is_none());
    let plan: Plan = serde_json::from_value(text).unwrap();
    assert!(plan.covariates.is_empty());
    let found = readout(&by_income(3, 2_000, 1, 0.0));
    let mut stored = serde_json::to_value(&found).unwrap();
    for comparison in stored["comparisons"].as_array_mut().unwrap() {
        let comparison = comparison.as_object_mut().unwrap();
        comparison.remove("adjusted");
        comparison.remove("why_not_adjusted");
    }
    let again: Readout = serde_json::from_value(stored).unwrap();
    assert_eq!(primary(&again).adjusted, None);
}
