use super::*;
use crate::experiment::{SampleMoments, covariate};

/// Moments of rows of value, leads and covariates.
fn moments<const K: usize>(rows: &[[f64; K]]) -> UnitMoments {
    let mut sums = SampleMoments::<K>::default();
    for row in rows {
        sums.add(*row).unwrap();
    }
    UnitMoments::of(&sums).unwrap()
}

fn stratum<const K: usize>(arms: &[Vec<[f64; K]>; 2]) -> ArmsStratum {
    ArmsStratum {
        control: moments(&arms[0]),
        treatment: moments(&arms[1]),
        leads: 1,
    }
}

/// Value, leads and three covariates of two arms: the third is the sum of the others.
fn rows() -> [Vec<[f64; 5]>; 2] {
    let mut arms = [Vec::new(), Vec::new()];
    for i in 0..90_u32 {
        let (x, z, leads) = (
            f64::from(i * 7 % 13),
            f64::from(i * 5 % 11),
            f64::from(1 + i % 3),
        );
        let y = 3.0 * x - 0.5 * z + f64::from(i * i % 17);
        arms[usize::from(i % 2 == 1)].push([y, leads, x, z, x + z]);
    }
    arms
}

fn first<const K: usize, const M: usize>(rows: &[Vec<[f64; K]>; 2]) -> [Vec<[f64; M]>; 2] {
    rows.each_ref().map(|arm| {
        arm.iter()
            .map(|row| std::array::from_fn(|i| row[i]))
            .collect()
    })
}

#[test]
fn by_one_covariate_it_is_the_adjustment_by_one() {
    let rows: [Vec<[f64; 3]>; 2] = first(&rows());
    let found = adjust_by_all(&[stratum(&rows)]).unwrap();
    let ratios = rows.each_ref().map(|arm| {
        let mut sums = SampleMoments::<4>::default();
        for [y, leads, x] in arm {
            sums.add([*y, *leads, *x, *leads]).unwrap();
        }
        sums
    });
    let known = covariate::adjust_ratio(&ratios[0], &ratios[1]).unwrap();
    assert!((found.slopes[0] / known.slope - 1.0).abs() < 1e-12);
    assert!((found.treatment.value() / known.treatment.value() - 1.0).abs() < 1e-12);
    // One slope takes one degree of freedom of 90 units.
    let raised = known.control.variance() * 88.0 / 87.0;
    assert!((found.control.variance() / raised - 1.0).abs() < 1e-12);
}

#[test]
fn what_follows_from_other_covariates_or_never_varies_is_left_out() {
    let rows = rows();
    let found = adjust_by_all(&[stratum(&rows)]).unwrap();
    assert_eq!(found.is_used, [true, true, false]);
    let two: [Vec<[f64; 4]>; 2] = first(&rows);
    let without = adjust_by_all(&[stratum(&two)]).unwrap();
    assert!((found.slopes[0] - without.slopes[0]).abs() < 1e-9);
    assert!((found.treatment.variance() / without.treatment.variance() - 1.0).abs() < 1e-9);
    // Several leads each, or one: a constant explains nothing of a mean per lead.
    let constant = two.map(|arm| {
        let rows = arm.into_iter();
        rows.map(|[y, leads, ..]| [y, leads, 7.25 * leads])
            .collect()
    });
    assert_eq!(adjust_by_all(&[stratum(&constant)]), Err(Error::NoSpread));
}

#[test]
fn covariates_that_explain_all_leave_nothing_and_chance_keeps_its_worth() {
    let two: [Vec<[f64; 4]>; 2] = first(&rows());
    let exact = two.clone().map(|arm| {
        let rows = arm.into_iter();
        rows.map(|[_, leads, x, z]| [3.0 * x - 0.5 * z + leads, leads, x, z])
            .collect()
    });
    let found = adjust_by_all(&[stratum(&exact)]).unwrap();
    assert!(found.variance_left < 1e-9, "{found:?}");
    assert!((found.slopes[0] - 3.0).abs() < 1e-9 && (found.slopes[1] + 0.5).abs() < 1e-9);
    assert!((found.control.value() - found.treatment.value()).abs() < 1e-9);
}

#[test]
fn equal_strata_are_one() {
    let rows: [Vec<[f64; 3]>; 2] = first(&rows());
    let one = stratum(&rows);
    let found = adjust_by_all(&[one.clone(), one.clone()]).unwrap();
    let whole = adjust_by_all(&[one]).unwrap();
    assert!((found.slopes[0] - whole.slopes[0]).abs() < 1e-12);
    assert!((found.control.value() - whole.control.value()).abs() < 1e-12);
    let ratio = found.control.variance() / whole.control.variance();
    assert!((ratio - 0.5 * (178.0 / 177.0) / (88.0 / 87.0)).abs() < 1e-12);
}

#[test]
fn what_has_no_answer_is_refused() {
    assert_eq!(adjust_by_all(&[]), Err(Error::TooFew { n: 0, needed: 4 }));
    let bad = UnitMoments::new(2, vec![1.0; 3], vec![vec![0.0; 2]; 3]);
    assert_eq!(
        bad,
        Err(Error::Lengths {
            expected: 3,
            found: 2
        })
    );
    let bad = UnitMoments::new(2, vec![f64::NAN; 2], vec![vec![0.0; 2]; 2]);
    assert!(matches!(bad, Err(Error::NotFinite { .. })));
    assert!(UnitMoments::new(1, vec![0.0; 2], vec![vec![0.0; 2]; 2]).is_err());
    let rows = rows();
    let (three, one): (_, [Vec<[f64; 3]>; 2]) = (stratum(&rows), first(&rows));
    let differ = adjust_by_all(&[three, stratum(&one)]);
    assert_eq!(
        differ,
        Err(Error::Lengths {
            expected: 5,
            found: 3
        })
    );
    let flat = one.map(|arm| {
        let rows = arm.into_iter();
        rows.map(|[_, leads, x]| [2.0 * leads, leads, x]).collect()
    });
    assert_eq!(adjust_by_all(&[stratum(&flat)]), Err(Error::NoSpread));
}
