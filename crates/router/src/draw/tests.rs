use pointsman_flow::Salt;

use super::{PPM, below, choose, draw};

fn salt(hex: &str) -> Salt {
    let mut bytes = [0; 16];
    for (position, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[2 * position..2 * position + 2], 16).unwrap();
    }
    Salt(bytes)
}

/// Golden values from an independent implementation of SipHash-2-4, checked against the test
/// vector of its paper. They never change: they decide where leads go.
#[test]
fn draws_are_the_golden_ones() {
    let premium = salt("b399ed9e7f6c2d622d4c6438552a288a");
    let cases = [
        (premium, "lead_1", 0, 0x32d7_c24f_16be_9715_u64, 198_604),
        (premium, "lead_1", 1, 0xee2c_d502_c8ff_3e32, 930_371),
        (
            salt("db9e87c7aa93e57e16af7ce517588ba7"),
            "lead_1",
            0,
            0xd866_8d54_0025_b342,
            845_314,
        ),
        (premium, "seo\u{1f}k-17", 0, 0x23c6_ef3d_1c77_316c, 139_754),
    ];
    for (salt, unit, ordinal, hash, ppm) in cases {
        let drawn = draw(salt, unit, ordinal);
        assert_eq!(drawn, hash, "{unit} at {ordinal}");
        assert_eq!(below(drawn, PPM), ppm, "{unit} at {ordinal}");
    }
}

/// Shares of 100,000 units over three arms of which those in `eligible` may be drawn.
fn shares(weights: &[u32], eligible: &[usize]) -> Vec<f64> {
    let mut counts = vec![0u32; weights.len()];
    for unit in 0..100_000 {
        let arm = choose(
            Salt([7; 16]),
            format!("unit-{unit}").as_bytes(),
            weights,
            &|arm| eligible.contains(&arm),
            &mut 0,
        );
        counts[arm.unwrap()] += 1;
    }
    counts
        .iter()
        .map(|&count| f64::from(count) / 100_000.0)
        .collect()
}

#[test]
fn an_arm_is_drawn_with_its_weight_over_the_eligible_sum() {
    let all = shares(&[500_000, 300_000, 200_000], &[0, 1, 2]);
    for (share, wanted) in all.iter().zip([0.5, 0.3, 0.2]) {
        assert!((share - wanted).abs() < 0.006, "{all:?}");
    }
    let without_first = shares(&[500_000, 300_000, 200_000], &[1, 2]);
    assert!((without_first[1] - 0.6).abs() < 0.006, "{without_first:?}");
}

#[test]
fn no_unit_moves_whose_own_arm_is_still_eligible() {
    let weights = [500_000, 300_000, 200_000];
    for unit in 0..2_000 {
        let unit = format!("unit-{unit}");
        let of = |eligible: &[usize]| {
            choose(
                Salt([7; 16]),
                unit.as_bytes(),
                &weights,
                &|arm| eligible.contains(&arm),
                &mut 0,
            )
            .unwrap()
        };
        let (full, reduced) = (of(&[0, 1, 2]), of(&[1, 2]));
        assert!(
            full == 0 || full == reduced,
            "{unit} moved from {full} to {reduced}"
        );
    }
}

#[test]
fn a_lone_arm_of_one_ppm_is_found_within_the_bound() {
    let mut ordinal = 0;
    let arm = choose(
        Salt([7; 16]),
        b"unit",
        &[999_999, 1],
        &|arm| arm == 1,
        &mut ordinal,
    );
    assert_eq!(arm, Some(1));
    assert!(ordinal <= 65, "{ordinal} draws");
}

#[test]
fn arms_without_weight_are_never_drawn() {
    assert_eq!(
        choose(Salt([7; 16]), b"unit", &[0, PPM], &|arm| arm == 0, &mut 0),
        None
    );
}

#[test]
fn nested_splits_are_independent() {
    let mut both = 0u32;
    for unit in 0..40_000 {
        let unit = format!("unit-{unit}");
        let upper = below(draw(Salt([1; 16]), &unit, 0), PPM) < 200_000;
        let lower = below(draw(Salt([2; 16]), &unit, 0), PPM) < 500_000;
        both += u32::from(upper && lower);
    }
    assert!((f64::from(both) / 40_000.0 - 0.1).abs() < 0.006, "{both}");
}
