use proptest::prelude::*;
use serde_json::Value;

use super::*;

const HOUR: i64 = 3600 * SECOND;
const DAY: i64 = 24 * HOUR;

#[test]
fn steps_tile_the_time_line() {
    for k in 0..150 {
        assert_eq!((step(end(k) - 1), step(end(k))), (k, k + 1), "step {k}");
    }
    assert_eq!((step(-5), step(0), step(i64::MAX)), (0, 0, 168));
}

#[test]
fn the_product_limit_agrees_with_the_reference_on_exact_delays() {
    let file: Value = serde_json::from_str(include_str!("../../tests/golden/delay.json")).unwrap();
    for case in file["single_arm"].as_array().unwrap() {
        let numbers = |name: &str| -> Vec<Option<f64>> {
            case[name]
                .as_array()
                .unwrap()
                .iter()
                .map(Value::as_f64)
                .collect()
        };
        let seen: Vec<(f64, f64)> = numbers("delay")
            .into_iter()
            .zip(numbers("elapsed"))
            .filter_map(|(delay, age)| Some((delay?, age?)))
            .collect();
        let mut distinct: Vec<f64> = seen.iter().map(|(delay, _)| *delay).collect();
        distinct.sort_by(f64::total_cmp);
        distinct.dedup();
        let last_by =
            |at: f64| u8::try_from(distinct.partition_point(|delay| *delay <= at) - 1).unwrap();
        let mut observed = BTreeMap::new();
        for (delay, age) in &seen {
            *observed
                .entry((last_by(*delay), last_by(*age)))
                .or_default() += 1;
        }
        let shares = product_limit(&observed);
        for part in ["reverse_time_cdf_first5", "reverse_time_cdf_last3"] {
            for (delay, share) in case[part].as_object().unwrap() {
                let error = shares[&last_by(delay.parse().unwrap())] - share.as_f64().unwrap();
                assert!(
                    error.abs() < 1e-12,
                    "{} at {delay}: off by {error:e}",
                    case["name"]
                );
            }
        }
    }
}

/// Successes whose delays are spread evenly over a day, as far as a trial's age lets them be seen.
fn evenly_within_a_day(hours: i64) -> (Delays, i64) {
    let mut delays = Delays::default();
    let as_of = hours * HOUR;
    for hour in 0..hours {
        for part in 0..96 {
            let delay = part * 15 * 60 * SECOND + 7 * SECOND;
            if hour * HOUR + HOUR / 2 + delay <= as_of {
                delays.add(hour * HOUR, delay);
            }
        }
    }
    (delays, as_of)
}

#[test]
fn truncation_is_undone() {
    let (delays, as_of) = evenly_within_a_day(30);
    let arrival = Arrival::even(7 * DAY, 1.0).informed_by(&delays, as_of, HOUR, f64::INFINITY);
    for hours in [3, 6, 12, 18] {
        let share = arrival.by(hours * HOUR);
        let truth = ratio(hours, 24);
        assert!(
            (share - truth).abs() < 0.03,
            "after {hours} hours {share} is not {truth}"
        );
    }
    // Without undoing it, young trials make short delays look more common than they are.
    let naive: u64 = delays
        .counts
        .values()
        .flat_map(|steps| steps.range(..step(6 * HOUR)))
        .map(|(_, count)| count)
        .sum();
    let all: u64 = delays.counts.values().flat_map(BTreeMap::values).sum();
    assert!(count(naive) / count(all) > 0.3);
}

#[test]
fn before_the_first_success_arrivals_are_assumed_even() {
    let arrival = Arrival::even(10 * DAY, 2.0).informed_by(&Delays::default(), DAY, HOUR, 1.0);
    for days in 0..=10 {
        assert!(
            (arrival.by(days * DAY) - ratio(days, 10)).abs() < 1e-4,
            "{days}"
        );
    }
    assert_eq!(arrival.by(11 * DAY).to_bits(), 1f64.to_bits());
}

proptest! {
    #[test]
    fn arrival_only_rises(
        delays in proptest::collection::vec((0_i64..200, 0..20 * DAY), 0..60),
        ages in proptest::collection::vec(-DAY..20 * DAY, 2..20),
    ) {
        let mut counts = Delays::default();
        for (hour, delay) in delays {
            counts.add(hour * HOUR, delay);
        }
        let arrival = Arrival::even(10 * DAY, 2.0).informed_by(&counts, 300 * HOUR, HOUR, f64::INFINITY);
        let mut ages = ages;
        ages.sort_unstable();
        let shares: Vec<f64> = ages.iter().map(|age| arrival.by(*age)).collect();
        prop_assert!(shares.iter().all(|share| (0.0..=1.0).contains(share)), "{shares:?}");
        prop_assert!(shares.windows(2).all(|pair| pair[0] <= pair[1] + 1e-12), "{shares:?}");
    }
}
