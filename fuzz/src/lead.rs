//! Leads in JSON under a schema in JSON.

use pointsman_lead::{ALWAYS, Envelope, Fields, Schema, Stage, Timestamp};
use serde_json::{Map, Value as Json};

use crate::parts;

/// Reads a schema, and behind it the fields of leads.
///
/// A schema prints and reads back to itself. What its leads hold is stored, read back, and sent once
/// more, without a change; what is refused has a problem with a place.
pub fn lead(input: &[u8]) {
    let Some(parts) = parts(input) else { return };
    let [schema, leads @ ..] = parts.as_slice() else {
        return;
    };
    let schema = match Schema::from_json(schema) {
        Ok(schema) => schema,
        Err(problems) => return assert!(!problems.is_empty()),
    };
    let printed = serde_json::to_string(&schema).expect("a schema is JSON");
    assert_eq!(Schema::from_json(&printed).as_ref(), Ok(&schema));
    assert!(schema.json_schema().is_object());
    for (at, lead) in leads.iter().enumerate() {
        if let Ok(Json::Object(members)) = serde_json::from_str(lead) {
            taken(&schema, &members, at);
        }
    }
}

fn taken(schema: &Schema, members: &Map<String, Json>, at: usize) {
    let text = |name: &str| members.get(name).and_then(Json::as_str);
    // The always-there fields are not among the submitted ones.
    let source = text("source").unwrap_or("fuzz");
    let declared = members
        .iter()
        .filter(|(name, _)| !ALWAYS.contains(&name.as_str()));
    let declared: Map<String, Json> = declared
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let mut sub_ids = [const { None }; 5];
    sub_ids[at % 5] = text("sub_id_1").map(str::to_owned);
    let received_at = members.get("received_at").and_then(Json::as_i64);
    let envelope = Envelope {
        source,
        sub_ids,
        received_at: Timestamp(received_at.unwrap_or_default()),
        is_test: at % 2 == 1,
        stage: if at % 3 == 2 {
            Stage::Ping
        } else {
            Stage::Post
        },
    };
    let fields = match schema.parse(&declared, &envelope) {
        Ok(fields) => fields,
        Err(problems) => {
            assert!(!problems.is_empty());
            return assert!(
                problems
                    .iter()
                    .all(|it| !it.path.is_empty() && !it.message.is_empty())
            );
        }
    };
    let stored = fields.to_json(schema);
    assert_eq!(Fields::from_stored(schema, &stored).as_ref(), Ok(&fields));
    let again = stored
        .into_iter()
        .filter(|(name, _)| !ALWAYS.contains(&name.as_str()));
    assert_eq!(schema.parse(&again.collect(), &envelope), Ok(fields));
}
