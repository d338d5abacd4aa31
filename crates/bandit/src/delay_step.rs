//! The grid that delays are counted on. It is fixed for all time: counts made by different releases must add up.

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;

/// Number of the step that holds a delay: whole seconds up to 4, then four steps to each doubling.
pub(crate) fn step(delay: i64) -> u8 {
    let seconds = u64::try_from(delay / SECOND).unwrap_or(0);
    if seconds < 4 {
        return u8::try_from(seconds).unwrap_or(0);
    }
    let doubling = seconds.ilog2();
    let quarter = (seconds >> (doubling - 2)) & 3;
    u8::try_from(u64::from(4 * (doubling - 1)) + quarter).unwrap_or(u8::MAX)
}

/// Where a step ends, in microseconds; the next begins there.
pub(crate) fn end(step: u8) -> i64 {
    let next = u32::from(step) + 1;
    let seconds = if next < 4 {
        i64::from(next)
    } else {
        (i64::from(4 + next % 4)) << (next / 4 - 1)
    };
    seconds.saturating_mul(SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_delay_lies_in_its_step() {
        for seconds in (0..5_000).chain([86_400, 2_592_000, 40_000_000]) {
            let delay = seconds * SECOND;
            let k = step(delay);
            assert!(delay < end(k), "{seconds} s is beyond step {k}");
            assert!(
                k == 0 || delay >= end(k - 1),
                "{seconds} s is before step {k}"
            );
        }
    }

    #[test]
    fn a_delay_that_a_clock_made_negative_is_none() {
        assert_eq!(step(-5 * SECOND), 0);
        assert_eq!(step(i64::MIN), 0);
    }
}
