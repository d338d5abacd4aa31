//! Differences of shares and means beside scipy, statsmodels, tea-tasting and GrowthBook.

use serde_json::Value;

use pointsman_stats::beta::Beta;
use pointsman_stats::experiment::gaussian::Gaussian;
use pointsman_stats::experiment::{ArmDifference, Mean, SampleMoments, covariate, proportions};
use pointsman_stats::normal;
use pointsman_stats::proportion::{self, Proportion};

use crate::line::{Line, cases, file, number, numbers};

fn share(input: &Value, name: &str) -> Proportion {
    let whole = |kind: &str| input[format!("{kind}_{name}")].as_u64().expect("a count");
    Proportion::new(whole("x"), whole("n")).expect("the cases are shares")
}

fn add_both(line: &mut Line, found: [f64; 2], expected: &Value) {
    for (found, expected) in found.into_iter().zip(numbers(expected)) {
        line.add(found, expected);
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts are small")]
fn as_f64(n: u64) -> f64 {
    n as f64
}

/// Score of a difference, with the likeliest rates by the reference's formula.
fn mistaken_score(control: Proportion, treatment: Proportion, difference: f64) -> f64 {
    let [x0, n0, x1, n1] = [
        control.successes(),
        control.trials(),
        treatment.successes(),
        treatment.trials(),
    ]
    .map(as_f64);
    let (n, d) = (n0 + n1, difference);
    let c2 = ((n1 + 2.0 * n0) * d - n - x0 - x1) / (3.0 * n);
    let c1 = (x0 * d - n - 2.0 * x0) * d + x0 + x1;
    let c0 = x0 * d * (1.0 - d);
    let q = c2.powi(3) - c1 * c2 / (2.0 * n) + c0 / (2.0 * n);
    let p = (c2 * c2 - c1 / (3.0 * n)).sqrt().copysign(q);
    let angle = (std::f64::consts::PI + (q / p.powi(3)).acos()) / 3.0;
    let p0 = 2.0 * p * angle.cos() - c2;
    let p1 = p0 + d;
    let variance = p1 * (1.0 - p1) / n1 + p0 * (1.0 - p0) / n0;
    (treatment.share() - control.share() - d).abs() / variance.sqrt()
}

/// What references lose digits of, by 40 digits.
pub(crate) fn score_intervals() -> Vec<Line> {
    let file = file(include_str!("../../tests/golden/experiment_exact.json"));
    let mut line = Line::new(
        "experiment_exact",
        "score interval of a difference",
        1e-12,
        false,
    );
    for case in cases(&file, "score_difference") {
        let [control, treatment] = ["control", "treat"].map(|name| share(&case["input"], name));
        let found = proportions::score(control, treatment, 0.95).expect("in range");
        add_both(&mut line, found, &case["interval"]);
    }
    vec![line]
}

pub(crate) fn two_shares() -> Vec<Line> {
    const FILE: &str = "two_proportion";
    let file = file(include_str!("../../tests/golden/two_proportion.json"));
    let line = |quantity| Line::new(FILE, quantity, 1e-12, false);
    let mut test = line("pooled z");
    let mut p = Line::new(FILE, "pooled p", 1e-12, true);
    let mut unpooled = line("Wald: difference, error, z, p, interval");
    let mut newcombe = line("Newcombe");
    let mut caffo = line("Agresti-Caffo");
    // The reference's cubic has the successes of the control where its trials belong (`count0` for `nobs0`). With that mistake
    // its limits are where the score is the quantile; ours are held to 40 digits below.
    let mut score = Line::new(
        FILE,
        "score at the reference's limits, with its mistake",
        1e-8,
        false,
    );
    let mut score_ratio = Line::new(FILE, "score interval of the ratio (Koopman)", 1e-9, true);
    let mut ratio = line("ratio by logarithms");
    let mut relative = line("relative difference");
    let mut fisher = line("Fisher's exact test");
    let mut single = line("intervals of one share");
    for case in cases(&file, "cases") {
        let [control, treatment] = ["control", "treat"].map(|name| share(&case["input"], name));
        let found = proportion::compare(control, treatment).expect("there is spread");
        test.add(found.z, number(&case["pooled_z"]));
        p.add(found.p_two_sided, number(&case["pooled_p_two_sided"]));
        let wald = proportions::wald(control, treatment).expect("there is spread");
        let known = &case["wald_unpooled"];
        let [low, high] = wald.interval(0.95).expect("0.95 is inside");
        for (name, found) in [
            ("diff", wald.value()),
            ("se", wald.se()),
            ("z", wald.t()),
            ("p", wald.p_two_sided()),
            ("lo", low),
            ("hi", high),
        ] {
            unpooled.add(found, number(&known[name]));
        }
        add_both(
            &mut newcombe,
            proportion::newcombe(control, treatment, 0.95),
            &case["ci_diff_newcomb"],
        );
        let found = proportions::agresti_caffo(control, treatment, 0.95).expect("in range");
        add_both(&mut caffo, found, &case["ci_diff_agresti-caffo"]);
        // The reference finds none for one case.
        if !case["ci_diff_score"].is_null() {
            for limit in numbers(&case["ci_diff_score"]) {
                score.add(mistaken_score(control, treatment, limit), normal::Z_95);
            }
        }
        let found = proportions::score_ratio(control, treatment, 0.95).expect("in range");
        add_both(&mut score_ratio, found, &case["ci_ratio_score"]);
        let ln_ratio = proportions::ln_ratio(control, treatment).expect("both have successes");
        let found = ln_ratio.relative_interval(0.95).expect("0.95 is inside");
        add_both(&mut ratio, found.map(|it| 1.0 + it), &case["ci_ratio_log"]);
        let found = proportions::relative(control, treatment).expect("both have successes");
        let known = &case["relative_lift_delta"];
        relative.add(found.value(), number(&known["est"]));
        relative.add(found.se(), number(&known["se"]));
        if let Some(expected) = case["fisher_p"].as_f64() {
            fisher.add(proportions::fisher_exact(control, treatment), expected);
        }
        for (name, arm) in [("control", control), ("treat", treatment)] {
            let known = &case["per_arm"][name];
            add_both(&mut single, arm.wilson(0.95), &known["wilson"]);
            let (k, rest) = (
                as_f64(arm.successes()),
                as_f64(arm.trials() - arm.successes()),
            );
            let jeffreys = Beta::new(k + 0.5, rest + 0.5);
            add_both(
                &mut single,
                [jeffreys.quantile(0.025), jeffreys.quantile(0.975)],
                &known["jeffreys"],
            );
        }
    }
    vec![
        test,
        p,
        unpooled,
        newcombe,
        caffo,
        score,
        score_ratio,
        ratio,
        relative,
        fisher,
        single,
    ]
}

fn moments(values: &[f64]) -> SampleMoments<1> {
    let mut moments = SampleMoments::default();
    for value in values {
        moments.add([*value]).expect("finite");
    }
    moments
}

pub(crate) fn welch() -> Vec<Line> {
    const FILE: &str = "welch";
    let file = file(include_str!("../../tests/golden/welch.json"));
    let line = |quantity| Line::new(FILE, quantity, 1e-12, true);
    let [mut t, mut df, mut p, mut interval] = [
        "t",
        "degrees of freedom",
        "p, both and one side",
        "interval",
    ]
    .map(line);
    let mut ln_p = line("ln p");
    for case in cases(&file, "cases") {
        let [control, treatment] = ["control", "treat"]
            .map(|name| Mean::of(&moments(&numbers(&case[name]))).expect("enough units"));
        let found = ArmDifference::between(control, treatment).expect("there is spread");
        t.add(found.t(), number(&case["t"]));
        df.add(found.degrees_of_freedom(), number(&case["df"]));
        p.add(found.p_two_sided(), number(&case["p"]));
        p.add(found.p_greater(), number(&case["p_greater"]));
        let found = found.interval(0.95).expect("0.95 is inside");
        add_both(&mut interval, found, &case["ci95"]);
    }
    for case in cases(&file, "from_stats") {
        let input = &case["input"];
        let [control, treatment] = ["c", "t"].map(|arm| {
            let of = |name: &str| number(&input[format!("{name}_{arm}")]);
            let n = input[format!("n_{arm}")].as_u64().expect("a count");
            let moments = SampleMoments::from_summary(n, [of("mean")], [[of("sd") * of("sd")]]);
            Mean::of(&moments.expect("finite")).expect("enough units")
        });
        let found = ArmDifference::between(control, treatment).expect("there is spread");
        t.add(found.t(), number(&case["t"]));
        df.add(found.degrees_of_freedom(), number(&case["df"]));
        ln_p.add(found.ln_p_two_sided(), number(&case["log_p"]));
        let found = found.interval(0.95).expect("0.95 is inside");
        add_both(&mut interval, found, &case["ci95"]);
    }
    vec![t, df, p, ln_p, interval]
}

/// Units of both arms with the columns named.
fn columns<const K: usize>(file: &Value, names: [&str; K]) -> [SampleMoments<K>; 2] {
    let columns = names.map(|name| numbers(&file["data"][name]));
    let mut arms = [SampleMoments::default(); 2];
    for (i, variant) in numbers(&file["data"]["variant"]).into_iter().enumerate() {
        let mut row = [0.0; K];
        for (value, column) in row.iter_mut().zip(&columns) {
            *value = column[i];
        }
        arms[usize::from(variant > 0.0)].add(row).expect("finite");
    }
    arms
}

/// tea-tasting's summary of a contrast.
fn add_summary(line: &mut Line, [control, treatment]: [Mean; 2], is_normal: bool, known: &Value) {
    let law = |it: ArmDifference| if is_normal { it.as_normal() } else { it };
    let contrast = law(ArmDifference::between(control, treatment).expect("there is spread"));
    let ln_ratio = law(ArmDifference::ln_ratio(control, treatment).expect("both are positive"));
    let [low, high] = contrast.interval(0.95).expect("0.95 is inside");
    let [relative_low, relative_high] = ln_ratio.relative_interval(0.95).expect("0.95 is inside");
    for (name, found) in [
        ("control", control.value()),
        ("treatment", treatment.value()),
        ("effect_size", contrast.value()),
        ("effect_size_ci_lower", low),
        ("effect_size_ci_upper", high),
        ("rel_effect_size", ln_ratio.value().exp_m1()),
        ("rel_effect_size_ci_lower", relative_low),
        ("rel_effect_size_ci_upper", relative_high),
        ("pvalue", contrast.p_two_sided()),
        ("statistic", contrast.t()),
    ] {
        line.add(found, number(&known[name]));
    }
}

pub(crate) fn units() -> Vec<Line> {
    const FILE: &str = "ratio_cuped_cluster";
    let file = file(include_str!("../../tests/golden/ratio_cuped_cluster.json"));
    let line = |quantity| Line::new(FILE, quantity, 1e-12, true);
    let mut means = line("means of units, with relative difference");
    let plain = columns(&file, ["rev"]).map(|arm| Mean::of(&arm).expect("enough units"));
    add_summary(&mut means, plain, false, &file["mean_welch"]);
    add_summary(&mut means, plain, true, &file["mean_z"]);
    let mut ratios = line("ratios of means (delta method)");
    let arms = columns(&file, ["rev", "leads"]);
    let ratio = arms.map(|arm| Mean::of_ratio(&arm).expect("enough units"));
    add_summary(&mut ratios, ratio, false, &file["ratio_t"]);
    add_summary(&mut ratios, ratio, true, &file["ratio_z"]);
    ratios.add(ratio[0].variance(), number(&file["ratio_by_hand"]["var0"]));
    ratios.add(ratio[1].variance(), number(&file["ratio_by_hand"]["var1"]));
    let mut clusters = line("cluster-robust regression, without k / (k − 1)");
    let (mut variance, known) = (0.0, &file["lead_level_cluster_ols"]);
    for (arm, units) in ratio.iter().zip(arms) {
        let k = as_f64(units.n());
        variance += arm.variance() * (k - 1.0) / k;
    }
    clusters.add(ratio[0].value(), number(&known["params"][0]));
    clusters.add(
        ratio[1].value() - ratio[0].value(),
        number(&known["params"][1]),
    );
    clusters.add(variance.sqrt(), number(&known["bse_nocorrection"][1]));
    let mut cuped = line("CUPED of means");
    let [control, treatment] = columns(&file, ["rev", "pre"]);
    let adjusted = covariate::adjust(&control, &treatment).expect("enough units");
    let both = [adjusted.control, adjusted.treatment];
    add_summary(&mut cuped, both, false, &file["mean_cuped_t"]);
    add_summary(&mut cuped, both, true, &file["mean_cuped_z"]);
    let known = &file["cuped_by_hand"];
    cuped.add(adjusted.slope, number(&known["theta_pooled"]));
    let found =
        ArmDifference::between(adjusted.control, adjusted.treatment).expect("there is spread");
    cuped.add(found.degrees_of_freedom(), number(&known["df"]));
    let mut cuped_ratio = line("CUPED of ratios");
    let [control, treatment] = columns(&file, ["rev", "leads", "pre", "pre_leads"]);
    let adjusted = covariate::adjust_ratio(&control, &treatment).expect("enough units");
    let both = [adjusted.control, adjusted.treatment];
    add_summary(&mut cuped_ratio, both, true, &file["ratio_cuped_z"]);
    vec![means, ratios, clusters, cuped, cuped_ratio]
}

pub(crate) fn growthbook() -> Vec<Line> {
    use pointsman_stats::experiment::always_valid::ConfidenceSequence;
    const FILE: &str = "gbstats";
    let file = file(include_str!("../../tests/golden/gbstats.json"));
    let line = |quantity| Line::new(FILE, quantity, 1e-12, false);
    let mut tests = line("t test, absolute and relative: effect, interval, error");
    // Theirs is 2 (1 − cdf), which is right to 16 places and not to 16 digits.
    let mut p = line("its p");
    let mut looks = line("sequential, three tunings: interval, p");
    let mut beliefs = line("normal beliefs: mean, deviation, interval, chance to win, loss");
    for case in cases(&file, "cases") {
        let input = &case["input"];
        let of = |arm: &str| {
            let n = number(&input[format!("n_{arm}")]);
            let variance = number(&input[format!("var_{arm}")]) / n;
            let value = number(&input[format!("mean_{arm}")]);
            Mean::new(value, variance, n - 1.0).expect("finite")
        };
        let (control, treatment) = (of("a"), of("b"));
        let n = input["n_a"].as_u64().expect("a count") + input["n_b"].as_u64().expect("a count");
        for kind in ["absolute", "relative"] {
            let (contrast, unit) = if kind == "absolute" {
                (ArmDifference::between(control, treatment), control.value())
            } else {
                (ArmDifference::relative(control, treatment), 1.0)
            };
            let contrast = contrast.expect("there is spread");
            let known = &case[format!("ttest_{kind}")];
            tests.add(contrast.value(), number(&known["expected"]));
            tests.add(contrast.se(), number(&known["uplift_sd"]));
            add_both(
                &mut tests,
                contrast.interval(0.95).expect("inside"),
                &known["ci"],
            );
            p.add(contrast.p_two_sided(), number(&known["p_value"]));
            for n_tight in [1_000, 5_000, 20_000] {
                let known = &case[format!("seq_{kind}_N{n_tight}")];
                let sequence = ConfidenceSequence::new(0.95, n_tight).expect("in range");
                let found = sequence.interval(contrast.as_normal(), n).expect("units");
                add_both(&mut looks, found, &known["ci"]);
                let found = sequence
                    .p_two_sided(contrast.as_normal(), n)
                    .expect("units");
                looks.add(found, number(&known["p_value"]));
            }
            let flat = Gaussian::of(contrast);
            let prior = Gaussian::new(0.0, 0.3 * unit.abs()).expect("in range");
            for (name, belief) in [("flat", flat), ("prior", prior.after(contrast))] {
                let known = &case[format!("bayes_{name}_{kind}")];
                beliefs.add(belief.mean(), number(&known["uplift_mean"]));
                beliefs.add(belief.sd(), number(&known["uplift_sd"]));
                add_both(
                    &mut beliefs,
                    belief.interval(0.95).expect("inside"),
                    &known["ci"],
                );
                beliefs.add(belief.chance_to_win(), number(&known["chance_to_win"]));
                add_both(&mut beliefs, belief.expected_loss(), &known["risk"]);
            }
        }
    }
    vec![tests, p, looks, beliefs]
}
