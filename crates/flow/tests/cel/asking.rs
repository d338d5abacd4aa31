//! One predicate, asked of one lead through the document that a user would write.

use std::collections::BTreeMap;

use pointsman_flow::{Catalog, Document, Op, Program, check};
use pointsman_lead::{Envelope, Stage, Timestamp};
use serde_json::{Value as Json, json};

/// A field with what a lead holds in it.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// What the field may hold.
    pub(crate) kind: Kind,
    /// Its value in JSON; null where it is missing.
    pub(crate) value: Json,
}

/// Kinds of fields that CEL has values for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// `boolean`
    Boolean,
    /// `integer`
    Integer,
    /// `decimal` with this many digits after the point.
    Decimal(u8),
    /// `text`
    Text,
    /// `timestamp`
    Timestamp,
}

/// What a predicate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// True, false, or unknown.
    Is(Option<bool>),
    /// The codes of all that is wrong with it.
    Refused(Vec<String>),
    /// No lead holds these values.
    NoLead(String),
}

/// What `predicate` says about a lead of these fields.
pub(crate) fn answer(predicate: &str, lead: &BTreeMap<String, Asked>) -> Answer {
    let declared: Vec<Json> = lead
        .iter()
        .map(|(name, asked)| declared(name, asked.kind))
        .collect();
    let catalog = json!({ "schema": { "vertical": "test", "fields": declared }, "currency": "USD", "destinations": {} });
    let catalog = match serde_json::from_value::<Catalog>(catalog) {
        Ok(catalog) => catalog,
        Err(error) => return Answer::NoLead(error.to_string()),
    };
    let opposite = format!("!({predicate}\n)");
    let programs = (program(predicate, &catalog), program(&opposite, &catalog));
    let (is, is_not) = match programs {
        (Ok(is), Ok(is_not)) => (is, is_not),
        (Err(codes), _) => return Answer::Refused(codes),
        (Ok(_), Err(codes)) => panic!("the opposite of {predicate} is refused: {codes:?}"),
    };
    let there = lead.iter().filter(|(_, asked)| !asked.value.is_null());
    let members = there.map(|(name, asked)| (name.clone(), asked.value.clone()));
    let envelope = Envelope {
        source: "test",
        sub_ids: Default::default(),
        received_at: Timestamp::default(),
        is_test: false,
        stage: Stage::Ping,
    };
    let fields = match catalog.schema.parse(&members.collect(), &envelope) {
        Ok(fields) => fields,
        Err(problems) => return Answer::NoLead(format!("{problems:?}")),
    };
    let holds = |program: &Program| {
        let root = program.root();
        let Op::Rule { ports } = program.node(root) else {
            return program.node_name(root) == "yes";
        };
        let port = ports[usize::from(program.pick(root, &program.encode(&fields)))];
        program.node_name(port) == "yes"
    };
    match (holds(&is), holds(&is_not)) {
        (true, false) => Answer::Is(Some(true)),
        (false, true) => Answer::Is(Some(false)),
        (false, false) => Answer::Is(None),
        (true, true) => panic!("{predicate} is true and false at once"),
    }
}

fn declared(name: &str, kind: Kind) -> Json {
    match kind {
        Kind::Boolean => json!({ "name": name, "kind": "boolean" }),
        Kind::Integer => json!({ "name": name, "kind": "integer" }),
        Kind::Decimal(scale) => json!({ "name": name, "kind": "decimal", "scale": scale }),
        Kind::Text => json!({ "name": name, "kind": "text" }),
        Kind::Timestamp => json!({ "name": name, "kind": "timestamp" }),
    }
}

fn program(predicate: &str, catalog: &Catalog) -> Result<Program, Vec<String>> {
    let document = json!({
        "flow": "test", "vertical": "test", "currency": "USD", "root": "start",
        "nodes": {
            "start": { "kind": "when", "if": predicate, "then": "yes", "otherwise": "no" },
            "yes": { "kind": "reject", "reason": "yes" },
            "no": { "kind": "reject", "reason": "no" },
        },
    });
    let found =
        Document::from_json(&document.to_string()).and_then(|document| check(&document, catalog));
    match found {
        Ok(checked) => Ok(checked.program),
        Err(found) => Err(found
            .iter()
            .map(|finding| finding.code.to_owned())
            .collect()),
    }
}
