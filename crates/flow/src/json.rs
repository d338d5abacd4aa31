//! JSON without doubled names: serde keeps the last of them in silence, and a flow must not.

use std::{cell::RefCell, fmt};

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Reads JSON and the paths of all members that stand twice, such as `nodes.a`.
///
/// # Errors
///
/// The first place where the text is not JSON.
pub(crate) fn parse(text: &str) -> Result<(Value, Vec<String>), serde_json::Error> {
    let doubled = RefCell::new(Vec::new());
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Strict {
        path: Path::Whole,
        doubled: &doubled,
    };
    let value = value.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok((value, doubled.into_inner()))
}

/// The way to a value. Only written out where something is wrong.
#[derive(Clone, Copy)]
enum Path<'a> {
    Whole,
    Member(&'a Path<'a>, &'a str),
    Entry(&'a Path<'a>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => Ok(()),
            Self::Member(Self::Whole, name) => formatter.write_str(name),
            Self::Member(parent, name) => write!(formatter, "{parent}.{name}"),
            Self::Entry(parent, idx) => write!(formatter, "{parent}[{idx}]"),
        }
    }
}

struct Strict<'a> {
    path: Path<'a>,
    doubled: &'a RefCell<Vec<String>>,
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_element_seed(Strict {
            path: Path::Entry(&self.path, entries.len()),
            doubled: self.doubled,
        })? {
            entries.push(entry);
        }
        Ok(entries.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = access.next_key::<String>()? {
            let path = Path::Member(&self.path, &name);
            if members.contains_key(&name) {
                self.doubled.borrow_mut().push(path.to_string());
            }
            let value = access.next_value_seed(Strict {
                path,
                doubled: self.doubled,
            })?;
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }
}
