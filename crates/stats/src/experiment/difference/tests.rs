use super::*;

#[test]
fn p_values_do_not_underflow_in_logarithms() {
    let far = |degrees| ArmDifference::new(70.0, 1.0, degrees).unwrap();
    assert!(far(f64::INFINITY).p_two_sided() < 1e-300);
    assert!((far(f64::INFINITY).ln_p_two_sided() + 2_454.47).abs() < 0.01);
    assert!((far(1e12).ln_p_two_sided() - far(f64::INFINITY).ln_p_two_sided()).abs() < 1e-3);
    let near = ArmDifference::new(-1.3, 1.0, 7.0).unwrap();
    assert!((near.ln_p_two_sided() - near.p_two_sided().ln()).abs() < 1e-13);
    let none = ArmDifference::new(0.0, 1.0, 7.0).unwrap();
    assert!((none.p_two_sided() - 1.0).abs() < 1e-15 && none.ln_p_two_sided().abs() < 1e-15);
}

#[test]
fn a_value_is_on_the_edge_of_the_interval_of_its_own_p() {
    for degrees in [1.0, 5.5, 300.0, f64::INFINITY] {
        for t in [-4.0, -1.0, 0.2, 3.0] {
            let difference = ArmDifference::new(t, 1.0, degrees).unwrap();
            let interval = difference.interval(1.0 - difference.p_two_sided()).unwrap();
            let nearest = interval[0].abs().min(interval[1].abs());
            assert!(nearest < 1e-5, "{t}, {degrees}: {interval:?}");
        }
    }
}

#[test]
fn a_normal_z_is_as_unlikely_as_t() {
    for degrees in [3.0, 48.0, 1e7] {
        for t in [-30.0, -2.0, -0.1, 0.5, 4.0, 60.0] {
            let difference = ArmDifference::new(t, 1.0, degrees).unwrap();
            let z = difference.z();
            assert!(z * t > 0.0 && z.abs() <= t.abs() * (1.0 + 1e-9));
            if z.abs() < 7.0 {
                assert!(
                    (difference.widened(z.abs()) / t.abs() - 1.0).abs() < 1e-9,
                    "{t}"
                );
            }
        }
    }
    assert!(ArmDifference::new(0.0, 1.0, 3.0).unwrap().z().abs() < 1e-12);
}

#[test]
fn equal_arms_have_the_degrees_of_both() {
    let arm = Mean::new(1.0, 0.5, 20.0).unwrap();
    let difference = ArmDifference::between(arm, arm).unwrap();
    assert!((difference.degrees_of_freedom() - 40.0).abs() < 1e-12);
    let normal = Mean::new(1.0, 0.5, f64::INFINITY).unwrap();
    assert!(
        ArmDifference::between(normal, normal)
            .unwrap()
            .degrees_of_freedom()
            .is_infinite()
    );
    // Tiny variances do not vanish when squared.
    let tiny = Mean::new(1.0, 1e-200, 20.0).unwrap();
    assert!(
        (ArmDifference::between(tiny, tiny)
            .unwrap()
            .degrees_of_freedom()
            - 40.0)
            .abs()
            < 1e-9
    );
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let mean = |value, variance| Mean::new(value, variance, 9.0).unwrap();
    let (fixed, spread) = (mean(1.0, 0.0), mean(2.0, 0.1));
    assert_eq!(ArmDifference::between(fixed, fixed), Err(Error::NoSpread));
    assert!(ArmDifference::between(fixed, spread).is_ok());
    let zero = mean(0.0, 0.1);
    assert_eq!(
        ArmDifference::relative(zero, spread),
        Err(Error::NoDenominator)
    );
    assert_eq!(ArmDifference::ln_ratio(zero, spread), Err(Error::Signs));
    assert!(Mean::new(f64::NAN, 0.1, 1.0).is_err() && Mean::new(0.0, -0.1, 1.0).is_err());
    assert!(Mean::new(0.0, 0.1, 0.0).is_err() && Mean::new(0.0, 0.1, f64::NAN).is_err());
    assert_eq!(ArmDifference::new(1.0, 0.0, 9.0), Err(Error::NoSpread));
    for (value, se, degrees) in [
        (f64::NAN, 1.0, 9.0),
        (1.0, -1.0, 9.0),
        (1.0, f64::NAN, 9.0),
        (1.0, 1.0, 0.0),
        (1.0, 1.0, f64::NAN),
    ] {
        assert!(ArmDifference::new(value, se, degrees).is_err());
    }
    let difference = ArmDifference::between(fixed, spread).unwrap();
    assert!(difference.interval(1.0).is_err() && difference.interval(f64::NAN).is_err());
}
