//! Flow documents in files: check, show, compare, test.

mod explain;
mod pages;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use pointsman_flow::{
    Catalog, Change, Diagnostic, Document, Form, Moves, Semantics, Severity, Source, Subflow,
    Version, check, diff, dot, expand, mermaid, moves,
};
use pointsman_lead::json;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    cli::{DiffFlows, FlowFile, FlowForm, FlowVerb, Output, ShowFlow},
    out,
};

pub(super) fn run(verb: &FlowVerb, output: Output) -> anyhow::Result<()> {
    match verb {
        FlowVerb::Check(file) => check_file(file, output),
        FlowVerb::Show(show) => show_file(show, output),
        FlowVerb::Diff(files) => compare(files, output),
        FlowVerb::Explain(explain) => explain::run(explain, output),
        FlowVerb::Test(test) => pages::run(test, output),
    }
}

/// What differs between two flow documents.
#[derive(Debug, Serialize)]
struct Comparison {
    changes: Vec<Change>,
    /// The people who change arm.
    moves: Vec<Moves>,
}

fn compare(files: &DiffFlows, output: Output) -> anyhow::Result<()> {
    let before = read(&files.before, output)?;
    let after = read(&files.after, output)?;
    let subflows = subflows(&files.subflow, output)?;
    let version = |document| Version {
        document,
        subflows: &subflows,
        semantics: Semantics::CURRENT,
    };
    let compared = Comparison {
        changes: diff(&before, &after),
        moves: moves(&version(&before), &version(&after)),
    };
    if output == Output::Json {
        return out::json(&compared);
    }
    for change in &compared.changes {
        out::data(change.to_string());
    }
    for moves in &compared.moves {
        out::data(&moves.message);
    }
    Ok(())
}

fn check_file(file: &FlowFile, output: Output) -> anyhow::Result<()> {
    let text = text_of(&file.file)?;
    let source = source(&file.file, &text);
    let document = parse(&source, output)?;
    let catalog = catalog(file, &document, output)?;
    let (diagnostics, hash) = match check(&document, &catalog) {
        Ok(checked) => {
            for (node, n_rows) in checked.program.residual_rows() {
                out::note(format!(
                    "table `{node}`: {n_rows} row(s) have a predicate that the index of columns does not cover; each is evaluated separately"
                ));
            }
            (checked.warnings, Some(checked.program.flow_hash()))
        }
        Err(diagnostics) => (diagnostics, None),
    };
    print(&diagnostics, &source, Some(&catalog), output)?;
    match hash {
        Some(hash) => {
            out::note(format!("{}: no errors, hash {hash}", file.file.display()));
            Ok(())
        }
        None => Err(out::Reported.into()),
    }
}

fn show_file(show: &ShowFlow, output: Output) -> anyhow::Result<()> {
    let document = read(&show.file, output)?;
    out::data(match show.form {
        FlowForm::Json => document.to_json(),
        FlowForm::Toml => document.to_toml(),
        FlowForm::Mermaid => mermaid(&drawn(show, &document, output)?),
        FlowForm::Dot => dot(&drawn(show, &document, output)?),
    });
    out::note(format!("hash {}", document.hash()));
    Ok(())
}

/// The document with the given subflows expanded.
fn drawn(show: &ShowFlow, document: &Document, output: Output) -> anyhow::Result<Document> {
    Ok(expand(document, &subflows(&show.subflow, output)?))
}

fn read(path: &Path, output: Output) -> anyhow::Result<Document> {
    let text = text_of(path)?;
    parse(&source(path, &text), output)
}

fn text_of(path: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{}", path.display()))?;
    Ok(json::without_mark(&text).to_owned())
}

fn source<'a>(path: &'a Path, text: &'a str) -> Source<'a> {
    let is_toml = path
        .extension()
        .is_some_and(|extension| extension == "toml");
    Source {
        name: path.to_str().unwrap_or("the file"),
        text,
        form: if is_toml { Form::Toml } else { Form::Json },
    }
}

fn parse(source: &Source<'_>, output: Output) -> anyhow::Result<Document> {
    let read = match source.form {
        Form::Toml => Document::from_toml(source.text),
        Form::Json => Document::from_json(source.text),
    };
    read.map_err(
        |diagnostics| match print(&diagnostics, source, None, output) {
            Ok(()) => out::Reported.into(),
            Err(error) => error,
        },
    )
}

/// Prints diagnostics.
///
/// * `catalog`: holds the criteria of destinations, which findings may quote.
fn print(
    diagnostics: &[Diagnostic],
    source: &Source<'_>,
    catalog: Option<&Catalog>,
    output: Output,
) -> anyhow::Result<()> {
    if output == Output::Json {
        return out::json(&diagnostics);
    }
    for diagnostic in diagnostics {
        let destination = diagnostic.place.destination.as_ref();
        let settings = destination.and_then(|name| catalog?.destinations.get(name));
        out::data(match settings {
            Some(settings) => diagnostic.render(settings.criteria.as_deref()),
            None => diagnostic.render_in(source),
        });
    }
    let n_errors = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .count();
    if n_errors > 0 {
        out::note(format!("{n_errors} error(s)"));
    }
    Ok(())
}

/// The catalog for the document: the given one, or the given schema with destinations that accept every
/// lead; with the given subflows.
fn catalog(file: &FlowFile, document: &Document, output: Output) -> anyhow::Result<Catalog> {
    let subflows = subflows(&file.subflow, output)?;
    if let Some(path) = &file.catalog {
        let mut catalog: Catalog = parsed(path)?;
        catalog.subflows.extend(subflows);
        return Ok(catalog);
    }
    let mut catalog = Catalog::assumed(document, subflows);
    if let Some(path) = &file.schema {
        catalog.schema = parsed(path)?;
    }
    Ok(catalog)
}

/// A value out of a JSON file.
pub(super) fn parsed<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    json::parse(&text_of(path)?)
        .map_err(anyhow::Error::msg)
        .with_context(|| format!("{}", path.display()))
}

/// The flows of some files by name; the last document of a name is its live version.
fn subflows(files: &[PathBuf], output: Output) -> anyhow::Result<BTreeMap<String, Subflow>> {
    let mut subflows: BTreeMap<String, Subflow> = BTreeMap::new();
    for file in files {
        let document = read(file, output)?;
        let subflow = subflows.entry(document.flow.clone()).or_default();
        subflow.publish(document);
    }
    Ok(subflows)
}
