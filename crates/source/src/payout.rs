//! What a source is paid for its leads.

use pointsman_lead::{AMOUNT_MAX, Currency, Micros, Problem, decimal_text};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::rule::unknown_member;

/// The members of terms.
const MEMBERS: [&str; 5] = ["currency", "lead", "sold", "sale", "share_ppm"];
/// Everything that a lead earns, in parts per million.
const WHOLE_PPM: u32 = 1_000_000;

/// The terms on which a source is paid. What they have is added up.
///
/// ```
/// use pointsman_source::PayoutTerms;
/// use serde_json::json;
///
/// let mut problems = Vec::new();
/// let terms = PayoutTerms::read(&json!({"currency": "USD", "sold": "12.50", "share_ppm": 100_000}), &mut problems);
/// assert_eq!((terms.unwrap().sold.unwrap().0, problems), (12_500_000, vec![]));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayoutTerms {
    /// Of the amounts; there is one where there are amounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// For each lead that is decided, whatever came of it; not for duplicates.
    #[serde(
        default,
        with = "decimal_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub lead: Option<Micros>,
    /// For each lead that is sold, until all that it earned is taken back.
    #[serde(
        default,
        with = "decimal_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub sold: Option<Micros>,
    /// For each sale that is reported and stands.
    #[serde(
        default,
        with = "decimal_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub sale: Option<Micros>,
    /// The part of what a lead earns, in parts per million, in the currency of its flow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share_ppm: Option<u32>,
}

/// What a source is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PayoutKind {
    /// A lead that is decided.
    Lead,
    /// A lead that is sold.
    Sold,
    /// A sale that is reported.
    Sale,
    /// A part of what a lead earns.
    Share,
}

impl PayoutKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Lead, Self::Sold, Self::Sale, Self::Share];

    /// The word for it, as it is stored.
    pub fn word(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Sold => "sold",
            Self::Sale => "sale",
            Self::Share => "share",
        }
    }
}

impl PayoutTerms {
    /// Reads terms, and notes every mistake in them; `None` where there is one.
    pub fn read(value: &Value, problems: &mut Vec<Problem>) -> Option<Self> {
        let Some(members) = value.as_object() else {
            let problem = Problem::new("wrong_type", "payout", "`payout` is an object");
            problems.push(problem.hint(r#"write {"currency": "USD", "sold": "12.50"}"#));
            return None;
        };
        let n_before = problems.len();
        let unknown = members
            .keys()
            .filter(|name| !MEMBERS.contains(&name.as_str()));
        problems
            .extend(unknown.map(|name| unknown_member(format!("payout.{name}"), name, &MEMBERS)));
        let terms = Self {
            currency: currency(members, problems),
            lead: amount(members, "lead", problems),
            sold: amount(members, "sold", problems),
            sale: amount(members, "sale", problems),
            share_ppm: share(members, problems),
        };
        if problems.len() == n_before {
            problems.extend(terms.missing());
        }
        (problems.len() == n_before).then_some(terms)
    }

    /// What it takes to be terms.
    fn missing(&self) -> Option<Problem> {
        let has_amounts = self.lead.or(self.sold).or(self.sale).is_some();
        let missing = |path: &str, message: &str, hint: &str| {
            Some(Problem::new("missing_member", path, message).hint(hint))
        };
        match (has_amounts, self.currency, self.share_ppm) {
            (false, _, None) => missing(
                "payout",
                "nothing is paid for",
                "give an amount for `lead`, `sold` or `sale`, or `share_ppm`; leave `payout` out to pay nothing",
            ),
            (true, None, _) => missing(
                "payout.currency",
                "`currency` is missing",
                "name the currency of the amounts, like USD",
            ),
            _ => None,
        }
    }
}

fn amount(members: &Map<String, Value>, name: &str, problems: &mut Vec<Problem>) -> Option<Micros> {
    let value = members.get(name).filter(|value| !value.is_null())?;
    let path = format!("payout.{name}");
    let Some(text) = value.as_str() else {
        let message = format!("`{name}` is an amount as text");
        problems.push(Problem::new("wrong_type", path, message).hint(r#"write it like "12.50""#));
        return None;
    };
    match text.parse::<Micros>() {
        Ok(amount) if (1..=AMOUNT_MAX.0).contains(&amount.0) => Some(amount),
        Ok(_) => {
            let message = format!("`{name}` is more than nothing, and at most {AMOUNT_MAX}");
            let hint = "leave it out to pay nothing for it";
            problems.push(Problem::new("out_of_range", path, message).hint(hint));
            None
        }
        Err(error) => {
            let problem = Problem::new("malformed", path, error.to_string());
            problems.push(problem.hint(r#"write it like "12.50""#));
            None
        }
    }
}

fn currency(members: &Map<String, Value>, problems: &mut Vec<Problem>) -> Option<Currency> {
    let value = members.get("currency").filter(|value| !value.is_null())?;
    let code = value
        .as_str()
        .and_then(|text| text.parse::<Currency>().ok())
        .filter(|code| code.is_iso());
    if code.is_none() {
        let message = "`currency` is a code of ISO 4217";
        let problem = Problem::new("malformed", "payout.currency", message);
        problems.push(problem.hint("write three capital letters, like USD"));
    }
    code
}

fn share(members: &Map<String, Value>, problems: &mut Vec<Problem>) -> Option<u32> {
    let value = members.get("share_ppm").filter(|value| !value.is_null())?;
    let share = value.as_u64().and_then(|share| u32::try_from(share).ok());
    let share = share.filter(|share| (1..=WHOLE_PPM).contains(share));
    if share.is_none() {
        let message = "`share_ppm` is a whole number of parts per million, from 1 to 1000000";
        let problem = Problem::new("out_of_range", "payout.share_ppm", message);
        problems.push(problem.hint("700000 is 70 % of what a lead earns"));
    }
    share
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn codes(value: &Value) -> Vec<(String, String)> {
        let mut problems = Vec::new();
        let read = PayoutTerms::read(value, &mut problems);
        assert_eq!(read.is_none(), !problems.is_empty());
        let found = problems.into_iter().map(|it| (it.code, it.path));
        found.collect()
    }

    #[test]
    fn every_mistake_is_told_at_once() {
        let value = json!({"currency": "usd", "lead": 3, "sold": "0", "sale": "1,5", "share_ppm": 2_000_000, "cpl": "1"});
        let found = codes(&value);
        let expected = [
            ("unknown_member", "payout.cpl"),
            ("malformed", "payout.currency"),
            ("wrong_type", "payout.lead"),
            ("out_of_range", "payout.sold"),
            ("malformed", "payout.sale"),
            ("out_of_range", "payout.share_ppm"),
        ];
        assert_eq!(
            found,
            expected.map(|(code, path)| (code.to_owned(), path.to_owned()))
        );
    }

    #[test]
    fn terms_pay_for_something_in_a_currency() {
        let missing = |path: &str| vec![("missing_member".to_owned(), path.to_owned())];
        assert_eq!(codes(&json!({})), missing("payout"));
        assert_eq!(codes(&json!({"currency": "EUR"})), missing("payout"));
        assert_eq!(codes(&json!({"lead": "0.10"})), missing("payout.currency"));
        assert_eq!(codes(&json!({"share_ppm": 700_000})), []);
        assert_eq!(codes(&json!({"share_ppm": 700_000, "sale": null})), []);
    }

    #[test]
    fn what_is_stored_is_read_back() {
        let value = json!({"currency": "EUR", "sale": "20.00", "share_ppm": 5});
        let terms = PayoutTerms::read(&value, &mut Vec::new()).unwrap();
        assert_eq!(serde_json::to_value(terms).unwrap(), value);
        assert_eq!(serde_json::from_value::<PayoutTerms>(value).unwrap(), terms);
    }
}
