//! Sizes to plan for, and many questions at once, beside statsmodels and spotify-confidence.

use pointsman_stats::experiment::multiplicity::{Method, adjust};
use pointsman_stats::experiment::power::{self, Design, Formula};

use crate::line::{Line, cases, file, number, numbers};

pub(crate) fn power() -> Vec<Line> {
    const FILE: &str = "power";
    let file = file(include_str!("../../tests/golden/power.json"));
    let line = |quantity| Line::new(FILE, quantity, 1e-12, true);
    let mut sizes = line("size for two shares, by Fleiss and unpooled");
    // The reference searches for sizes of both sides to about 8 digits; ours give back the power to 12 (a test beside them).
    let mut arcsine = Line::new(FILE, "size for two shares, by angles", 1e-8, true);
    let mut found_power = line("power for two shares");
    for case in cases(&file, "proportions") {
        let input = &case["input"];
        let of = |name: &str| number(&input[name]);
        let design = Design::new(of("alpha"), of("power"), of("ratio")).expect("in range");
        let (p, q) = (of("p_control"), of("p_treat"));
        let size = |formula| power::proportions(design, p, q, formula).expect("in range");
        sizes.add(size(Formula::Fleiss), number(&case["n1_pooled_fleiss"]));
        sizes.add(size(Formula::Unpooled), number(&case["n1_unpooled"]));
        arcsine.add(size(Formula::Arcsine), number(&case["n1_arcsine"]));
        // With unequal arms the reference pools them as if they were equal.
        if (of("ratio") - 1.0).abs() < 1e-12 {
            let n = size(Formula::Fleiss).ceil();
            let found = power::proportions_power(design, p, q, n).expect("in range");
            found_power.add(found, number(&case["statsmodels_power_at_ceil"]));
        }
    }
    let mut size_z = Line::new(FILE, "size for two means, normal", 1e-8, true);
    let mut size_t = Line::new(FILE, "size for two means, t", 1e-6, true);
    for case in cases(&file, "solve_t") {
        let of = |name: &str| number(&case["input"][name]);
        let design = Design::new(of("alpha"), of("power"), of("ratio")).expect("in range");
        let found = power::means(design, of("effect_d")).expect("in range");
        size_z.add(found, number(&case["n1_z"]));
        let found = power::means_t(design, of("effect_d")).expect("in range");
        size_t.add(found, number(&case["n1_t"]));
    }
    let mut power_z = line("power for two means, normal");
    let mut power_t = Line::new(FILE, "power for two means, t", 1e-6, true);
    for case in cases(&file, "power") {
        let of = |name: &str| number(&case["input"][name]);
        let design = Design::new(of("alpha"), 0.8, of("ratio")).expect("in range");
        let (effect, n) = (of("effect_d"), of("n1"));
        let found = power::means_power(design, effect, n).expect("in range");
        power_z.add(found, number(&case["power_z"]));
        let found = power::means_power_t(design, effect, n).expect("in range");
        power_t.add(found, number(&case["power_t"]));
    }
    let mut totals = Line::new(FILE, "units of all arms, rounded up", 0.0, false);
    for case in cases(&file, "spotify") {
        let input = &case["input"];
        // Their settings where none is given: 5 %, 80 %, and Bonferroni over the treatments.
        let n_treatments = input["treatments"].as_f64().unwrap_or(2.0) - 1.0;
        let (difference, variance) = match input["baseline_proportion"].as_f64() {
            Some(p) => (number(&input["absolute_percentage_mde"]), p * (1.0 - p)),
            None => (number(&input["mde"]), number(&input["var"])),
        };
        let design = Design::new(0.05 / n_treatments, 0.8, 1.0).expect("in range");
        let shares = case["alloc"].as_array().map_or_else(
            || vec![0.5, 0.5],
            |shares| shares.iter().map(number).collect(),
        );
        let found = power::total(design, [variance; 2], difference, [shares[0], shares[1]]);
        totals.add(found.expect("in range").ceil(), number(&case["total"]));
    }
    vec![
        sizes,
        arcsine,
        found_power,
        size_z,
        size_t,
        power_z,
        power_t,
        totals,
    ]
}

pub(crate) fn multiplicity() -> Vec<Line> {
    const FILE: &str = "multiplicity";
    let file = file(include_str!("../../tests/golden/multiplicity.json"));
    [
        ("bonferroni", "Bonferroni", Method::Bonferroni),
        ("holm", "Holm", Method::Holm),
        ("simes-hochberg", "Hochberg", Method::Hochberg),
        ("fdr_bh", "Benjamini-Hochberg", Method::BenjaminiHochberg),
        ("fdr_by", "Benjamini-Yekutieli", Method::BenjaminiYekutieli),
    ]
    .map(|(name, quantity, method)| {
        let mut line = Line::new(FILE, quantity, 1e-12, true);
        for case in cases(&file, "cases") {
            let found = adjust(&numbers(&case["p"]), method).expect("p-values");
            for (found, expected) in found.iter().zip(numbers(&case[name])) {
                line.add(*found, expected);
            }
        }
        line
    })
    .into()
}
