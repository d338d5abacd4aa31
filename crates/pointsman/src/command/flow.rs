//! Flow documents on disk: check, show, compare.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use pointsman_flow::{
    Catalog, Destination, Diagnostic, Document, Node, Severity, Subflow, check, diff, expand,
    mermaid,
};
use pointsman_lead::Schema;
use serde_json::json;

use crate::{
    cli::{FlowFile, FlowForm, FlowVerb, Output, ShowFlow},
    out,
};

pub(super) fn run(verb: &FlowVerb, output: Output) -> anyhow::Result<()> {
    match verb {
        FlowVerb::Check(file) => check_file(file, output),
        FlowVerb::Show(show) => show_file(show, output),
        FlowVerb::Diff { before, after } => {
            let changes = diff(&read(before, output)?, &read(after, output)?);
            match output {
                Output::Json => out::json(&changes)?,
                Output::Text => changes
                    .iter()
                    .for_each(|change| out::data(change.to_string())),
            }
            Ok(())
        }
    }
}

fn check_file(file: &FlowFile, output: Output) -> anyhow::Result<()> {
    let document = read(&file.file, output)?;
    let catalog = catalog(file, &document, output)?;
    let (diagnostics, hash) = match check(&document, &catalog) {
        Ok(checked) => (checked.warnings, Some(checked.program.flow_hash())),
        Err(diagnostics) => (diagnostics, None),
    };
    tell(&diagnostics, output)?;
    match hash {
        Some(hash) => {
            out::note(format!("{}: no mistakes, hash {hash}", file.file.display()));
            Ok(())
        }
        None => Err(out::Told.into()),
    }
}

fn show_file(show: &ShowFlow, output: Output) -> anyhow::Result<()> {
    let document = read(&show.file, output)?;
    out::data(match show.form {
        FlowForm::Json => document.to_json(),
        FlowForm::Toml => document.to_toml(),
        FlowForm::Mermaid => {
            let subflows = subflows(&show.subflow, output)?;
            mermaid(&expand(&document, &subflows))
        }
    });
    out::note(format!("hash {}", document.hash()));
    Ok(())
}

fn read(path: &Path, output: Output) -> anyhow::Result<Document> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{}", path.display()))?;
    let is_toml = path
        .extension()
        .is_some_and(|extension| extension == "toml");
    let read = if is_toml {
        Document::from_toml(&text)
    } else {
        Document::from_json(&text)
    };
    read.map_err(|diagnostics| match tell(&diagnostics, output) {
        Ok(()) => out::Told.into(),
        Err(error) => error,
    })
}

fn tell(diagnostics: &[Diagnostic], output: Output) -> anyhow::Result<()> {
    if output == Output::Json {
        return out::json(&diagnostics);
    }
    for diagnostic in diagnostics {
        out::data(diagnostic.render(None));
    }
    let n_errors = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .count();
    if n_errors > 0 {
        out::note(format!("{n_errors} mistake(s)"));
    }
    Ok(())
}

/// What the document refers to: the given catalog, or the given schema with destinations that take
/// every lead; and the given subflows.
fn catalog(file: &FlowFile, document: &Document, output: Output) -> anyhow::Result<Catalog> {
    let subflows = subflows(&file.subflow, output)?;
    let mut catalog = catalog_without_subflows(file, document, &subflows)?;
    catalog.subflows.extend(subflows);
    Ok(catalog)
}

/// The flows of some files by name; the last version of each is its live one.
fn subflows(files: &[PathBuf], output: Output) -> anyhow::Result<BTreeMap<String, Subflow>> {
    let mut subflows: BTreeMap<String, Subflow> = BTreeMap::new();
    for file in files {
        let document = read(file, output)?;
        let subflow = subflows.entry(document.flow.clone()).or_default();
        let hash = document.hash();
        subflow.live = Some(hash);
        subflow.versions.insert(hash, document);
    }
    Ok(subflows)
}

fn catalog_without_subflows(
    file: &FlowFile,
    document: &Document,
    subflows: &BTreeMap<String, Subflow>,
) -> anyhow::Result<Catalog> {
    let json =
        |path: &Path| std::fs::read_to_string(path).with_context(|| format!("{}", path.display()));
    if let Some(path) = &file.catalog {
        return serde_json::from_str(&json(path)?).with_context(|| format!("{}", path.display()));
    }
    let schema = match &file.schema {
        Some(path) => serde_json::from_str::<Schema>(&json(path)?)
            .with_context(|| format!("{}", path.display()))?,
        None => serde_json::from_value(json!({"vertical": document.vertical, "fields": []}))?,
    };
    let versions = subflows.values().flat_map(|it| it.versions.values());
    let nodes = versions.chain([document]).flat_map(|it| &it.nodes);
    let names = nodes.filter_map(|(name, node)| match node {
        Node::Destination { destination } => {
            Some(destination.clone().unwrap_or_else(|| name.clone()))
        }
        _ => None,
    });
    let destinations: BTreeMap<String, Destination> =
        names.map(|name| (name, Destination::default())).collect();
    Ok(Catalog {
        schema,
        currency: document.currency,
        destinations,
        subflows: BTreeMap::new(),
    })
}
