//! Values that GraphQL has no type for.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value, scalar};
use pointsman_lead as lead;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// Most that somebody may send as one amount, in millionths: sums of such amounts do not overflow. What
/// is answered may be more.
const AMOUNT_MAX: u64 = 10_000_000_000_000;

/// An amount of money in millionths of its currency's main unit, as text: `"12500000"` is 12.50.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Micros(pub(super) i64);

/// An amount of money in millionths of its currency's main unit, as text: `"12500000"` is 12.50.
#[Scalar]
impl ScalarType for Micros {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => match text.parse::<i64>() {
                Ok(micros) if micros.unsigned_abs() <= AMOUNT_MAX => Ok(Self(micros)),
                Ok(_) => Err(InputValueError::custom(
                    "an amount is at most ten million units, \"10000000000000\"",
                )),
                Err(_) => Err(InputValueError::custom(
                    "an amount is a text of whole millionths, like \"12500000\"",
                )),
            },
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

impl From<lead::Micros> for Micros {
    fn from(micros: lead::Micros) -> Self {
        Self(micros.0)
    }
}

/// The number of an allocation of weights, as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Epoch(pub(super) i64);

/// The number of an allocation of weights, as text. Epoch 0 is the one before anything was learned.
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

/// A moment, as RFC 3339 with microseconds: `"2026-01-31T09:30:00Z"`.
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
    FlowDocument "FlowDocument" = "A flow as it is written in files: `flow`, `vertical`, `currency`, `root` and `nodes` by name.";
    FlowNodeDocument "FlowNodeDocument" = "One node of a flow as it is written in files: `kind` and what belongs to it.";
    LeadFields "LeadFields" = "The fields of a lead by name, as its schema declares them.";
    LeadFieldList "LeadFieldList" = "A list of fields as lead schemas are written in files: `name`, `kind`, `required`, `pii` and what belongs to the kind.";
    JsonSchema "JsonSchema" = "A JSON Schema of the fields that a lead may have.";
    TargetDocument "TargetDocument" = "How a destination is reached: `url`, `method`, `format`, `body`, `headers`, `secrets`, `timeout_ms`, `response`, `ping`. Values of secrets read `[secret]`; sent back so, they stay as they are.";
    DestinationSettings "DestinationSettings" = "What decides whether a destination may get a lead: `active`, `price` in micro-units, `pays`, `criteria`, `caps`, `schedule`, `on_unknown`.";
    PostbackParameters "PostbackParameters" = "The parameters of a postback by name, as they came.";
    Literal "Literal" = "A value in a flow: a text, a whole number, true or false.";
    TableCell "TableCell" = "What a row asks of one column: null for anything, a list of values, `{not_in: […]}` for any other value, `{from, to}` for a half-open range, `{starts_with: […]}` for beginnings of texts, or `{missing: true}`.";
    SimulationScenario "SimulationScenario" = "What a simulation is to find out, as `scenario.toml` says it, in JSON.";
    SimulationReport "SimulationReport" = "What a simulation found out.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_that_somebody_sends_is_bounded() {
        let read = |text: &str| Micros::parse(Value::String(text.to_owned())).ok();
        assert_eq!(read("12500000"), Some(Micros(12_500_000)));
        assert_eq!(read("-10000000000000"), Some(Micros(-10_000_000_000_000)));
        for text in [
            "10000000000001",
            "9223372036854775807",
            "-9223372036854775808",
            "12.5",
            "",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
