//! What the values of a slot are, and what literals mean beside it.

use pointsman_cel::{Decimal, Value};
use std::collections::BTreeSet;

use pointsman_lead::{
    Envelope, Field, FieldKind, Fields, Schema, Stage, Timestamp, Value as LeadValue,
};
use serde_json::Map;
use unicode_normalization::UnicodeNormalization as _;

use super::scope::Misfit;
use crate::{
    Literal,
    classes::{Accepted, Domain},
    suggest,
};

/// What the values of a slot are, and so what literals mean beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Boolean,
    Enum(Vec<String>),
    /// A text of a kind; if it has a shape, with the one-field schema that knows it.
    Text(FieldKind, Option<Schema>),
    /// A whole number, within these ends if any.
    Integer(Option<i64>, Option<i64>),
    Decimal(u8),
    Timestamp,
    Date,
}

/// A number in the units of a slot: it lies at `floor` if `exact`, else between that and the next.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scaled {
    pub(super) floor: i128,
    pub(super) exact: bool,
}

impl Kind {
    pub(super) fn of(field: &Field) -> Self {
        match &field.kind {
            FieldKind::Boolean => Self::Boolean,
            FieldKind::Enum { labels } => Self::Enum(labels.clone()),
            FieldKind::Integer { min, max } => Self::Integer(*min, *max),
            FieldKind::Decimal { scale } => Self::Decimal(*scale),
            FieldKind::Timestamp => Self::Timestamp,
            FieldKind::Date => Self::Date,
            FieldKind::Text { .. } => Self::Text(field.kind.clone(), None),
            FieldKind::Country
            | FieldKind::Region
            | FieldKind::PostalCode
            | FieldKind::Phone
            | FieldKind::Email
            | FieldKind::Ip
            | FieldKind::Url => {
                let shape = Schema::new("shape", vec![field.clone()]).ok();
                Self::Text(field.kind.clone(), shape)
            }
        }
    }

    /// Of scorecards and derived values: without digits after the point, they are whole numbers.
    pub(super) fn computed(scale: u8) -> Self {
        match scale {
            0 => Self::Integer(None, None),
            _ => Self::Decimal(scale),
        }
    }

    pub(super) fn domain(&self) -> Domain {
        match self {
            Self::Boolean => Domain::Boolean,
            Self::Enum(labels) => Domain::Text {
                labels: Some(labels.clone()),
            },
            Self::Text(..) => Domain::Text { labels: None },
            Self::Integer(..) | Self::Decimal(_) | Self::Timestamp | Self::Date => Domain::Number,
        }
    }

    /// The test that accepts no value.
    pub(super) fn nothing(&self) -> Accepted {
        match self {
            Self::Boolean => Accepted::Booleans {
                no: false,
                yes: false,
            },
            Self::Enum(_) | Self::Text(..) => Accepted::Texts(BTreeSet::new()),
            Self::Integer(..) | Self::Decimal(_) | Self::Timestamp | Self::Date => {
                Accepted::Numbers(Vec::new())
            }
        }
    }

    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Boolean => "true or false",
            Self::Enum(_) => "one of its labels",
            Self::Text(..) => "a text",
            Self::Integer(..) => "a whole number",
            Self::Decimal(_) => "a decimal",
            Self::Timestamp => "a point in time",
            Self::Date => "a day",
        }
    }

    pub(super) fn is_number(&self) -> bool {
        matches!(
            self,
            Self::Integer(..) | Self::Decimal(_) | Self::Timestamp | Self::Date
        )
    }

    pub(super) fn is_text(&self) -> bool {
        matches!(self, Self::Text(..) | Self::Enum(_))
    }

    /// What a literal of a table or switch means beside this kind.
    pub(super) fn literal(&self, subject: &str, literal: &Literal) -> Result<Value, Misfit> {
        let bad = |hint: &str| {
            let message = format!("`{subject}` is {}, which this is not", self.word());
            Misfit::new("type_mismatch", message).hint(hint)
        };
        Ok(match (self, literal) {
            (Self::Decimal(_), Literal::Text(text)) => {
                Value::Decimal(Decimal::parse(text).ok_or_else(|| bad("write it like 1.50"))?)
            }
            (Self::Timestamp, Literal::Text(text)) => {
                let timestamp = text.parse();
                Value::Timestamp(timestamp.map_err(|_| bad("write it like 2026-01-31T09:30:00Z"))?)
            }
            (Self::Date, Literal::Text(text)) => {
                Value::Date(text.parse().map_err(|_| bad("write it like 1990-01-31"))?)
            }
            (_, Literal::Boolean(boolean)) => Value::Boolean(*boolean),
            (_, Literal::Integer(integer)) => Value::Integer(*integer),
            (_, Literal::Text(text)) => Value::Text(text.clone()),
        })
    }

    /// What equals a value.
    pub(super) fn equal(&self, subject: &str, value: &Value) -> Result<Accepted, Misfit> {
        match (self, value) {
            (Self::Boolean, Value::Boolean(boolean)) => Ok(Accepted::Booleans {
                no: !boolean,
                yes: *boolean,
            }),
            (Self::Enum(labels), Value::Text(text)) => {
                let text: String = text.nfc().collect();
                if labels.contains(&text) {
                    return Ok(Accepted::Texts([text.into()].into()));
                }
                Err(Misfit {
                    code: "unknown_label",
                    is_borne: false,
                    message: format!("`{subject}` is never `{text}`"),
                    hint: suggest::hint(&text, labels.iter().map(String::as_str)),
                })
            }
            (Self::Text(_, shape), Value::Text(text)) => {
                let text = match shape {
                    Some(shape) => shaped(shape, subject, text)?,
                    None => text.nfc().collect(),
                };
                Ok(Accepted::Texts([text.into()].into()))
            }
            _ if self.is_number() => {
                let scaled = self.scaled(subject, value)?;
                let number = i64::try_from(scaled.floor).ok().filter(|_| scaled.exact);
                let ranges = number.map(|number| (number, number));
                Ok(Accepted::Numbers(ranges.into_iter().collect()))
            }
            _ => Err(self.misfit(subject, value)),
        }
    }

    /// A value in the units of this kind.
    pub(super) fn scaled(&self, subject: &str, value: &Value) -> Result<Scaled, Misfit> {
        let exactly = |number: i64| Scaled {
            floor: i128::from(number),
            exact: true,
        };
        match (self, value) {
            (Self::Integer(..), Value::Integer(integer)) => Ok(exactly(*integer)),
            (Self::Timestamp, Value::Timestamp(timestamp)) => Ok(exactly(timestamp.0)),
            (Self::Date, Value::Date(date)) => Ok(exactly(date.days())),
            (Self::Decimal(scale), Value::Integer(integer)) => Ok(Scaled {
                floor: i128::from(*integer) * power_of_ten(*scale),
                exact: true,
            }),
            (Self::Decimal(scale), Value::Decimal(decimal)) => {
                let numerator = i128::from(decimal.digits) * power_of_ten(*scale);
                let denominator = power_of_ten(decimal.scale);
                Ok(Scaled {
                    floor: numerator.div_euclid(denominator),
                    exact: numerator.rem_euclid(denominator) == 0,
                })
            }
            _ => Err(self.misfit(subject, value)),
        }
    }

    fn misfit(&self, subject: &str, value: &Value) -> Misfit {
        let (given, hint) = match (self, value) {
            (Self::Timestamp, Value::Text(_)) => ("a text", Some("wrap it in `timestamp(…)`")),
            (Self::Date, Value::Text(_)) => ("a text", Some("wrap it in `date(…)`")),
            (Self::Date, Value::Timestamp(_)) => {
                ("a point in time", Some("write `date(\"1990-01-31\")`"))
            }
            (Self::Date, Value::Integer(_)) => {
                ("a number", Some("compare its `years` or `days` in a zone"))
            }
            (Self::Integer(..) | Self::Decimal(_), Value::Text(_)) => {
                ("a text", Some("drop the quotes"))
            }
            (_, Value::Text(_)) => ("a text", None),
            (Self::Text(..) | Self::Enum(_), Value::Integer(_)) => {
                ("a number", Some("put it in quotes"))
            }
            (_, Value::Integer(_)) => ("a number", None),
            (Self::Integer(..), Value::Decimal(_)) => ("a decimal", Some("write a whole number")),
            (_, Value::Decimal(_)) => ("a decimal", None),
            (_, Value::Boolean(_)) => ("true or false", None),
            (_, Value::Timestamp(_)) => ("a point in time", None),
            (_, Value::Date(_)) => ("a day", None),
        };
        Misfit {
            code: "type_mismatch",
            is_borne: false,
            message: format!(
                "`{subject}` is {}, but is compared with {given}",
                self.word()
            ),
            hint: hint.map(str::to_owned),
        }
    }
}

/// A text as a lead would have it, or why none can.
fn shaped(shape: &Schema, subject: &str, text: &str) -> Result<String, Misfit> {
    let envelope = Envelope {
        source: "",
        sub_ids: Default::default(),
        received_at: Timestamp::default(),
        is_test: false,
        stage: Stage::Ping,
    };
    let fields = Map::from_iter([(subject.to_owned(), text.into())]);
    let read = shape.parse(&fields, &envelope);
    match read.as_ref().map(Fields::values) {
        Ok([.., Some(LeadValue::Text(text))]) => Ok(text.clone()),
        // An empty text counts as missing.
        Ok(_) => {
            let misfit = Misfit::new("bad_value", format!("`{subject}` is never empty"));
            Err(misfit.hint("ask `has(field)`, or write {\"missing\": true}"))
        }
        Err(problems) => {
            let misfit = Misfit::new("bad_value", format!("`{subject}` is never `{text}`"));
            let first = problems.first().and_then(|problem| problem.hint.clone());
            Err(Misfit {
                hint: first,
                ..misfit
            })
        }
    }
}

fn power_of_ten(exponent: u8) -> i128 {
    // Schemas allow 9 digits and literals 18; beyond 27 the product could not be held.
    10_i128.pow(u32::from(exponent.min(19)))
}
