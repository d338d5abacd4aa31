//! The terms on which a destination returns leads that it bought.

use std::collections::BTreeSet;

use pointsman_lead::Timestamp;
use serde::{Deserialize, Serialize};

/// The longest window, in days.
const WINDOW_DAYS_MAX: u32 = 366;
/// Most reasons.
const REASONS_MAX: usize = 50;
/// Longest reason, in characters.
const REASON_CHARS_MAX: usize = 60;
/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// When, why and how a destination may return a lead that it bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Returns {
    /// For how many times 24 hours after the sale.
    pub window_days: u32,
    /// Reasons that count, as their words; empty: any.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub reasons: BTreeSet<String>,
    /// Who decides.
    #[serde(default)]
    pub decision: ReturnDecision,
    /// Whether a returned lead gives the units back that it took of caps of accepted leads.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gives_back_cap: bool,
}

/// Who decides about returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnDecision {
    /// A person, each time.
    #[default]
    ByHand,
    /// Nobody: what is within the terms is accepted.
    Automatic,
}

impl Returns {
    /// Until when a lead may be returned that was sold at a time.
    pub fn until(&self, sold_at: Timestamp) -> Timestamp {
        sold_at.plus(i64::from(self.window_days) * DAY)
    }

    /// Whether leads are returned for this reason.
    pub fn allows(&self, reason: &str) -> bool {
        self.reasons.is_empty() || self.reasons.contains(reason)
    }

    /// What is wrong with it: code, member, message and hint.
    pub(crate) fn problems(&self) -> Vec<(&'static str, String, String, String)> {
        let mut found = Vec::new();
        if !(1..=WINDOW_DAYS_MAX).contains(&self.window_days) {
            found.push((
                "returns_range",
                "window_days".to_owned(),
                format!("a window of {} days is none", self.window_days),
                format!("write 1 to {WINDOW_DAYS_MAX}"),
            ));
        }
        if self.reasons.len() > REASONS_MAX {
            found.push((
                "returns_range",
                "reasons".to_owned(),
                format!("{} reasons are listed", self.reasons.len()),
                format!("list at most {REASONS_MAX}"),
            ));
        }
        for (at, reason) in self.reasons.iter().enumerate() {
            if !is_reason(reason) {
                found.push((
                    "returns_reason",
                    format!("reasons[{at}]"),
                    "this is no reason".to_owned(),
                    format!("write 1 to {REASON_CHARS_MAX} characters without line breaks, such as \"wrong number\""),
                ));
            }
        }
        found
    }
}

/// Whether a text may be the reason of a return.
pub fn is_reason(text: &str) -> bool {
    let n_chars = text.chars().count();
    (1..=REASON_CHARS_MAX).contains(&n_chars)
        && text.trim() == text
        && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use pointsman_lead::Timestamp;
    use serde_json::json;

    use super::Returns;

    fn returns(text: serde_json::Value) -> Returns {
        serde_json::from_value(text).unwrap()
    }

    #[test]
    fn a_window_is_counted_in_whole_days_from_the_sale() {
        let two = returns(json!({"window_days": 2}));
        assert_eq!(two.until(Timestamp(5)), Timestamp(172_800_000_005));
        assert!(two.allows("anything"));
        let listed = returns(json!({"window_days": 2, "reasons": ["wrong number"]}));
        assert!(listed.allows("wrong number") && !listed.allows("Wrong number"));
    }

    #[test]
    fn every_mistake_is_told() {
        let codes = |text| {
            let found = returns(text).problems().into_iter();
            found
                .map(|(code, member, ..)| format!("{code} {member}"))
                .collect::<Vec<_>>()
        };
        assert_eq!(codes(json!({"window_days": 30})), [""; 0]);
        assert_eq!(
            codes(json!({"window_days": 0, "reasons": ["", "a\nb", "fine"]})),
            [
                "returns_range window_days",
                "returns_reason reasons[0]",
                "returns_reason reasons[1]",
            ]
        );
        let many: Vec<String> = (0..51).map(|n| n.to_string()).collect();
        assert_eq!(
            codes(json!({"window_days": 367, "reasons": many})),
            ["returns_range window_days", "returns_range reasons"]
        );
    }
}
