//! A payload, read by the document of its source.

use pointsman_lead::{Field, Problem, Schema};
use serde_json::{Map, Value};

use crate::{SourceDocument, answers::Answers, payload::Payload};

mod reader;

use reader::{PayloadReader, unknown_rule};

/// The fields of every lead that a source may say.
const SUB_IDS: [&str; 5] = ["sub_id_1", "sub_id_2", "sub_id_3", "sub_id_4", "sub_id_5"];
const IS_TEST: &str = "is_test";

/// What a payload says for one field.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldReading {
    /// Name of the field.
    pub field: String,
    /// The key of the answer, or its place in the payload; `None`: nothing was found, or the document says the value.
    pub from: Option<String>,
    /// The value as it was sent.
    pub given: Option<Value>,
    /// The value as it is read; `None`: the field is missing.
    pub read: Option<Value>,
}

/// A payload as it is read: everything about it, whether it makes a lead or not.
#[derive(Debug, Clone, PartialEq)]
pub struct PayloadReading {
    /// Each field that was found or has a rule, in the order of the schema; sub ids and the mark of a test first.
    pub fields: Vec<FieldReading>,
    /// Answers that no field takes.
    pub unknown: Vec<(String, Value)>,
    /// What names the lead, so that one that is sent again is the same.
    pub idempotency_key: Option<String>,
    /// Everything that is wrong with it. Paths are those of the fields.
    pub problems: Vec<Problem>,
}

/// What was given for a lead, as it is kept beside what was read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Given {
    /// Values by field, as they were sent.
    pub fields: Map<String, Value>,
    /// Answers that no field took, by key.
    pub unknown: Map<String, Value>,
}

impl PayloadReading {
    /// The declared fields of the lead, as a schema reads them.
    pub fn declared(&self) -> Map<String, Value> {
        let declared = self.fields.iter().filter(|it| !is_always(&it.field));
        let said = declared.filter_map(|it| Some((it.field.clone(), it.read.clone()?)));
        said.collect()
    }

    /// The placement ids of the source, the first one first.
    pub fn sub_ids(&self) -> [Option<String>; 5] {
        SUB_IDS.map(|name| {
            let value = self.find(name)?.as_str()?;
            Some(value.to_owned())
        })
    }

    /// Whether it is a test.
    pub fn is_test(&self) -> bool {
        self.find(IS_TEST).and_then(Value::as_bool).unwrap_or(false)
    }

    /// What is kept of it beside the fields.
    pub fn given(&self) -> Given {
        let fields = self.fields.iter();
        let fields = fields.filter_map(|it| Some((it.field.clone(), it.given.clone()?)));
        Given {
            fields: fields.collect(),
            unknown: self.unknown.iter().cloned().collect(),
        }
    }

    fn find(&self, name: &str) -> Option<&Value> {
        let found = self.fields.iter().find(|it| it.field == name);
        found?.read.as_ref()
    }
}

fn is_always(name: &str) -> bool {
    name == IS_TEST || SUB_IDS.contains(&name)
}

impl SourceDocument {
    /// Reads a payload as a lead of a schema.
    ///
    /// Each field is looked for where its rule says, else under its own name, else under the names that mean the same.
    ///
    /// * `source`: the name of the source.
    pub fn read(&self, payload: &Payload, schema: &Schema, source: &str) -> PayloadReading {
        let mut reader = PayloadReader {
            document: self,
            payload,
            answers: Answers::of(self.preset, payload),
            fields: Vec::new(),
            problems: Vec::new(),
        };
        // What the platform proves itself by is no answer.
        for secret in self.preset.secrets() {
            reader.answers.forget(secret);
        }
        for name in SUB_IDS {
            reader.sub_id(name);
        }
        reader.test();
        let ruled = schema
            .declared()
            .iter()
            .partition::<Vec<_>, _>(|it| self.fields.contains_key(&it.name));
        // Rules first, and exact names before others: what somebody has asked for is not found for another field.
        let (ruled, free) = ruled;
        for field in &ruled {
            reader.ruled(field);
        }
        let mut open: Vec<&Field> = Vec::new();
        for field in free {
            if !reader.by_name(field) {
                open.push(field);
            }
        }
        for field in open {
            reader.by_alike(field, schema);
        }
        for name in self
            .fields
            .keys()
            .filter(|name| schema.find(name).is_none())
        {
            reader.problems.push(unknown_rule(name, schema));
        }
        let key = reader.key();
        reader.finish(schema, source, key)
    }
}

#[cfg(test)]
mod tests;
