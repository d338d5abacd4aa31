//! How far our numbers are from those of other software: a table of quantities, cases and worst errors.
//!
//! `cargo run --release -p pointsman-stats --example golden`

use std::io::Write as _;

use serde_json::Value;

use pointsman_stats::arms::{self, Arm};
use pointsman_stats::beta::{Beta, Fraction};
use pointsman_stats::delay::{self, Arrived, Outstanding, PendingRate};
use pointsman_stats::gamma_law::Gamma;
use pointsman_stats::hierarchy::{self, Grid, Group};
use pointsman_stats::{chi_square, normal, pair, student};

/// Errors of one quantity.
struct Line {
    file: &'static str,
    quantity: &'static str,
    /// What it has to be below.
    tolerance: f64,
    /// Whether errors are relative.
    is_relative: bool,
    errors: Vec<f64>,
}

impl Line {
    fn new(file: &'static str, quantity: &'static str, tolerance: f64, is_relative: bool) -> Self {
        Self {
            file,
            quantity,
            tolerance,
            is_relative,
            errors: Vec::new(),
        }
    }

    fn add(&mut self, found: f64, expected: f64) {
        let error = found - expected;
        self.errors.push(if self.is_relative {
            error / expected
        } else {
            error
        });
    }

    fn worst(&self) -> f64 {
        let worst = |worst: f64, error: &f64| worst.max(error.abs());
        self.errors.iter().fold(0.0, worst)
    }

    fn is_met(&self) -> bool {
        self.errors
            .iter()
            .all(|error| error.abs() <= self.tolerance)
    }
}

fn main() -> std::io::Result<()> {
    let mut lines = special_functions();
    lines.extend(incomplete());
    lines.extend(best_arms());
    lines.extend(routing());
    lines.extend(delays());
    lines.extend(two_rates());
    lines.extend(groups());
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "| file | quantity | cases | worst error | class | met |"
    )?;
    writeln!(out, "| --- | --- | --: | --: | --- | --- |")?;
    for line in &lines {
        let kind = if line.is_relative {
            "relative"
        } else {
            "absolute"
        };
        let met = if line.is_met() { "yes" } else { "**no**" };
        writeln!(
            out,
            "| {} | {} | {} | {:.1e} | {kind} {:.0e} | {met} |",
            line.file,
            line.quantity,
            line.errors.len(),
            line.worst(),
            line.tolerance,
        )?;
    }
    Ok(())
}

/// The cases of a section.
fn cases(file: &Value, section: &str) -> Vec<Value> {
    file[section].as_array().expect("a list").clone()
}

/// A number; those with more digits than a double has are texts.
fn number(value: &Value) -> f64 {
    let text = || value.as_str()?.parse().ok();
    value.as_f64().or_else(text).expect("a number")
}

fn numbers(value: &Value) -> Vec<f64> {
    value
        .as_array()
        .expect("a list")
        .iter()
        .map(number)
        .collect()
}

fn file(text: &str) -> Value {
    serde_json::from_str(text).expect("a golden file is JSON")
}

fn special_functions() -> Vec<Line> {
    const FILE: &str = "special_functions";
    let file = file(include_str!("../tests/golden/special_functions.json"));
    let line = |quantity, tolerance, is_relative| Line::new(FILE, quantity, tolerance, is_relative);
    let mut tails = line("incomplete beta, both sides", 1e-12, false);
    for case in cases(&file, "betainc") {
        let law = Beta::new(number(&case["a"]), number(&case["b"]));
        let found = law.tails(Fraction::new(number(&case["x"])));
        tails.add(found.lower, number(&case["p"]));
        tails.add(found.upper, number(&case["q"]));
    }
    let mut ln_beta = line("ln B(a, b)", 1e-12, true);
    for case in cases(&file, "lnbeta") {
        let law = Beta::new(number(&case["a"]), number(&case["b"]));
        ln_beta.add(law.ln_function(), number(&case["v"]));
    }
    let mut beta_quantile = line("beta quantile", 1e-12, true);
    for case in cases(&file, "betappf") {
        let law = Beta::new(number(&case["a"]), number(&case["b"]));
        beta_quantile.add(law.quantile(number(&case["p"])), number(&case["x"]));
    }
    let mut normal_tail = line("normal tail", 1e-12, true);
    for case in cases(&file, "norm") {
        normal_tail.add(normal::upper_tail(number(&case["z"])), number(&case["sf"]));
    }
    let mut normal_quantile = line("normal quantile", 1e-12, false);
    for case in cases(&file, "ppf") {
        normal_quantile.add(normal::quantile(number(&case["p"])), number(&case["z"]));
    }
    let mut t_tail = line("Student's t tail", 1e-11, true);
    for case in cases(&file, "t") {
        let found = student::upper_tail(number(&case["t"]), number(&case["df"]));
        t_tail.add(found, number(&case["sf"]));
    }
    let mut t_quantile = line("Student's t quantile", 1e-12, true);
    for case in cases(&file, "tppf") {
        let found = student::quantile(number(&case["p"]), number(&case["df"]));
        t_quantile.add(found, number(&case["x"]));
    }
    let mut chi = line("χ² tail", 1e-12, true);
    for case in cases(&file, "chi2") {
        let found = chi_square::upper_tail(number(&case["x"]), number(&case["df"]));
        chi.add(found, number(&case["sf"]));
    }
    vec![
        tails,
        ln_beta,
        beta_quantile,
        normal_tail,
        normal_quantile,
        t_tail,
        t_quantile,
        chi,
    ]
}

fn incomplete() -> Vec<Line> {
    const FILE: &str = "incomplete";
    let file = file(include_str!("../tests/golden/incomplete.json"));
    let row = |case: &Value| -> Vec<f64> {
        let text = case.as_str().expect("a row is a text").split(' ');
        text.map(|it| it.parse().expect("a number")).collect()
    };
    let mut beta = Line::new(
        FILE,
        "incomplete beta, a and b in [1e-3, 4e7]",
        1e-12,
        false,
    );
    let mut small = Line::new(FILE, "its smaller side", 1e-11, true);
    for case in cases(&file, "beta") {
        let row = row(&case);
        let found = Beta::new(row[0], row[1]).tails(Fraction::new(row[2]));
        beta.add(found.lower, row[3]);
        beta.add(found.upper, row[4]);
        if row[3] < row[4] {
            small.add(found.lower, row[3]);
        } else {
            small.add(found.upper, row[4]);
        }
    }
    let mut gamma = Line::new(
        FILE,
        "incomplete gamma, shapes in [1e-3, 1e9]",
        1e-12,
        false,
    );
    let mut small_gamma = Line::new(FILE, "its smaller side", 1e-10, true);
    for case in cases(&file, "gamma") {
        let row = row(&case);
        let found = Gamma::new(row[0], 1.0).tails(row[1]);
        gamma.add(found.lower, row[2]);
        gamma.add(found.upper, row[3]);
        if row[2] < row[3] {
            small_gamma.add(found.lower, row[2]);
        } else {
            small_gamma.add(found.upper, row[3]);
        }
    }
    vec![beta, small, gamma, small_gamma]
}

fn arms_of(case: &Value) -> Vec<Arm> {
    let [a, b, payout] = ["alpha", "beta", "payout"].map(|name| numbers(&case[name]));
    (0..a.len())
        .map(|i| Arm {
            a: a[i],
            b: b[i],
            payout: payout[i],
        })
        .collect()
}

fn best_arms() -> Vec<Line> {
    const FILE: &str = "beta_ts";
    let file = file(include_str!("../tests/golden/beta_ts.json"));
    let mut probability = Line::new(FILE, "P(arm is best)", 1e-12, false);
    let mut largest = Line::new(FILE, "expected maximum", 1e-12, true);
    for case in cases(&file, "cases") {
        let best = arms::best(&arms_of(&case)).expect("the cases are in range");
        for (found, expected) in best.probabilities.iter().zip(numbers(&case["p"])) {
            probability.add(*found, expected);
        }
        if !case["e_max"].is_null() {
            largest.add(best.expected_max, number(&case["e_max"]));
        }
    }
    vec![probability, largest]
}

fn routing() -> Vec<Line> {
    const FILE: &str = "routing_probs";
    let file = file(include_str!("../tests/golden/routing_probs.json"));
    let line = |quantity| Line::new(FILE, quantity, 1e-12, false);
    let mut lines = ["ranks", "top two", "shares under caps", "ping tree"].map(line);
    for case in cases(&file, "cases") {
        let arms = arms_of(&case);
        let ranks = arms::ranks(&arms).expect("the cases are in range");
        for (row, expected) in ranks.iter().zip(cases(&case, "rank_probs")) {
            for (found, expected) in row.iter().zip(numbers(&expected)) {
                lines[0].add(*found, expected);
            }
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "parts of a million"
        )]
        let caps: Vec<u32> = numbers(&case["cap_share"])
            .iter()
            .map(|cap| (cap * 1e6).round() as u32)
            .collect();
        let accept = numbers(&case["accept"]);
        let found = [
            ("top_two", arms::top_two(&arms)),
            ("capped_share", arms::capped_shares(&arms, &caps)),
            ("waterfall", arms::waterfall(&arms, &accept)),
        ];
        for (line, (name, found)) in lines[1..].iter_mut().zip(found) {
            let found = found.expect("the cases are in range");
            for (found, expected) in found.iter().zip(numbers(&case[name])) {
                line.add(*found, expected);
            }
        }
    }
    lines.into()
}

fn delays() -> Vec<Line> {
    const FILE: &str = "delay_revenue";
    let file = file(include_str!("../tests/golden/delay_revenue.json"));
    let mut belief = Line::new(FILE, "rate with outstanding successes", 1e-9, false);
    let mut effective = Line::new(FILE, "effective trials", 1e-12, true);
    let mut shares = Line::new(FILE, "share arrived (product limit)", 1e-12, false);
    let mut rate = Line::new(FILE, "rate and delay together, likelihood", 1e-9, false);
    for case in cases(&file, "single_arm") {
        let known = &case["known_cdf"];
        let mean_delay = number(&known["mean_delay"]);
        let (ages, arrived) = history(&case);
        let law = belief_of(&ages, arrived.len(), mean_delay);
        belief.add(law.mean(), number(&known["exact_posterior"]["mean"]));
        belief.add(law.sd(), number(&known["exact_posterior"]["sd"]));
        let all = numbers(&case["elapsed"]);
        let all: Vec<f64> = all.iter().map(|age| share(*age, mean_delay)).collect();
        effective.add(delay::effective_trials(&all), number(&known["n_eff"]));
        let limit = delay::product_limit(&arrived);
        for section in ["reverse_time_cdf_first5", "reverse_time_cdf_last3"] {
            for (at, expected) in case[section].as_object().expect("a table") {
                let at: f64 = at.parse().expect("a delay");
                let found = limit.iter().find(|it| (it.0 - at).abs() < 1e-12);
                shares.add(found.expect("every delay is there").1, number(expected));
            }
        }
        let delays: Vec<f64> = arrived.iter().map(|it| it.delay).collect();
        let fit = delay::fit_exponential(&delays, &ages).expect("there are successes");
        rate.add(fit.ln_likelihood, number(&case["mle_bfgs"]["loglik"]));
    }
    let mut better = Line::new(FILE, "the better of two, outstanding", 2e-9, false);
    let two = &file["two_arm"];
    let [a, b] = ["A", "B"].map(|name| {
        let case = &two["data"][name];
        let (ages, arrived) = history(case);
        belief_of(&ages, arrived.len(), number(&case["mean_delay"]))
    });
    better.add(
        b.exceeds(&a),
        number(&two["p_B_best"]["exact_pending_likelihood"]),
    );
    vec![belief, effective, shares, rate, better]
}

/// Ages of the trials without a success, and the successes.
fn history(case: &Value) -> (Vec<f64>, Vec<Arrived>) {
    let ages = numbers(&case["elapsed"]);
    let converted = numbers(&case["converted"]);
    let (mut pending, mut arrived) = (Vec::new(), Vec::new());
    for (i, age) in ages.into_iter().enumerate() {
        if converted[i] > 0.0 {
            let delay = case["delay"][i].as_f64().unwrap_or(0.0);
            arrived.push(Arrived { delay, age });
        } else {
            pending.push(age);
        }
    }
    (pending, arrived)
}

fn share(age: f64, mean_delay: f64) -> f64 {
    -(-age / mean_delay).exp_m1()
}

#[expect(clippy::cast_precision_loss, reason = "some hundred successes")]
fn belief_of(ages: &[f64], n_successes: usize, mean_delay: f64) -> PendingRate {
    let outstanding: Vec<Outstanding> = ages
        .iter()
        .map(|age| Outstanding {
            trials: 1.0,
            share: share(*age, mean_delay),
        })
        .collect();
    PendingRate::new([1.0, 1.0], n_successes as f64, &outstanding)
}

fn two_rates() -> Vec<Line> {
    const FILE: &str = "bayes_hier";
    let file = file(include_str!("../tests/golden/bayes_hier.json"));
    let line = |quantity| Line::new(FILE, quantity, 1e-9, false);
    let [mut best, mut loss, mut exceeds, mut uplift, mut interval] = [
        "chance to win",
        "expected loss",
        "P(difference above δ)",
        "quantile of the uplift",
        "interval of a rate",
    ]
    .map(line);
    for case in cases(&file, "ab") {
        let [control, treatment] = ["post_c", "post_t"].map(|name| {
            let parameters = numbers(&case[name]);
            Beta::new(parameters[0], parameters[1])
        });
        let arm = |law: &Beta| Arm {
            a: law.a(),
            b: law.b(),
            payout: 1.0,
        };
        let found = arms::best(&[arm(&control), arm(&treatment)]).expect("in range");
        best.add(found.probabilities[1], number(&case["p_treat_best"]));
        for (found, expected) in found
            .expected_loss
            .iter()
            .zip(numbers(&case["closed_form_losses"]))
        {
            loss.add(*found, expected);
        }
        for (difference, expected) in case["p_diff_gt"].as_object().expect("a table") {
            let difference = difference.parse().expect("a difference");
            exceeds.add(
                pair::exceeds_by(&control, &treatment, difference),
                number(expected),
            );
        }
        for (p, expected) in case["rel_uplift_quantiles"].as_object().expect("a table") {
            let p = p.parse().expect("a probability");
            let found = pair::uplift_quantile(&control, &treatment, p).expect("in range");
            uplift.add(found, number(expected));
        }
        for (name, law) in [("ci_c", control), ("ci_t", treatment)] {
            for (p, expected) in [0.025, 0.975].into_iter().zip(numbers(&case[name])) {
                interval.add(law.quantile(p), expected);
            }
        }
    }
    vec![best, loss, exceeds, uplift, interval]
}

fn groups() -> Vec<Line> {
    const FILE: &str = "bayes_hier";
    let file = file(include_str!("../tests/golden/bayes_hier.json"));
    let mut rates = Line::new(FILE, "rates of groups, mean and deviation", 1e-5, false);
    let mut common = Line::new(FILE, "their common law", 1e-5, true);
    for case in cases(&file, "hier_full_bayes") {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "counts"
        )]
        let [successes, trials] = ["s", "n"].map(|name| {
            let counts = numbers(&case[name]).into_iter();
            counts.map(|count| count as u64).collect::<Vec<_>>()
        });
        let groups: Vec<Group> = successes
            .into_iter()
            .zip(trials)
            .map(|(successes, trials)| Group { successes, trials })
            .collect();
        let [low, high] = ["grid_lo", "grid_hi"].map(|name| numbers(&case[name]));
        let grid = Grid {
            logit_mean: [low[0], high[0]],
            ln_size: [low[1], high[1]],
            points: if groups.len() > 10 { 200 } else { 900 },
        };
        let found = hierarchy::posterior(&groups, grid);
        for (name, found) in [("post_mean", &found.means), ("post_sd", &found.sds)] {
            for (found, expected) in found.iter().zip(numbers(&case[name])) {
                rates.add(*found, expected);
            }
        }
        for (name, found) in [
            ("E_m", found.common_mean),
            ("E_alpha", found.common_a),
            ("E_beta", found.common_b),
            ("E_log_kappa", found.ln_size),
        ] {
            common.add(found, number(&case[name]));
        }
    }
    vec![rates, common]
}
