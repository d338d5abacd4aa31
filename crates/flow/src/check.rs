//! From a document to a program, or to the list of all that keeps it from being one.

mod auction;
mod bounds;
mod catalog;
mod derive;
mod kind;
mod nodes;
mod predicate;
mod rotate;
mod rules;
mod scope;
mod sticky;
mod structure;
mod tables;
mod ways;

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    Catalog, Diagnostic, Document, Node, Place, Program, Severity,
    classes::Accepted,
    diagnostic::note_more,
    formula::{Formula, SlotIdx},
    graph::Graph,
    inputs::Inputs,
    program::compile,
    subflow::expanded,
};
pub(crate) use catalog::named as destinations_named;
use scope::Scope;
pub(crate) use structure::{bad_name, is_name};

/// Most nodes of a flow.
pub(crate) const MAX_NODES: usize = 4_096;

/// A program and what is odd about it.
#[derive(Debug, Clone)]
pub struct Checked {
    /// What runs.
    pub program: Program,
    /// Findings that do not keep it from running.
    pub warnings: Vec<Diagnostic>,
}

/// What a node asks of a lead, typed but not yet compiled.
#[derive(Debug, Clone)]
pub(crate) enum Rule {
    When(Formula<Accepted>),
    /// What each case accepts, in order.
    Switch(SlotIdx, Vec<Accepted>),
    Table(TableRule),
}

#[derive(Debug, Clone)]
pub(crate) struct TableRule {
    pub(crate) columns: Vec<ColumnRule>,
    pub(crate) n_rows: usize,
    /// What else rows ask of a lead, as far as no column says it.
    pub(crate) residuals: BTreeMap<usize, Formula<Accepted>>,
}

/// What the rows of a table ask of one slot. Tables are long and say few different things, so each
/// is there once.
#[derive(Debug, Clone)]
pub(crate) struct ColumnRule {
    pub(crate) slot: SlotIdx,
    /// The different tests.
    pub(crate) tests: Vec<CellTest>,
    /// Position of each row's test.
    pub(crate) by_row: Vec<u32>,
}

#[derive(Debug, Clone)]
pub(crate) enum CellTest {
    Any,
    /// A formula over the column's slot alone.
    Asks(Formula<Accepted>),
}

/// Everything that the checks have made out of a document.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) inputs: Inputs,
    /// Rules by node.
    pub(crate) rules: BTreeMap<String, Rule>,
    /// Criteria by destination.
    pub(crate) criteria: BTreeMap<String, Formula<Accepted>>,
}

/// Checks a flow against a catalog and compiles it. The only way to a [`Program`].
///
/// # Errors
///
/// Every mistake at once, in a fixed order, with the warnings among them; at least one has
/// [`Severity::Error`].
pub fn check(
    document: impl Into<Arc<Document>>,
    catalog: &Catalog,
) -> Result<Checked, Vec<Diagnostic>> {
    run(&document.into(), catalog, Proofs::All)
}

/// The program of a flow that is known: all that [`check`] holds against it, without the search for
/// what is only odd. For versions that were checked when they were made: a mistake that no release
/// looked for then is a warning here, so that they run on as they did.
///
/// # Errors
///
/// As [`check`], with fewer warnings.
pub fn compile(
    document: impl Into<Arc<Document>>,
    catalog: &Catalog,
) -> Result<Program, Vec<Diagnostic>> {
    run(&document.into(), catalog, Proofs::Needed).map(|checked| checked.program)
}

/// How much is proved about a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proofs {
    /// What a program needs to be one.
    Needed,
    /// Also what is only odd.
    All,
}

fn run(
    written: &Arc<Document>,
    catalog: &Catalog,
    proofs: Proofs,
) -> Result<Checked, Vec<Diagnostic>> {
    let n_nodes = written.nodes.len();
    if n_nodes > MAX_NODES {
        let message = format!("this flow has {n_nodes} nodes; {MAX_NODES} is the limit");
        let error = Diagnostic::error("too_large", Place::default().part("nodes"), message);
        return Err(vec![error.hint("use tables for long lists of cases")]);
    }
    let mut found = Vec::new();
    let expanded = expanded(written, &catalog.subflows, &mut found);
    let document = &*expanded.document;
    let graph = Graph::new(document);
    structure::check(document, catalog, &graph, &mut found);
    found.extend(unknown_currency(document, proofs));
    ways::check(document, &graph, &mut found);
    let mut draft = Draft::default();
    for &name in &graph.reached {
        node(document, catalog, name, &mut draft, (proofs, &mut found));
    }
    catalog::check(document, catalog, &graph, &mut draft, (proofs, &mut found));
    // What is not reached is checked too, but leaves no trace in the program.
    let mut aside = Draft {
        inputs: draft.inputs.clone(),
        ..Draft::default()
    };
    for &name in &graph.unreached {
        let n_before = found.len();
        node(document, catalog, name, &mut aside, (proofs, &mut found));
        // A program's own catalog has only what is reached, and the flow is checked against it again
        // whenever an old decision is made again.
        let own = found[n_before..].iter_mut();
        own.filter(|finding| finding.code == "unknown_destination")
            .for_each(|finding| finding.severity = Severity::Warning);
    }
    let program = compile::program(
        (written, &expanded, catalog),
        &graph,
        draft,
        proofs,
        &mut found,
    );
    in_order(&mut found);
    note_more(&mut found);
    match program {
        Some(program)
            if found
                .iter()
                .all(|finding| finding.severity != Severity::Error) =>
        {
            Ok(Checked {
                program,
                warnings: found,
            })
        }
        _ => Err(found),
    }
}

/// A currency that ISO 4217 does not have: a mistake in what is written, and a warning in a version that was
/// published before this was checked.
fn unknown_currency(document: &Document, proofs: Proofs) -> Option<Diagnostic> {
    let currency = document.currency;
    if currency.is_iso() {
        return None;
    }
    let place = Place::default().part("currency");
    let message = format!("`{currency}` is not a currency of ISO 4217");
    let mut finding = Diagnostic::error("unknown_currency", place, message);
    if proofs == Proofs::Needed {
        finding.severity = Severity::Warning;
    }
    Some(finding.hint("write a code such as USD, EUR or GBP"))
}

/// Checks what one node says, and puts its rule into the draft.
fn node(
    document: &Document,
    catalog: &Catalog,
    name: &str,
    draft: &mut Draft,
    (proofs, found): (Proofs, &mut Vec<Diagnostic>),
) {
    let node = &document.nodes[name];
    let mut scope = Scope {
        schema: &catalog.schema,
        document: Some(document),
        place: Place::node(name),
        proofs,
        inputs: &mut draft.inputs,
        found,
    };
    nodes::check(node, document, catalog, &mut scope);
    match node {
        Node::Scorecard { points } => rules::scorecard(name, points, &mut scope),
        Node::Derive {
            value,
            default,
            scale,
        } => derive::derive(name, value, default.as_ref(), *scale, &mut scope),
        _ => {
            if let Some(rule) = rules::rule(node, &mut scope) {
                draft.rules.insert(name.to_owned(), rule);
            }
        }
    }
}

/// The flow itself first, then nodes and destinations by name; within one, as they were found.
fn in_order(found: &mut [Diagnostic]) {
    found.sort_by(|a, b| {
        let key = |finding: &Diagnostic| {
            let Place {
                node, destination, ..
            } = &finding.place;
            (destination.clone(), node.clone())
        };
        key(a).cmp(&key(b))
    });
}

#[cfg(test)]
mod tests;
