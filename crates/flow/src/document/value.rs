//! How literals and cells are written: as plain as they can be.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    fmt,
};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
    ser::SerializeMap as _,
};

use crate::{Cell, Literal, Node};

const LITERAL: &str = "true, false, a number or a text";
const CELL: &str = "null, a value, a list of values, {\"not_in\": [x, y]}, {\"from\": x, \"to\": y}, {\"starts_with\": [x, y]}, {\"missing\": true} or {\"any\": true}";

impl<'de> Deserialize<'de> for Literal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LiteralVisitor)
    }
}

/// A map of nodes, if no name stands twice.
pub(super) fn distinct<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, Node>, D::Error> {
    deserializer.deserialize_map(NodesVisitor)
}

struct NodesVisitor;

impl<'de> Visitor<'de> for NodesVisitor {
    type Value = BTreeMap<String, Node>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("nodes by name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut nodes = BTreeMap::new();
        while let Some((name, node)) = access.next_entry::<String, Node>()? {
            match nodes.entry(name) {
                Entry::Vacant(vacant) => vacant.insert(node),
                Entry::Occupied(taken) => {
                    let message = format!("`{}` is there twice", taken.key());
                    return Err(A::Error::custom(message));
                }
            };
        }
        Ok(nodes)
    }
}

/// What stands in for a value that cannot be computed: a literal, null, or `{"missing": true}` for
/// TOML, which has no null.
///
/// # Errors
///
/// Anything else.
pub(crate) fn default<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Literal>, D::Error> {
    match Cell::deserialize(deserializer) {
        Ok(Cell::Any | Cell::Missing) => Ok(None),
        Ok(Cell::OneOf(mut literals)) if literals.len() == 1 => Ok(literals.pop()),
        Ok(_) | Err(_) => Err(D::Error::custom(
            "a default is a value, null, or {\"missing\": true}",
        )),
    }
}

struct LiteralVisitor;

impl fmt::Display for Literal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(boolean) => write!(formatter, "{boolean}"),
            Self::Integer(integer) => write!(formatter, "{integer}"),
            Self::Text(text) => formatter.write_str(text),
        }
    }
}

impl Visitor<'_> for LiteralVisitor {
    type Value = Literal;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(LITERAL)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Literal, E> {
        Ok(Literal::Boolean(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Literal, E> {
        Ok(Literal::Integer(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Literal, E> {
        let value = i64::try_from(value);
        value
            .map(Literal::Integer)
            .map_err(|_| E::custom("this number has more than 64 bits"))
    }

    /// A decimal by its shortest text: `1.5` is as good as `"1.5"`.
    fn visit_f64<E>(self, value: f64) -> Result<Literal, E> {
        Ok(Literal::Text(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Literal, E> {
        Ok(Literal::Text(value.to_owned()))
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Any => serializer.serialize_unit(),
            Self::OneOf(literals) => literals.serialize(serializer),
            Self::NoneOf(literals) => member(serializer, "not_in", literals),
            Self::StartsWith(prefixes) => member(serializer, "starts_with", prefixes),
            Self::Range { from, to } => {
                let mut ends = serializer.serialize_map(None)?;
                for (name, end) in [("from", from), ("to", to)] {
                    if let Some(end) = end {
                        ends.serialize_entry(name, end)?;
                    }
                }
                ends.end()
            }
            Self::Missing => member(serializer, "missing", &true),
        }
    }
}

/// An object of one member.
fn member<S: Serializer>(
    serializer: S,
    name: &str,
    value: &impl Serialize,
) -> Result<S::Ok, S::Error> {
    let mut cell = serializer.serialize_map(Some(1))?;
    cell.serialize_entry(name, value)?;
    cell.end()
}

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CellVisitor)
    }
}

impl Cell {
    /// The opposite of a list, among values.
    fn none_of(self) -> Option<Self> {
        match self {
            Self::OneOf(literals) => Some(Self::NoneOf(literals)),
            _ => None,
        }
    }

    /// A list of texts as beginnings.
    fn starts_with(self) -> Option<Self> {
        let Self::OneOf(literals) = self else {
            return None;
        };
        let prefixes = literals.into_iter().map(|literal| match literal {
            Literal::Text(text) => Some(text),
            Literal::Boolean(_) | Literal::Integer(_) => None,
        });
        prefixes.collect::<Option<_>>().map(Self::StartsWith)
    }
}

struct CellVisitor;

fn one<E>(literal: Result<Literal, E>) -> Result<Cell, E> {
    literal.map(|literal| Cell::OneOf(vec![literal]))
}

impl<'de> Visitor<'de> for CellVisitor {
    type Value = Cell;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(CELL)
    }

    fn visit_unit<E>(self) -> Result<Cell, E> {
        Ok(Cell::Any)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Cell, E> {
        one(LiteralVisitor.visit_bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Cell, E> {
        one(LiteralVisitor.visit_i64(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Cell, E> {
        one(LiteralVisitor.visit_u64(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Cell, E> {
        one(LiteralVisitor.visit_f64(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Cell, E> {
        one(LiteralVisitor.visit_str(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Cell, A::Error> {
        let mut literals = Vec::new();
        while let Some(literal) = access.next_element()? {
            literals.push(literal);
        }
        Ok(Cell::OneOf(literals))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Cell, A::Error> {
        let (mut from, mut to, mut word) = (None, None, None);
        while let Some(name) = access.next_key::<String>()? {
            match name.as_str() {
                // One that stands twice is not taken, whatever it says first.
                "from" if from.is_none() => from = access.next_value::<Option<Literal>>()?,
                "to" if to.is_none() => to = access.next_value::<Option<Literal>>()?,
                "any" | "missing" if word.is_none() && access.next_value::<bool>()? => {
                    word = Some(if name == "any" {
                        Cell::Any
                    } else {
                        Cell::Missing
                    });
                }
                "not_in" if word.is_none() => {
                    word = access.next_value::<Cell>()?.none_of();
                }
                "starts_with" if word.is_none() => {
                    word = access.next_value::<Cell>()?.starts_with();
                }
                _ => {
                    return Err(A::Error::custom(format!(
                        "this is not a cell; a cell is {CELL}"
                    )));
                }
            }
        }
        match (word, from, to) {
            (Some(cell), None, None) => Ok(cell),
            (None, from, to) if from.is_some() || to.is_some() => Ok(Cell::Range { from, to }),
            _ => Err(A::Error::custom(format!(
                "this is not a cell; a cell is {CELL}"
            ))),
        }
    }
}
