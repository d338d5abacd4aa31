use super::*;

#[test]
fn arms_of_no_weight_count_neither_in_the_sum_nor_as_a_degree_of_freedom() {
    let two = fixed(&[5_000, 5_200], &[0.5, 0.5]).unwrap();
    let three = fixed(&[5_000, 0, 5_200], &[0.5, 0.0, 0.5]).unwrap();
    assert_eq!(two, three);
    assert_eq!(two.degrees_of_freedom, 1);
    let [two, three] = [
        sequential(&[5_000, 5_200], &[1.0, 1.0], 100.0).unwrap(),
        sequential(&[5_000, 0, 5_200], &[1.0, 0.0, 1.0], 100.0).unwrap(),
    ];
    assert!((two - three).abs() < 1e-12);
}

#[test]
fn what_cannot_be_tested_is_refused() {
    let weights = [0.5, 0.5];
    assert_eq!(
        fixed(&[0, 0], &weights),
        Err(Error::TooFew { n: 0, needed: 1 })
    );
    assert_eq!(
        fixed(&[1, 2, 3], &weights),
        Err(Error::Lengths {
            expected: 2,
            found: 3
        })
    );
    assert_eq!(
        fixed(&[1, 2], &[1.0, 0.0]),
        Err(Error::Impossible { arm: 1 })
    );
    assert_eq!(fixed(&[1, 0], &[1.0, 0.0]), Err(Error::NoSpread));
    assert!(fixed(&[1, 2], &[1.0, -1.0]).is_err());
    assert!(fixed(&[1, 2], &[1.0, f64::NAN]).is_err());
    assert!(sequential(&[1, 2], &weights, 0.0).is_err());
    // No units are no evidence.
    assert!((sequential_p(&[0, 0], &weights, 100.0).unwrap() - 1.0).abs() < 1e-12);
}

#[test]
fn constant_probabilities_are_pearsons_test() {
    let weights = [0.5, 0.3, 0.2];
    let observed = [5_100, 2_900, 2_000];
    let pearson = fixed(&observed, &weights).unwrap();
    let mut split = ChangingSplit::new(3);
    split.add_many(&observed, &weights).unwrap();
    let found = split.test().unwrap();
    assert!(
        (found.chi_square - pearson.chi_square).abs() < 1e-9,
        "{found:?}"
    );
    assert_eq!(found.degrees_of_freedom, 2);
}

#[test]
fn draws_one_by_one_are_draws_together_and_merge() {
    let p = [0.2, 0.7, 0.1];
    let (mut one, mut many) = (ChangingSplit::new(3), ChangingSplit::new(3));
    let mut part = ChangingSplit::new(3);
    for i in 0..30 {
        let target = if i < 10 { &mut part } else { &mut one };
        target.add(i % 3, &p).unwrap();
    }
    one.merge(&part).unwrap();
    many.add_many(&[10, 10, 10], &p).unwrap();
    let [one, many] = [one, many].map(|it| it.test().unwrap());
    assert!((one.chi_square - many.chi_square).abs() < 1e-9);
    assert!(part.merge(&ChangingSplit::new(2)).is_err());
}

#[test]
fn pairs_that_never_meet_have_a_degree_of_freedom_each() {
    let mut split = ChangingSplit::new(5);
    split
        .add_many(&[480, 520, 0, 0, 0], &[0.5, 0.5, 0.0, 0.0, 0.0])
        .unwrap();
    split
        .add_many(&[0, 0, 330, 270, 0], &[0.0, 0.0, 0.5, 0.5, 0.0])
        .unwrap();
    let test = split.test().unwrap();
    assert_eq!(test.degrees_of_freedom, 2);
    let by_hand = 40.0 * 40.0 / 1_000.0 + 60.0 * 60.0 / 600.0;
    assert!((test.chi_square - by_hand).abs() < 1e-9, "{test:?}");
}

#[test]
fn draws_that_cannot_be_are_refused_and_certain_ones_say_nothing() {
    let mut split = ChangingSplit::new(2);
    assert_eq!(split.test(), Err(Error::TooFew { n: 0, needed: 1 }));
    assert_eq!(split.add(1, &[1.0, 0.0]), Err(Error::Impossible { arm: 1 }));
    assert_eq!(split.add(7, &[0.5, 0.5]), Err(Error::Impossible { arm: 7 }));
    assert_eq!(
        split.add_many(&[1, 1], &[1.0, 0.0]),
        Err(Error::Impossible { arm: 1 })
    );
    assert!(split.add(0, &[0.5, 0.6]).is_err());
    assert!(split.add(0, &[f64::NAN, 0.5]).is_err());
    assert!(split.add(0, &[0.5, 0.3, 0.2]).is_err());
    assert_eq!(split.observed(), [0, 0]);
    split.add(0, &[1.0, 0.0]).unwrap();
    assert_eq!(split.test(), Err(Error::NoSpread));
}
