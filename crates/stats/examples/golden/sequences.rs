//! What stays right while one looks, beside confseq, GrowthBook and spotify-confidence.

use serde_json::Value;

use pointsman_stats::experiment::always_valid::{ConfidenceSequence, MixtureTest};
use pointsman_stats::experiment::betting::{self, Betting, EmpiricalBernstein};
use pointsman_stats::experiment::boundary::{
    BetaBinomial, GammaExponential, OneSidedNormal, Stitched, TwoSidedNormal,
};
use pointsman_stats::experiment::group_sequential::{self, Sides, Spending};
use pointsman_stats::experiment::{ArmDifference, proportions};
use pointsman_stats::proportion::Proportion;

use crate::line::{Line, cases, file, number, numbers};

const FILE: &str = "sequential";
const TEXT: &str = include_str!("../../tests/golden/sequential.json");

pub(crate) fn asymptotic() -> Vec<Line> {
    let file = file(TEXT);
    let mut widths = Line::new(FILE, "asymptotic sequence, half width", 1e-12, true);
    for case in cases(&file, "asymptotic_cs_unit_variance") {
        let n = case["n"].as_u64().expect("a count");
        let n_tight = case["t_star"].as_u64().expect("a count");
        let confidence = 1.0 - number(&case["alpha"]);
        let sequence = ConfidenceSequence::new(confidence, n_tight).expect("in range");
        let se = number(&serde_json::json!(n)).sqrt().recip();
        let contrast = ArmDifference::new(0.0, se, f64::INFINITY).expect("in range");
        let [_, high] = sequence.interval(contrast, n).expect("there are units");
        widths.add(high, number(&case["halfwidth"]));
    }
    let mut shares = Line::new(FILE, "asymptotic sequence of two shares, p", 1e-12, true);
    for case in cases(&file, "growthbook_sequential") {
        let input = &case["input"];
        let count = |i: usize| input[i].as_u64().expect("a count");
        let share = |i: usize| Proportion::new(count(i), count(i + 1)).expect("a share");
        let contrast = proportions::wald(share(0), share(2)).expect("there is spread");
        let sequence = ConfidenceSequence::new(0.95, count(4)).expect("in range");
        let n = count(1) + count(3);
        let found = sequence.interval(contrast, n).expect("there are units");
        for (found, expected) in found.into_iter().zip(numbers(&case["ci"])) {
            shares.add(found, expected);
        }
        let found = sequence.p_two_sided(contrast, n).expect("there are units");
        shares.add(found, number(&case["p"]));
    }
    vec![widths, shares]
}

pub(crate) fn mixture_test() -> Vec<Line> {
    let file = file(TEXT);
    let line = |quantity| Line::new(FILE, quantity, 1e-12, true);
    let [mut ratio, mut p, mut interval] = ["mSPRT, ln Λ", "mSPRT, p", "mSPRT, interval"].map(line);
    for case in cases(&file, "msprt") {
        let input = &case["input"];
        let share = |arm: &str| {
            let count = |kind: &str| input[format!("{kind}_{arm}")].as_u64().expect("a count");
            Proportion::new(count("x"), count("n")).expect("a share")
        };
        let contrast = proportions::wald(share("c"), share("t")).expect("there is spread");
        let test = MixtureTest::new(number(&input["tau"])).expect("in range");
        ratio.add(test.ln_ratio(contrast), number(&case["log_lambda"]));
        p.add(test.p_two_sided(contrast), number(&case["p_always_valid"]));
        let found = test.interval(contrast, 0.95).expect("0.95 is inside");
        for (found, expected) in found.into_iter().zip(numbers(&case["ci95"])) {
            interval.add(found, expected);
        }
    }
    vec![ratio, p, interval]
}

pub(crate) fn boundaries() -> Vec<Line> {
    let file = file(TEXT);
    let known = &file["boundaries"];
    let closed = |quantity| Line::new(FILE, quantity, 1e-12, true);
    // The reference halves a bracket until 40 bits are right, of a function that differences of ln Γ blur.
    let searched = |quantity| Line::new(FILE, quantity, 1e-11, true);
    let mut two_sided = closed("curve of the normal mixture, two sides");
    let mut stitched = closed("stitched curve");
    let mut one_sided = searched("curve of the normal mixture, one side");
    let mut gamma = searched("curve of the gamma-exponential mixture");
    let mut beta = searched("curve of the beta-binomial mixture");
    for (i, v) in numbers(&known["v"]).into_iter().enumerate() {
        let expected = |name: &str| number(&known[name][i]);
        let curve = TwoSidedNormal::tuned(1_000.0, 0.05).expect("in range");
        two_sided.add(curve.bound(v, 0.05), expected("normal_two_sided"));
        let curve = OneSidedNormal::tuned(1_000.0, 0.05).expect("in range");
        one_sided.add(curve.bound(v, 0.05), expected("normal_one_sided"));
        let curve = GammaExponential::tuned(1_000.0, 0.05, 1.0).expect("in range");
        gamma.add(curve.bound(v, 0.05), expected("gamma_exponential"));
        let curve = BetaBinomial::tuned(1_000.0, 0.05, [0.5; 2], true).expect("in range");
        beta.add(curve.bound(v, 0.05), expected("beta_binomial"));
        let curve = Stitched {
            v_min: 10.0,
            c: 0.0,
            s: 1.4,
            eta: 2.0,
        };
        let found = curve.bound(v, 0.05).expect("in range");
        stitched.add(found, expected("poly_stitching"));
    }
    vec![two_sided, one_sided, gamma, beta, stitched]
}

pub(crate) fn bounded() -> Vec<Line> {
    let file = file(TEXT);
    let mut shares = Line::new(FILE, "beta-binomial sequence of a share", 3e-12, true);
    for case in cases(&file, "bernoulli_ci") {
        let count = |name: &str| case[name].as_u64().expect("a count");
        let found = betting::share(count("successes"), count("trials"), 0.95, count("t_opt"));
        let found = found.expect("in range");
        for (found, expected) in found.into_iter().zip(numbers(&case["ci"])) {
            // An end that is reached exactly has no relative error.
            if expected > 0.0 {
                shares.add(found, expected);
            }
        }
    }
    let mut bernstein = Line::new(FILE, "empirical Bernstein sequence", 1e-12, false);
    let mut hedged = Line::new(FILE, "betting sequence (grid of 1/1000)", 1e-3, false);
    for (section, values) in [("bounded_cs_binary", "x"), ("bounded_cs_real", "y")] {
        let known = &file[section];
        let mut one = EmpiricalBernstein::new(0.95).expect("in range");
        let mut other = Betting::new(0.95, 1_000).expect("in range");
        let looks = numbers(&known["at"]);
        let mut look = 0;
        let mut n = 0.0;
        for value in numbers(&known[values]) {
            one.add(value).expect("in [0, 1]");
            other.add(value).expect("in [0, 1]");
            n += 1.0;
            if looks.get(look).is_none_or(|at| *at > n) {
                continue;
            }
            for (line, found, name) in [
                (&mut bernstein, one.interval(), "predmix_empbern"),
                (&mut hedged, other.interval(), "hedged_breaks1000"),
            ] {
                for (found, expected) in found.into_iter().zip(numbers(&known[name][look])) {
                    line.add(found, expected);
                }
            }
            look += 1;
        }
    }
    vec![shares, bernstein, hedged]
}

pub(crate) fn planned_looks() -> Vec<Line> {
    const FILE: &str = "group_sequential";
    let golden = file(include_str!("../../tests/golden/group_sequential.json"));
    // The reference integrates by trapezoids of 0.05, and is right to four places from the second look on.
    let mut limits = Line::new(
        FILE,
        "limits of planned looks, beside trapezoids",
        1e-4,
        false,
    );
    add_limits(&mut limits, &golden, "cases");
    let exact = file(include_str!("../../tests/golden/experiment_exact.json"));
    let mut precise = Line::new("experiment_exact", "limits of planned looks", 1e-9, false);
    add_limits(&mut precise, &exact, "planned_looks");
    vec![limits, precise]
}

fn add_limits(line: &mut Line, file: &Value, section: &str) {
    for case in cases(file, section) {
        let sides = if case["sides"] == 1 {
            Sides::One
        } else {
            Sides::Two
        };
        let spending = Spending::Power(number(&case["phi"]));
        let alpha = number(&case["alpha"]);
        let found = group_sequential::boundaries(&numbers(&case["t"]), alpha, spending, sides);
        for (found, expected) in found.expect("in range").iter().zip(numbers(&case["zb"])) {
            line.add(*found, expected);
        }
    }
}
