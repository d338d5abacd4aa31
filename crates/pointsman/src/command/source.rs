//! Sources and their documents, also while a server uses the database.

use std::path::Path;

use anyhow::{Context as _, bail};
use pointsman_control::{Control, Error, SourceToPut};
use pointsman_history::Clock;
use pointsman_lead::json;
use pointsman_source::{Payload, PayloadReading, SourceDocument};
use pointsman_store::Store;
use serde_json::{Value, json};

use super::{database, problems};
use crate::{
    cli::{Output, SourceVerb},
    out,
    settings::Settings,
};

/// Who makes changes from here, where people are named.
const BY: &str = "command line";

pub(super) async fn run(
    settings: &Settings,
    verb: &SourceVerb,
    output: Output,
) -> anyhow::Result<()> {
    let flag = match verb {
        SourceVerb::List(database)
        | SourceVerb::Show { database, .. }
        | SourceVerb::Put { database, .. }
        | SourceVerb::Try { database, .. } => database.db.as_deref(),
    };
    let url = database::url(settings, flag);
    let store = Store::open_beside(&url, &database::options(settings)?).await?;
    let control = Control::open(store.clone(), Clock::real())
        .await?
        .acting_as(BY);
    let done = act(&control, verb, output).await;
    store.close().await?;
    done
}

async fn act(control: &Control, verb: &SourceVerb, output: Output) -> anyhow::Result<()> {
    match verb {
        SourceVerb::List(_) => {
            for source in control.sources().await? {
                let (flow, preset) = (source.document.flow(), source.document.preset().word());
                out::data(format!(
                    "{}  {preset} → {flow}  revision {}",
                    source.name, source.revision
                ));
            }
            Ok(())
        }
        SourceVerb::Show { name, .. } => {
            let Some(source) = control.find_source(name).await? else {
                bail!("source `{name}` has no document");
            };
            out::json(&serde_json::to_value(&source.document)?)
        }
        SourceVerb::Put {
            name,
            document,
            expected_revision,
            ..
        } => {
            let new = SourceToPut {
                name: name.clone(),
                document: read_json(document, output)?,
                expected_revision: *expected_revision,
            };
            match control.put_source(new).await {
                Ok(source) => {
                    out::data(format!(
                        "source {}, revision {}",
                        source.name, source.revision
                    ));
                    Ok(())
                }
                Err(Error::Problems(found)) => Err(problems::print(&found, output)),
                Err(error) => Err(error.into()),
            }
        }
        SourceVerb::Try {
            name,
            payload,
            document,
            ..
        } => try_payload(control, name, payload, document.as_deref(), output).await,
    }
}

async fn try_payload(
    control: &Control,
    name: &str,
    payload: &Path,
    document: Option<&Path>,
    output: Output,
) -> anyhow::Result<()> {
    let document = match document {
        Some(path) => match SourceDocument::from_value(&read_json(path, output)?) {
            Ok(document) => document,
            Err(found) => return Err(problems::print(&found, output)),
        },
        None => match control.find_source(name).await? {
            Some(source) => source.document,
            None => bail!("source `{name}` has no document; name one with --document"),
        },
    };
    let bytes =
        std::fs::read(payload).with_context(|| format!("cannot read {}", payload.display()))?;
    let read = match str::from_utf8(&bytes) {
        Ok(text) if text.trim_start().starts_with(['{', '[', '\u{feff}']) => {
            Payload::from_json(text)
        }
        _ => Payload::from_form(bytes.trim_ascii()),
    };
    let payload = match read {
        Ok(payload) => payload,
        Err(found) => return Err(problems::print(&found, output)),
    };
    let Some(reading) = control.try_payload(name, &document, &payload) else {
        bail!("there is no live flow `{}`", document.flow());
    };
    match output {
        Output::Json => out::json(&shown(&reading))?,
        Output::Text => print(&reading),
    }
    match output {
        _ if reading.problems.is_empty() => Ok(()),
        // They are part of the answer already.
        Output::Json => Err(out::Reported.into()),
        Output::Text => Err(problems::print(&reading.problems, output)),
    }
}

fn shown(reading: &PayloadReading) -> Value {
    let fields = reading
        .fields
        .iter()
        .map(|it| json!({"field": it.field, "from": it.from, "given": it.given, "read": it.read}));
    let fields: Vec<Value> = fields.collect();
    json!({
        "fields": fields, "unknown": reading.given().unknown, "idempotency_key": reading.idempotency_key,
        "test": reading.is_test(), "problems": reading.problems,
    })
}

fn print(reading: &PayloadReading) {
    let text = |value: &Option<Value>| {
        value
            .as_ref()
            .map_or_else(|| "-".to_owned(), Value::to_string)
    };
    for field in &reading.fields {
        let from = field.from.as_deref().unwrap_or("-");
        out::data(format!(
            "{}  {}  from {from}, given {}",
            field.field,
            text(&field.read),
            text(&field.given)
        ));
    }
    for (key, value) in &reading.unknown {
        out::data(format!("(no field)  {value}  from {key}"));
    }
    if let Some(key) = &reading.idempotency_key {
        out::data(format!("(idempotency key)  {key}"));
    }
}

fn read_json(path: &Path, output: Output) -> anyhow::Result<Value> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    match json::read(&text) {
        Ok(value) => Ok(value),
        Err(found) => Err(problems::print(&found, output)),
    }
}
