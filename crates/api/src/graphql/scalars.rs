//! Values that GraphQL has no type for.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value, scalar};
use pointsman_lead as lead;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// [`lead::AMOUNT_MAX`] without its sign.
const AMOUNT_MAX: u64 = lead::AMOUNT_MAX.0.unsigned_abs();

/// An amount of money, in micro-units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Money(pub(super) i64);

/// An amount of money in main units of its currency, as decimal text: `"12.50"`. An answer has two to six digits
/// after the point. An input has at most six, and lies between -10000000 and 10000000. JSON numbers are refused.
#[Scalar]
impl ScalarType for Money {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => match text.parse::<lead::Micros>() {
                // Sums of bounded amounts do not overflow. What is answered may be more.
                Ok(amount) if amount.0.unsigned_abs() <= AMOUNT_MAX => Ok(Self(amount.0)),
                Ok(_) => Err(InputValueError::custom(
                    "an amount is at most ten million, \"10000000.00\"",
                )),
                Err(error) => Err(InputValueError::custom(error)),
            },
            Value::Number(_) => Err(InputValueError::custom(
                "an amount of money is a text of main units; write 12.50 as \"12.50\"",
            )),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(lead::Micros(self.0).to_string())
    }
}

impl From<lead::Micros> for Money {
    fn from(amount: lead::Micros) -> Self {
        Self(amount.0)
    }
}

/// The number of an allocation of weights, as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Epoch(pub(super) i64);

/// Number of an allocation, as decimal text. Epoch 0 is the allocation before anything was learned.
#[Scalar]
impl ScalarType for Epoch {
    fn parse(value: Value) -> InputValueResult<Self> {
        let epoch = match &value {
            Value::String(text) => text.parse().ok().filter(|epoch| *epoch >= 0),
            _ => return Err(InputValueError::expected_type(value)),
        };
        epoch
            .map(Self)
            .ok_or_else(|| InputValueError::custom("an epoch is a text of digits"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A moment in UTC, as RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Timestamp(pub(super) i64);

/// A point in time in UTC as RFC 3339, with microseconds: `"2026-01-31T09:30:00Z"`.
#[Scalar]
impl ScalarType for Timestamp {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => match text.parse::<lead::Timestamp>() {
                Ok(at) => Ok(Self(at.0)),
                Err(error) => Err(InputValueError::custom(error)),
            },
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(lead::Timestamp(self.0).to_string())
    }
}

impl From<Timestamp> for lead::Timestamp {
    fn from(at: Timestamp) -> Self {
        Self(at.0)
    }
}

impl From<lead::Timestamp> for Timestamp {
    fn from(at: lead::Timestamp) -> Self {
        Self(at.0)
    }
}

/// Declares scalars that are JSON of some shape: type, name and description. Type and name are the
/// same word, but `scalar!` takes no name that is not written out.
macro_rules! json_scalars {
    ($($type:ident $name:literal = $description:literal;)*) => {$(
        #[doc = $description]
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(transparent)]
        pub(super) struct $type(pub(super) Json);

        scalar!($type, $name, $description);
    )*};
}

json_scalars! {
    FlowDocument "FlowDocument" = "A flow document as JSON: `flow`, `vertical`, `currency`, `root` and `nodes` by name.";
    FlowNodeDocument "FlowNodeDocument" = "One node of a flow document as JSON: `kind` and the members of that kind.";
    LeadFields "LeadFields" = "Fields of a lead by name, as JSON.";
    LeadFieldList "LeadFieldList" = "Fields of a lead schema as JSON: `name`, `kind`, `required`, `pii` and the members of the kind.";
    JsonSchema "JsonSchema" = "JSON Schema of the fields of a lead.";
    TargetDocument "TargetDocument" = "The target of a destination as JSON: `url`, `method`, `format`, `body`, `computed`, `headers`, `auth`, `secrets`, `timeout_ms`, `response`, `ping`, `retry`, `status`, `concurrency`. Values of secrets read `[secret]`; an input of `[secret]` keeps the stored value.";
    DestinationSettings "DestinationSettings" = "The routing settings of a destination as JSON: `active`, `price`, `pays`, `criteria`, `caps`, `schedule`, `on_unknown`, `dedupe`, `returns`.";
    SourceDocument "SourceDocument" = "The document of a source as JSON: `flow`, `preset`, `accept`, `origins`, `country`, `fields` with a rule by field, `idempotency_key`, `unknown`, `wait`, `active`, `secrets`. Values of secrets read `[secret]`; an input of `[secret]` keeps the stored value.";
    GivenValue "GivenValue" = "A value of a payload as JSON.";
    PostbackParameters "PostbackParameters" = "Parameters of a postback by name, as received.";
    Literal "Literal" = "A literal of a flow: a string, an integer or a boolean.";
    TableCell "TableCell" = "Condition of a row for one column: null for any value, a list of values, `{not_in: […]}` for any other value, `{from, to}` for a half-open range, `{starts_with: […]}` for prefixes, or `{missing: true}`.";
    SettingsDocument "SettingsDocument" = "Settings as JSON, without secrets: a lead schema, a target with routing settings, a flow document, a stage with the hash of its version, an experiment, or a token.";
    SimulationScenario "SimulationScenario" = "What to replay, as JSON: `flow`, `candidate` (hash of a version, or a flow document such as a draft), `baseline` (hash of a version, or `candidate` for the candidate itself, to which a sweep is compared; default: what was decided at the time), `from` and `until` (epoch microseconds of receipt; default: all leads), `sweep` (`parameter`, `from`, `to` and `points`, as in the input of that name).";
    SimulationReport "SimulationReport" = "The report of a simulation as JSON: `candidate`, `baseline`, `difference`, `tolerance`, `verdict` with `kind` and `because`, `warnings`, and more; see the page Replay of the book.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_decimal_text_and_bounded() {
        let read = |value: Value| Money::parse(value).ok().map(|money| money.0);
        let text = |text: &str| read(Value::String(text.to_owned()));
        assert_eq!(text("12.50"), Some(12_500_000));
        assert_eq!(text("-10000000"), Some(-10_000_000_000_000));
        let most = Money(i64::MAX).to_value();
        assert_eq!(most, Value::String("9223372036854.775807".to_owned()));
        for amount in [
            "10000000.01",
            "12500000",
            "-9223372036854.775808",
            "12,5",
            "1e2",
            "",
        ] {
            assert_eq!(text(amount), None, "{amount}");
        }
        assert_eq!(read(Value::Number(12.into())), None);
    }
}
