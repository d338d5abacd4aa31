//! A set of a program's destinations.

use smallvec::{SmallVec, smallvec};
use thiserror::Error;

use crate::DestinationIdx;

/// A set of destinations of one program, as bits. Up to 256 of them need no allocation.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Mask {
    len: u16,
    words: SmallVec<[u64; 4]>,
}

/// A text that is not a mask over so many destinations.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{text}` is not a mask over {len} destinations")]
pub struct MaskError {
    text: String,
    len: u16,
}

impl Clone for Mask {
    /// By words at once, which the derived form does one by one: masks are copied for every step.
    fn clone(&self) -> Self {
        Self {
            len: self.len,
            words: SmallVec::from_slice(&self.words),
        }
    }
}

impl Mask {
    /// The empty set over `len` destinations.
    #[inline]
    pub fn with_len(len: u16) -> Self {
        Self {
            len,
            words: smallvec![0; usize::from(len).div_ceil(64)],
        }
    }

    /// The set of all `len` destinations.
    #[inline]
    pub fn full(len: u16) -> Self {
        let mut mask = Self::with_len(len);
        (0..len).for_each(|idx| mask.set(DestinationIdx(idx)));
        mask
    }

    /// How many destinations it is over, in the set or not.
    #[inline]
    pub fn len(&self) -> u16 {
        self.len
    }

    /// Whether no destination is in the set.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// How many destinations are in the set.
    #[inline]
    pub fn count(&self) -> u32 {
        self.words.iter().map(|word| word.count_ones()).sum()
    }

    /// Whether a destination is in the set; one beyond the end is not.
    #[inline]
    pub fn get(&self, destination: DestinationIdx) -> bool {
        let (word, bit) = position(destination);
        self.words.get(word).is_some_and(|word| word & bit != 0)
    }

    /// Puts a destination in.
    ///
    /// # Panics
    ///
    /// If it is beyond the end.
    #[inline]
    pub fn set(&mut self, destination: DestinationIdx) {
        assert!(destination.0 < self.len, "a destination of this program");
        let (word, bit) = position(destination);
        self.words[word] |= bit;
    }

    /// Takes a destination out, if it is in.
    #[inline]
    pub fn clear(&mut self, destination: DestinationIdx) {
        let (word, bit) = position(destination);
        if let Some(word) = self.words.get_mut(word) {
            *word &= !bit;
        }
    }

    /// Whether the sets share a destination.
    #[inline]
    pub fn intersects(&self, other: &Self) -> bool {
        let words = self.words.iter().zip(&other.words);
        words.into_iter().any(|(a, b)| a & b != 0)
    }

    /// The destinations in both.
    #[inline]
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let mut both = self.clone();
        both.words
            .iter_mut()
            .zip(&other.words)
            .for_each(|(a, b)| *a &= b);
        both
    }

    /// Takes out everything that `other` holds; both are over the same destinations.
    #[inline]
    pub fn remove(&mut self, other: &Self) {
        let words = self.words.iter_mut().zip(&other.words);
        words.for_each(|(a, b)| *a &= !b);
    }

    /// Puts in everything that `other` holds; both are over the same destinations.
    #[inline]
    pub fn add(&mut self, other: &Self) {
        let words = self.words.iter_mut().zip(&other.words);
        words.for_each(|(a, b)| *a |= b);
    }

    /// The destinations in the set, in order.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = DestinationIdx> + '_ {
        (0..self.len)
            .map(DestinationIdx)
            .filter(|&destination| self.get(destination))
    }

    /// Two hex digits for every eight destinations, the first of them in the lowest bit.
    pub fn to_hex(&self) -> String {
        use std::fmt::Write as _;
        let bytes = self.words.iter().flat_map(|word| word.to_le_bytes());
        let n_bytes = usize::from(self.len).div_ceil(8);
        bytes
            .take(n_bytes)
            .fold(String::with_capacity(2 * n_bytes), |mut text, byte| {
                let _ = write!(text, "{byte:02x}"); // Writing to a String cannot fail.
                text
            })
    }

    /// Reads what [`Mask::to_hex`] wrote.
    ///
    /// # Errors
    ///
    /// [`MaskError`] for the wrong number of digits, anything but hex digits, or a bit beyond `len`.
    pub fn from_hex(len: u16, text: &str) -> Result<Self, MaskError> {
        let wrong = || MaskError {
            text: text.to_owned(),
            len,
        };
        if text.len() != 2 * usize::from(len).div_ceil(8) {
            return Err(wrong());
        }
        let mut mask = Self::with_len(len);
        for (position, pair) in text.as_bytes().chunks_exact(2).enumerate() {
            let pair = str::from_utf8(pair).map_err(|_| wrong())?;
            if !pair.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return Err(wrong());
            }
            let byte = u64::from_str_radix(pair, 16).map_err(|_| wrong())?;
            mask.words[position / 8] |= byte << (position % 8 * 8);
        }
        let beyond = usize::from(len) % 64;
        let last = mask.words.last().copied().unwrap_or(0);
        if beyond != 0 && last >> beyond != 0 {
            return Err(wrong());
        }
        Ok(mask)
    }
}

#[inline]
fn position(destination: DestinationIdx) -> (usize, u64) {
    let idx = usize::from(destination.0);
    (idx / 64, 1 << (idx % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_read_back_at_every_length() {
        for len in 0..300 {
            let mut mask = Mask::with_len(len);
            (0..len)
                .step_by(3)
                .for_each(|idx| mask.set(DestinationIdx(idx)));
            assert_eq!(Mask::from_hex(len, &mask.to_hex()), Ok(mask));
        }
    }

    #[test]
    fn hex_with_a_bit_beyond_the_end_is_refused() {
        assert!(Mask::from_hex(3, "08").is_err());
        assert!(Mask::from_hex(3, "07").is_ok());
        assert!(Mask::from_hex(3, "+7").is_err());
        assert!(Mask::from_hex(3, "0700").is_err());
    }

    #[test]
    fn sets_behave_like_sets() {
        let mut mask = Mask::full(70);
        mask.clear(DestinationIdx(69));
        assert_eq!(mask.count(), 69);
        assert!(!mask.get(DestinationIdx(69)));
        let mut last = Mask::with_len(70);
        last.set(DestinationIdx(69));
        assert!(!mask.intersects(&last));
        mask.add(&last);
        let mut others = mask.clone();
        others.remove(&last);
        assert_eq!(others.count(), 69);
        assert_eq!(
            mask.and(&last).iter().collect::<Vec<_>>(),
            [DestinationIdx(69)]
        );
    }
}
