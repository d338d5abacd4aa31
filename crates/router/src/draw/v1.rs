//! Draws of semantics version 1, so that what was decided by them can be decided again.

use std::hash::Hasher as _;

use pointsman_flow::Salt;
use siphasher::sip::SipHasher24;

use super::{DrawOf, PPM};

/// How often a draw over the full weights is repeated before it is made over the eligible arms alone.
///
/// Both have the same probabilities. Without a bound, a lone eligible arm of 1 ppm would take a
/// million draws.
const REPEATS_MAX: u32 = 64;

/// SipHash-2-4 keyed with the node's salt, over the unit's bytes and then the ordinal as four
/// little-endian bytes: uniform over 64 bits.
fn hash(salt: Salt, unit: &[u8], ordinal: u32) -> u64 {
    let mut hasher = SipHasher24::new_with_key(&salt.0);
    hasher.write(unit);
    hasher.write(&ordinal.to_le_bytes());
    hasher.finish()
}

/// A hash scaled to `0..total` by multiply and shift, which has no bias worth naming below 2^32.
fn below(hash: u64, total: u32) -> u32 {
    let scaled = (u128::from(hash) * u128::from(total)) >> 64;
    u32::try_from(scaled).unwrap_or(total.saturating_sub(1))
}

/// The next point of a draw in `0..total`.
fn point(of: &DrawOf<'_>, total: u32, ordinal: &mut u32) -> u32 {
    let point = below(hash(of.salt, of.unit, *ordinal), total);
    *ordinal += 1;
    point
}

/// Position in `weights` whose cumulative range holds `point`.
fn arm_at(weights: impl Iterator<Item = u32>, point: u32) -> Option<usize> {
    let mut upper = 0u32;
    for (arm, weight) in weights.enumerate() {
        upper = upper.saturating_add(weight);
        if point < upper {
            return Some(arm);
        }
    }
    None
}

/// Draws over the full weights and repeats at the next ordinal while the drawn arm is not
/// eligible. `ordinal` is left at the first unused one.
pub(super) fn choose(
    of: &DrawOf<'_>,
    eligible: &impl Fn(usize) -> bool,
    ordinal: &mut u32,
) -> Option<usize> {
    let weight_of = |arm: usize| if eligible(arm) { of.weights[arm] } else { 0 };
    let eligible_sum: u32 = (0..of.weights.len()).map(weight_of).sum();
    if eligible_sum == 0 {
        return None;
    }
    for _ in 0..REPEATS_MAX {
        let point = point(of, PPM, ordinal);
        match arm_at(of.weights.iter().copied(), point) {
            Some(arm) if eligible(arm) => return Some(arm),
            _ => {}
        }
    }
    let point = point(of, eligible_sum, ordinal);
    arm_at((0..of.weights.len()).map(weight_of), point)
}

/// The points that were drawn until an arm was taken, each with the arm that it falls to; none if
/// that arm was drawn among the eligible ones alone.
///
/// Need not know who was eligible: the first arm drawn that was is the one taken.
pub(super) fn points(of: &DrawOf<'_>, taken: usize, ordinal: &mut u32) -> Vec<(u32, usize)> {
    let mut points = Vec::new();
    for _ in 0..REPEATS_MAX {
        let point = point(of, PPM, ordinal);
        let Some(arm) = arm_at(of.weights.iter().copied(), point) else {
            return Vec::new();
        };
        points.push((point, arm));
        if arm == taken {
            return points;
        }
    }
    *ordinal += 1;
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::{PPM, below, hash};
    use crate::draw::tests::salt;

    /// Golden values from an independent implementation of SipHash-2-4, checked against the test
    /// vector of its paper. They never change: they decided where leads went.
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
        for (salt, unit, ordinal, expected, ppm) in cases {
            let found = hash(salt, unit.as_bytes(), ordinal);
            assert_eq!(found, expected, "{unit} at {ordinal}");
            assert_eq!(below(found, PPM), ppm, "{unit} at {ordinal}");
        }
    }
}
