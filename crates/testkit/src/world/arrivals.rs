//! When leads come: by hour and weekday, with more noise than chance alone makes.

use pointsman_lead::Timestamp;

use super::chance::{Purpose, below, roughly_normal, stream};

/// 2026-01-05, a Monday, at midnight six hours west of Greenwich.
pub(crate) const START: Timestamp = Timestamp(1_767_592_800_000_000);
pub(crate) const HOUR: i64 = 3_600_000_000;

/// Share of a day's leads by local hour, in tenths of a percent.
///
/// # Source
///
/// Calls to a bank, `bank_calls` of the R package *fpp3*, from 7 to 21 h; the nights are assumed.
const BY_HOUR: [f64; 24] = [
    12.0, 8.0, 6.0, 5.0, 6.0, 9.0, 14.0, 31.0, 59.0, 99.0, 105.0, 101.0, 96.0, 92.0, 89.0, 86.0,
    76.0, 57.0, 44.0, 35.0, 29.0, 22.0, 18.0, 15.0,
];

/// Share of a week's leads by day from Monday; the weekend is assumed.
const BY_WEEKDAY: [f64; 7] = [21.2, 20.3, 19.7, 19.7, 19.2, 12.0, 12.0];

/// Standard deviations of a day's and of an hour's own factor.
///
/// With 83 leads an hour, as 2,000 a day make, the hour's factor brings the variance of the counts
/// to about 2.5 times their mean, which is what the calls above have within their slots.
const DAY_NOISE: f64 = 0.09;
const HOUR_NOISE: f64 = 0.13;

/// How many of `n` leads come in each hour of `days` days.
pub(crate) fn counts(seed: u64, days: u32, n: u64) -> Vec<u32> {
    let mut upto = Vec::new();
    let mut sum = 0_u64;
    for day in 0..u64::from(days) {
        let mut day_rng = stream(seed, Purpose::Day, day, 0);
        let weekday = BY_WEEKDAY[usize::try_from(day % 7).unwrap_or(0)];
        let of_day = weekday * noise(DAY_NOISE, roughly_normal(&mut day_rng));
        for (hour, share) in (0_u64..).zip(BY_HOUR) {
            let mut hour_rng = stream(seed, Purpose::Hour, day, hour);
            let weight = of_day * share * noise(HOUR_NOISE, roughly_normal(&mut hour_rng));
            sum += millionths(weight);
            upto.push(sum);
        }
    }
    let mut counts = vec![0; upto.len()];
    let mut rng = stream(seed, Purpose::Arrival, 0, 0);
    for _ in 0..n {
        let draw = below(&mut rng, sum);
        counts[upto.partition_point(|&end| end <= draw)] += 1;
    }
    counts
}

/// The moments of `count` leads in one hour, in order.
pub(crate) fn moments(seed: u64, hour: usize, count: u32) -> Vec<Timestamp> {
    let hour = u64::try_from(hour).unwrap_or(0);
    let mut rng = stream(seed, Purpose::Instant, hour, 0);
    let begin = START.0 + HOUR * i64::try_from(hour).unwrap_or(0);
    let mut moments: Vec<Timestamp> = (0..count)
        .map(|_| {
            let within = below(&mut rng, HOUR.unsigned_abs());
            Timestamp(begin + i64::try_from(within).unwrap_or(0))
        })
        .collect();
    moments.sort_unstable();
    moments
}

fn noise(deviation: f64, normal: f64) -> f64 {
    (1.0 + deviation * normal).max(0.1)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "weights are positive and below ten thousand"
)]
fn millionths(weight: f64) -> u64 {
    (weight * 1e6) as u64
}
