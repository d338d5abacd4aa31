//! The flow as a whole: its header, the names of its nodes, and how they hang together.

use crate::{
    Catalog, Diagnostic, Document, Node, Place,
    diagnostic::{is_early, note},
    graph::{Graph, MAX_DEPTH},
    name::{bad_name, is_name},
    subflow::own_name,
    suggest,
};

/// Most destinations that one lead may be sold to.
const MAX_SOLD: u8 = 16;

pub(super) fn check(
    document: &Document,
    catalog: &Catalog,
    graph: &Graph<'_>,
    found: &mut Vec<Diagnostic>,
) {
    header(document, catalog, found);
    root(document, found);
    for (name, node) in &document.nodes {
        let own_name = own_name(name);
        if let Some(value) = node.value()
            && catalog.schema.find(own_name).is_some()
        {
            let message =
                format!("`{own_name}` is also a field, so predicates could not tell them apart");
            let error = Diagnostic::error("ambiguous_name", Place::node(name), message);
            note(found, error.hint(format!("rename the {}", value.noun)));
        }
        ports(document, name, node, found);
    }
    for cycle in &graph.cycles {
        note(found, self::cycle(document, cycle));
    }
    if document.nodes.contains_key(&document.root) {
        for name in &graph.unreached {
            let message = match document.nodes[*name].value() {
                Some(value) => format!("nothing that leads reach reads this {}", value.noun),
                None => "no lead can reach this node".to_owned(),
            };
            let warning = Diagnostic::warning("unreachable", Place::node(name), message);
            note(found, warning.hint("connect it, or delete it"));
        }
    }
    let deepest = graph.deepest(document).filter(|_| graph.cycles.is_empty());
    if let Some((name, depth)) = deepest.filter(|(_, depth)| *depth > MAX_DEPTH) {
        let message = format!("the path to here has {depth} nodes; {MAX_DEPTH} is the limit");
        note(
            found,
            Diagnostic::error("too_deep", Place::node(name), message),
        );
    }
}

fn header(document: &Document, catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    let place = |part: &str| Place::default().part(part);
    if !is_name(&document.flow) {
        note(found, bad_name(place("flow"), &document.flow));
    }
    let (ours, theirs) = (document.vertical.as_str(), catalog.schema.vertical());
    if ours != theirs {
        let message = format!("this flow routes `{ours}`, but the catalog is for `{theirs}`");
        note(
            found,
            Diagnostic::error("wrong_vertical", place("vertical"), message),
        );
    }
    if document.currency != catalog.currency {
        let (ours, theirs) = (document.currency, catalog.currency);
        let message = format!("this flow is in {ours}, but its destinations pay in {theirs}");
        let error = Diagnostic::error("wrong_currency", place("currency"), message);
        note(found, error.hint("there is one currency in a flow"));
    }
    if let Some(dedupe) = &document.dedupe {
        for error in dedupe.diagnostics(&Place::default(), &catalog.schema) {
            note(found, error);
        }
    }
    if !(1..=MAX_SOLD).contains(&document.max_sold) {
        let message = format!("a lead cannot be sold {} times", document.max_sold);
        let error = Diagnostic::error("max_sold_range", place("max_sold"), message);
        note(
            found,
            error.hint("write 1 for exclusive leads, and 16 at most"),
        );
    }
}

fn root(document: &Document, found: &mut Vec<Diagnostic>) {
    let (place, root) = (Place::default().part("root"), &document.root);
    match document.nodes.get(root).map(Node::value) {
        None => {
            let message = format!("the flow starts at `{root}`, which is not a node");
            let error = Diagnostic::error("unknown_root", place, message);
            note_unknown(found, error, document, root);
        }
        Some(Some(value)) => {
            let message = format!("the flow starts at `{root}`, which is a {}", value.noun);
            let error = Diagnostic::error(value.code_of_port, place, message);
            note(found, error);
        }
        Some(None) => {}
    }
}

fn ports(document: &Document, name: &str, node: &Node, found: &mut Vec<Diagnostic>) {
    let is_step = |target: &&str| {
        let target = document.nodes.get(*target);
        target.is_some_and(|node| !node.is_value())
    };
    if node.targets().iter().all(is_step) {
        return; // The names of parts are only worth writing where one is wrong.
    }
    for (part, port) in node.ports() {
        let place = || Place::node(name).part(part.as_str());
        match document.nodes.get(port).map(Node::value) {
            None => {
                let message = format!("there is no node `{port}`");
                let error = Diagnostic::error("unknown_node", place(), message);
                note_unknown(found, error, document, port);
            }
            Some(Some(value)) => {
                let message = format!("`{port}` is a {}; no lead goes to it", value.noun);
                let error = Diagnostic::error(value.code_of_port, place(), message);
                note(
                    found,
                    error.hint("read it in a predicate, a switch or a table"),
                );
            }
            Some(None) => {}
        }
    }
}

/// Notes an error about a name that no node has, with the one that may have been meant.
fn note_unknown(
    found: &mut Vec<Diagnostic>,
    mut error: Diagnostic,
    document: &Document,
    name: &str,
) {
    if is_early(found) {
        let steps = document.nodes.iter();
        let steps = steps
            .filter(|(_, node)| !node.is_value())
            .map(|(name, _)| name.as_str());
        error.hint = suggest::hint(name, steps);
    }
    note(found, error);
}

fn cycle(document: &Document, cycle: &[&str]) -> Diagnostic {
    let first = cycle.first().copied().unwrap_or_default();
    let around: Vec<String> = cycle
        .iter()
        .chain([&first])
        .map(|name| format!("`{name}`"))
        .collect();
    let path = around.join(" → ");
    let message = match document.nodes.get(first).and_then(Node::value) {
        Some(value) => format!("these {} need each other: {path}", value.plural),
        None => format!("a lead would never leave: {path}"),
    };
    Diagnostic::error("cycle", Place::node(first), message).hint("remove one of these edges")
}
