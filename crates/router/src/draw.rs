//! Keyed draws: chance that anybody can repeat.

use std::hash::Hasher as _;

use pointsman_flow::Salt;
use siphasher::sip::SipHasher24;

/// Parts in a whole: weights are integers that add up to this.
pub const PPM: u32 = 1_000_000;

/// How often a draw over the full weights is repeated before it is made over the eligible arms alone.
///
/// Both have the same probabilities. Without a bound, a lone eligible arm of 1 ppm would take a
/// million draws.
const REPEATS_MAX: u32 = 64;

/// The `ordinal`-th draw of a unit at a node, uniform over 64 bits.
///
/// SipHash-2-4 keyed with the node's salt, over the unit's bytes and then the ordinal as four
/// little-endian bytes. A salt for each node makes nested splits independent.
///
/// # Source
///
/// Aumasson, Bernstein, *`SipHash`: a fast short-input PRF*, 2012.
pub fn draw(salt: Salt, unit: &str, ordinal: u32) -> u64 {
    draw_bytes(salt, unit.as_bytes(), ordinal)
}

fn draw_bytes(salt: Salt, unit: &[u8], ordinal: u32) -> u64 {
    let mut hasher = SipHasher24::new_with_key(&salt.0);
    hasher.write(unit);
    hasher.write(&ordinal.to_le_bytes());
    hasher.finish()
}

/// `draw` scaled to `0..total` by multiply and shift, which has no bias worth naming below 2^32.
fn below(draw: u64, total: u32) -> u32 {
    let scaled = (u128::from(draw) * u128::from(total)) >> 64;
    u32::try_from(scaled).unwrap_or(total.saturating_sub(1))
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

/// Draws an eligible arm; `None` if no eligible arm has weight.
///
/// Draws over the full weights and repeats at the next ordinal while the drawn arm is not
/// eligible, so that no unit moves whose own arm still is. The probability of an arm is its weight
/// over the eligible sum. `ordinal` is left at the first unused one.
pub(crate) fn choose(
    salt: Salt,
    unit: &[u8],
    weights: &[u32],
    eligible: &impl Fn(usize) -> bool,
    ordinal: &mut u32,
) -> Option<usize> {
    let weight_of = |arm: usize| if eligible(arm) { weights[arm] } else { 0 };
    let eligible_sum: u32 = (0..weights.len()).map(weight_of).sum();
    if eligible_sum == 0 {
        return None;
    }
    for _ in 0..REPEATS_MAX {
        let point = below(draw_bytes(salt, unit, *ordinal), PPM);
        *ordinal += 1;
        match arm_at(weights.iter().copied(), point) {
            Some(arm) if eligible(arm) => return Some(arm),
            _ => {}
        }
    }
    let point = below(draw_bytes(salt, unit, *ordinal), eligible_sum);
    *ordinal += 1;
    arm_at((0..weights.len()).map(weight_of), point)
}

/// The points that were drawn until an arm was taken, each with the arm that it falls to; `None` if
/// that arm was drawn among the eligible ones alone.
///
/// Draws as [`choose`] does, and needs not know who was eligible: the first arm drawn that was is the
/// one taken.
///
/// * `taken`: the arm that [`choose`] gave.
/// * `ordinal`: as it was before; left as [`choose`] left it.
pub(crate) fn again(
    salt: Salt,
    unit: &[u8],
    weights: &[u32],
    taken: usize,
    ordinal: &mut u32,
) -> Option<Vec<(u32, usize)>> {
    let mut points = Vec::new();
    for _ in 0..REPEATS_MAX {
        let point = below(draw_bytes(salt, unit, *ordinal), PPM);
        *ordinal += 1;
        let arm = arm_at(weights.iter().copied(), point)?;
        points.push((point, arm));
        if arm == taken {
            return Some(points);
        }
    }
    *ordinal += 1;
    None
}

#[cfg(test)]
mod tests;
