//! When an offer brought what it brought.

use pointsman_lead::Timestamp;

use super::LogOffer;

/// A share of an offer's reward that is known too exactly to differ from the sum of its payments by more.
const ROUNDING: f64 = 1e-6;

/// A part of what an offer brought.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Payment {
    /// When it became known.
    pub at: Timestamp,
    /// How much, in the unit of the log; below zero for what was taken back.
    pub reward: f64,
}

impl LogOffer {
    /// What the offer had brought up to a moment, the moment included, and the payments after it.
    ///
    /// An offer of which no times are known has brought everything.
    pub(crate) fn brought_until(&self, until: Timestamp) -> (f64, Late) {
        let is_late = |payment: &&Payment| payment.at > until;
        let mut late = Late::default();
        for payment in self.payments.iter().filter(is_late) {
            late.n += 1;
            late.rewards += payment.reward;
        }
        if late.n == 0 {
            return (self.reward, late);
        }
        // Summed and not subtracted: what is left of nothing must be nothing.
        let in_time = self.payments.iter().filter(|payment| payment.at <= until);
        (in_time.fold(0.0, |sum, payment| sum + payment.reward), late)
    }
}

/// Payments that came too late to be counted.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Late {
    pub(crate) n: u64,
    pub(crate) rewards: f64,
}

/// The payments of one offer out of a file: `[["2026-01-31T09:30:00Z", 12.5]]`; none for another text.
pub(super) fn read(text: &str) -> Option<Vec<Payment>> {
    let pairs: Vec<(String, f64)> = serde_json::from_str(text).ok()?;
    let payments = pairs.into_iter().map(|(at, reward)| {
        let at = at.parse().ok()?;
        reward.is_finite().then_some(Payment { at, reward })
    });
    payments.collect()
}

/// The text of an offer's payments in a file; none where no times are known.
pub(super) fn text(payments: &[Payment]) -> Option<String> {
    let pairs: Vec<(String, f64)> = payments
        .iter()
        .map(|payment| (payment.at.to_string(), payment.reward))
        .collect();
    let text = (!pairs.is_empty()).then(|| serde_json::to_string(&pairs));
    text.and_then(Result::ok)
}

/// Whether payments come to a reward, but for rounding.
pub(super) fn add_up(payments: &[Payment], reward: f64) -> bool {
    let sum: f64 = payments.iter().map(|payment| payment.reward).sum();
    let size: f64 = payments.iter().map(|payment| payment.reward.abs()).sum();
    payments.is_empty() || (sum - reward).abs() <= ROUNDING * size.max(reward.abs())
}

#[cfg(test)]
mod tests {
    use pointsman_router::Answer;

    use super::*;

    fn offer(payments: &[(i64, f64)]) -> LogOffer {
        let payments = payments.iter();
        let payments: Vec<Payment> = payments
            .map(|(at, reward)| Payment {
                at: Timestamp(*at),
                reward: *reward,
            })
            .collect();
        LogOffer {
            destination: "a".into(),
            propensity: 1.0,
            answer: Answer::Accepted,
            reward: 0.3,
            payments,
            available: None,
            outlook: None,
            orders: None,
        }
    }

    #[test]
    fn money_counts_up_to_a_moment_and_is_told_after_it() {
        let paid = offer(&[(10, 0.1), (20, 0.2)]);
        let of = |until: i64| paid.brought_until(Timestamp(until));
        assert_eq!(of(20).0.to_bits(), 0.3_f64.to_bits());
        assert_eq!(of(19).0.to_bits(), 0.1_f64.to_bits());
        assert_eq!(
            of(9),
            (
                0.0,
                Late {
                    n: 2,
                    rewards: 0.1 + 0.2
                }
            )
        );
        assert_eq!(
            offer(&[]).brought_until(Timestamp(i64::MIN)).0.to_bits(),
            0.3_f64.to_bits()
        );
    }

    #[test]
    fn payments_are_written_and_read_again_and_others_are_refused() {
        let paid = offer(&[(1_760_000_000_000_001, 0.1), (1_770_000_000_000_000, 0.2)]);
        let written = text(&paid.payments).unwrap();
        assert_eq!(read(&written).unwrap(), paid.payments, "{written}");
        assert_eq!(text(&[]), None);
        for wrong in [
            "",
            "{}",
            "[[1, 2]]",
            "[[\"soon\", 2]]",
            "[[\"2026-01-01T00:00:00Z\"]]",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert!(add_up(&paid.payments, 0.3) && add_up(&[], 5.0));
        assert!(!add_up(&paid.payments, 0.2));
    }
}
