use super::*;

fn design() -> Design {
    Design::new(0.05, 0.8, 1.0).unwrap()
}

#[test]
fn sizes_find_what_they_promise() {
    for ratio in [0.5, 1.0, 2.0] {
        let design = Design::new(0.05, 0.9, ratio).unwrap();
        let n = proportions(design, 0.1, 0.12, Formula::Fleiss).unwrap();
        let power = proportions_power(design, 0.1, 0.12, n).unwrap();
        assert!((power - 0.9).abs() < 1e-6, "{power}");
        let n = means(design, 0.2).unwrap();
        assert!((means_power(design, 0.2, n).unwrap() - 0.9).abs() < 1e-12);
    }
    assert!((means_power(design(), 0.0, 10.0).unwrap() - 0.05).abs() < 1e-12);
    // Hardly more power than alpha: the slope of the power is 0 at no effect.
    let weak = Design::new(0.05, 0.051, 1.0).unwrap();
    let n = means(weak, 0.2).unwrap();
    assert!((means_power(weak, 0.2, n).unwrap() - 0.051).abs() < 1e-9);
}

#[test]
fn the_smallest_difference_is_the_inverse_of_the_total() {
    let (variances, shares) = ([25.0, 30.0], [0.5, 0.1]);
    let n = total(design(), variances, 0.5, shares).unwrap();
    let found = smallest_difference(design(), variances, n, shares).unwrap();
    assert!((found - 0.5).abs() < 1e-12);
}

#[test]
fn looking_always_needs_about_twice_as_many_units() {
    let shares = [0.5, 0.5];
    let one_look = total(design(), [1.0, 1.0], 0.1, shares).unwrap();
    let always = total_always_valid(design(), [1.0, 1.0], 0.1, shares).unwrap();
    let factor = count(always) / one_look;
    assert!((1.8..2.0).contains(&factor), "{factor}");
}

#[test]
fn factors_are_those_of_the_books() {
    assert!((cluster_factor(20.0, 0.0, 0.05).unwrap() - 1.95).abs() < 1e-15);
    assert!((cluster_factor(1.0, 0.0, 1.0).unwrap() - 1.0).abs() < 1e-15);
    assert!(cluster_factor(20.0, 1.0, 0.05).unwrap() > 2.9);
    assert!((covariate_factor(-0.6).unwrap() - 0.64).abs() < 1e-15);
    assert!((days(10_000.0, 1_000, 1_000.0, 7.0).unwrap() - 16.0).abs() < 1e-12);
    assert!((days(10.0, 1_000, 1_000.0, 0.0).unwrap()).abs() < 1e-12);
}

#[test]
fn arguments_are_checked() {
    assert!(Design::new(0.0, 0.8, 1.0).is_err() && Design::new(0.05, 0.04, 1.0).is_err());
    assert!(Design::new(0.05, 0.8, f64::INFINITY).is_err());
    assert!(proportions(design(), 0.1, 0.1, Formula::Fleiss).is_err());
    assert!(proportions(design(), 0.0, 0.1, Formula::Unpooled).is_err());
    assert!(means(design(), 0.0).is_err() && means(design(), f64::NAN).is_err());
    assert!(total(design(), [1.0, 1.0], 0.1, [0.6, 0.6]).is_err());
    assert!(total(design(), [0.0, 1.0], 0.1, [0.5, 0.5]).is_err());
    assert!(cluster_factor(0.5, 0.0, 0.1).is_err() && covariate_factor(1.1).is_err());
    assert!(days(1.0, 0, 0.0, 0.0).is_err());
    assert!(means_power_t(design(), 0.1, 1.0).is_err());
}
