//! Does what a page says, from top to bottom, and compares.

use std::ops::Range;

use pointsman_flow::{Checked, Diagnostic, check};
use pointsman_ledger::Ledger;

use crate::{
    Failure, Outcome,
    block::{Block, Kind, blocks},
    case, proof, story,
    world::World,
};

/// Runs a page. A block stands for all that comes after it, until another of its kind replaces it.
pub fn run(page: &str) -> Outcome {
    let mut outcome = Outcome::default();
    let blocks = blocks(page, &mut outcome.failures);
    let mut run = Run {
        world: World::default(),
        flow: None,
        edits: Vec::new(),
        outcome,
    };
    for block in &blocks {
        run.block(block);
    }
    run.leave_flow();
    let mut outcome = run.outcome;
    outcome.failures.sort_by_key(|failure| failure.line);
    outcome.rewritten = edited(page, run.edits);
    outcome
}

/// The flow that findings and leads are about.
struct Flow {
    line: usize,
    /// Where its block ends in the page, in bytes.
    end: usize,
    /// None if it has mistakes.
    checked: Option<Checked>,
    /// All that the checks say.
    told: String,
    /// Whether a block of findings has been compared with that.
    compared: bool,
}

struct Run {
    world: World,
    flow: Option<Flow>,
    /// What has to change in the page, from top to bottom.
    edits: Vec<(Range<usize>, String)>,
    outcome: Outcome,
}

impl Run {
    fn block(&mut self, block: &Block<'_>) {
        match block.kind {
            Kind::Flow => {
                self.leave_flow();
                self.flow(block);
            }
            Kind::Findings => self.findings(block),
            Kind::Leads => self.leads(block),
            Kind::Schema
            | Kind::Destinations
            | Kind::Catalog
            | Kind::Lists
            | Kind::Subflow
            | Kind::Allocation => {
                if let Err(message) = self.world.take(block) {
                    self.fail(block, message);
                }
            }
        }
    }

    fn fail(&mut self, block: &Block<'_>, message: impl Into<String>) {
        let failure = Failure::new(block.line, block.kind.word(), message);
        self.outcome.failures.push(failure);
    }

    /// Checks a flow, and lets every example lead prove its finding.
    fn flow(&mut self, block: &Block<'_>) {
        self.outcome.n_flows += 1;
        let (findings, checked) = match block.document() {
            Err(findings) => (findings, None),
            Ok(document) => {
                let catalog = self.world.catalog(&document);
                let (findings, checked) = match check(&document, &catalog) {
                    Err(findings) => (findings, None),
                    Ok(checked) => (checked.warnings.clone(), Some(checked)),
                };
                for finding in &findings {
                    if let Err(message) = proof::shows(&document, &catalog, finding) {
                        self.fail(block, message);
                    }
                }
                (findings, checked)
            }
        };
        self.flow = Some(Flow {
            line: block.line,
            end: block.end,
            checked,
            told: rendered(&findings),
            compared: false,
        });
        self.outcome.findings.extend(findings);
    }

    /// A flow without a block of findings has none.
    fn leave_flow(&mut self) {
        let Some(flow) = self.flow.take() else {
            return;
        };
        if flow.compared || flow.told.is_empty() {
            return;
        }
        let message = "the checks say something, and no block of findings says what";
        let failure = Failure::new(flow.line, Kind::Flow.word(), message).diff("", &flow.told);
        self.outcome.failures.push(failure);
        let block = format!("\n\n```text findings\n{}```", flow.told);
        self.edits.push((flow.end..flow.end, block));
    }

    fn findings(&mut self, block: &Block<'_>) {
        let Some(flow) = &mut self.flow else {
            return self.fail(block, "there is no flow before these findings");
        };
        if std::mem::replace(&mut flow.compared, true) {
            let message = format!("the flow of line {} has its findings already", flow.line);
            return self.fail(block, message);
        }
        if flow.told.trim_end() != block.text.trim_end() {
            let message = format!("the checks of the flow of line {} say otherwise", flow.line);
            let failure = Failure::new(block.line, block.kind.word(), message);
            let failure = failure.diff(block.text, &flow.told);
            self.edits.push((block.inner.clone(), flow.told.clone()));
            self.outcome.failures.push(failure);
        }
    }

    /// Lets leads walk one after the other: each finds what those before it have left of the caps.
    fn leads(&mut self, block: &Block<'_>) {
        let first_line = block.line + 1;
        let cases = case::cases(block.text, first_line, &mut self.outcome.failures);
        self.outcome.n_leads += cases.len();
        let Some(flow) = &self.flow else {
            return self.fail(block, "there is no flow before these leads");
        };
        let Some(checked) = &flow.checked else {
            let message = format!(
                "the flow of line {} has mistakes, so no lead walks it",
                flow.line
            );
            return self.fail(block, message);
        };
        let mut ledger = Ledger::new();
        let mut told = Vec::new();
        for case in &cases {
            let lines = story::told(
                &checked.program,
                &self.world.allocation,
                &mut ledger,
                &case.given,
            );
            let failure = |message: &str| Failure::new(case.line, block.kind.word(), message);
            match lines {
                Ok(lines) => {
                    if lines != case.told {
                        let failure = failure("another thing becomes of this lead");
                        let failure = failure.diff(&listed(&case.told), &listed(&lines));
                        self.outcome.failures.push(failure);
                    }
                    told.push(lines);
                }
                Err(message) => {
                    self.outcome.failures.push(failure(&message));
                    told.push(case.told.clone());
                }
            }
        }
        let rewritten = case::rewritten(block.text, &cases, &told);
        if rewritten != block.text {
            self.edits.push((block.inner.clone(), rewritten));
        }
    }
}

/// The findings as a compiler would print them, with an empty line between two.
fn rendered(findings: &[Diagnostic]) -> String {
    let texts = findings.iter().map(|finding| finding.render(None) + "\n");
    texts.collect::<Vec<_>>().join("\n")
}

fn listed(lines: &[String]) -> String {
    lines
        .iter()
        .flat_map(|line| [line.as_str(), "\n"])
        .collect()
}

/// A page with some of its bytes replaced.
fn edited(page: &str, mut edits: Vec<(Range<usize>, String)>) -> String {
    edits.sort_by_key(|(range, _)| range.start);
    let mut text = String::with_capacity(page.len());
    let mut at = 0;
    for (range, new) in edits {
        text.push_str(&page[at..range.start]);
        text.push_str(&new);
        at = range.end;
    }
    text + &page[at..]
}

#[cfg(test)]
mod tests;
