//! The gamma function's relatives, for counts from a thousandth to billions.

/// Below this, the series in 1/n are not yet exact to double precision, and recurrences step up.
const SERIES_FROM: f64 = 16.0;

/// The same for Stirling's series, whose next term is below 1e-16 from here on.
const STIRLING_FROM: f64 = 8.0;

/// Stirling's error: `ln Γ(n + 1) − [(n + ½) ln n − n + ½ ln 2π]`.
///
/// Differences of `ln Γ` at large counts lose as many digits as the counts have. Differences of this
/// small remainder lose none.
///
/// * `n`: above 0.
///
/// # Source
///
/// Loader, *Fast and Accurate Computation of Binomial Probabilities*, 2000.
pub fn stirling_error(n: f64) -> f64 {
    const SERIES: [f64; 8] = [
        1.0 / 12.0,
        -1.0 / 360.0,
        1.0 / 1260.0,
        -1.0 / 1680.0,
        1.0 / 1188.0,
        -691.0 / 360_360.0,
        1.0 / 156.0,
        -3617.0 / 122_400.0,
    ];
    let (mut n, mut below) = (n, 0.0);
    while n < STIRLING_FROM {
        below += (n + 0.5) * (1.0 / n).ln_1p() - 1.0;
        n += 1.0;
    }
    below + in_odd_powers(&SERIES, n)
}

/// `ln Γ(n)` for `n` above 0. For differences of large ones use [`stirling_error`].
pub fn ln_gamma(n: f64) -> f64 {
    (n - 0.5) * n.ln() - n + 0.5 * std::f64::consts::TAU.ln() + stirling_error(n)
}

/// Derivative of `ln Γ` at `n`, above 0; absolute error below 1e-14 times the larger of 1 and the value.
///
/// # Source
///
/// Abramowitz and Stegun, *Handbook of Mathematical Functions*, 1964, 6.3.5 and 6.3.18.
pub fn digamma(n: f64) -> f64 {
    // −B₂ₖ / 2k for k = 1, 2, …; the series runs in n⁻²ᵏ, hence the extra 1/n.
    const SERIES: [f64; 6] = [
        -1.0 / 12.0,
        1.0 / 120.0,
        -1.0 / 252.0,
        1.0 / 240.0,
        -1.0 / 132.0,
        691.0 / 32_760.0,
    ];
    let (mut n, mut below) = (n, 0.0);
    while n < SERIES_FROM {
        below -= 1.0 / n;
        n += 1.0;
    }
    below + n.ln() - 0.5 / n + in_odd_powers(&SERIES, n) / n
}

/// Second derivative of `ln Γ` at `n`, above 0; relative error below 1e-13.
///
/// # Source
///
/// Abramowitz and Stegun, *Handbook of Mathematical Functions*, 1964, 6.4.6 and 6.4.12.
pub fn trigamma(n: f64) -> f64 {
    // B₂ₖ for k = 1, 2, …, in n⁻⁽²ᵏ⁺¹⁾.
    const SERIES: [f64; 6] = [
        1.0 / 6.0,
        -1.0 / 30.0,
        1.0 / 42.0,
        -1.0 / 30.0,
        5.0 / 66.0,
        -691.0 / 2730.0,
    ];
    let (mut n, mut below) = (n, 0.0);
    while n < SERIES_FROM {
        below += 1.0 / (n * n);
        n += 1.0;
    }
    below + 1.0 / n + 0.5 / (n * n) + in_odd_powers(&SERIES, n) / (n * n)
}

/// `Σ cₖ n⁻⁽²ᵏ⁻¹⁾` for k = 1, 2, …
fn in_odd_powers(coefficients: &[f64], n: f64) -> f64 {
    let inverse_square = 1.0 / (n * n);
    coefficients
        .iter()
        .rev()
        .fold(0.0, |sum, coefficient| sum * inverse_square + coefficient)
        / n
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ψ(1) = −γ.
    const EULER_MASCHERONI: f64 = 0.577_215_664_901_532_9;

    #[test]
    fn known_values_are_met() {
        let pi = std::f64::consts::PI;
        assert!((digamma(1.0) + EULER_MASCHERONI).abs() < 1e-14);
        assert!((digamma(0.5) + EULER_MASCHERONI + 2.0 * 2f64.ln()).abs() < 1e-14);
        assert!((digamma(1e-3) + 1_000.575_571_931_810_3).abs() < 1e-10);
        assert!((trigamma(1.0) - pi * pi / 6.0).abs() < 1e-14);
        assert!((trigamma(0.5) - pi * pi / 2.0).abs() < 1e-13);
        assert!((stirling_error(1.0) - (1.0 - 0.5 * (2.0 * pi).ln())).abs() < 1e-15);
    }

    #[test]
    fn each_steps_by_its_recurrence() {
        for n in [0.001, 0.3, 1.0, 7.5, 15.9, 16.0, 40.0, 1e4] {
            assert!(
                (digamma(n + 1.0) - digamma(n) - 1.0 / n).abs() < 1e-12 * (1.0 / n).max(1.0),
                "{n}"
            );
            assert!(
                (trigamma(n) - trigamma(n + 1.0) - 1.0 / (n * n)).abs() < 1e-12 / (n * n).min(1.0),
                "{n}"
            );
            let step =
                stirling_error(n) - stirling_error(n + 1.0) - ((n + 0.5) * (1.0 / n).ln_1p() - 1.0);
            assert!(step.abs() < 1e-14 * (1.0 / n).max(1.0), "{n}: {step}");
        }
    }
}
