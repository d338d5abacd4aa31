use serde_json::Value;

use super::*;

fn golden(section: &str) -> Vec<Value> {
    let file: Value =
        serde_json::from_str(include_str!("../../tests/golden/special_functions.json")).unwrap();
    file[section].as_array().unwrap().clone()
}

fn number(case: &Value, name: &str) -> f64 {
    case[name].as_f64().unwrap()
}

#[test]
fn tails_agree_with_arb() {
    for case in golden("betainc") {
        let beta = Beta::new(number(&case, "a"), number(&case, "b"));
        let Tails { lower, upper } = beta.tails(Fraction::new(number(&case, "x")));
        assert!(
            (lower - number(&case, "p")).abs() < 1e-12,
            "{case}: {lower}"
        );
        assert!(
            (upper - number(&case, "q")).abs() < 1e-12,
            "{case}: {upper}"
        );
    }
}

#[test]
fn tails_agree_with_forty_digits_in_the_whole_domain() {
    let file: Value =
        serde_json::from_str(include_str!("../../tests/golden/incomplete.json")).unwrap();
    for row in file["beta"].as_array().unwrap() {
        let numbers = row.as_str().unwrap().split(' ');
        let numbers: Vec<f64> = numbers.map(|text| text.parse().unwrap()).collect();
        let Tails { lower, upper } =
            Beta::new(numbers[0], numbers[1]).tails(Fraction::new(numbers[2]));
        let [below, above] = [numbers[3], numbers[4]];
        let worst = (lower - below).abs().max((upper - above).abs());
        assert!(worst < 1e-12, "{row}: off by {worst:e}");
        let small = if below < above {
            lower / below
        } else {
            upper / above
        } - 1.0;
        assert!(
            small.abs() < 1e-11,
            "{row}: its small tail is off by {small:e}"
        );
    }
}

#[test]
fn log_beta_agrees_with_arb() {
    for case in golden("lnbeta") {
        let (a, b) = (number(&case, "a"), number(&case, "b"));
        let half = Fraction::new(0.5);
        let ln_beta = -(a + b) * 2f64.ln() - Beta::new(a, b).ln_kernel(half);
        let error = ln_beta - number(&case, "v");
        assert!(
            error.abs() < 4e-16 * (a + b) + 1e-13,
            "{case}: off by {error:e}"
        );
    }
}

#[test]
fn quantiles_agree_with_arb() {
    for case in golden("betappf") {
        let quantile =
            Beta::new(number(&case, "a"), number(&case, "b")).quantile(number(&case, "p"));
        let error = quantile / number(&case, "x") - 1.0;
        assert!(error.abs() < 1e-12, "{case}: off by {error:e}");
    }
}

#[test]
fn small_tails_keep_their_digits() {
    // Beta(1, b): P(θ > x) = (1 − x)ᵇ.
    let upper = Beta::new(1.0, 40.0).tails(Fraction::new(0.9)).upper;
    assert!((upper / 0.1f64.powi(40) - 1.0).abs() < 1e-12);
    // Beta(a, 1): P(θ < x) = xᵃ, here with an x that no double holds.
    let lower = Beta::new(0.01, 1.0).tails(Fraction::from_ln(-2000.0)).lower;
    assert!((lower / (-20f64).exp() - 1.0).abs() < 1e-12);
}

#[test]
fn the_ends_are_certain() {
    let beta = Beta::new(2.0, 3.0);
    assert_eq!(
        beta.tails(Fraction::new(0.0)),
        Tails {
            lower: 0.0,
            upper: 1.0
        }
    );
    assert_eq!(
        beta.tails(Fraction::new(1.0)),
        Tails {
            lower: 1.0,
            upper: 0.0
        }
    );
    assert_eq!((beta.quantile(0.0), beta.quantile(1.0)), (0.0, 1.0));
}
