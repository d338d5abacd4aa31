//! What destinations report later: the field's words, mapped to ours at the rim.

use std::collections::BTreeMap;

use pointsman_lead::{Currency, Micros, Problem};
use serde::{Deserialize, Serialize};

/// What a conversion says about the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Reported, but not yet worth money.
    Pending,
    /// Worth money.
    Sale,
    /// Worth money again.
    Rebill,
    /// Not worth money after all.
    Cancelled,
}

impl Status {
    /// The word for it, as stored.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sale => "sale",
            Self::Rebill => "rebill",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads what the trackers of this field send; `None` for words of no known meaning.
    fn from_field(word: &str) -> Option<Self> {
        Some(match word.to_ascii_lowercase().as_str() {
            "lead" | "hold" | "pending" | "2" | "5" => Self::Pending,
            "sale" | "approved" | "confirmed" | "converted" | "paid" | "1" => Self::Sale,
            "rebill" | "upsell" => Self::Rebill,
            "rejected" | "declined" | "cancelled" | "canceled" | "refunded" | "chargeback"
            | "returned" | "return" | "trash" | "3" => Self::Cancelled,
            _ => return None,
        })
    }
}

/// One postback in our words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Postback {
    /// Which offer it is about.
    pub click_id: String,
    /// The destination's own id of the event, if it sent one.
    pub txid: Option<String>,
    /// What it says.
    pub status: Status,
    /// The word that it used; `sale` where it used none.
    pub original_status: String,
    /// What we earn, if it says so. The field calls this `payout`.
    pub revenue: Option<Micros>,
    /// The currency of the revenue, if it says so.
    pub currency: Option<Currency>,
    /// Everything it sent, for the record.
    pub raw: BTreeMap<String, String>,
}

/// What a postback did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PostbackOutcome {
    /// It was new, and it counts.
    Applied,
    /// It was known; nothing changed.
    Duplicate,
    /// Its click id is not known; it is kept.
    Parked,
}

const CLICK_ID: &[&str] = &[
    "click_id",
    "clickid",
    "subid",
    "sub_id",
    "cid",
    "cnv_id",
    "externalid",
    "transaction_id",
    "aff_sub",
    "s2",
];
const TXID: &[&str] = &["txid", "tid", "tx_id", "order_id"];
const REVENUE: &[&str] = &["payout", "revenue", "amount"];

impl Postback {
    /// Reads the parameters of a postback under all the names that trackers give them.
    ///
    /// A missing status is a sale, as everywhere in this field. Unknown parameters are kept and
    /// otherwise ignored.
    ///
    /// # Errors
    ///
    /// All problems at once: no click id, an amount that is none, an unknown status or currency.
    pub fn from_params(params: &BTreeMap<String, String>) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let find = |names: &[&str]| {
            names.iter().find_map(|name| {
                params
                    .get(*name)
                    .map(|text| text.trim())
                    .filter(|text| !text.is_empty())
            })
        };
        let click_id = find(CLICK_ID).unwrap_or_default();
        if click_id.is_empty() {
            problems.push(
                Problem::new("missing_click_id", "click_id", "no click id")
                    .hint("send the {click_id} of the delivery back as click_id"),
            );
        } else if click_id.len() > 255 {
            problems.push(
                Problem::new("too_long", "click_id", "a click id has at most 255 bytes")
                    .hint("send the {click_id} of the delivery back as it came"),
            );
        }
        let txid = find(TXID);
        if txid.is_some_and(|txid| txid.len() > 255) {
            problems.push(
                Problem::new("too_long", "txid", "a transaction id has at most 255 bytes")
                    .hint("shorten it"),
            );
        }
        let word = find(&["status"]).unwrap_or("sale");
        let status = Status::from_field(word).unwrap_or_else(|| {
            problems.push(
                Problem::new("unknown_status", "status", format!("`{word}` is no status"))
                    .hint("use pending, sale, rebill or cancelled"),
            );
            Status::Pending
        });
        let revenue = find(REVENUE).and_then(|text| amount(text, &mut problems));
        let currency = find(&["currency"]).and_then(|text| {
            text.to_ascii_uppercase()
                .parse()
                .map_err(|error: pointsman_lead::CurrencyError| {
                    let problem = Problem::new("malformed", "currency", error.to_string());
                    problems.push(problem.hint("use an ISO 4217 code, such as USD"));
                })
                .ok()
        });
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            click_id: click_id.to_owned(),
            txid: txid.map(ToOwned::to_owned),
            status,
            original_status: word.to_owned(),
            revenue,
            currency,
            raw: params.clone(),
        })
    }

    /// What makes the same event the same, however often it is reported.
    pub fn natural_key(&self) -> String {
        let txid = self.txid.as_deref().unwrap_or_default();
        format!("{}\u{1f}{txid}\u{1f}{}", self.click_id, self.status.word())
    }
}

fn amount(text: &str, problems: &mut Vec<Problem>) -> Option<Micros> {
    match text.parse::<Micros>() {
        Ok(Micros(micros)) if micros < 0 => {
            problems.push(
                Problem::new("out_of_range", "payout", format!("`{text}` is negative"))
                    .hint("send status=cancelled to take a payout back"),
            );
            None
        }
        Ok(micros) => Some(micros),
        Err(error) => {
            problems.push(
                Problem::new("malformed", "payout", error.to_string())
                    .hint("send main units with a point, such as 12.50, and the currency apart"),
            );
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(params: &[(&str, &str)]) -> Result<Postback, Vec<Problem>> {
        let params = params
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Postback::from_params(&params.collect())
    }

    #[test]
    fn trackers_names_are_understood() {
        let keitaro = read(&[
            ("subid", "clk_1"),
            ("payout", "12.5"),
            ("status", "sale"),
            ("tid", "7"),
        ])
        .unwrap();
        let voluum = read(&[("cid", "clk_1"), ("payout", "12.50"), ("txid", "7")]).unwrap();
        assert_eq!(keitaro.natural_key(), voluum.natural_key());
        assert_eq!(keitaro.revenue, Some(Micros(12_500_000)));
        assert_eq!(voluum.status, Status::Sale);
    }

    #[test]
    fn every_problem_is_told_at_once() {
        let problems = read(&[
            ("status", "maybe"),
            ("payout", "much"),
            ("currency", "dollars"),
        ])
        .unwrap_err();
        let codes: Vec<&str> = problems
            .iter()
            .map(|problem| problem.code.as_str())
            .collect();
        assert_eq!(
            codes,
            [
                "missing_click_id",
                "unknown_status",
                "malformed",
                "malformed"
            ]
        );
    }

    #[test]
    fn a_negative_payout_names_the_way_out() {
        let problems = read(&[("click_id", "clk_1"), ("payout", "-3")]).unwrap_err();
        assert_eq!(problems[0].code, "out_of_range");
        assert!(problems[0].hint.is_some());
    }
}
