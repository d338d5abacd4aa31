//! Lead fields out of columns: by a schema, or with a guess at one.

use std::collections::HashMap;

use pointsman_lead::{
    ALWAYS, Envelope, Field, FieldIdx, FieldKind, Fields, Required, Schema, Stage, Timestamp,
    Value, parse_decimal,
};
use serde_json::{Map, Value as Json};

use super::{cells::Cells, line::Line};

/// Distinct texts that a column remembers the value of.
const KNOWN_MAX: usize = 65_536;

/// Reads the fields of a schema out of the columns that hold them.
#[derive(Debug)]
pub(crate) struct FieldReader {
    // What a row starts from: everything missing, and no lead is a test until its log says so.
    blank: Vec<Option<Value>>,
    received_at: Option<FieldIdx>,
    columns: Vec<FieldColumn>,
}

#[derive(Debug)]
struct FieldColumn {
    field: FieldIdx,
    column: String,
    // Holds this field alone, so that a value is checked as it would be at the door.
    schema: Schema,
    // A text means the same wherever it stands, so that each distinct one is parsed once.
    known: HashMap<String, Result<Value, String>>,
}

impl FieldReader {
    /// A reader for the named fields of a schema.
    ///
    /// * `columns`: field and column; fields that the schema does not know are left out.
    pub(crate) fn new(schema: &Schema, columns: &[(String, String)]) -> Self {
        let known = columns.iter().filter_map(|(name, column)| {
            let field = schema.find(name)?;
            let mut declared = Vec::new();
            if !ALWAYS.contains(&name.as_str()) {
                let required = Required::Never;
                declared.push(Field {
                    required,
                    ..schema.field(field).clone()
                });
            }
            // The field comes out of a schema that stands already, and so cannot be refused.
            let schema = Schema::new(schema.vertical(), declared).ok()?;
            Some(FieldColumn {
                field,
                column: column.clone(),
                schema,
                known: HashMap::new(),
            })
        });
        let columns = known.collect();
        let mut blank = vec![None; schema.fields().len()];
        if let Some(is_test) = schema.find("is_test") {
            blank[usize::from(is_test.0)] = Some(Value::Boolean(false));
        }
        Self {
            blank,
            received_at: schema.find("received_at"),
            columns,
        }
    }

    /// The columns to read, in the order of [`FieldReader::read`].
    pub(crate) fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.column.as_str())
    }

    /// The fields of one row. A value that its field cannot hold is noted, and missing.
    pub(crate) fn read(
        &mut self,
        cells: &[Cells],
        row: usize,
        received_at: Option<Timestamp>,
        mut line: Line<'_>,
    ) -> Fields {
        let mut values = self.blank.clone();
        if let Some(field) = self.received_at {
            values[usize::from(field.0)] = received_at.map(Value::Timestamp);
        }
        for (column, cells) in self.columns.iter_mut().zip(cells) {
            let Some(text) = cells.text(row) else {
                continue;
            };
            match column.value(&text) {
                Ok(value) => values[usize::from(column.field.0)] = Some(value),
                Err(why) => line.note("field_invalid", &column.column, None, || why),
            }
        }
        Fields::new(values)
    }
}

impl FieldColumn {
    fn value(&mut self, text: &str) -> Result<Value, String> {
        if let Some(known) = self.known.get(text) {
            return known.clone();
        }
        let value = self.parse(text);
        if self.known.len() < KNOWN_MAX {
            self.known.insert(text.to_owned(), value.clone());
        }
        value
    }

    /// The value of a text, by the very rules of the door for leads.
    fn parse(&self, text: &str) -> Result<Value, String> {
        let mut fields = Map::new();
        let mut envelope = Envelope {
            source: "",
            sub_ids: [const { None }; 5],
            received_at: Timestamp(0),
            is_test: text == "true" || text == "1",
            stage: Stage::Ping,
        };
        let place = match self.schema.declared().first() {
            Some(field) => {
                fields.insert(field.name.clone(), as_json(&field.kind, text));
                FieldIdx(u16::try_from(ALWAYS.len()).unwrap_or(u16::MAX))
            }
            None if matches!(self.schema.field(self.field).kind, FieldKind::Boolean) => self.field,
            // The source and the sub ids are texts of one kind: any of them may stand for the rest.
            None => {
                envelope.source = text;
                FieldIdx(0)
            }
        };
        let parsed = self.schema.parse(&fields, &envelope).map_err(|problems| {
            let messages: Vec<String> = problems
                .into_iter()
                .map(|problem| problem.message)
                .collect();
            messages.join("; ")
        })?;
        parsed
            .get(place)
            .cloned()
            .ok_or_else(|| format!("`{text}` is empty"))
    }
}

/// A cell as a source would have sent it.
fn as_json(kind: &FieldKind, text: &str) -> Json {
    let other = || Json::from(text);
    match kind {
        // By its digits: `9007199254740993.0` has no binary fraction of 64 bits.
        FieldKind::Integer { .. } => match (parse_decimal(text, 0), text.parse::<f64>()) {
            (Ok(integer), _) => integer.into(),
            (_, Ok(number)) => {
                serde_json::Number::from_f64(number).map_or_else(other, Json::Number)
            }
            _ => other(),
        },
        FieldKind::Boolean => match text {
            "true" | "1" => true.into(),
            "false" | "0" => false.into(),
            _ => other(),
        },
        FieldKind::Timestamp => match text.parse::<i64>() {
            Ok(micros) => Timestamp(micros).to_string().into(),
            Err(_) => other(),
        },
        _ => other(),
    }
}

/// What a column seems to hold, from all of its values.
#[derive(Debug, Clone)]
pub(crate) struct Guess {
    // What all values so far fit, the narrowest first.
    shapes: Vec<Shape>,
    scale: u8,
    is_empty: bool,
}

/// A kind that a text may look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Boolean,
    Integer,
    Decimal,
    Timestamp,
}

impl Shape {
    fn fits(self, text: &str) -> bool {
        match self {
            Self::Boolean => matches!(text, "true" | "false"),
            // `007` is a code and not a number: it must not become 7.
            Self::Integer => text
                .parse::<i64>()
                .is_ok_and(|number| number.to_string() == text),
            Self::Decimal => Self::Integer.fits(text) || decimals(text).is_some(),
            Self::Timestamp => text.parse::<Timestamp>().is_ok(),
        }
    }
}

impl Guess {
    pub(crate) fn new() -> Self {
        let shapes = vec![
            Shape::Boolean,
            Shape::Integer,
            Shape::Decimal,
            Shape::Timestamp,
        ];
        Self {
            shapes,
            scale: 0,
            is_empty: true,
        }
    }

    pub(crate) fn see(&mut self, text: &str) {
        self.is_empty = false;
        self.shapes.retain(|shape| shape.fits(text));
        self.scale = self.scale.max(decimals(text).unwrap_or(0));
    }

    /// A field of this kind; text where nothing else fits.
    pub(crate) fn field(&self, name: &str) -> Field {
        let shape = self.shapes.first().filter(|_| !self.is_empty);
        let kind = match shape {
            Some(Shape::Boolean) => FieldKind::Boolean,
            Some(Shape::Integer) => FieldKind::Integer {
                min: None,
                max: None,
            },
            Some(Shape::Decimal) => FieldKind::Decimal { scale: self.scale },
            Some(Shape::Timestamp) => FieldKind::Timestamp,
            None => FieldKind::text(1_024),
        };
        Field {
            name: name.to_owned(),
            kind,
            required: Required::Never,
            pii: false,
        }
    }
}

/// Digits after the point of a plain decimal number; `None` for anything else.
fn decimals(text: &str) -> Option<u8> {
    let (whole, fraction) = text.strip_prefix('-').unwrap_or(text).split_once('.')?;
    let is_plain = is_digits(whole) && is_digits(fraction) && fraction.len() <= 9;
    is_plain.then(|| u8::try_from(fraction.len()).unwrap_or(9))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests;
