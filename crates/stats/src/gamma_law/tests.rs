use serde_json::Value;

use super::*;

fn golden() -> Vec<[f64; 4]> {
    let file: Value =
        serde_json::from_str(include_str!("../../tests/golden/incomplete.json")).unwrap();
    let rows = file["gamma"].as_array().unwrap().iter();
    rows.map(|row| {
        let numbers = row.as_str().unwrap().split(' ');
        let numbers: Vec<f64> = numbers.map(|text| text.parse().unwrap()).collect();
        numbers.try_into().unwrap()
    })
    .collect()
}

#[test]
fn tails_agree_with_sixty_digits() {
    for [shape, x, p, q] in golden() {
        let Tails { lower, upper } = Gamma::new(shape, 1.0).tails(x);
        let (low, up) = (lower - p, upper - q);
        assert!(low.abs() < 1e-12, "P({shape}, {x}) is off by {low:e}");
        assert!(up.abs() < 1e-12, "Q({shape}, {x}) is off by {up:e}");
        let small = if p < q { lower / p } else { upper / q };
        assert!(
            (small - 1.0).abs() < 1e-10,
            "the small tail of ({shape}, {x}) is off by {:e}",
            small - 1.0
        );
    }
}

#[test]
fn quantiles_lead_back() {
    for shape in [1e-3, 0.02, 0.5, 1.0, 7.3, 400.0, 1e5, 1e7] {
        let law = Gamma::new(shape, 3.0);
        for p in [1e-9, 1e-3, 0.2, 0.5, 0.9, 0.9999, 1.0 - 1e-9] {
            let x = law.quantile(p);
            if x < 1e-300 {
                continue;
            }
            let Tails { lower, upper } = law.tails(x);
            let error = if p < 0.5 {
                lower / p - 1.0
            } else {
                upper / (1.0 - p) - 1.0
            };
            assert!(error.abs() < 1e-9, "{shape}, {p}: off by {error:e}");
        }
    }
    assert!(Gamma::new(2.0, 1.0).quantile(1.0).is_infinite());
    assert!(Gamma::new(2.0, 1.0).quantile(0.0).abs() < f64::MIN_POSITIVE);
}

#[test]
fn shape_one_is_exponential() {
    let law = Gamma::new(1.0, 4.0);
    for x in [1e-9, 0.1, 3.0, 80.0, 2000.0] {
        let error = law.tails(x).upper / (-x / 4.0).exp() - 1.0;
        assert!(error.abs() < 1e-12, "{x}: off by {error:e}");
    }
    assert!((law.quantile(0.5) - 4.0 * 2f64.ln()).abs() < 1e-12);
}

#[test]
fn moments_lead_to_parameters() {
    let law = Gamma::with_moments(50.0, 20.0);
    assert!((law.mean() - 50.0).abs() < 1e-12 && (law.variance() - 400.0).abs() < 1e-10);
    assert!((law.shape() - 6.25).abs() < 1e-12 && (law.scale() - 8.0).abs() < 1e-12);
    let expected = digamma(6.25) + 8f64.ln();
    assert!((law.ln_mean() - expected).abs() < 1e-14 && law.ln_sd() > 0.4);
}

#[test]
fn nothing_lies_beyond_the_ends() {
    let law = Gamma::new(2.0, 1.0);
    for x in [0.0, -3.0] {
        assert!(law.tails(x).lower.abs() < f64::MIN_POSITIVE && law.tails(x).upper >= 1.0);
    }
    assert!(law.tails(f64::INFINITY).lower >= 1.0);
    assert!(law.ln_kernel(0.0).is_infinite());
}
