//! Flow documents on disk: check, show, compare, test.

mod pages;

use std::path::Path;

use anyhow::Context as _;
use pointsman_flow::{Catalog, Diagnostic, Document, Severity, check, diff, dot, mermaid};
use pointsman_lead::Schema;

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
        FlowVerb::Test(test) => pages::run(test, output),
    }
}

fn check_file(file: &FlowFile, output: Output) -> anyhow::Result<()> {
    let document = read(&file.file, output)?;
    let catalog = catalog(file, &document)?;
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
        FlowForm::Mermaid => mermaid(&document),
        FlowForm::Dot => dot(&document),
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
/// every lead.
fn catalog(file: &FlowFile, document: &Document) -> anyhow::Result<Catalog> {
    let json =
        |path: &Path| std::fs::read_to_string(path).with_context(|| format!("{}", path.display()));
    if let Some(path) = &file.catalog {
        return serde_json::from_str(&json(path)?).with_context(|| format!("{}", path.display()));
    }
    let assumed = Catalog::assumed(document);
    let schema = match &file.schema {
        Some(path) => serde_json::from_str::<Schema>(&json(path)?)
            .with_context(|| format!("{}", path.display()))?,
        None => return Ok(assumed),
    };
    Ok(Catalog { schema, ..assumed })
}
