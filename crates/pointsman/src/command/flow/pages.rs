//! Flow tests: Markdown pages that are run, reported and updated.

use std::path::Path;

use anyhow::Context as _;
use pointsman_flowtest::{Failure, Outcome, run as run_page};
use serde::Serialize;

use crate::{
    cli::{Output, TestFlows},
    out,
};

/// The result of one page, for programs.
#[derive(Debug, Serialize)]
struct Page {
    file: String,
    flows: usize,
    leads: usize,
    findings: usize,
    failures: Vec<Failure>,
    /// Whether the file was rewritten.
    updated: bool,
}

pub(super) fn run(test: &TestFlows, output: Output) -> anyhow::Result<()> {
    let pages = test
        .files
        .iter()
        .map(|file| page(file, test.update))
        .collect::<anyhow::Result<Vec<Page>>>()?;
    match output {
        Output::Json => out::json(&pages)?,
        Output::Text => print(&pages),
    }
    if pages.iter().all(|page| page.failures.is_empty()) {
        Ok(())
    } else {
        Err(out::Reported.into())
    }
}

/// Runs a page; with `update`, writes the actual results into it and runs it again.
fn page(file: &Path, update: bool) -> anyhow::Result<Page> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).with_context(|| name.clone())?;
    let mut outcome = run_page(&text);
    let updated = update && outcome.rewritten != text;
    if updated {
        std::fs::write(file, &outcome.rewritten).with_context(|| name.clone())?;
        outcome = run_page(&outcome.rewritten);
    }
    let Outcome {
        n_flows,
        n_leads,
        findings,
        failures,
        rewritten: _,
    } = outcome;
    Ok(Page {
        file: name,
        flows: n_flows,
        leads: n_leads,
        findings: findings.len(),
        failures,
        updated,
    })
}

fn print(pages: &[Page]) {
    for page in pages {
        for failure in &page.failures {
            out::data(format!("{}:{failure}\n", page.file));
        }
        if page.updated {
            out::note(format!("{}: updated", page.file));
        }
    }
    let sum = |count: fn(&Page) -> usize| pages.iter().map(count).sum::<usize>();
    out::note(format!(
        "{} page(s), {} flow(s), {} lead(s), {} finding(s): {} failure(s)",
        pages.len(),
        sum(|page| page.flows),
        sum(|page| page.leads),
        sum(|page| page.findings),
        sum(|page| page.failures.len()),
    ));
}
