//! The parts of a document that edits name, or what is wrong with the name.

use pointsman_flow::{Case, Document, Node, Points, Row};
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

pub(super) fn rows<'a>(
    document: &'a mut Document,
    name: &str,
) -> Result<&'a mut Vec<Row>, Problem> {
    match find(document, name)? {
        Node::Table { rows, .. } => Ok(rows),
        other => Err(wrong_kind(name, other, "table")),
    }
}

pub(super) fn scores<'a>(
    document: &'a mut Document,
    name: &str,
) -> Result<&'a mut Vec<Points>, Problem> {
    match find(document, name)? {
        Node::Scorecard { points } => Ok(points),
        other => Err(wrong_kind(name, other, "scorecard")),
    }
}

pub(super) fn cases<'a>(
    document: &'a mut Document,
    name: &str,
) -> Result<&'a mut Vec<Case>, Problem> {
    match find(document, name)? {
        Node::Switch { cases, .. } => Ok(cases),
        other => Err(wrong_kind(name, other, "switch")),
    }
}
