//! Figures that people read off weights and beliefs.

use std::collections::BTreeMap;

use crate::allocation::Entry;
use crate::posterior::Posterior;
use crate::weights::TOTAL_PPM;

/// What a lead is expected to forgo because it is drawn by weights, and not given to the arm that is believed to be worth most:
/// the largest mean less the mean of all arms by their weights.
///
/// It is what exploration costs now, in the unit of [`Posterior::mean_value`], and never below 0. None where the belief in an arm
/// with a weight is not known.
///
/// * `posteriors`: beliefs by arm, those that the weights follow from.
pub fn exploration_cost(entry: &Entry, posteriors: &BTreeMap<String, Posterior>) -> Option<f64> {
    let mut drawn = 0.0;
    let mut best = f64::NEG_INFINITY;
    for (arm, weight) in &entry.arms {
        let mean = posteriors.get(arm)?.mean_value;
        drawn += f64::from(*weight) / f64::from(TOTAL_PPM) * mean;
        best = best.max(mean);
    }
    (!entry.arms.is_empty()).then_some((best - drawn).max(0.0))
}

impl Posterior {
    /// Which share of what past leads are believed to bring has not come yet, in `[0, 1]`: the waiting share of each stream, by
    /// what the stream adds to the worth of a lead. Nothing waits where acceptances are counted; none where nothing is believed
    /// to come.
    pub fn waiting_share(&self) -> Option<f64> {
        if self.is_count && self.streams.is_empty() {
            return Some(0.0);
        }
        let size = |stream: &crate::StreamBelief| stream.mean_value.abs();
        let whole: f64 = self.streams.iter().map(size).sum();
        let waiting: f64 = self
            .streams
            .iter()
            .map(|stream| size(stream) * stream.waiting)
            .sum();
        (whole > 0.0).then(|| (waiting / whole).clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, Place, StreamBelief};

    fn believed(mean_value: f64) -> Posterior {
        Posterior {
            mean_value,
            ..Posterior::default()
        }
    }

    fn entry(arms: &[(&str, u32)]) -> Entry {
        let arms = arms.iter().map(|(arm, ppm)| ((*arm).to_owned(), *ppm));
        Entry {
            arms: arms.collect(),
            ..Entry::default()
        }
    }

    #[test]
    fn exploring_costs_what_other_arms_are_worth_less() {
        let beliefs = [("a", 10.0), ("b", 6.0), ("c", 0.0)];
        let beliefs = beliefs.map(|(arm, mean)| (arm.to_owned(), believed(mean)));
        let beliefs: BTreeMap<String, Posterior> = beliefs.into();
        let cost = |arms: &[_]| exploration_cost(&entry(arms), &beliefs);
        let spread = [("a", 800_000), ("b", 150_000), ("c", 50_000)];
        let found = cost(&spread).unwrap();
        assert!(
            (found - (0.15 * 4.0 + 0.05 * 10.0)).abs() < 1e-12,
            "{found}"
        );
        assert_eq!(cost(&[("a", 1_000_000)]), Some(0.0));
        assert_eq!(cost(&[]), None);
        assert_eq!(
            cost(&[("a", 999_999), ("unknown", 1)]),
            None,
            "nothing is known of one arm"
        );
    }

    #[test]
    fn streams_wait_by_what_they_bring() {
        let stream = |kind, mean_value, waiting| StreamBelief {
            place: Place::Own,
            kind,
            events: 1.0,
            rate: 0.1,
            rate_sd: 0.0,
            payout: 1.0,
            payout_sd: 0.0,
            mean_value,
            quantiles: None,
            delay_days: 1.0,
            waiting,
        };
        let mut arm = believed(10.0);
        assert_eq!(arm.waiting_share(), None);
        arm.streams = vec![
            stream(Kind::AtOnce, 6.0, 0.0),
            stream(Kind::Sale, 5.0, 0.4),
            stream(Kind::Return, -1.0, 1.0),
        ];
        let share = arm.waiting_share().unwrap();
        assert!((share - (5.0 * 0.4 + 1.0) / 12.0).abs() < 1e-12, "{share}");
        let accepted = Posterior {
            is_count: true,
            ..Posterior::default()
        };
        assert_eq!(accepted.waiting_share(), Some(0.0));
    }
}
