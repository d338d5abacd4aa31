//! The first pass: from a document to a typed flow, and everything that is wrong on the way.

pub(crate) mod arms;
pub(crate) mod auction;
mod bounds;
mod caps;
mod catalog;
pub(crate) mod derive;
mod kind;
pub(crate) mod learning;
mod nodes;
mod paths;
pub(crate) mod predicate;
pub(crate) mod rotate;
pub(crate) mod rules;
mod salts;
mod scope;
pub(crate) mod sticky;
mod structure;
pub(crate) mod tables;

use crate::{
    Catalog, Diagnostic, Document, Place, Severity,
    graph::Graph,
    subflow::Expanded,
    typed_flow::{Proofs, TypedFlow},
};
pub(crate) use nodes::CheckNode;
pub(crate) use scope::{Misfit, Scope};

/// Checks a flow whose subflows are in their places. All mistakes are reported; what could be made
/// out of the rest comes back.
pub(crate) fn check(
    expanded: &Expanded<'_>,
    catalog: &Catalog,
    graph: &Graph<'_>,
    proofs: Proofs,
    found: &mut Vec<Diagnostic>,
) -> TypedFlow {
    let document = &*expanded.document;
    structure::check(document, catalog, graph, found);
    found.extend(unknown_currency(document, proofs));
    paths::check(document, graph, found);
    salts::check(expanded, found);
    let mut flow = TypedFlow::default();
    for &name in &graph.reached {
        node(document, catalog, name, &mut flow, (proofs, found));
    }
    catalog::check(document, catalog, graph, &mut flow, (proofs, found));
    // What is not reached is checked too, but leaves no trace in the program.
    let mut aside = TypedFlow {
        inputs: flow.inputs.clone(),
        ..TypedFlow::default()
    };
    for &name in &graph.unreached {
        let n_before = found.len();
        node(document, catalog, name, &mut aside, (proofs, found));
        // A program's own catalog has only what is reached, and the flow is checked against it again
        // whenever an old decision is made again.
        let own = found[n_before..].iter_mut();
        own.filter(|finding| matches!(finding.code, "unknown_destination" | "unknown_list"))
            .for_each(|finding| finding.severity = Severity::Warning);
    }
    flow
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

/// Checks what one node says, and puts its rule into the flow.
fn node(
    document: &Document,
    catalog: &Catalog,
    name: &str,
    flow: &mut TypedFlow,
    (proofs, found): (Proofs, &mut Vec<Diagnostic>),
) {
    let node = &document.nodes[name];
    let mut scope = Scope {
        schema: &catalog.schema,
        lists: &catalog.lists,
        document: Some(document),
        place: Place::node(name),
        proofs,
        inputs: &mut flow.inputs,
        found,
    };
    if let Some(rule) = nodes::check(name, node, document, catalog, &mut scope) {
        flow.rules.insert(name.to_owned(), rule);
    }
}

#[cfg(test)]
mod tests;
