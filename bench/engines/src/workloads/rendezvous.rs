//! Weighted rendezvous by hand: the draws of our router, for those who have no word for them.

use std::hash::Hasher as _;

use pointsman_flow::Salt;
use siphasher::sip::SipHasher24;

/// The hash of the first draw of a lead at a split, before the arm.
///
/// * `salt`: of the split.
pub(super) fn prefix(salt: Salt, unit: &str) -> SipHasher24 {
    let length = u32::try_from(unit.len()).unwrap_or(u32::MAX);
    let mut prefix = SipHasher24::new_with_key(&salt.0);
    prefix.write(&length.to_le_bytes());
    prefix.write(unit.as_bytes());
    prefix.write(&0_u32.to_le_bytes());
    prefix
}

/// What chance gives an arm: a number `u` in `(0, 1]`, made of the upper 53 bits of the hash. The arm with the
/// smallest `-ln(u) / weight` is drawn.
pub(super) fn uniform(mut prefix: SipHasher24, key: &str) -> f64 {
    const UNIT_OF_53_BITS: f64 = 1.0 / 9_007_199_254_740_992.0;
    prefix.write(key.as_bytes());
    #[expect(
        clippy::cast_precision_loss,
        reason = "53 bits are all that a float holds"
    )]
    let point = (prefix.finish() >> 11) as f64;
    (point + 0.5) * UNIT_OF_53_BITS
}
