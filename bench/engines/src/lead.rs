//! The leads of the workloads, as structs and as values by column.

use std::fmt;

use pointsman_flow::{Enumerated, Lead as Derived};
use pointsman_lead::{Enumerated as _, Integer, PostalCode, State};
use serde::{
    Deserializer, Serialize,
    de::{Error, MapAccess, Visitor},
};
use smallvec::SmallVec;

use crate::engine::Leads;

/// A value of a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scalar<'a> {
    /// A text or label.
    Text(&'a str),
    /// A whole number.
    Number(i64),
}

/// The values of a lead in the order of its columns.
pub type Scalars<'a> = SmallVec<[Scalar<'a>; 8]>;

/// A lead whose values can be had by column: what engines without our types need.
pub trait Columns: pointsman_lead::Lead {
    /// Names of the columns, as in JSON.
    const NAMES: &'static [&'static str];

    /// The values.
    fn scalars(&self) -> Scalars<'_>;
}

/// What is asked for. Twelve, as in the first workload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enumerated)]
#[expect(missing_docs, reason = "labels need no explanation")]
pub enum Vertical {
    Auto,
    Home,
    Life,
    Health,
    Solar,
    Roofing,
    Windows,
    Mortgage,
    Debt,
    Legal,
    Education,
    Security,
}

/// What the person was reached on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enumerated)]
#[expect(missing_docs, reason = "labels need no explanation")]
pub enum Device {
    Phone,
    Tablet,
    Laptop,
    Television,
}

/// The lead of the selective grid and of the table full of wildcards.
#[derive(Debug, Clone, Derived)]
pub struct Grid {
    /// What is asked for.
    pub vertical: Vertical,
    /// Where the person lives.
    pub state: State,
    /// Who sent the lead.
    pub publisher: String,
    /// What the person was reached on.
    pub device: Device,
    /// In years.
    pub age: Integer,
    /// In dollars.
    pub amount: Integer,
}

/// The lead of the equality lookup.
#[derive(Debug, Clone, Derived)]
pub struct Lookup {
    /// One of three numbers.
    pub status: Integer,
    /// One of ten thousand texts.
    pub key: String,
}

/// The lead of the table with tests of text and arithmetic, and of the realistic flow.
#[derive(Debug, Clone, Derived)]
pub struct Credit {
    /// What is asked for.
    pub vertical: Vertical,
    /// Where the person lives.
    pub state: State,
    /// Five digits.
    pub postal_code: PostalCode,
    /// In years.
    pub age: Integer,
    /// In dollars a month.
    pub debt: Integer,
    /// In dollars a month, more than nothing.
    pub income: Integer,
}

impl Vertical {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Auto,
        Self::Home,
        Self::Life,
        Self::Health,
        Self::Solar,
        Self::Roofing,
        Self::Windows,
        Self::Mortgage,
        Self::Debt,
        Self::Legal,
        Self::Education,
        Self::Security,
    ];
}

impl Device {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Phone, Self::Tablet, Self::Laptop, Self::Television];
}

/// The states, with the District of Columbia.
pub const STATES: [&str; 51] = [
    "AK", "AL", "AR", "AZ", "CA", "CO", "CT", "DC", "DE", "FL", "GA", "HI", "IA", "ID", "IL", "IN",
    "KS", "KY", "LA", "MA", "MD", "ME", "MI", "MN", "MO", "MS", "MT", "NC", "ND", "NE", "NH", "NJ",
    "NM", "NV", "NY", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VA", "VT", "WA",
    "WI", "WV", "WY",
];

/// A state by its letters.
///
/// # Panics
///
/// If there is no such state.
pub fn state(letters: &str) -> State {
    letters.parse().expect("two capital letters are a region")
}

impl Columns for Grid {
    const NAMES: &'static [&'static str] =
        &["vertical", "state", "publisher", "device", "age", "amount"];

    fn scalars(&self) -> Scalars<'_> {
        SmallVec::from_iter([
            Scalar::Text(self.vertical.label()),
            Scalar::Text(self.state.as_str()),
            Scalar::Text(&self.publisher),
            Scalar::Text(self.device.label()),
            Scalar::Number(self.age),
            Scalar::Number(self.amount),
        ])
    }
}

impl Columns for Lookup {
    const NAMES: &'static [&'static str] = &["status", "key"];

    fn scalars(&self) -> Scalars<'_> {
        SmallVec::from_iter([Scalar::Number(self.status), Scalar::Text(&self.key)])
    }
}

impl Columns for Credit {
    const NAMES: &'static [&'static str] =
        &["vertical", "state", "postal_code", "age", "debt", "income"];

    fn scalars(&self) -> Scalars<'_> {
        SmallVec::from_iter([
            Scalar::Text(self.vertical.label()),
            Scalar::Text(self.state.as_str()),
            Scalar::Text(self.postal_code.as_str()),
            Scalar::Number(self.age),
            Scalar::Number(self.debt),
            Scalar::Number(self.income),
        ])
    }
}

/// Reads the values of a lead from JSON without copying them.
///
/// The texts of these leads need no escapes, so that they can be borrowed.
///
/// # Errors
///
/// If the text is not an object of just these columns.
pub fn read<L: Columns>(json: &[u8]) -> serde_json::Result<Scalars<'_>> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    reader.deserialize_map(Object(L::NAMES))
}

/// The leads with their JSON texts.
pub fn with_json<L: Columns>(typed: Vec<L>) -> Leads<L> {
    // Serialising plain values into memory cannot fail; an empty text would be found by the checks.
    let json = |lead: &L| serde_json::to_vec(&lead.to_json()).unwrap_or_default();
    Leads {
        json: typed.iter().map(json).collect(),
        typed,
    }
}

struct Object(&'static [&'static str]);

impl<'de> Visitor<'de> for Object {
    type Value = Scalars<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "an object with {}", self.0.join(", "))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut scalars = Scalars::from_elem(Scalar::Number(0), self.0.len());
        while let Some(name) = map.next_key::<&str>()? {
            let position = self.0.iter().position(|known| *known == name);
            let position = position.ok_or_else(|| A::Error::custom(format!("`{name}`?")))?;
            scalars[position] = map.next_value()?;
        }
        Ok(scalars)
    }
}

impl<'de> serde::Deserialize<'de> for Scalar<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Value;
        impl<'de> Visitor<'de> for Value {
            type Value = Scalar<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text or a whole number")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Scalar::Text(text))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
                Ok(Scalar::Number(number))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
                i64::try_from(number).map(Scalar::Number).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Value)
    }
}

impl Serialize for Scalar<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_i64(*number),
        }
    }
}
