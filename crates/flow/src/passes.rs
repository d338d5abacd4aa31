//! From a document to a program: check, lower, lint.
//!
//! `check` makes a typed flow of a document, `lower` makes a program of the typed flow, and `lint`
//! looks for what can be proved about both. Each pass reports all that it finds; a program comes out
//! only if nothing of it is an error.

use std::{collections::BTreeMap, sync::Arc};

use pointsman_lead::{Currency, Schema};

use crate::{
    Catalog, Destination, DestinationNode, Diagnostic, Document, NamedList, Place, Program,
    Semantics, Severity, check::check as typed_flow, diagnostic::note_more, document::MAX_NODES,
    graph::Graph, lint::Lint, lower, subflow::expanded, typed_flow::Proofs,
};

/// A program and what is odd about it.
#[derive(Debug, Clone)]
pub struct Checked {
    /// What runs.
    pub program: Program,
    /// Findings that do not keep it from running.
    pub warnings: Vec<Diagnostic>,
}

/// Checks a flow against a catalog and compiles it. The way to a [`Program`] for a flow that is new; [`compile`] is that of stored versions.
///
/// # Errors
///
/// Every mistake at once, in a fixed order, with the warnings among them; at least one has
/// [`Severity::Error`].
pub fn check(
    document: impl Into<Arc<Document>>,
    catalog: &Catalog,
) -> Result<Checked, Vec<Diagnostic>> {
    check_under(document, catalog, Semantics::CURRENT)
}

/// [`check`] for a version that was published by an earlier release.
///
/// * `semantics`: that of the publication.
///
/// # Errors
///
/// As [`check`].
pub fn check_under(
    document: impl Into<Arc<Document>>,
    catalog: &Catalog,
    semantics: Semantics,
) -> Result<Checked, Vec<Diagnostic>> {
    run(&document.into(), catalog, Proofs::All, semantics)
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
    compile_under(document, catalog, Semantics::CURRENT)
}

/// [`compile`] for a version that was published by an earlier release: it draws as it did then.
///
/// * `semantics`: that of the publication, or of the decision that is made again.
///
/// # Errors
///
/// As [`compile`].
pub fn compile_under(
    document: impl Into<Arc<Document>>,
    catalog: &Catalog,
    semantics: Semantics,
) -> Result<Program, Vec<Diagnostic>> {
    run(&document.into(), catalog, Proofs::Needed, semantics).map(|checked| checked.program)
}

fn run(
    written: &Arc<Document>,
    catalog: &Catalog,
    proofs: Proofs,
    semantics: Semantics,
) -> Result<Checked, Vec<Diagnostic>> {
    let n_nodes = written.nodes.len();
    if n_nodes > MAX_NODES {
        let message = format!("this flow has {n_nodes} nodes; {MAX_NODES} is the limit");
        let error = Diagnostic::error("too_large", Place::default().part("nodes"), message);
        return Err(vec![error.hint("use tables for long lists of cases")]);
    }
    let is_error = |finding: &Diagnostic| finding.severity == Severity::Error;
    let mut found = Vec::new();
    let expanded = expanded(written, &catalog.subflows, &mut found);
    let document = &*expanded.document;
    let graph = Graph::new(document);
    let flow = typed_flow(&expanded, catalog, &graph, proofs, &mut found);
    let lowered = lower::lower(catalog, flow, &mut found);
    let program = lowered.and_then(|lowered| {
        let mut lint = Lint::of_tables(&lowered, &expanded.document, catalog, proofs, &mut found);
        let program = (!found.iter().any(is_error))
            .then(|| lowered.program(written, &expanded, catalog, &graph, semantics))
            .flatten();
        if let Some(program) = &program {
            lint.program(program, &mut found);
        }
        lint.incomplete(&mut found);
        program
    });
    in_order(&mut found);
    note_more(&mut found);
    match program {
        Some(program) if !found.iter().any(is_error) => Ok(Checked {
            program,
            warnings: found,
        }),
        _ => Err(found),
    }
}

impl Destination {
    /// Everything that the checks of a flow say about it, for leads of a schema.
    ///
    /// * `name`: its name in the catalog.
    /// * `lists`: those that its criteria may ask.
    pub fn check(
        &self,
        name: &str,
        (schema, currency): (&Schema, Currency),
        lists: &BTreeMap<String, NamedList>,
    ) -> Vec<Diagnostic> {
        let node = DestinationNode { destination: None };
        let document = Document {
            flow: "check".to_owned(),
            vertical: schema.vertical().to_owned(),
            currency,
            root: name.to_owned(),
            max_sold: 1,
            dedupe: None,
            nodes: BTreeMap::from([(name.to_owned(), node.into())]),
            title: None,
            notes: None,
        };
        let catalog = Catalog {
            schema: schema.clone(),
            currency,
            destinations: BTreeMap::from([(name.to_owned(), self.clone())]),
            subflows: BTreeMap::new(),
            lists: lists.clone(),
        };
        let mut found = match check(document, &catalog) {
            Ok(checked) => checked.warnings,
            Err(found) => found,
        };
        found.retain(|finding| finding.place.destination.is_some());
        found
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
