//! How long answers take, counted in fixed ranges.

/// The upper bounds of the ranges in milliseconds, each included; the last range has none. From 16 ms to 4 s a bound
/// is about 1.41 times the one before, and twice it elsewhere.
pub const LATENCY_BOUNDS_MS: [i64; 24] = [
    1, 2, 4, 8, 16, 23, 32, 45, 64, 91, 128, 181, 256, 362, 512, 724, 1_024, 1_448, 2_048, 2_896,
    4_096, 8_192, 16_384, 32_768,
];

/// Where a quantile lies; that is all that counts in ranges can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LatencyRange {
    /// More than this, milliseconds.
    pub above_ms: i64,
    /// At most this, milliseconds; `None` in the last range.
    pub at_most_ms: Option<i64>,
}

/// The position of the range of a time.
///
/// * `ms`: milliseconds.
pub(super) fn range_of(ms: i64) -> usize {
    LATENCY_BOUNDS_MS.partition_point(|bound| *bound < ms)
}

/// The range in which a quantile lies; `None` where nothing was counted.
///
/// * `counts`: how many times lie in each range.
/// * `ppm`: the quantile in parts per million, in `[0, 1_000_000]`.
pub fn latency_quantile(counts: &[i64], ppm: u32) -> Option<LatencyRange> {
    let n: i128 = counts.iter().copied().map(i128::from).sum();
    if n <= 0 {
        return None;
    }
    // The smallest time that at least this share of all does not exceed.
    let rank = (n * i128::from(ppm) + 999_999).div_euclid(1_000_000).max(1);
    let mut so_far = 0;
    let position = counts.iter().position(|count| {
        so_far += i128::from(*count);
        so_far >= rank
    })?;
    let above = position
        .checked_sub(1)
        .map(|before| LATENCY_BOUNDS_MS[before]);
    Some(LatencyRange {
        above_ms: above.unwrap_or(0),
        at_most_ms: LATENCY_BOUNDS_MS.get(position).copied(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_time_has_the_range_whose_bounds_hold_it() {
        assert_eq!([0, 1, 2, 3, 16, 17].map(range_of), [0, 0, 1, 2, 4, 5]);
        assert_eq!([32_768, 32_769, i64::MAX].map(range_of), [23, 24, 24]);
    }

    #[test]
    fn a_quantile_lies_in_the_range_of_the_time_of_its_rank() {
        // 90 answers of 10 ms, 9 of 100 ms, one of a minute.
        let mut counts = [0; 25];
        for (ms, n) in [(10, 90), (100, 9), (60_000, 1)] {
            counts[range_of(ms)] += n;
        }
        let range = |ppm| latency_quantile(&counts, ppm).map(|it| (it.above_ms, it.at_most_ms));
        assert_eq!(range(0), Some((8, Some(16))));
        assert_eq!(range(500_000), Some((8, Some(16))));
        assert_eq!(range(900_000), Some((8, Some(16))));
        assert_eq!(range(900_001), Some((91, Some(128))));
        assert_eq!(range(990_000), Some((91, Some(128))));
        assert_eq!(range(1_000_000), Some((32_768, None)));
        assert_eq!(latency_quantile(&[0; 25], 500_000), None);
    }
}
