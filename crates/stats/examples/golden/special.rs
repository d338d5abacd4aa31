//! Special functions beside Arb.

use serde_json::Value;

use pointsman_stats::beta::{Beta, Fraction};
use pointsman_stats::gamma_law::Gamma;
use pointsman_stats::{chi_square, normal, student};

use crate::line::{Line, cases, file, number};

pub(crate) fn special_functions() -> Vec<Line> {
    const FILE: &str = "special_functions";
    let file = file(include_str!("../../tests/golden/special_functions.json"));
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

pub(crate) fn incomplete() -> Vec<Line> {
    const FILE: &str = "incomplete";
    let file = file(include_str!("../../tests/golden/incomplete.json"));
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
