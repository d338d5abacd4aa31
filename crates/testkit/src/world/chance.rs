//! Chance that depends on what it is for and on nothing else.

use rand::Rng;
use rand_pcg::Pcg64;

/// What a draw decides. The numbers are part of every world: append, never renumber.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Source = 1,
    Credit = 2,
    State = 3,
    HomeOwner = 4,
    Insured = 5,
    Age = 6,
    Name = 7,
    Contact = 8,
    Placement = 9,
    Day = 10,
    Hour = 11,
    Arrival = 12,
    Instant = 13,
    Accept = 14,
    Price = 15,
    Convert = 16,
    Delay = 17,
    Cancel = 18,
    Double = 19,
    Quirk = 20,
    Ping = 21,
}

/// A generator of its own for one decision.
///
/// * `key`: what the decision is about, such as a lead's number.
/// * `part`: which of several of the same purpose, such as a destination's position.
pub(crate) fn stream(seed: u64, purpose: Purpose, key: u64, part: u64) -> Pcg64 {
    let state = u128::from(mix(seed, key)) << 64 | u128::from(mix(key, seed));
    let increment = u128::from(mix(purpose as u64, part));
    Pcg64::new(state, increment)
}

/// `SplitMix64` over two words.
///
/// # Source
///
/// Steele, Lea, Flood, *Fast Splittable Pseudorandom Number Generators*, OOPSLA 2014.
fn mix(a: u64, b: u64) -> u64 {
    let step = |mut z: u64| {
        z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    step(step(a) ^ b)
}

/// A number in `[0, 1)`, with 53 bits.
#[expect(
    clippy::cast_precision_loss,
    reason = "53 bits are what a float holds exactly"
)]
pub(crate) fn unit(rng: &mut Pcg64) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// A whole number in `[0, n)`, by multiply and shift.
pub(crate) fn below(rng: &mut Pcg64, n: u64) -> u64 {
    let product = u128::from(rng.next_u64()) * u128::from(n);
    u64::try_from(product >> 64).unwrap_or(0)
}

/// A number whose mean is 0 and whose standard deviation is 1: the sum of twelve.
///
/// Sums, because the logarithm that exact normal numbers need differs between systems.
pub(crate) fn roughly_normal(rng: &mut Pcg64) -> f64 {
    (0..12).map(|_| unit(rng)).sum::<f64>() - 6.0
}

/// The position that a draw in `[0, 1)` hits among shares that sum to 1.
pub(crate) fn hit(draw: f64, shares: impl IntoIterator<Item = f64>) -> usize {
    let mut left = draw;
    let mut last = 0;
    for (position, share) in shares.into_iter().enumerate() {
        if left < share {
            return position;
        }
        left -= share;
        last = position;
    }
    last
}
