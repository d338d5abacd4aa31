//! Asking a destination what became of an offer whose answer is unknown.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{AnswerFormat, Auth, PriceUnit, ResponseMap, Rule};

/// How a destination is asked what became of an offer whose answer is unknown: a GET, again and again until it says yes
/// or no. It shares secrets and computed values with the [`crate::Target`] that it belongs to.
///
/// ```
/// let target: pointsman_delivery::Target = serde_json::from_str(r#"{
///     "url": "https://acme.example/leads",
///     "status": {
///         "url": "https://acme.example/leads/{{delivery_id}}",
///         "response": {"accepted": [{"path": "$.state", "equals": "bought"}],
///                      "rejected": [{"path": "$.state", "equals": "refused"}],
///                      "not_sent": [{"status": 404}]}
///     }
/// }"#).unwrap();
/// assert_eq!(target.status.unwrap().count, 10);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusProbe {
    /// Where to ask. Behind its host it may hold placeholders, each of which becomes one part of a path:
    /// `{{delivery_id}}` and `{{reference}}` above all. Where a value would lead elsewhere (nothing, `.` or `..`) it is not
    /// asked.
    pub url: String,
    /// Parameters behind the address's `?`, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub query: BTreeMap<String, String>,
    /// Headers of ours, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// How the request shows that it is from us. Absent: as an offer does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth: Option<Auth>,
    /// Milliseconds for the whole exchange, 100 to 30,000.
    #[serde(default = "default_timeout_ms")]
    pub timeout_ms: u32,
    /// Most questions about one offer: 1 to 100.
    #[serde(default = "default_count")]
    pub count: u32,
    /// Milliseconds before the first question; each further wait is twice as long, up to an hour. 100 to 3,600,000.
    #[serde(default = "default_wait_ms")]
    pub wait_ms: u32,
    /// How the answer reads.
    pub response: StatusMap,
}

/// The rules by which the answer to a question is read. Whatever no rule speaks of leaves the offer as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusMap {
    /// Any of these that holds says that the destination took the lead.
    pub accepted: Vec<Rule>,
    /// Any of these that holds says that it did not want it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rejected: Vec<Rule>,
    /// Any of these that holds says that it never got it, such as `{"status": 404}`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_sent: Vec<Rule>,
    /// How the body is written.
    #[serde(default)]
    pub format: AnswerFormat,
    /// The separator of a plain text answer, as in a response map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<String>,
    /// Regular expressions that read a plain text answer, as in a response map.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub patterns: Vec<String>,
    /// Path of the price in an accepted answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<String>,
    /// What the price counts.
    #[serde(default)]
    pub price_unit: PriceUnit,
    /// Path of the reason in a rejected answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl StatusMap {
    pub(crate) fn as_response_map(&self) -> ResponseMap {
        let Self {
            accepted,
            rejected,
            not_sent,
            format,
            split,
            patterns,
            price,
            price_unit,
            reason,
        } = self.clone();
        ResponseMap {
            accepted,
            rejected,
            not_sent,
            format,
            split,
            patterns,
            price,
            price_unit,
            redirect_url: None,
            reason,
            reference: None,
            rules_alone: true,
        }
    }
}

/// Longest wait between two questions, in milliseconds.
pub(crate) const WAIT_MS_MAX: u64 = 3_600_000;

fn default_timeout_ms() -> u32 {
    5_000
}

fn default_count() -> u32 {
    10
}

fn default_wait_ms() -> u32 {
    5_000
}

impl StatusProbe {
    /// How long to wait before a question; `None` if enough were asked.
    ///
    /// * `n`: how many were asked.
    pub fn wait(&self, n: u32) -> Option<Duration> {
        let doubled = u64::from(self.wait_ms) << n.min(20);
        (n < self.count).then(|| Duration::from_millis(doubled.min(WAIT_MS_MAX)))
    }
}
