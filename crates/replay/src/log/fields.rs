//! Lead fields out of columns: by a schema, or with a guess at one.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use pointsman_lead::{
    ALWAYS, Envelope, Field, FieldIdx, FieldKind, Fields, Required, Schema, Stage, Timestamp,
    Value, parse_decimal,
};
use serde_json::{Map, Value as Json};

use super::{
    batch::Batch,
    cells::Cells,
    findings::Findings,
    line::{Line, null_hint, time_problem},
    shown,
    times::Times,
};

/// Distinct texts that a column remembers the value of.
const KNOWN_MAX: usize = 65_536;

/// A value of a cell, with its place in the column if the same cell will have it again.
pub(crate) type SeenValue<'a> = (Option<usize>, &'a Value);

/// Reads the fields of a schema out of the columns that hold them.
#[derive(Debug)]
pub(crate) struct FieldReader {
    // What a row starts from: everything missing, and no lead is a test until its log says so.
    blank: Vec<Option<Value>>,
    only_checks: bool,
    received_at: Option<FieldIdx>,
    columns: Vec<FieldColumn>,
}

#[derive(Debug)]
struct FieldColumn {
    field: FieldIdx,
    column: String,
    // Holds this field alone, so that a value is checked as on intake.
    schema: Schema,
    times: Times,
    // A cell means the same wherever it stands, so that each distinct one is parsed once: its place among the values.
    texts: HashMap<String, usize, RandomState>,
    integers: HashMap<i64, usize, RandomState>,
    // One more than are remembered: the last is of a cell that is not.
    values: Vec<Result<Value, Unfit>>,
}

/// Why a text is no value of its field, and what would help.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Unfit {
    code: &'static str,
    message: String,
    hint: Option<String>,
}

impl FieldReader {
    /// A reader for the named fields of a schema.
    ///
    /// * `columns`: field and column; fields that the schema does not know are left out.
    pub(crate) fn new(schema: &Schema, columns: &[(String, String)], times: &Times) -> Self {
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
                times: times.clone(),
                texts: HashMap::default(),
                integers: HashMap::default(),
                values: Vec::new(),
            })
        });
        let columns = known.collect();
        let mut blank = vec![None; schema.fields().len()];
        if let Some(is_test) = schema.find("is_test") {
            blank[usize::from(is_test.0)] = Some(Value::Boolean(false));
        }
        Self {
            blank,
            only_checks: false,
            received_at: schema.find("received_at"),
            columns,
        }
    }

    /// One that notes what does not fit, and hands over no values.
    pub(crate) fn that_only_checks(self) -> Self {
        Self {
            blank: Vec::new(),
            only_checks: true,
            ..self
        }
    }

    /// The columns to read, in the order of [`FieldReader::read`].
    pub(crate) fn cells<'b>(&self, batch: &'b Batch) -> Vec<&'b Cells> {
        let columns = self.columns.iter();
        columns.map(|column| batch.cells(&column.column)).collect()
    }

    /// The fields that columns hold, in the order of the columns.
    pub(crate) fn fields(&self) -> impl Iterator<Item = FieldIdx> {
        self.columns.iter().map(|column| column.field)
    }

    /// The field that holds when a lead came in, if the schema has one.
    pub(crate) fn received_at(&self) -> Option<FieldIdx> {
        self.received_at
    }

    /// Looks at the fields of one row, and copies nothing. A value that its field cannot hold is noted.
    ///
    /// * `see`: gets each column's position and value, with the place of the value if the same cell will have it again.
    pub(crate) fn see(
        &mut self,
        cells: &[&Cells],
        row: usize,
        mut line: Line<'_>,
        see: &mut dyn FnMut(usize, Option<SeenValue<'_>>),
    ) {
        for (position, (column, cells)) in self.columns.iter_mut().zip(cells).enumerate() {
            let place = column.place_of(cells, row);
            match place.map(|place| (place, &column.values[place])) {
                None => see(position, None),
                Some((place, Ok(value))) => {
                    let kept = Some(place).filter(|place| *place < KNOWN_MAX);
                    see(position, Some((kept, value)));
                }
                Some((_, Err(unfit))) => {
                    let told = || (unfit.message.clone(), unfit.hint.clone());
                    line.note_with(unfit.code, &column.column, told);
                    see(position, None);
                }
            }
        }
    }

    /// The fields of a row that was looked at; a value that its field cannot hold is missing.
    pub(crate) fn copy(
        &mut self,
        cells: &[&Cells],
        row: usize,
        received_at: Option<Timestamp>,
    ) -> Fields {
        let mut findings = Findings::default();
        self.read(cells, row, received_at, Line::new(0, &mut findings))
    }

    /// The fields of one row. A value that its field cannot hold is noted, and missing.
    pub(crate) fn read(
        &mut self,
        cells: &[&Cells],
        row: usize,
        received_at: Option<Timestamp>,
        mut line: Line<'_>,
    ) -> Fields {
        let only_checks = self.only_checks;
        let mut values = self.blank.clone();
        if let Some(field) = self.received_at.filter(|_| !only_checks) {
            values[usize::from(field.0)] = received_at.map(Value::Timestamp);
        }
        for (column, cells) in self.columns.iter_mut().zip(cells) {
            let Some(place) = column.place_of(cells, row) else {
                continue;
            };
            match &column.values[place] {
                Ok(_) if only_checks => {}
                Ok(value) => values[usize::from(column.field.0)] = Some(value.clone()),
                Err(unfit) => {
                    let told = || (unfit.message.clone(), unfit.hint.clone());
                    line.note_with(unfit.code, &column.column, told);
                }
            }
        }
        Fields::new(values)
    }
}

impl FieldColumn {
    /// The place of a cell's value; none if the cell is empty.
    fn place_of(&mut self, cells: &Cells, row: usize) -> Option<usize> {
        Some(match cells {
            Cells::Integer(integers) => self.place_of_integer((*integers.get(row)?)?),
            _ => self.place_of_text(&cells.text(row)?),
        })
    }

    fn place_of_integer(&mut self, integer: i64) -> usize {
        if let Some(place) = self.integers.get(&integer) {
            return *place;
        }
        let (place, is_kept) = self.push(&integer.to_string());
        if is_kept {
            self.integers.insert(integer, place);
        }
        place
    }

    fn place_of_text(&mut self, text: &str) -> usize {
        if let Some(place) = self.texts.get(text) {
            return *place;
        }
        let (place, is_kept) = self.push(text);
        if is_kept {
            self.texts.insert(text.to_owned(), place);
        }
        place
    }

    /// Parses a text that is not known yet: the place of its value, and whether it stays there.
    fn push(&mut self, text: &str) -> (usize, bool) {
        let value = self.parse(text);
        self.values.truncate(KNOWN_MAX);
        self.values.push(value);
        let place = self.values.len() - 1;
        (place, place < KNOWN_MAX)
    }

    /// The value of a text, by the very rules of intake.
    fn parse(&self, text: &str) -> Result<Value, Unfit> {
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
                let given = as_json(&field.kind, text, &self.times)?;
                fields.insert(field.name.clone(), given);
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
            Unfit::of(text, &messages.join("; "))
        })?;
        parsed
            .get(place)
            .cloned()
            .ok_or_else(|| Unfit::of(text, "it is empty"))
    }
}

impl Unfit {
    fn of(text: &str, why: &str) -> Self {
        Self {
            code: "field_invalid",
            message: format!("{} does not fit: {}", shown::value(text), shown::text(why)),
            hint: Some(null_hint(text)),
        }
    }
}

/// A cell as a source would have sent it.
fn as_json(kind: &FieldKind, text: &str, times: &Times) -> Result<Json, Unfit> {
    let is_number = matches!(kind, FieldKind::Integer { .. } | FieldKind::Decimal { .. });
    let plain = if is_number {
        times.numbers.plain(text)
    } else {
        Some(text.into())
    };
    let Some(text) = plain.as_deref() else {
        return Err(Unfit::of(
            text,
            "it is not written as the numbers of the log are said to be",
        ));
    };
    let other = || Json::from(text);
    Ok(match kind {
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
        FieldKind::Timestamp => {
            let moment = times.of_text(text).map_err(|error| {
                let (code, message, hint) = time_problem(&error);
                Unfit {
                    code,
                    message,
                    hint: Some(hint),
                }
            })?;
            moment.at.to_string().into()
        }
        _ => other(),
    })
}

#[cfg(test)]
mod tests;
