//! The parts of a document that edits name, or what is wrong with the name.

use pointsman_flow::{
    Case, Document, Node, OfKind, Points, Row, ScorecardNode, SwitchNode, TableNode,
};
use pointsman_lead::{Problem, closest};

pub(super) fn unknown_node(document: &Document, path: &str, name: &str) -> Problem {
    let problem = Problem::new("unknown_node", path, format!("there is no node `{name}`"));
    match closest(name, document.nodes.keys().map(String::as_str)) {
        Some(close) => problem.hint(format!("did you mean `{close}`?")),
        None => problem,
    }
}

pub(super) fn wrong_kind(name: &str, node: &Node, wanted: &str) -> Problem {
    let message = format!("node `{name}` is a {}, not a {wanted}", node.kind());
    Problem::new("wrong_kind", "node", message)
}

pub(super) fn find<'a>(document: &'a mut Document, name: &str) -> Result<&'a mut Node, Problem> {
    if !document.nodes.contains_key(name) {
        return Err(unknown_node(document, "node", name));
    }
    document
        .nodes
        .get_mut(name)
        .ok_or_else(|| Problem::new("unknown_node", "node", "no such node"))
}

pub(super) fn at<'a, T>(
    list: &'a mut [T],
    path: &str,
    position: usize,
) -> Result<&'a mut T, Problem> {
    let len = list.len();
    list.get_mut(position).ok_or_else(|| {
        Problem::new(
            "no_such_position",
            path,
            format!("there is no position {position}"),
        )
        .hint(format!("positions count from 0, and there are {len}"))
    })
}

/// A node of one kind.
pub(super) fn of_kind<'a, K: OfKind>(
    document: &'a mut Document,
    name: &str,
) -> Result<&'a mut K, Problem> {
    let node = find(document, name)?;
    if K::of(node).is_none() {
        return Err(wrong_kind(name, node, K::WORD));
    }
    K::of_mut(node).ok_or_else(|| Problem::new("wrong_kind", "node", "another kind of node"))
}

pub(super) fn rows<'a>(
    document: &'a mut Document,
    name: &str,
) -> Result<&'a mut Vec<Row>, Problem> {
    Ok(&mut of_kind::<TableNode>(document, name)?.rows)
}

pub(super) fn scores<'a>(
    document: &'a mut Document,
    name: &str,
) -> Result<&'a mut Vec<Points>, Problem> {
    Ok(&mut of_kind::<ScorecardNode>(document, name)?.points)
}

pub(super) fn cases<'a>(
    document: &'a mut Document,
    name: &str,
) -> Result<&'a mut Vec<Case>, Problem> {
    Ok(&mut of_kind::<SwitchNode>(document, name)?.cases)
}
