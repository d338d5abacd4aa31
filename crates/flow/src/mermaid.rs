//! A flow as a picture: text for Mermaid.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::{Document, Literal, Node, RotateBy, document::zone_or_utc, graph::Graph};

/// The part of a document that leads can reach, as a Mermaid flowchart.
pub fn mermaid(document: &Document) -> String {
    let graph = Graph::new(document);
    let steps: Vec<&str> = graph.reached.iter().rev().copied().collect();
    // Names may hold what Mermaid does not take in an id.
    let ids: BTreeMap<&str, String> = steps
        .iter()
        .enumerate()
        .map(|(idx, name)| (*name, format!("n{idx}")))
        .collect();
    let mut text = "flowchart TD\n".to_owned();
    for name in &steps {
        let (open, close) = shape(&document.nodes[*name]);
        let label = label(name, &document.nodes[*name]);
        // Writing to a String cannot fail.
        let _ = writeln!(text, "    {}{open}\"{label}\"{close}", ids[name]);
    }
    for name in &steps {
        let node = &document.nodes[*name];
        for (word, port) in edges(document, node) {
            let Some(port) = ids.get(port.as_str()) else {
                continue; // Reported by the checks.
            };
            let _ = writeln!(text, "    {} -->|\"{}\"| {port}", ids[name], escaped(&word));
        }
        for scorecard in document.scorecards_read(node) {
            let _ = writeln!(text, "    {} -.-> {}", ids[scorecard], ids[name]);
        }
    }
    text
}

fn shape(node: &Node) -> (&'static str, &'static str) {
    match node {
        Node::Destination { .. } => ("([", "])"),
        Node::Reject { .. } => ("((", "))"),
        Node::When { .. } | Node::Switch { .. } => ("{", "}"),
        Node::Table { .. } => ("[[", "]]"),
        Node::Split { .. } | Node::Bandit { .. } | Node::Rotate { .. } => ("{{", "}}"),
        Node::Waterfall { .. } => ("[", "]"),
        Node::Scorecard { .. } => ("[/", "/]"),
    }
}

fn label(name: &str, node: &Node) -> String {
    let said = match node {
        Node::Destination { destination } => destination.clone().unwrap_or_default(),
        Node::Reject { reason } => reason.clone(),
        Node::When { condition, .. } => condition.clone(),
        Node::Switch { on, .. } => on.clone(),
        Node::Table { columns, rows, .. } => {
            format!("{} rows over {}", rows.len(), columns.join(", "))
        }
        Node::Split { sticky, .. } => sticky.clone().unwrap_or_default(),
        Node::Bandit { segment_by, .. } => segment_by.join(", "),
        Node::Rotate {
            by: RotateBy::LeastRecentlySold,
            ..
        } => "least recently sold".to_owned(),
        Node::Rotate { zone, .. } => format!("deficit in {}", zone_or_utc(zone.as_deref())),
        Node::Waterfall { .. } => String::new(),
        Node::Scorecard { points } => format!("{} entries", points.len()),
    };
    let title = format!("{} {}", node.kind(), escaped(name));
    if said.is_empty() {
        title
    } else {
        format!("{title}<br/>{}", escaped(&shortened(&said)))
    }
}

/// Each port with the word on its way; the rows of a table that lead to one node share a way.
fn edges(document: &Document, node: &Node) -> Vec<(String, String)> {
    match node {
        Node::When {
            then, otherwise, ..
        } => {
            vec![
                ("yes".to_owned(), then.clone()),
                ("no".to_owned(), otherwise.clone()),
            ]
        }
        Node::Switch {
            cases, otherwise, ..
        } => {
            let cases = cases.iter().map(|case| {
                let values: Vec<String> = case.values.iter().map(literal).collect();
                (shortened(&values.join(", ")), case.to.clone())
            });
            cases
                .chain([("otherwise".to_owned(), otherwise.clone())])
                .collect()
        }
        Node::Table {
            rows, otherwise, ..
        } => {
            let mut by_port: BTreeMap<&str, Vec<String>> = BTreeMap::new();
            for (idx, row) in rows.iter().enumerate() {
                by_port
                    .entry(&row.to)
                    .or_default()
                    .push((idx + 1).to_string());
            }
            let rows = by_port.into_iter().map(|(port, rows)| {
                let word = if rows.len() == 1 { "row" } else { "rows" };
                (
                    shortened(&format!("{word} {}", rows.join(", "))),
                    port.to_owned(),
                )
            });
            let otherwise = otherwise
                .iter()
                .map(|to| ("otherwise".to_owned(), to.clone()));
            rows.chain(otherwise).collect()
        }
        Node::Split { arms, .. } => {
            let arms = arms.iter().map(|arm| {
                let name = document.arm_name(arm.name.as_deref(), &arm.to);
                (
                    format!("{name} {}", percent(arm.weight_ppm)),
                    arm.to.clone(),
                )
            });
            arms.collect()
        }
        Node::Bandit { arms, .. } => {
            let arms = arms.iter();
            arms.map(|arm| {
                (
                    document.arm_name(arm.name.as_deref(), &arm.to).to_owned(),
                    arm.to.clone(),
                )
            })
            .collect()
        }
        Node::Rotate { arms, .. } => {
            let arms = arms.iter().map(|arm| {
                let name = document.arm_name(arm.name.as_deref(), &arm.to);
                let daily = arm.daily.map(|target| format!(" {target} a day"));
                let monthly = arm.monthly.map(|target| format!(" {target} a month"));
                let targets = daily
                    .into_iter()
                    .chain(monthly)
                    .collect::<Vec<_>>()
                    .join(",");
                (format!("{name}{targets}"), arm.to.clone())
            });
            arms.collect()
        }
        Node::Waterfall { to } => {
            let ports = (1..).zip(to);
            ports
                .map(|(position, to)| (format!("{position}."), to.clone()))
                .collect()
        }
        Node::Destination { .. } | Node::Reject { .. } | Node::Scorecard { .. } => Vec::new(),
    }
}

fn literal(literal: &Literal) -> String {
    match literal {
        Literal::Boolean(boolean) => boolean.to_string(),
        Literal::Integer(integer) => integer.to_string(),
        Literal::Text(text) => text.clone(),
    }
}

/// 400000 is `40%`, 12500 is `1.25%`.
fn percent(ppm: u32) -> String {
    let (whole, rest) = (ppm / 10_000, ppm % 10_000);
    let digits = format!("{rest:04}");
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() {
        format!("{whole}%")
    } else {
        format!("{whole}.{digits}%")
    }
}

fn shortened(text: &str) -> String {
    const MAX_CHARS: usize = 60;
    if text.chars().count() <= MAX_CHARS {
        return text.to_owned();
    }
    let kept: String = text.chars().take(MAX_CHARS - 1).collect();
    format!("{kept}…")
}

/// In Mermaid's entities, so that no text ends its quotes or becomes markup.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '"' => escaped.push_str("#quot;"),
            '#' => escaped.push_str("#35;"),
            '<' => escaped.push_str("#lt;"),
            '>' => escaped.push_str("#gt;"),
            '&' => escaped.push_str("#amp;"),
            '`' => escaped.push_str("#96;"),
            _ if letter.is_control() => escaped.push(' '),
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::mermaid;
    use crate::fixture::document;

    #[test]
    fn every_kind_of_node_has_a_shape() {
        let document = document(
            r#""start": {"kind": "when", "if": "state == \"CA\" && score > 3", "then": "geo", "otherwise": "w"},
            "geo": {"kind": "table", "columns": ["state", "age"], "otherwise": "s", "rows": [
                {"cells": [["CA"], null], "to": "a"}, {"cells": [["TX"], null], "to": "s"}, {"cells": [["NY"], null], "to": "a"}]},
            "s": {"kind": "switch", "on": "credit", "cases": [{"in": ["good", "fair"], "to": "b"}], "otherwise": "split"},
            "split": {"kind": "split", "sticky": "email", "arms": [{"weight_ppm": 987500, "to": "a"}, {"weight_ppm": 12500, "to": "no"}]},
            "b": {"kind": "bandit", "explore_ppm": 20000, "arms": [{"to": "a"}, {"to": "z", "name": "new"}], "segment_by": ["state"]},
            "w": {"kind": "waterfall", "to": ["turns", "fair", "no"]},
            "turns": {"kind": "rotate", "by": "least_recently_sold", "arms": [{"to": "a"}, {"to": "z"}]},
            "fair": {"kind": "rotate", "by": "deficit", "arms": [{"to": "a", "daily": 100, "monthly": 1000}, {"to": "z", "daily": 10}]},
            "a": {"kind": "destination", "destination": "acme"},
            "z": {"kind": "destination"},
            "score": {"kind": "scorecard", "points": [{"if": "home_owner", "points": 3}]},
            "no": {"kind": "reject", "reason": "<nobody> \"wants\" #1"}"#,
        );
        assert_snapshot!(mermaid(&document.unwrap()), @r#"
        flowchart TD
            n0{"when start<br/>state == #quot;CA#quot; #amp;#amp; score #gt; 3"}
            n1[/"scorecard score<br/>1 entries"/]
            n2["waterfall w"]
            n3{{"rotate fair<br/>deficit in UTC"}}
            n4{{"rotate turns<br/>least recently sold"}}
            n5[["table geo<br/>3 rows over state, age"]]
            n6{"switch s<br/>credit"}
            n7{{"split split<br/>email"}}
            n8(("reject no<br/>#lt;nobody#gt; #quot;wants#quot; #35;1"))
            n9{{"bandit b<br/>state"}}
            n10(["destination z"])
            n11(["destination a<br/>acme"])
            n0 -->|"yes"| n5
            n0 -->|"no"| n2
            n1 -.-> n0
            n2 -->|"1."| n4
            n2 -->|"2."| n3
            n2 -->|"3."| n8
            n3 -->|"acme 100 a day, 1000 a month"| n11
            n3 -->|"z 10 a day"| n10
            n4 -->|"acme"| n11
            n4 -->|"z"| n10
            n5 -->|"rows 1, 3"| n11
            n5 -->|"row 2"| n6
            n5 -->|"otherwise"| n6
            n6 -->|"good, fair"| n9
            n6 -->|"otherwise"| n7
            n7 -->|"acme 98.75%"| n11
            n7 -->|"no 1.25%"| n8
            n9 -->|"acme"| n11
            n9 -->|"new"| n10
        "#);
    }
}
